// Reads encoded values (format.ts) into JavaScript ones. No user code runs while it does.
//
// `text` is the item's bytes as one latin1 string that begins at `base`, from which ASCII values
// are cut: one native call an item instead of one a string. A cut of 13 characters or more keeps
// the whole text alive, so large items are read with text '' and each string by itself.

import * as tag from './format.js';
import { MalformedItem } from './malformed-item.js';
import { noteUnknownMap, readKnownMap } from './map-readers.js';
import { readName } from './name-reader.js';
import { latin1Slice, utf8Slice } from './native-text.js';
import {
  readDecimal,
  readFloat64,
  readInt16,
  readInt32,
  readLength32,
  readScaled,
} from './number-reader.js';
import { setOwn } from './plain-object.js';

/** Items up to this long are read through one text. */
export const TEXT_BYTES_MAX = 2048;

/**
 * Where the value that was just read ends. Set as the last act of readValue, read at once by its
 * caller.
 */
export const read = { end: 0 };

const SHORT_HEAD = tag.SHORT_CONTAINER_HEADER_BYTES;
const LONG_HEAD = tag.LONG_CONTAINER_HEADER_BYTES;
const COPY_LOOP_BYTES_MAX = 64;

export function readValue(u8: Uint8Array, at: number, text: string, base: number): unknown {
  const length = u8[at + 1];
  switch (u8[at]) {
    case tag.ASCII:
      read.end = at + 2 + length;
      return readAscii(u8, at + 2, length, text, base);
    case tag.INT8:
      read.end = at + 2;
      return (length << 24) >> 24;
    case tag.SCALED:
      read.end = at + 6;
      return readScaled(u8, at + 1);
    case tag.INT16:
      read.end = at + 3;
      return readInt16(u8, at + 1);
    case tag.INT32:
      read.end = at + 5;
      return readInt32(u8, at + 1);
    case tag.FALSE:
      read.end = at + 1;
      return false;
    case tag.TRUE:
      read.end = at + 1;
      return true;
    case tag.LIST:
      return readList(u8, at + SHORT_HEAD, u8[at + 2], text, base);
    case tag.MAP:
      return readMap(u8, at + SHORT_HEAD, u8[at + 2], text, base);
    case tag.FLOAT64:
      read.end = at + 9;
      return readFloat64(u8, at + 1);
    case tag.UTF8:
      read.end = at + 2 + length;
      return utf8Slice(u8, at + 2, at + 2 + length);
    default:
      return readRareValue(u8, at, text, base);
  }
}

function readRareValue(u8: Uint8Array, at: number, text: string, base: number): unknown {
  const kind = u8[at];
  switch (kind) {
    case tag.NULL:
      read.end = at + 1;
      return null;
    case tag.DECIMAL:
      read.end = at + 2 + u8[at + 1];
      return readDecimal(u8, at + 1);
    case tag.BIN:
      read.end = at + 2 + u8[at + 1];
      return copyBytes(u8, at + 2, u8[at + 1]);
    case tag.SS:
    case tag.NS:
    case tag.BS:
      return readSet(u8, at + SHORT_HEAD, u8[at + 2], text, base);
  }
  const length = readLength32(u8, at + 1);
  if (at + length > u8.length) throw new MalformedItem(`a length of ${length}`, at);
  switch (kind) {
    case tag.ASCII32:
      read.end = at + 5 + length;
      return readAscii(u8, at + 5, length, text, base);
    case tag.UTF8_32:
      read.end = at + 5 + length;
      return utf8Slice(u8, at + 5, at + 5 + length);
    case tag.BIN32:
      read.end = at + 5 + length;
      return copyBytes(u8, at + 5, length);
  }
  const count = readLength32(u8, at + 5);
  if (count > length) throw new MalformedItem(`${count} elements in ${length} bytes`, at);
  switch (kind) {
    case tag.LIST32:
      return readList(u8, at + LONG_HEAD, count, text, base);
    case tag.MAP32:
      return readMap(u8, at + LONG_HEAD, count, text, base);
    case tag.SS32:
    case tag.NS32:
    case tag.BS32:
      return readSet(u8, at + LONG_HEAD, count, text, base);
    default:
      throw new MalformedItem(`no value has the tag ${kind}`, at);
  }
}

function readAscii(u8: Uint8Array, at: number, length: number, text: string, base: number): string {
  if (text.length === 0) return latin1Slice(u8, at, at + length);
  return text.substring(at - base, at - base + length);
}

/** Short lists are literals: one that grows by push gets room for 17 elements. */
export function readList(
  u8: Uint8Array,
  at: number,
  count: number,
  text: string,
  base: number,
): unknown[] {
  read.end = at;
  if (count === 0) return [];
  const first = readElement(u8, at, text, base);
  if (count === 1) return [first];
  const second = readElement(u8, read.end, text, base);
  if (count === 2) return [first, second];
  const third = readElement(u8, read.end, text, base);
  if (count === 3) return [first, second, third];
  const list = [first, second, third, readElement(u8, read.end, text, base)];
  for (let i = 4; i < count; i++) list.push(readElement(u8, read.end, text, base));
  return list;
}

function readElement(u8: Uint8Array, at: number, text: string, base: number): unknown {
  if (u8[at] !== tag.ASCII || text.length === 0) return readValue(u8, at, text, base);
  const end = at + 2 + u8[at + 1];
  read.end = end;
  return text.substring(at + 2 - base, end - base);
}

export function readMap(
  u8: Uint8Array,
  at: number,
  count: number,
  text: string,
  base: number,
): Record<string, unknown> {
  if (count === 0 || text.length === 0) return readMembers(u8, at, count, text, base);
  const known = readKnownMap(u8, at, count, text, base);
  if (known !== undefined) return known;
  const map = readMembers(u8, at, count, text, base);
  noteUnknownMap(u8, at, map);
  return map;
}

function readMembers(
  u8: Uint8Array,
  at: number,
  count: number,
  text: string,
  base: number,
): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  let next = at;
  for (let i = 0; i < count; i++) {
    const nameBytes = u8[next] | (u8[next + 1] << 8);
    const name = readName(u8, next + 2, nameBytes);
    setOwn(map, name, readValue(u8, next + 2 + nameBytes, text, base));
    next = read.end;
  }
  read.end = next;
  return map;
}

function readSet(
  u8: Uint8Array,
  at: number,
  count: number,
  text: string,
  base: number,
): Set<unknown> {
  const set = new Set<unknown>();
  read.end = at;
  for (let i = 0; i < count; i++) set.add(readValue(u8, read.end, text, base));
  return set;
}

/** A private copy: what is handed out must not change with the shared memory. */
function copyBytes(u8: Uint8Array, at: number, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  if (length > COPY_LOOP_BYTES_MAX) copy.set(u8.subarray(at, at + length));
  else for (let i = 0; i < length; i++) copy[i] = u8[at + i];
  return copy;
}

/** Where the value at `at` ends, without reading it. */
export function skipValue(u8: Uint8Array, at: number): number {
  const kind = u8[at];
  switch (kind) {
    case tag.NULL:
    case tag.FALSE:
    case tag.TRUE:
      return at + 1;
    case tag.INT8:
      return at + 2;
    case tag.INT16:
      return at + 3;
    case tag.INT32:
      return at + 5;
    case tag.SCALED:
      return at + 6;
    case tag.FLOAT64:
      return at + 9;
    case tag.DECIMAL:
    case tag.ASCII:
    case tag.UTF8:
    case tag.BIN:
      return at + 2 + u8[at + 1];
    case tag.ASCII32:
    case tag.UTF8_32:
    case tag.BIN32:
      return at + 5 + readLength32(u8, at + 1);
  }
  if (!(kind >= tag.LIST && kind <= tag.BS32))
    throw new MalformedItem(`no value has the tag ${kind}`, at);
  const short = (kind - tag.LIST) % 2 === 0;
  return short ? at + SHORT_HEAD + u8[at + 1] : at + LONG_HEAD + readLength32(u8, at + 1);
}
