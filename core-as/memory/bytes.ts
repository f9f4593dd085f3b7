// Bytes: comparison in key order, big-endian loads and stores (keys are big-endian), alignment.

/** Order of unsigned bytes, a prefix before what it begins: -1, 0, 1. */
export function compareBytes(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  const common = min<u32>(aLength, bLength);
  let at: u32 = 0;
  for (; at + 8 <= common; at += 8) {
    const x = load<u64>(a + at);
    const y = load<u64>(b + at);
    if (x != y) {
      const shift = ctz<u64>(x ^ y) & 56; // the lowest differing byte comes first in memory
      return ((x >> shift) & 255) < ((y >> shift) & 255) ? -1 : 1;
    }
  }
  for (; at < common; at++) {
    const x: u32 = load<u8>(a + at);
    const y: u32 = load<u8>(b + at);
    if (x != y) return x < y ? -1 : 1;
  }
  return i32(aLength > bLength) - i32(aLength < bLength);
}

/** Faster than compareBytes when only equality is asked; lengths are compared by the caller. */
@inline
export function equalBytes(a: usize, b: usize, length: u32): bool {
  let at: u32 = 0;
  for (; at + 8 <= length; at += 8) {
    if (load<u64>(a + at) != load<u64>(b + at)) return false;
  }
  for (; at < length; at++) {
    if (load<u8>(a + at) != load<u8>(b + at)) return false;
  }
  return true;
}

/**
 * Copies between areas that do not overlap. Short copies stay inside the module: memory.copy is a
 * call out of it.
 */
@inline
export function copyBytes(to: usize, from: usize, bytes: u32): void {
  if (bytes > COPY_INLINE_MAX) memory.copy(to, from, bytes);
  else copyShort(to, from, bytes);
}
const COPY_INLINE_MAX: u32 = 1024;

export function copyShort(to: usize, from: usize, bytes: u32): void {
  if (bytes >= 16) {
    const end = bytes - 16;
    for (let at: u32 = 0; at < end; at += 16) v128.store(to + at, v128.load(from + at));
    v128.store(to + end, v128.load(from + end));
    return;
  }
  if (bytes >= 8) {
    const tail = load<u64>(from + bytes - 8);
    store<u64>(to, load<u64>(from));
    store<u64>(to + bytes - 8, tail);
    return;
  }
  for (let at: u32 = 0; at < bytes; at++) store<u8>(to + at, load<u8>(from + at));
}

@inline
export function swap64(x: u64): u64 {
  x = ((x >> 8) & 0x00ff00ff00ff00ff) | ((x & 0x00ff00ff00ff00ff) << 8);
  x = ((x >> 16) & 0x0000ffff0000ffff) | ((x & 0x0000ffff0000ffff) << 16);
  return rotl<u64>(x, 32);
}

@inline
export function swap32(x: u32): u32 {
  return rotl<u32>(x & 0xff00ff00, 8) | rotr<u32>(x & 0x00ff00ff, 8);
}

@inline
export function loadU64BE(ptr: usize): u64 {
  return swap64(load<u64>(ptr));
}

@inline
export function loadU32BE(ptr: usize): u32 {
  return swap32(load<u32>(ptr));
}

@inline
export function loadU16BE(ptr: usize): u32 {
  return ((<u32>load<u8>(ptr)) << 8) | load<u8>(ptr, 1);
}

@inline
export function storeU64BE(ptr: usize, value: u64): void {
  store<u64>(ptr, swap64(value));
}

@inline
export function storeU32BE(ptr: usize, value: u32): void {
  store<u32>(ptr, swap32(value));
}

@inline
export function storeU16BE(ptr: usize, value: u32): void {
  store<u8>(ptr, <u8>(value >> 8));
  store<u8>(ptr, <u8>value, 1);
}

/**
 * The first 8 bytes of a key as an integer that orders like the key; a shorter key is padded with
 * zeros.
 */
@inline
export function keyPrefix(key: usize, length: u32): u64 {
  return length >= 8 ? loadU64BE(key) : shortPrefix(key, length);
}

function shortPrefix(key: usize, length: u32): u64 {
  let prefix: u64 = 0;
  for (let at: u32 = 0; at < length; at++) prefix |= (<u64>load<u8>(key + at)) << (56 - (at << 3));
  return prefix;
}

@inline
export function alignUp8(bytes: u32): u32 {
  return (bytes + 7) & ~7;
}
