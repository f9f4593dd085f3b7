// Pieces of msgpack, written in their shortest form. As in json-text.ts: every function writes at `out`,
// never at or beyond `limit`, and returns where it ended, or 0 if there was no room.

import { copyBytes, storeU16BE, storeU32BE, storeU64BE } from '../memory/bytes';
import {
  ARRAY16, BIN8, EXT8, FIXARRAY, FIXEXT1, FIXMAP, FIXSTR, MAP16, PACKED_FLOAT64, PACKED_INT64,
  PACKED_INT8, STR8, UINT64, UINT8,
} from './msgpack-format';

const HEADER_BYTES_MAX: usize = 9;

@inline
export function packByte(byte: u32, out: usize, limit: usize): usize {
  if (out >= limit) return 0;
  store<u8>(out, <u8>byte);
  return out + 1;
}

/** `code` is that of the 8-bit form; those of 16 and 32 bits come behind it. */
@inline
function packLength(code: u32, length: u32, out: usize): usize {
  if (length <= 0xff) {
    store<u8>(out, <u8>code);
    store<u8>(out, <u8>length, 1);
    return out + 2;
  }
  return packLongLength(code + 1, length, out);
}

/** `code` is that of the 16-bit form. */
function packLongLength(code: u32, length: u32, out: usize): usize {
  if (length <= 0xffff) {
    store<u8>(out, <u8>code);
    storeU16BE(out + 1, length);
    return out + 3;
  }
  store<u8>(out, <u8>(code + 1));
  storeU32BE(out + 1, length);
  return out + 5;
}

/** A str. */
export function packText(text: usize, length: u32, out: usize, limit: usize): usize {
  if (limit - out < <usize>length + HEADER_BYTES_MAX && !fits(length, 32, out, limit)) return 0;
  if (length < 32) {
    store<u8>(out++, <u8>(FIXSTR | length));
  } else {
    out = packLength(STR8, length, out);
  }
  copyBytes(out, text, length);
  return out + <usize>length;
}

/** A bin. */
export function packBytes(bytes: usize, length: u32, out: usize, limit: usize): usize {
  if (limit - out < <usize>length + HEADER_BYTES_MAX && !fits(length, 0, out, limit)) return 0;
  out = packLength(BIN8, length, out);
  copyBytes(out, bytes, length);
  return out + <usize>length;
}

/** Near the limit: header and content exactly. Below `short` the header is one byte. */
function fits(length: u32, short: u32, out: usize, limit: usize): bool {
  const header = length < short ? 1 : length <= 0xff ? 2 : length <= 0xffff ? 3 : 5;
  return limit - out >= <usize>length + header;
}

/** The head of a map or an array. */
export function packHead(map: bool, count: u32, out: usize, limit: usize): usize {
  if (limit - out < (count < 16 ? 1 : count <= 0xffff ? 3 : 5)) return 0;
  if (count < 16) {
    store<u8>(out, <u8>((map ? FIXMAP : FIXARRAY) | count));
    return out + 1;
  }
  return packLongLength(map ? MAP16 : ARRAY16, count, out);
}

/** An integer. */
export function packInteger(value: i64, out: usize, limit: usize): usize {
  if (value >= -32 && value < 128) return packByte(<u32>value & 0xff, out, limit);
  if (limit - out < HEADER_BYTES_MAX && limit - out < integerBytes(value)) return 0;
  if (value >= 0) {
    if (value <= 0xff) return storeShort(UINT8, <u32>value, out);
    if (value <= 0xffff) return storeMiddle(UINT8 + 1, <u32>value, out);
    if (value <= 0xffffffff) return storeLong(UINT8 + 2, <u32>value, out);
    return storeWide(UINT64, <u64>value, out);
  }
  if (value >= -0x80) return storeShort(PACKED_INT8, <u32>value, out);
  if (value >= -0x8000) return storeMiddle(PACKED_INT8 + 1, <u32>value, out);
  if (value >= -0x80000000) return storeLong(PACKED_INT8 + 2, <u32>value, out);
  return storeWide(PACKED_INT64, <u64>value, out);
}

function integerBytes(value: i64): usize {
  if (value >= 0) return value <= 0xff ? 2 : value <= 0xffff ? 3 : value <= 0xffffffff ? 5 : 9;
  return value >= -0x80 ? 2 : value >= -0x8000 ? 3 : value >= -0x80000000 ? 5 : 9;
}

@inline
function storeShort(code: u32, value: u32, out: usize): usize {
  store<u8>(out, <u8>code);
  store<u8>(out, <u8>value, 1);
  return out + 2;
}

@inline
function storeMiddle(code: u32, value: u32, out: usize): usize {
  store<u8>(out, <u8>code);
  storeU16BE(out + 1, value);
  return out + 3;
}

@inline
function storeLong(code: u32, value: u32, out: usize): usize {
  store<u8>(out, <u8>code);
  storeU32BE(out + 1, value);
  return out + 5;
}

@inline
function storeWide(code: u32, value: u64, out: usize): usize {
  store<u8>(out, <u8>code);
  storeU64BE(out + 1, value);
  return out + 9;
}

export function packFloat(value: f64, out: usize, limit: usize): usize {
  if (limit - out < 9) return 0;
  return storeWide(PACKED_FLOAT64, reinterpret<u64>(value), out);
}

/** The longest head of an ext. */
export const EXT_HEAD_MAX: usize = 6;

/**
 * Puts the head of an ext before a payload that was written from `out + EXT_HEAD_MAX` to `end`, and
 * moves the payload up to it. Returns where the ext ends.
 */
export function closeExt(type: u32, out: usize, end: usize): usize {
  const payload = out + EXT_HEAD_MAX;
  const length = <u32>(end - payload);
  let at: usize;
  if (length <= 16 && length != 0 && popcnt<u32>(length) == 1) {
    store<u8>(out, <u8>(FIXEXT1 + ctz<u32>(length)));
    at = out + 1;
  } else {
    at = packLength(EXT8, length, out);
  }
  store<u8>(at, <u8>type);
  memory.copy(at + 1, payload, length);
  return at + 1 + <usize>length;
}
