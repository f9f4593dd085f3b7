// Blocks on disk: what builders write is what the format says, and readers survive what it forbids.

import assert from 'node:assert/strict';
import test from 'node:test';
import { builds, CORRUPT, keyOf, OK, Random, seedOf, valueOf } from './harness.js';
import { BLOCK_DATA, BLOCK_FILTER, BLOCK_INDEX, CorruptBlock, REVERSE, sorted, TableShard, Workbench } from './table-harness.js';
import { decodeTable, readEntries, reseal, sealRaw, TRAILER_BYTES } from './table-format.js';
import { randomEntries, sameBytes } from './table-model.js';

for (const build of builds) {
  test(`a table decodes to its entries by the format alone (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    for (let round = 0; round < 12; round++) {
      const entries = randomEntries(random, { count: 1 + random.below(900), tombstones: 9, large: 60, sequence: 1 + random.below(1e9) });
      const table = bench.table(entries, 1 + random.below(1e6));
      const decoded = decodeTable(bench, table);
      const expected = sorted(entries);
      assert.equal(decoded.entries.length, expected.length);
      decoded.entries.forEach((entry, index) => {
        const wanted = expected[index]!;
        assert.ok(sameBytes(entry.key, wanted.key));
        assert.equal(entry.sequence, wanted.sequence);
        assert.equal(entry.kind === 2, wanted.value === undefined);
        if (wanted.value !== undefined) assert.ok(sameBytes(entry.value, wanted.value));
      });
    }
  });

  test(`sequences far apart in one block survive in both directions (${build})`, () => {
    const bench = new Workbench(build);
    const sequences = [2 ** 53, 0, 1, 2 ** 53 - 1, 2 ** 40, 255, 256, 65535, 65536, 2 ** 31, 2 ** 32];
    const entries = sequences.map((sequence, index) => ({ key: keyOf(`p${index}`), value: valueOf('v'), sequence }));
    const decoded = decodeTable(bench, bench.table(entries));
    assert.deepEqual(decoded.entries.map((entry) => entry.sequence), sorted(entries).map((entry) => entry.sequence));
  });

  test(`every restart group holds whole first keys and shares as much as it can inside (${build})`, () => {
    const bench = new Workbench(build);
    const entries = Array.from({ length: 300 }, (_, index) => ({
      key: keyOf('same partition', `sort ${String(index).padStart(6, '0')}`), value: valueOf(`v${index}`), sequence: index,
    }));
    const decoded = decodeTable(bench, bench.table(entries));
    for (const { dataBlocks } of decoded.partitions) {
      for (const block of dataBlocks) {
        block.forEach((entry, index) => {
          const before = block[index - 1];
          let common = 0;
          if (before !== undefined && index % 8 !== 0) {
            while (before.key[common] === entry.key[common]) common++;
          }
          assert.equal(entry.shared, common);
        });
      }
    }
  });

  test(`a block that its checksum calls right but its structure wrong is refused (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const shard = new TableShard({ build, cacheBytes: 1 << 20 });
    const entries = randomEntries(random, { count: 60, tombstones: 8, large: 30 });
    const raws = new Map<number, Uint8Array>();
    for (const block of decodeTable(bench, bench.table(entries)).blocks) raws.set(block.kind, block.raw);
    let refused = 0;
    let accepted = 0;
    for (const kind of [BLOCK_DATA, BLOCK_INDEX, BLOCK_FILTER]) {
      for (let round = 0; round < 1500; round++) {
        const raw = Uint8Array.from(raws.get(kind)!);
        const changes = 1 + random.below(3);
        for (let change = 0; change < changes; change++) raw[random.below(raw.length)] = random.below(256);
        const cut = random.below(4) === 0 ? raw.subarray(0, random.below(raw.length) + 1) : raw;
        // A fresh place each time, so that the cache knows none of them.
        const place = { file: 9, offset8: (kind - 1) * 10000 + round, kind, length: 0 };
        const status = shard.provide(place, sealRaw(bench, cut, kind, place.file, place.offset8));
        shard.core.blocksUnpin();
        assert.ok(status === OK || status === CORRUPT, `status ${status}`);
        if (status === OK) accepted++;
        else refused++;
      }
    }
    assert.ok(refused > 1000 && accepted > 100, `${refused} refused, ${accepted} accepted`);
  });

  test(`an index block, a filter or a value in place of a data block is refused (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    const table = bench.table(randomEntries(new Random(5), { count: 50 }), 4);
    for (const block of decodeTable(bench, table).blocks) {
      const bytes = table.bytes.subarray(block.offset8 * 8, block.offset8 * 8 + block.length);
      for (const kind of [BLOCK_DATA, BLOCK_INDEX, BLOCK_FILTER]) {
        const status = shard.provide({ file: 4, offset8: block.offset8, kind, length: 0 }, bytes);
        assert.equal(status, kind === block.kind ? OK : CORRUPT);
      }
      assert.equal(shard.provide({ file: 5, offset8: block.offset8, kind: block.kind, length: 0 }, bytes), CORRUPT);
      assert.equal(shard.provide({ file: 4, offset8: block.offset8 + 1, kind: block.kind, length: 0 }, bytes), CORRUPT);
    }
    shard.core.blocksUnpin();
  });

  test(`compressed bytes that are hostile under a right checksum are refused (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    const entries = Array.from({ length: 100 }, (_, index) => ({
      key: keyOf('p', `${index}`), value: valueOf('compress me '.repeat(9)), sequence: index,
    }));
    const table = bench.table(entries, 3);
    const packed = decodeTable(bench, table).blocks.find((block) => block.codec === 1 && block.kind === BLOCK_DATA)!;
    for (let round = 0; round < 3000; round++) {
      const block = table.bytes.slice(packed.offset8 * 8, packed.offset8 * 8 + packed.length);
      const length = random.below(3) === 0 ? block.length - 4 : block.length - TRAILER_BYTES;
      for (let change = 1 + random.below(4); change > 0; change--) block[random.below(length)] = random.below(256);
      reseal(bench, block, 3, 100000 + round);
      const status = shard.provide({ file: 3, offset8: 100000 + round, kind: BLOCK_DATA, length: 0 }, block);
      assert.ok(status === OK || status === CORRUPT, `status ${status}`);
      shard.core.blocksUnpin();
    }
  });

  test(`forged data that passes every check of one block still cannot make a reader trap (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    // Values that do not compress, so that a forged block has the length of the one it replaces.
    const entries = sorted(randomEntries(random, { count: 400, tombstones: 8 })).map((entry) => (
      entry.value === undefined ? entry : { ...entry, value: random.bytes(40 + random.below(80)) }
    ));
    const table = bench.table(entries, 3);
    const blocks = decodeTable(bench, table).blocks.filter((block) => block.kind <= BLOCK_INDEX && block.codec === 0);
    let passed = 0;
    for (let round = 0; round < 150; round++) {
      const forged = { ...table, bytes: Uint8Array.from(table.bytes) };
      const block = blocks[random.below(blocks.length)]!;
      const raw = Uint8Array.from(block.raw);
      raw[12 + random.below(raw.length - 12)]! ^= 1 << random.below(8);
      const bytes = sealRaw(bench, raw, block.kind, 3, block.offset8);
      assert.equal(bytes.length, block.length);
      forged.bytes.set(bytes, block.offset8 * 8);
      const shard = new TableShard({ build, cacheBytes: 1 << 20, memoryBytes: 16 << 20 });
      shard.install([forged], 1);
      quietly(() => entries.forEach((entry) => shard.get(entry.key, bench)));
      quietly(() => shard.scan({ flags: REVERSE }));
      quietly(() => shard.scan({}));
      quietly(() => bench.merge([{ tables: [forged] }], { firstFile: 50 }));
      if (shard.provide({ file: 3, offset8: block.offset8, kind: block.kind, length: 0 }, bytes) === OK) passed++;
    }
    assert.ok(blocks.length > 5 && passed > 50, `${passed} forgeries passed`);
  });
}

/** Damage may be reported, nothing else may be thrown. */
function quietly(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof CorruptBlock) && !/does not get further|no last key/.test(String(error))) throw error;
  }
}

test('the oracle reads an entry word as the format draws it', () => {
  // shared 3, unshared 2, value 1, kind PUT, one byte of delta; a restart before it with the whole key.
  const word = (shared: number, unshared: number, value: number) =>
    BigInt(shared) | (BigInt(unshared) << 13n) | (BigInt(value) << 26n) | (1n << 42n) | (1n << 45n);
  const raw = Buffer.alloc(12 + 6 + 1 + 4 + 1 + 6 + 1 + 2 + 1 + 2);
  raw.writeBigUInt64LE(77n, 0);
  raw.writeUInt16LE(2, 8);
  raw.writeUInt16LE(1, 10);
  raw.writeUIntLE(Number(word(0, 4, 1)), 12, 6);
  raw.write('\0abcdX', 18, 'latin1');
  raw.writeUIntLE(Number(word(3, 2, 1)), 24, 6);
  raw.write('\x02zzY', 30, 'latin1');
  raw.writeUInt16LE(12, raw.length - 2);
  const entries = readEntries(raw);
  assert.deepEqual(entries.map((entry) => Buffer.from(entry.key).toString()), ['abcd', 'abczz']);
  assert.deepEqual(entries.map((entry) => entry.sequence), [77, 78]);
});
