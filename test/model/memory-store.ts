// A Store over sorted arrays: the plainest thing that obeys host/engine/store.ts. The backend of
// the doors' tests, and the model that the engine is compared with.
//
// Every change is made in one turn, so nothing ever conflicts and the order of calls is the order
// of effects.

import {
  DatabaseClosed,
  IdempotentParameterMismatchException,
  ResourceNotFoundException,
} from '../../host/errors.js';
import { systemClock, type Clock } from '../../host/clock.js';
import type { CheckReport } from '../../host/engine/check-report.js';
import {
  TransactionCancelled,
  type CountOptions,
  type DeleteOptions,
  type IndexDefinition,
  type KeyspaceFigures,
  type Page,
  type PageOptions,
  type PutOptions,
  type Range,
  type Store,
  type StoredTable,
  type StoreFigures,
  type TableDefinition,
  type TableFigures,
  type TableKeyspace,
  type TransactionFault,
  type TransactOptions,
  type WriteRequest,
  type WriteResult,
} from '../../host/engine/store.js';
import { withIds } from '../../host/engine/keyspace-ids.js';
import { isDeepStrictEqual } from 'node:util';
import { definitionOf } from '../../host/table/definition.js';
import { itemSize } from '../../host/table/item-size.js';
import type { Item, KeyValue } from '../../host/table/item-types.js';
import { keyOfItem } from '../../host/table/key-schema.js';
import {
  checkItem,
  checkKey,
  comparePlaces,
  copyItem,
  encodeItem,
  find,
  hashOf,
  placeOf,
  type MemoryTable,
} from './memory-rows.js';
import { MemoryHidden } from './memory-hidden.js';
import { indexUnitsOf, keyNames, listRange, segmentOfHash, startPlace } from './memory-views.js';

/** What `hidden.notes` is: a table in no catalog. */
const NOTES: StoredTable = {
  id: 0,
  name: 'notes',
  key: { partition: { name: 'name', type: 'S' } },
  attributeDefinitions: [],
  tableId: '',
  arn: '',
  createdAtMs: 0,
  billingMode: 'PAY_PER_REQUEST',
  readUnits: 0,
  writeUnits: 0,
  deletionProtection: false,
  tags: [],
};

/** How long a transaction's token is remembered. */
const TOKEN_LIFE_MS = 600_000;

export class MemoryStore implements Store {
  readonly hidden = new MemoryHidden(NOTES, (id) => this.#tables.get(id));
  readonly #clock: Clock;
  readonly #notes: MemoryTable = { ...NOTES, dropped: false, rows: [] };
  readonly #tables = new Map<number, MemoryTable>();
  readonly #tokens = new Map<string, { readonly digest: string; readonly atMs: number }>();
  #nextId = 1;
  #closed = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async createKeyspace(definition: TableDefinition): Promise<StoredTable> {
    this.#requireOpen();
    const id = this.#nextId++;
    const table: MemoryTable = { ...this.#stored(definition, 1), id, dropped: false, rows: [] };
    await turn();
    this.#tables.set(table.id, table);
    return table;
  }

  async updateKeyspace(id: number, definition: TableDefinition): Promise<StoredTable | undefined> {
    const table = this.#live({ id });
    const { dropped, rows, name, key, revision = 0 } = table;
    if (definition.revision !== revision) return undefined;
    const stored = this.#stored(definitionOf(definition), revision + 1);
    for (const member of Object.keys(table)) Reflect.deleteProperty(table, member);
    return Object.assign(table, stored, { id, name, key, dropped, rows });
  }

  async dropKeyspace(id: number): Promise<void> {
    const table = this.#live({ id });
    await turn();
    table.dropped = true;
    this.#tables.delete(id);
    this.hidden.retire(table, this.#clock.nowMs());
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
    const old = this.#replace(table, keyOfItem(table.key, item), item);
    return options.returnOld === true ? old : undefined;
  }

  async delete(
    keyspace: TableKeyspace,
    key: Item,
    options: DeleteOptions = {},
  ): Promise<Item | undefined> {
    const table = this.#live(keyspace);
    checkKey(table.key, key);
    const old = this.#replace(table, key, undefined);
    return options.returnOld === true ? old : undefined;
  }

  async write(request: WriteRequest): Promise<WriteResult> {
    return this.#decide(request)();
  }

  async transact(
    requests: readonly WriteRequest[],
    options: TransactOptions = {},
  ): Promise<readonly WriteResult[] | 'replayed'> {
    const { token } = options;
    const nowMs = this.#clock.nowMs();
    const known = token === undefined ? undefined : this.#tokens.get(token.text);
    if (known !== undefined && nowMs - known.atMs < TOKEN_LIFE_MS) {
      if (known.digest !== token?.digest) throw new IdempotentParameterMismatchException();
      return 'replayed';
    }
    const writes = evaluateAll(requests, (request) => this.#decide(request));
    if (token !== undefined) this.#tokens.set(token.text, { digest: token.digest, atMs: nowMs });
    return writes.map((write) => write());
  }

  async transactGet(
    keys: readonly { table: TableKeyspace; key: Item }[],
  ): Promise<(Item | undefined)[]> {
    return keys.map(({ table, key }) => this.getSync(table, key));
  }

  async page(keyspace: TableKeyspace, range: Range, options: PageOptions): Promise<Page> {
    options.signal?.throwIfAborted();
    const table = this.#live(keyspace);
    const { startKey, reverse = false, filter, project } = options;
    const ordered = listRange(table, range);
    if (reverse) ordered.reverse();
    const start = startKey === undefined ? undefined : startPlace(table, range, startKey);
    const index = 'index' in range ? range.index : undefined;
    // Who says that keys are enough gets no more than keys.
    const names =
      index !== undefined && options.wholeItems === false ? keyNames(table.key, index) : undefined;
    const items: Item[] = [];
    let count = 0;
    let matched = 0;
    let sizeBytes = 0;
    for (const row of ordered) {
      if (start !== undefined) {
        const order = comparePlaces(row, start);
        if (reverse ? order >= 0 : order <= 0) continue;
      }
      count++;
      sizeBytes += row.sizeBytes;
      const seen = () => encodeItem(names === undefined ? row.item : pick(row.item, names));
      if (filter === undefined || filter(seen())) {
        matched++;
        if (options.select === 'items') items.push(project?.(seen()) ?? copyItem(row.item));
      }
      if (count === options.limit || sizeBytes >= options.bytesMax) {
        return { items, count, matched, sizeBytes, lastKey: copyItem(row.key) };
      }
    }
    return { items, count, matched, sizeBytes };
  }

  /** An index is what its rows give, so there is nothing to fill. */
  async backfill(table: TableKeyspace): Promise<void> {
    this.#live(table);
    await turn();
  }

  async count(
    keyspace: TableKeyspace,
    range: Range,
    { signal }: CountOptions = {},
  ): Promise<number> {
    signal?.throwIfAborted();
    return listRange(this.#live(keyspace), range).length;
  }

  segmentOf(
    table: TableKeyspace,
    key: Item,
    totalSegments: number,
    index?: IndexDefinition,
  ): number {
    const partition = index?.partition ?? [table.key.partition];
    return segmentOfHash(hashOf(partition.map(({ name }) => key[name] as KeyValue)), totalSegments);
  }

  itemSize(item: Item): number {
    return itemSize(item);
  }

  tableFigures(keyspace: TableKeyspace): TableFigures {
    const table = this.#live(keyspace);
    const figures = {
      itemCount: table.rows.length,
      sizeBytes: table.rows.reduce((sum, { item }) => sum + itemSize(item), 0),
    };
    if (table.indexes === undefined) return figures;
    const indexes = table.indexes.map((index): [string, KeyspaceFigures] => {
      const listed = listRange(table, { kind: 'indexScan', index });
      const sizeBytes = listed.reduce((sum, row) => sum + row.sizeBytes, 0);
      return [index.name, { itemCount: listed.length, sizeBytes }];
    });
    return { ...figures, indexes: new Map(indexes) };
  }

  stats(): StoreFigures {
    this.#requireOpen();
    return { tables: this.#tables.size };
  }

  /** There is nothing that could be damaged. */
  async check(): Promise<CheckReport> {
    this.#requireOpen();
    const counts = { indexEntries: 0, streamRecords: 0, files: 0, fileBytes: 0 };
    let items = 0;
    for (const table of this.catalog()) items += this.tableFigures(table).itemCount;
    return { ok: true, faults: [], tables: this.#tables.size, items, ...counts };
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

  /** Asks a request what it wants; what comes back does it. */
  #decide({ table: keyspace, key, decide, byTtl }: WriteRequest): () => WriteResult {
    const table = this.#live(keyspace);
    checkKey(table.key, key);
    const old = find(table, key).row?.item;
    const change = decide(old === undefined ? undefined : encodeItem(old));
    if (change.kind === 'put') checkItem(table.key, change.item);
    const item = change.kind === 'put' ? change.item : change.kind === 'keep' ? old : undefined;
    return () => {
      if (change.kind !== 'keep') this.#replace(table, key, item, byTtl);
      return {
        oldSizeBytes: old === undefined ? 0 : itemSize(old),
        newSizeBytes: item === undefined ? 0 : itemSize(item),
        indexUnits: indexUnitsOf(table, old, item === undefined ? undefined : copyItem(item)),
      };
    };
  }

  /** Puts an item in the place of a key, or nothing. Returns what was there. */
  #replace(table: MemoryTable, key: Item, item: Item | undefined, byTtl = false): Item | undefined {
    const { at, row } = find(table, key);
    const kept = copyItem(key);
    const after = item === undefined ? undefined : copyItem(item);
    if (!isDeepStrictEqual(row?.item, after))
      this.hidden.note(table, row?.item, after, this.#clock.nowMs(), byTtl);
    const rows =
      after === undefined ? [] : [{ ...placeOf(table.key, kept), key: kept, item: after }];
    table.rows.splice(at, row === undefined ? 0 : 1, ...rows);
    return row?.item;
  }

  /** A definition with ids for what has none yet, through JSON as the engine's manifest makes one. */
  /** A round trip through JSON, as the engine's catalog makes one. */
  #stored(definition: TableDefinition, revision: number): TableDefinition {
    const identified = withIds({ ...definition, revision }, () => this.#nextId++);
    return JSON.parse(JSON.stringify(identified)) as TableDefinition;
  }

  #requireOpen(): void {
    if (this.#closed) throw new DatabaseClosed();
  }

  #live({ id }: { readonly id: number }): MemoryTable {
    this.#requireOpen();
    const table = id === NOTES.id ? this.#notes : this.#tables.get(id);
    if (table === undefined) throw new ResourceNotFoundException('Requested resource not found');
    return table;
  }
}

/** Evaluates every request, also after one that throws. */
function evaluateAll<Result>(
  requests: readonly WriteRequest[],
  evaluate: (request: WriteRequest) => Result,
): Result[] {
  const faults: (TransactionFault | undefined)[] = [];
  const results = requests.flatMap((request) => {
    try {
      const result = [evaluate(request)];
      faults.push(undefined);
      return result;
    } catch (error) {
      faults.push({ kind: 'thrown', error: error as Error });
      return [];
    }
  });
  if (results.length < requests.length) throw new TransactionCancelled(faults);
  return results;
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

/** Another turn of the event loop: what a write to disk costs at least. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
