// Edges: room in memory, levels of nesting, and everything that must be refused with the right
// words.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { NO_ROOM } from '../../../host/core/codec/format.js';
import { encodeInlineItem } from '../../../host/core/codec/inline-item.js';
import { ShapeCache } from '../../../host/core/codec/shape-cache.js';
import { UnsupportedValue, ValidationException } from '../../../host/errors.js';
import { NumberValue } from '../../../host/number-value.js';
import { check, compiledCodec, type Item, items, sharedMemory } from './model.js';

const u8 = sharedMemory();
const GUARD = 0xa5;

type Encode = (limit: number) => number;

/**
 * Exactly enough room suffices, any less is NO_ROOM, and never is a byte written at or beyond the
 * limit.
 */
function assertBounded(at: number, encode: Encode, limits: (length: number) => number[]): void {
  const length = encode(u8.length);
  const bytes = u8.slice(at, at + length);
  for (const room of limits(length)) {
    u8.fill(GUARD, at, at + length + 64);
    const written = encode(at + room);
    assert.equal(written, room < length ? NO_ROOM : length, `${room} of ${length}`);
    for (let i = at + room; i < at + length + 64; i++)
      assert.equal(u8[i], GUARD, `byte ${i - at} with room ${room}`);
  }
  encode(at + length);
  assert.deepEqual(u8.slice(at, at + length), bytes);
}

function everyRoom(length: number): number[] {
  return Array.from({ length: length + 1 }, (_, room) => room);
}

test('an item fits exactly where its bytes do; nothing is written past the limit', (context) => {
  check(
    context,
    fc.property(fc.nat(3), items, (at, item) => {
      const walking = new ShapeCache().codecOf(item);
      const compiled = compiledCodec(item, u8);
      const rooms = (length: number): number[] =>
        length < 400 ? everyRoom(length) : [0, 7, 8, length >> 1, length - 1, length, length + 1];
      assertBounded(at, (limit) => compiled.encode(u8, at, limit, item, 0), rooms);
      assertBounded(
        at,
        (limit) => walking?.encode(u8, at, limit, item, 0) ?? 0,
        (length) => rooms(length).slice(-9),
      );
      assertBounded(at, (limit) => encodeInlineItem(u8, at, limit, item), rooms);
    }),
    60,
  );
});

test('items that change form when they grow are bounded too', () => {
  const grown: Item[] = [
    { list: new Array(300).fill(null) },
    { list: new Array(200).fill(1) },
    { deep: [[['x'.repeat(250)], 'y'.repeat(250)]] },
    { map: { a: 'é'.repeat(200), b: 'x'.repeat(255) } },
    { text: 'é'.repeat(300), set: new Set(['x'.repeat(200), 'y'.repeat(200)]) },
  ];
  for (const item of grown) {
    const codec = compiledCodec(item, u8);
    assertBounded(9, (limit) => codec.encode(u8, 9, limit, item, 0), everyRoom);
  }
  const wide = { a: 'x'.repeat(65_500), b: 1, c: 'tail', d: 'tail of sixteen b' };
  const codec = compiledCodec(wide, u8);
  const near = (length: number): number[] => [
    length - 9,
    length - 8,
    length - 7,
    length - 1,
    length,
  ];
  assertBounded(9, (limit) => codec.encode(u8, 9, limit, wide, 0), near);
});

function nested(containers: number, inner: unknown, wrap: (value: unknown) => unknown): unknown {
  let value = inner;
  for (let i = 0; i < containers; i++) value = wrap(value);
  return value;
}

test('31 lists or maps around a scalar are accepted, 32 are refused', () => {
  const wraps = [(value: unknown) => [value], (value: unknown) => ({ m: value })];
  const text =
    'Nesting Levels have exceeded supported limits: ' +
    'Attributes in the item have nested levels beyond supported limit';
  for (const wrap of wraps) {
    const legal = { deep: nested(31, 'x', wrap) };
    const codec = compiledCodec(legal, u8);
    assert.deepEqual(codec.decode(u8, 0, codec.encode(u8, 0, u8.length, legal, 0)), legal);
    assert.notEqual(
      encodeInlineItem(u8, 0, u8.length, { deep: nested(31, new Set(['x']), wrap) }),
      NO_ROOM,
    );
    for (const containers of [32, 33, 1_000]) {
      const item = { deep: nested(containers, 'x', wrap) };
      const refused = { name: 'ValidationException', message: text };
      assert.throws(() => codec.encode(u8, 0, u8.length, item, 0), refused);
      assert.throws(() => encodeInlineItem(u8, 0, u8.length, item), refused);
    }
  }
  const endless: unknown[] = [];
  endless.push(endless);
  assert.throws(() => encodeInlineItem(u8, 0, u8.length, { endless }), { message: text });
});

function refusal(value: unknown): unknown {
  const item = { at: value };
  const caught: unknown[] = [];
  const walking = new ShapeCache().codecOf(item);
  const compiled = compiledCodec({ at: 1 }, u8);
  const ways = [
    () => walking?.encode(u8, 0, u8.length, item, 0),
    () => compiled.encode(u8, 0, u8.length, item, 0),
    () => encodeInlineItem(u8, 0, u8.length, item),
  ];
  for (const way of ways) {
    try {
      way();
      assert.fail('it was accepted');
    } catch (error) {
      caught.push(error);
    }
  }
  const [first, ...others] = caught as Error[];
  for (const other of others) assert.equal(other.message, first.message);
  return first;
}

test('what DynamoDB has no type for is refused with its path', () => {
  class Order {}
  const values: [unknown, string][] = [
    [undefined, 'Item.at'],
    [Symbol('s'), 'Item.at'],
    [() => 1, 'Item.at'],
    [new Order(), 'Item.at'],
    [new Date(0), 'Item.at'],
    [new Map(), 'Item.at'],
    [/x/, 'Item.at'],
    [new String('x'), 'Item.at'],
    [Promise.resolve(), 'Item.at'],
    [[1, [2, undefined]], 'Item.at[1][1]'],
    [{ a: { 'b c': [new Order()] } }, 'Item.at.a["b c"][0]'],
    [{ __proto: { x: undefined } }, 'Item.at.__proto.x'],
    ['\ud800', 'Item.at'],
    ['x'.repeat(60) + '\udc00', 'Item.at'],
    [['\udfff\ud800'], 'Item.at[0]'],
    [{ '\ud800': 1 }, 'Item.at["\\ud800"]'],
    [new Set(['a', '\ud83d']), 'Item.at'],
    [new Set(['a', 1]), 'Item.at'],
    [new Set([true]), 'Item.at'],
    [new Set([null]), 'Item.at'],
    [new Set([undefined]), 'Item.at'],
    [new Set([[1]]), 'Item.at'],
  ];
  for (const [value, path] of values) {
    const error = refusal(value);
    assert(error instanceof UnsupportedValue, String(error));
    assert.equal(error.path, path);
  }
});

test('what DynamoDB has words for is refused with them', () => {
  const invalid = 'One or more parameter values were invalid: ';
  const cases: [unknown, string][] = [
    [new Set(), `${invalid}An string set  may not be empty`],
    [{ m: [new Set()] }, `${invalid}An string set  may not be empty`],
    [new Set([1, 1n]), `${invalid}Input collection contains duplicates.`],
    [new Set([1, NumberValue.from('1.0')]), `${invalid}Input collection contains duplicates.`],
    [
      new Set([NumberValue.from('2'), NumberValue.from('2')]),
      `${invalid}Input collection contains duplicates.`,
    ],
    [
      new Set([Uint8Array.of(255), Uint8Array.of(0), Uint8Array.of(0)]),
      `${invalid}Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.`,
    ],
    [{ '': 1 }, 'Empty attribute name'],
    [Number.NaN, 'The parameter cannot be converted to a numeric value: NaN'],
    [new Set([Infinity]), 'The parameter cannot be converted to a numeric value: Infinity'],
    [
      { ['x'.repeat(65_536)]: 1 },
      `${invalid}Attribute name is too large, must be less than 65536 bytes`,
    ],
  ];
  for (const [value, message] of cases) {
    const error = refusal(value);
    assert(error instanceof ValidationException, String(error));
    assert.equal(error.message, message);
  }
  assert.throws(() => new ShapeCache().codecOf({ '': 1 }), { message: 'Empty attribute name' });
  assert.throws(() => new ShapeCache().codecOf({ 'a\ud800': 1 }), { path: 'Item["a\\ud800"]' });
  const longest = { ['x'.repeat(65_535)]: 1 };
  assert.notEqual(encodeInlineItem(u8, 0, u8.length, longest), NO_ROOM);
});

test('an item that is no plain object is refused', () => {
  for (const item of [
    [],
    new Date(),
    new Set(['a']),
    new (class Order {})(),
    Buffer.from('a'),
    NumberValue.from(1),
  ]) {
    assert.throws(() => new ShapeCache().codecOf(item), UnsupportedValue);
  }
});

test('undefined is left out where the caller asks for it', () => {
  const item = {
    a: 1,
    gone: undefined,
    list: [1, undefined, { x: undefined, y: 2 }],
    set: new Set(['s', undefined]),
  };
  const expected = { a: 1, list: [1, { y: 2 }], set: new Set(['s']) };
  for (let i = 0; i < 140; i++) {
    const codec = new ShapeCache().codecOf(item, true);
    assert.deepEqual(codec?.names, ['a', 'list', 'set']);
    const length = codec?.encode(u8, 0, u8.length, item, 0, true) ?? 0;
    assert.deepEqual(codec?.decode(u8, 0, length), expected);
  }
  const inlined = encodeInlineItem(u8, 0, u8.length, item, true);
  const expectedBytes = u8.slice(0, inlined);
  assert.equal(encodeInlineItem(u8, 0, u8.length, expected), inlined);
  assert.deepEqual(u8.slice(0, inlined), expectedBytes);
});

test('binary of every kind is taken, and comes back as a Uint8Array of its own', () => {
  const source = Uint8Array.of(9, 1, 2, 3, 9).buffer;
  const kinds: [unknown, number[]][] = [
    [Buffer.from('abc'), [97, 98, 99]],
    [new Uint8Array(source, 1, 3), [1, 2, 3]],
    [new DataView(source, 1, 3), [1, 2, 3]],
    [new Uint16Array([258]), [2, 1]],
    [source, [9, 1, 2, 3, 9]],
    [new Uint8Array(0), []],
  ];
  for (const [value, bytes] of kinds) {
    const codec = compiledCodec({ b: value, s: new Set([value]) }, u8);
    const decoded = codec.decode(
      u8,
      0,
      codec.encode(u8, 0, u8.length, { b: value, s: new Set([value]) }, 0),
    );
    assert.deepEqual(decoded, { b: Uint8Array.from(bytes), s: new Set([Uint8Array.from(bytes)]) });
    assert.equal((decoded['b'] as Uint8Array).constructor, Uint8Array);
  }
});
