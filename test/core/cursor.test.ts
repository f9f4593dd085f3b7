// Cursors: a merge of memtables and tables in either direction, from any bound to any bound, equals
// a sorted array.

import assert from 'node:assert/strict';
import test from 'node:test';
import { builds, DELETE, keyOf, LARGE_REF, PUT, Random, seedOf, valueOf } from './harness.js';
import type { RunEntry } from './harness.js';
import {
  HIGH_EXCLUSIVE,
  INLINE_VALUE_MAX,
  HEADS,
  LOW_EXCLUSIVE,
  NEED_BLOCK,
  REVERSE,
  TableShard,
  TOMBSTONES,
  Workbench,
} from './table-harness.js';
import type { Entry } from './table-harness.js';
import { shardOfAll } from './shard-of-all.js';
import { KEY_BYTES_MAX, Model, randomEntries, randomKey, sameBytes } from './table-model.js';

function agrees(found: RunEntry[], expected: Entry[], flags: number): void {
  assert.equal(found.length, expected.length);
  found.forEach((entry, index) => {
    const wanted = expected[index]!;
    assert.ok(sameBytes(entry.key, wanted.key), `key ${index}`);
    assert.equal(entry.sequence, wanted.sequence);
    if (wanted.value === undefined) {
      assert.equal(entry.kind, DELETE);
    } else if (entry.kind === LARGE_REF) {
      assert.ok(wanted.value.length > INLINE_VALUE_MAX);
      assert.equal(entry.largeLength, wanted.value.length);
      assert.equal(entry.value.length, 0);
    } else {
      const heads = (flags & HEADS) !== 0;
      assert.equal(entry.kind, PUT);
      assert.ok(heads || wanted.value.length <= INLINE_VALUE_MAX);
      assert.ok(sameBytes(entry.value, heads ? wanted.value.subarray(0, 8) : wanted.value));
    }
  });
}

for (const build of builds) {
  test(`any range in either direction over all kinds of sources equals the model (${build})`, (t) => {
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
        const [low, high, flags] = [bound(), bound(), random.below(32)];
        const expected = model
          .range(low, high, (flags & LOW_EXCLUSIVE) !== 0, (flags & HIGH_EXCLUSIVE) !== 0)
          .filter((entry) => entry.value !== undefined || (flags & TOMBSTONES) !== 0);
        if ((flags & REVERSE) !== 0) expected.reverse();
        const limits =
          random.below(2) === 0
            ? {}
            : { countMax: 1 + random.below(30), bytesMax: 1 + random.below(3000) };
        agrees(shard.scan({ low, high, flags, ...limits }), expected, flags);
      }
      shard.shard.integrity();
    }
  });

  test(`one call touches at most 256 entries and says with which key to go on (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 4 << 20 });
    const entries = (file: number): Entry[] =>
      Array.from({ length: 3000 }, (_, index) => ({
        key: keyOf('p', String(index).padStart(5, '0')),
        value: index < 2990 ? undefined : valueOf('v'),
        sequence: file * 10000 + index,
      }));
    for (let file = 1; file <= 4; file++) shard.install([bench.table(entries(file), file)], 0);
    let steps = 0;
    let low: Uint8Array = new Uint8Array(0);
    for (let more = true, flags = 0; more; steps++, flags = LOW_EXCLUSIVE) {
      const step = shard.step({ low, flags });
      more = step.more;
      if (more) {
        assert.ok(Buffer.compare(step.lastKey, low) > 0, 'every call progresses');
        const seen = Number(Buffer.from(step.lastKey.subarray(14, 19)).toString());
        assert.equal(
          step.maxSequence,
          40000 + seen,
          'tombstones count for the sequence stepped over',
        );
      }
      low = step.lastKey;
    }
    assert.ok(steps >= (3000 * 4) / 256, `${steps} calls`);
  });

  test(`with a cache of 0 bytes a scan of many sources ends, and leaves no page behind (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 0 });
    const lists: Entry[][] = [];
    for (let file = 1; file <= 12; file++) {
      lists.push(
        randomEntries(new Random(file), { count: 400, tombstones: 6, sequence: file * 1000 }),
      );
      shard.install([bench.table(lists[file - 1]!, file)], 0);
    }
    const model = Model.of(...lists);
    for (const flags of [0, REVERSE]) {
      const expected = model.entries.filter((entry) => entry.value !== undefined);
      agrees(shard.scan({ flags }), flags === 0 ? expected : expected.reverse(), flags);
    }
    assert.equal(shard.stats().cachePages, 0);
  });

  test(`a step that has stepped over something does not wait for a block (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 4 << 20 });
    const entries = Array.from({ length: 2000 }, (_, index) => ({
      key: keyOf('p', String(index).padStart(5, '0')),
      value: Buffer.alloc(100),
      sequence: index,
    }));
    const table = bench.table(entries);
    shard.install([table], 1);
    const first = shard.step({});
    assert.ok(first.run.length > 0 && first.run.length < 100 && first.more);
    const hint = shard.need();
    assert.equal(hint.kind, 1, 'and hints which one it will be');
    const before = shard.calls;
    assert.equal(shard.core.blockProvide(0, 0, 9, 0), -17);
    shard.provide(hint, table.bytes.subarray(hint.offset8 * 8, hint.offset8 * 8 + hint.length));
    const second = shard.step({ low: first.lastKey, flags: LOW_EXCLUSIVE });
    assert.equal(shard.calls, before + 1, 'the hinted block was the one');
    assert.ok(sameBytes(second.run[0]!.key, entries[first.run.length]!.key));
  });

  test(`a range that ends at the end of a block does not ask for the next one (${build})`, () => {
    const bench = new Workbench(build);
    const entries = Array.from({ length: 4000 }, (_, index) => ({
      key: keyOf('p', String(index).padStart(5, '0')),
      value: Buffer.alloc(90),
      sequence: index,
    }));
    const table = bench.table(entries);
    for (const flags of [0, REVERSE]) {
      for (let at = 100; at < 900; at += 37) {
        const shard = new TableShard({ build, cacheBytes: 4 << 20, memoryBytes: 16 << 20 });
        shard.install([table], 1);
        const bound = entries[at]!.key;
        const found = shard.scan({ low: bound, high: bound, flags });
        assert.equal(found.length, 1);
        assert.equal(shard.fetched, 2, 'one index block, one data block');
      }
    }
  });

  test(`a cursor sees a flush between its calls as if nothing had happened (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 1 << 20, memtableBytes: 8 << 20 });
    const written = randomEntries(random, { count: 900, tombstones: 5, large: 90 });
    for (const entry of written) {
      const { key, value } = entry;
      assert.equal(value === undefined ? shard.shard.delete(key) : shard.shard.put(key, value), 0);
      entry.sequence = shard.shard.sequence;
    }
    const expected = Model.of(written).entries.filter((entry) => entry.value !== undefined);
    for (const flags of [0, REVERSE]) {
      const found: RunEntry[] = [];
      let bounds: { low?: Uint8Array; high?: Uint8Array; flags: number } = { flags };
      for (let steps = 0, more = true; more; steps++) {
        const step = shard.step({ ...bounds, countMax: 40 });
        found.push(...step.run);
        more = step.more;
        bounds =
          flags === 0
            ? { low: step.lastKey, flags: LOW_EXCLUSIVE }
            : { high: step.lastKey, flags: REVERSE | HIGH_EXCLUSIVE };
        if (steps === 3) shard.flush(bench, flags + 1);
      }
      agrees(found, flags === 0 ? expected : [...expected].reverse(), flags);
    }
  });

  test(`longest keys with largest inline values fit the run, and the last key behind it (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 1 << 20 });
    const entries = Array.from({ length: 12 }, (_, index) => {
      const key = Buffer.alloc(KEY_BYTES_MAX, 0x62);
      key.writeUInt32BE(1);
      key[5000] = index;
      return {
        key,
        value: Buffer.alloc(index % 3 === 2 ? INLINE_VALUE_MAX + 1 : INLINE_VALUE_MAX, index),
        sequence: index,
      };
    });
    shard.install([bench.table(entries)], 1);
    agrees(shard.scan({}), entries, 0);
    agrees(shard.scan({ flags: REVERSE }), [...entries].reverse(), 0);
  });

  // A bound above the other within one partition of a table was once taken for a damaged index.
  test(`a range whose low bound lies above its high one is empty, wherever the two lie (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 4 << 20 });
    const entries = randomEntries(new Random(6), { count: 700 });
    shard.install([bench.table(entries)], 1);
    const keys = Model.of(entries).entries.map((entry) => entry.key);
    const ends = [...keys.keys()].filter((at) => at % 13 === 0 || at === keys.length - 1);
    for (let high = 0; high < keys.length; high += 11) {
      for (const low of ends.filter((at) => at > high)) {
        for (const flags of [0, LOW_EXCLUSIVE, REVERSE, REVERSE | HIGH_EXCLUSIVE]) {
          assert.equal(shard.scan({ low: keys[low]!, high: keys[high]!, flags }).length, 0);
        }
      }
    }
  });

  // A table that lay wholly above an absent low bound was once taken for the last one of its level.
  test(`a backward scan goes through all tables of a level (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 4 << 20 });
    const model = Model.of(randomEntries(new Random(7), { count: 500 }));
    const tables = bench.merge([{ run: model.entries }], { targetBytes: 4096 });
    assert.ok(tables.length > 4);
    shard.install(tables, 3);
    agrees(shard.scan({ flags: REVERSE }), [...model.entries].reverse(), REVERSE);
    const low = Buffer.alloc(4);
    agrees(shard.scan({ low, flags: REVERSE }), [...model.entries].reverse(), REVERSE);
  });

  test(`a missing block is asked for with the same answer until it comes (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 0 });
    shard.install([bench.table(randomEntries(new Random(3), { count: 100 }))], 1);
    shard.shard.view.setUint32(shard.shard.scratch + 256, 0, true);
    shard.shard.view.setUint32(shard.shard.scratch + 260, 0, true);
    for (let tries = 0; tries < 3; tries++) assert.equal(shard.core.cursorNext(0), NEED_BLOCK);
    assert.equal(shard.core.cursorNext(1), -6, 'and a stale catalog is told first');
  });
}
