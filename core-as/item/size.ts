// DynamoDB's size of values and items, in bytes, to the byte: what the 400 KB limit and capacity
// units count.
//
//   S, B: bytes   N: number.ts   BOOL, NULL: 1   sets: sum of the members
//   L: 3 + sum of (1 + member)   M: 3 + sum of (1 + name + member)   item: sum of (name + value)

import { attributeCount, attributeEntry, INLINE, Item } from './item';
import { numberSize } from './number';
import {
  bodyAt,
  bytesLength,
  isContainer,
  isMap,
  isNumber,
  isSet,
  memberCount,
  namedValue,
  tagOf,
  TRUE,
  valueSkip,
} from './value';
import { frameAt } from './workspace';

/**
 * The size of a valid item; `shapeNamesBytes` is the sum of the name lengths of its shape (an
 * INLINE item has its own).
 */
export function itemSize(item: usize, length: u32, shapeNamesBytes: u32): u32 {
  const inline = ((<u32>changetype<Item>(item).flags) & INLINE) != 0;
  const count = attributeCount(item, length);
  let size = inline ? 0 : shapeNamesBytes;
  for (let i: u32 = 0; i < count; i++) {
    let value = attributeEntry(item, i);
    if (inline) {
      size += <u32>load<u16>(value);
      value = namedValue(value);
    }
    size += valueSize(value);
  }
  return size;
}

/** The size of a valid value, nested ones included. */
export function valueSize(value: usize): u32 {
  let size: u32 = 0;
  let depth: u32 = 0;
  let ptr = value;
  while (true) {
    const tag = tagOf(ptr);
    if (isContainer(tag)) {
      const count = memberCount(ptr);
      size += 3 + count;
      if (count != 0) {
        const frame = frameAt(depth++);
        frame.remaining = count;
        frame.head = <u32>ptr;
        ptr = bodyAt(ptr);
        if (isMap(tag)) {
          size += <u32>load<u16>(ptr);
          ptr = namedValue(ptr);
        }
        continue;
      }
    } else {
      size += isSet(tag) ? setSize(ptr) : scalarSize(ptr);
    }
    ptr = valueSkip(ptr);

    while (depth != 0 && --frameAt(depth - 1).remaining == 0) depth--;
    if (depth == 0) return size;
    if (isMap(tagOf(frameAt(depth - 1).head))) {
      size += <u32>load<u16>(ptr);
      ptr = namedValue(ptr);
    }
  }
}

@inline
function scalarSize(value: usize): u32 {
  const tag = tagOf(value);
  if (tag <= TRUE) return 1;
  return isNumber(tag) ? numberSize(value) : bytesLength(value);
}

function setSize(value: usize): u32 {
  let size: u32 = 0;
  let member = bodyAt(value);
  for (let i = memberCount(value); i > 0; i--) {
    size += scalarSize(member);
    member = valueSkip(member);
  }
  return size;
}
