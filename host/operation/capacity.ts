// What an operation would be charged: units from bytes, and the shapes they are reported in.
//
// Nothing is charged here, but programs plan with these figures, so they are DynamoDB's.

import type { TableDefinition } from '../engine/store.js';
import { READ_UNIT_BYTES, WRITE_UNIT_BYTES } from '../limits.js';
import type { CapacityMode } from './constraints.js';

export interface Capacity {
  CapacityUnits: number;
  /** In answers of transactions only. */
  ReadCapacityUnits?: number;
  WriteCapacityUnits?: number;
}

export interface ConsumedCapacity extends Capacity {
  TableName: string;
  /** With INDEXES only, and then the indexes that were touched. */
  Table?: Capacity;
  LocalSecondaryIndexes?: Record<string, Capacity>;
  GlobalSecondaryIndexes?: Record<string, Capacity>;
}

/** Units for reading so many bytes in one go. Reading nothing costs as much as reading little. */
export function readUnits(sizeBytes: number, consistent: boolean): number {
  const units = Math.max(1, Math.ceil(sizeBytes / READ_UNIT_BYTES));
  return consistent ? units : units / 2;
}

/** Units for one item written: the larger of its images counts. */
export function writeUnits(newSizeBytes: number, oldSizeBytes: number): number {
  return Math.max(1, Math.ceil(Math.max(newSizeBytes, oldSizeBytes) / WRITE_UNIT_BYTES));
}

/** Whether the caller wants figures at all. */
export function wantsCapacity(mode: CapacityMode | undefined): mode is 'TOTAL' | 'INDEXES' {
  return mode === 'TOTAL' || mode === 'INDEXES';
}

/** What one request costs one table and its indexes, added up. */
export class Charge {
  readonly #table: TableDefinition;
  /** Transactions say whether their units are reads or writes. */
  readonly #kind: 'ReadCapacityUnits' | 'WriteCapacityUnits' | undefined;
  #tableUnits = 0;
  readonly #indexUnits = new Map<string, number>();

  constructor(table: TableDefinition, kind?: 'ReadCapacityUnits' | 'WriteCapacityUnits') {
    this.#table = table;
    this.#kind = kind;
  }

  add(units: number): this {
    this.#tableUnits += units;
    return this;
  }

  addIndex(name: string, units: number): this {
    this.#indexUnits.set(name, (this.#indexUnits.get(name) ?? 0) + units);
    return this;
  }

  consumed(mode: 'TOTAL' | 'INDEXES'): ConsumedCapacity {
    let total = this.#tableUnits;
    for (const units of this.#indexUnits.values()) total += units;
    const consumed: ConsumedCapacity = {
      TableName: this.#table.name,
      ...this.#capacity(total),
    };
    if (mode === 'TOTAL') return consumed;
    consumed.Table = this.#capacity(this.#tableUnits);
    const local = this.#indexes('local');
    const global = this.#indexes('global');
    if (local !== undefined) consumed.LocalSecondaryIndexes = local;
    if (global !== undefined) consumed.GlobalSecondaryIndexes = global;
    return consumed;
  }

  #capacity(units: number): Capacity {
    const capacity: Capacity = { CapacityUnits: units };
    if (this.#kind !== undefined) capacity[this.#kind] = units;
    return capacity;
  }

  #indexes(kind: 'local' | 'global'): Record<string, Capacity> | undefined {
    const touched = (this.#table.indexes ?? [])
      .filter((index) => index.kind === kind && this.#indexUnits.has(index.name))
      .map(({ name }) => [name, this.#capacity(this.#indexUnits.get(name) as number)] as const);
    return touched.length === 0 ? undefined : Object.fromEntries(touched);
  }
}
