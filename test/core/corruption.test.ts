// Damage to a table file is reported by whoever meets it, names its place, and is never served
// (RELIABILITY row 3).

import assert from 'node:assert/strict';
import test from 'node:test';
import { builds, Random, seedOf, valueOf } from './harness.js';
import type { Build } from './harness.js';
import { CorruptBlock, sorted, TableShard, tailBytesOf, Workbench } from './table-harness.js';
import type { Entry, TableFile } from './table-harness.js';
import { decodeTable, readBlock, withBlock, withFooter } from './table-format.js';
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
    {
      key: Buffer.from('\0\0\0\x01text', 'latin1'),
      value: valueOf('compressible '.repeat(400)),
      sequence: 500,
    },
    {
      key: Buffer.from('\0\0\0\x02large', 'latin1'),
      value: Buffer.alloc(33000, 'abc'),
      sequence: 501,
    },
    {
      key: Buffer.from('\0\0\0\x02large too', 'latin1'),
      value: Buffer.alloc(40000, 'defgh'),
      sequence: 502,
    },
  ]);
  const table = bench.table(entries, 17);
  return { bench, entries, table, blocks: decodeTable(bench, table).blocks };
}

function damaged(table: TableFile, change: (bytes: Uint8Array) => void): TableFile {
  const bytes = Uint8Array.from(table.bytes);
  change(bytes);
  return { ...table, bytes };
}

/**
 * Reads every entry both ways. Answers must be right or damage reported. Returns whether any was
 * reported.
 */
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
      const flipped = damaged(table, (bytes) => {
        bytes[at]! ^= 1 << (at % 8);
      });
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
      const flipped = damaged(table, (bytes) => {
        bytes[at]! ^= 1 << (at % 8);
      });
      const block = blocks.find(
        ({ offset8, length }) => at >= offset8 * 8 && at < offset8 * 8 + length,
      );
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
    const list = (sequence: number): Entry[] =>
      Array.from({ length: 600 }, (_, index) => {
        const key = Buffer.from(`\0\0\0\x01key ${String(index).padStart(5, '0')}`, 'latin1');
        return { key, value: random.bytes(100), sequence: sequence + index };
      });
    const tables = [bench.table(list(1), 1), bench.table(list(1000), 2)] as const;
    const blocks = tables.map((table) =>
      decodeTable(bench, table).blocks.filter((block) => block.kind === 1),
    );
    let swaps = 0;
    for (let index = 0; index + 1 < blocks[0]!.length; index++) {
      const [a, b] = [blocks[0]![index]!, blocks[0]![index + 1]!];
      if (a.length === b.length) {
        const swapped = damaged(tables[0], (bytes) => {
          bytes.copyWithin(a.offset8 * 8, b.offset8 * 8, b.offset8 * 8 + b.length);
          bytes.set(
            tables[0].bytes.subarray(a.offset8 * 8, a.offset8 * 8 + a.length),
            b.offset8 * 8,
          );
        });
        assert.notEqual(bench.check(swapped), undefined);
        swaps++;
      }
      const other = blocks[1]![index]!;
      if (other.length !== a.length || other.offset8 !== a.offset8) continue;
      const misplaced = damaged(tables[0], (bytes) => {
        bytes.set(
          tables[1].bytes.subarray(other.offset8 * 8, other.offset8 * 8 + other.length),
          a.offset8 * 8,
        );
      });
      assert.deepEqual(bench.check(misplaced), {
        file: 1,
        offset8: a.offset8,
        length: a.length,
        kind: 1,
      });
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
      assert.notEqual(
        bench.check({ ...table, bytes: table.bytes.subarray(0, table.bytes.length - cut) }),
        undefined,
      );
      assert.notEqual(bench.check({ ...table, bytes: table.bytes.subarray(cut) }), undefined);
      assert.notEqual(
        bench.check({ ...table, bytes: Buffer.concat([table.bytes, Buffer.alloc(cut)]) }),
        undefined,
      );
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

  test(`a file whose checksums are right but whose parts disagree is caught by the walk (${build})`, () => {
    const bench = new Workbench(build);
    const random = new Random(12);
    // Little in it compresses, so that a changed block has the length of the one it replaces.
    const entries: Entry[] = Array.from({ length: 300 }, (_, index) => ({
      key: Buffer.concat([Uint8Array.of(0, 0, 0, 1), random.bytes(12)]),
      value: index === 150 ? random.bytes(40000) : index % 20 === 3 ? undefined : random.bytes(190),
      sequence: 10 + index,
    }));
    const table = bench.table(entries, 6);
    const { blocks } = decodeTable(bench, table);
    const top = { ...readBlock(bench, table, table.topOffset8, table.topLength) };
    const index = blocks.find(({ kind }) => kind === 2)!;
    const filter = blocks.find(({ kind }) => kind === 3)!;
    const referring = blocks[blocks.findIndex(({ kind }) => kind === 4) + 1]!;
    const changed = (block: RawBlock, change: (view: DataView, raw: Uint8Array) => void) => {
      const raw = Uint8Array.from(block.raw);
      change(new DataView(raw.buffer), raw);
      return withBlock(bench, table, block, raw);
    };
    const count = new DataView(
      table.bytes.buffer,
      table.bytes.byteOffset + table.bytes.length - 128,
    );
    const bump = (at: number) =>
      withFooter(bench, table, (view) => view.setUint32(at, view.getUint32(at, true) + 1, true));
    assert.equal(count.getUint32(80, true), 1, 'one partition');
    const valueLengthAt = Buffer.from(referring.raw).indexOf(
      Buffer.from(Uint32Array.of(40000).buffer),
    );
    assert.ok(valueLengthAt > 0);
    /** Some pair of handles whose exchange leaves the compressed length as it is. */
    const exchanged = (): TableFile => {
      const data = blocks.filter(({ kind }) => kind === 1);
      const find = (raw: Uint8Array, block: RawBlock) =>
        Buffer.from(raw).indexOf(Buffer.from(Uint32Array.of(block.offset8, block.length).buffer));
      for (let first = 0; first < data.length; first++) {
        for (let second = first + 1; second < data.length; second++) {
          try {
            return changed(index, (_, raw) => {
              const [a, b] = [find(raw, data[first]!), find(raw, data[second]!)];
              const kept = Uint8Array.from(raw.subarray(a, a + 8));
              raw.copyWithin(a, b, b + 8);
              raw.set(kept, b);
            });
          } catch (error) {
            if (!(error instanceof assert.AssertionError)) throw error;
          }
        }
      }
      throw new Error('no pair fits');
    };
    const lies: [string, TableFile, boolean][] = [
      ['entries of the footer', bump(32), false],
      ['tombstones of the footer', bump(40), false],
      ['lowest sequence of the footer', bump(48), false],
      ['highest sequence of the footer', bump(56), false],
      ['content bytes of the footer', bump(64), false],
      ['data blocks of the footer', bump(72), false],
      ['value blocks of the footer', bump(76), false],
      ['partitions of the footer', bump(80), false],
      [
        'keys of a partition in TOP',
        changed(top, (view) => view.setUint32(20, view.getUint32(20, true) + 1, true)),
        true,
      ],
      [
        'fewer keys of a partition in TOP',
        changed(top, (view) => view.setUint32(20, view.getUint32(20, true) - 1, true)),
        true,
      ],
      [
        'smallest key in TOP',
        changed(top, (_, raw) => {
          raw[40 + table.minKey.length - 1]! ^= 1;
        }),
        false,
      ],
      [
        'length of a large value',
        changed(referring, (_, raw) => {
          raw[valueLengthAt]! ^= 1;
        }),
        true,
      ],
      [
        'a key that the filter denies',
        changed(filter, (_, raw) => raw.fill(0, 0, raw.length - 8)),
        false,
      ],
      [
        'keys of the filter',
        changed(filter, (view, raw) => {
          view.setUint32(raw.length - 8, view.getUint32(raw.length - 8, true) + 1, true);
        }),
        false,
      ],
      ['two handles exchanged', exchanged(), true],
      [
        'a separator below the last key',
        changed(index, (_, raw) => {
          raw[12 + 6 + 1 + 4]! -= 1;
        }),
        false,
      ],
    ];
    for (const [name, liar, mergeToo] of lies) {
      assert.notEqual(bench.check(liar), undefined, name);
      if (mergeToo) assert.throws(() => bench.merge([{ tables: [liar] }]), CorruptBlock, name);
    }
  });

  test(`damage in one block leaves the rest of the table readable (${build})`, () => {
    const bench = new Workbench(build);
    const entries = sorted(randomEntries(new Random(8), { count: 800 }));
    const table = bench.table(entries, 5);
    const block = decodeTable(bench, table).blocks.filter(({ kind }) => kind === 1)[3]!;
    const broken = damaged(table, (bytes) => {
      bytes[block.offset8 * 8 + 20]! ^= 4;
    });
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
