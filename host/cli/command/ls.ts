// `ferrite ls`: the tables, with how much is in them.

import type { Command } from 'commander';
import { databaseCommand, withExamples, withTarget, type CommonOptions } from '../shell/command.js';
import { count, textTable } from '../shell/output.js';
import { describe, type Description } from '../shell/table.js';
import type { Target } from '../shell/target.js';

export function ls(program: Command): void {
  withExamples(
    databaseCommand(program, 'ls', 'Lists the tables.').action(run),
    'ferrite ls --db ./data',
    'ferrite ls --db http://127.0.0.1:8000 --json',
  );
}

async function run(options: CommonOptions): Promise<void> {
  await withTarget(options, async (target) => {
    const found: Description[] = [];
    for (const name of await tableNames(target)) found.push(await describe(target, name));
    if (options.json === true) {
      for (const table of found) console.log(JSON.stringify(table));
      return;
    }
    const rows = found.map((table) => [
      table.TableName,
      table.TableStatus,
      count(table.ItemCount),
      count(table.TableSizeBytes),
      table.KeySchema.map(({ AttributeName }) => AttributeName).join(', '),
      (table.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName).join(', '),
    ]);
    console.log(textTable(['table', 'status', 'items', 'bytes', 'key', 'indexes'], rows));
  });
}

export async function tableNames(target: Target): Promise<string[]> {
  const names: string[] = [];
  for (let last: unknown; ; ) {
    const answer = await target.execute(
      'ListTables',
      last === undefined ? {} : { ExclusiveStartTableName: last },
    );
    names.push(...(answer['TableNames'] as string[]));
    last = answer['LastEvaluatedTableName'];
    if (last === undefined) return names;
  }
}
