// Binary values: what counts as one, and how it is written.

import { types } from 'node:util';
import { BIN, BIN32, NO_ROOM, SHORT_MAX } from './format.js';
import { writeLength32 } from './text-writer.js';
import { written } from './written-size.js';

/** Below this a loop beats the call of TypedArray.set. */
const LOOP_BYTES_MAX = 32;

/**
 * The bytes of a Buffer, a typed array, a DataView or an ArrayBuffer, in place; undefined for any
 * other object.
 */
export function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (types.isArrayBuffer(value)) return new Uint8Array(value);
  return undefined;
}

export function writeBinary(u8: Uint8Array, at: number, limit: number, bytes: Uint8Array): number {
  const length = bytes.length;
  const start = at + (length <= SHORT_MAX ? 2 : 5);
  if (start + length > limit) return NO_ROOM;
  if (length <= SHORT_MAX) {
    u8[at] = BIN;
    u8[at + 1] = length;
  } else {
    u8[at] = BIN32;
    writeLength32(u8, at + 1, length);
  }
  if (length <= LOOP_BYTES_MAX) {
    for (let i = 0; i < length; i++) u8[start + i] = bytes[i];
  } else {
    u8.set(bytes, start);
  }
  written.bytes = length;
  return start + length;
}

/** Unsigned byte order, the shorter prefix first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}
