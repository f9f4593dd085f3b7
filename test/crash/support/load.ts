// The load of the kill tests: a list of writes that follows from a seed, so that parent and child agree on what write n is
// without talking about it. The child only says which writes were acknowledged.

import type { TableDefinition } from '../../../host/engine/store.js';
import type { Item } from '../../../host/table/item-types.js';
import { below, seededRandom } from '../../io/support/random.js';
import type { EngineSettings } from '../../../host/engine/open-engine.js';
import { defineTable } from './tables.js';

export const KEYS = 400;

/** What a child is told, as JSON in its first argument. */
export interface Order {
  readonly folder: string;
  readonly seed: number;
  /** Number of the first write of this round. */
  readonly first: number;
  readonly inFlight: number;
  readonly settings: Pick<EngineSettings, 'shards' | 'memoryMb' | 'checked' | 'sizes'>;
}

export interface LoadWrite {
  readonly key: Item;
  readonly item: Item | undefined;
}

export function loadTable(): TableDefinition {
  return defineTable('Numbers', seededRandom(7));
}

/** Write number n; a delete has no item. */
export function loadWrite(seed: number, n: number): LoadWrite {
  const random = seededRandom(seed ^ Math.imul(n, 0x9e3779b1));
  const id = below(random, KEYS);
  const key = { pk: `p${id % 13}`, sk: id };
  if (random() < 0.15) return { key, item: undefined };
  const size = random() < 0.004 ? below(random, 200_000) : below(random, 400);
  return { key, item: { ...key, n, text: 'x'.repeat(size) } };
}

/** Options at random, as RocksDB's crash test does it: whatever they are, the data is the same. */
export function randomSettings(random: () => number, shards: number): Order['settings'] {
  return {
    shards,
    memoryMb: shards * (14 + below(random, 12)),
    checked: random() < 0.3,
    sizes: {
      memtableBytes: 1024 * (256 + below(random, 800)),
      cacheBytes: random() < 0.3 ? 0 : 1024 * below(random, 2_000),
      tableBytes: 1024 * (16 + below(random, 500)),
      levelBaseBytes: 1024 * (64 + below(random, 1_000)),
      segmentBytesMax: 1024 * (64 + below(random, 1_000)),
      logBytesMax: 1024 * (256 + below(random, 2_000)),
    },
  };
}
