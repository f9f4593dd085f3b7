// Nested maps and lists through compiled readers: whatever a reader expects, what comes out is what
// went in.

import assert from 'node:assert/strict';
import test from 'node:test';
import { ShapeCache } from '../../../host/core/codec/shape-cache.js';
import { compiledCodec, type Item, sharedMemory } from './model.js';

const u8 = sharedMemory();
const REPEATS = 80; // more than it takes until a list of names has a reader

function there(codec: ReturnType<typeof compiledCodec>, item: Item): unknown {
  const length = codec.encode(u8, 5, u8.length, item, 0);
  return codec.decode(u8, 5, length);
}

const VALUES: unknown[] = [
  'short',
  'x'.repeat(300),
  'žluťoučký kůň',
  '',
  0,
  -1,
  300,
  -70_000,
  2_000_000_000,
  12.34,
  -0.001,
  1e-30,
  1.5e20,
  0.1 + 0.2,
  true,
  false,
  null,
  [],
  ['a'],
  ['a', 1],
  ['a', 'b', 'c'],
  [1, 'b', null, 'd'],
  ['a', 'b', 'c', 'd', 'é', 6],
  Array.from({ length: 300 }, (_, i) => `item ${i}`),
  {},
  { a: 1 },
  { deep: { deeper: [{ deepest: 'yes' }] } },
  new Uint8Array([1, 2, 3]),
  new Set(['a', 'b']),
];

test('a reader made for one form of a value reads every other form', () => {
  for (const sample of VALUES) {
    const codec = new ShapeCache().codecOf({ head: 1, map: 1, tail: 1 });
    assert(codec !== undefined);
    const item = (value: unknown): Item => ({ head: value, map: { v: value, w: 'end' }, tail: 7 });
    for (let i = 0; i < REPEATS; i++) assert.deepEqual(there(codec, item(sample)), item(sample));
    for (const value of VALUES) assert.deepEqual(there(codec, item(value)), item(value));
  }
});

test('maps that begin alike and go on differently are told apart', () => {
  const maps: Item[] = [
    { id: 1, name: 'a' },
    { id: 2, nama: 'b' },
    { id: 3, nam: 'c' },
    { id: 'four', names: { id: 5, name: 'd' } },
    { ie: 1, name: 'a' },
    { id: 1, ñame: 'é' },
    { id: 1, name: 'a', more: true },
    { name: 'a', id: 1 },
    JSON.parse('{"id":1,"__proto__":"own"}') as Item,
    { '1': 'numeric', a: 2 },
  ];
  const codec = compiledCodec({ map: maps[0], list: maps }, u8);
  for (let i = 0; i < REPEATS * maps.length; i++) {
    const map = maps[Math.floor(i / REPEATS)] as Item;
    const decoded = there(codec, { map, list: [map, map] });
    assert.equal(JSON.stringify(decoded), JSON.stringify({ map, list: [map, map] }));
  }
  for (let i = 0; i < REPEATS; i++) {
    const map = maps[i % maps.length] as Item;
    assert.equal(
      JSON.stringify(there(codec, { map, list: maps })),
      JSON.stringify({ map, list: maps }),
    );
  }
});

test('names of nested maps are data in compiled code', () => {
  for (const name of [
    "']; throw 1; ['",
    '"+process.exit(1)+"',
    '${1}',
    '\\',
    '\n',
    '\u2028',
    'p',
  ]) {
    const item = { map: { [name]: { [name]: 'x' }, z: 1 } };
    const codec = compiledCodec(item, u8);
    for (let i = 0; i < REPEATS; i++) assert.deepEqual(there(codec, item), item);
  }
});
