// Figures of the engine: what db.stats() says, summed over shards.

import { Gauge, type Registry } from 'prom-client';
import type { ShardFigures } from '../../engine/shard-stats.js';
import type { ServedDatabases } from './databases.js';

const PAGE_BYTES = 65_536;

/** Name, what it is, and how it comes from the figures of one shard. */
const OF_SHARDS: readonly (readonly [string, string, (shard: ShardFigures) => number])[] = [
  ['log_ring_bytes', 'Bytes of the log rings.', (shard) => shard.ringBytes],
  [
    'log_ring_used_bytes',
    'Bytes in the log rings that are not on disk yet.',
    (shard) => shard.ringUsed,
  ],
  [
    'log_pending_writes',
    'Entries that are not on disk yet.',
    (shard) => Math.max(0, shard.lastSequence - shard.durableSequence),
  ],
  [
    'memtable_entries',
    'Entries in memory.',
    (shard) => shard.memtableEntries + shard.frozenEntries,
  ],
  ['memtable_bytes', 'Bytes of memtables.', (shard) => shard.memtableBytes + shard.frozenBytes],
  ['frozen_memtables', 'Memtables that wait for their flush.', (shard) => Number(shard.hasFrozen)],
  ['cache_bytes', 'Bytes of cached blocks.', (shard) => shard.pages.cache * PAGE_BYTES],
  ['memory_free_bytes', 'Memory that nothing uses.', (shard) => shard.pages.free * PAGE_BYTES],
  ['memory_bytes', 'Memory for memtables and cache.', (shard) => shard.pages.all * PAGE_BYTES],
  ['table_file_bytes', 'Bytes of table files.', (shard) => shard.tableBytes],
  ['table_file_entries', 'Entries in table files.', (shard) => shard.tableEntries],
  [
    'table_file_tombstones',
    'Deletions that compaction has not met yet.',
    (shard) => shard.tableTombstones,
  ],
];

const OF_DATABASES: readonly (readonly [string, string, string])[] = [
  ['tables', 'Tables.', 'tables'],
  ['write_stalls', 'Times that writes had to wait for a flush, since the start.', 'writeStalls'],
  ['write_stall_ms', 'How long they waited together, in milliseconds.', 'writeStallMs'],
];

/** Registers the figures; what comes back fills them in, for when Prometheus asks. */
export function engineMetrics(
  databases: ServedDatabases,
  registers: Registry[],
): () => Promise<void> {
  const gauge = (name: string, help: string, more: string[] = []): Gauge =>
    new Gauge({
      name: `ferrite_${name}`,
      help,
      labelNames: ['database', ...more],
      registers,
    });
  const ofShards = OF_SHARDS.map(([name, help, read]) => ({ gauge: gauge(name, help), read }));
  const ofDatabases = OF_DATABASES.map(([name, help, figure]) => ({
    gauge: gauge(name, help),
    figure,
  }));
  const levels = gauge('level_files', 'Table files of each level.', ['level']);

  return async () => {
    for (const [database, db] of await databases.all()) {
      const figures = await db.stats();
      for (const { gauge: shown, figure } of ofDatabases) {
        shown.set({ database }, Number(figures[figure] ?? 0));
      }
      const shards = (figures.shards ?? []) as readonly ShardFigures[];
      for (const { gauge: shown, read } of ofShards) {
        shown.set({ database }, sum(shards.map(read)));
      }
      for (let level = 0; level < (shards[0]?.tablesByLevel.length ?? 0); level++) {
        const files = sum(shards.map((shard) => shard.tablesByLevel[level]));
        levels.set({ database, level: String(level) }, files);
      }
    }
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
