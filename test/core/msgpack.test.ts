// The core's readers of msgpack: items and keys from clients, against the host's codec, and bytes that are not what they say.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ShapeCache } from '../../host/core/codec/shape-cache.js';
import { KEY_COMPONENT_BYTES_MAX, writeKeyComponent } from '../../host/core/key-component.js';
import { NumberValue } from '../../host/number-value.js';
import {
  asRead,
  check,
  items,
  numbers,
  objectOf,
  sizeOfItem,
  texts,
  binaries,
  type Item,
} from '../host/codec/model.js';
import { type CodecCore, Random, STATUS, testBuilds } from './codec-core.js';
import { pack, packExt } from './msgpack-model.js';

const NOT_FOUND = -1;
const OUT_MAX = 3 << 20;
const BYTES_OF_RESULT = 44;
const COUNT_OF_RESULT = 40;

interface Read {
  readonly item: Uint8Array;
  readonly names: Uint8Array;
  readonly sizeBytes: number;
}

/** The input ends with the memory: a read beyond it traps. */
function readItem(core: CodecCore, packed: Uint8Array): Read | undefined {
  const { exports, view, scratch } = core;
  const at = core.put(core.end - packed.length, packed);
  const [out, names] = [core.free, core.free + OUT_MAX];
  const length = exports.packedItem(at, core.end, out, OUT_MAX, names);
  if (length < 0) {
    assert.equal(length, NOT_FOUND);
    return undefined;
  }
  return {
    item: core.take(out, length),
    names: core.take(names, view.getUint32(scratch + BYTES_OF_RESULT, true)),
    sizeBytes: view.getUint32(scratch + COUNT_OF_RESULT, true),
  };
}

function forms(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % count;
  };
}

testBuilds('an item from any legal msgpack is what the host encodes', (core, context) => {
  check(
    context,
    fc.property(items, fc.nat(), (item, seed) => {
      // Sets ascend, as every read gives them: those that do not go the long way.
      const sorted = asRead(item) as Item;
      const read = readItem(core, pack(sorted, forms(seed)));
      assert.ok(read !== undefined);
      const { u8 } = { u8: new Uint8Array(1 << 20) };
      const codec = new ShapeCache().codecOf(sorted);
      assert.ok(codec !== undefined);
      const length = codec.encode(u8, 0, u8.length, sorted, 0);
      assert.deepEqual(read.item, u8.slice(0, length));
      assert.deepEqual(read.names, codec.nameBytes);
      assert.equal(read.sizeBytes, sizeOfItem(item));
    }),
    600,
  );
});

testBuilds(
  'every double and every integer is the number that JavaScript writes',
  (core, context) => {
    const random = new Random(context);
    const doubles = new DataView(new ArrayBuffer(8));
    const u8 = new Uint8Array(64);
    const codec = new ShapeCache().codecOf({ n: 0 });
    for (let i = 0; i < 4_000; i++) {
      doubles.setUint32(0, random.next());
      doubles.setUint32(4, random.next());
      const any = doubles.getFloat64(0);
      const n = i % 2 === 0 ? any : Math.round(random.next() / 7) / 10 ** random.below(10);
      const magnitude = Math.abs(n);
      const legal = n === 0 || (magnitude >= 1e-130 && magnitude < 1e126);
      const read = readItem(core, Buffer.concat([Buffer.of(0x81, 0xa1, 0x6e, 0xcb), doubleOf(n)]));
      assert.equal(read !== undefined, legal, String(n));
      if (read === undefined) continue;
      const length = codec?.encode(u8, 0, u8.length, { n }, 0) ?? 0;
      assert.deepEqual(read.item, u8.slice(0, length), String(n));
    }
  },
);

function doubleOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

testBuilds('what is not plainly a legal item is left to the long way', (core) => {
  const text = (bytes: number[]) => Buffer.from([0x81, 0xa1, 0x61, 0xa0 | bytes.length, ...bytes]);
  const attribute = (value: Uint8Array) => Buffer.concat([Buffer.of(0x81, 0xa1, 0x61), value]);
  const deep = (levels: number) =>
    attribute(Buffer.concat([Buffer.alloc(levels, 0x91), Buffer.of(0xc0)]));
  const refused: Record<string, Uint8Array> = {
    'an array': pack(['a']),
    nothing: Buffer.alloc(0),
    'bad UTF-8': text([0xff]),
    'an overlong form': text([0xc0, 0x80]),
    'a surrogate': text([0xed, 0xa0, 0x80]),
    'an empty name': Buffer.from([0x81, 0xa0, 0x01]),
    'a name that is no str': Buffer.from([0x81, 0x01, 0x01]),
    NaN: attribute(Buffer.concat([Buffer.of(0xcb), doubleOf(NaN)])),
    infinity: attribute(Buffer.concat([Buffer.of(0xcb), doubleOf(Infinity)])),
    'below the range': attribute(Buffer.concat([Buffer.of(0xcb), doubleOf(1e-131)])),
    '39 digits': attribute(packExt(1, Buffer.from('1'.repeat(39)))),
    'no digits': attribute(packExt(1, Buffer.from('x'))),
    'a foreign ext': attribute(packExt(9, Buffer.of(1))),
    'a timestamp': attribute(packExt(0xff, Buffer.alloc(4))),
    'an empty set': attribute(packExt(2, pack([]))),
    'a set of numbers called strings': attribute(packExt(2, pack([1]))),
    'a set that does not ascend': attribute(packExt(2, pack(['b', 'a']))),
    'a member twice': attribute(packExt(3, pack([1, NumberValue.from('1.0')]))),
    'bytes behind a set': attribute(packExt(2, Buffer.concat([pack(['a']), Buffer.of(0)]))),
    'a nested name twice': attribute(Buffer.from([0x82, 0xa1, 0x62, 1, 0xa1, 0x62, 2])),
    '32 lists': deep(32),
    '10,000 lists': deep(10_000),
    'a count that lies': Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61]),
    'a length that lies': attribute(Buffer.from([0xdb, 0xff, 0xff, 0xff, 0xff])),
    'more than 400 KB': pack({ a: 'x'.repeat(409_600) }),
  };
  for (const [what, packed] of Object.entries(refused)) {
    assert.equal(readItem(core, packed), undefined, what);
  }
  assert.ok(readItem(core, deep(31)) !== undefined);
  assert.ok(readItem(core, pack({ a: 'x'.repeat(409_599) })) !== undefined);
  const twice = readItem(core, Buffer.from([0x82, 0xa1, 0x62, 1, 0xa1, 0x62, 2]));
  assert.ok(twice !== undefined);
  core.put(core.free, twice.names);
  assert.equal(core.exports.namesRepeat(core.free, twice.names.length), STATUS.BAD_INPUT);
});

testBuilds('a large map with a name twice is noticed', (core) => {
  const members = Array.from({ length: 3_000 }, (_, i) => [`name${i}`, i] as const);
  assert.ok(readItem(core, pack({ m: objectOf(members) })) !== undefined);
  const map = pack(objectOf(members));
  const repeated = Buffer.concat([map, pack('name7'), pack(1)]);
  repeated.writeUInt16BE(members.length + 1, 1);
  assert.equal(readItem(core, Buffer.concat([Buffer.of(0x81, 0xa1, 0x6d), repeated])), undefined);
});

testBuilds('a key is what the host writes, or none', (core, context) => {
  const { exports, view, scratch, free } = core;
  const u8 = new Uint8Array(2 * KEY_COMPONENT_BYTES_MAX);
  const types = { S: texts, N: numbers, B: binaries };
  for (const partitionType of ['S', 'N', 'B'] as const) {
    for (const sortType of ['S', 'N', 'B'] as const) {
      const schema = schemaBytes([
        ['p', partitionType],
        ['sort', sortType],
      ]);
      check(
        context,
        fc.property(types[partitionType], types[sortType], fc.boolean(), (p, sort, exact) => {
          const key = exact ? { sort, p } : { other: [1, { p: 1 }], p, sort };
          const packed = pack(key);
          core.put(free, schema);
          const at = core.put(core.end - packed.length, packed);
          const top = exports.packedKey(at, core.end, free, 7, exact ? 1 : 0);
          const middle = writeKeyComponent(u8, 0, partitionType, p);
          const end = middle < 0 ? middle : writeKeyComponent(u8, middle, sortType, sort, 1024);
          if (end < 0) return assert.equal(top, NOT_FOUND);
          assert.ok(top >= 0);
          const length = view.getUint32(scratch + BYTES_OF_RESULT, true);
          assert.equal(length, 12 + end);
          assert.equal(view.getUint32(scratch + COUNT_OF_RESULT, true), 12 + middle);
          assert.deepEqual(core.take(scratch + 512 + 12, end), u8.slice(0, end));
          assert.equal(view.getUint32(scratch + 512, false), 7);
        }),
        60,
      );
    }
  }
  const schema = schemaBytes([['p', 'S']]);
  core.put(free, schema);
  for (const key of [
    {},
    { p: 1 },
    { p: '' },
    { q: 'a' },
    { p: 'a', q: 1 },
    { p: 'x'.repeat(2_049) },
    ['p'],
  ]) {
    const packed = pack(key);
    const at = core.put(core.end - packed.length, packed);
    assert.equal(exports.packedKey(at, core.end, free, 7, 1), NOT_FOUND);
  }
});

function schemaBytes(attributes: readonly (readonly [string, string])[]): Buffer {
  const parts = attributes.map(([name, type]) =>
    Buffer.concat([Buffer.of(type.charCodeAt(0), 0, name.length, 0), Buffer.from(name)]),
  );
  return Buffer.concat([...parts, Buffer.alloc(8)]);
}

testBuilds(
  'frames that were changed anywhere are refused or read, and never trap',
  (core, context) => {
    const random = new Random(context);
    const seen = { good: 0, bad: 0 };
    for (let round = 0; round < 3_000; round++) {
      const item = {
        pk: 'a',
        sk: round,
        list: [1, { deep: ['x'] }],
        set: new Set(['a', 'b']),
        bin: random.bytes(9),
      };
      const frame = Buffer.concat([
        Buffer.of(0x93),
        pack(round),
        pack(random.pick(['PutItem', 'GetItem', 'Query', 'DeleteItem'])),
        pack({ TableName: 'T', [random.pick(['Item', 'Key'])]: item }),
      ]);
      for (let i = random.below(4); i > 0; i--)
        frame[random.below(frame.length)] = random.next() & 255;
      const cut = frame.subarray(0, random.chance(0.2) ? random.below(frame.length) : frame.length);
      const at = core.put(core.end - cut.length, cut);
      const status = core.exports.openFrame(at, cut.length);
      assert.ok(status === 0 || status === STATUS.BAD_INPUT);
      if (status === 0) seen.good++;
      else seen.bad++;
      readItem(core, cut.subarray(1));
      core.exports.packedEnd(core.end - cut.length + 1, core.end, 1);
    }
    assert.ok(seen.good > 100 && seen.bad > 100);
  },
);
