// Flush and compaction: whatever goes through them in whatever steps, the newest version of each
// key comes out.

import assert from 'node:assert/strict';
import test from 'node:test';
import { BAD_INPUT, builds, keyOf, NO_MEMORY, Random, seedOf } from './harness.js';
import { NEED_BLOCK, sorted, TableShard, Workbench } from './table-harness.js';
import type { Entry, MergeSource, TableFile } from './table-harness.js';
import { decodeTable } from './table-format.js';
import { Model, randomEntries, randomKey, randomValue, sameBytes } from './table-model.js';

function contents(bench: Workbench, tables: TableFile[]): Entry[] {
  return tables.flatMap((table) => {
    assert.equal(bench.check(table), undefined);
    return decodeTable(bench, table).entries.map(({ key, kind, value, sequence }) => ({
      key,
      value: kind === 2 ? undefined : value,
      sequence,
    }));
  });
}

function same(found: Entry[], expected: Entry[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((entry, index) => {
    const wanted = expected[index]!;
    assert.ok(sameBytes(entry.key, wanted.key));
    assert.equal(entry.sequence, wanted.sequence);
    assert.equal(entry.value === undefined, wanted.value === undefined);
    if (entry.value !== undefined) assert.ok(sameBytes(entry.value, wanted.value!));
  });
}

const tableIdOf = (entry: Entry) => Buffer.from(entry.key).readUInt32BE(0);

for (const build of builds) {
  test(`any mix of runs and tables merges to the newest versions (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    for (let round = 0; round < 14; round++) {
      const lists: Entry[][] = [];
      const sources: MergeSource[] = [];
      let sequence = 1;
      let file = 1;
      for (let count = 1 + random.below(9); count > 0; count--) {
        const entries = sorted(
          randomEntries(random, { count: random.below(300), tombstones: 4, large: 60, sequence }),
        );
        sequence += entries.length;
        lists.push(entries);
        const targetBytes = 3000 + random.below(40000);
        const tables = bench.merge([{ run: entries }], { firstFile: file, targetBytes });
        file += tables.length;
        sources.unshift(random.below(3) === 0 ? { run: entries } : { tables });
      }
      const bottom = random.below(2) === 0;
      const dropped = random.below(2) === 0 ? [] : [2, 9];
      const expected = Model.of(...lists).entries.filter(
        (entry) => !(bottom && entry.value === undefined) && !dropped.includes(tableIdOf(entry)),
      );
      const options = { bottom, dropped, firstFile: 1000, targetBytes: 2000 + random.below(60000) };
      const tables = bench.merge(sources, options);
      same(contents(bench, tables), expected);
      for (const [index, table] of tables.slice(0, -1).entries()) {
        assert.ok(table.bytes.length >= options.targetBytes, 'a table ends at its target');
        assert.ok(
          Buffer.compare(table.maxKey, tables[index + 1]!.minKey) < 0,
          'tables are disjoint and in order',
        );
      }
      const slowly = bench.merge(sources, { ...options, budget: 1 });
      assert.deepEqual(
        slowly.map((table) => table.bytes),
        tables.map((table) => table.bytes),
        'steps do not matter',
      );
    }
  });

  test(`a shard under writes, flushes and compactions answers like a map (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 1 << 18 });
    const model = new Map<string, Uint8Array>();
    const name = (key: Uint8Array) => Buffer.from(key).toString('latin1');
    let levels: TableFile[][] = [[], [], []];
    let file = 1;
    for (let round = 0; round < 25; round++) {
      for (let writes = random.below(250); writes > 0; writes--) {
        const key = randomKey(random);
        const value = randomValue(random, { count: 0, tombstones: 3, large: 80 });
        if (value === undefined) {
          shard.shard.delete(key);
          model.delete(name(key));
        } else {
          assert.equal(shard.shard.put(key, value), 0);
          model.set(name(key), value);
        }
      }
      const flushed = shard.flush(bench, file);
      file += flushed.length;
      levels[0]!.unshift(...flushed);
      const deep = random.below(3) === 0;
      if (levels[0]!.length >= 4 || deep) {
        // All of level 0 and level 1 into level 1; sometimes all of it into level 2, where
        // tombstones end.
        const inputs = [...levels[0]!, ...levels[1]!, ...(deep ? levels[2]! : [])];
        const sources: MergeSource[] = [
          ...levels[0]!.map((table) => ({ tables: [table] })),
          { tables: levels[1]! },
        ];
        if (deep) sources.push({ tables: levels[2]! });
        const output = bench.merge(sources, { firstFile: file, targetBytes: 20000, bottom: deep });
        file += output.length;
        shard.install(
          output,
          deep ? 2 : 1,
          inputs.map((table) => table.file),
        );
        if (deep) assert.ok(output.every((table) => table.tombstones === 0));
        levels = [[], deep ? [] : output, deep ? output : levels[2]!];
      }
      for (let reads = 0; reads < 80; reads++) {
        const key = randomKey(random);
        const value = shard.get(key, bench);
        assert.equal(value === undefined, !model.has(name(key)));
        if (value !== undefined) assert.ok(sameBytes(value, model.get(name(key))!));
      }
      const scanned = shard.scan({}).map((entry) => name(entry.key));
      assert.deepEqual(
        scanned,
        [...model.keys()].sort((a, b) => (a < b ? -1 : 1)),
      );
      const backwards = shard.scan({ flags: 4 }).map((entry) => name(entry.key));
      assert.deepEqual(backwards.reverse(), scanned);
    }
    shard.shard.integrity();
  });

  test(`compaction copies value blocks as they are (${build})`, () => {
    const bench = new Workbench(build);
    const random = new Random(11);
    const entries = Array.from({ length: 6 }, (_, index) => ({
      key: keyOf(`u${index}`),
      value: index % 2 === 0 ? random.bytes(40000) : new Uint8Array(700000),
      sequence: index,
    }));
    const table = bench.table(entries, 1);
    const [copied] = bench.merge([{ tables: [table] }], { firstFile: 2 });
    const packed = (file: TableFile) =>
      decodeTable(bench, file)
        .blocks.filter((block) => block.kind === 4)
        .map((block) =>
          Buffer.from(file.bytes.subarray(block.offset8 * 8, block.offset8 * 8 + block.length - 4)),
        );
    assert.deepEqual(packed(copied!), packed(table));
    same(contents(bench, [copied!]), sorted(entries));
  });

  test(`nothing in, nothing out; all dropped, nothing out (${build})`, () => {
    const bench = new Workbench(build);
    assert.deepEqual(bench.merge([]), []);
    assert.deepEqual(bench.merge([{ run: [] }, { tables: [] }]), []);
    const entries = sorted(randomEntries(new Random(2), { count: 50, tables: [4] }));
    assert.deepEqual(bench.merge([{ run: entries }], { dropped: [1, 4, 9] }), []);
    assert.equal(bench.merge([{ run: entries }], { dropped: [3, 5] }).length, 1);
    const tombstones = entries.map((entry) => ({ ...entry, value: undefined }));
    assert.deepEqual(bench.merge([{ run: tombstones }], { bottom: true }), []);
  });

  test(`a flush interrupts a compaction in the same memory, and both come out right (${build})`, () => {
    const bench = new Workbench(build);
    const random = new Random(23);
    const old = sorted(randomEntries(random, { count: 800, large: 40 }));
    const fresh = sorted(randomEntries(random, { count: 300, sequence: 1000 }));
    const table = bench.table(old, 1);
    const { core } = bench;
    const compaction = core.mergeBegin(1 << 30, 0, 0);
    core.mergeAddSource(compaction);
    core.mergeAddTable(compaction, 1, table.topOffset8, table.topLength);
    const output: Uint8Array[] = [];
    let flushed: TableFile[] = [];
    let blocks = 0;
    for (
      let status = core.mergeStep(compaction, 50);
      status !== 0;
      status = core.mergeStep(compaction, 50)
    ) {
      if (status === NEED_BLOCK) {
        const [offset8, length, to] = [bench.u32(28), bench.u32(32), bench.valuePtr];
        if (++blocks % 10 === 0) flushed = bench.merge([{ run: fresh }], { firstFile: 50 });
        bench.bytes.set(table.bytes.subarray(offset8 * 8, offset8 * 8 + length), to);
        assert.equal(core.mergeProvide(compaction, length), 0);
      } else if (status === 1) {
        output.push(bench.bytes.slice(bench.valuePtr, bench.valuePtr + bench.u32(44)));
      } else if (status === 3) {
        core.mergeFileId(compaction, 60);
      }
    }
    core.mergeEnd(compaction);
    same(contents(bench, flushed), fresh);
    const [again] = bench.merge([{ tables: [table] }], { firstFile: 60 });
    assert.deepEqual(Buffer.concat(output), Buffer.from(again!.bytes));
  });

  test(`merges give all their memory back, and say when it is too little (${build})`, () => {
    const bench = new Workbench(build, 32 << 20);
    const entries = sorted(randomEntries(new Random(1), { count: 200, large: 20 }));
    const free = () => bench.view.getUint32(65536 + 768 + 8, true);
    const before = free();
    const table = bench.table(entries, 1);
    for (let round = 0; round < 20; round++) {
      bench.merge([{ tables: [table] }, { run: entries }], { firstFile: 2 });
    }
    assert.equal(free(), before);
    const handles: number[] = [];
    for (
      let handle = bench.core.mergeBegin(1, 0, 0);
      handle > 0;
      handle = bench.core.mergeBegin(1, 0, 0)
    )
      handles.push(handle);
    assert.ok(handles.length > 1);
    assert.equal(bench.core.mergeBegin(1, 0, 0), NO_MEMORY);
    for (const handle of handles) bench.core.mergeEnd(handle);
    assert.equal(free(), before);
  });

  test(`a run that is not one is refused (${build})`, () => {
    const bench = new Workbench(build);
    const { core } = bench;
    const good = sorted(randomEntries(new Random(3), { count: 20 }));
    const random = new Random(99);
    let refused = 0;
    for (let round = 0; round < 600; round++) {
      const merge = core.mergeBegin(1 << 30, 0, 0);
      core.mergeAddRun(merge);
      assert.equal(core.mergeStep(merge, 1), 4);
      const run = Buffer.concat(
        good.map((entry) => {
          const bytes = Buffer.alloc((24 + entry.key.length + entry.value!.length + 7) & ~7);
          bytes.writeUInt32LE(bytes.length, 0);
          bytes.writeUInt16LE(entry.key.length, 4);
          bytes[6] = 1;
          bytes.writeUInt32LE(entry.value!.length, 8);
          bytes.writeDoubleLE(entry.sequence, 16);
          bytes.set(entry.key, 24);
          bytes.set(entry.value!, 24 + entry.key.length);
          return bytes;
        }),
      );
      for (let change = random.below(3); change >= 0; change--) {
        run[random.below(run.length)] = random.below(256);
      }
      bench.bytes.set(run, bench.valuePtr);
      const status = core.mergeProvide(
        merge,
        random.below(5) === 0 ? random.below(200000) : run.length,
      );
      assert.ok(status === 0 || status === -13);
      if (status !== 0) refused++;
      core.mergeEnd(merge);
    }
    assert.ok(refused > 100);
  });

  test(`orders that make no sense are refused before anything is done (${build})`, () => {
    const { core, view, scratch } = new Workbench(build);
    view.setUint32(scratch + 40960, 5, true);
    view.setUint32(scratch + 16388, 5, true);
    assert.equal(core.mergeBegin(1, 0, 2), BAD_INPUT, 'dropped ids ascend');
    assert.equal(core.mergeBegin(1, 0, 1 << 20), BAD_INPUT);
    const merge = core.mergeBegin(1, 0, 0);
    assert.equal(core.mergeAddTable(merge, 1, 10, 64), BAD_INPUT, 'a table without a source');
    assert.equal(core.mergeAddSource(merge), 0);
    for (const length of [0, 8, 16, 63, 1 << 24]) {
      assert.equal(
        core.mergeAddTable(merge, 1, 10, length),
        BAD_INPUT,
        'no TOP block is that long',
      );
    }
    for (let index = 1; index < 64; index++) assert.equal(core.mergeAddSource(merge), index);
    assert.equal(core.mergeAddSource(merge), BAD_INPUT, 'too many sources');
    assert.equal(core.mergeProvide(merge, 8), BAD_INPUT, 'nothing was asked for');
    core.mergeEnd(merge);
  });
}
