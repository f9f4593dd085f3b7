// Msgpack from a client to an encoded item and to an encoded key: the bytes of a put go from the socket into
// a batch with no value made of them.
//
// All or nothing: whatever is not plainly a legal item or key gives 0 and NOT_FOUND, and the caller goes the
// long way (JavaScript values, the operation's own checks), which knows DynamoDB's text for each fault. So
// nothing here explains, and nothing illegal passes: depth, UTF-8, names that stand twice, ext types, digits,
// empty sets, key types and sizes are all looked at.
//
// No recursion: open lists and maps are frames in the thread's workspace. The input lies outside the output
// and outside the OUT area.

import { BAD_INPUT, ITEM_SIZE_MAX, NOT_FOUND, SHAPE_LIST_BYTES_MAX, SHAPE_NAMES_MAX } from '../layout';
import { KEY_PREFIX_BYTES, sealKey, writeBytesKey } from '../key/encode';
import { writeNumberKeyValue } from '../key/number';
import { copyBytes, equalBytes } from '../memory/bytes';
import { keyPtr, outPtr, result } from '../memory/thread';
import { Item, ITEM_HEADER_BYTES, WIDE } from './item';
import {
  IS_ARRAY, IS_BIN, IS_EXT, IS_FLOAT, IS_INTEGER, IS_MAP, IS_STR, packedHead, readHead,
} from './msgpack-head';
import { EXT_NUMBER } from './msgpack-format';
import { closeBody, storeNumber, storeScalar } from './msgpack-scalars';
import { packedEnd } from './msgpack-walk';
import { hasRepeatedName } from './names';
import { itemSize } from './size';
import { isUtf8 } from './utf8';
import { bodyAt, LIST, MAP, memberCount, valueSkip } from './value';
import { frameAt, LEVELS_MAX } from './workspace';

const NARROW_BYTES_MAX: u32 = 0xffff;

/**
 * The key attributes of a table, as the host writes them: u8 type ('S', 'N', 'B') . u8 0 . u16 nameBytes . name,
 * of the partition key, then of the sort key, or a type of 0.
 */
const SCHEMA_HEAD_BYTES: usize = 4;
const TYPE_S: u32 = 0x53;
const TYPE_N: u32 = 0x4e;
const PARTITION_KEY_BYTES_MAX: u32 = 2048;
const SORT_KEY_BYTES_MAX: u32 = 1024;

/**
 * Writes the key of the map at `map` to KEY, sealed for a table. `exact`: the map is a key, with nothing but the
 * key attributes in it; else an item. The top 16 bits of the hash; Result.bytes = the key's length, count = its
 * part up to the end of the partition key. NOT_FOUND: not plainly a key.
 */
export function packedKey(
  map: usize, limit: usize, schema: usize, tableId: u32, exact: bool,
): i32 {
  let ptr = readHead(map, limit);
  const head = packedHead();
  if (ptr == 0 || head.kind != IS_MAP) return NOT_FOUND;
  const count = head.length;
  const sort = schema + SCHEMA_HEAD_BYTES + <usize>load<u16>(schema, 2);
  const sorted = load<u8>(sort) != 0;
  if (exact && count != (sorted ? 2 : 1)) return NOT_FOUND;
  let partitionValue: usize = 0;
  let sortValue: usize = 0;
  for (let i = count; i > 0; i--) {
    const name = readHead(ptr, limit);
    if (name == 0 || head.kind != IS_STR) return NOT_FOUND;
    const value = name + <usize>head.length;
    if (isNamed(name, head.length, schema)) {
      if (partitionValue != 0) return NOT_FOUND;
      partitionValue = value;
    } else if (sorted && isNamed(name, head.length, sort)) {
      if (sortValue != 0) return NOT_FOUND;
      sortValue = value;
    }
    ptr = packedEnd(value, limit, false);
    if (ptr == 0) return NOT_FOUND;
  }
  if (partitionValue == 0 || (sorted && sortValue == 0)) return NOT_FOUND;
  const start = keyPtr() + KEY_PREFIX_BYTES;
  const end = writeComponent(partitionValue, limit, load<u8>(schema), PARTITION_KEY_BYTES_MAX, start);
  if (end == 0) return NOT_FOUND;
  const whole = sorted ? writeComponent(sortValue, limit, load<u8>(sort), SORT_KEY_BYTES_MAX, end) : end;
  if (whole == 0) return NOT_FOUND;
  const out = result();
  out.bytes = <u32>(whole - keyPtr());
  out.count = <u32>(end - keyPtr());
  return sealKey(tableId, <u32>(end - start));
}

@inline
function isNamed(name: usize, length: u32, schema: usize): bool {
  return length == <u32>load<u16>(schema, 2) && equalBytes(name, schema + SCHEMA_HEAD_BYTES, length);
}

/** Where the component of the value ends, or 0: another type, empty, too long, not legal. */
function writeComponent(value: usize, limit: usize, type: u32, bytesMax: u32, out: usize): usize {
  const content = readHead(value, limit);
  const head = packedHead();
  if (content == 0) return 0;
  if (type == TYPE_N) {
    const number = head.kind == IS_INTEGER || head.kind == IS_FLOAT || (head.kind == IS_EXT && head.type == EXT_NUMBER);
    const encoded = outPtr();
    if (!number || storeNumber(content, encoded, encoded + 64) == 0) return 0;
    return out + <usize>writeNumberKeyValue(encoded, out);
  }
  if (head.kind != (type == TYPE_S ? IS_STR : IS_BIN)) return 0;
  const length = head.length;
  if (length == 0 || length > bytesMax) return 0;
  if (type == TYPE_S && !isUtf8(content, length)) return 0;
  return out + <usize>writeBytesKey(content, length, out);
}

/**
 * Encodes the map at `map` as an item of shape 0 at `out`, and its list of names at `names` (room for
 * SHAPE_LIST_BYTES_MAX). Bytes of the item, Result.bytes = bytes of the list, Result.count = DynamoDB bytes.
 * NOT_FOUND: not plainly a legal item for a shape. Top-level names may repeat: a shape's never do, so ask only
 * where the shard has no such shape (namesRepeat).
 */
export function packedItem(map: usize, limit: usize, out: usize, outMax: u32, names: usize): i32 {
  let ptr = readHead(map, limit);
  const head = packedHead();
  if (ptr == 0 || head.kind != IS_MAP || head.length > SHAPE_NAMES_MAX) return NOT_FOUND;
  const count = head.length;
  const outEnd = out + <usize>outMax;
  let offset = out + ITEM_HEADER_BYTES;
  let at = offset + ((<usize>count) << 1);
  if (at > outEnd) return NOT_FOUND;
  let name = names;
  for (let i: u32 = 0; i < count; i++) {
    ptr = storeName(ptr, limit, name, names + SHAPE_LIST_BYTES_MAX);
    if (ptr == 0) return NOT_FOUND;
    name += 2 + <usize>load<u16>(name);
    store<u16>(offset, <u16>(at - out));
    offset += 2;
    at = storeValue(ptr, limit, at, outEnd);
    if (at == 0) return NOT_FOUND;
    ptr = result().needLength;
  }
  store<u32>(out, 0);
  const namesBytes = <u32>(name - names);
  const narrow = <u32>(at - out);
  const length = narrow <= NARROW_BYTES_MAX ? narrow : widen(out, narrow, count, outEnd);
  if (length == 0) return NOT_FOUND;
  const size = itemSize(out, length, namesBytes - (count << 1));
  if (size > ITEM_SIZE_MAX) return NOT_FOUND;
  store<u32>(out, size, 4);
  const answer = result();
  answer.bytes = namesBytes;
  answer.count = size;
  return length;
}

/** Moves the values of an item that grew too long for narrow offsets up, and gives it wide ones. */
function widen(item: usize, length: u32, count: u32, limit: usize): u32 {
  const more = count << 1;
  if (limit - item < <usize>length + more) return 0;
  const values = item + ITEM_HEADER_BYTES + ((<usize>count) << 1);
  memory.copy(values + more, values, <usize>length - (values - item));
  let value = values + more;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(item + ITEM_HEADER_BYTES + ((<usize>i) << 2), <u32>(value - item));
    value = valueSkip(value);
  }
  changetype<Item>(item).flags = <u16>WIDE;
  return length + more;
}

/** Whether a list of names, as packedItem writes it, has one twice. */
export function namesRepeat(names: usize, bytes: u32): i32 {
  const end = names + <usize>bytes;
  for (let name = names; name < end; name += 2 + <usize>load<u16>(name)) {
    for (let earlier = names; earlier < name; earlier += 2 + <usize>load<u16>(earlier)) {
      const length = <u32>load<u16>(name);
      if (<u32>load<u16>(earlier) == length && equalBytes(earlier + 2, name + 2, length)) return BAD_INPUT;
    }
  }
  return 0;
}

/** Copies the name at ptr as `u16 nameBytes . name`; returns where its value begins, or 0. */
@inline
function storeName(ptr: usize, limit: usize, out: usize, outEnd: usize): usize {
  const content = readHead(ptr, limit);
  const head = packedHead();
  if (content == 0 || head.kind != IS_STR) return 0;
  const length = head.length;
  if (length == 0 || length > 0xffff || outEnd - out < <usize>length + 2) return 0;
  if (!isUtf8(content, length)) return 0;
  store<u16>(out, <u16>length);
  copyBytes(out + 2, content, length);
  return content + <usize>length;
}

/** Encodes the value at ptr with all that is in it. Result.needLength = where it ends. */
function storeValue(ptr: usize, limit: usize, out: usize, outEnd: usize): usize {
  let depth: u32 = 0;
  while (true) {
    const content = readHead(ptr, limit);
    if (content == 0) return 0;
    const head = packedHead();
    const kind = head.kind;
    if (kind >= IS_ARRAY) {
      const map = kind == IS_MAP;
      const count = head.length;
      ptr = content;
      if (outEnd - out < 16) return 0;
      if (count != 0) {
        if (depth == LEVELS_MAX - 1) return 0;
        const frame = frameAt(depth++);
        frame.remaining = count;
        frame.head = <u32>out;
        frame.end = count | (<u32>map << 31);
        out += 3;
        if (!map) continue;
        ptr = storeName(ptr, limit, out, outEnd);
        if (ptr == 0) return 0;
        out += 2 + <usize>load<u16>(out);
        continue;
      }
      out = closeBody(map ? MAP : LIST, out, out + 3, outEnd, 0);
    } else {
      ptr = kind >= IS_STR ? content + <usize>head.length : content;
      out = storeScalar(content, out, outEnd);
    }
    if (out == 0) return 0;

    while (true) {
      if (depth == 0) {
        result().needLength = <u32>ptr;
        return out;
      }
      const frame = frameAt(depth - 1);
      const map = frame.end >> 31 != 0;
      if (--frame.remaining != 0) {
        if (!map) break;
        ptr = storeName(ptr, limit, out, outEnd);
        if (ptr == 0) return 0;
        out += 2 + <usize>load<u16>(out);
        break;
      }
      const value = <usize>frame.head;
      out = closeBody(map ? MAP : LIST, value, out, outEnd, frame.end & 0x7fffffff);
      if (out == 0) return 0;
      if (map && hasRepeatedName(bodyAt(value), memberCount(value))) return 0;
      depth--;
    }
  }
}
