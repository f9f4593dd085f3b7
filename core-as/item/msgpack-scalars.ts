// Scalars and sets of msgpack to encoded values. Each function writes the value whose head was just read,
// whose content begins at `content`, at `out`; returns where the encoded value ends, or 0: no value of
// DynamoDB's, or no room. Numbers come out in their one encoding, text is checked to be UTF-8.

import { OK } from '../layout';
import { compareBytes, copyBytes } from '../memory/bytes';
import { decimalSet } from './decimal';
import { EXT_BS, EXT_NS, EXT_NUMBER, EXT_SS } from './msgpack-format';
import {
  IS_BIN, IS_BOOL, IS_EXT, IS_FLOAT, IS_INTEGER, IS_NIL, IS_STR, packedHead, readHead,
} from './msgpack-head';
import { numberCompare, numberParse, numberStore, NUMBER_BYTES_MAX } from './number';
import { inRange, shortestDecimal } from './shortest';
import { isAsciiText, isUtf8 } from './utf8';
import {
  ASCII, ASCII32, BIN, BIN32, BS, bytesAt, bytesLength, FALSE, INT16, INT32, INT8, NS, NULL, SCALED,
  SHORT_MAX, SS, TRUE, UTF8, UTF8_32,
} from './value';
import { decimalAt } from './workspace';

const LONG_HEAD_BYTES: usize = 9;
const SHORT_HEAD_BYTES: usize = 3;
/** Numbers have at most 38 digits; longer texts take the long way, which says what is wrong with them. */
const DIGITS_TEXT_MAX: u32 = 256;

/** Any value but an array or a map. */
export function storeScalar(content: usize, out: usize, limit: usize): usize {
  const head = packedHead();
  switch (head.kind) {
    case IS_STR:
      return storeText(content, head.length, out, limit);
    case IS_INTEGER:
    case IS_FLOAT:
      return storeNumber(content, out, limit);
    case IS_NIL:
    case IS_BOOL:
      if (out >= limit) return 0;
      store<u8>(out, <u8>(head.kind == IS_NIL ? NULL : head.integer != 0 ? TRUE : FALSE));
      return out + 1;
    case IS_BIN:
      return storeBytes(BIN, BIN32, content, head.length, out, limit);
    case IS_EXT:
      if (head.type == EXT_NUMBER) return storeNumber(content, out, limit);
      return head.type >= EXT_SS && head.type <= EXT_BS ? storeSet(content, out, limit) : 0;
    default:
      return 0;
  }
}

export function storeText(text: usize, length: u32, out: usize, limit: usize): usize {
  if (isAsciiText(text, length)) return storeBytes(ASCII, ASCII32, text, length, out, limit);
  return isUtf8(text, length) ? storeBytes(UTF8, UTF8_32, text, length, out, limit) : 0;
}

@inline
function storeBytes(
  short: u32, long: u32, bytes: usize, length: u32, out: usize, limit: usize,
): usize {
  if (limit - out < <usize>length + 5) return 0;
  if (length <= SHORT_MAX) {
    store<u8>(out, <u8>short);
    store<u8>(out, <u8>length, 1);
    out += 2;
  } else {
    store<u8>(out, <u8>long);
    store<u32>(out, length, 1);
    out += 5;
  }
  copyBytes(out, bytes, length);
  return out + <usize>length;
}

/** An integer, a float or an exact decimal. */
export function storeNumber(content: usize, out: usize, limit: usize): usize {
  if (limit - out < <usize>NUMBER_BYTES_MAX) return 0;
  const head = packedHead();
  if (head.kind == IS_FLOAT) return storeFloat(head.float, out);
  if (head.kind == IS_INTEGER) return storeInteger(head.integer, head.wide != 0, out);
  if (head.length > DIGITS_TEXT_MAX) return 0;
  const written = numberParse(content, head.length, out);
  return written < OK ? 0 : out + <usize>written;
}

function storeInteger(value: i64, wide: bool, out: usize): usize {
  if (!wide && value == <i64>(<i32>value)) return storeSmall(<i32>value, out);
  const decimal = decimalAt(0);
  const negative = !wide && value < 0;
  decimalSet(decimal, negative, negative ? 0 - <u64>value : <u64>value, 0);
  return out + <usize>numberStore(decimal, out, decimalAt(1));
}

function storeSmall(value: i32, out: usize): usize {
  if (value == <i32>(<i8>value)) {
    store<u8>(out, <u8>INT8);
    store<u8>(out, <u8>value, 1);
    return out + 2;
  }
  if (value == <i32>(<i16>value)) {
    store<u8>(out, <u8>INT16);
    store<u16>(out, <u16>value, 1);
    return out + 3;
  }
  store<u8>(out, <u8>INT32);
  store<u32>(out, <u32>value, 1);
  return out + 5;
}

/** A double stands for its shortest decimal. */
function storeFloat(value: f64, out: usize): usize {
  if (value == floor(value) && abs(value) <= 2147483648) {
    const integer = <i64>value;
    if (integer == <i64>(<i32>integer)) return storeSmall(<i32>integer, out);
  }
  if (!inRange(value)) return 0;
  // Everyday fractions: value = mantissa / 10^k with a mantissa of 31 bits is a proof, as a decimal of at
  // most 15 digits is the shortest one of its double.
  const magnitude = abs(value);
  if (magnitude > 0.2147483648 && magnitude < 2147483648) {
    let power: f64 = 10;
    for (let k = 1; k <= 9; k++) {
      const mantissa = nearest(value * power);
      if (abs(mantissa) >= 2147483648) break;
      if (mantissa / power == value) {
        store<u8>(out, <u8>SCALED);
        store<u8>(out, <u8>(-k), 1);
        store<i32>(out, <i32>mantissa, 2);
        return out + 6;
      }
      power *= 10;
    }
  }
  const decimal = decimalAt(0);
  shortestDecimal(value, decimal);
  return out + <usize>numberStore(decimal, out, decimalAt(1));
}

/** A set whose members ascend: others take the long way, which sorts them and says which stands twice. */
function storeSet(payload: usize, out: usize, limit: usize): usize {
  const head = packedHead();
  const type = head.type;
  const end = payload + <usize>head.length;
  let ptr = readHead(payload, end);
  const count = head.length;
  if (ptr == 0 || count == 0 || limit - out < LONG_HEAD_BYTES) return 0;
  const body = out + SHORT_HEAD_BYTES;
  let at = body;
  let previous: usize = 0;
  for (let i = count; i > 0; i--) {
    const content = readHead(ptr, end);
    if (content == 0) return 0;
    ptr = head.kind >= IS_STR ? content + <usize>head.length : content;
    const member = at;
    at = type == EXT_SS ? storeMemberText(content, at, limit)
      : type == EXT_NS ? storeMemberNumber(content, at, limit)
      : storeMemberBytes(content, at, limit);
    if (at == 0) return 0;
    if (previous != 0 && !ascends(type, previous, member)) return 0;
    previous = member;
  }
  if (ptr != end) return 0;
  return closeBody(type == EXT_SS ? SS : type == EXT_NS ? NS : BS, out, at, limit, count);
}

function storeMemberText(content: usize, out: usize, limit: usize): usize {
  const head = packedHead();
  return head.kind == IS_STR ? storeText(content, head.length, out, limit) : 0;
}

function storeMemberBytes(content: usize, out: usize, limit: usize): usize {
  const head = packedHead();
  return head.kind == IS_BIN ? storeBytes(BIN, BIN32, content, head.length, out, limit) : 0;
}

function storeMemberNumber(content: usize, out: usize, limit: usize): usize {
  const head = packedHead();
  const decimal = head.kind == IS_EXT && head.type == EXT_NUMBER;
  return decimal || head.kind == IS_INTEGER || head.kind == IS_FLOAT
    ? storeNumber(content, out, limit)
    : 0;
}

@inline
function ascends(type: u32, a: usize, b: usize): bool {
  if (type == EXT_NS) return numberCompare(a, b) < 0;
  return compareBytes(bytesAt(a), bytesLength(a), bytesAt(b), bytesLength(b)) < 0;
}

/**
 * Writes the head of a list, map or set at `out`, whose body lies from `out + 3` to `end`: a body that
 * turned out long is moved up. `tag` is that of the short form. Returns where it ends, or 0.
 */
export function closeBody(tag: u32, out: usize, end: usize, limit: usize, count: u32): usize {
  const body = out + SHORT_HEAD_BYTES;
  const bytes = <u32>(end - body);
  if (bytes <= SHORT_MAX && count <= SHORT_MAX) {
    store<u8>(out, <u8>tag);
    store<u8>(out, <u8>bytes, 1);
    store<u8>(out, <u8>count, 2);
    return end;
  }
  if (limit - end < LONG_HEAD_BYTES - SHORT_HEAD_BYTES) return 0;
  memory.copy(out + LONG_HEAD_BYTES, body, bytes);
  store<u8>(out, <u8>(tag + 1));
  store<u32>(out, bytes, 1);
  store<u32>(out, count, 5);
  return out + LONG_HEAD_BYTES + <usize>bytes;
}
