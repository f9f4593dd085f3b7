// The oracle of numbers: decimals by text and BigInt, with nothing of the core's method in it.

import type { Random } from './codec-core.js';

/**
 * (-1)^negative x digits x 10^exponent, no zero at either end of the digits; zero has no digits.
 */
export interface DecimalModel {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** A text that is known to be a number, in any of the accepted forms. */
export function decimal(text: string): DecimalModel {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Error(`not a decimal: ${text}`);
  const [, sign, integer = '', fraction = '', power = '0'] = match;
  const all = (integer + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return { negative: false, digits: '', exponent: 0 };
  return {
    negative: sign === '-',
    digits,
    exponent: Number(power) - fraction.length + (all.length - digits.length),
  };
}

/** Canonical plain text. */
export function plain({ negative, digits, exponent }: DecimalModel): string {
  if (digits === '') return '0';
  const sign = negative ? '-' : '';
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent);
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** Sign of a - b. */
export function compare(a: DecimalModel, b: DecimalModel): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (x: DecimalModel) =>
    BigInt(x.digits === '' ? 0 : x.digits) *
    10n ** BigInt(x.exponent - exponent) *
    (x.negative ? -1n : 1n);
  const [x, y] = [scaled(a), scaled(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** DynamoDB's byte cost, from the plain text (data-model.md 2.1). */
export function decimalSize(x: DecimalModel): number {
  const [integer = '', fraction = ''] = plain({ ...x, negative: false }).split('.');
  let before = integer.replace(/^0+/, '');
  if (fraction === '') before = before.replace(/0+$/, '');
  const after = before === '' ? fraction.replace(/^0+/, '') : fraction;
  return 1 + Math.ceil(before.length / 2) + Math.ceil(after.length / 2) + (x.negative ? 1 : 0);
}

/**
 * The one encoding inside items (spec 3), deciding FLOAT64 by what JavaScript prints for the
 * double.
 */
export function encodeDecimal(x: DecimalModel): Uint8Array {
  const sign = x.negative ? -1 : 1;
  const double = Number(plain(x));
  const out = Buffer.alloc(9);
  if (Number.isInteger(double) && double === (double | 0)) {
    if (double === (double << 24) >> 24)
      return out.writeInt8(double, out.writeUInt8(3)), out.subarray(0, 2);
    if (double === (double << 16) >> 16)
      return out.writeInt16LE(double, out.writeUInt8(4)), out.subarray(0, 3);
    return out.writeInt32LE(double, out.writeUInt8(5)), out.subarray(0, 5);
  }
  const mantissa = Number(x.digits) * sign;
  if (
    x.digits.length <= 10 &&
    mantissa === (mantissa | 0) &&
    x.exponent >= -128 &&
    x.exponent <= 127
  ) {
    out.writeInt32LE(mantissa, out.writeInt8(x.exponent, out.writeUInt8(6)));
    return out.subarray(0, 6);
  }
  if (plain(decimal(String(double))) === plain(x))
    return out.writeDoubleLE(double, out.writeUInt8(7)), out;
  const packed = Buffer.from(x.digits.length % 2 === 1 ? `${x.digits}f` : x.digits, 'hex');
  const head = Buffer.from([8, 3 + packed.length, 0, 0, x.negative ? 1 : 0]);
  head.writeInt16LE(x.exponent, 2);
  return Buffer.concat([head, packed]);
}

/**
 * A number in DynamoDB's range; all sizes, with extremes and neighbours of doubles
 * over-represented.
 */
export function randomDecimal(random: Random): DecimalModel {
  const kind = random.below(10);
  if (kind === 0) return decimal(String(random.between(-300, 300)));
  if (kind === 1) return decimal(String(random.next() | 0));
  if (kind === 2) return decimal(`${random.next() | 0}e${random.between(-120, 110)}`);
  if (kind === 3) return decimal(String(randomDouble(random)));
  if (kind === 4) return neighbour(decimal(String(randomDouble(random))), random);
  if (kind === 5) {
    const extremes = [
      `9${'9'.repeat(37)}e88`,
      '1e-130',
      '1e125',
      `1${'0'.repeat(36)}1e-167`,
      '2147483648',
      '-2147483649',
      '0',
      '2147483647',
      '-2147483648',
      '-128',
      '-129',
      '32768',
      '9007199254740993',
      '12345678901234567',
    ];
    const extreme = decimal(random.pick(extremes));
    return random.chance(0.5)
      ? extreme
      : { ...extreme, negative: extreme.digits !== '' && !extreme.negative };
  }
  const count = kind < 8 ? random.between(15, 19) : random.between(1, 38);
  let digits = String(random.between(1, 9));
  while (digits.length < count) digits += random.chance(0.2) ? '0' : String(random.below(10));
  const leading = random.chance(0.5) ? random.between(-130, 125) : random.between(-5, 20);
  return decimal(`${random.chance(0.5) ? '-' : ''}${digits}e${leading - count + 1}`);
}

/** Any bits, with an exponent that keeps it inside DynamoDB's range. */
export function randomDouble(random: Random): number {
  const view = new DataView(new ArrayBuffer(8));
  for (;;) {
    view.setUint32(0, random.next());
    view.setUint32(4, random.chance(0.1) ? 0 : random.next());
    if (random.chance(0.5))
      view.setUint16(
        0,
        (random.below(2) << 15) | ((1023 + random.between(-40, 70)) << 4) | random.below(16),
      );
    const double = view.getFloat64(0);
    if (Math.abs(double) >= 1e-130 && Math.abs(double) < 1e126) return double;
  }
}

/** The same number with its last digit moved by one. */
function neighbour(x: DecimalModel, random: Random): DecimalModel {
  const digits = (BigInt(x.digits) + (random.chance(0.5) ? 1n : -1n)).toString();
  const moved = decimal(`${x.negative ? '-' : ''}${digits}e${x.exponent}`);
  const leading = moved.exponent + moved.digits.length - 1;
  return leading > 125 || leading < -130 ? x : moved;
}
