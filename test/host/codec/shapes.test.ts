// Shapes: which codec an item gets, what makes it go inline, and how long codecs are kept.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { encodeInlineItem } from '../../../host/core/codec/inline-item.js';
import { decodeItem } from '../../../host/core/codec/item-decoder.js';
import { ShapeCache } from '../../../host/core/codec/shape-cache.js';
import { compiledCodec, type Item, objectOf, sharedMemory } from './model.js';

const u8 = sharedMemory();

test('items with the same names in the same order share a codec, others do not', () => {
  const cache = new ShapeCache();
  const codec = cache.codecOf({ a: 1, b: 2 });
  assert.equal(cache.codecOf({ a: 'x', b: null }), codec);
  for (const other of [
    { b: 2, a: 1 },
    { a: 1 },
    { a: 1, b: 2, c: 3 },
    { ab: 1 },
    { a: 1, c: 2 },
    {},
  ]) {
    assert.notEqual(cache.codecOf(other), codec);
    assert.deepEqual(cache.codecOf(other)?.names, Object.keys(other));
  }
  assert.equal(cache.codecOf({ a: 1, b: 2 }), codec);
});

test('lists of names that read the same when joined are told apart', () => {
  const cache = new ShapeCache();
  const lists = [['1:a', 'b'], ['1:a1:b'], ['a', 'b'], ['a1:b'], ['a,b'], ['a\0b'], ['a', '\0b']];
  const codecs = lists.map((names) => cache.codecOf(objectOf(names.map((name) => [name, 1]))));
  assert.equal(new Set(codecs).size, lists.length);
});

test('a codec is found again from the bytes its shape is stored as', () => {
  const cache = new ShapeCache();
  const item = { pk: 'a', ñandú: 1, __proto: 2, '😀': 3 };
  const codec = cache.codecOf(item);
  assert(codec !== undefined);
  u8.set(codec.nameBytes, 77);
  assert.equal(cache.codecOfNameBytes(u8, 77, codec.nameBytes.length), codec);
  const other = new ShapeCache().codecOfNameBytes(u8, 77, codec.nameBytes.length);
  assert.deepEqual(other.names, Object.keys(item));
  assert.deepEqual(other.nameBytes, codec.nameBytes);
  assert.equal(other.key, codec.key);
  assert.equal(other.matches(item), true);
});

test('255 names make a shape, 256 do not; nor do more than 4,096 bytes of names', () => {
  const cache = new ShapeCache();
  const many = (count: number): Item =>
    objectOf(Array.from({ length: count }, (_, i) => [`n${i}`, i]));
  assert.notEqual(cache.codecOf(many(255)), undefined);
  assert.equal(cache.codecOf(many(256)), undefined);
  assert.notEqual(cache.codecOf({ ['x'.repeat(4_094)]: 1 }), undefined);
  assert.equal(cache.codecOf({ ['x'.repeat(4_095)]: 1 }), undefined);
  assert.equal(cache.codecOf({ ['é'.repeat(2_048)]: 1 }), undefined);
  for (const item of [many(256), many(5_000), { ['é'.repeat(30_000)]: [1] }]) {
    const length = encodeInlineItem(u8, 3, u8.length, item);
    const shapeless = (): never => assert.fail('an INLINE item needs no shape');
    assert.deepEqual(decodeItem(u8, 3, length, shapeless), item);
  }
  const codec = compiledCodec(many(255), u8);
  const length = codec.encode(u8, 3, u8.length, many(255), 0);
  assert.deepEqual(codec.decode(u8, 3, length), many(255));
});

test('a thousand codecs are kept, the one used longest ago goes first', () => {
  const cache = new ShapeCache();
  const item = (i: number): Item => ({ [`only${i}`]: 1 });
  const first = cache.codecOf(item(0));
  const second = cache.codecOf(item(1));
  for (let i = 2; i < 1_000; i++) cache.codecOf(item(i));
  assert.equal(cache.codecOf(item(0)), first);
  for (let i = 1_000; i < 1_010; i++) cache.codecOf(item(i));
  assert.equal(cache.codecOf(item(0)), first);
  assert.notEqual(cache.codecOf(item(1)), second);
});

test('many kinds of items at once keep their codecs apart', () => {
  const cache = new ShapeCache();
  for (let round = 0; round < 140; round++) {
    for (let kind = 0; kind < 20; kind++) {
      const item = objectOf(
        Array.from({ length: kind % 7 }, (_, i) => [`k${kind}_${i}`, round * i]),
      );
      const codec = cache.codecOf(item);
      const length = codec?.encode(u8, 0, u8.length, item, 0) ?? 0;
      assert.deepEqual(codec?.decode(u8, 0, length), item);
    }
  }
});

test('an own property called __proto__ is an attribute like any other, at every level', () => {
  const evil = JSON.parse(
    '{"__proto__":{"polluted":1},"in":{"__proto__":"x","list":[{"__proto__":null}]}}',
  ) as Item;
  const codec = compiledCodec(evil, u8);
  const shaped = codec.encode(u8, 0, u8.length, evil, 0);
  const walked = new ShapeCache().codecOf(evil)?.decode(u8, 0, shaped);
  const compiled = codec.decode(u8, 0, shaped);
  const inlined = decodeItem(u8, 0, encodeInlineItem(u8, 0, u8.length, evil), () => codec);
  for (const decoded of [walked, compiled, inlined]) {
    assert.equal(JSON.stringify(decoded), JSON.stringify(evil));
    assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
    assert.equal((decoded as { polluted?: unknown }).polluted, undefined);
    assert.deepEqual(Object.getOwnPropertyDescriptor(decoded, '__proto__')?.enumerable, true);
  }
});

test('names are data in compiled code, whatever they look like', () => {
  const names = [
    "']; throw 1; ['",
    '"+process.exit(1)+"',
    '${1}',
    '`',
    '*/ //',
    '\\',
    '\n',
    '\r',
    '\u2028\u2029',
    '</script>',
    'item',
    'u8',
    'p',
  ];
  const item = objectOf(names.map((name, i) => [name, i]));
  const codec = compiledCodec(item, u8);
  const length = codec.encode(u8, 0, u8.length, item, 0);
  assert.deepEqual(codec.decode(u8, 0, length), item);
});

test('inherited properties are not attributes, own ones of a null prototype are', () => {
  const cache = new ShapeCache();
  const bare = Object.assign(Object.create(null) as Item, { a: 1, b: 2 });
  assert.deepEqual(cache.codecOf(bare)?.names, ['a', 'b']);
  Object.defineProperty(Object.prototype, 'b', { value: 2, enumerable: true, configurable: true });
  try {
    assert.deepEqual(cache.codecOf({ a: 1 })?.names, ['a']);
    compiledCodec({ a: 1, c: 1 }, u8);
    assert.deepEqual(cache.codecOf({ a: 1, b: 3 })?.names, ['a', 'b']);
  } finally {
    delete (Object.prototype as { b?: unknown }).b;
  }
  const hidden = Object.defineProperty({ a: 1 }, 'secret', { value: 1, enumerable: false });
  assert.deepEqual(cache.codecOf({ ...hidden, [Symbol('s')]: 1 })?.names, ['a']);
});

test('an item made in another realm is an item', () => {
  const source =
    '({ a: "x", list: [1, { b: 2n }], set: new Set(["s"]), bytes: new Uint8Array([1]) })';
  const item = runInContext(source, createContext({})) as Item;
  const codec = compiledCodec(item, u8);
  const length = codec.encode(u8, 0, u8.length, item, 0);
  const expected = { a: 'x', list: [1, { b: 2 }], set: new Set(['s']), bytes: new Uint8Array([1]) };
  assert.deepEqual(codec.decode(u8, 0, length), expected);
});

test('where code must not be made from strings the codec works without compiling', () => {
  const source = `
    import { ShapeCache } from './host/core/codec/shape-cache.ts';
    const u8 = new Uint8Array(1000), codec = new ShapeCache().codecOf({ a: 1 });
    for (let i = 0; i < 200; i++) {
      const length = codec.encode(u8, 0, 1000, { a: i }, 0);
      if (codec.decode(u8, 0, length).a !== i) throw new Error('wrong');
    }
    console.log('fine');`;
  const root = new URL('../../../', import.meta.url);
  const flags = [
    '--disallow-code-generation-from-strings',
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    source,
  ];
  const { stdout, stderr } = spawnSync(process.execPath, flags, { cwd: root, encoding: 'utf8' });
  assert.equal(stdout.trim(), 'fine', stderr);
});
