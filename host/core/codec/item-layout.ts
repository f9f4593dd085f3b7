// The head of an item and its table of offsets: written here for both kinds of encoders, read here
// for both kinds of decoders. format.ts has the diagram.

import {
  FLAG_INLINE,
  FLAG_WIDE,
  ITEM_HEADER_BYTES,
  NARROW_BYTES_MAX,
  NO_ROOM,
  SHAPE_ID_INLINE,
} from './format.js';
import { readLength32 } from './number-reader.js';
import { writeLength32 } from './text-writer.js';
import { skipValue } from './value-decoder.js';

/** Where the values of a narrow item begin, from the item's start. */
export function narrowHeadBytes(attributes: number): number {
  return ITEM_HEADER_BYTES + 2 * attributes;
}

export function writeHeader(
  u8: Uint8Array,
  at: number,
  shapeId: number,
  flags: number,
  size: number,
): void {
  u8[at] = shapeId;
  u8[at + 1] = shapeId >> 8;
  u8[at + 2] = flags;
  u8[at + 3] = 0;
  writeLength32(u8, at + 4, size);
}

/**
 * Finishes an item of a shape whose values lie from narrowHeadBytes to `end`, and whose narrow
 * offsets are written. An item that grew too long for them is moved up and gets wide ones. Returns
 * the item's bytes, or NO_ROOM.
 */
export function finishItem(
  u8: Uint8Array,
  at: number,
  limit: number,
  end: number,
  attributes: number,
  shapeId: number,
  size: number,
): number {
  if (end - at <= NARROW_BYTES_MAX) {
    writeHeader(u8, at, shapeId, 0, size);
    return end - at;
  }
  const wider = 2 * attributes;
  if (end + wider > limit) return NO_ROOM;
  const narrowValues = at + narrowHeadBytes(attributes);
  u8.copyWithin(narrowValues + wider, narrowValues, end);
  let value = narrowValues + wider;
  for (let i = 0; i < attributes; i++) {
    writeLength32(u8, at + ITEM_HEADER_BYTES + 4 * i, value - at);
    value = skipValue(u8, value);
  }
  writeHeader(u8, at, shapeId, FLAG_WIDE, size);
  return end + wider - at;
}

/** The shape id of the item at `at`; SHAPE_ID_INLINE if its names lie in it. */
export function shapeIdOf(u8: Uint8Array, at: number): number {
  return u8[at] | (u8[at + 1] << 8);
}

export function setShapeId(u8: Uint8Array, at: number, shapeId: number): void {
  u8[at] = shapeId;
  u8[at + 1] = shapeId >> 8;
}

/** The item's DynamoDB size. */
export function itemSizeOf(u8: Uint8Array, at: number): number {
  return readLength32(u8, at + 4);
}

export function isInline(u8: Uint8Array, at: number): boolean {
  return (u8[at + 2] & FLAG_INLINE) !== 0 || shapeIdOf(u8, at) === SHAPE_ID_INLINE;
}

/** Where attribute `index` of an item with a shape lies in memory. */
export function attributeAt(u8: Uint8Array, at: number, index: number): number {
  if ((u8[at + 2] & FLAG_WIDE) !== 0)
    return at + readLength32(u8, at + ITEM_HEADER_BYTES + 4 * index);
  const offset = at + ITEM_HEADER_BYTES + 2 * index;
  return at + (u8[offset] | (u8[offset + 1] << 8));
}
