// The engine behind the doors, as one thread sees it: the Store interface on the shards of one database.
//
// Every call runs on the thread that makes it (DESIGN 1). What needs others goes through `Services`: edits of the
// catalog to the keeper, background work to the pool.

import type { FileSystem } from '../../io/disk/file-system.js';
import type { Clock } from '../clock.js';
import type { ShardCore } from '../core/shard-core.js';
import { DatabaseClosed, ResourceNotFoundException } from '../errors.js';
import { CONTROL, STATE } from '../runtime/control.js';
import { definitionOf } from '../table/definition.js';
import type { Item } from '../table/item-types.js';
import { Attachment, type DatabaseHandles } from './attachment.js';
import { Backfill, type BackfillContext } from './backfill.js';
import { BatchWriter } from './batch-writer.js';
import { BlockProvider } from './block-provider.js';
import { ByteReader } from './byte-reader.js';
import { CatalogView } from './catalog-view.js';
import type { CheckOptions, CheckReport } from './check-report.js';
import { LsmDirectAccess } from './direct-access.js';
import { Durability } from './durability.js';
import { IntegrityCheck } from './integrity-check.js';
import { KeyBuilder } from './key-builder.js';
import { LsmHidden } from './lsm-hidden.js';
import { Pages } from './pages.js';
import type { PagePool } from './pooled-pages.js';
import { Reader, type Encoded } from './reader.js';
import type { Services } from './services.js';
import { ShapeIds } from './shape-ids.js';
import { readFigures, type ShardFigures } from './shard-stats.js';
import type {
  CountOptions,
  DeleteOptions,
  DirectAccess,
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
import { TableCounts } from './table-figures.js';
import type { TableState } from './table-state.js';
import { Transactions } from './transactions.js';
import { Writer } from './writer.js';
import { Writes } from './writes.js';

export class LsmStore implements Store {
  readonly attachment: Attachment;
  readonly folder: string | undefined;
  readonly durability: Durability;
  readonly hidden: LsmHidden;
  readonly #catalog: CatalogView;
  readonly #keys: KeyBuilder;
  readonly #shapes: ShapeIds;
  readonly #batch: BatchWriter;
  readonly #writer: Writer;
  readonly #writes: Writes;
  readonly #transactions: Transactions;
  readonly #backfillParts: BackfillContext;
  readonly #reader: Reader;
  readonly #pages: Pages;
  readonly #bytes: ByteReader;
  readonly #services: Services;
  readonly #clock: Clock;
  readonly #fileSystem: FileSystem;
  readonly #counts: TableCounts;
  #closing: Promise<void> | undefined;

  constructor(
    handles: DatabaseHandles,
    fileSystem: FileSystem,
    blocking: boolean,
    services: Services,
    pool: PagePool | undefined,
    clock: Clock,
  ) {
    const attachment = new Attachment(handles, fileSystem, blocking);
    this.attachment = attachment;
    this.folder = handles.options.temporary ? undefined : handles.folder;
    this.#services = services;
    this.#clock = clock;
    this.#fileSystem = fileSystem;
    this.#catalog = new CatalogView(handles.catalog);
    this.#keys = new KeyBuilder(attachment.workbench, attachment.shards.length);
    this.#shapes = new ShapeIds(attachment);
    this.#batch = new BatchWriter(attachment.shards, this.#keys, this.#shapes);
    this.durability = new Durability(
      attachment.control,
      {
        shardCount: attachment.shards.length,
        durableSequence: (shard) =>
          handles.options.temporary ? Infinity : attachment.shards[shard].exports.durableSequence(),
        failure: () => attachment.failure(),
        ring: () => services.ring(),
        elsewhere: services.logElsewhere,
      },
      services.keepAlive,
    );
    this.#writer = new Writer(attachment, this.#batch, this.#catalog, this.durability, services);
    const blocks = new BlockProvider(attachment);
    const [catalog, keys, shapes] = [this.#catalog, this.#keys, this.#shapes];
    const [batch, writer] = [this.#batch, this.#writer];
    this.#reader = new Reader(attachment, catalog, keys, blocks);
    const parts = { attachment, catalog, keys, reader: this.#reader, shapes, blocks };
    this.#pages = new Pages(parts, pool);
    const writing = { ...parts, batch, writer, clock, services, durability: this.durability };
    this.hidden = new LsmHidden(writing);
    this.#bytes = new ByteReader(writing);
    this.#writes = new Writes(writing);
    this.#transactions = new Transactions({ ...writing, items: this.#writes.items });
    this.#backfillParts = { ...writing, page: this.page.bind(this) };
    this.#counts = new TableCounts(this, attachment);
  }

  catalog(): readonly StoredTable[] {
    this.#checkReadable();
    this.#refresh();
    return this.#catalog.list();
  }

  async createKeyspace(definition: TableDefinition): Promise<StoredTable> {
    this.#check();
    const id = await this.#services.createTable(definition);
    return this.#reloaded(id);
  }

  async updateKeyspace(id: number, definition: TableDefinition): Promise<StoredTable | undefined> {
    this.#check();
    const updated = await this.#services.updateTable(id, definitionOf(definition));
    const table = this.#reloaded(id);
    return updated ? table : undefined;
  }

  async dropKeyspace(id: number): Promise<void> {
    this.#check();
    await this.#services.dropTable(id, this.#clock.nowMs());
    this.#catalog.reload();
  }

  getSync(table: TableKeyspace, key: Item): Item | undefined {
    const state = this.#readable(table);
    this.#batch.touch();
    const core = this.attachment.shards[this.#keys.key(state, key)];
    const found = this.#reader.getSync(core);
    this.#catalog.requireLive(state);
    return this.#release(core, found);
  }

  get(
    table: TableKeyspace,
    key: Item,
    consistent: boolean,
    signal?: AbortSignal,
  ): Promise<Item | undefined> {
    try {
      signal?.throwIfAborted();
      const state = this.#readable(table);
      this.#batch.touch();
      const core = this.attachment.shards[this.#keys.key(state, key)];
      const found = this.#reader.get(core);
      if (found instanceof Promise) return this.#finishGet(state, core, found, consistent);
      this.#catalog.requireLive(state);
      const item = this.#release(core, found);
      if (!consistent) return Promise.resolve(item);
      return this.durability.until(core.shard, found.sequence).then(() => item);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  readonly getBytes: NonNullable<Store['getBytes']> = async (table, ...request) =>
    this.#bytes.get(this.#readable(table), ...request);

  direct(): DirectAccess {
    const [readable, writable] = [this.#readable.bind(this), this.#writable.bind(this)];
    return new LsmDirectAccess({
      ...this.#backfillParts,
      writes: this.#writes,
      readable,
      writable,
    });
  }

  put(table: TableKeyspace, item: Item, options?: PutOptions): Promise<Item | undefined> {
    try {
      return this.#writes.put(this.#writable(table), item, options?.returnOld === true);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  delete(table: TableKeyspace, key: Item, options?: DeleteOptions): Promise<Item | undefined> {
    try {
      return this.#writes.delete(this.#writable(table), key, options?.returnOld === true);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  write({ table, key, decide, byTtl = false }: WriteRequest): Promise<WriteResult> {
    try {
      return this.#writes.write(this.#writable(table), key, decide, byTtl);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async page(table: TableKeyspace, range: Range, options: PageOptions): Promise<Page> {
    const state = this.#readable(table);
    this.#batch.touch();
    const seen = new Float64Array(this.attachment.shards.length);
    const page = await this.#pages.page(state, range, options, seen);
    await this.#releaseAll(state, seen, options.consistent);
    return page;
  }

  async count(table: TableKeyspace, range: Range, options: CountOptions = {}): Promise<number> {
    const state = this.#readable(table);
    const seen = new Float64Array(this.attachment.shards.length);
    const count = await this.#pages.count(state, range, options, seen);
    await this.#releaseAll(state, seen, options.consistent === true);
    return count;
  }

  transact(
    requests: readonly WriteRequest[],
    options: TransactOptions = {},
  ): Promise<readonly WriteResult[] | 'replayed'> {
    return this.#transactions.write(requests, options, ({ table }) => this.#writable(table));
  }

  transactGet(
    keys: readonly { readonly table: TableKeyspace; readonly key: Item }[],
  ): Promise<(Item | undefined)[]> {
    return this.#transactions.reads.read(keys, (table) => this.#readable(table));
  }

  async backfill(
    table: TableKeyspace,
    index: IndexDefinition,
    signal?: AbortSignal,
  ): Promise<void> {
    await new Backfill(this.#backfillParts, this.#writable(table), index).run(signal);
    // Also under `relaxed`: the definition that calls the index active is durable at once.
    await this.sync();
  }

  segmentOf(
    table: TableKeyspace,
    key: Item,
    totalSegments: number,
    index?: IndexDefinition,
  ): number {
    return this.#pages.segmentOf(this.#readable(table), key, totalSegments, index);
  }

  itemSize(item: Item): number {
    return this.#batch.sizeOf(item);
  }

  async tableFigures(table: TableKeyspace): Promise<TableFigures> {
    return this.#counts.figures(this.#readable(table));
  }

  stats(): StoreFigures & { shards: ShardFigures[] } {
    this.#checkReadable();
    return { tables: this.#catalog.list().length, ...readFigures(this.attachment) };
  }

  async check(options: CheckOptions = {}): Promise<CheckReport> {
    this.#checkReadable();
    return new IntegrityCheck(this, this.attachment.handles, this.#fileSystem).run(options);
  }

  async sync(): Promise<void> {
    this.#check();
    const waits = this.attachment.shards.map((core) =>
      this.durability.until(core.shard, core.exports.lastSequence()),
    );
    await Promise.all(waits);
  }

  readonly flush = (): Promise<void> => this.#services.flush(this);
  readonly compact = (): Promise<void> => this.#services.compact(this);

  /** What `attach` in another thread of this process needs. Structured-cloneable. */
  share(): unknown {
    this.#check();
    return this.#services.share();
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Refuses new calls, lets writes in flight settle, then ends. */
  async #finish(): Promise<void> {
    try {
      await this.#transactions.idle();
      await this.#writer.idle();
    } finally {
      await this.#services.close(this);
    }
  }

  async #finishGet(
    table: TableState,
    core: ShardCore,
    pending: Promise<Encoded>,
    consistent: boolean,
  ): Promise<Item | undefined> {
    const found = await pending;
    this.#catalog.requireLive(table);
    const item = this.#release(core, found);
    if (consistent) await this.durability.until(core.shard, found.sequence);
    return item;
  }

  /** Lets out what was made of all that was seen up to these sequences. */
  async #releaseAll(table: TableState, seen: Float64Array, consistent: boolean): Promise<void> {
    this.#catalog.requireLive(table);
    for (let shard = 0; shard < seen.length; shard++) {
      this.durability.requireKept(shard, seen[shard]);
      if (consistent) await this.durability.until(shard, seen[shard]);
    }
  }

  /** The item, unless a failure has made it one that will never be durable. */
  #release(core: ShardCore, found: Encoded): Item | undefined {
    if (this.attachment.control.words[CONTROL.FAILED] !== 0)
      this.durability.requireKept(core.shard, found.sequence);
    return this.#decode(core, found);
  }

  #decode(core: ShardCore, found: Encoded): Item | undefined {
    const { view, at, length } = found;
    if (length < 0) return undefined;
    return this.#shapes.decode(core, view, at, length);
  }

  /** For reads: some failures end writes alone. */
  #readable(table: TableKeyspace): TableState {
    if (this.#isOver()) this.#checkReadable();
    return this.#catalog.stateOf(table);
  }

  /** Refuses writes while the disk is full, before anything is changed: the engine goes on trying (DESIGN R6). */
  #writable(table: TableKeyspace): TableState {
    if (this.#isOver()) this.#check();
    if (this.attachment.control.words[CONTROL.STORAGE_FULL] !== 0)
      throw this.attachment.storageFull();
    return this.#catalog.stateOf(table);
  }

  /** A first look: closed, or failed in some way. */
  #isOver(): boolean {
    const words = this.attachment.control.words;
    return (
      words[CONTROL.FAILED] !== 0 ||
      words[CONTROL.STATE] !== STATE.OPEN ||
      this.#closing !== undefined
    );
  }

  #check(): void {
    if (this.#closing !== undefined) throw new DatabaseClosed();
    this.attachment.check();
  }

  #checkReadable(): void {
    if (this.#closing !== undefined) throw new DatabaseClosed();
    this.attachment.checkReadable();
  }

  /** Takes over what other threads changed in the catalog. */
  #refresh(): void {
    if (this.attachment.control.load(CONTROL.CATALOG_EPOCH) !== this.#catalog.epoch)
      this.#catalog.reload();
  }

  #reloaded(id: number): StoredTable {
    this.#catalog.reload();
    const table = this.#catalog.get(id);
    if (table === undefined) throw new ResourceNotFoundException('Requested resource not found');
    return table;
  }
}
