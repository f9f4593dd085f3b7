// The engine against the model: one list of random operations, crashes included, under many sets of options; every answer
// must be the model's.

import { test } from 'node:test';
import { TINY_SIZES, type EngineShape } from '../crash/support/engine.js';
import { seedOf } from '../io/support/random.js';
import { EngineRun } from './engine-run.js';

const OPERATIONS = 900;

const SETS: readonly { readonly name: string; readonly shape: EngineShape }[] = [
  {
    name: 'one shard, tiny memtable, no cache, checked core',
    shape: { shards: 1, checked: true, sizes: TINY_SIZES },
  },
  { name: 'eight shards, tiny memtables, no cache', shape: { shards: 8, sizes: TINY_SIZES } },
  {
    name: 'one shard, tiny tables, a small cache',
    shape: {
      shards: 1,
      sizes: { ...TINY_SIZES, memtableBytes: 512 * 1024, cacheBytes: 256 * 1024 },
    },
  },
  {
    name: 'eight shards, all sizes as usual, checked core',
    shape: { shards: 8, checked: true, shardMb: 24 },
  },
  {
    name: 'two shards, relaxed, segments of 1 MiB',
    shape: { shards: 2, durability: 'relaxed', shardMb: 16 },
  },
];

for (const { name, shape } of SETS) {
  test(`answers are the model's: ${name}`, async (context) => {
    const run = new EngineRun(seedOf(context), shape);
    await run.run(OPERATIONS);
    const { operations, crashes, rows } = run.counts;
    context.diagnostic(`${operations} operations, ${crashes} crashes, ${rows} rows compared`);
  });
}
