// Writes numbers, each in the one form that belongs to it: the first that fits of INT8, INT16,
// INT32, SCALED, FLOAT64, DECIMAL (format.ts). A JavaScript number stands for its shortest decimal,
// so it never needs DECIMAL.
//
// Relies on: a decimal of at most 15 digits is the shortest one of the double it reads as. Hence
// Math.round(v x 10^k) / 10^k === v proves that v is exactly that mantissa: below 2^31 it has at
// most 10 digits.

import {
  type Decimal,
  decimalOfNumber,
  decimalSize,
  notANumber,
  numberOverflow,
  numberSize,
  numberUnderflow,
} from './decimal.js';
import { DECIMAL, FLOAT64, INT16, INT32, INT8, NO_ROOM, SCALED } from './format.js';
import { written } from './written-size.js';

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);

/** Exact powers of ten: v x 10^k and m / 10^k are correctly rounded with these. */
export const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

const INT32_END = 2147483648;
/** A fraction beyond this with a mantissa below 2^31 has at most 9 digits after the point. */
const NINE_PLACES_SUFFICE = 0.2147483648;
const SMALL_POWERS_MAX = 9;

export function writeNumber(u8: Uint8Array, at: number, limit: number, value: number): number {
  const integer = value | 0;
  if (integer === value) return writeInteger(u8, at, limit, integer);
  const magnitude = Math.abs(value);
  if (magnitude > NINE_PLACES_SUFFICE && magnitude < INT32_END) {
    for (let k = 1; k <= SMALL_POWERS_MAX; k++) {
      const power = POWERS_OF_TEN[k];
      const mantissa = Math.round(value * power);
      if ((mantissa | 0) !== mantissa) break;
      if (mantissa / power === value) return writeScaled(u8, at, limit, mantissa, -k);
    }
    return writeFloat(u8, at, limit, value, decimalOfNumber(value));
  }
  if (Number.isSafeInteger(value)) return writeSafeInteger(u8, at, limit, value);
  return writeUnusualNumber(u8, at, limit, value);
}

/** An integer of 32 bits. */
export function writeInteger(u8: Uint8Array, at: number, limit: number, value: number): number {
  if (at + 5 > limit && at + integerBytes(value) > limit) return NO_ROOM;
  let end: number;
  if (value === (value << 24) >> 24) {
    u8[at] = INT8;
    u8[at + 1] = value;
    end = at + 2;
  } else if (value === (value << 16) >> 16) {
    u8[at] = INT16;
    u8[at + 1] = value;
    u8[at + 2] = value >> 8;
    end = at + 3;
  } else {
    u8[at] = INT32;
    writeInt32(u8, at + 1, value);
    end = at + 5;
  }
  let magnitude = value < 0 ? -value : value;
  if (magnitude >= 100) {
    while (magnitude % 10 === 0) magnitude /= 10;
  }
  written.bytes = value === 0 ? 1 : numberSize(digitCount(magnitude), 0, value < 0);
  return end;
}

/**
 * A whole number beyond 32 bits and below 2^53, such as a time in milliseconds: it is its own
 * shortest decimal.
 */
function writeSafeInteger(u8: Uint8Array, at: number, limit: number, value: number): number {
  let mantissa = value;
  let exponent = 0;
  while (mantissa % 10 === 0) {
    mantissa /= 10;
    exponent++;
  }
  if ((mantissa | 0) === mantissa) return writeScaled(u8, at, limit, mantissa, exponent);
  return writeDouble(
    u8,
    at,
    limit,
    value,
    numberSize(digitCount(Math.abs(mantissa)), exponent, value < 0),
  );
}

/** Any decimal in DynamoDB's range: bigint and NumberValue come this way. */
export function writeDecimal(u8: Uint8Array, at: number, limit: number, decimal: Decimal): number {
  const { digits, exponent, negative } = decimal;
  const count = digits.length;
  if (count === 0) return writeInteger(u8, at, limit, 0);
  if (count <= 10) {
    const mantissa = negative ? -Number(digits) : Number(digits);
    if (exponent >= 0 && count + exponent <= 10) {
      const integer = mantissa * POWERS_OF_TEN[exponent];
      if ((integer | 0) === integer) return writeInteger(u8, at, limit, integer);
    }
    if ((mantissa | 0) === mantissa && exponent >= -128 && exponent <= 127) {
      return writeScaled(u8, at, limit, mantissa, exponent);
    }
  }
  const double = numberOfDecimal(decimal);
  if (double !== undefined) return writeFloat(u8, at, limit, double, decimal);
  return writePackedDecimal(u8, at, limit, decimal);
}

/** The number whose shortest decimal is exactly this one, if there is one. */
export function numberOfDecimal(decimal: Decimal): number | undefined {
  const { digits, exponent, negative } = decimal;
  if (digits.length === 0) return 0;
  if (digits.length > 17) return undefined;
  const double = Number(`${negative ? '-' : ''}${digits}e${exponent}`);
  if (digits.length <= 15) return double;
  const shortest = decimalOfNumber(double);
  return shortest.digits === digits && shortest.exponent === exponent ? double : undefined;
}

/** What is not a 32-bit integer nor an everyday fraction: very large, very small, or refused. */
function writeUnusualNumber(u8: Uint8Array, at: number, limit: number, value: number): number {
  if (!Number.isFinite(value)) throw notANumber(String(value));
  const magnitude = Math.abs(value);
  if (magnitude >= 1e126) throw numberOverflow();
  if (magnitude < 1e-130) throw numberUnderflow();
  return writeDecimal(u8, at, limit, decimalOfNumber(value));
}

function writeScaled(
  u8: Uint8Array,
  at: number,
  limit: number,
  mantissa: number,
  exponent: number,
): number {
  if (at + 6 > limit) return NO_ROOM;
  u8[at] = SCALED;
  u8[at + 1] = exponent;
  writeInt32(u8, at + 2, mantissa);
  const digits = digitCount(mantissa < 0 ? -mantissa : mantissa);
  written.bytes = numberSize(digits, exponent, mantissa < 0);
  return at + 6;
}

function writeFloat(
  u8: Uint8Array,
  at: number,
  limit: number,
  value: number,
  decimal: Decimal,
): number {
  return writeDouble(u8, at, limit, value, decimalSize(decimal));
}

function writeDouble(
  u8: Uint8Array,
  at: number,
  limit: number,
  value: number,
  size: number,
): number {
  if (at + 9 > limit) return NO_ROOM;
  float[0] = value;
  u8[at] = FLOAT64;
  for (let i = 0; i < 8; i++) u8[at + 1 + i] = floatBytes[i];
  written.bytes = size;
  return at + 9;
}

function writePackedDecimal(u8: Uint8Array, at: number, limit: number, decimal: Decimal): number {
  const { digits, exponent, negative } = decimal;
  const packedBytes = (digits.length + 1) >> 1;
  const end = at + 5 + packedBytes;
  if (end > limit) return NO_ROOM;
  u8[at] = DECIMAL;
  u8[at + 1] = 3 + packedBytes;
  u8[at + 2] = exponent;
  u8[at + 3] = exponent >> 8;
  u8[at + 4] = negative ? 1 : 0;
  for (let i = 0; i < packedBytes; i++) {
    const high = digits.charCodeAt(2 * i) & 15;
    const low = 2 * i + 1 < digits.length ? digits.charCodeAt(2 * i + 1) & 15 : 15;
    u8[at + 5 + i] = (high << 4) | low;
  }
  written.bytes = decimalSize(decimal);
  return end;
}

function writeInt32(u8: Uint8Array, at: number, value: number): void {
  u8[at] = value;
  u8[at + 1] = value >> 8;
  u8[at + 2] = value >> 16;
  u8[at + 3] = value >> 24;
}

function integerBytes(value: number): number {
  if (value === (value << 24) >> 24) return 2;
  return value === (value << 16) >> 16 ? 3 : 5;
}

/** Decimal digits of a positive integer below 2^53. */
function digitCount(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1_000 ? 3 : 4;
  if (value < 100_000_000) {
    return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : value < 10_000_000 ? 7 : 8;
  }
  if (value < 10_000_000_000) return value < 1_000_000_000 ? 9 : 10;
  return 8 + digitCount(Math.floor(value / 100_000_000));
}
