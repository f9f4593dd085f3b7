// Whether bytes of unknown origin are an item, in its one encoding. After this every other function
// of item/ may trust them.
//
// Holds for an item that passes: every length and count lies inside what contains it and fills it
// exactly; numbers are canonical and in range; strings are well-formed, ASCII ones tagged so; sets
// are of one type, ascending, not empty; no map repeats a name; at most 32 levels. What it does not
// look at: whether the shape exists, the u32 size (size.ts). No recursion: open lists and maps are
// frames in the thread's workspace. Time in proportion to the bytes.

import { BAD_INPUT, ITEM_BYTES_MAX, OK, SHAPE_INLINE } from '../layout';
import { compareBytes } from '../memory/bytes';
import { attributeEntry, INLINE, Item, ITEM_HEADER_BYTES, offsetsAt, WIDE } from './item';
import { hasRepeatedName } from './names';
import { numberCompare, numberEnd } from './number';
import { isAsciiText, isUtf8 } from './utf8';
import {
  ASCII,
  ASCII32,
  bodyAt,
  bodyBytes,
  bytesAt,
  bytesLength,
  isBinary,
  isContainer,
  isLongBody,
  isLongBytes,
  isMap,
  isNumber,
  isSet,
  isString,
  memberCount,
  SHORT_MAX,
  SS,
  SS32,
  NS,
  NS32,
  tagOf,
  TRUE,
} from './value';
import { frameAt, LEVELS_MAX } from './workspace';

/**
 * OK or BAD_INPUT. `shapeAttributes` is the number of names of the item's shape; an INLINE item has
 * its own count.
 */
export function itemValidate(item: usize, length: u32, shapeAttributes: u32): i32 {
  if (length < <u32>ITEM_HEADER_BYTES || length > ITEM_BYTES_MAX) return BAD_INPUT;
  const header = changetype<Item>(item);
  const flags = <u32>header.flags;
  const inline = (flags & INLINE) != 0;
  if (flags > (WIDE | INLINE) || flags == INLINE || inline != (header.shapeId == SHAPE_INLINE))
    return BAD_INPUT;
  if ((flags & WIDE) == 0 && length > 0xffff) return BAD_INPUT;
  let count = shapeAttributes;
  if (inline) {
    if (length < <u32>ITEM_HEADER_BYTES + 4) return BAD_INPUT;
    count = load<u32>(item, ITEM_HEADER_BYTES);
  }
  if (count > length) return BAD_INPUT; // so that the sum below cannot wrap

  const end = item + <usize>length;
  const first = offsetsAt(item) + ((<usize>count) << ((flags & WIDE) != 0 ? 2 : 1));
  if (first > end) return BAD_INPUT;
  let ptr = first;
  for (let i: u32 = 0; i < count; i++) {
    if (attributeEntry(item, i) != ptr) return BAD_INPUT;
    if (inline) ptr = nameEnd(ptr, end);
    if (ptr != 0) ptr = valueEnd(ptr, end);
    if (ptr == 0) return BAD_INPUT;
  }
  if (ptr != end) return BAD_INPUT;
  return inline && hasRepeatedName(first, count) ? BAD_INPUT : OK;
}

/**
 * Where a value of unknown origin ends, nested ones included, or 0 if it is not one that ends by
 * `limit`.
 */
export function valueEnd(ptr: usize, limit: usize): usize {
  let depth: u32 = 0; // lists and maps around ptr
  while (true) {
    if (ptr >= limit) return 0;
    const tag = tagOf(ptr);
    if (isContainer(tag)) {
      const end = bodyEnd(ptr, limit);
      if (end == 0) return 0;
      const count = memberCount(ptr);
      if (count != 0) {
        if (depth == LEVELS_MAX - 1) return 0;
        const frame = frameAt(depth++);
        frame.remaining = count;
        frame.end = <u32>end;
        frame.head = <u32>ptr;
        limit = end;
        ptr = bodyAt(ptr);
        if (isMap(tag)) ptr = nameEnd(ptr, limit);
        if (ptr == 0) return 0;
        continue;
      }
      if (bodyAt(ptr) != end) return 0;
      ptr = end;
    } else {
      ptr = isSet(tag) ? setEnd(ptr, limit) : scalarEnd(ptr, limit);
      if (ptr == 0) return 0;
    }

    // A value ends at ptr. Close what ends with it, then go to the next member of what is still
    // open.
    while (true) {
      if (depth == 0) return ptr;
      const frame = frameAt(depth - 1);
      const inMap = isMap(tagOf(frame.head));
      limit = frame.end;
      if (--frame.remaining != 0) {
        if (inMap) ptr = nameEnd(ptr, limit);
        break;
      }
      if (ptr != limit) return 0;
      if (inMap && hasRepeatedName(bodyAt(frame.head), memberCount(frame.head))) return 0;
      depth--;
    }
    if (ptr == 0) return 0;
  }
}

/** The first byte after the name of an entry, or 0: empty, cut off, not UTF-8. */
function nameEnd(ptr: usize, limit: usize): usize {
  if (limit - ptr < 2) return 0;
  const bytes = <u32>load<u16>(ptr);
  if (bytes == 0 || limit - ptr - 2 < <usize>bytes || !isUtf8(ptr + 2, bytes)) return 0;
  return ptr + 2 + <usize>bytes;
}

/**
 * The first byte after a list, map or set by its own account, or 0: cut off, or in the wrong one of
 * its two forms.
 */
function bodyEnd(ptr: usize, limit: usize): usize {
  const head: usize = isLongBody(tagOf(ptr)) ? 9 : 3;
  if (limit - ptr < head) return 0;
  const bytes = bodyBytes(ptr);
  // A member takes a byte or more, so more than 255 of them never fit the short form by their bytes
  // alone.
  if (limit - ptr - head < <usize>bytes || memberCount(ptr) > bytes) return 0;
  if (head == 9 && bytes <= SHORT_MAX) return 0;
  return ptr + head + <usize>bytes;
}

function setEnd(ptr: usize, limit: usize): usize {
  const end = bodyEnd(ptr, limit);
  if (end == 0) return 0;
  const tag = tagOf(ptr);
  const strings = tag == SS || tag == SS32;
  const numbers = tag == NS || tag == NS32;
  const count = memberCount(ptr);
  let member = bodyAt(ptr);
  let previous: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (member >= end) return 0;
    const type = tagOf(member);
    if (strings ? !isString(type) : numbers ? !isNumber(type) : !isBinary(type)) return 0;
    const next = scalarEnd(member, end);
    if (next == 0) return 0;
    if (
      previous != 0 &&
      (numbers ? numberCompare(previous, member) : compareText(previous, member)) >= 0
    )
      return 0;
    previous = member;
    member = next;
  }
  return count != 0 && member == end ? end : 0;
}

@inline
function compareText(a: usize, b: usize): i32 {
  return compareBytes(bytesAt(a), bytesLength(a), bytesAt(b), bytesLength(b));
}

function scalarEnd(ptr: usize, limit: usize): usize {
  const tag = tagOf(ptr);
  if (tag <= TRUE) return ptr + 1;
  if (isNumber(tag)) return numberEnd(ptr, limit);
  if (!isString(tag) && !isBinary(tag)) return 0;
  const long = isLongBytes(tag);
  const head: usize = long ? 5 : 2;
  if (limit - ptr < head) return 0;
  const bytes = bytesLength(ptr);
  if (limit - ptr - head < <usize>bytes || (long && bytes <= SHORT_MAX)) return 0;
  if (isString(tag)) {
    const ascii = isAsciiText(ptr + head, bytes);
    if (ascii != (tag == ASCII || tag == ASCII32)) return 0;
    if (!ascii && !isUtf8(ptr + head, bytes)) return 0;
  }
  return ptr + head + <usize>bytes;
}
