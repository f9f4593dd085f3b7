// The encoding of items.
//
//   item  := u16 shapeId . u16 flags . u32 size . body
//   size  := DynamoDB bytes, names included (size.ts)
//   flags := bit 0 WIDE: offsets are u32, else u16
//            bit 1 INLINE: the names are in the item; then shapeId is 0xFFFF and WIDE is set
//   body  := offset[n] . value[n]                   names are those of the shape, in its order
//   body  := u32 n . u32 offset[n] . entry[n]       INLINE; entry := u16 nameBytes . name . value
//
// Offsets count from the start of the item and name the value (INLINE: the entry). Nothing lies
// between values: each begins where the one before ends, the first right after the offsets, and the
// last ends with the item.

import { SHAPE_INLINE } from '../layout';
import { equalBytes } from '../memory/bytes';
import { namedValue } from './value';

export const ITEM_HEADER_BYTES: usize = 8;
export const WIDE: u32 = 1;
export const INLINE: u32 = 2;

@unmanaged
export class Item {
  shapeId: u16;
  flags: u16;
  size: u32;
}

/** First byte of the offsets, and bytes of one. */
@inline
export function offsetsAt(item: usize): usize {
  return item + ITEM_HEADER_BYTES + (changetype<Item>(item).flags & (<u16>INLINE) ? 4 : 0);
}

@inline
function offsetWidth(item: usize): u32 {
  return changetype<Item>(item).flags & (<u16>WIDE) ? 4 : 2;
}

/** What offset `index` names: a value, or an entry if the item is INLINE. */
@inline
export function attributeEntry(item: usize, index: u32): usize {
  const wide = (changetype<Item>(item).flags & (<u16>WIDE)) != 0;
  const at = offsetsAt(item) + ((<usize>index) << (wide ? 2 : 1));
  return item + (wide ? <usize>load<u32>(at) : <usize>load<u16>(at));
}

/** Attributes of a valid item. */
export function attributeCount(item: usize, length: u32): u32 {
  if (changetype<Item>(item).flags & (<u16>INLINE)) return load<u32>(item, ITEM_HEADER_BYTES);
  if (length <= <u32>ITEM_HEADER_BYTES) return 0;
  return <u32>(attributeEntry(item, 0) - item - ITEM_HEADER_BYTES) / offsetWidth(item);
}

/** The value of attribute `index` of a valid item; the index is below its count. */
export function attributeFind(item: usize, index: u32): usize {
  const entry = attributeEntry(item, index);
  return changetype<Item>(item).shapeId == SHAPE_INLINE ? namedValue(entry) : entry;
}

/** The value of the attribute with this name in a valid INLINE item, or 0. */
export function attributeFindInline(item: usize, name: usize, nameBytes: u32): usize {
  const count = load<u32>(item, ITEM_HEADER_BYTES);
  for (let i: u32 = 0; i < count; i++) {
    const entry = attributeEntry(item, i);
    if (<u32>load<u16>(entry) == nameBytes && equalBytes(entry + 2, name, nameBytes))
      return namedValue(entry);
  }
  return 0;
}
