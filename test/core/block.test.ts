// Blocks on disk: what builders write is what the format says, and readers survive what it forbids.

import assert from 'node:assert/strict';
import test from 'node:test';
import { BAD_INPUT, builds, CORRUPT, keyOf, OK, Random, seedOf, valueOf } from './harness.js';
import {
  BLOCK_DATA,
  BLOCK_FILTER,
  BLOCK_INDEX,
  CorruptBlock,
  REVERSE,
  sorted,
  TableShard,
  Workbench,
} from './table-harness.js';
import {
  decodeTable,
  forgeEntries,
  readEntries,
  reseal,
  sealRaw,
  TRAILER_BYTES,
} from './table-format.js';
import { randomEntries, sameBytes } from './table-model.js';

for (const build of builds) {
  test(`a table decodes to its entries by the format alone (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    for (let round = 0; round < 12; round++) {
      const entries = randomEntries(random, {
        count: 1 + random.below(900),
        tombstones: 9,
        large: 60,
        sequence: 1 + random.below(1e9),
      });
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
    const sequences = [
      2 ** 53,
      0,
      1,
      2 ** 53 - 1,
      2 ** 40,
      255,
      256,
      65535,
      65536,
      2 ** 31,
      2 ** 32,
    ];
    const entries = sequences.map((sequence, index) => ({
      key: keyOf(`p${index}`),
      value: valueOf('v'),
      sequence,
    }));
    const decoded = decodeTable(bench, bench.table(entries));
    assert.deepEqual(
      decoded.entries.map((entry) => entry.sequence),
      sorted(entries).map((entry) => entry.sequence),
    );
  });

  test(`every restart group holds whole first keys and shares as much as it can inside (${build})`, () => {
    const bench = new Workbench(build);
    const entries = Array.from({ length: 300 }, (_, index) => ({
      key: keyOf('same partition', `sort ${String(index).padStart(6, '0')}`),
      value: valueOf(`v${index}`),
      sequence: index,
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
    for (const block of decodeTable(bench, bench.table(entries)).blocks)
      raws.set(block.kind, block.raw);
    let refused = 0;
    let accepted = 0;
    for (const kind of [BLOCK_DATA, BLOCK_INDEX, BLOCK_FILTER]) {
      for (let round = 0; round < 1500; round++) {
        const raw = Uint8Array.from(raws.get(kind)!);
        const changes = 1 + random.below(3);
        for (let change = 0; change < changes; change++) {
          raw[random.below(raw.length)] = random.below(256);
        }
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
      assert.equal(
        shard.provide({ file: 5, offset8: block.offset8, kind: block.kind, length: 0 }, bytes),
        CORRUPT,
      );
      assert.equal(
        shard.provide({ file: 4, offset8: block.offset8 + 1, kind: block.kind, length: 0 }, bytes),
        CORRUPT,
      );
    }
    shard.core.blocksUnpin();
  });

  test(`each way in which a block can be malformed is refused by itself (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    const big = (bytes: number) => new Uint8Array(bytes);
    const reference = (length: number, valueBytes: number) => {
      const value = Buffer.alloc(12);
      value.writeUInt32LE(length, 4);
      value.writeUInt32LE(valueBytes, 8);
      return value;
    };
    const handle = (length: number) => reference(length, 0).subarray(0, 8);
    const nine = (change: (keys: string[]) => void) => {
      const keys = [...'abcdefghi'];
      change(keys);
      return forgeEntries(keys.map((key) => ({ key })));
    };
    const good: [string, number, Uint8Array][] = [
      ['one entry', 1, forgeEntries([{ key: 'a', value: big(3), sequence: 5 }])],
      ['nine entries, two restarts', 1, nine(() => {})],
      [
        'a shared beginning',
        1,
        forgeEntries([{ key: 'abc' }, { key: 'd', lie: { shared: 2, unshared: 1 } }]),
      ],
      ['a largest inline value', 1, forgeEntries([{ key: 'a', value: big(28672) }])],
      ['a reference', 1, forgeEntries([{ key: 'a', kind: 5, value: reference(40, 33000) }])],
      [
        'the highest sequence',
        1,
        forgeEntries([{ key: 'a', sequence: 2 ** 53 }], { base: 2 ** 53 }),
      ],
      ['a handle', 2, forgeEntries([{ key: 'a', value: handle(4096) }])],
    ];
    const bad: [string, number, Uint8Array][] = [
      ['no entry', 1, forgeEntries([])],
      ['a count too high', 1, forgeEntries([{ key: 'a' }], { count: 2 })],
      ['a count too low', 1, forgeEntries([{ key: 'a' }, { key: 'b' }], { count: 1 })],
      ['a restart too many', 1, forgeEntries([{ key: 'a' }], { restarts: [12, 20] })],
      ['a restart elsewhere', 1, forgeEntries([{ key: 'a' }, { key: 'b' }], { restarts: [13] })],
      ['bytes behind the entries', 1, forgeEntries([{ key: 'a' }], { gap: 3 })],
      ['keys that descend', 1, forgeEntries([{ key: 'b' }, { key: 'a' }])],
      [
        'keys that descend across a restart',
        1,
        nine((keys) => {
          keys[8] = 'a';
        }),
      ],
      ['one key twice', 1, forgeEntries([{ key: 'a' }, { key: 'a' }])],
      ['a key before what it begins', 1, forgeEntries([{ key: 'ab' }, { key: 'a' }])],
      ['an empty key', 1, forgeEntries([{ key: '' }])],
      [
        'a key that adds nothing',
        1,
        forgeEntries([{ key: 'ab' }, { key: '', lie: { shared: 2, unshared: 0 } }]),
      ],
      [
        'more shared than there is',
        1,
        forgeEntries([{ key: 'a' }, { key: 'b', lie: { shared: 2, unshared: 1 } }]),
      ],
      [
        'a shared beginning at a restart',
        1,
        forgeEntries([{ key: 'a', lie: { shared: 1, unshared: 1 } }]),
      ],
      ['a key above the longest', 1, forgeEntries([{ key: 'k'.repeat(12545) }])],
      ['a suffix past the end', 1, forgeEntries([{ key: 'a', lie: { unshared: 500 } }])],
      ['a value past the end', 1, forgeEntries([{ key: 'a', lie: { valueLength: 9 } }])],
      ['no delta', 1, forgeEntries([{ key: 'a', lie: { deltaBytes: 0 } }])],
      [
        'a delta longer than needed',
        1,
        forgeEntries([{ key: 'a', sequence: 1, lie: { deltaBytes: 2 } }]),
      ],
      [
        'a sequence above 2^53',
        1,
        forgeEntries([{ key: 'a', sequence: 2 ** 53 + 2 }], { base: 2 ** 53 }),
      ],
      ['a sequence below 0', 1, forgeEntries([{ key: 'a', sequence: -1 }])],
      [
        'a base above 2^53',
        1,
        forgeEntries([{ key: 'a', sequence: 2 ** 53 }], { base: 2 ** 53 + 2 }),
      ],
      ['kind 0', 1, forgeEntries([{ key: 'a', kind: 0 }])],
      ['kind 3', 1, forgeEntries([{ key: 'a', kind: 3 }])],
      ['kind 7', 1, forgeEntries([{ key: 'a', kind: 7 }])],
      ['a tombstone with a value', 1, forgeEntries([{ key: 'a', kind: 2, value: big(1) }])],
      ['an inline value too large', 1, forgeEntries([{ key: 'a', value: big(28673) }])],
      [
        'a reference of the wrong size',
        1,
        forgeEntries([{ key: 'a', kind: 5, value: reference(40, 9).subarray(0, 11) }]),
      ],
      [
        'a reference to a block of no size',
        1,
        forgeEntries([{ key: 'a', kind: 5, value: reference(16, 9) }]),
      ],
      [
        'a reference to an odd size',
        1,
        forgeEntries([{ key: 'a', kind: 5, value: reference(41, 9) }]),
      ],
      [
        'a reference to too large a value',
        1,
        forgeEntries([{ key: 'a', kind: 5, value: reference(40, 1 << 24) }]),
      ],
      [
        'a reference to too large a block',
        1,
        forgeEntries([{ key: 'a', kind: 5, value: reference(1 << 24, 9) }]),
      ],
      ['an index entry without a handle', 2, forgeEntries([{ key: 'a' }])],
      [
        'a handle longer than a block can be',
        2,
        forgeEntries([{ key: 'a', value: handle(65536) }]),
      ],
      [
        'an index entry with a sequence',
        2,
        forgeEntries([{ key: 'a', value: handle(4096), sequence: 1 }]),
      ],
      ['an index tombstone', 2, forgeEntries([{ key: 'a', kind: 2, value: handle(4096) }])],
      ['a filter of no key', 3, new Uint8Array(72)],
      ['a filter too small', 3, Uint8Array.of(1, 2, 3)],
      [
        'a filter that miscounts its lines',
        3,
        Buffer.concat([Buffer.alloc(64), Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0)]),
      ],
      [
        'a filter of too many keys',
        3,
        Buffer.concat([Buffer.alloc(64), Uint8Array.of(100, 0, 0, 0, 1, 0, 0, 0)]),
      ],
    ];
    let offset8 = 1;
    const verdict = (kind: number, raw: Uint8Array) => {
      offset8++;
      return shard.provide(
        { file: 1, offset8, kind, length: 0 },
        sealRaw(bench, raw, kind, 1, offset8),
      );
    };
    for (const [name, kind, raw] of good) assert.equal(verdict(kind, raw), OK, name);
    for (const [name, kind, raw] of bad) assert.equal(verdict(kind, raw), CORRUPT, name);
    shard.core.blocksUnpin();
  });

  test(`each way in which a trailer can be wrong under a right checksum is refused by itself (${build})`, () => {
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    const raw = forgeEntries([{ key: 'abcde', value: valueOf('xyz') }]);
    const trailer = sealRaw(bench, raw, BLOCK_DATA, 1, 1).length - TRAILER_BYTES;
    assert.ok(trailer > raw.length, 'there is padding to spoil');
    const changes: [string, (view: DataView) => void][] = [
      ['a codec that does not exist', (view) => view.setUint8(trailer, 2)],
      ['a compressed block that saves nothing', (view) => view.setUint8(trailer, 1)],
      ['another kind', (view) => view.setUint8(trailer + 1, 2)],
      ['a spare field that is not zero', (view) => view.setUint16(trailer + 2, 1, true)],
      ['no raw bytes', (view) => view.setUint32(trailer + 4, 0, true)],
      ['raw bytes above the bound', (view) => view.setUint32(trailer + 4, 49153, true)],
      [
        'a payload that is not the block',
        (view) => view.setUint32(trailer + 8, raw.length - 8, true),
      ],
      [
        'a payload above the raw bytes',
        (view) => view.setUint32(trailer + 8, raw.length + 1, true),
      ],
      ['padding that is not zero', (view) => view.setUint8(raw.length, 1)],
    ];
    changes.forEach(([name, change], index) => {
      const block = sealRaw(bench, raw, BLOCK_DATA, 1, index);
      change(new DataView(block.buffer));
      reseal(bench, block, 1, index);
      assert.equal(
        shard.provide({ file: 1, offset8: index, kind: BLOCK_DATA, length: 0 }, block),
        CORRUPT,
        name,
      );
    });
    const whole = sealRaw(bench, raw, BLOCK_DATA, 1, 99);
    for (let length = 0; length < whole.length; length++) {
      assert.equal(
        shard.provide(
          { file: 1, offset8: 99, kind: BLOCK_DATA, length: 0 },
          whole.subarray(0, length),
        ),
        CORRUPT,
      );
    }
    assert.equal(shard.core.blockProvide(1, 99, BLOCK_DATA, 1 << 20), BAD_INPUT);
    assert.equal(shard.core.blockProvide(1, 99, 4, 64), BAD_INPUT);
  });

  test(`compressed bytes that are hostile under a right checksum are refused (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    const shard = new TableShard({ build });
    const entries = Array.from({ length: 100 }, (_, index) => ({
      key: keyOf('p', `${index}`),
      value: valueOf('compress me '.repeat(9)),
      sequence: index,
    }));
    const table = bench.table(entries, 3);
    const packed = decodeTable(bench, table).blocks.find(
      (block) => block.codec === 1 && block.kind === BLOCK_DATA,
    )!;
    for (let round = 0; round < 3000; round++) {
      const block = table.bytes.slice(packed.offset8 * 8, packed.offset8 * 8 + packed.length);
      const length = random.below(3) === 0 ? block.length - 4 : block.length - TRAILER_BYTES;
      for (let change = 1 + random.below(4); change > 0; change--) {
        block[random.below(length)] = random.below(256);
      }
      reseal(bench, block, 3, 100000 + round);
      const status = shard.provide(
        { file: 3, offset8: 100000 + round, kind: BLOCK_DATA, length: 0 },
        block,
      );
      assert.ok(status === OK || status === CORRUPT, `status ${status}`);
      shard.core.blocksUnpin();
    }
  });

  test(`forged data that passes every check of one block still cannot make a reader trap (${build})`, (t) => {
    const random = new Random(seedOf());
    t.diagnostic(`SEED=${random.seed}`);
    const bench = new Workbench(build);
    // Values that do not compress, so that a forged block has the length of the one it replaces.
    const entries = sorted(randomEntries(random, { count: 400, tombstones: 8 })).map((entry) =>
      entry.value === undefined ? entry : { ...entry, value: random.bytes(40 + random.below(80)) },
    );
    const table = bench.table(entries, 3);
    const blocks = decodeTable(bench, table).blocks.filter(
      (block) => block.kind <= BLOCK_INDEX && block.codec === 0,
    );
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
      if (
        shard.provide({ file: 3, offset8: block.offset8, kind: block.kind, length: 0 }, bytes) ===
        OK
      )
        passed++;
    }
    assert.ok(blocks.length > 5 && passed > 50, `${passed} forgeries passed`);
  });
}

/** Damage may be reported, nothing else may be thrown. */
function quietly(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof CorruptBlock) && !/does not get further|no last key/.test(String(error)))
      throw error;
  }
}

test('the oracle reads an entry word as the format draws it', () => {
  // shared 3, unshared 2, value 1, kind PUT, one byte of delta; a restart before it with the whole
  // key.
  const word = (shared: number, unshared: number, value: number) =>
    BigInt(shared) | (BigInt(unshared) << 13n) | (BigInt(value) << 27n) | (1n << 42n) | (1n << 45n);
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
  assert.deepEqual(
    entries.map((entry) => Buffer.from(entry.key).toString()),
    ['abcd', 'abczz'],
  );
  assert.deepEqual(
    entries.map((entry) => entry.sequence),
    [77, 78],
  );
});
