// Numbers: what is legal, what one is called, which of its forms it takes, and what it comes back
// as.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compareDecimals, decimalText, parseDecimal } from '../../../host/core/codec/decimal.js';
import { DECIMAL, FLOAT64, INT16, INT32, INT8, SCALED } from '../../../host/core/codec/format.js';
import { readValue } from '../../../host/core/codec/value-decoder.js';
import { writeValue } from '../../../host/core/codec/value-encoder.js';
import { ValidationException } from '../../../host/errors.js';
import { NumberValue } from '../../../host/number-value.js';
import {
  check,
  numberAsRead,
  numbers,
  plainText,
  scaled,
  sharedMemory,
  sign,
  textOfNumber,
} from './model.js';

const u8 = sharedMemory(4096);

function encoded(value: unknown): Uint8Array {
  return u8.slice(0, writeValue(u8, 0, u8.length, value, 1, false));
}

test('plain texts are DynamoDB output: no exponent, no plus, no idle zeros', () => {
  const cases = {
    '1.0': '1',
    '3.1400': '3.14',
    '1.5E2': '150',
    '0042.1200': '42.12',
    '+5': '5',
    '.5': '0.5',
    '5.': '5',
    '1.e5': '100000',
    '-0': '0',
    '-0.0': '0',
    '0e125': '0',
    '1E-3': '0.001',
    '-12e-1': '-1.2',
    '00042': '42',
  };
  for (const [source, text] of Object.entries(cases))
    assert.equal(NumberValue.from(source).value, text);
  assert.equal(NumberValue.from('1E125').value, `1${'0'.repeat(125)}`);
  assert.equal(NumberValue.from('1E-130').value, `0.${'0'.repeat(129)}1`);
});

test('what is not a number is refused with its text', () => {
  for (const text of [
    '',
    ' ',
    ' 1',
    '1 ',
    'NaN',
    'Infinity',
    '0x10',
    '1e',
    '+e2',
    '1+2',
    '1.2.3',
    '1,000',
    '.',
    'e5',
    '١',
    '1\n',
  ]) {
    assert.throws(() => NumberValue.from(text), {
      name: 'ValidationException',
      message: `The parameter cannot be converted to a numeric value: ${text}`,
    });
  }
});

test('range and precision have the texts of the service', () => {
  const overflow =
    'Number overflow. Attempting to store a number with magnitude larger than supported range';
  const underflow =
    'Number underflow. Attempting to store a number with magnitude smaller than supported range';
  const digits = 'Attempting to store more than 38 significant digits in a Number';
  const beyond = 'The parameter cannot be converted to a numeric value: ';
  const cases: [string, string][] = [
    ['1e126', overflow],
    ['-1e126', overflow],
    ['1e2147483648', overflow],
    ['0e126', overflow],
    ['9.99e-131', underflow],
    ['1e-2147483649', underflow],
    ['0e-131', underflow],
    ['1'.repeat(39), digits],
    [`0.${'1'.repeat(39)}`, digits],
    [`1${'0'.repeat(37)}1`, digits],
    ['1e9223372036854775808', `${beyond}1e9223372036854775808`],
    ['1e-9223372036854775809', `${beyond}1e-9223372036854775809`],
  ];
  for (const [text, message] of cases)
    assert.throws(() => NumberValue.from(text), { name: 'ValidationException', message });
  for (const value of [1e126, -1e300, Number.MAX_VALUE, 10n ** 126n])
    assert.throws(() => encoded(value), { message: overflow });
  for (const value of [9e-131, -Number.MIN_VALUE])
    assert.throws(() => encoded(value), { message: underflow });
  assert.throws(() => encoded(10n ** 40n + 1n), { message: digits });
  assert.throws(() => encoded(Number.NaN), ValidationException);
  assert.throws(() => encoded(-Infinity), ValidationException);
  assert.equal(NumberValue.from(`${'9'.repeat(38)}e88`).value.length, 126);
  assert.equal(NumberValue.from('0e125').value, '0');
});

test('reading a number of a million digits takes no time', () => {
  assert.throws(() => encoded(1n << 10_000_000n), ValidationException);
  assert.equal(NumberValue.from(`${'0'.repeat(1e6)}1.${'0'.repeat(1e6)}`).value, '1');
  assert.throws(() => NumberValue.from(`1e${'9'.repeat(1e6)}`), ValidationException);
});

test('a number takes the first form that fits it', () => {
  const forms: [unknown, number, number][] = [
    [0, INT8, 2],
    [-0, INT8, 2],
    [127, INT8, 2],
    [-128, INT8, 2],
    [128, INT16, 3],
    [-129, INT16, 3],
    [32767, INT16, 3],
    [32768, INT32, 5],
    [2 ** 31 - 1, INT32, 5],
    [-(2 ** 31), INT32, 5],
    [2 ** 31, FLOAT64, 9],
    [3e9, SCALED, 6],
    [0.5, SCALED, 6],
    [-12.34, SCALED, 6],
    [1e125, SCALED, 6],
    [1e-128, SCALED, 6],
    [1e-129, FLOAT64, 9],
    [1e-130, FLOAT64, 9],
    [21474836.47, SCALED, 6],
    [21474836.48, FLOAT64, 9],
    [-21474836.48, SCALED, 6],
    [-21474836.49, FLOAT64, 9],
    [0.1 + 0.2, FLOAT64, 9],
    [1.7e12 + 1, FLOAT64, 9],
    [2 ** 53, FLOAT64, 9],
    [2n ** 53n, FLOAT64, 9],
    [2n ** 53n + 1n, DECIMAL, 13],
    [2n ** 60n, DECIMAL, 15],
    [10n ** 30n, SCALED, 6],
    [1e22, SCALED, 6],
    [1n, INT8, 2],
    [NumberValue.from('1.10'), SCALED, 6],
    [NumberValue.from('0.1234567890123456789'), DECIMAL, 15],
  ];
  for (const [value, tag, bytes] of forms) {
    const form = encoded(value);
    assert.equal(form[0], tag, String(value));
    assert.equal(form.length, bytes, String(value));
  }
});

test('equal numbers have one encoding, whatever they were given as', (context) => {
  check(
    context,
    fc.property(numbers, fc.nat(5), (value, zeros) => {
      const text = textOfNumber(value);
      const noisy = text.includes('.')
        ? `${text}${'0'.repeat(zeros)}`
        : `${text}.${'0'.repeat(zeros)}`;
      const expected = encoded(value);
      assert.deepEqual(encoded(NumberValue.from(noisy)), expected);
      if (!text.includes('.')) assert.deepEqual(encoded(BigInt(text)), expected);
      const read = numberAsRead(text);
      assert.deepEqual(readValue(u8, 0, '', 0), read);
      assert.deepEqual(encoded(read), expected);
    }),
    2_000,
  );
});

test('a JavaScript number always comes back as itself', (context) => {
  const inRange = fc
    .double({ noNaN: true, min: -9.9e125, max: 9.9e125 })
    .filter((v) => v === 0 || Math.abs(v) >= 1e-130);
  const shortDecimals = fc
    .tuple(fc.integer(), fc.integer({ min: -130, max: 110 }))
    .map(([m, e]) => Number(`${m}e${e}`));
  const legal = fc.oneof(
    inRange,
    shortDecimals.filter((v) => v === 0 || Math.abs(v) >= 1e-130),
    fc.maxSafeInteger(),
  );
  check(
    context,
    fc.property(legal, (value) => {
      const length = writeValue(u8, 0, u8.length, value, 1, false);
      assert.equal(readValue(u8, 0, '', 0), value === 0 ? 0 : value);
      assert.equal(length <= 9, true);
    }),
    5_000,
  );
});

test('neighbours of short decimals come back as themselves', () => {
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  for (const start of [
    0.1, 0.2147483647, 0.2147483648, 1.005, 33.33, 99999.99, 2147483.647, 2147483647.5, 1e-9,
    123e-15,
  ]) {
    for (let step = -50n; step <= 50n; step++) {
      double[0] = start;
      bits[0] += step;
      const value = double[0];
      writeValue(u8, 0, u8.length, value, 1, false);
      assert.equal(readValue(u8, 0, '', 0), value);
    }
  }
});

test('decimals are compared by value', (context) => {
  check(
    context,
    fc.property(numbers, numbers, (a, b) => {
      const [left, right] = [textOfNumber(a), textOfNumber(b)];
      const order = compareDecimals(parseDecimal(left), parseDecimal(right));
      assert.equal(Math.sign(order), sign(scaled(left) - scaled(right)));
      assert.equal(decimalText(parseDecimal(left)), plainText(left));
    }),
    2_000,
  );
});

test('a NumberValue shows its digits in text and JSON', () => {
  const value = NumberValue.from(2n ** 64n);
  assert.equal(`${value}`, '18446744073709551616');
  assert.equal(JSON.stringify({ value }), '{"value":"18446744073709551616"}');
  assert.equal(NumberValue.from(0.1).value, '0.1');
});
