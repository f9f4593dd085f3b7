import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NumberValue } from '../../../host/index.js';
import { itemSize, valueSize } from '../../../host/table/item-size.js';
import type { AttributeValue } from '../../../host/table/item-types.js';
import { NUMBER_SIZES } from '../../number-sizes.js';

const VALUES: readonly (readonly [what: string, value: AttributeValue, size: number])[] = [
  ['a string, as UTF-8', 'aé\u{1F600}', 7],
  ['binary', new Uint8Array(5), 5],
  ['a boolean', false, 1],
  ['null', null, 1],
  ['a set: its members', new Set(['a', 'bc']), 3],
  ['a set of numbers', new Set([1, 123]), 5],
  ['an empty list', [], 3],
  ['a list: 3, and 1 for each element beside it', ['ab', true], 3 + 1 + 2 + 1 + 1],
  ['an empty map', {}, 3],
  ['a map: 3, and 1 for each member beside name and value', { ab: 'c' }, 3 + 1 + 2 + 1],
];

describe('sizes', () => {
  for (const [literal, size] of NUMBER_SIZES) {
    it(`of the number ${literal}: ${size}`, () => {
      assert.equal(valueSize(NumberValue.from(literal)), size);
      if (Number.isSafeInteger(Number(literal))) assert.equal(valueSize(Number(literal)), size);
    });
  }
  for (const [what, value, size] of VALUES) {
    it(`of ${what}: ${size}`, () => assert.equal(valueSize(value), size));
  }
  it('of an item: names and values', () =>
    assert.equal(itemSize({ pk: 'p', é: 12 }), 2 + 1 + 2 + 2));
});
