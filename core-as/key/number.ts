// The number component of a key: bytes whose memcmp order is the order of the numbers.
//
//   zero      20 00
//   positive  30 . E + 130 . pair ... . 00          pair = two digits as 0..99, plus 1
//   negative  10 . 255 - (E + 130) . 255 - pair ... . FF
//   value = d.ddd x 10^E, -130 <= E <= 125
//   no zero digit at either end; an odd count is padded with one behind
//
// A component ends itself (00 is below and FF above every byte of a pair), so the next one may
// follow directly.

import { BAD_INPUT, CORRUPT, OK } from '../layout';
import {
  Decimal,
  decimalParse,
  decimalSet,
  decimalText,
  DIGITS_MAX,
  digitsOf,
  EXPONENT_MIN,
  leadingExponent,
} from '../item/decimal';
import { numberLoad } from '../item/number';
import { decimalAt } from '../item/workspace';

/** The longest component: sign, exponent, 19 pairs, terminator. */
export const NUMBER_KEY_BYTES_MAX: u32 = 22;

const ZERO: u8 = 0x20;
const POSITIVE: u8 = 0x30;
const NEGATIVE: u8 = 0x10;
const PAIRS_MAX: u32 = DIGITS_MAX / 2;

/**
 * Writes the component of a decimal text. Bytes written, or BAD_INPUT or a NUMBER_ fault
 * (item/decimal.ts).
 */
export function writeNumberKey(text: usize, length: u32, out: usize): i32 {
  const decimal = decimalAt(0);
  const status = decimalParse(text, length, decimal);
  return status == OK ? writeDecimal(decimal, out) : status;
}

/** The same of a safe integer; BAD_INPUT if it is none. */
export function writeNumberKeyInt(value: f64, out: usize): i32 {
  if (!(abs(value) <= <f64>f64.MAX_SAFE_INTEGER) || value != floor(value)) return BAD_INPUT;
  const decimal = decimalAt(0);
  decimalSet(decimal, value < 0, <u64>abs(value), 0);
  return writeDecimal(decimal, out);
}

/** The same of a valid number value of an item. */
export function writeNumberKeyValue(value: usize, out: usize): i32 {
  const decimal = decimalAt(0);
  numberLoad(value, decimal);
  return writeDecimal(decimal, out);
}

function writeDecimal(decimal: Decimal, out: usize): i32 {
  if (decimal.count == 0) {
    store<u8>(out, ZERO);
    store<u8>(out, 0, 1);
    return 2;
  }
  const flip: u32 = decimal.negative ? 0xff : 0; // 255 - x
  const digits = digitsOf(decimal);
  const pairs = (decimal.count + 1) >> 1;
  store<u8>(out, decimal.negative ? NEGATIVE : POSITIVE);
  store<u8>(out, <u8>((<u32>(leadingExponent(decimal) - EXPONENT_MIN)) ^ flip), 1);
  for (let i: u32 = 0; i < pairs; i++) {
    const high = <u32>load<u8>(digits + (i << 1));
    const low = (i << 1) + 1 < decimal.count ? <u32>load<u8>(digits + (i << 1) + 1) : 0;
    store<u8>(out + i, <u8>((high * 10 + low + 1) ^ flip), 2);
  }
  store<u8>(out + pairs, <u8>flip, 2);
  return <i32>(pairs + 3);
}

/**
 * Writes the canonical plain text (at most NUMBER_TEXT_MAX bytes). Bytes written, or CORRUPT if no
 * number starts at ptr.
 */
export function readNumberKey(ptr: usize, outText: usize): i32 {
  const decimal = decimalAt(0);
  return readDecimal(ptr, decimal) == OK ? decimalText(decimal, outText) : CORRUPT;
}

/** Reads at most NUMBER_KEY_BYTES_MAX bytes. */
function readDecimal(ptr: usize, decimal: Decimal): i32 {
  const head = load<u8>(ptr);
  if (head == ZERO) {
    decimalSet(decimal, false, 0, 0);
    return load<u8>(ptr, 1) == 0 ? OK : CORRUPT;
  }
  if (head != POSITIVE && head != NEGATIVE) return CORRUPT;
  const flip: u32 = head == NEGATIVE ? 0xff : 0;
  const leading = <i32>((<u32>load<u8>(ptr, 1)) ^ flip) + EXPONENT_MIN;
  const digits = digitsOf(decimal);
  let pairs: u32 = 0;
  while (true) {
    const byte = (<u32>load<u8>(ptr + pairs, 2)) ^ flip;
    if (byte == 0) break;
    if (byte > 100 || pairs == PAIRS_MAX) return CORRUPT;
    store<u8>(digits + (pairs << 1), <u8>((byte - 1) / 10));
    store<u8>(digits + (pairs << 1) + 1, <u8>((byte - 1) % 10));
    pairs++;
  }
  let count = pairs << 1;
  if (count != 0 && load<u8>(digits + count - 1) == 0) count--;
  if (count == 0 || load<u8>(digits) == 0 || load<u8>(digits + count - 1) == 0) return CORRUPT;
  decimal.negative = <u32>(flip != 0);
  decimal.count = count;
  decimal.exponent = leading - <i32>count + 1;
  return OK;
}

/** The first byte after a number component, or 0 if none ends before `limit`. */
export function numberKeyEnd(ptr: usize, limit: usize): usize {
  if (ptr >= limit) return 0;
  const terminator: u8 = load<u8>(ptr) == NEGATIVE ? 0xff : 0;
  // The exponent may look like a terminator; zero has none.
  ptr += load<u8>(ptr) == ZERO ? 1 : 2;
  for (; ptr < limit; ptr++) {
    if (load<u8>(ptr) == terminator) return ptr + 1;
  }
  return 0;
}
