/**
 * One interface over FerriteDB and its rivals, so that a suite measures all with the same loop.
 *
 * Fairness rules that every adapter keeps:
 *  - items go in and come out as plain JavaScript objects: coding is inside every figure;
 *  - a key is brought into the rival's own form by `key()` *outside* the timed loop;
 *  - `put` resolves only when the write is as durable as the store was opened for (`Durability`);
 *  - each rival runs with the settings its own documentation recommends; none is slowed down.
 */
import type { Item } from '../data/items.js';

/**
 * sync    a put resolves after the bytes were flushed to the device
 * relaxed a put resolves earlier; a power cut may take the last moments
 */
export type Durability = 'sync' | 'relaxed';

export interface StoreOptions {
  durability?: Durability;
  /** Memory the store may use, where it can be told; 0 or absent: its default. */
  memoryMb?: number;
  /** FerriteDB alone has shards. */
  shards?: number;
  /** Block compression, where the store has it. Default: the store's own. */
  compression?: boolean;
}

/** `K` is the store's own form of an item's key. */
export interface Store<K = unknown> {
  readonly name: string;
  key(pk: string, sk: string): K;
  /** Absent where the store has no synchronous read. */
  getSync?(key: K): Item | undefined;
  get(key: K): Promise<Item | undefined>;
  put(key: K, item: Item): Promise<void>;
  /** The fastest way the store has to take many items; durable when it resolves. */
  load(count: number, make: (index: number) => Item): Promise<void>;
  /**
   * Decodes the items of a partition from sort key `from` on, at most `limit`; resolves to how
   * many.
   */
  query(pk: string, from?: string, limit?: number): Promise<number>;
  /** Decodes every item; resolves to how many. */
  scan(): Promise<number>;
  /** Everything written so far is on disk. */
  flushed(): Promise<void>;
  /** Everything is in its final files: memtables flushed, levels merged. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

/**
 * String keys of the rivals: the separator sorts below every character that the items' keys use.
 */
export const SEPARATOR = '!';
export const AFTER_SEPARATOR = '"';

export function joinKey(pk: string, sk: string): string {
  return Buffer.from(pk + SEPARATOR + sk, 'latin1').toString('latin1');
}

/** Bounds of the items of one partition from `from` on. */
export function partitionRange(pk: string, from = ''): { from: string; to: string } {
  return { from: pk + SEPARATOR + from, to: pk + AFTER_SEPARATOR };
}

/** Keeps `depth` writes in flight until `count` are done: a new one starts when any ends. */
export function inFlight(
  count: number,
  depth: number,
  write: (index: number) => Promise<unknown>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let done = 0;
    const start = (): void => {
      write(next++).then(finish, reject);
    };
    const finish = (): void => {
      done++;
      if (next < count) start();
      else if (done === count) resolve();
    };
    if (count === 0) resolve();
    for (let i = 0; i < depth && next < count; i++) start();
  });
}

/** Batches of `size` items handed to `write` one after another. */
export async function inBatches(
  count: number,
  size: number,
  make: (index: number) => Item,
  write: (items: Item[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < count; from += size) {
    const items: Item[] = [];
    for (let i = from; i < Math.min(count, from + size); i++) items.push(make(i));
    await write(items);
  }
}
