import assert from 'node:assert/strict';
import { NUMBER_FAULT, Random, STATUS, testBuilds } from './codec-core.js';
import type { CodecCore } from './codec-core.js';
import {
  compare,
  decimal,
  decimalSize,
  encodeDecimal,
  plain,
  randomDecimal,
  randomDouble,
} from './decimal-model.js';
import { NUMBER_SIZES } from '../number-sizes.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/**
 * The encoding of a text, or the fault. The text ends with the memory, so that reading past it
 * traps.
 */
function parse(core: CodecCore, text: string): Uint8Array | number {
  const at = core.put(core.end - text.length, Buffer.from(text, 'latin1'));
  const length = core.exports.numberParse(at, text.length, core.free);
  return length < 0 ? length : core.take(core.free, length);
}

function text(core: CodecCore, encoded: Uint8Array): string {
  const value = core.put(core.end - encoded.length, encoded);
  return core.text(core.free, core.exports.numberText(value, core.free));
}

function isCanonical(core: CodecCore, encoded: Uint8Array): boolean {
  const value = core.put(core.end - encoded.length, encoded);
  return core.exports.valueEnd(value, core.end) === core.end;
}

function float64(double: number): Uint8Array {
  const bytes = Buffer.alloc(9, 7);
  bytes.writeDoubleLE(double, 1);
  return bytes;
}

testBuilds('a number is read as DynamoDB reads it and written plainly', (core) => {
  const cases: [string, string][] = [
    ['1.0', '1'],
    ['3.1400', '3.14'],
    ['1.5E2', '150'],
    ['0042.1200', '42.12'],
    ['+5', '5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1.e5', '100000'],
    ['-0', '0'],
    ['-0.000', '0'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['1e-130', `0.${'0'.repeat(129)}1`],
    ['00042', '42'],
    ['-.5e-3', '-0.0005'],
    ['0e125', '0'],
    ['0e-130', '0'],
    ['100.5', '100.5'],
    ['-100e-2', '-1'],
    [`${'9'.repeat(38)}e88`, '9'.repeat(38) + '0'.repeat(88)],
    [`1${'0'.repeat(60)}`, `1${'0'.repeat(60)}`],
    [`0.${'0'.repeat(200)}1e201`, '1'],
    ['1e000000000000000000000000000002', '100'],
    ['1e+2', '100'],
    [`1.${'0'.repeat(500)}`, '1'],
    ['9007199254740993', '9007199254740993'],
    ['5e-1', '0.5'],
    [`-1.${'2'.repeat(37)}e-130`, `-0.${'0'.repeat(129)}1${'2'.repeat(37)}`],
  ];
  for (const [given, expected] of cases) {
    const encoded = parse(core, given);
    assert.ok(typeof encoded !== 'number', `${given} gave ${encoded}`);
    assert.equal(text(core, encoded), expected, given);
  }
});

testBuilds(
  'a text that is not a number, or not one of DynamoDB, is refused with the fault it has',
  (core) => {
    const { OVERFLOW, UNDERFLOW, TOO_PRECISE } = NUMBER_FAULT;
    const notNumbers = [
      '',
      ' ',
      ' 1',
      '1 ',
      '+',
      '-',
      '.',
      '+.',
      'e5',
      '.e5',
      '1e',
      '1e+',
      '1e-',
      '+e2',
      '1+2',
      '1.2.3',
      '1..2',
      'NaN',
      'Infinity',
      '0x10',
      '1,000',
      '1_0',
      '--1',
      '1e1.5',
      '1e5e5',
      '1f',
      '1\0',
      '\u00b2',
      '1e9223372036854775808',
      '1e-9223372036854775809',
      '1e99999999999999999999999',
      '0e99999999999999999999',
    ];
    for (const given of notNumbers)
      assert.equal(parse(core, given), STATUS.BAD_INPUT, JSON.stringify(given));
    const faults: [string, number][] = [
      ['1e126', OVERFLOW],
      ['-1e126', OVERFLOW],
      ['10e125', OVERFLOW],
      ['0e126', OVERFLOW],
      ['1e2147483647', OVERFLOW],
      ['1e2147483648', OVERFLOW],
      ['1e9223372036854775807', OVERFLOW],
      [`1${'0'.repeat(126)}`, OVERFLOW],
      ['1e-131', UNDERFLOW],
      ['0.1e-130', UNDERFLOW],
      ['0e-131', UNDERFLOW],
      ['1e-2147483649', UNDERFLOW],
      ['1e-9223372036854775808', UNDERFLOW],
      [`0.${'0'.repeat(130)}1`, UNDERFLOW],
      ['1'.repeat(39), TOO_PRECISE],
      [`1.${'0'.repeat(37)}1`, TOO_PRECISE],
      [`-${'9'.repeat(40)}`, TOO_PRECISE],
      [`1${'0'.repeat(99)}1`, TOO_PRECISE],
    ];
    for (const [given, fault] of faults) assert.equal(parse(core, given), fault, given);
  },
);

testBuilds(
  'every number has the encoding that the rules of the format give it, and no other is taken',
  (core, context) => {
    const random = new Random(context);
    for (let round = 0; round < 20_000; round++) {
      const number = randomDecimal(random);
      const expected = encodeDecimal(number);
      const encoded = parse(core, plain(number));
      assert.ok(typeof encoded !== 'number', plain(number));
      assert.equal(hex(encoded), hex(expected), plain(number));
      assert.equal(text(core, encoded), plain(number));
      assert.ok(isCanonical(core, encoded), `${hex(encoded)} is ${plain(number)}`);
      for (const other of otherEncodings(number)) {
        if (hex(other) !== hex(expected))
          assert.ok(!isCanonical(core, other), `${hex(other)} is ${plain(number)}`);
      }
    }
  },
);

/** The same number in every form that can hold it, fitting or not. */
function* otherEncodings({
  negative,
  digits,
  exponent,
}: ReturnType<typeof decimal>): Generator<Uint8Array> {
  const double = Number(plain({ negative, digits, exponent }));
  if (plain(decimal(String(double))) === plain({ negative, digits, exponent }))
    yield float64(double);
  if (Number.isInteger(double) && Math.abs(double) < 2 ** 31) {
    const int32 = Buffer.alloc(5, 5);
    int32.writeInt32LE(double, 1);
    yield int32;
    if (Math.abs(double) < 2 ** 15) {
      const int16 = Buffer.alloc(3, 4);
      int16.writeInt16LE(double, 1);
      yield int16;
    }
  }
  for (const zeros of [0, 1]) {
    const longer = digits + '0'.repeat(zeros);
    const mantissa = Number(longer) * (negative ? -1 : 1);
    const power = exponent - zeros;
    if (Math.abs(mantissa) < 2 ** 31 && power >= -128 && power <= 127) {
      const scaled = Buffer.alloc(6, 6);
      scaled.writeInt8(power, 1);
      scaled.writeInt32LE(mantissa, 2);
      yield scaled;
    }
    const packed = Buffer.from(longer.length % 2 === 1 ? `${longer}f` : longer, 'hex');
    const head = Buffer.from([8, 3 + packed.length, 0, 0, negative ? 1 : 0]);
    head.writeInt16LE(power, 2);
    yield Buffer.concat([head, packed]);
  }
}

testBuilds('bytes that are no number are refused', (core, context) => {
  const bad = [
    '04',
    '0405',
    '0501',
    '0600',
    '06ff0a000000',
    '06ff00000000',
    '060001000000',
    '070000000000000000',
    '07000000000000f87f',
    '07000000000000f07f',
    '0700000000000000 80',
    '08',
    '0800',
    '0803000000',
    '0804000000f1',
    '080400000011ff',
    '08040000001f',
    '0804000002' + '12',
    '08040000001a',
    '08040000000a',
    '08ff000000',
    '0817000000' + '12345678901234567890123456789012345678'.padEnd(40, '1'),
    '0816000000' + '9'.repeat(38) + 'ff',
    '0816580000' + '9'.repeat(38),
    '08 16 5900 00' + '9'.repeat(38),
    '08 16 58ff 00' + '1'.repeat(38),
    '08 0c 6dff 00' + `${'1'.repeat(17)}f`,
    '08 0c 0080 01' + `${'1'.repeat(17)}f`,
    '08 0c ff7f 01' + `${'1'.repeat(17)}f`,
  ].map((x) => Buffer.from(x.replaceAll(' ', ''), 'hex'));
  // 38 nines x 10^88 is the largest number there is; it is sound.
  const sound = new Set(['0816580000' + '9'.repeat(38)]);
  for (const bytes of bad)
    assert.equal(isCanonical(core, bytes), sound.has(hex(bytes)), hex(bytes));
  for (const double of [1e126, 9.99e-131, -1e126, 1, 0.1, 2 ** 31 - 1, -128, 5e-324, NaN])
    assert.ok(!isCanonical(core, float64(double)));

  const random = new Random(context);
  for (let round = 0; round < 20_000; round++) {
    const bytes = random.bytes(random.between(1, 24));
    bytes[0] = random.between(3, 8);
    if (bytes[0] === 8 && random.chance(0.8)) bytes[1] = bytes.length - 2;
    if (!isCanonical(core, bytes)) continue;
    // What passes says the same in every way.
    const written = text(core, bytes);
    assert.equal(hex(encodeDecimal(decimal(written))), hex(bytes));
  }
});

testBuilds('the shortest decimal of a double is the one JavaScript prints', (core, context) => {
  const random = new Random(context);
  const special = [
    5e-130,
    1e125,
    9.99999999999999e125,
    1.7976931348623157,
    2 ** 53,
    2 ** 53 + 2,
    2 ** 64,
    2 ** 100,
    2 ** -100,
    1e23,
    1e22,
    9007199254740993,
    4.35,
    0.1 + 0.2,
    1 / 3,
    2 / 3,
    123456789.12345678,
    9.5367431640625e-7,
    2 ** 400,
    2 ** -400,
    1e-130,
    8.41e21,
    2.0e-3 / 7,
    9.109383e-31,
    6.02214076e23,
    4503599627370496.5,
    4503599627370497.5,
    9007199254740991,
  ];
  for (let e = -431; e <= 418; e++) special.push(2 ** e);
  for (let round = 0; round < 100_000; round++) {
    const double = special[round] ?? randomDouble(random);
    const shortest = decimal(String(double));
    const encoded = float64(double);
    assert.equal(text(core, encoded), plain(shortest), String(double));
    if (round % 10 === 0)
      assert.equal(isCanonical(core, encoded), encodeDecimal(shortest)[0] === 7, String(double));
  }
});

testBuilds('the size of a number is what DynamoDB charges', (core, context) => {
  const size = (encoded: Uint8Array) =>
    core.exports.numberSize(core.put(core.end - encoded.length, encoded));
  for (const [given, expected] of NUMBER_SIZES)
    assert.equal(size(encodeDecimal(decimal(given))), expected, given);
  const random = new Random(context);
  for (let round = 0; round < 20_000; round++) {
    const number = randomDecimal(random);
    assert.equal(size(encodeDecimal(number)), decimalSize(number), plain(number));
  }
});

testBuilds('numbers of any two encodings compare by what they are worth', (core, context) => {
  const random = new Random(context);
  const numbers = Array.from({ length: 300 }, () => randomDecimal(random));
  // Near misses: numbers that differ only beyond what a double holds.
  for (const near of [
    '0.1',
    '9007199254740993',
    '123456789012345678',
    '1e22',
    '2147483648',
    '-0.3',
    '1e-130',
  ]) {
    const { negative, digits, exponent } = decimal(near);
    numbers.push(decimal(near));
    for (const last of ['1', '5', '9']) {
      numbers.push({
        negative,
        digits: digits + '0'.repeat(37 - digits.length) + last,
        exponent: exponent - 38 + digits.length,
      });
    }
  }
  const places = numbers.map((number, i) => core.put(core.free + i * 32, encodeDecimal(number)));
  for (let i = 0; i < numbers.length; i++) {
    for (let j = 0; j < numbers.length; j++) {
      const [a, b] = [numbers[i]!, numbers[j]!];
      const order = core.exports.numberCompare(places[i]!, places[j]!);
      assert.equal(order, compare(a, b), `${plain(a)} against ${plain(b)}`);
    }
  }
});
