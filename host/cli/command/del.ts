// `ferrite del <table> <key...>`: DeleteItem. Exit code 1 if there was no such item.

import type { Command } from 'commander';
import { databaseCommand, withExamples, withTarget, type CommonOptions } from '../shell/command.js';
import { placeholders, withPlaceholders, type ExpressionOptions } from '../shell/expressions.js';
import { keyOf, tableKeys } from '../shell/table.js';

export function del(program: Command): void {
  withExamples(
    withPlaceholders(databaseCommand(program, 'del', 'Deletes an item.'))
      .argument('<table>')
      .argument('<key...>', 'partition key, and sort key if there is one')
      .option('--if <condition>', 'a condition expression')
      .action(run),
    'ferrite del Orders u1 o1',
  );
}

async function run(
  table: string,
  words: string[],
  options: CommonOptions & ExpressionOptions & { if?: string },
): Promise<void> {
  await withTarget(options, async (target) => {
    const { Attributes } = await target.execute('DeleteItem', {
      TableName: table,
      Key: keyOf(await tableKeys(target, table), words),
      ...(options.if === undefined ? {} : { ConditionExpression: options.if }),
      ...placeholders(options),
      ReturnValues: 'ALL_OLD',
    });
    if (Attributes === undefined) {
      console.error('There was no such item.');
      process.exitCode = 1;
    }
  });
}
