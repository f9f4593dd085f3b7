// Fills an index that is being created: every item there is gets its entry.
//
// Writes have maintained the index since the catalog epoch was raised, so only items that nobody has
// written since lack one. Each is read again, and its entry put by an apply that checks, by the
// item's guard, that it is still the one read, and changes nothing else (DESIGN R3, R5). If it is
// not, it is read again: whoever wrote it may have left out an entry whose key and size stay the
// same. An item that a transaction holds is waited for.
//
// Runs on the thread that asks, in slices; a crash in the middle leaves an index that is still
// 'creating', to be filled anew.

import { ENTRY, STATUS } from '../core/abi.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import type { ShardCore } from '../core/shard-core.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import { keyAttributes } from '../table/key-schema.js';
import { BatchBuffer } from './batch-buffer.js';
import { addIndexEntry } from './change-entries.js';
import { IndexEntries } from './index-entries.js';
import type { ItemWriterContext } from './item-writer.js';
import { isOpenThrough, lastTicket } from './open-transactions.js';
import type { Encoded } from './reader.js';

import type { Services } from './services.js';
import type { IndexDefinition, Page, PageOptions, Store } from './store.js';
import type { TableState } from './table-state.js';

/** Rows of one page: what may be lost to a pause between them is little, and so is what is kept. */
const PAGE_ROWS = 256;
/** The calling thread is held for no longer than about this. */
const SLICE_MS = 3;
const LOCKED_WAIT_MS = 1;
const NO_BYTES = new Uint8Array(0);

export interface BackfillContext extends ItemWriterContext {
  readonly services: Services;
  readonly page: Store['page'];
}

export class Backfill {
  readonly #context: BackfillContext;
  readonly #table: TableState;
  readonly #index: IndexDefinition;
  readonly #entries: IndexEntries;
  readonly #buffer = new BatchBuffer();
  #sliceBegan = performance.now();
  /** Of the last entry put on this page. */
  #durable: Promise<void> | undefined;

  constructor(context: BackfillContext, table: TableState, index: IndexDefinition) {
    this.#context = context;
    this.#table = table;
    this.#index = index;
    this.#entries = new IndexEntries(table, index);
  }

  /** Resolves when every item has been seen, or the index is not wanted any more. */
  async run(signal: AbortSignal | undefined): Promise<void> {
    const table = this.#table;
    const options: PageOptions = {
      limit: PAGE_ROWS,
      bytesMax: Number.MAX_SAFE_INTEGER,
      consistent: false,
      select: 'items',
      project: (item) => keysOf(table, item),
      signal,
    };
    await this.#earlierTransactions(signal);
    let startKey: Item | undefined;
    do {
      const page: Page = await this.#context.page(
        table,
        { kind: 'scan' },
        { ...options, startKey },
      );
      this.#durable = undefined;
      for (const key of page.items) {
        signal?.throwIfAborted();
        const waits = this.#fill(key);
        if (waits !== undefined) await waits;
        if (performance.now() - this.#sliceBegan > SLICE_MS) await this.#breathe();
      }
      await this.#durable;
      startKey = this.#isWanted() ? page.lastKey : undefined;
    } while (startKey !== undefined);
  }

  /** A transaction that was decided before the index came knows nothing of it, and is finished as it was decided. */
  async #earlierTransactions(signal: AbortSignal | undefined): Promise<void> {
    const { attachment } = this.#context;
    const ticket = lastTicket(attachment.control);
    while (isOpenThrough(attachment.control, ticket)) {
      signal?.throwIfAborted();
      attachment.check();
      await new Promise((resolve) => setTimeout(resolve, LOCKED_WAIT_MS));
    }
  }

  #isWanted(): boolean {
    const { indexes = [] } = this.#table;
    return indexes.some(({ id, status }) => id === this.#index.id && status === 'creating');
  }

  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceBegan = performance.now();
  }

  /** Puts the entry of one item. A promise only if something must be waited for. */
  #fill(item: Item): Promise<void> | undefined {
    const { keys, attachment } = this.#context;
    const core = attachment.shards[keys.key(this.#table, item)];
    const key = keys.bytes();
    for (;;) {
      const looked = this.#read(core, key);
      if (looked instanceof Promise) return this.#fillLater(core, key, looked);
      const status = this.#put(core, key, looked);
      if (status >= 0) return undefined;
      if (!isRace(status)) return this.#fillLater(core, key, undefined, status);
    }
  }

  async #fillLater(
    core: ShardCore,
    key: Uint8Array,
    pending: Promise<Encoded> | undefined,
    first: number = STATUS.RETRY,
  ): Promise<void> {
    let status = pending === undefined ? first : this.#put(core, key, await pending);
    while (status < 0) {
      await this.#clear(core, status);
      const looked = this.#read(core, key);
      // No pause after a read that needed none: what it found lies in memory that the next one uses (DESIGN R16).
      status = this.#put(core, key, looked instanceof Promise ? await looked : looked);
    }
  }

  #read(core: ShardCore, key: Uint8Array): Encoded | Promise<Encoded> {
    const { attachment, batch, reader } = this.#context;
    attachment.check();
    attachment.checkRoom();
    batch.touch();
    return reader.getEncoded(core, key);
  }

  /** A status of the core; below 0: again, after what it asks for. */
  #put(core: ShardCore, key: Uint8Array, found: Encoded): number {
    const { attachment, batch, catalog, shapes, writer } = this.#context;
    catalog.requireLive(this.#table);
    const { view, at, length, sequence, readSequence } = found;
    if (length < 0 || !this.#isWanted()) return STATUS.OK;
    const buffer = this.#buffer;
    buffer.begin(1);
    buffer.guard({ kind: 'sequence', sequence, readSequence });
    buffer.add(ENTRY.CHECK, 0, key, NO_BYTES);
    const item = new EncodedItem(view, at, length, shapes.codecAt(core, view, at));
    addIndexEntry(buffer, attachment.workbench, this.#entries, item, key);
    if (buffer.entries === 1) return STATUS.OK; // it is not in the index
    const staged = batch.restage(core.shard, buffer.finish());
    const status = writer.tryApply(staged);
    batch.release(staged);
    if (status >= 0) {
      this.#durable = writer.applied(core);
      // A failure is learned from the last one of the page.
      this.#durable.catch(() => undefined);
    }
    return status;
  }

  /** Waits for what a status asks for; throws if it can never succeed. */
  async #clear(core: ShardCore, status: number): Promise<void> {
    const { attachment, catalog, services, writer } = this.#context;
    if (isRace(status)) return;
    switch (status) {
      case STATUS.STALE_CATALOG:
        catalog.reload();
        return;
      case STATUS.BUSY:
        return this.#breathe();
      case STATUS.LOCKED:
        return new Promise((resolve) => setTimeout(resolve, LOCKED_WAIT_MS));
      case STATUS.MEMTABLE_FULL:
      case STATUS.NO_MEMORY:
        writer.relieve(core);
        return services.wait();
      case STATUS.LOG_FULL:
        services.ring();
        return services.wait();
      default:
        throw attachment.fault(status, core.shard);
    }
  }
}

/** Somebody wrote the item after it was read. */
function isRace(status: number): boolean {
  return status === STATUS.GUARD_FAILED || status === STATUS.RETRY;
}

function keysOf(table: TableState, item: EncodedItem): Item {
  return Object.fromEntries(
    keyAttributes(table.key).map(({ name }) => [name, item.value(name) as AttributeValue]),
  );
}
