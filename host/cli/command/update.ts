// `ferrite update <table> <key...> --set <expression>`: UpdateItem. Prints the item as it is afterwards.

import type { Command } from 'commander';
import {
  databaseCommand,
  withExamples,
  withTarget,
  withTyped,
  type CommonOptions,
} from '../shell/command.js';
import { placeholders, withPlaceholders, type ExpressionOptions } from '../shell/expressions.js';
import { keyOf, tableKeys } from '../shell/table.js';
import { itemText, type TypedItem } from '../shell/typed-json.js';

interface UpdateOptions extends CommonOptions, ExpressionOptions {
  readonly typed?: boolean;
  readonly expression: string;
  readonly if?: string;
}

export function update(program: Command): void {
  withExamples(
    withPlaceholders(withTyped(databaseCommand(program, 'update', 'Changes an item, or makes it.')))
      .argument('<table>')
      .argument('<key...>', 'partition key, and sort key if there is one')
      .requiredOption('-e, --expression <update>', 'an update expression')
      .option('--if <condition>', 'a condition expression')
      .action(run),
    `ferrite update Orders u1 o1 -e 'SET #s = :new ADD version :one' --names '#s=status' --values ':new=PAID' ':one=1'`,
  );
}

async function run(table: string, words: string[], options: UpdateOptions): Promise<void> {
  await withTarget(options, async (target) => {
    const answer = await target.execute('UpdateItem', {
      TableName: table,
      Key: keyOf(await tableKeys(target, table), words),
      UpdateExpression: options.expression,
      ...(options.if === undefined ? {} : { ConditionExpression: options.if }),
      ...placeholders(options),
      ReturnValues: 'ALL_NEW',
    });
    const item = (answer['Attributes'] ?? {}) as TypedItem;
    console.log(itemText(item, options.typed === true, options.json === true ? 0 : 2));
  });
}
