/**
 * A store filled with items and brought to the state in which reads are measured, with keys and a
 * random order.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeItems } from '../data/items.js';
import type { Item, ItemKind } from '../data/items.js';
import { randomOrder } from '../data/random.js';
import { createStore } from '../rivals/rivals.js';
import type { RivalName } from '../rivals/rivals.js';
import type { Store } from '../rivals/store.js';

/**
 * memtables   FerriteDB: nothing flushed yet
 * tables      FerriteDB: everything flushed, compacted, and read once, so that the cache holds it
 * loaded      a rival, at its best: compacted where it can be, and read once
 */
export type ReadState = 'memtables' | 'tables' | 'loaded';

/** Large enough that a million items stay in memtables, or in the cache. */
const ROOMY_MEMORY_MB = 4096;
const ROOMY_RIVAL_MEMORY_MB = 2048;

export interface LoadRequest {
  rival: RivalName;
  state: ReadState;
  kind: ItemKind;
  count: number;
  seed: number;
  perPartition?: number;
}

export interface Loaded {
  store: Store;
  keys: unknown[];
  partitions: string[];
  order: Uint32Array;
}

export async function loadStore(folder: string, request: LoadRequest): Promise<Loaded> {
  const path = join(folder, `${request.kind}-${request.state}`);
  mkdirSync(path, { recursive: true });
  const memoryMb = request.rival === 'ferritedb' ? ROOMY_MEMORY_MB : ROOMY_RIVAL_MEMORY_MB;
  const store = await createStore(request.rival, path, { durability: 'relaxed', memoryMb });
  const items = makeItems(request.kind, request.count, request.seed, request.perPartition);
  await store.load(items.length, (i) => items[i] as Item);
  if (request.state !== 'memtables') await store.compact();
  const keys = items.map((item) => store.key(item.pk, item.sk));
  for (const key of keys) {
    if (!(store.getSync ? store.getSync(key) : await store.get(key))) {
      throw new Error(`${store.name} lost an item while loading`);
    }
  }
  const partitions = [...new Set(items.map((item) => item.pk))];
  return { store, keys, partitions, order: randomOrder(keys.length, request.seed) };
}

/**
 * Walks the random order round and round. The keys to come are made by `refill`, outside of what is timed: a program
 * has just made the key it asks for, so its text is in the processor's cache and not anywhere in a heap of millions.
 */
export class KeyWalk {
  readonly #loaded: Loaded;
  readonly #ready: unknown[] = [];
  #at = 0;
  #used = 0;

  constructor(loaded: Loaded) {
    this.#loaded = loaded;
  }

  readonly refill = (): void => {
    if (this.#ready.length - this.#used >= REFILL_BELOW) return;
    const { keys, order } = this.#loaded;
    const mask = order.length - 1;
    this.#ready.length = 0;
    this.#used = 0;
    for (let i = 0; i < READY_KEYS; i++)
      this.#ready.push(madeAnew(keys[order[this.#at++ & mask] as number]));
  };

  next(): unknown {
    return this.#ready[this.#used++];
  }
}

/** As many as one batch of a timed loop asks for, and then some. */
const REFILL_BELOW = 500;
const READY_KEYS = 1_000;

function madeAnew(key: unknown): unknown {
  if (typeof key === 'string') return copyOf(key);
  const { pk, sk } = key as { pk: string; sk: string };
  return { pk: copyOf(pk), sk: copyOf(sk) };
}

/** As one flat run of bytes. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
