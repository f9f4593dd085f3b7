// `ferrite stats`: figures of the engine. `ferrite check`: everything is walked; exit code 1 if something is not sound.

import type { Command } from 'commander';
import { databaseCommand, withExamples, withTarget, type CommonOptions } from '../shell/command.js';
import { count } from '../shell/output.js';
import { CommandError } from '../shell/table.js';
import type { Target } from '../shell/target.js';

export function stats(program: Command): void {
  withExamples(
    databaseCommand(program, 'stats', 'Prints figures of the engine.').action(printStats),
    'ferrite stats --json',
  );
}

export function check(program: Command): void {
  withExamples(
    databaseCommand(
      program,
      'check',
      'Checks everything: every byte of the files, memory, indexes against their tables, streams.',
    ).action(runCheck),
    'ferrite check --db ./data',
  );
}

async function printStats(options: CommonOptions): Promise<void> {
  await withTarget(options, async (target) => {
    const figures = await databaseOf(target).stats();
    console.log(JSON.stringify(figures, undefined, options.json === true ? 0 : 2));
  });
}

async function runCheck(options: CommonOptions): Promise<void> {
  await withTarget(options, async (target) => {
    const { database } = target;
    if (database?.check === undefined)
      throw new CommandError(
        'A check needs the folder itself: stop its server, and give --db the folder.',
      );
    const report = await database.check();
    if (!report.ok) process.exitCode = 1;
    if (options.json === true) {
      console.log(JSON.stringify(report));
      return;
    }
    const { tables, items, indexEntries, streamRecords, files, fileBytes, faults } = report;
    for (const { what, path, offset, table, index, key } of faults) {
      const where = [path, offset === undefined ? undefined : `byte ${offset}`, table, index];
      const key_ = key === undefined ? '' : ` ${JSON.stringify(key)}`;
      console.log(
        `FAULT ${what} (${where.filter((part) => part !== undefined).join(', ')})${key_}`,
      );
    }
    console.log(
      `${faults.length === 0 ? 'Sound' : `${faults.length} faults`}: ${count(tables)} tables, ${count(items)} items, ` +
        `${count(indexEntries)} index entries, ${count(streamRecords)} stream records, ` +
        `${count(files)} files of ${count(fileBytes)} bytes.`,
    );
  });
}

function databaseOf(target: Target): NonNullable<Target['database']> {
  if (target.database !== undefined) return target.database;
  throw new CommandError('This is not to be had over HTTP: give --db a folder or a socket.');
}
