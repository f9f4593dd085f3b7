// LZ4 block format (no frame, no dictionary): the compression of table blocks.
//
//   sequence := token u8 . [literal length bytes] . literals . offset u16 LE . [match length bytes]
//   token    := high nibble literal length, low nibble match length - 4
//               15 in a nibble: length bytes follow and are added, up to and with the first < 255
//   The last sequence is literals alone, at least 5; no match begins in the last 12 bytes.
//
// Both directions touch nothing outside [src, src + srcBytes) and [dst, dst + dstMax or rawBytes).
// They copy 16 bytes at a time where 16 bytes lie inside those bounds; what such a copy writes past
// its end is written again later. The decompressor assumes nothing about its input.

import { CORRUPT } from '../layout';

/** Bytes of the work area of lz4Compress. What it holds before and after means nothing. */
export const LZ4_TABLE_BYTES: u32 = 16384;

const HASH_BITS: u32 = 12;
const HASH_BITS_SMALL: u32 = 10; // for a data block, whose time clearing the table would dominate
const SMALL_BYTES: u32 = 8192;
const HASH_PRIME: u64 = 889523592379; // of the reference implementation, for five bytes
const MATCH_MIN: usize = 4;
const OFFSET_MAX: usize = 65535;
const LITERALS_LAST: usize = 5;
const MATCH_START_LAST: usize = 12;
const LENGTH_NIBBLE: usize = 15;
const SKIP_SHIFT: u32 = 6; // after 2^6 misses the search takes steps of two, then three, ...
const LANES: usize = 16;

@inline
function hashSlot(ptr: usize, table: usize, shift: u64): usize {
  return table + ((<usize>(((load<u64>(ptr) << 24) * HASH_PRIME) >> shift)) << 2);
}

/** Compressed bytes written, or 0 if they would be more than dstMax. */
export function lz4Compress(src: usize, srcBytes: u32, dst: usize, dstMax: u32, table: usize): i32 {
  const end = src + <usize>srcBytes;
  const outEnd = dst + <usize>dstMax;
  let out = dst;
  let anchor = src; // first byte not yet written
  if (<usize>srcBytes > MATCH_START_LAST) {
    const bits = srcBytes <= SMALL_BYTES ? HASH_BITS_SMALL : HASH_BITS;
    const shift: u64 = 64 - <u64>bits;
    memory.fill(table, 0, (<usize>4) << bits);
    const searchEnd = end - MATCH_START_LAST;
    let ptr = src + 1;
    let misses: u32 = 1 << SKIP_SHIFT;
    while (ptr <= searchEnd) {
      const slot = hashSlot(ptr, table, shift);
      let match = src + load<u32>(slot);
      store<u32>(slot, <u32>(ptr - src));
      if (load<u32>(match) != load<u32>(ptr) || ptr - match > OFFSET_MAX) {
        ptr += misses++ >> SKIP_SHIFT;
        continue;
      }
      misses = 1 << SKIP_SHIFT;
      while (ptr > anchor && match > src && load<u8>(ptr - 1) == load<u8>(match - 1)) {
        ptr--;
        match--;
      }
      const matched = matchEnd(ptr + MATCH_MIN, match + MATCH_MIN, end - LITERALS_LAST);
      const literals = ptr - anchor;
      const extra = matched - ptr - MATCH_MIN;
      // Up to two bytes more than it takes, which the literals at the end need in any case.
      if (outEnd - out < 5 + literals + literals / 255 + extra / 255) return 0;

      const token = out++;
      out = putLength(out, literals);
      copyLiterals(anchor, literals, out, end, outEnd);
      out += literals;
      store<u16>(out, <u16>(ptr - match));
      out = putLength(out + 2, extra);
      store<u8>(token, <u8>((min(literals, LENGTH_NIBBLE) << 4) | min(extra, LENGTH_NIBBLE)));

      ptr = matched;
      anchor = matched;
      if (ptr <= searchEnd) store<u32>(hashSlot(ptr - 2, table, shift), <u32>(ptr - 2 - src));
    }
  }
  const literals = end - anchor;
  const lengthBytes: usize = literals < LENGTH_NIBBLE ? 0 : (literals - LENGTH_NIBBLE) / 255 + 1;
  if (outEnd - out < 1 + lengthBytes + literals) return 0;
  store<u8>(out, <u8>(min(literals, LENGTH_NIBBLE) << 4));
  out = putLength(out + 1, literals);
  memory.copy(out, anchor, literals);
  return <i32>(out + literals - dst);
}

/** The first byte from `ptr` on that differs from its counterpart, at most `limit`. */
@inline
function matchEnd(ptr: usize, match: usize, limit: usize): usize {
  while (ptr + 8 <= limit) {
    const difference = load<u64>(ptr) ^ load<u64>(match);
    if (difference != 0) return ptr + ((<usize>ctz(difference)) >> 3);
    ptr += 8;
    match += 8;
  }
  while (ptr < limit && load<u8>(ptr) == load<u8>(match)) {
    ptr++;
    match++;
  }
  return ptr;
}

/** The bytes of a length that the token cannot hold. */
@inline
function putLength(out: usize, length: usize): usize {
  if (length >= LENGTH_NIBBLE) {
    let rest = length - LENGTH_NIBBLE;
    for (; rest >= 255; rest -= 255) store<u8>(out++, 255);
    store<u8>(out++, <u8>rest);
  }
  return out;
}

@inline
function copyLiterals(from: usize, length: usize, to: usize, fromEnd: usize, toEnd: usize): void {
  if (fromEnd - from < length + LANES || toEnd - to < length + LANES) {
    memory.copy(to, from, length);
    return;
  }
  for (let at: usize = 0; at < length; at += LANES) v128.store(to + at, v128.load(from + at));
}

/** rawBytes, or CORRUPT if the input is not a block of exactly so many bytes. */
export function lz4Decompress(src: usize, srcBytes: u32, dst: usize, rawBytes: u32): i32 {
  const end = src + <usize>srcBytes;
  const outEnd = dst + <usize>rawBytes;
  let ptr = src;
  let out = dst;
  while (ptr < end) {
    const token = <usize>load<u8>(ptr++);
    let length = token >> 4;
    if (length == LENGTH_NIBBLE) {
      let byte: usize;
      do {
        if (ptr == end || length > <usize>rawBytes) return CORRUPT;
        byte = <usize>load<u8>(ptr++);
        length += byte;
      } while (byte == 255);
    }
    if (length <= LANES && end - ptr >= LANES && outEnd - out >= LANES) {
      v128.store(out, v128.load(ptr));
    } else {
      if (end - ptr < length || outEnd - out < length) return CORRUPT;
      copyLiterals(ptr, length, out, end, outEnd);
    }
    ptr += length;
    out += length;
    if (ptr == end) return out == outEnd ? <i32>rawBytes : CORRUPT;

    if (end - ptr < 2) return CORRUPT;
    const offset = <usize>load<u16>(ptr);
    ptr += 2;
    if (offset - 1 >= out - dst) return CORRUPT; // zero wraps
    length = token & 15;
    if (length == LENGTH_NIBBLE) {
      let byte: usize;
      do {
        if (ptr == end || length > <usize>rawBytes) return CORRUPT;
        byte = <usize>load<u8>(ptr++);
        length += byte;
      } while (byte == 255);
    }
    length += MATCH_MIN;
    if (outEnd - out < length) return CORRUPT;
    copyMatch(out - offset, offset, out, length, outEnd);
    out += length;
  }
  return CORRUPT;
}

/** Byte i of row n is i modulo n. */
const REPEATS: usize = memory.data<u8>([
  // prettier-ignore
   0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
   0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
   0,  1,  0,  1,  0,  1,  0,  1,  0,  1,  0,  1,  0,  1,  0,  1,
   0,  1,  2,  0,  1,  2,  0,  1,  2,  0,  1,  2,  0,  1,  2,  0,
   0,  1,  2,  3,  0,  1,  2,  3,  0,  1,  2,  3,  0,  1,  2,  3,
   0,  1,  2,  3,  4,  0,  1,  2,  3,  4,  0,  1,  2,  3,  4,  0,
   0,  1,  2,  3,  4,  5,  0,  1,  2,  3,  4,  5,  0,  1,  2,  3,
   0,  1,  2,  3,  4,  5,  6,  0,  1,  2,  3,  4,  5,  6,  0,  1,
   0,  1,  2,  3,  4,  5,  6,  7,  0,  1,  2,  3,  4,  5,  6,  7,
   0,  1,  2,  3,  4,  5,  6,  7,  8,  0,  1,  2,  3,  4,  5,  6,
   0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  0,  1,  2,  3,  4,  5,
   0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10,  0,  1,  2,  3,  4,
   0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11,  0,  1,  2,  3,
   0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12,  0,  1,  2,
   0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13,  0,  1,
   0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,  0,
]);

/** Copies forward, so that a match that reaches into its own copy repeats. */
@inline
function copyMatch(from: usize, offset: usize, to: usize, length: usize, toEnd: usize): void {
  if (toEnd - to < length + LANES) {
    for (let at: usize = 0; at < length; at++) store<u8>(to + at, load<u8>(from + at));
  } else if (offset >= LANES) {
    for (let at: usize = 0; at < length; at += LANES) v128.store(to + at, v128.load(from + at));
  } else {
    const pattern = i8x16.swizzle(v128.load(from), v128.load(REPEATS + (offset << 4)));
    const step = LANES - (LANES % offset); // whole repetitions in 16 bytes
    for (let at: usize = 0; at < length; at += step) v128.store(to + at, pattern);
  }
}
