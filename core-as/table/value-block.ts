// Large values: VALUE blocks are not cached in a shard but opened one at a time in a private
// memory.
//
// The two areas are made at the first use and stay: one for the raw block, one for the value.

import {
  BAD_INPUT, BLOCK_VALUE, CORRUPT, VALUE_BYTES_MAX, NO_MEMORY, OK, PAGE_BYTES, PAGE_LARGE,
  VERSION_STATE_AT,
} from '../layout';
import { pageRun } from '../memory/pages';
import { result } from '../memory/thread';
import { blockRawBytes, unpackBlock, VALUE_DISK_MAX, verifyBlock } from './format';

// u32 raw area, u32 value area; a private memory has no version
const AREAS_AT: usize = VERSION_STATE_AT;
export const VALUE_DISK_PAGES: u32 = (VALUE_DISK_MAX + PAGE_BYTES - 1) / PAGE_BYTES;
export const VALUE_PAGES: u32 = (VALUE_BYTES_MAX + PAGE_BYTES - 1) / PAGE_BYTES;

/** Where the host puts the bytes of a VALUE block, or NO_MEMORY. */
export function valueBlockRoom(): i32 {
  if (load<u32>(AREAS_AT) == 0) {
    const raw = pageRun(VALUE_DISK_PAGES, PAGE_LARGE);
    const value = pageRun(VALUE_PAGES, PAGE_LARGE);
    if (raw == 0 || value == 0) return NO_MEMORY;
    store<u32>(AREAS_AT, <u32>raw);
    store<u32>(AREAS_AT, <u32>value, 4);
  }
  return load<u32>(AREAS_AT);
}

/**
 * Length of the value in the VALUE block that lies in that room, RESULT.valuePtr says where; or
 * CORRUPT.
 */
export function valueBlockOpen(bytes: u32, file: u32, offset8: u32): i32 {
  const raw: usize = load<u32>(AREAS_AT);
  const value: usize = load<u32>(AREAS_AT, 4);
  if (raw == 0 || bytes > VALUE_DISK_MAX) return BAD_INPUT;
  if (!verifyBlock(raw, bytes, BLOCK_VALUE, file, offset8)) return CORRUPT;
  if (unpackBlock(raw, bytes, value) != OK) return CORRUPT;
  result().valuePtr = <u32>value;
  return blockRawBytes(raw, bytes);
}
