// `ferrite put <table> <item>`: puts one item, or one a line from stdin.

import type { Command } from 'commander';
import { linesOf } from '../../../io/disk/text-files.js';
import {
  databaseCommand,
  withExamples,
  withTarget,
  withTyped,
  type CommonOptions,
} from '../shell/command.js';
import { placeholders, withPlaceholders, type ExpressionOptions } from '../shell/expressions.js';
import { count } from '../shell/output.js';
import { parseItem } from '../shell/typed-json.js';

interface PutOptions extends CommonOptions, ExpressionOptions {
  readonly typed?: boolean;
  readonly if?: string;
}

export function put(program: Command): void {
  withExamples(
    withPlaceholders(withTyped(databaseCommand(program, 'put', 'Puts an item.')))
      .argument('<table>')
      .argument('<item>', 'JSON; - reads one a line from stdin')
      .option('--if <condition>', 'a condition expression')
      .action(run),
    `ferrite put Orders '{"user_id":"u1","order_id":"o1","total":12.5}'`,
    `ferrite put Orders '{"user_id":"u1","order_id":"o1"}' --if 'attribute_not_exists(user_id)'`,
    'cat items.jsonl | ferrite put Orders -',
  );
}

async function run(table: string, text: string, options: PutOptions): Promise<void> {
  await withTarget(options, async (target) => {
    const more = {
      ...(options.if === undefined ? {} : { ConditionExpression: options.if }),
      ...placeholders(options),
    };
    const put = (json: string): Promise<unknown> =>
      target.execute('PutItem', {
        TableName: table,
        Item: parseItem(json, options.typed === true),
        ...more,
      });
    if (text !== '-') {
      await put(text);
      return;
    }
    let lines = 0;
    for await (const line of linesOf('-')) {
      if (line.trim() === '') continue;
      await put(line);
      lines++;
    }
    console.error(`${count(lines)} items put.`);
  });
}
