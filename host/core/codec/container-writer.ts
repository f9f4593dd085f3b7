// Heads of lists, maps and sets. The body is written first, behind room for the short head; a body
// that turns out long is moved up by the difference. So nobody measures a body before writing it.

import {
  LONG_CONTAINER_HEADER_BYTES,
  NO_ROOM,
  SHORT_CONTAINER_HEADER_BYTES,
  SHORT_MAX,
} from './format.js';
import { writeLength32 } from './text-writer.js';

/** Where the body of a container at `at` begins, before its length is known. */
export function containerBody(at: number): number {
  return at + SHORT_CONTAINER_HEADER_BYTES;
}

/**
 * Writes the head of the container at `at`, whose body was written from containerBody(at) up to
 * `end`. `tag` is the short form's. Returns where the container ends.
 */
export function closeContainer(
  u8: Uint8Array,
  tag: number,
  at: number,
  end: number,
  limit: number,
  count: number,
): number {
  const body = at + SHORT_CONTAINER_HEADER_BYTES;
  const bodyBytes = end - body;
  if (bodyBytes <= SHORT_MAX && count <= SHORT_MAX) {
    u8[at] = tag;
    u8[at + 1] = bodyBytes;
    u8[at + 2] = count;
    return end;
  }
  const moved = at + LONG_CONTAINER_HEADER_BYTES;
  if (moved + bodyBytes > limit) return NO_ROOM;
  u8.copyWithin(moved, body, end);
  u8[at] = tag + 1;
  writeLength32(u8, at + 1, bodyBytes);
  writeLength32(u8, at + 5, count);
  return moved + bodyBytes;
}
