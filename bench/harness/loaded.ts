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

/** Walks the random order round and round: the next key to ask for. */
export function keyWalk({ keys, order }: Loaded): () => unknown {
  const mask = order.length - 1;
  let at = 0;
  return () => keys[order[at++ & mask] as number];
}
