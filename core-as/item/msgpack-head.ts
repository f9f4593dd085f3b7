// Heads of msgpack values of any origin: what a value is and how long, read within a limit.
//
// Nothing is trusted: a length or count that cannot be true of the bytes that are left is refused here, so
// whoever allocates or loops by it is safe. The head lies in the thread's scratch until the next one is read.

import { PARAMS_AT } from '../layout';
import { loadU16BE, loadU32BE, loadU64BE } from '../memory/bytes';
import { scratch } from '../memory/thread';
import {
  ARRAY16, BIN8, EXT8, FIXARRAY, FIXEXT1, FIXEXT16, FIXMAP, FIXSTR, FLOAT32, MAP16,
  NEGATIVE_FIXINT, NEVER, NIL, PACKED_FALSE, PACKED_FLOAT64, PACKED_INT64, PACKED_INT8,
  PACKED_TRUE, STR8, UINT64, UINT8,
} from './msgpack-format';

export const IS_NIL: u32 = 0;
export const IS_BOOL: u32 = 1; //   integer: 0 or 1
export const IS_INTEGER: u32 = 2; // integer, and wide if it is above 2^63 - 1
export const IS_FLOAT: u32 = 3; //  float
export const IS_STR: u32 = 4; //    length
export const IS_BIN: u32 = 5; //    length
export const IS_EXT: u32 = 6; //    length, type
export const IS_ARRAY: u32 = 7; //  length: members
export const IS_MAP: u32 = 8; //    length: members

@unmanaged
export class PackedHead {
  integer: i64;
  float: f64;
  kind: u32;
  length: u32;
  type: u32;
  wide: u32;
}
const HEAD_AT: usize = PARAMS_AT + 128;

@inline
export function packedHead(): PackedHead {
  return changetype<PackedHead>(scratch + HEAD_AT);
}

/**
 * Reads the head at ptr. Returns where what follows it begins: the content of a str, bin or ext (which
 * ends by the limit), the first member of an array or map, else the next value. 0: no value is there.
 */
export function readHead(ptr: usize, limit: usize): usize {
  if (ptr >= limit) return 0;
  const head = packedHead();
  const code = <u32>load<u8>(ptr);
  ptr++;
  if (code < FIXMAP) return asInteger(head, code, ptr);
  if (code >= NEGATIVE_FIXINT) return asInteger(head, <i64>code - 256, ptr);
  if (code >= FIXSTR && code < NIL) return asBytes(head, IS_STR, code & 31, ptr, limit);
  if (code < FIXARRAY) return asMembers(head, IS_MAP, code & 15, ptr, limit);
  if (code < FIXSTR) return asMembers(head, IS_ARRAY, code & 15, ptr, limit);
  return readLongHead(head, code, ptr, limit);
}

@inline
function asInteger(head: PackedHead, value: i64, ptr: usize): usize {
  head.kind = IS_INTEGER;
  head.integer = value;
  head.wide = 0;
  return ptr;
}

@inline
function asBytes(head: PackedHead, kind: u32, length: u32, ptr: usize, limit: usize): usize {
  head.kind = kind;
  head.length = length;
  return limit - ptr >= <usize>length ? ptr : 0;
}

/** A member takes a byte or more, in a map two. */
@inline
function asMembers(head: PackedHead, kind: u32, count: u32, ptr: usize, limit: usize): usize {
  head.kind = kind;
  head.length = count;
  const membersMax = (limit - ptr) >> (kind == IS_MAP ? 1 : 0);
  return <usize>count <= membersMax ? ptr : 0;
}

function readLongHead(head: PackedHead, code: u32, ptr: usize, limit: usize): usize {
  if (code <= PACKED_TRUE) {
    if (code == NEVER) return 0;
    head.kind = code == NIL ? IS_NIL : IS_BOOL;
    head.integer = code - PACKED_FALSE;
    return ptr;
  }
  const left = limit - ptr;
  if (code < EXT8) return readLength(head, IS_BIN, code - BIN8, ptr, limit);
  if (code < FLOAT32) return readExt(head, code - EXT8, ptr, limit);
  if (code == FLOAT32) {
    if (left < 4) return 0;
    head.kind = IS_FLOAT;
    head.float = <f64>reinterpret<f32>(loadU32BE(ptr));
    return ptr + 4;
  }
  if (code == PACKED_FLOAT64) {
    if (left < 8) return 0;
    head.kind = IS_FLOAT;
    head.float = reinterpret<f64>(loadU64BE(ptr));
    return ptr + 8;
  }
  if (code <= PACKED_INT64) return readInteger(head, code, ptr, left);
  if (code <= FIXEXT16) {
    if (left < 1) return 0;
    head.type = load<u8>(ptr);
    return asBytes(head, IS_EXT, 1 << (code - FIXEXT1), ptr + 1, limit);
  }
  if (code < ARRAY16) return readLength(head, IS_STR, code - STR8, ptr, limit);
  const wide = ((code - ARRAY16) & 1) != 0;
  const bytes: usize = wide ? 4 : 2;
  if (left < bytes) return 0;
  const count = wide ? loadU32BE(ptr) : loadU16BE(ptr);
  const kind = code < MAP16 ? IS_ARRAY : IS_MAP;
  return asMembers(head, kind, count, ptr + bytes, limit);
}

/** A length of 1, 2 or 4 bytes, and the content. */
function readLength(head: PackedHead, kind: u32, power: u32, ptr: usize, limit: usize): usize {
  const bytes: usize = 1 << power;
  if (limit - ptr < bytes) return 0;
  const length = power == 0 ? <u32>load<u8>(ptr) : power == 1 ? loadU16BE(ptr) : loadU32BE(ptr);
  return asBytes(head, kind, length, ptr + bytes, limit);
}

function readExt(head: PackedHead, power: u32, ptr: usize, limit: usize): usize {
  const at = readLength(head, IS_EXT, power, ptr, limit);
  if (at == 0 || at >= limit) return 0;
  head.type = load<u8>(at);
  return limit - at - 1 >= <usize>head.length ? at + 1 : 0;
}

function readInteger(head: PackedHead, code: u32, ptr: usize, left: usize): usize {
  const power = (code - UINT8) & 3;
  const bytes: usize = 1 << power;
  if (left < bytes) return 0;
  const signed = code >= PACKED_INT8;
  const shift = <i64>(64 - (8 << power));
  const bits =
    power == 0 ? <u64>load<u8>(ptr)
    : power == 1 ? <u64>loadU16BE(ptr)
    : power == 2 ? <u64>loadU32BE(ptr)
    : loadU64BE(ptr);
  head.kind = IS_INTEGER;
  head.integer = signed ? (<i64>(bits << shift)) >> shift : <i64>bits;
  head.wide = <u32>(code == UINT64 && <i64>bits < 0);
  return ptr + bytes;
}
