// A store whose global indexes lag: the one of a database that was opened with `gsiDelayMs` above 0. index-lag.ts has the
// reasons. Writes to tables with global indexes tell it what they found; pages and counts of global indexes ask it first.

import type { Clock } from '../clock.js';
import type { CheckOptions, CheckReport } from './check-report.js';
import { IndexLag } from './index-lag.js';
import type {
  CountOptions,
  DeleteOptions,
  DirectAccess,
  HiddenStore,
  IndexDefinition,
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
  TransactOptions,
  WriteRequest,
  WriteResult,
} from './store.js';
import { copyItem } from '../table/item-copy.js';
import { keyFaultInItem, keyOfItem } from '../table/key-schema.js';
import type { Item } from '../table/item-types.js';

export class LaggingStore implements Store {
  readonly getBytes: Store['getBytes'];
  readonly #store: Store;
  readonly #lag: IndexLag;

  constructor(store: Store, clock: Clock, delayMs: number) {
    this.#store = store;
    this.#lag = new IndexLag(store, clock, delayMs);
    if (store.getBytes !== undefined) this.getBytes = store.getBytes.bind(store);
  }

  get folder(): string | undefined {
    return this.#store.folder;
  }

  /** Writes that must be noted go the long way. */
  direct(): DirectAccess | undefined {
    const direct = this.#store.direct?.();
    if (direct === undefined) return undefined;
    const { bench } = direct;
    return {
      bench,
      get: (...request) => direct.get(...request),
      put: (table, at, limit) =>
        noted(table) === undefined ? direct.put(table, at, limit) : undefined,
      delete: (table, at, limit) =>
        noted(table) === undefined ? direct.delete(table, at, limit) : undefined,
    };
  }

  // What differs: writes note what they found, global indexes are read as they were.

  async put(keyspace: TableKeyspace, item: Item, options?: PutOptions): Promise<Item | undefined> {
    const table = noted(keyspace);
    if (table === undefined) return this.#store.put(keyspace, item, options);
    const fault = keyFaultInItem(table.key, item);
    if (fault !== undefined) throw fault;
    this.#store.itemSize(item); // throws what is wrong with its values: then they can be copied
    const change = { kind: 'put', item: copyItem(item) } as const;
    return this.#replace(table, keyOfItem(table.key, item), change, options?.returnOld);
  }

  delete(keyspace: TableKeyspace, key: Item, options?: DeleteOptions): Promise<Item | undefined> {
    const table = noted(keyspace);
    if (table === undefined) return this.#store.delete(keyspace, key, options);
    return this.#replace(table, key, { kind: 'delete' }, options?.returnOld);
  }

  write(request: WriteRequest): Promise<WriteResult> {
    return this.#store.write(this.#noting(request));
  }

  transact(
    requests: readonly WriteRequest[],
    options?: TransactOptions,
  ): Promise<readonly WriteResult[] | 'replayed'> {
    return this.#store.transact(
      requests.map((request) => this.#noting(request)),
      options,
    );
  }

  async page(keyspace: TableKeyspace, range: Range, options: PageOptions): Promise<Page> {
    const isGlobal = 'index' in range && range.index.kind === 'global';
    const past = isGlobal
      ? await this.#lag.page(keyspace as StoredTable, range, options)
      : undefined;
    return past ?? this.#store.page(keyspace, range, options);
  }

  async count(keyspace: TableKeyspace, range: Range, options?: CountOptions): Promise<number> {
    const isGlobal = 'index' in range && range.index.kind === 'global';
    const past = isGlobal ? await this.#lag.count(keyspace as StoredTable, range) : undefined;
    return past ?? this.#store.count(keyspace, range, options);
  }

  dropKeyspace(id: number): Promise<void> {
    this.#lag.forget(id);
    return this.#store.dropKeyspace(id);
  }

  async #replace(
    table: StoredTable,
    key: Item,
    change: { kind: 'put'; item: Item } | { kind: 'delete' },
    returnOld = false,
  ): Promise<Item | undefined> {
    let old: Item | undefined;
    const decide: WriteRequest['decide'] = (found) => {
      old = found?.decode() as Item | undefined;
      return change;
    };
    await this.write({ table, key, decide });
    return returnOld ? old : undefined;
  }

  #noting(request: WriteRequest): WriteRequest {
    const table = noted(request.table);
    if (table === undefined) return request;
    const key = { ...request.key };
    const decide: WriteRequest['decide'] = (found) => {
      const change = request.decide(found);
      if (change.kind !== 'keep') this.#lag.note(table, key, found?.decode() as Item | undefined);
      return change;
    };
    return { ...request, decide };
  }

  // What does not.

  get hidden(): HiddenStore {
    return this.#store.hidden;
  }

  createKeyspace(definition: TableDefinition): Promise<StoredTable> {
    return this.#store.createKeyspace(definition);
  }

  updateKeyspace(id: number, definition: TableDefinition): Promise<StoredTable | undefined> {
    return this.#store.updateKeyspace(id, definition);
  }

  catalog(): readonly StoredTable[] {
    return this.#store.catalog();
  }

  getSync(table: TableKeyspace, key: Item): Item | undefined {
    return this.#store.getSync(table, key);
  }

  get(
    table: TableKeyspace,
    key: Item,
    consistent: boolean,
    signal?: AbortSignal,
  ): Promise<Item | undefined> {
    return this.#store.get(table, key, consistent, signal);
  }

  transactGet(
    keys: readonly { readonly table: TableKeyspace; readonly key: Item }[],
  ): Promise<(Item | undefined)[]> {
    return this.#store.transactGet(keys);
  }

  backfill(table: TableKeyspace, index: IndexDefinition, signal?: AbortSignal): Promise<void> {
    return this.#store.backfill(table, index, signal);
  }

  segmentOf(
    table: TableKeyspace,
    key: Item,
    totalSegments: number,
    index?: IndexDefinition,
  ): number {
    return this.#store.segmentOf(table, key, totalSegments, index);
  }

  itemSize(item: Item): number {
    return this.#store.itemSize(item);
  }

  tableFigures(table: TableKeyspace): TableFigures | Promise<TableFigures> {
    return this.#store.tableFigures(table);
  }

  stats(): StoreFigures | Promise<StoreFigures> {
    return this.#store.stats();
  }

  check(options?: CheckOptions): Promise<CheckReport> {
    return this.#store.check(options);
  }

  sync(): Promise<void> {
    return this.#store.sync();
  }

  flush(): Promise<void> {
    return this.#store.flush();
  }

  compact(): Promise<void> {
    return this.#store.compact();
  }

  share(): unknown {
    return this.#store.share();
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** The table, if its writes are to be noted: doors pass the store's own objects. */
function noted(keyspace: TableKeyspace): StoredTable | undefined {
  const table = keyspace as StoredTable;
  return IndexLag.concerns(table) ? table : undefined;
}
