// CSV: a heading with attribute names, then an item a row. An empty cell is an absent attribute.
//
// What a cell means: of a key attribute, its declared type; else what it looks like: a number whose digits are those it
// would be printed with, true or false, a list or object in JSON, and otherwise text.

import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { readStream } from '../../../io/disk/text-files.js';
import type { KeyElement } from '../shell/table.js';
import { typedValue, valueText, type TypedItem, type TypedValue } from '../shell/typed-json.js';

const NUMBER = /^-?(0|[1-9]\d{0,37})(\.\d{0,37}[1-9])?$/;

export async function* csvItems(
  file: string,
  keys: readonly KeyElement[],
): AsyncGenerator<TypedItem> {
  const rows = readStream(file).pipe(parse({ columns: true, bom: true, skip_empty_lines: true }));
  const types = new Map(keys.map(({ name, type }) => [name, type]));
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    const cells = Object.entries(row).filter(([, cell]) => cell !== '');
    yield Object.fromEntries(cells.map(([name, cell]) => [name, cellValue(cell, types.get(name))]));
  }
}

function cellValue(cell: string, type: KeyElement['type'] | undefined): TypedValue {
  if (type !== undefined) return { [type]: cell };
  if (NUMBER.test(cell)) return { N: cell };
  if (cell === 'true' || cell === 'false') return { BOOL: cell === 'true' };
  if (/^[[{]/.test(cell)) {
    try {
      return typedValue(JSON.parse(cell));
    } catch {
      return { S: cell };
    }
  }
  return { S: cell };
}

export function csvHeading(names: readonly string[]): string {
  return stringify([names]);
}

export function csvRows(items: readonly TypedItem[], names: readonly string[]): string {
  return stringify(items.map((item) => names.map((name) => cellText(item[name]))));
}

function cellText(value: TypedValue | undefined): string {
  if (value === undefined) return '';
  return 'S' in value || 'B' in value ? String(value['S'] ?? value['B']) : valueText(value);
}
