// `ferrite import <table> <file>` and `ferrite export <table> <file>`.

import { Option, type Command } from 'commander';
import {
  databaseCommand,
  withExamples,
  withTarget,
  withTyped,
  type CommonOptions,
} from '../shell/command.js';
import { count } from '../shell/output.js';
import { tableKeys } from '../shell/table.js';
import { exportTable } from '../transfer/export.js';
import { FORMATS, formatOf, type Format } from '../transfer/format.js';
import { importItems } from '../transfer/import.js';

interface TransferOptions extends CommonOptions {
  readonly format?: Format;
  readonly typed?: boolean;
  readonly restart?: boolean;
}

const FORMAT = 'json lines, CSV with a heading, or the layout of an export of DynamoDB to S3';

export function importCommand(program: Command): void {
  withExamples(
    withTyped(databaseCommand(program, 'import', 'Puts the items of a file into a table.'))
      .argument('<table>')
      .argument('<file>', 'a file, packed if it ends in .gz; - is stdin; the folder of an export')
      .addOption(new Option('--format <format>', `${FORMAT}; default by the name`).choices(FORMATS))
      .option('--restart', 'from the beginning, not where an earlier run stopped')
      .action(runImport),
    'ferrite import Orders orders.jsonl',
    'ferrite import Cities cities.csv.gz',
    'ferrite import Orders ./AWSDynamoDB/01234-abc',
  );
}

export function exportCommand(program: Command): void {
  withExamples(
    withTyped(databaseCommand(program, 'export', 'Writes all items of a table to a file.'))
      .argument('<table>')
      .argument(
        '<file>',
        'a file, packed if it ends in .gz; - is stdout; a folder for an export of DynamoDB',
      )
      .addOption(new Option('--format <format>', `${FORMAT}; default by the name`).choices(FORMATS))
      .action(runExport),
    'ferrite export Orders orders.jsonl.gz --typed',
    'ferrite export Cities cities.csv',
    'ferrite export Orders ./export --format dynamodb',
  );
}

async function runImport(table: string, file: string, options: TransferOptions): Promise<void> {
  const format = options.format ?? formatOf(file);
  await withTarget(options, async (target) => {
    const keys = await tableKeys(target, table);
    const { items, from } = await importItems({
      target,
      keys,
      file,
      format,
      typed: options.typed === true,
      restart: options.restart === true,
    });
    const since = from > 0 ? `, after ${count(from)} of an earlier run` : '';
    console.error(`${count(items)} items imported into ${table}${since}.`);
  });
}

async function runExport(table: string, file: string, options: TransferOptions): Promise<void> {
  const format = options.format ?? formatOf(file);
  await withTarget(options, async (target) => {
    const keys = await tableKeys(target, table);
    const items = await exportTable({ target, keys, file, format, typed: options.typed === true });
    console.error(
      `${count(items)} items of ${table} exported${file === '-' ? '' : ` to ${file}`}.`,
    );
  });
}
