// What a database must hold: every write in the order of the calls, and how many of them were acknowledged.
//
// One thread writes, and a group of the log takes all that waits, so what a crash leaves must be the writes up to some
// point at or after the last acknowledgement, each whole: `expectPrefix` finds that point or fails. Edits of the catalog
// are durable on their own, so a table may be in between only while its own call is under way.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { decimalText } from '../../../host/core/codec/decimal.js';
import { NumberValue } from '../../../host/number-value.js';
import type { TableDefinition } from '../../../host/engine/store.js';
import type { AttributeValue, Item, KeySchema } from '../../../host/table/item-types.js';
import { keyIdentity, keyOfItem } from '../../../host/table/key-schema.js';
import { decimalOf } from '../../../host/table/number.js';

const HASHED_FROM = 80;

/** A write of one item; `value` undefined is a delete. Tables are named by their UUID: a table made again is another. */
export interface Write {
  readonly table: string;
  readonly key: string;
  readonly value: string | undefined;
  /** It changed nothing. */
  readonly refused: boolean;
}

export interface Outcome {
  readonly acknowledged: () => void;
  readonly refused: () => void;
}

/** What was promised at one moment. */
export interface Promised {
  readonly acknowledged: number;
  readonly issued: number;
  /** UUIDs. */
  readonly tables: ReadonlySet<string>;
  readonly maybe: string | undefined;
}

/** The rows of each table, by UUID: key -> value. */
export type Rows = Map<string, Map<string, string>>;

export class ExpectedState {
  readonly writes: Write[] = [];
  readonly definitions = new Map<string, TableDefinition>();
  acknowledged = 0;
  #tables: ReadonlySet<string> = new Set();
  #maybe: string | undefined;
  /** The rows after `#baseAt` writes: verifications go forward, so it is seldom built anew. */
  #base: Rows = new Map();
  #baseAt = 0;

  promised(): Promised {
    return {
      acknowledged: this.acknowledged,
      issued: this.writes.length,
      tables: this.#tables,
      maybe: this.#maybe,
    };
  }

  /** Notes a write that is issued now, and says how to note what becomes of it. */
  write(definition: TableDefinition, item: Item, deleted: boolean): Outcome {
    const { key } = definition;
    const value = deleted ? undefined : fingerprint(item);
    const write = {
      table: definition.tableId,
      key: keyIdentity(key, keyOfItem(key, item)),
      value,
      refused: false,
    };
    const index = this.writes.push(write);
    return {
      acknowledged: () => (this.acknowledged = Math.max(this.acknowledged, index)),
      refused: () => (write.refused = true),
    };
  }

  /** A table is being made or dropped: after a crash it may be there or not. */
  beginTable(definition: TableDefinition): void {
    this.definitions.set(definition.tableId, definition);
    this.#maybe = definition.tableId;
    this.#tables = new Set([...this.#tables].filter((id) => id !== definition.tableId));
  }

  endTable(there: boolean): void {
    if (there && this.#maybe !== undefined) this.#tables = new Set([...this.#tables, this.#maybe]);
    this.#maybe = undefined;
  }

  /** The rows of all tables now. */
  rows(at = this.writes.length): Rows {
    const rows: Rows = new Map();
    for (const write of this.writes.slice(0, at)) applyWrite(rows, write);
    return rows;
  }

  /** After a crash: the writes behind a point never happened; the catalog is what was found. */
  cutTo(point: number, tables: ReadonlySet<string>): void {
    this.writes.length = point;
    this.acknowledged = Math.min(this.acknowledged, point);
    this.#tables = tables;
    this.#maybe = undefined;
    if (this.#baseAt > point) this.#resetBase();
  }

  /** The point up to which writes are there. Fails if what was found is no such point, or one before `promised`. */
  expectPrefix(found: Rows, promised: Promised): number {
    const { acknowledged, issued, tables, maybe } = promised;
    for (const table of tables) assert.ok(found.has(table), `table ${table} is gone`);
    for (const table of found.keys())
      assert.ok(tables.has(table) || table === maybe, `table ${table} is back`);
    const base = this.#baseTo(acknowledged);
    const wrong = differences(base, found);
    if (wrong.size === 0) return acknowledged;
    let last = '';
    const current: Rows = new Map([...base].map(([table, rows]) => [table, new Map(rows)]));
    for (let at = acknowledged; at < issued; at++) {
      const write = this.writes[at];
      applyWrite(current, write);
      const rows = found.get(write.table);
      if (rows === undefined || write.refused) continue;
      const name = rowName(write.table, write.key);
      if (rows.get(write.key) === write.value) wrong.delete(name);
      else wrong.add(name);
      last = `${name} should be ${write.value}, is ${rows.get(write.key)}`;
      if (wrong.size === 0) return at + 1;
    }
    throw new assert.AssertionError({
      message:
        `what was found is no state between write ${acknowledged} (acknowledged) and ${issued} (issued): ` +
        `${wrong.size} rows differ from the last: ${[...wrong].slice(0, 5).join(' ')}; ${last}`,
    });
  }

  #baseTo(at: number): Rows {
    if (at < this.#baseAt) this.#resetBase();
    for (; this.#baseAt < at; this.#baseAt++) applyWrite(this.#base, this.writes[this.#baseAt]);
    return this.#base;
  }

  #resetBase(): void {
    this.#base = new Map();
    this.#baseAt = 0;
  }
}

function applyWrite(rows: Rows, { table, key, value, refused }: Write): void {
  if (refused) return;
  let of = rows.get(table);
  if (of === undefined) rows.set(table, (of = new Map()));
  if (value === undefined) of.delete(key);
  else of.set(key, value);
}

/** Rows of the tables found that are not as expected. */
function differences(expected: Rows, found: Rows): Set<string> {
  const wrong = new Set<string>();
  for (const [table, rows] of found) {
    const wanted = expected.get(table) ?? new Map<string, string>();
    for (const [key, value] of rows) if (wanted.get(key) !== value) wrong.add(rowName(table, key));
    for (const key of wanted.keys()) if (!rows.has(key)) wrong.add(rowName(table, key));
  }
  return wrong;
}

function rowName(table: string, key: string): string {
  return `${table.slice(0, 8)}${key.slice(0, 60)}`;
}

export function keyTextOf(schema: KeySchema, item: Item): string {
  return keyIdentity(schema, keyOfItem(schema, item));
}

/** One text for one item: equal exactly for equal items. */
export function fingerprint(item: Item): string {
  return valueText(item);
}

function valueText(value: AttributeValue): string {
  if (typeof value === 'string') return `S${shortened(value)}`;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue) {
    return `N${decimalText(decimalOf(value))}`;
  }
  if (value instanceof Uint8Array) return `B${shortened(Buffer.from(value).toString('base64'))}`;
  if (typeof value !== 'object' || value === null) return `${value}`;
  if (value instanceof Set)
    return `{${[...(value as ReadonlySet<string>)].map(valueText).sort().join()}}`;
  if (Array.isArray(value))
    return `[${(value as readonly AttributeValue[]).map(valueText).join()}]`;
  const names = Object.keys(value).sort();
  return `(${names.map((name) => `${name}:${valueText((value as Item)[name])}`).join()})`;
}

function shortened(text: string): string {
  if (text.length < HASHED_FROM) return text;
  return `#${text.length}.${createHash('sha1').update(text).digest('base64')}`;
}
