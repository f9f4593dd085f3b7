// Items whose names lie in them: more than 255 attributes, more than 4,096 bytes of names, or a
// shard whose shape table is full. format.ts has the layout.

import { FLAG_INLINE, FLAG_WIDE, ITEM_HEADER_BYTES, NO_ROOM, SHAPE_ID_INLINE } from './format.js';
import { writeHeader } from './item-layout.js';
import { namesOf } from './name-list.js';
import { readName } from './name-reader.js';
import { latin1Slice } from './native-text.js';
import { readLength32 } from './number-reader.js';
import { setOwn } from './plain-object.js';
import { writeLength32, writeName } from './text-writer.js';
import { read, readValue, TEXT_BYTES_MAX } from './value-decoder.js';
import { writeValue } from './value-encoder.js';
import { withParameter, withStep } from './value-fault.js';
import { written } from './written-size.js';

const TABLE_AT = ITEM_HEADER_BYTES + 4;

/** Like ShapeCodec.encode. */
export function encodeInlineItem(
  u8: Uint8Array,
  at: number,
  limit: number,
  item: Record<string, unknown>,
  dropUndefined = false,
  parameter = 'Item',
): number {
  const names = namesOf(item, dropUndefined);
  let end = at + TABLE_AT + 4 * names.length;
  if (end > limit) return NO_ROOM;
  let size = 0;
  let name = '';
  let i = 0;
  try {
    for (name of names) {
      writeLength32(u8, at + TABLE_AT + 4 * i++, end - at);
      end = writeName(u8, end, limit, name);
      if (end < 0) return NO_ROOM;
      size += written.bytes;
      end = writeValue(u8, end, limit, item[name], 1, dropUndefined);
      if (end < 0) return NO_ROOM;
      size += written.bytes;
    }
  } catch (error) {
    throw withParameter(withStep(error, name), parameter);
  }
  writeHeader(u8, at, SHAPE_ID_INLINE, FLAG_WIDE | FLAG_INLINE, size);
  writeLength32(u8, at + ITEM_HEADER_BYTES, names.length);
  return end - at;
}

export function decodeInlineItem(
  u8: Uint8Array,
  at: number,
  length: number,
): Record<string, unknown> {
  const count = readLength32(u8, at + ITEM_HEADER_BYTES);
  const text = length <= TEXT_BYTES_MAX ? latin1Slice(u8, at, at + length) : '';
  const item: Record<string, unknown> = {};
  let next = at + TABLE_AT + 4 * count;
  for (let i = 0; i < count; i++) {
    const nameBytes = u8[next] | (u8[next + 1] << 8);
    const name = readName(u8, next + 2, nameBytes);
    setOwn(item, name, readValue(u8, next + 2 + nameBytes, text, at));
    next = read.end;
  }
  return item;
}

/** Where the value of one attribute lies in memory, or -1. */
export function inlineAttributeAt(u8: Uint8Array, at: number, name: string): number {
  const count = readLength32(u8, at + ITEM_HEADER_BYTES);
  for (let i = 0; i < count; i++) {
    const entry = at + readLength32(u8, at + TABLE_AT + 4 * i);
    const nameBytes = u8[entry] | (u8[entry + 1] << 8);
    if (readName(u8, entry + 2, nameBytes) === name) return entry + 2 + nameBytes;
  }
  return -1;
}
