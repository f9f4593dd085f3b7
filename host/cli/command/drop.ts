// `ferrite drop <table>`: DeleteTable, if it is said twice.

import type { Command } from 'commander';
import { databaseCommand, withExamples, withTarget, type CommonOptions } from '../shell/command.js';
import { count } from '../shell/output.js';
import { CommandError, describe } from '../shell/table.js';

export function drop(program: Command): void {
  withExamples(
    databaseCommand(program, 'drop', 'Drops a table and all its items.')
      .argument('<table>')
      .option('--yes', 'do it: without this it is only said what would go')
      .action(run),
    'ferrite drop Orders --yes',
  );
}

async function run(table: string, options: CommonOptions & { yes?: boolean }): Promise<void> {
  await withTarget(options, async (target) => {
    const { ItemCount } = await describe(target, table);
    if (options.yes !== true)
      throw new CommandError(`${table} has ${count(ItemCount)} items. Say --yes to drop it.`);
    await target.execute('DeleteTable', { TableName: table });
    console.error(`Table ${table} is gone.`);
  });
}
