// Tables: what goes in comes out by point reads and by the walk of the whole file; shapes of files
// at their bounds.

import assert from 'node:assert/strict';
import test from 'node:test';
import { builds, keyOf, Random, seedOf, valueOf } from './harness.js';
import { BLOCK_VALUE, INLINE_VALUE_MAX, sorted, TableShard, Workbench } from './table-harness.js';
import type { Entry } from './table-harness.js';
import { decodeTable } from './table-format.js';
import { KEY_BYTES_MAX, Model, randomEntries, randomKey, sameBytes } from './table-model.js';

for (const build of builds) {
  test(`random tables answer every point read like a sorted array (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    for (let round = 0; round < 8; round++) {
      const entries = randomEntries(random, {
        count: 1 + random.below(1500),
        tombstones: 10,
        large: 80,
      });
      const model = Model.of(entries);
      const shard = new TableShard({ build, cacheBytes: [0, 1 << 17, 4 << 20][round % 3]! });
      shard.install([bench.table(entries)], 1 + random.below(6));
      for (let read = 0; read < 600; read++) {
        const key =
          random.below(2) === 0 ? entries[random.below(entries.length)]!.key : randomKey(random);
        const expected = model.get(key)?.value;
        const value = shard.get(key, bench);
        assert.equal(value === undefined, expected === undefined);
        if (value !== undefined) assert.ok(sameBytes(value, expected!));
      }
    }
  });

  test(`a point read tells the sequence of what it found, of tombstones too (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    shard.install(
      [
        bench.table([
          { key: keyOf('there'), value: valueOf('v'), sequence: 4711 },
          { key: keyOf('gone'), value: undefined, sequence: 4712 },
        ]),
      ],
      1,
    );
    shard.get(keyOf('there'));
    assert.equal(shard.shard.sequence, 4711);
    assert.equal(shard.get(keyOf('gone')), undefined);
    assert.equal(shard.shard.sequence, 4712);
    assert.equal(shard.get(keyOf('never')), undefined);
    assert.equal(shard.shard.sequence, 0);
  });

  test(`what the manifest is told of a table is true, and the walk finds it sound (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    for (let round = 0; round < 10; round++) {
      const entries = sorted(
        randomEntries(random, {
          count: 1 + random.below(1200),
          tombstones: 5,
          large: 50,
          sequence: 77,
        }),
      );
      const table = bench.table(entries, 3);
      assert.equal(bench.check(table), undefined);
      assert.equal(table.file, 3);
      assert.equal(table.entries, entries.length);
      assert.equal(table.tombstones, entries.filter((entry) => entry.value === undefined).length);
      assert.equal(table.minSequence, 77);
      assert.equal(table.maxSequence, 76 + entries.length);
      assert.equal(
        table.contentBytes,
        entries.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0),
      );
      assert.ok(
        sameBytes(table.minKey, entries[0]!.key) &&
          sameBytes(table.maxKey, entries[entries.length - 1]!.key),
      );
    }
  });

  test(`longest keys and largest values make a sound table (${build})`, () => {
    const bench = new Workbench(build);
    const random = new Random(7);
    const entries: Entry[] = [];
    for (let index = 0; index < 60; index++) {
      const key = Buffer.alloc(KEY_BYTES_MAX, index % 3 === 0 ? 0xff : 0x41);
      key.writeUInt32BE(1);
      key.writeUInt16BE(index, index % 2 === 0 ? 4 : KEY_BYTES_MAX - 2);
      entries.push({
        key,
        value: random.bytes(index % 4 === 0 ? INLINE_VALUE_MAX : index),
        sequence: index,
      });
    }
    const biggest = 2 * 2105344 + 65536;
    entries.push({ key: keyOf('noise'), value: random.bytes(biggest), sequence: 100 });
    entries.push({ key: keyOf('zeros'), value: new Uint8Array(biggest), sequence: 101 });
    entries.push({ key: keyOf('edge'), value: random.bytes(INLINE_VALUE_MAX + 1), sequence: 102 });
    const table = bench.table(entries, 2);
    assert.equal(bench.check(table), undefined);
    const blocks = decodeTable(bench, table).blocks;
    assert.equal(blocks.filter((block) => block.kind === BLOCK_VALUE).length, 3);
    for (const block of blocks)
      if (block.kind !== BLOCK_VALUE) assert.ok(block.length <= 49168, `${block.length} bytes`);
    const shard = new TableShard({ build, cacheBytes: 0 });
    shard.install([table], 1);
    for (const entry of entries) assert.ok(sameBytes(shard.get(entry.key, bench)!, entry.value!));
    assert.equal(shard.scan({}).length, entries.length);
    assert.equal(shard.scan({ flags: 4 }).length, entries.length);
  });

  test(`separators of long keys that differ early are short, and many absurd keys end a table early (${build})`, () => {
    const bench = new Workbench(build, 128 << 20);
    const early = Array.from({ length: 300 }, (_, index) => {
      const key = Buffer.alloc(3000, 0x61);
      key.writeUInt32BE(1);
      key.writeUInt32BE(index, 4);
      return { key, value: valueOf('v'), sequence: index };
    });
    const short = decodeTable(bench, bench.table(early));
    for (const { partition } of short.partitions.slice(0, -1))
      assert.ok(partition.separator.length <= 8);
    // Pairs that differ in their last byte alone, so that separators are as long as keys.
    const absurd: Entry[] = [];
    for (let index = 0; index < 900; index++) {
      const key = Buffer.alloc(KEY_BYTES_MAX, 0x61);
      key.writeUInt32BE(1);
      key.writeUInt32BE((index + 1) >> 1, 4);
      key[KEY_BYTES_MAX - 1] = index & 1 ? 1 : 2;
      absurd.push({ key, value: valueOf('v'), sequence: index });
    }
    const tables = bench.merge([{ run: sorted(absurd) }]);
    assert.ok(tables.length > 1, 'TOP has a bound');
    assert.equal(
      tables.reduce((sum, table) => sum + table.entries, 0),
      absurd.length,
    );
    for (const table of tables) {
      assert.equal(bench.check(table), undefined);
      assert.ok(table.topLength <= 524288 + 65536 + 16);
    }
  });

  test(`a table of one entry, of one tombstone, of one empty value (${build})`, () => {
    const bench = new Workbench(build);
    for (const value of [valueOf('v'), undefined, new Uint8Array(0)]) {
      const table = bench.table([{ key: Uint8Array.of(0), value, sequence: 1 }]);
      assert.equal(bench.check(table), undefined);
      const shard = new TableShard({ build });
      shard.install([table], 6);
      const read = shard.get(Uint8Array.of(0));
      assert.equal(read?.length, value?.length);
      assert.equal(shard.scan({}).length, value === undefined ? 0 : 1);
      assert.equal(shard.scan({ flags: 16 }).length, 1);
    }
  });
}
