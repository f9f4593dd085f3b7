// Numbers inside items: INT8, INT16, INT32, SCALED, FLOAT64, DECIMAL (drawn in value.ts). One
// number has one encoding, the first of these that fits, so two numbers are equal exactly if their
// bytes are.
//
// All functions but numberEnd rely on a value that passed it (or was written by numberStore). They
// use the thread's two decimals (workspace.ts).

import { OK } from '../layout';
import {
  coefficientOf,
  Decimal,
  decimalCompare,
  decimalParse,
  decimalSet,
  decimalSetZero,
  decimalText,
  DIGITS_MAX,
  digitCount,
  digitsOf,
  EXPONENT_MAX,
  EXPONENT_MIN,
  leadingExponent,
} from './decimal';
import { doubleOfShortest, inRange, shortestDecimal } from './shortest';
import { DECIMAL, FLOAT64, INT16, INT32, INT8, SCALED } from './value';
import { decimalAt } from './workspace';

/** The longest encoding: tag, length, exponent, sign, 19 bytes of digits. */
export const NUMBER_BYTES_MAX: u32 = 24;

const INTEGER_DIGITS_MAX: u32 = 10; // of an int32
const FLOAT64_DIGITS_MAX: u32 = 17; // of any shortest decimal
const FLOAT64_DIGITS_SURE: u32 = 15; // so few digits always survive a double
const EXACT_POWER_MAX: i32 = 22; // 10^22 is the last power of ten that is a double

const EXACT_POWERS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]);

/** Takes a number value apart. */
export function numberLoad(value: usize, out: Decimal): void {
  switch (<u32>load<u8>(value)) {
    case INT8:
      return setInteger(out, load<i8>(value, 1), 0);
    case INT16:
      return setInteger(out, load<i16>(value, 1), 0);
    case INT32:
      return setInteger(out, load<i32>(value, 1), 0);
    case SCALED:
      return setInteger(out, load<i32>(value, 2), load<i8>(value, 1));
    case FLOAT64:
      return shortestDecimal(load<f64>(value, 1), out);
    default:
      loadPacked(value, out);
  }
}

@inline
function setInteger(out: Decimal, mantissa: i64, exponent: i32): void {
  decimalSet(out, mantissa < 0, <u64>abs(mantissa), exponent);
}

function loadPacked(value: usize, out: Decimal): void {
  const bytes = <u32>load<u8>(value, 1) - 3;
  out.exponent = load<i16>(value, 2);
  out.negative = load<u8>(value, 4);
  const digits = digitsOf(out);
  let count = bytes << 1;
  for (let i: u32 = 0; i < bytes; i++) {
    const pair = load<u8>(value + i, 5);
    store<u8>(digits + (i << 1), pair >> 4);
    store<u8>(digits + (i << 1) + 1, pair & 15);
  }
  if (load<u8>(digits + count - 1) == 15) count--;
  out.count = count;
}

/** The tag that a number must have. `work` is overwritten. */
function canonicalTag(decimal: Decimal, work: Decimal): u32 {
  const count = decimal.count;
  const exponent = decimal.exponent;
  if (count == 0) return INT8;
  if (count <= INTEGER_DIGITS_MAX) {
    const coefficient = coefficientOf(decimal);
    const integer = integerTag(coefficient, exponent, decimal.negative != 0);
    if (integer != 0) return integer;
    if (
      coefficient <= <u64>i32.MAX_VALUE + <u64>decimal.negative &&
      exponent == <i32>(<i8>exponent)
    )
      return SCALED;
  }
  if (count <= FLOAT64_DIGITS_SURE) return FLOAT64;
  if (count <= FLOAT64_DIGITS_MAX && doubleOfShortest(coefficientOf(decimal), exponent, work) != 0)
    return FLOAT64;
  return DECIMAL;
}

/**
 * INT8, INT16 or INT32, or 0 if the number is no integer of 32 bits. The coefficient has at most
 * ten digits.
 */
function integerTag(coefficient: u64, exponent: i32, negative: bool): u32 {
  if (exponent < 0 || exponent >= <i32>INTEGER_DIGITS_MAX) return 0;
  let magnitude = coefficient;
  for (; exponent > 0; exponent--) magnitude *= 10;
  const bound = <u64>negative;
  if (magnitude <= 127 + bound) return INT8;
  if (magnitude <= 32767 + bound) return INT16;
  return magnitude <= 2147483647 + bound ? INT32 : 0;
}

/**
 * Writes the one encoding of a decimal, at most NUMBER_BYTES_MAX bytes. Bytes written. `work` is
 * overwritten.
 */
export function numberStore(decimal: Decimal, out: usize, work: Decimal): i32 {
  const tag = canonicalTag(decimal, work);
  store<u8>(out, <u8>tag);
  if (tag == DECIMAL) return storePacked(decimal, out);
  let mantissa = <i64>coefficientOf(decimal);
  if (tag == FLOAT64) {
    const magnitude = doubleOfShortest(<u64>mantissa, decimal.exponent, work);
    store<f64>(out, decimal.negative ? -magnitude : magnitude, 1);
    return 9;
  }
  if (decimal.negative) mantissa = -mantissa;
  if (tag == SCALED) {
    store<i8>(out, <i8>decimal.exponent, 1);
    store<i32>(out, <i32>mantissa, 2);
    return 6;
  }
  for (let i = decimal.exponent; i > 0; i--) mantissa *= 10;
  if (tag == INT8) {
    store<i8>(out, <i8>mantissa, 1);
    return 2;
  }
  if (tag == INT16) {
    store<i16>(out, <i16>mantissa, 1);
    return 3;
  }
  store<i32>(out, <i32>mantissa, 1);
  return 5;
}

function storePacked(decimal: Decimal, out: usize): i32 {
  const bytes = (decimal.count + 1) >> 1;
  store<u8>(out, <u8>(3 + bytes), 1);
  store<i16>(out, <i16>decimal.exponent, 2);
  store<u8>(out, <u8>decimal.negative, 4);
  const digits = digitsOf(decimal);
  for (let i: u32 = 0; i < bytes; i++) {
    const high = load<u8>(digits + (i << 1));
    const low = (i << 1) + 1 < decimal.count ? load<u8>(digits + (i << 1) + 1) : 15;
    store<u8>(out + i, (high << 4) | low, 5);
  }
  return <i32>(5 + bytes);
}

/** Decimal text to its encoding. Bytes written, or BAD_INPUT or a NUMBER_ fault (decimal.ts). */
export function numberParse(text: usize, length: u32, out: usize): i32 {
  const decimal = decimalAt(0);
  const status = decimalParse(text, length, decimal);
  return status == OK ? numberStore(decimal, out, decimalAt(1)) : status;
}

/** Writes canonical plain text, at most NUMBER_TEXT_MAX bytes. Bytes written. */
export function numberText(value: usize, out: usize): i32 {
  const decimal = decimalAt(0);
  numberLoad(value, decimal);
  return decimalText(decimal, out);
}

/** -1, 0 or 1: the order of two number values by what they are worth. */
export function numberCompare(a: usize, b: usize): i32 {
  // A SCALED has at most ten digits, so rounding to a double loses nothing: the shortest decimal of
  // the double is the number. The shortest decimals of doubles are in the order of the doubles.
  const x = nearestDouble(a);
  const y = nearestDouble(b);
  if (x == x && y == y) return <i32>(x > y) - <i32>(x < y);
  const left = decimalAt(0);
  const right = decimalAt(1);
  numberLoad(a, left);
  numberLoad(b, right);
  return decimalCompare(left, right);
}

/**
 * The double that stands for a number exactly, or NaN where that takes more than one correctly
 * rounded step.
 */
export function nearestDouble(value: usize): f64 {
  switch (<u32>load<u8>(value)) {
    case INT8:
      return <f64>load<i8>(value, 1);
    case INT16:
      return <f64>load<i16>(value, 1);
    case INT32:
      return <f64>load<i32>(value, 1);
    case FLOAT64:
      return load<f64>(value, 1);
    case SCALED: {
      const exponent = <i32>load<i8>(value, 1);
      const mantissa = <f64>load<i32>(value, 2);
      if (exponent < 0 && exponent >= -EXACT_POWER_MAX) return mantissa / exactPower(-exponent);
      if (exponent >= 0 && exponent <= EXACT_POWER_MAX) return mantissa * exactPower(exponent);
    }
  }
  return NaN;
}

/** The double whose shortest decimal is a SCALED number; every one of so few digits has one. */
export function scaledDouble(value: usize): f64 {
  const mantissa = load<i32>(value, 2);
  const exponent = <i32>load<i8>(value, 1);
  const magnitude = doubleOfShortest(<u64>abs<i64>(mantissa), exponent, decimalAt(1));
  return mantissa < 0 ? -magnitude : magnitude;
}

@inline
function exactPower(exponent: i32): f64 {
  return load<f64>(EXACT_POWERS + ((<usize>exponent) << 3));
}

/**
 * DynamoDB's size: 1 + half the digits before and after the point, each rounded up, + 1 if
 * negative; zero is 1.
 */
export function numberSize(value: usize): u32 {
  const tag = <u32>load<u8>(value);
  if (tag == INT8) return integerSize(<i32>load<i8>(value, 1));
  if (tag == INT16) return integerSize(<i32>load<i16>(value, 1));
  if (tag == INT32) return integerSize(load<i32>(value, 1));
  if (tag == SCALED) {
    const mantissa = <i64>load<i32>(value, 2);
    return sizeOfDigits(digitCount(<u64>abs(mantissa)), load<i8>(value, 1), mantissa < 0);
  }
  const decimal = decimalAt(0);
  numberLoad(value, decimal);
  return sizeOfDigits(decimal.count, decimal.exponent, decimal.negative != 0);
}

function integerSize(value: i64): u32 {
  if (value == 0) return 1;
  let magnitude = <u64>abs(value);
  while (magnitude % 10 == 0) magnitude /= 10;
  return sizeOfDigits(digitCount(magnitude), 0, value < 0);
}

/**
 * Zeros at the end of an integer cost nothing, and zeros after the point only if something stands
 * before it.
 */
@inline
function sizeOfDigits(count: u32, exponent: i32, negative: bool): u32 {
  const integer = exponent < 0 ? <i32>count + exponent : 0;
  const bytes = integer > 0 ? ((integer + 1) >> 1) + ((1 - exponent) >> 1) : (<i32>count + 1) >> 1;
  return 1 + <u32>bytes + <u32>negative;
}

/**
 * Where a number value of unknown origin ends, or 0: it reaches past `limit`, or is not the one
 * encoding of a number.
 */
export function numberEnd(value: usize, limit: usize): usize {
  const tag = <u32>load<u8>(value);
  const available = limit - value;
  if (tag == INT8) return available >= 2 ? value + 2 : 0;
  if (tag == INT16) {
    return available >= 3 && load<i16>(value, 1) != <i16>load<i8>(value, 1) ? value + 3 : 0;
  }
  if (tag == INT32) {
    return available >= 5 && load<i32>(value, 1) != <i32>load<i16>(value, 1) ? value + 5 : 0;
  }
  const decimal = decimalAt(0);
  let end: usize;
  if (tag == SCALED) {
    if (available < 6 || load<i32>(value, 2) % 10 == 0) return 0;
    end = value + 6;
  } else if (tag == FLOAT64) {
    if (available < 9 || !inRange(load<f64>(value, 1))) return 0;
    end = value + 9;
  } else {
    if (available < 6) return 0;
    end = value + 2 + <usize>load<u8>(value, 1);
    if (tag != DECIMAL || end > limit || !packedIsSound(value)) return 0;
  }
  numberLoad(value, decimal);
  const leading = leadingExponent(decimal);
  if (leading > EXPONENT_MAX || leading < EXPONENT_MIN) return 0;
  return canonicalTag(decimal, decimalAt(1)) == tag ? end : 0;
}

/** Length, sign and digits of a DECIMAL: so much as numberLoad must know. */
function packedIsSound(value: usize): bool {
  const bytes = <u32>load<u8>(value, 1) - 3;
  if (bytes - 1 >= (DIGITS_MAX + 1) >> 1 || load<u8>(value, 4) > 1) return false;
  for (let i: u32 = 0; i < bytes; i++) {
    const pair = load<u8>(value + i, 5);
    if (pair >> 4 > 9) return false;
    if ((pair & 15) > 9 && (i != bytes - 1 || (pair & 15) != 15)) return false;
  }
  const last = load<u8>(value + bytes, 4);
  const lastDigit = (last & 15) == 15 ? last >> 4 : last & 15;
  return load<u8>(value, 5) >> 4 != 0 && lastDigit != 0;
}
