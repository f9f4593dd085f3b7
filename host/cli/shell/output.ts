// What commands print: tables for people, lines of JSON for scripts; answers on stdout, everything else on stderr.

import { SingleBar } from 'cli-progress';
import { itemText, valueText, type TypedItem } from './typed-json.js';

const CELL_MAX = 40;

/** Rows under their headings, columns as wide as what is in them. */
export function textTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join(
    '\n',
  );
}

/** Items as a table: the key attributes first, then the others in the order in which they turn up. */
export function itemTable(items: readonly TypedItem[], keys: readonly string[]): string {
  const names = new Set(keys);
  for (const item of items) for (const name of Object.keys(item)) names.add(name);
  const headings = [...names];
  const cell = (item: TypedItem, name: string): string => {
    const value = item[name];
    if (value === undefined) return '';
    const text = 'S' in value ? String(value['S']) : valueText(value);
    // A cell stays a cell: what would move the cursor is shown by its escape.
    const shown = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
    return shown.length > CELL_MAX ? `${shown.slice(0, CELL_MAX - 1)}…` : shown;
  };
  return textTable(
    headings,
    items.map((item) => headings.map((name) => cell(item, name))),
  );
}

export interface ItemFormat {
  readonly json?: boolean;
  readonly typed?: boolean;
}

/** Prints items as they come (JSON), or page by page as tables. */
export function printItems(
  items: readonly TypedItem[],
  keys: readonly string[],
  { json, typed }: ItemFormat,
): void {
  if (items.length === 0) return;
  if (json === true || typed === true) {
    process.stdout.write(items.map((item) => `${itemText(item, typed === true)}\n`).join(''));
  } else console.log(itemTable(items, keys));
}

export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** A bar on stderr, where somebody looks; undefined total: a counter. */
export class Progress {
  readonly #bar: SingleBar | undefined;

  constructor(what: string, total?: number) {
    if (!process.stderr.isTTY) return;
    const format =
      total === undefined
        ? `${what} {value}`
        : `${what} {bar} {percentage}% {value}/{total} {eta_formatted}`;
    this.#bar = new SingleBar({ format, hideCursor: true, stream: process.stderr });
    this.#bar.start(total ?? 0, 0);
  }

  at(value: number): void {
    this.#bar?.update(value);
  }

  end(): void {
    this.#bar?.stop();
  }
}
