// An item comes back as it went in, whichever of the codec's paths it takes.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeInlineItem } from '../../../host/core/codec/inline-item.js';
import { decodeAttributes, decodeItem } from '../../../host/core/codec/item-decoder.js';
import { itemSizeOf, shapeIdOf } from '../../../host/core/codec/item-layout.js';
import { ShapeCache } from '../../../host/core/codec/shape-cache.js';
import {
  asRead,
  check,
  compiledCodec,
  type Item,
  items,
  sharedMemory,
  sizeOfItem,
  withSetsAsLists,
} from './model.js';

const u8 = sharedMemory();
const AT = 1001; // no alignment is promised

function noShapes(): never {
  throw new Error('an INLINE item needs no shape');
}

function assertSame(actual: unknown, expected: Item): void {
  assert.deepEqual(withSetsAsLists(actual), withSetsAsLists(asRead(expected)));
}

test('an item survives the walking and the compiled codec, byte for byte alike', (context) => {
  check(
    context,
    fc.property(items, (item) => {
      const walking = new ShapeCache().codecOf(item);
      assert(walking !== undefined);
      const length = walking.encode(u8, AT, u8.length, item, 7);
      const bytes = u8.slice(AT, AT + length);
      assert.equal(shapeIdOf(u8, AT), 7);
      assertSame(walking.decode(u8, AT, length), item);

      const compiled = compiledCodec(item, u8);
      assert.equal(compiled.encode(u8, AT, u8.length, item, 7), length);
      assert.deepEqual(u8.slice(AT, AT + length), bytes);
      assertSame(
        decodeItem(u8, AT, length, () => compiled),
        item,
      );
    }),
  );
});

test('an item survives with its names inline', (context) => {
  check(
    context,
    fc.property(items, (item) => {
      const length = encodeInlineItem(u8, AT, u8.length, item);
      assertSame(decodeItem(u8, AT, length, noShapes), item);
      assert.equal(itemSizeOf(u8, AT), sizeOfItem(item));
    }),
  );
});

test('the header bears the DynamoDB size', (context) => {
  check(
    context,
    fc.property(items, (item) => {
      compiledCodec(item, u8).encode(u8, AT, u8.length, item, 0);
      assert.equal(itemSizeOf(u8, AT), sizeOfItem(item));
    }),
  );
});

test('single attributes are read without the others, with a shape and inline', (context) => {
  check(
    context,
    fc.property(items, (item) => {
      const names = [...Object.keys(item).reverse(), 'not there'];
      const expected = names.map((name) =>
        Object.hasOwn(item, name) ? asRead(item[name]) : undefined,
      );
      const codec = new ShapeCache().codecOf(item);
      codec?.encode(u8, AT, u8.length, item, 0);
      assert.deepEqual(decodeAttributes(u8, AT, codec, names), expected);
      encodeInlineItem(u8, AT, u8.length, item);
      assert.deepEqual(decodeAttributes(u8, AT, undefined, names), expected);
    }),
  );
});

test('decoded values are private: they do not change with the memory', () => {
  const item = {
    text: 'a long enough text to be cut from another',
    bytes: new Uint8Array([1, 2, 3]),
    list: ['x'],
  };
  const codec = compiledCodec(item, u8);
  const length = codec.encode(u8, AT, u8.length, item, 0);
  const decoded = codec.decode(u8, AT, length);
  u8.fill(0xff, AT, AT + length);
  assert.deepEqual(decoded, item);
  assert.equal((decoded['bytes'] as Uint8Array).buffer instanceof ArrayBuffer, true);
});

test('an item beyond 64 KiB gets wide offsets and every attribute is still found', () => {
  for (const last of [65_400, 65_460, 65_500, 65_535, 65_536, 70_000]) {
    const item = { a: 'x'.repeat(last), b: 'tail', c: [1, 2, 3] };
    for (const codec of [new ShapeCache().codecOf(item), compiledCodec(item, u8)]) {
      assert(codec !== undefined);
      const length = codec.encode(u8, AT, u8.length, item, 3);
      assert.deepEqual(codec.decode(u8, AT, length), item);
      assert.equal((u8[AT + 2] & 1) === 1, length > 65_535);
      assert.deepEqual(decodeAttributes(u8, AT, codec, ['c', 'b']), [[1, 2, 3], 'tail']);
    }
  }
});

test('lists and maps of 255 and 256 members, and bodies of 255 and 256 bytes, come back', () => {
  for (const count of [0, 1, 84, 85, 127, 128, 254, 255, 256, 257, 5_000]) {
    const list = new Array<unknown>(count).fill(true);
    const map = Object.fromEntries(list.map((value, i) => [`n${i}`, value]));
    const item = {
      list,
      map,
      strings: new Set(list.map((_, i) => `s${String(i).padStart(6, '0')}`).concat('')),
    };
    const codec = compiledCodec(item, u8);
    const length = codec.encode(u8, AT, u8.length, item, 0);
    assert.deepEqual(codec.decode(u8, AT, length), item);
  }
});

test('strings of every length around the forms of the encoding come back', () => {
  for (const length of [
    0, 1, 3, 4, 5, 47, 48, 49, 84, 85, 86, 127, 128, 255, 256, 257, 2_040, 2_100, 65_535, 65_536,
  ]) {
    for (const unit of ['a', 'é', '€', '😀']) {
      const item = { text: unit.repeat(length), after: length };
      const codec = compiledCodec(item, u8);
      const bytes = codec.encode(u8, AT, u8.length, item, 0);
      assert.deepEqual(codec.decode(u8, AT, bytes), item);
      assert.equal(itemSizeOf(u8, AT), sizeOfItem(item));
    }
  }
});
