// Writes the components of encoded keys. Their order as bytes is DynamoDB's order of the values,
// and a component ends itself, so that the next one may follow directly (core-as/key/ has the
// core's copy).
//
//   key            := table id u32 BE . hash u64 BE . component(partition) [ . component(sort) ]
//   component(S|B) := the bytes (of the UTF-8), 00 as 01 01 and 01 as 01 02 . 00
//   component(N)   := 20 00                                              zero
//                     30 . E + 130 . pair + 1 ... . 00                   positive: d.ddd... x 10^E,
//                                                                        pairs of digits, 0..99
//                     10 . 255 - (E + 130) . 255 - (pair + 1) ... . FF   negative: the complement
//
// A legal key attribute takes at most KEY_COMPONENT_BYTES_MAX bytes, so nothing here asks for room.
// Texts for empty and long keys depend on the operation: they are table/key-schema.ts's, the codes
// are here.

import { UnsupportedValue } from '../errors.js';
import { PARTITION_KEY_BYTES_MAX } from '../limits.js';
import { NumberValue } from '../number-value.js';
import { bytesOf } from './codec/bytes-writer.js';
import {
  type Decimal,
  decimalOfBigint,
  decimalOfNumber,
  notANumber,
  parseDecimal,
} from './codec/decimal.js';

export type KeyComponentType = 'S' | 'N' | 'B';

/** What writeKeyComponent returns instead of a position. Nothing it may have written counts. */
export const KEY_TYPE_MISMATCH = -1;
export const KEY_EMPTY = -2;
export const KEY_TOO_LONG = -3;

/** Every byte escaped, and the terminator. */
export const KEY_COMPONENT_BYTES_MAX = 2 * PARTITION_KEY_BYTES_MAX + 1;

export const KEY_NUMBER_ZERO = 0x20;
export const KEY_NUMBER_POSITIVE = 0x30;
export const KEY_NUMBER_NEGATIVE = 0x10;
export const KEY_EXPONENT_BIAS = 130;
const ESCAPE = 0x01;

/** Integers below this are taken apart by arithmetic: m / 100 never rounds up to a whole number. */
const FAST_INTEGER_END = 1e14;

/**
 * Writes a component at `at` and returns where it ends, or a KEY_ code. `bytesMax` counts raw
 * bytes: 2,048 for a partition key, 1,024 for a sort key. Throws ValidationException for numbers
 * DynamoDB does not have and UnsupportedValue for a lone surrogate.
 */
export function writeKeyComponent(
  u8: Uint8Array,
  at: number,
  type: KeyComponentType,
  value: unknown,
  bytesMax = PARTITION_KEY_BYTES_MAX,
): number {
  if (type === 'S') {
    if (typeof value !== 'string') return KEY_TYPE_MISMATCH;
    if (value.length === 0) return KEY_EMPTY;
    return value.length > bytesMax ? KEY_TOO_LONG : writeTextComponent(u8, at, value, bytesMax);
  }
  if (type === 'N') return writeNumberComponent(u8, at, value);
  const bytes = typeof value === 'object' && value !== null ? bytesOf(value) : undefined;
  if (bytes === undefined) return KEY_TYPE_MISMATCH;
  if (bytes.length === 0) return KEY_EMPTY;
  return bytes.length > bytesMax ? KEY_TOO_LONG : endComponent(u8, writeEscaped(u8, at, bytes));
}

function writeTextComponent(u8: Uint8Array, at: number, text: string, bytesMax: number): number {
  const length = text.length;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    if ((a | b | c | d) > 127 || ((a - 2) | (b - 2) | (c - 2) | (d - 2)) < 0) {
      return writeUnusualText(u8, at, text, bytesMax);
    }
    u8[at + i] = a;
    u8[at + i + 1] = b;
    u8[at + i + 2] = c;
    u8[at + i + 3] = d;
  }
  for (; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127 || code <= ESCAPE) return writeUnusualText(u8, at, text, bytesMax);
    u8[at + i] = code;
  }
  return endComponent(u8, at + length);
}

/** A text with characters beyond ASCII or ones to be escaped. */
function writeUnusualText(u8: Uint8Array, at: number, text: string, bytesMax: number): number {
  if (!text.isWellFormed()) throw loneSurrogate();
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length > bytesMax ? KEY_TOO_LONG : endComponent(u8, writeEscaped(u8, at, bytes));
}

function writeEscaped(u8: Uint8Array, at: number, bytes: Uint8Array): number {
  let end = at;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte > ESCAPE) {
      u8[end++] = byte;
    } else {
      u8[end++] = ESCAPE;
      u8[end++] = byte + 1;
    }
  }
  return end;
}

function endComponent(u8: Uint8Array, at: number): number {
  u8[at] = 0;
  return at + 1;
}

function writeNumberComponent(u8: Uint8Array, at: number, value: unknown): number {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value < FAST_INTEGER_END && value > -FAST_INTEGER_END) {
      return writeIntegerComponent(u8, at, value);
    }
    if (!Number.isFinite(value)) throw notANumber(String(value));
    return writeDecimalComponent(u8, at, decimalOfNumber(value));
  }
  if (typeof value === 'bigint') return writeDecimalComponent(u8, at, decimalOfBigint(value));
  if (value instanceof NumberValue) return writeDecimalComponent(u8, at, parseDecimal(value.value));
  return KEY_TYPE_MISMATCH;
}

function writeIntegerComponent(u8: Uint8Array, at: number, value: number): number {
  if (value === 0) return writeZero(u8, at);
  const flip = value < 0 ? 0xff : 0;
  let rest = value < 0 ? -value : value;
  let digits = 1;
  for (let power = 10; power <= rest; power *= 10) digits++;
  u8[at] = flip === 0 ? KEY_NUMBER_POSITIVE : KEY_NUMBER_NEGATIVE;
  u8[at + 1] = (digits - 1 + KEY_EXPONENT_BIAS) ^ flip;
  // Pairs are counted from the first digit: an odd count gets a zero behind. Pairs of nothing but
  // zeros are left out.
  if (digits % 2 === 1) {
    rest *= 10;
    digits++;
  }
  let pairs = digits >> 1;
  while (rest % 100 === 0) {
    rest /= 100;
    pairs--;
  }
  const end = at + 2 + pairs;
  for (let position = end - 1; position > at + 1; position--) {
    const higher = Math.floor(rest / 100);
    u8[position] = (rest - higher * 100 + 1) ^ flip;
    rest = higher;
  }
  u8[end] = flip;
  return end + 1;
}

function writeDecimalComponent(u8: Uint8Array, at: number, decimal: Decimal): number {
  const { digits, exponent, negative } = decimal;
  if (digits.length === 0) return writeZero(u8, at);
  const flip = negative ? 0xff : 0;
  u8[at] = negative ? KEY_NUMBER_NEGATIVE : KEY_NUMBER_POSITIVE;
  u8[at + 1] = (exponent + digits.length - 1 + KEY_EXPONENT_BIAS) ^ flip;
  let end = at + 2;
  for (let i = 0; i < digits.length; i += 2) {
    const tens = digits.charCodeAt(i) & 15;
    const units = i + 1 < digits.length ? digits.charCodeAt(i + 1) & 15 : 0;
    u8[end++] = (tens * 10 + units + 1) ^ flip;
  }
  u8[end] = flip;
  return end + 1;
}

function writeZero(u8: Uint8Array, at: number): number {
  u8[at] = KEY_NUMBER_ZERO;
  u8[at + 1] = 0;
  return at + 2;
}

function loneSurrogate(): UnsupportedValue {
  return new UnsupportedValue('Key', 'has a lone surrogate, which is not Unicode.');
}
