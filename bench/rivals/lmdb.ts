/**
 * lmdb (LMDB through lmdb-js): memory-mapped B+tree, synchronous reads, batched asynchronous
 * writes.
 *
 * Set up as its documentation recommends for objects: msgpack with shared record structures. String
 * keys are its fastest key form (arrays were 10-25 % slower here). Durability `sync`: a put is done
 * when `flushed` resolves, since a commit alone is only visible, not on disk. It has no memory
 * budget (it maps its file) and no compaction.
 */
import { open } from 'lmdb';
import type { Database } from 'lmdb';
import type { Item } from '../data/items.js';
import { inBatches, joinKey, partitionRange } from './store.js';
import type { Durability, Store, StoreOptions } from './store.js';

/** Few enough that the queue of writes stays in the processor's cache. */
const LOAD_BATCH = 5_000;

export interface LmdbOptions extends StoreOptions {
  /**
   * lmdb's default lets the next commit overlap the sync of the last; without, one awaited put is a
   * bit faster.
   */
  overlappingSync?: boolean;
}

export async function openLmdb(folder: string, options: LmdbOptions = {}): Promise<LmdbStore> {
  return new LmdbStore(folder, options);
}

export class LmdbStore implements Store<string> {
  readonly name = 'lmdb';
  readonly #db: Database<Item>;
  readonly #durability: Durability;

  constructor(folder: string, options: LmdbOptions) {
    this.#db = open<Item>({
      path: folder,
      sharedStructuresKey: Symbol.for('structures'),
      ...(options.overlappingSync === undefined
        ? {}
        : { overlappingSync: options.overlappingSync }),
    });
    this.#durability = options.durability ?? 'sync';
  }

  key(pk: string, sk: string): string {
    return joinKey(pk, sk);
  }

  getSync(key: string): Item | undefined {
    return this.#db.get(key);
  }

  async get(key: string): Promise<Item | undefined> {
    return this.#db.get(key);
  }

  async put(key: string, item: Item): Promise<void> {
    await this.#db.put(key, item);
    if (this.#durability === 'sync') await this.#db.flushed;
  }

  /** Resolves at commit: the caller waits for `flushed()` once, at the end. */
  putCommitted(key: string, item: Item): Promise<unknown> {
    return this.#db.put(key, item);
  }

  async load(count: number, make: (index: number) => Item): Promise<void> {
    await inBatches(count, LOAD_BATCH, make, (items) => {
      let last: Promise<unknown> = Promise.resolve();
      for (const item of items) last = this.#db.put(joinKey(item.pk, item.sk), item);
      return last;
    });
    await this.flushed();
  }

  async query(pk: string, from?: string, limit?: number): Promise<number> {
    const range = partitionRange(pk, from);
    let count = 0;
    for (const { value } of this.#db.getRange({ start: range.from, end: range.to, limit })) {
      if (value.pk === pk) count++;
    }
    return count;
  }

  async scan(): Promise<number> {
    let count = 0;
    // The shared structures are an entry too, under a symbol: strings sort above symbols.
    for (const { value } of this.#db.getRange({ start: '' })) if (value.pk !== '') count++;
    return count;
  }

  /** Decodes every item; how many of them `keep` wants. */
  scanWhere(keep: (item: Item) => boolean): number {
    let kept = 0;
    for (const { value } of this.#db.getRange({ start: '' })) if (keep(value)) kept++;
    return kept;
  }

  async flushed(): Promise<void> {
    await this.#db.flushed;
  }

  async compact(): Promise<void> {
    await this.flushed();
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
