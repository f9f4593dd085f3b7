// Damage to a table file is reported by whoever meets it, names its place, and is never served (RELIABILITY row 3).

import assert from 'node:assert/strict';
import test from 'node:test';
import { builds, Random, seedOf, valueOf } from './harness.js';
import type { Build } from './harness.js';
import { CorruptBlock, sorted, TableShard, tailBytesOf, Workbench } from './table-harness.js';
import type { Entry, TableFile } from './table-harness.js';
import { decodeTable } from './table-format.js';
import type { RawBlock } from './table-format.js';
import { Model, randomEntries, sameBytes } from './table-model.js';

interface Prepared {
  bench: Workbench;
  entries: Entry[];
  table: TableFile;
  blocks: RawBlock[];
}

/** A table with every kind of block, compressed and not, a few kilobytes long. */
function prepare(build: Build): Prepared {
  const bench = new Workbench(build);
  const random = new Random(42);
  const entries = sorted([
    ...randomEntries(random, { count: 90, tombstones: 6, valueBytes: 160 }),
    { key: Buffer.from('\0\0\0\x01text', 'latin1'), value: valueOf('compressible '.repeat(400)), sequence: 500 },
    { key: Buffer.from('\0\0\0\x02large', 'latin1'), value: Buffer.alloc(33000, 'abc'), sequence: 501 },
    { key: Buffer.from('\0\0\0\x02large too', 'latin1'), value: Buffer.alloc(40000, 'defgh'), sequence: 502 },
  ]);
  const table = bench.table(entries, 17);
  return { bench, entries, table, blocks: decodeTable(bench, table).blocks };
}

function damaged(table: TableFile, change: (bytes: Uint8Array) => void): TableFile {
  const bytes = Uint8Array.from(table.bytes);
  change(bytes);
  return { ...table, bytes };
}

/** Reads every entry both ways. Answers must be right or damage reported. Returns whether any was reported. */
function readAll(build: Build, { bench, entries }: Prepared, table: TableFile): boolean {
  const shard = new TableShard({ build, cacheBytes: 1 << 20, memoryBytes: 8 << 20 });
  const model = Model.of(entries);
  let reported = false;
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof CorruptBlock)) throw error;
      assert.equal(error.need.file, table.file);
      reported = true;
    }
  };
  attempt(() => shard.install([table], 1));
  if (reported) return true;
  for (const entry of entries) {
    attempt(() => {
      const value = shard.get(entry.key, bench);
      assert.equal(value === undefined, entry.value === undefined);
      if (value !== undefined) assert.ok(sameBytes(value, entry.value!));
    });
  }
  for (const flags of [16, 20]) {
    attempt(() => {
      const found = shard.scan({ flags });
      if (flags === 20) found.reverse();
      assert.equal(found.length, model.entries.length);
      found.forEach((entry, index) => assert.ok(sameBytes(entry.key, model.entries[index]!.key)));
    });
  }
  return reported;
}

for (const build of builds) {
  test(`every flipped byte of a file is caught by the walk (${build})`, () => {
    const { bench, table } = prepare(build);
    assert.equal(bench.check(table), undefined);
    for (let at = 0; at < table.bytes.length; at++) {
      const flipped = damaged(table, (bytes) => { bytes[at]! ^= 1 << (at % 8); });
      const found = bench.check(flipped);
      assert.ok(found !== undefined, `byte ${at} of ${table.bytes.length}`);
      assert.equal(found.file, 17);
    }
  });

  test(`every flipped byte is met by reads or by a compaction, and never served (${build})`, () => {
    const prepared = prepare(build);
    const { bench, table, blocks } = prepared;
    const steps = build === 'release' ? 7 : 41;
    for (let at = 0; at < table.bytes.length; at += steps) {
      const flipped = damaged(table, (bytes) => { bytes[at]! ^= 1 << (at % 8); });
      const block = blocks.find(({ offset8, length }) => at >= offset8 * 8 && at < offset8 * 8 + length);
      assert.ok(readAll(build, prepared, flipped), `byte ${at}`);
      // A merge reads everything but filters and footer.
      if (block === undefined ? at < table.bytes.length - 128 : block.kind !== 3) {
        assert.throws(() => bench.merge([{ tables: [flipped] }]), CorruptBlock, `byte ${at}`);
      }
    }
  });

  test(`two swapped blocks of equal length are caught, in one file and between two (${build})`, () => {
    const bench = new Workbench(build);
    const random = new Random(3);
    const list = (sequence: number): Entry[] => Array.from({ length: 600 }, (_, index) => {
      const key = Buffer.from(`\0\0\0\x01key ${String(index).padStart(5, '0')}`, 'latin1');
      return { key, value: random.bytes(100), sequence: sequence + index };
    });
    const tables = [bench.table(list(1), 1), bench.table(list(1000), 2)] as const;
    const blocks = tables.map((table) => decodeTable(bench, table).blocks.filter((block) => block.kind === 1));
    let swaps = 0;
    for (let index = 0; index + 1 < blocks[0]!.length; index++) {
      const [a, b] = [blocks[0]![index]!, blocks[0]![index + 1]!];
      if (a.length === b.length) {
        const swapped = damaged(tables[0], (bytes) => {
          bytes.copyWithin(a.offset8 * 8, b.offset8 * 8, b.offset8 * 8 + b.length);
          bytes.set(tables[0].bytes.subarray(a.offset8 * 8, a.offset8 * 8 + a.length), b.offset8 * 8);
        });
        assert.notEqual(bench.check(swapped), undefined);
        swaps++;
      }
      const other = blocks[1]![index]!;
      if (other.length !== a.length || other.offset8 !== a.offset8) continue;
      const misplaced = damaged(tables[0], (bytes) => {
        bytes.set(tables[1].bytes.subarray(other.offset8 * 8, other.offset8 * 8 + other.length), a.offset8 * 8);
      });
      assert.deepEqual(bench.check(misplaced), { file: 1, offset8: a.offset8, length: a.length, kind: 1 });
      swaps++;
    }
    assert.ok(swaps > 10, `${swaps} swaps`);
    const tail = tailBytesOf(tables[0]);
    if (tail === tailBytesOf(tables[1]) && tables[0].bytes.length === tables[1].bytes.length) {
      const crossed = damaged(tables[0], (bytes) => {
        bytes.set(tables[1].bytes.subarray(bytes.length - tail), bytes.length - tail);
      });
      assert.notEqual(bench.check(crossed), undefined);
    }
  });

  test(`a file cut short or grown is refused (${build})`, () => {
    const { bench, table } = prepare(build);
    for (let cut = 1; cut < 400; cut++) {
      assert.notEqual(bench.check({ ...table, bytes: table.bytes.subarray(0, table.bytes.length - cut) }), undefined);
      assert.notEqual(bench.check({ ...table, bytes: table.bytes.subarray(cut) }), undefined);
      assert.notEqual(bench.check({ ...table, bytes: Buffer.concat([table.bytes, Buffer.alloc(cut)]) }), undefined);
    }
  });

  test(`a zeroed, doubled or random sector is caught wherever it lies (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const prepared = prepare(build);
    const { bench, table } = prepared;
    for (let round = 0; round < 120; round++) {
      const at = random.below(Math.ceil(table.bytes.length / 512)) * 512;
      const from = random.below(Math.ceil(table.bytes.length / 512)) * 512;
      const broken = damaged(table, (bytes) => {
        const sector = bytes.subarray(at, at + 512);
        if (round % 3 === 0) sector.fill(0);
        else if (round % 3 === 1) sector.set(table.bytes.subarray(from, from + sector.length));
        else sector.set(random.bytes(sector.length));
      });
      if (sameBytes(broken.bytes, table.bytes)) continue;
      assert.notEqual(bench.check(broken), undefined);
      if (round % 10 === 0) assert.ok(readAll(build, prepared, broken));
    }
  });

  test(`damage in one block leaves the rest of the table readable (${build})`, () => {
    const bench = new Workbench(build);
    const entries = sorted(randomEntries(new Random(8), { count: 800 }));
    const table = bench.table(entries, 5);
    const block = decodeTable(bench, table).blocks.filter(({ kind }) => kind === 1)[3]!;
    const broken = damaged(table, (bytes) => { bytes[block.offset8 * 8 + 20]! ^= 4; });
    const shard = new TableShard({ build, cacheBytes: 1 << 20 });
    shard.install([broken], 1);
    let failed = 0;
    for (const entry of entries) {
      try {
        assert.ok(sameBytes(shard.get(entry.key)!, entry.value!));
      } catch (error) {
        if (!(error instanceof CorruptBlock)) throw error;
        assert.deepEqual([error.need.offset8, error.need.kind], [block.offset8, 1]);
        failed++;
      }
    }
    assert.ok(failed > 0 && failed < 200, `${failed} of ${entries.length}`);
    shard.shard.integrity();
  });
}
