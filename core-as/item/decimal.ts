// Decimal: a DynamoDB number taken apart. The one form in which numbers of different encodings
// meet.
//
//   +0 u32 negative   +4 i32 exponent   +8 u32 count   +12 u8 digits[40], most significant first
//   value = (-1)^negative x d1d2..dn x 10^exponent,  n = count <= 38, no zero at either end
//   zero: count 0, not negative
//
// DynamoDB's range: the leading digit stands at 10^-130 .. 10^125, so the last one at 10^-167 or
// above.

import { BAD_INPUT, OK } from '../layout';
import { compareBytes } from '../memory/bytes';

/** Faults of a decimal text, beside BAD_INPUT (not a number at all). */
export const NUMBER_OVERFLOW: i32 = -40;
export const NUMBER_UNDERFLOW: i32 = -41;
export const NUMBER_TOO_PRECISE: i32 = -42;

export const DIGITS_MAX: u32 = 38;
export const EXPONENT_MAX: i32 = 125; // of the leading digit
export const EXPONENT_MIN: i32 = -130;

/** The longest plain text: sign, "0.", 129 zeros, 38 digits. */
export const NUMBER_TEXT_MAX: u32 = 170;

@unmanaged
export class Decimal {
  negative: u32;
  exponent: i32;
  count: u32;
}
export const DECIMAL_BYTES: usize = 56;

@inline
export function digitsOf(decimal: Decimal): usize {
  return changetype<usize>(decimal) + 12;
}

/** The power of ten at which the leading digit stands. Not for zero. */
@inline
export function leadingExponent(decimal: Decimal): i32 {
  return decimal.exponent + <i32>decimal.count - 1;
}

export function decimalSetZero(decimal: Decimal): void {
  decimal.negative = 0;
  decimal.exponent = 0;
  decimal.count = 0;
}

/** Sets (-1)^negative x coefficient x 10^exponent. */
export function decimalSet(
  decimal: Decimal,
  negative: bool,
  coefficient: u64,
  exponent: i32,
): void {
  if (coefficient == 0) return decimalSetZero(decimal);
  while (coefficient % 10 == 0) {
    coefficient /= 10;
    exponent++;
  }
  const count = digitCount(coefficient);
  const digits = digitsOf(decimal);
  for (let i = count; i > 0; i--) {
    const quotient = coefficient / 10;
    store<u8>(digits + i - 1, <u8>(coefficient - quotient * 10));
    coefficient = quotient;
  }
  decimal.negative = <u32>negative;
  decimal.exponent = exponent;
  decimal.count = count;
}

/** Digits of a positive integer below 10^19. */
export function digitCount(value: u64): u32 {
  let count: u32 = 1;
  while (value >= 10000) {
    value /= 10000;
    count += 4;
  }
  return count + <u32>(value >= 10) + <u32>(value >= 100) + <u32>(value >= 1000);
}

/** The digits as one integer. Only for count <= 19. */
export function coefficientOf(decimal: Decimal): u64 {
  assert(decimal.count <= 19);
  let coefficient: u64 = 0;
  const digits = digitsOf(decimal);
  for (let i: u32 = 0; i < decimal.count; i++)
    coefficient = coefficient * 10 + <u64>load<u8>(digits + i);
  return coefficient;
}

/** -1, 0 or 1: the order of two numbers. */
export function decimalCompare(a: Decimal, b: Decimal): i32 {
  const signA = sign(a);
  const signB = sign(b);
  if (signA != signB) return signA < signB ? -1 : 1;
  if (signA == 0) return 0;
  const exponentA = leadingExponent(a);
  const exponentB = leadingExponent(b);
  if (exponentA != exponentB) return exponentA < exponentB == signA > 0 ? -1 : 1;
  const order = compareBytes(digitsOf(a), a.count, digitsOf(b), b.count);
  if (order == 0) return 0;
  return order < 0 == signA > 0 ? -1 : 1;
}

@inline
function sign(decimal: Decimal): i32 {
  return decimal.count == 0 ? 0 : decimal.negative ? -1 : 1;
}

/**
 * Reads `[+-]? (digits [. digits?] | . digits) ([eE][+-]?digits)?`. OK, BAD_INPUT or a NUMBER_
 * fault.
 */
export function decimalParse(ptr: usize, length: u32, out: Decimal): i32 {
  const end = ptr + <usize>length;
  const negative = ptr < end && load<u8>(ptr) == 0x2d;
  if (ptr < end && (negative || load<u8>(ptr) == 0x2b)) ptr++;

  const digits = digitsOf(out);
  let written: u32 = 0; // digits of any kind
  let total: u32 = 0; // digits from the first that is not zero
  let count: u32 = 0; // those up to the last that is not zero
  let fraction: u32 = 0; // digits after the point
  let point = false;
  for (; ptr < end; ptr++) {
    const byte = <u32>load<u8>(ptr);
    const digit = byte - 0x30;
    if (digit > 9) {
      if (byte != 0x2e || point) break;
      point = true;
      continue;
    }
    written++;
    fraction += <u32>point;
    if (digit == 0 && total == 0) continue;
    if (total < DIGITS_MAX) store<u8>(digits + total, <u8>digit);
    total++;
    if (digit != 0) count = total;
  }
  if (written == 0) return BAD_INPUT;

  let exponent: i64 = 0;
  if (ptr < end) {
    if ((load<u8>(ptr) | 0x20) != 0x65) return BAD_INPUT;
    exponent = parseExponent(ptr + 1, end);
    if (exponent == EXPONENT_INVALID) return BAD_INPUT;
  }
  // Zero is judged by the exponent as written, any other number by its leading digit.
  const leading = count == 0 ? exponent : exponent + <i64>total - <i64>fraction - 1;
  if (leading > EXPONENT_MAX) return NUMBER_OVERFLOW;
  if (leading < EXPONENT_MIN) return NUMBER_UNDERFLOW;
  if (count > DIGITS_MAX) return NUMBER_TOO_PRECISE;
  if (count == 0) {
    decimalSetZero(out);
    return OK;
  }
  out.negative = <u32>negative;
  out.exponent = <i32>leading - <i32>count + 1;
  out.count = count;
  return OK;
}

const EXPONENT_INVALID: i64 = i64.MIN_VALUE;
const EXPONENT_FAR: i64 = 1 << 40; // farther than any text is long, and safe to add to

/**
 * `[+-]?digits` up to `end`, cut to +-EXPONENT_FAR. A value that does not fit in an i64 is no
 * exponent at all.
 */
function parseExponent(ptr: usize, end: usize): i64 {
  const negative = ptr < end && load<u8>(ptr) == 0x2d;
  if (ptr < end && (negative || load<u8>(ptr) == 0x2b)) ptr++;
  if (ptr == end) return EXPONENT_INVALID;
  const bound = <u64>i64.MAX_VALUE + <u64>negative;
  let magnitude: u64 = 0;
  for (; ptr < end; ptr++) {
    const digit = <u64>load<u8>(ptr) - 0x30;
    if (digit > 9 || magnitude > bound / 10 || magnitude * 10 > bound - digit)
      return EXPONENT_INVALID;
    magnitude = magnitude * 10 + digit;
  }
  const far = min<i64>(<i64>min<u64>(magnitude, <u64>EXPONENT_FAR), EXPONENT_FAR);
  return negative ? -far : far;
}

/** Writes plain decimal text (no exponent), at most NUMBER_TEXT_MAX bytes. Bytes written. */
export function decimalText(decimal: Decimal, out: usize): i32 {
  const start = out;
  const digits = digitsOf(decimal);
  const count = <i32>decimal.count;
  if (count == 0) {
    store<u8>(out, 0x30);
    return 1;
  }
  if (decimal.negative) store<u8>(out++, 0x2d);
  const integer = count + decimal.exponent; // digits before the point, if any
  if (integer <= 0) {
    store<u8>(out++, 0x30);
    store<u8>(out++, 0x2e);
    out = putZeros(out, -integer);
  }
  for (let i = 0; i < count; i++) {
    if (i == integer && integer > 0) store<u8>(out++, 0x2e);
    store<u8>(out++, 0x30 + load<u8>(digits + i));
  }
  out = putZeros(out, decimal.exponent);
  return <i32>(out - start);
}

function putZeros(out: usize, count: i32): usize {
  for (; count > 0; count--) store<u8>(out++, 0x30);
  return out;
}
