// The DynamoDB sizes of data-model.md 2.1 and 7, literal by literal, and the limits they feed.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decimalSize, parseDecimal } from '../../../host/core/codec/decimal.js';
import { itemSizeOf } from '../../../host/core/codec/item-layout.js';
import { ShapeCache } from '../../../host/core/codec/shape-cache.js';
import { NumberValue } from '../../../host/number-value.js';
import {
  check,
  type Item,
  numbers,
  sharedMemory,
  sizeOfNumberText,
  sizeOfValue,
  textOfNumber,
} from './model.js';
import { NUMBER_SIZES } from '../../number-sizes.js';

const u8 = sharedMemory();

function encodedSize(value: unknown): number {
  const item: Item = { n: value };
  const codec = new ShapeCache().codecOf(item);
  codec?.encode(u8, 0, u8.length, item, 0);
  return itemSizeOf(u8, 0) - 1;
}

for (const [literal, bytes] of NUMBER_SIZES) {
  test(`the number ${literal} counts ${bytes} bytes`, () => {
    assert.equal(decimalSize(parseDecimal(literal)), bytes);
    assert.equal(encodedSize(NumberValue.from(literal)), bytes);
    if (Number.isSafeInteger(Number(literal)) || literal.length < 16)
      assert.equal(encodedSize(Number(literal)), bytes);
  });
}

test('every number counts what the table of section 2.1 says', (context) => {
  check(
    context,
    fc.property(numbers, (value) =>
      assert.equal(encodedSize(value), sizeOfNumberText(textOfNumber(value))),
    ),
    1_000,
  );
});

test('values count as section 7 says', () => {
  assert.equal(encodedSize(''), 0);
  assert.equal(encodedSize('é€😀'), 9);
  assert.equal(encodedSize(new Uint8Array(7)), 7);
  assert.equal(encodedSize(true), 1);
  assert.equal(encodedSize(null), 1);
  assert.equal(encodedSize([]), 3);
  assert.equal(encodedSize({}), 3);
  assert.equal(encodedSize(['a', 1]), 3 + 2 + 3);
  assert.equal(encodedSize({ ab: 'c' }), 3 + 4);
  assert.equal(encodedSize(new Set(['a', 'bc'])), 3);
  assert.equal(encodedSize(new Set([1, 100])), 4);
});

test('an item of exactly 409,600 bytes, and one more, are told apart by their header', () => {
  for (const bytes of [409_600, 409_601]) {
    const item = { pk: 'a', text: 'x'.repeat(bytes - 7 - 30), list: [new Uint8Array(26)] };
    const codec = new ShapeCache().codecOf(item);
    const length = codec?.encode(u8, 5, u8.length, item, 0) ?? 0;
    assert.equal(sizeOfValue(item.list), 30);
    assert.equal(itemSizeOf(u8, 5), bytes + 4);
    assert.deepEqual(codec?.decode(u8, 5, length), item);
  }
});
