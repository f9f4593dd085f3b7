// `ferrite desc <table>`: all that DescribeTable says.

import type { Command } from 'commander';
import { databaseCommand, withExamples, withTarget, type CommonOptions } from '../shell/command.js';
import { describe } from '../shell/table.js';

export function desc(program: Command): void {
  withExamples(
    databaseCommand(program, 'desc', 'Describes a table.').argument('<table>').action(run),
    'ferrite desc Orders',
  );
}

async function run(table: string, options: CommonOptions): Promise<void> {
  await withTarget(options, async (target) => {
    const description = await describe(target, table);
    console.log(JSON.stringify(description, undefined, options.json === true ? 0 : 2));
  });
}
