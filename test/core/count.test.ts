// Counts step over what nothing shadows; they are exact all the same, from any bound to any bound.

import assert from 'node:assert/strict';
import test from 'node:test';
import { builds, keyOf, Random, seedOf, valueOf } from './harness.js';
import { shardOfAll } from './shard-of-all.js';
import {
  HIGH_EXCLUSIVE,
  LOW_EXCLUSIVE,
  TableShard,
  Workbench,
  type Entry,
} from './table-harness.js';
import { Model, randomKey } from './table-model.js';

/** Keys of one partition in order. */
function key(index: number): Uint8Array {
  return keyOf('p', String(index).padStart(6, '0'));
}

function entries(count: number, step: number, sequence: number, deletedEach = 0): Entry[] {
  return Array.from({ length: count }, (_, i) => ({
    key: key(i * step),
    value: deletedEach > 0 && i % deletedEach === 0 ? undefined : valueOf('v'),
    sequence: sequence + i,
  }));
}

for (const build of builds) {
  test(`a count over all kinds of sources equals the model (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    for (let round = 0; round < 6; round++) {
      const { shard, model } = shardOfAll(build, random, bench, [0, 1 << 17, 4 << 20][round % 3]!);
      for (let scan = 0; scan < 60; scan++) {
        const bound = () =>
          random.below(4) === 0
            ? new Uint8Array(0)
            : random.below(2) === 0
              ? model.entries[random.below(model.entries.length)]!.key
              : randomKey(random);
        const [low, high, flags] = [bound(), bound(), random.below(4)];
        const exclusive = [(flags & LOW_EXCLUSIVE) !== 0, (flags & HIGH_EXCLUSIVE) !== 0] as const;
        const expected = model
          .range(low, high, ...exclusive)
          .filter((entry) => entry.value !== undefined);
        assert.equal(shard.count({ low, high, flags }).entries, expected.length);
      }
    }
  });

  test(`counts of long ranges are exact where few newer entries and tombstones lie in them (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const COUNT = 8_000;
    for (const deletedEach of [0, 37]) {
      const shard = new TableShard({ build, cacheBytes: 8 << 20 });
      const oldest = entries(COUNT, 2, 1);
      shard.install(bench.merge([{ run: oldest }], { firstFile: 1, targetBytes: 150_000 }), 2);
      const level1 = entries(300, 37, 100_000, deletedEach);
      shard.install([bench.table(level1, 500)], 1);
      shard.core.setSequence(200_000);
      const lists = [oldest, level1];
      for (const frozen of [true, false]) {
        const written: Entry[] = [];
        // A dense stretch, so that whole leaves are stepped over, and a few entries anywhere.
        for (let i = 0; i < 900; i++) {
          const at = key(i < 700 ? 5001 + i : random.below(2 * COUNT));
          const deletes = deletedEach > 0 && random.below(20) === 0;
          const value = deletes ? undefined : valueOf('w');
          const status = value === undefined ? shard.shard.delete(at) : shard.shard.put(at, value);
          assert.equal(status, 0);
          written.push({ key: at, value, sequence: shard.shard.sequence });
        }
        lists.push(written);
        if (frozen) assert.equal(shard.core.freeze(), 0);
      }
      const model = Model.of(...lists);
      for (let round = 0; round < 50; round++) {
        const [low, high] = [key(random.below(2 * COUNT)), key(random.below(2 * COUNT))];
        const flags = random.below(4);
        const exclusive = [(flags & LOW_EXCLUSIVE) !== 0, (flags & HIGH_EXCLUSIVE) !== 0] as const;
        const inside = model.range(low, high, ...exclusive);
        const expected = inside.filter((entry) => entry.value !== undefined);
        const counted = shard.count({ low, high, flags });
        assert.equal(counted.entries, expected.length, `from ${low} to ${high}`);
        const ofMemtables = inside.map(({ sequence }) => sequence).filter((each) => each > 200_000);
        assert.ok(counted.maxSequence >= Math.max(0, ...ofMemtables), 'what was counted is known');
      }
    }
  });

  test(`a count of a range in tables reads few of its blocks again (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 16 << 20 });
    const all = entries(60_000, 1, 1);
    shard.install(bench.merge([{ run: all }], { firstFile: 1, targetBytes: 64 << 20 }), 1);
    assert.equal(shard.count({}).entries, all.length);
    const again = shard.count({ low: key(10), high: key(59_990) });
    assert.equal(again.entries, 59_981);
    assert.ok(again.calls < 12, `${again.calls} calls`);
  });
}
