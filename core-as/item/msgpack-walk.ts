// Whether bytes of any origin are msgpack as this door has it, and where a value of it ends: the bounded
// validator that every frame passes before anything else looks at it.
//
// Holds for what passes: every length lies inside what contains it; str and names are well-formed UTF-8 (if
// asked); maps have str names; ext types are ours, their payloads of the right shape; at most LEVELS_MAX open
// arrays and maps. It does not look for names that stand twice, nor at the digits of a decimal. No recursion,
// time in proportion to the bytes.

import { EXT_BS, EXT_NS, EXT_NUMBER, EXT_TIMESTAMP } from './msgpack-format';
import { IS_ARRAY, IS_BIN, IS_EXT, IS_FLOAT, IS_INTEGER, IS_MAP, IS_STR, packedHead, readHead } from './msgpack-head';
import { isUtf8 } from './utf8';
import { pairsArea } from './workspace';

/** A transaction's item nests 5 levels deeper than the 32 of a value: the operations count those. */
const LEVELS_MAX: u32 = 64;
/** A text of digits; longer ones are no number whatever they say. */
const NUMBER_BYTES_MAX: u32 = 1024;

/** Open arrays and maps: members left, and whether they have names. In the 512 bytes of the workspace. */
@unmanaged
class Level {
  remaining: u32;
  named: u32;
}

@inline
function levelAt(depth: u32): Level {
  return changetype<Level>(pairsArea() + ((<usize>depth) << 3));
}

/** The first byte behind the value at ptr, or 0. */
export function packedEnd(ptr: usize, limit: usize, checkText: bool): usize {
  let depth: u32 = 0;
  while (true) {
    const content = readHead(ptr, limit);
    if (content == 0) return 0;
    const head = packedHead();
    const kind = head.kind;
    ptr = content;
    if (kind >= IS_ARRAY) {
      if (head.length != 0) {
        if (depth == LEVELS_MAX) return 0;
        const level = levelAt(depth++);
        level.remaining = head.length;
        level.named = <u32>(kind == IS_MAP);
        if (kind == IS_MAP) {
          ptr = nameEnd(ptr, limit, checkText);
          if (ptr == 0) return 0;
        }
        continue;
      }
    } else if (kind >= IS_STR) {
      const length = head.length;
      ptr = content + <usize>length;
      if (kind == IS_EXT) {
        if (!extIsSound(head.type, content, ptr, checkText)) return 0;
      } else if (kind == IS_STR && checkText && !isUtf8(content, length)) {
        return 0;
      }
    }

    let level: Level;
    while (true) {
      if (depth == 0) return ptr;
      level = levelAt(depth - 1);
      if (--level.remaining != 0) break;
      depth--;
    }
    if (level.named == 0) continue;
    ptr = nameEnd(ptr, limit, checkText);
    if (ptr == 0) return 0;
  }
}

/** Behind a name of a map, or 0. */
@inline
function nameEnd(ptr: usize, limit: usize, checkText: bool): usize {
  const content = readHead(ptr, limit);
  const head = packedHead();
  if (content == 0 || head.kind != IS_STR) return 0;
  if (checkText && !isUtf8(content, head.length)) return 0;
  return content + <usize>head.length;
}

function extIsSound(type: u32, payload: usize, end: usize, checkText: bool): bool {
  if (type == EXT_NUMBER) return end - payload <= <usize>NUMBER_BYTES_MAX && isAscii(payload, end);
  if (type == EXT_TIMESTAMP) {
    const bytes = end - payload;
    return bytes == 4 || bytes == 8 || bytes == 12;
  }
  if (type < EXT_NUMBER || type > EXT_BS) return false;
  let ptr = readHead(payload, end);
  const head = packedHead();
  if (ptr == 0 || head.kind != IS_ARRAY) return false;
  for (let i = head.length; i > 0; i--) {
    const content = readHead(ptr, end);
    if (content == 0) return false;
    const kind = head.kind;
    ptr = kind >= IS_STR ? content + <usize>head.length : content;
    if (kind == IS_EXT) {
      const isNumber = head.type == EXT_NUMBER && ptr - content <= <usize>NUMBER_BYTES_MAX;
      if (type != EXT_NS || !isNumber || !isAscii(content, ptr)) return false;
    } else if (kind == IS_STR) {
      if (type >= EXT_NS || (checkText && !isUtf8(content, head.length))) return false;
    } else if (type == EXT_BS ? kind != IS_BIN : type != EXT_NS || kind < IS_INTEGER || kind > IS_FLOAT) {
      return false;
    }
  }
  return ptr == end;
}

function isAscii(ptr: usize, end: usize): bool {
  for (; ptr < end; ptr++) {
    if (load<u8>(ptr) >= 0x80) return false;
  }
  return true;
}
