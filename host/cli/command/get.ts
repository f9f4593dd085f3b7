// `ferrite get <table> <key...>`: one item. Exit code 1 if there is none.

import type { Command } from 'commander';
import {
  databaseCommand,
  withExamples,
  withTarget,
  withTyped,
  type CommonOptions,
} from '../shell/command.js';
import { keyOf, tableKeys } from '../shell/table.js';
import { itemText, type TypedItem } from '../shell/typed-json.js';

export function get(program: Command): void {
  withExamples(
    withTyped(databaseCommand(program, 'get', 'Prints one item.'))
      .argument('<table>')
      .argument('<key...>', 'partition key, and sort key if there is one')
      .option('--consistent', 'only what a crash cannot take back')
      .action(run),
    'ferrite get Orders u1 2024-01-07#1',
  );
}

async function run(
  table: string,
  words: string[],
  options: CommonOptions & { consistent?: boolean },
): Promise<void> {
  await withTarget(options, async (target) => {
    const Key = keyOf(await tableKeys(target, table), words);
    const { consistent } = options;
    const answer = await target.execute('GetItem', {
      TableName: table,
      Key,
      ConsistentRead: consistent === true,
    });
    const item = answer['Item'] as TypedItem | undefined;
    if (item === undefined) {
      console.error('There is no such item.');
      process.exitCode = 1;
    } else console.log(itemText(item, options.typed === true, options.json === true ? 0 : 2));
  });
}
