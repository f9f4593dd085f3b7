// A Store over sorted arrays: the plainest thing that obeys host/engine/store.ts. The backend of
// the doors' tests, and the model that the engine is compared with.
//
// Rows are kept in the order of a scan: hash of the partition key, then partition key, then sort
// key. The hash is not the engine's, so a scan's order across partition keys is not comparable;
// inside one it is.

import { decimalOfNumber, decimalText } from '../../host/core/codec/decimal.js';
import {
  DatabaseClosed,
  InvalidArgument,
  ResourceNotFoundException,
  ValidationException,
} from '../../host/errors.js';
import { ITEM_SIZE_MAX } from '../../host/limits.js';
import { NumberValue } from '../../host/number-value.js';
import type {
  DeleteOptions,
  Page,
  PageOptions,
  PutOptions,
  Range,
  Store,
  StoredTable,
  StoreFigures,
  TableDefinition,
  TableFigures,
  TableKeyspace,
  WriteRequest,
  WriteResult,
} from '../../host/engine/store.js';
import { itemSize } from '../../host/table/item-size.js';
import type {
  AttributeValue,
  Item,
  KeySchema,
  KeyValue,
  NumberAttribute,
} from '../../host/table/item-types.js';
import { isPlainObject, itemFault } from '../../host/table/item-value.js';
import {
  compareKeyValues,
  keyFault,
  keyFaultInItem,
  keyIdentity,
  keyOfItem,
} from '../../host/table/key-schema.js';
import { decimalOf } from '../../host/table/number.js';
import { satisfies } from '../../host/table/range.js';

interface Row {
  readonly hash: number;
  readonly key: Item;
  readonly item: Item;
}

interface MemoryTable extends StoredTable {
  dropped: boolean;
  rows: Row[];
}

export class MemoryStore implements Store {
  readonly #tables = new Map<number, MemoryTable>();
  #nextId = 1;
  #closed = false;

  async createKeyspace(definition: TableDefinition): Promise<StoredTable> {
    this.#requireOpen();
    // A round trip through JSON, as the engine's manifest makes one.
    const stored = JSON.parse(JSON.stringify(definition)) as TableDefinition;
    const table: MemoryTable = { ...stored, id: this.#nextId++, dropped: false, rows: [] };
    await turn();
    this.#tables.set(table.id, table);
    return table;
  }

  async updateKeyspace(id: number, definition: TableDefinition): Promise<StoredTable> {
    return Object.assign(this.#live({ id }), definition);
  }

  async dropKeyspace(id: number): Promise<void> {
    const table = this.#live({ id });
    await turn();
    table.dropped = true;
    this.#tables.delete(id);
  }

  catalog(): readonly StoredTable[] {
    this.#requireOpen();
    return [...this.#tables.values()];
  }

  getSync(keyspace: TableKeyspace, key: Item): Item | undefined {
    const table = this.#live(keyspace);
    checkKey(table.key, key);
    const { row } = find(table, key);
    return row === undefined ? undefined : copyItem(row.item);
  }

  async get(
    keyspace: TableKeyspace,
    key: Item,
    _consistent: boolean,
    signal?: AbortSignal,
  ): Promise<Item | undefined> {
    signal?.throwIfAborted();
    return this.getSync(keyspace, key);
  }

  async put(
    keyspace: TableKeyspace,
    item: Item,
    options: PutOptions = {},
  ): Promise<Item | undefined> {
    const table = this.#live(keyspace);
    checkItem(table.key, item);
    const copy = copyItem(item);
    const key = keyOfItem(table.key, copy);
    const { at, row } = find(table, key);
    const written: Row = { hash: hashOf(table.key, key), key, item: copy };
    table.rows.splice(at, row === undefined ? 0 : 1, written);
    return options.returnOld === true ? row?.item : undefined;
  }

  async delete(
    keyspace: TableKeyspace,
    key: Item,
    options: DeleteOptions = {},
  ): Promise<Item | undefined> {
    const table = this.#live(keyspace);
    checkKey(table.key, key);
    const { at, row } = find(table, key);
    if (row !== undefined) table.rows.splice(at, 1);
    return options.returnOld === true ? row?.item : undefined;
  }

  async page(keyspace: TableKeyspace, range: Range, options: PageOptions): Promise<Page> {
    options.signal?.throwIfAborted();
    const table = this.#live(keyspace);
    const ordered = table.rows.filter((row) => this.#isInside(table, row, range));
    if (options.reverse === true) ordered.reverse();
    const items: Item[] = [];
    let count = 0;
    let sizeBytes = 0;
    for (const row of ordered) {
      if (
        options.startKey !== undefined &&
        !isAfter(table.key, row, options.startKey, options.reverse)
      )
        continue;
      count++;
      sizeBytes += itemSize(row.item);
      if (options.select === 'items') items.push(copyItem(row.item));
      if (count === options.limit || sizeBytes >= options.bytesMax) {
        return { items, count, matched: count, sizeBytes, lastKey: copyItem(row.key) };
      }
    }
    return { items, count, matched: count, sizeBytes };
  }

  write(_request: WriteRequest): Promise<WriteResult> {
    return Promise.reject(new TypeError('not built yet'));
  }

  transact(_requests: readonly WriteRequest[]): Promise<readonly WriteResult[] | 'replayed'> {
    return Promise.reject(new TypeError('not built yet'));
  }

  transactGet(
    _keys: readonly { table: TableKeyspace; key: Item }[],
  ): Promise<(Item | undefined)[]> {
    return Promise.reject(new TypeError('not built yet'));
  }

  segmentOf(table: TableKeyspace, partition: KeyValue, totalSegments: number): number {
    const hash = hashOf(table.key, { [table.key.partition.name]: partition });
    return Math.floor((hash / 2 ** 32) * totalSegments);
  }

  itemSize(item: Item): number {
    return itemSize(item);
  }

  tableFigures(keyspace: TableKeyspace): TableFigures {
    const { rows } = this.#live(keyspace);
    return {
      itemCount: rows.length,
      sizeBytes: rows.reduce((sum, { item }) => sum + itemSize(item), 0),
    };
  }

  stats(): StoreFigures {
    this.#requireOpen();
    return { tables: this.#tables.size };
  }

  async flush(): Promise<void> {
    this.#requireOpen();
  }

  async compact(): Promise<void> {
    this.#requireOpen();
  }

  share(): never {
    throw new TypeError('the model belongs to one thread');
  }

  async sync(): Promise<void> {
    this.#requireOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #requireOpen(): void {
    if (this.#closed) throw new DatabaseClosed();
  }

  #live({ id }: { readonly id: number }): MemoryTable {
    this.#requireOpen();
    const table = this.#tables.get(id);
    if (table === undefined) throw new ResourceNotFoundException('Requested resource not found');
    return table;
  }

  #isInside(table: MemoryTable, row: Row, range: Range): boolean {
    const { partition, sort } = table.key;
    const value = row.key[partition.name] as KeyValue;
    if (range.kind === 'scan') {
      if (range.segment === undefined || range.totalSegments === undefined) return true;
      return this.segmentOf(table, value, range.totalSegments) === range.segment;
    }
    if (range.kind !== 'query') throw new TypeError('pages of indexes are not built yet');
    if (compareKeyValues(value, range.partition) !== 0) return false;
    if (range.sort === undefined || sort === undefined) return true;
    return satisfies(row.key[sort.name] as KeyValue, range.sort);
  }
}

/** Another turn of the event loop: what a write to disk costs at least. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function checkItem(schema: KeySchema, item: Item): void {
  if (!isPlainObject(item)) throw new InvalidArgument('The item', 'a plain object', item);
  const fault = itemFault(item, 'Item');
  if (fault !== undefined) throw new ValidationException(fault);
  const problem = keyFaultInItem(schema, item);
  if (problem !== undefined) throw problem;
  if (itemSize(item) > ITEM_SIZE_MAX) {
    throw new ValidationException('Item size has exceeded the maximum allowed size');
  }
}

function checkKey(schema: KeySchema, key: Item): void {
  if (!isPlainObject(key)) throw new InvalidArgument('The key', 'a plain object', key);
  const fault = itemFault(key, 'Key');
  if (fault !== undefined) throw new ValidationException(fault);
  const problem = keyFault(schema, key);
  if (problem !== undefined) throw problem;
}

/** Where a key is, or would be. */
function find(table: MemoryTable, key: Item): { at: number; row: Row | undefined } {
  let low = 0;
  let high = table.rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(table.key, table.rows[middle].key, key) < 0) low = middle + 1;
    else high = middle;
  }
  const row = table.rows[low];
  const found = row !== undefined && compareKeys(table.key, row.key, key) === 0;
  return { at: low, row: found ? row : undefined };
}

function isAfter(schema: KeySchema, row: Row, startKey: Item, reverse = false): boolean {
  const order = compareKeys(schema, row.key, startKey);
  return reverse ? order < 0 : order > 0;
}

/** The order of a scan. */
function compareKeys(schema: KeySchema, left: Item, right: Item): number {
  const hashes = hashOf(schema, left) - hashOf(schema, right);
  if (hashes !== 0) return hashes;
  const { partition, sort } = schema;
  const partitions = compareKeyValues(
    left[partition.name] as KeyValue,
    right[partition.name] as KeyValue,
  );
  if (partitions !== 0 || sort === undefined) return partitions;
  return compareKeyValues(left[sort.name] as KeyValue, right[sort.name] as KeyValue);
}

/**
 * 32-bit FNV-1a of the partition key, then mixed so that its top bits are as good as the others.
 */
function hashOf({ partition }: KeySchema, key: Item): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(keyIdentity({ partition }, key))) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** A deep copy in canonical form: what comes back from a store. */
export function copyItem(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, copyValue(value)]));
}

function copyValue(value: AttributeValue): AttributeValue {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue) {
    return canonicalNumber(value);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return (value as readonly AttributeValue[]).map(copyValue);
  if (value instanceof Set) {
    const members = [...(value as ReadonlySet<KeyValue>)].map(
      (member) => copyValue(member) as KeyValue,
    );
    return new Set(members.sort(compareKeyValues)) as AttributeValue;
  }
  return copyItem(value as Item);
}

/** A number if it shows the value exactly, else its decimal text. */
function canonicalNumber(value: NumberAttribute): NumberAttribute {
  const text = decimalText(decimalOf(value));
  const number = Number(text);
  if (decimalText(decimalOfNumber(number)) === text) return number;
  return NumberValue.from(text);
}
