// The block cache: bounded, pinned blocks stay, everything else may go, and nothing is ever wrong
// because of it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { builds, keyOf, MEMTABLE_FULL, NO_MEMORY, OK, Random, RETRY, seedOf } from './harness.js';
import { NEED_BLOCK, TableShard, Workbench } from './table-harness.js';
import type { Shard } from './harness.js';
import type { Entry, TableFile } from './table-harness.js';
import { decodeTable, sealRaw } from './table-format.js';
import { Model, sameBytes } from './table-model.js';

const many = (count: number, bytes = 200): Entry[] =>
  Array.from({ length: count }, (_, index) => {
    const value = new Random(index).bytes(bytes);
    return { key: keyOf(`user ${index}`), value, sequence: index };
  });

const blockBytes = (table: TableFile, offset8: number, length: number) =>
  table.bytes.subarray(offset8 * 8, offset8 * 8 + length);

for (const build of builds) {
  test(`the cache never holds more pages than its limit once nothing is pinned (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const entries = many(8000);
    const model = Model.of(entries);
    const table = bench.table(entries);
    for (const pages of [0, 1, 2, 7, 200]) {
      const shard = new TableShard({ build, cacheBytes: pages * 65536 });
      shard.install([table], 2);
      for (let read = 0; read < 800; read++) {
        const key = entries[random.below(entries.length)]!.key;
        assert.ok(sameBytes(shard.get(key)!, model.get(key)!.value!));
        if (read % 50 === 0)
          assert.ok(
            shard.stats().cachePages <= pages,
            `${shard.stats().cachePages} of ${pages} pages`,
          );
      }
      shard.shard.integrity();
      if (pages === 200)
        assert.ok(
          shard.fetched <= decodeTable(bench, table).blocks.length,
          'and fetches each block once',
        );
    }
  });

  test(`blocks in use outlive a flood of others: index and filters first (${build})`, () => {
    const bench = new Workbench(build);
    const entries = many(20000);
    const table = bench.table(entries);
    const shard = new TableShard({ build, cacheBytes: 24 * 65536 });
    shard.install([table], 1);
    const kinds = [0, 0, 0, 0, 0];
    const provide = shard.provide.bind(shard);
    shard.provide = (need, block) => {
      kinds[need.kind]!++;
      return provide(need, block);
    };
    for (let index = 0; index < entries.length; index += 3) {
      shard.get(entries[(index * 7919) % entries.length]!.key);
    }
    const partitions = decodeTable(bench, table).partitions.length;
    assert.ok(kinds[1]! > 1000, 'data blocks came and went');
    assert.ok(
      kinds[2]! + kinds[3]! < partitions * 2 * 3,
      `${kinds[2]! + kinds[3]!} index and filter blocks for ${partitions} partitions`,
    );
  });

  test(`a pinned block stays through a flood by another thread, and two threads may pin the same (${build})`, () => {
    const bench = new Workbench(build);
    const entries = many(4000);
    const table = bench.table(entries);
    const shard = new TableShard({ build, cacheBytes: 0 });
    shard.install([table], 1);
    const other = shard.shard.sibling(1);
    const core = other.core as TableShard['core'];
    const keyLength = other.setKey(entries[0]!.key);
    let needed = 0;
    for (
      let status = core.get(keyLength, 0);
      status === NEED_BLOCK;
      status = core.get(keyLength, 0)
    ) {
      const offset8 = other.view.getUint32(other.scratch + 28, true);
      const length = other.view.getUint32(other.scratch + 32, true);
      other.bytes.set(blockBytes(table, offset8, length), other.inPtr);
      assert.equal(
        core.blockProvide(1, offset8, other.view.getUint32(other.scratch + 36, true), length),
        OK,
      );
      assert.equal(
        core.blockProvide(1, offset8, other.view.getUint32(other.scratch + 36, true), length),
        OK,
        'twice is once',
      );
      needed++;
    }
    assert.equal(needed, 3);
    for (const entry of entries) assert.ok(shard.get(entry.key) !== undefined);
    other.setKey(entries[0]!.key);
    assert.ok(core.get(keyLength, 0) > 0, 'no NEED_BLOCK: they are still there');
    assert.ok(shard.stats().cachePages > 0);
    assert.equal(core.blocksUnpin(), OK);
    assert.equal(shard.stats().cachePages, 0);
    other.setKey(entries[0]!.key);
    assert.equal(core.get(keyLength, 0), NEED_BLOCK, 'and now they are gone');
  });

  test(`a thread pins at most 128 blocks, then is told to begin again (${build})`, () => {
    const bench = new Workbench(build);
    const table = bench.table(many(4000));
    const blocks = decodeTable(bench, table).blocks;
    const shard = new TableShard({ build, cacheBytes: 0 });
    const give = (index: number) => {
      const block = blocks[index]!;
      return shard.provide({ file: 1, ...block }, blockBytes(table, block.offset8, block.length));
    };
    for (let index = 0; index < 128; index++) assert.equal(give(index), OK);
    assert.equal(give(128), RETRY);
    assert.equal(shard.core.blocksUnpin(), OK);
    assert.equal(give(128), OK);
    shard.core.blocksUnpin();
    assert.equal(shard.stats().cachePages, 0);
  });

  test(`writers take pages from the cache, and reads stay right while they do (${build})`, () => {
    const bench = new Workbench(build);
    const entries = many(6000);
    const table = bench.table(entries);
    const shard = new TableShard({
      build,
      cacheBytes: 8 << 20,
      memoryBytes: 12 << 20,
      memtableBytes: 7 << 20,
    });
    shard.install([table], 1);
    for (const entry of entries) assert.ok(shard.get(entry.key) !== undefined);
    const before = shard.stats().cachePages;
    let written = 0;
    for (; written < 20000; written++) {
      const status = shard.shard.put(keyOf(`new ${written}`), Buffer.alloc(600));
      if (status === MEMTABLE_FULL || status === NO_MEMORY) break;
      assert.equal(status, OK);
      if (written % 97 === 0)
        assert.ok(
          sameBytes(shard.get(entries[written % 6000]!.key)!, entries[written % 6000]!.value!),
        );
    }
    assert.ok(shard.stats().cachePages < before, `${shard.stats().cachePages} pages of ${before}`);
    shard.shard.integrity();
  });

  test(`random blocks of every size and kind, provided and let go by three threads (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const raws = [];
    for (const bytes of [1, 100, 3000, 9000, 20000, 28672]) {
      const blocks = decodeTable(bench, bench.table(many(40, bytes))).blocks;
      raws.push(...blocks.map(({ kind, raw }) => ({ kind, raw })));
    }
    for (const pages of [0, 1, 3, 20]) {
      const shard = new TableShard({ build, cacheBytes: pages * 65536 });
      const threads = [shard.shard, shard.shard.sibling(1), shard.shard.sibling(2)];
      for (let step = 0; step < 600; step++) {
        const thread = threads[random.below(3)]!;
        const core = thread.core as TableShard['core'];
        if (random.below(12) === 0) {
          assert.equal(core.blocksUnpin(), OK);
          continue;
        }
        const index = random.below(raws.length);
        const { kind, raw } = raws[index]!;
        const offset8 = index * 10000 + random.below(40);
        const block = sealRaw(bench, raw, kind, 1, offset8);
        thread.bytes.set(block, thread.inPtr);
        const status = core.blockProvide(1, offset8, kind, block.length);
        if (status === RETRY) core.blocksUnpin();
        else assert.equal(status, OK);
      }
      for (const thread of threads) (thread.core as TableShard['core']).blocksUnpin();
      assert.ok(shard.stats().cachePages <= pages);
      if (pages === 0) assert.equal(shard.stats().cacheBlocks, 0);
      shard.shard.integrity();
    }
  });

  test(`when no page is to be had a block is refused, not lost (${build})`, () => {
    const bench = new Workbench(build);
    const table = bench.table(many(6000));
    const blocks = decodeTable(bench, table).blocks;
    const shard = new TableShard({
      build,
      cacheBytes: 1 << 20,
      memoryBytes: 4 << 20,
      memtableBytes: 1 << 20,
    });
    // Threads take nearly all pages.
    const slots: Shard[] = [];
    for (let slot = 1; slot < 60 && shard.shard.stats()['pagesFree']! > 4; slot++) {
      slots.push(shard.shard.sibling(slot));
    }
    let status = OK;
    for (let index = 0; index < 120 && status === OK; index++) {
      status = shard.provide(
        { file: 1, ...blocks[index]! },
        blockBytes(table, blocks[index]!.offset8, blocks[index]!.length),
      );
    }
    assert.equal(status, NO_MEMORY);
    assert.equal(shard.core.blocksUnpin(), OK);
    shard.shard.integrity();
    assert.equal(
      shard.provide({ file: 1, ...blocks[0]! }, blockBytes(table, 0, blocks[0]!.length)),
      OK,
    );
    shard.core.blocksUnpin();
    for (const thread of slots) assert.equal(thread.core.detach(thread.slot), OK);
  });
}
