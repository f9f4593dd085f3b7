// Key components: their bytes sort as the values do, they come back, and conditions select exactly
// the keys they should.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KEY_COMPONENT_BYTES_MAX } from '../../../host/core/key-component.js';
import { readKeyComponent } from '../../../host/core/key-reader.js';
import {
  KEY_EMPTY,
  KEY_TOO_LONG,
  KEY_TYPE_MISMATCH,
  sortKeyBounds,
  type SortKeyCondition,
  writeKeyComponent,
} from '../../../host/core/key-writer.js';
import { UnsupportedValue } from '../../../host/errors.js';
import { NumberValue } from '../../../host/number-value.js';
import {
  binaries,
  check,
  isNumber,
  numberAsRead,
  numbers,
  scaled,
  sharedMemory,
  sign,
  textOfNumber,
  texts,
} from './model.js';

type KeyType = 'S' | 'N' | 'B';
const u8 = sharedMemory(1 << 16);

function component(type: KeyType, value: unknown): Buffer {
  const end = writeKeyComponent(u8, 100, type, value);
  assert(end > 100, `code ${end}`);
  return Buffer.from(u8.slice(100, end));
}

function compareValues(a: unknown, b: unknown): number {
  if (isNumber(a) && isNumber(b)) return sign(scaled(textOfNumber(a)) - scaled(textOfNumber(b)));
  return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
}

const zeroHeavy = fc.uint8Array({ minLength: 1, maxLength: 6, max: 3 });
const typed: Record<KeyType, fc.Arbitrary<unknown>> = {
  S: fc.oneof(
    texts.filter((text) => text !== ''),
    fc.string({ unit: fc.constantFrom('\0', '\x01', '\x02', 'a', '\uffff', '😀'), minLength: 1 }),
  ),
  N: fc.oneof(
    numbers,
    fc.integer({ min: -1200, max: 1200 }),
    fc.integer({ min: -1200, max: 1200 }).map((n) => n / 10),
  ),
  B: fc.oneof(
    binaries.filter((bytes) => bytes.length > 0),
    zeroHeavy,
    zeroHeavy.map((b) => b.map((x) => 255 - x)),
  ),
};
const types: KeyType[] = ['S', 'N', 'B'];

for (const type of types) {
  test(`components of type ${type} sort as DynamoDB sorts the values`, (context) => {
    check(
      context,
      fc.property(typed[type], typed[type], (a, b) => {
        const order = Buffer.compare(component(type, a), component(type, b));
        assert.equal(order, compareValues(a, b));
      }),
      3_000,
    );
  });

  test(`components of type ${type} end themselves, whatever follows`, (context) => {
    check(
      context,
      fc.property(
        typed[type],
        typed[type],
        fc.uint8Array(),
        fc.uint8Array(),
        (a, b, afterA, afterB) => {
          if (compareValues(a, b) === 0) return;
          const left = Buffer.concat([component(type, a), afterA]);
          const right = Buffer.concat([component(type, b), afterB]);
          assert.equal(Buffer.compare(left, right), compareValues(a, b));
        },
      ),
      1_000,
    );
  });

  test(`components of type ${type} are read back`, (context) => {
    check(
      context,
      fc.property(typed[type], (value) => {
        const end = writeKeyComponent(u8, 100, type, value);
        const expected = isNumber(value) ? numberAsRead(textOfNumber(value)) : value;
        assert.deepEqual(readKeyComponent(u8, 100, end, type), { value: expected, end });
      }),
      1_000,
    );
  });

  test(`conditions on a sort key of type ${type} select what meets them`, (context) => {
    const operations = ['eq', 'lt', 'lte', 'gt', 'gte', 'between', 'beginsWith'] as const;
    const legal = operations.filter((op) => type !== 'N' || op !== 'beginsWith');
    check(
      context,
      fc.property(
        fc.array(typed[type], { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...legal),
        typed[type],
        typed[type],
        fc.uint8Array({ minLength: 1, maxLength: 14, max: 255 }),
        fc.uint8Array({ maxLength: 3 }),
        (sortKeys, op, value, value2, head, tail) => {
          const prefix = Uint8Array.of(0, ...head); // a table id is never FFFFFFFF
          const condition: SortKeyCondition =
            op === 'between' ? { op, value, value2 } : { op, value };
          const bounds = sortKeyBounds(prefix, type, condition);
          const all = sortKeyBounds(prefix, type);
          for (const sortKey of [...sortKeys, value, value2]) {
            const key = Buffer.concat([prefix, component(type, sortKey), tail]);
            assert.equal(within(key, bounds), meets(sortKey, condition));
            assert.equal(within(key, all), true);
          }
        },
      ),
      1_000,
    );
  });
}

function within(key: Buffer, bounds: ReturnType<typeof sortKeyBounds>): boolean {
  const low = Buffer.compare(key, bounds.low);
  const high = Buffer.compare(key, bounds.high);
  return (
    (bounds.lowExclusive ? low > 0 : low >= 0) && (bounds.highExclusive ? high < 0 : high <= 0)
  );
}

function meets(sortKey: unknown, { op, value, value2 }: SortKeyCondition): boolean {
  const order = compareValues(sortKey, value);
  switch (op) {
    case 'eq':
      return order === 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'between':
      return order >= 0 && compareValues(sortKey, value2) <= 0;
    case 'beginsWith': {
      const start = Buffer.from(value as string);
      return Buffer.from(sortKey as string)
        .subarray(0, start.length)
        .equals(start);
    }
  }
}

test('components have the bytes of the format', () => {
  const bytes: [KeyType, unknown, string][] = [
    ['S', 'ab', '616200'],
    ['S', '\0\x01\x02', '01010102 0200'],
    ['S', 'é', 'c3a900'],
    ['B', Uint8Array.of(0, 255), '0101ff00'],
    ['N', 0, '2000'],
    ['N', -0, '2000'],
    ['N', 1, '30820b00'],
    ['N', 10, '30830b00'],
    ['N', 12, '30830d00'],
    ['N', 123, '30840d1f00'],
    ['N', 100, '30840b00'],
    ['N', 1000001, '30880b01010b00'],
    ['N', 0.5, '30813300'],
    ['N', -1, '107df4ff'],
    ['N', -12.5, '107cf2ccff'],
    ['N', 10n ** 125n, '30ff0b00'],
    ['N', NumberValue.from('1e-130'), '30000b00'],
  ];
  for (const [type, value, hex] of bytes) {
    assert.equal(component(type, value).toString('hex'), hex.replaceAll(' ', ''), String(value));
  }
});

test('equal numbers have equal components, however they are given', (context) => {
  check(
    context,
    fc.property(typed.N, (value) => {
      const text = textOfNumber(value as number);
      const expected = component('N', value);
      assert.deepEqual(component('N', NumberValue.from(text)), expected);
      assert.deepEqual(component('N', numberAsRead(text)), expected);
    }),
    1_000,
  );
});

test('integers around powers of ten take the same bytes as their decimal texts', () => {
  for (let power = 0; power <= 17; power++) {
    for (const delta of [-11, -10, -1, 0, 1, 10, 99, 100]) {
      for (const value of [10 ** power + delta, -(10 ** power) + delta, 9 * 10 ** power + delta]) {
        assert.deepEqual(
          component('N', value),
          component('N', NumberValue.from(value)),
          String(value),
        );
      }
    }
  }
});

test('a value of another type, an empty and an oversize one are told by codes', () => {
  const write = (type: KeyType, value: unknown, bytesMax?: number): number =>
    writeKeyComponent(u8, 0, type, value, bytesMax);
  for (const value of [1, null, undefined, {}, [], true, Uint8Array.of(1)])
    assert.equal(write('S', value), KEY_TYPE_MISMATCH);
  for (const value of ['1', null, undefined, {}, Uint8Array.of(1)])
    assert.equal(write('N', value), KEY_TYPE_MISMATCH);
  for (const value of ['1', 1, null, undefined, {}, []])
    assert.equal(write('B', value), KEY_TYPE_MISMATCH);
  assert.equal(write('S', ''), KEY_EMPTY);
  assert.equal(write('B', new Uint8Array(0)), KEY_EMPTY);
  for (const max of [1_024, 2_048]) {
    assert.equal(write('S', 'x'.repeat(max), max), max + 1);
    assert.equal(write('S', '\0'.repeat(max), max), 2 * max + 1);
    assert.equal(write('S', 'x'.repeat(max + 1), max), KEY_TOO_LONG);
    assert.equal(write('S', 'é'.repeat(max / 2), max), max + 1);
    assert.equal(write('S', `x${'é'.repeat(max / 2)}`, max), KEY_TOO_LONG);
    assert.equal(write('B', new Uint8Array(max), max), 2 * max + 1);
    assert.equal(write('B', new Uint8Array(max + 1), max), KEY_TOO_LONG);
  }
  assert.equal(write('B', new Uint8Array(2_048)), KEY_COMPONENT_BYTES_MAX);
});

test('a key with a lone surrogate is refused, never altered', () => {
  for (const text of ['\ud800', 'abcd\udc00', `${'x'.repeat(50)}\ud83d`]) {
    assert.throws(() => writeKeyComponent(u8, 0, 'S', text), UnsupportedValue);
  }
});
