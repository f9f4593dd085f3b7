// Reading keys back: where a component ends, and the bytes of a string or binary. Numbers:
// number.ts.

import { CORRUPT } from '../layout';

/** The first byte after a string or binary component, or 0 if none ends before `limit`. */
export function bytesKeyEnd(ptr: usize, limit: usize): usize {
  for (; ptr < limit; ptr++) {
    if (load<u8>(ptr) == 0) return ptr + 1;
  }
  return 0;
}

/**
 * Writes the bytes of a component of `length` bytes, terminator included. Bytes written, or
 * CORRUPT.
 */
export function readBytesKey(ptr: usize, length: u32, out: usize): i32 {
  if (length == 0) return CORRUPT;
  const start = out;
  const last = ptr + <usize>length - 1;
  while (ptr < last) {
    let byte = load<u8>(ptr++);
    if (byte == 0) return CORRUPT;
    if (byte == 1) {
      if (ptr == last) return CORRUPT;
      byte = load<u8>(ptr++) - 1;
      if (byte > 1) return CORRUPT;
    }
    store<u8>(out++, byte);
  }
  return load<u8>(last) == 0 ? <i32>(out - start) : CORRUPT;
}
