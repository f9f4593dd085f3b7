// A getter of an item is user code: it may encode other items, change the item being written, or
// throw (DESIGN R16).

import assert from 'node:assert/strict';
import test from 'node:test';
import { itemSizeOf } from '../../../host/core/codec/item-layout.js';
import { ShapeCache } from '../../../host/core/codec/shape-cache.js';
import { compiledCodec, type Item, sharedMemory, sizeOfItem } from './model.js';

const u8 = sharedMemory();
const INNER_AT = 1 << 20;

/** An item whose properties, nested ones too, encode and decode another item when they are read. */
function hostile(act: () => void): Item {
  const watched = (members: Item): Item => {
    const object: Item = {};
    for (const [name, value] of Object.entries(members)) {
      const get = (): unknown => {
        act();
        return value;
      };
      Object.defineProperty(object, name, { get, enumerable: true });
    }
    return object;
  };
  const inner = watched({ text: 'inner', number: 12.5, list: [1, 'two', 3.25], big: 2n ** 80n });
  return watched({
    pk: 'a',
    inner,
    list: [watched({ a: 0.1 + 0.2 }), 'x'.repeat(300)],
    set: new Set([3, 1, 2]),
  });
}

const PLAIN = {
  pk: 'a',
  inner: { text: 'inner', number: 12.5, list: [1, 'two', 3.25], big: 2n ** 80n },
  list: [{ a: 0.1 + 0.2 }, 'x'.repeat(300)],
  set: new Set([3, 1, 2]),
};

test('an encode inside a getter disturbs neither item', () => {
  const cache = new ShapeCache();
  const other = {
    pk: 'other',
    amount: 0.1 + 0.2,
    big: 3n ** 70n,
    set: new Set(['b', 'a']),
    list: [['é'.repeat(99)]],
  };
  let calls = 0;
  const item = hostile(() => {
    calls++;
    const codec = cache.codecOf(other);
    const length = codec?.encode(u8, INNER_AT, u8.length, other, 0) ?? 0;
    codec?.decode(u8, INNER_AT, length);
    assert.equal(itemSizeOf(u8, INNER_AT), sizeOfItem(other));
  });
  const expected = compiledCodec(PLAIN, u8).encode(u8, 0, u8.length, PLAIN, 0);
  const bytes = u8.slice(0, expected);
  for (let i = 0; i < 140; i++) {
    const codec = cache.codecOf(item);
    assert.equal(codec?.encode(u8, 0, INNER_AT, item, 0), expected);
    assert.deepEqual(u8.slice(0, expected), bytes);
    assert.equal(itemSizeOf(u8, 0), sizeOfItem(PLAIN));
  }
  assert.equal(calls, 140 * 9);
});

test('an item that encodes itself while it is read ends with the stack, no more', () => {
  const cache = new ShapeCache();
  const item: Item = {};
  Object.defineProperty(item, 'self', {
    get: () => cache.codecOf(item)?.encode(u8, 0, u8.length, item, 0),
    enumerable: true,
  });
  assert.throws(() => cache.codecOf(item)?.encode(u8, 0, u8.length, item, 0), RangeError);
  const plain = { self: 1 };
  const codec = cache.codecOf(plain);
  assert.deepEqual(codec?.decode(u8, 0, codec.encode(u8, 0, u8.length, plain, 0)), plain);
});

test('the error of a getter is passed on as it is', () => {
  const failure = new Error('mine');
  const throwing = Object.defineProperty({ a: 1 }, 'b', {
    get: () => {
      throw failure;
    },
    enumerable: true,
  });
  for (const item of [throwing, { x: { y: [throwing] } }]) {
    assert.throws(
      () => new ShapeCache().codecOf(item)?.encode(u8, 0, u8.length, item as Item, 0),
      (error) => error === failure,
    );
  }
});

test('a list that shrinks or grows while it is read is taken at the length it began with', () => {
  const list: unknown[] = [1, 2, 3];
  const growing = Object.defineProperty({}, 'x', { get: () => list.push(9), enumerable: true });
  list[0] = growing;
  const item = { list };
  const codec = new ShapeCache().codecOf(item);
  const length = codec?.encode(u8, 0, u8.length, item, 0) ?? 0;
  assert.deepEqual(codec?.decode(u8, 0, length), { list: [{ x: 4 }, 2, 3] });
  list[0] = Object.defineProperty({}, 'x', { get: () => ((list.length = 1), 1), enumerable: true });
  assert.throws(() => codec?.encode(u8, 0, u8.length, item, 0), { path: 'Item.list[1]' });
});
