// Filters: never deny a key that is there, seldom admit one that is not, and save the reads they
// are for.

import assert from 'node:assert/strict';
import test from 'node:test';
import { builds, keyOf, Random, seedOf } from './harness.js';
import { BLOCK_FILTER, TableShard, Workbench } from './table-harness.js';
import type { TableCore } from './table-harness.js';
import { decodeTable } from './table-format.js';
import { randomEntries } from './table-model.js';

const SEED = 0x6665727269746564n;
const MIX = 0x9e3779b97f4a7c15n;
const u64 = (value: bigint) => BigInt.asUintN(64, value);

/** The filter read plainly from core-as/table/filter.ts. */
function mayHold(bench: Workbench, filter: Uint8Array, key: Uint8Array): boolean {
  const at = bench.bytes.length - 8192;
  bench.bytes.set(key, at);
  const core = bench.core as TableCore & {
    xxh64(ptr: number, length: number, seed: bigint): bigint;
  };
  const hash = u64(core.xxh64(at, key.length, SEED));
  const lines = BigInt((filter.length - 8) / 64);
  const line = Number(((hash >> 32n) * lines) >> 32n) * 64;
  let bits = u64((hash ^ (hash >> 29n)) * MIX) >> 10n;
  for (let probe = 0; probe < 6; probe++, bits >>= 9n) {
    const bit = Number(bits & 511n);
    if (((filter[line + (bit >> 3)]! >> (bit & 7)) & 1) === 0) return false;
  }
  return true;
}

for (const build of builds) {
  test(`the filter of a partition holds all its keys and few others (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const entries = Array.from({ length: 40000 }, (_, index) => ({
      key: keyOf(`user ${index}`),
      value: undefined,
      sequence: index,
    }));
    const decoded = decodeTable(bench, bench.table(entries));
    assert.ok(decoded.partitions.length > 1);
    for (const { filter, keys } of decoded.partitions) {
      assert.ok(keys.length <= 16384);
      for (const key of keys) assert.ok(mayHold(bench, filter, key));
      let admitted = 0;
      for (let index = 0; index < 4000; index++) {
        if (mayHold(bench, filter, random.bytes(30))) admitted++;
      }
      assert.ok(admitted / 4000 < 0.025, `${admitted} of 4000 admitted`);
      assert.ok(filter.length * 8 < keys.length * 10 + 1100, 'ten bits a key');
    }
  });

  test(`small partitions have a filter of one line that still holds their keys (${build})`, () => {
    const bench = new Workbench(build);
    for (let count = 1; count <= 52; count++) {
      const decoded = decodeTable(bench, bench.table(randomEntries(new Random(count), { count })));
      const { filter, keys } = decoded.partitions[0]!;
      assert.ok(filter.length === 72 || count > 51);
      for (const key of keys) assert.ok(mayHold(bench, filter, key));
    }
  });

  test(`a point read of an absent key reads no data block in nearly all cases (${build})`, () => {
    const bench = new Workbench(build);
    const entries = Array.from({ length: 5000 }, (_, index) => ({
      key: keyOf(`user ${index}`),
      value: Buffer.alloc(50),
      sequence: index,
    }));
    const shard = new TableShard({ build, cacheBytes: 0 });
    shard.install([bench.table(entries)], 1);
    let others = 0;
    const provide = shard.provide.bind(shard);
    shard.provide = (need, block) => {
      if (need.kind !== BLOCK_FILTER) others++;
      return provide(need, block);
    };
    for (let index = 0; index < 2000; index++) {
      assert.equal(shard.get(keyOf(`nobody ${index}`)), undefined);
    }
    assert.ok(others < 2000 * 2 * 0.025, `${others} blocks behind the filter were read`);
  });
}
