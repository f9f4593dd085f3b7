// What conditions ask of encoded values (format.ts): type, equality, order, size, prefix, membership
// and the way down a path. Nothing is decoded and nothing allocated, but for what is rare and large.
//
// Relies on the encoding being canonical: equal numbers, strings and sets are equal bytes; only the
// members of a map may stand in any order, so equal lists and maps have equal lengths. Depth is that
// of legal values, so recursion needs no guard.

import { compareDecimals, decimalOfNumber, parseDecimal } from './decimal.js';
import * as tag from './format.js';
import { utf8Slice } from './native-text.js';
import {
  readDecimal,
  readFloat64,
  readInt16,
  readInt32,
  readLength32,
  readScaled,
} from './number-reader.js';
import { skipValue } from './value-decoder.js';

export type EncodedType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';

const TYPE_OF_TAG: readonly EncodedType[] = [
  ...(['NULL', 'BOOL', 'BOOL', 'N', 'N', 'N', 'N', 'N', 'N', 'S', 'S', 'S', 'S'] as const),
  ...(['B', 'B', 'L', 'L', 'M', 'M', 'SS', 'SS', 'NS', 'NS', 'BS', 'BS'] as const),
];

/** Maps with more members are compared by an index of their names. */
const MEMBERS_COMPARED_IN_PLACE_MAX = 16;
/** Longer needles are searched for in linear time. */
const NEEDLE_TRIED_EVERYWHERE_BYTES_MAX = 16;

export function typeAt(u8: Uint8Array, at: number): EncodedType {
  return TYPE_OF_TAG[u8[at]];
}

/** Same type and equal value. */
export function equalValues(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  const kind = a[aAt];
  if (kind !== b[bAt]) return false;
  const length = skipValue(a, aAt) - aAt;
  if (length !== skipValue(b, bAt) - bAt) return false;
  if (equalBytes(a, aAt, b, bAt, length)) return true;
  if (kind === tag.MAP || kind === tag.MAP32) return equalMaps(a, aAt, b, bAt);
  return (kind === tag.LIST || kind === tag.LIST32) && equalLists(a, aAt, b, bAt);
}

function equalBytes(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) {
    if (a[aAt + i] !== b[bAt + i]) return false;
  }
  return true;
}

function equalLists(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  const count = countAt(a, aAt);
  if (count !== countAt(b, bAt)) return false;
  let left = bodyAt(a, aAt);
  let right = bodyAt(b, bAt);
  for (let i = 0; i < count; i++) {
    if (!equalValues(a, left, b, right)) return false;
    left = skipValue(a, left);
    right = skipValue(b, right);
  }
  return true;
}

function equalMaps(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  const count = countAt(a, aAt);
  if (count !== countAt(b, bAt)) return false;
  const members = count > MEMBERS_COMPARED_IN_PLACE_MAX ? membersOf(b, bAt, count) : undefined;
  let next = bodyAt(a, aAt);
  for (let i = 0; i < count; i++) {
    const nameBytes = a[next] | (a[next + 1] << 8);
    const value = next + 2 + nameBytes;
    const other =
      members === undefined
        ? findMember(b, bAt, a, next + 2, nameBytes)
        : (members.get(utf8Slice(a, next + 2, value)) ?? -1);
    if (other < 0 || !equalValues(a, value, b, other)) return false;
    next = skipValue(a, value);
  }
  return true;
}

function membersOf(u8: Uint8Array, at: number, count: number): Map<string, number> {
  const members = new Map<string, number>();
  let next = bodyAt(u8, at);
  for (let i = 0; i < count; i++) {
    const value = next + 2 + (u8[next] | (u8[next + 1] << 8));
    members.set(utf8Slice(u8, next + 2, value), value);
    next = skipValue(u8, value);
  }
  return members;
}

/**
 * Negative, zero or positive for two strings, numbers or binaries; NaN, of which no comparison
 * holds, for any other pair.
 */
export function compareValues(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number {
  const type = TYPE_OF_TAG[a[aAt]];
  if (type !== TYPE_OF_TAG[b[bAt]]) return NaN;
  if (type === 'N') return compareNumbers(a, aAt, b, bAt);
  return type === 'S' || type === 'B' ? compareTexts(a, aAt, b, bAt) : NaN;
}

function compareNumbers(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number {
  // What is no DECIMAL is the shortest decimal of its double, and those are ordered as the doubles are.
  if (a[aAt] !== tag.DECIMAL && b[bAt] !== tag.DECIMAL) return doubleAt(a, aAt) - doubleAt(b, bAt);
  return compareDecimals(decimalAt(a, aAt), decimalAt(b, bAt));
}

function decimalAt(u8: Uint8Array, at: number): ReturnType<typeof parseDecimal> {
  if (u8[at] !== tag.DECIMAL) return decimalOfNumber(doubleAt(u8, at));
  return parseDecimal(readDecimal(u8, at + 1).value);
}

function doubleAt(u8: Uint8Array, at: number): number {
  switch (u8[at]) {
    case tag.INT8:
      return (u8[at + 1] << 24) >> 24;
    case tag.INT16:
      return readInt16(u8, at + 1);
    case tag.INT32:
      return readInt32(u8, at + 1);
    case tag.SCALED:
      return readScaled(u8, at + 1);
    default:
      return readFloat64(u8, at + 1);
  }
}

function compareTexts(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number {
  const aBytes = textBytes(a, aAt);
  const bBytes = textBytes(b, bAt);
  const left = textStart(a, aAt);
  const right = textStart(b, bAt);
  const common = aBytes < bBytes ? aBytes : bBytes;
  for (let i = 0; i < common; i++) {
    const difference = a[left + i] - b[right + i];
    if (difference !== 0) return difference;
  }
  return aBytes - bBytes;
}

/** What `size` gives: UTF-16 units, bytes or elements; -1 for types without a size. */
export function sizeAt(u8: Uint8Array, at: number): number {
  switch (u8[at]) {
    case tag.ASCII:
    case tag.ASCII32:
    case tag.BIN:
    case tag.BIN32:
      return textBytes(u8, at);
    case tag.UTF8:
    case tag.UTF8_32:
      return utf16Units(u8, textStart(u8, at), textBytes(u8, at));
    default:
      return u8[at] >= tag.LIST ? countAt(u8, at) : -1;
  }
}

/** A sequence of four bytes is two units, any other is one. */
function utf16Units(u8: Uint8Array, at: number, bytes: number): number {
  let units = 0;
  for (let i = at; i < at + bytes; i++) {
    if ((u8[i] & 0xc0) !== 0x80) units += u8[i] >= 0xf0 ? 2 : 1;
  }
  return units;
}

/** Whether a string begins with a string, or a binary with a binary. */
export function beginsWith(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  const type = TYPE_OF_TAG[a[aAt]];
  if ((type !== 'S' && type !== 'B') || TYPE_OF_TAG[b[bAt]] !== type) return false;
  const bytes = textBytes(b, bAt);
  if (bytes > textBytes(a, aAt)) return false;
  return equalBytes(a, textStart(a, aAt), b, textStart(b, bAt), bytes);
}

/** Whether a string or binary has such a part, a set such a member, or a list such an element. */
export function contains(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  const type = TYPE_OF_TAG[a[aAt]];
  if (type === 'S' || type === 'B') {
    if (TYPE_OF_TAG[b[bAt]] !== type) return false;
    const bytes = textBytes(a, aAt);
    return hasPart(a, textStart(a, aAt), bytes, b, textStart(b, bAt), textBytes(b, bAt));
  }
  if (a[aAt] < tag.LIST || type === 'M') return false;
  const count = countAt(a, aAt);
  let element = bodyAt(a, aAt);
  for (let i = 0; i < count; i++) {
    if (equalValues(a, element, b, bAt)) return true;
    element = skipValue(a, element);
  }
  return false;
}

function hasPart(
  a: Uint8Array,
  aAt: number,
  bytes: number,
  part: Uint8Array,
  partAt: number,
  partBytes: number,
): boolean {
  if (partBytes > NEEDLE_TRIED_EVERYWHERE_BYTES_MAX) {
    return hasLongPart(a, aAt, bytes, part, partAt, partBytes);
  }
  const last = aAt + bytes - partBytes;
  for (let i = aAt; i <= last; i++) {
    if (equalBytes(a, i, part, partAt, partBytes)) return true;
  }
  return false;
}

/** Knuth, Morris and Pratt: no pair of texts takes longer than their lengths. */
function hasLongPart(
  a: Uint8Array,
  aAt: number,
  bytes: number,
  part: Uint8Array,
  partAt: number,
  partBytes: number,
): boolean {
  if (partBytes > bytes) return false;
  const fallback = new Int32Array(partBytes);
  for (let i = 1, matched = 0; i < partBytes; i++) {
    while (matched > 0 && part[partAt + i] !== part[partAt + matched]) {
      matched = fallback[matched - 1];
    }
    if (part[partAt + i] === part[partAt + matched]) matched++;
    fallback[i] = matched;
  }
  for (let i = 0, matched = 0; i < bytes; i++) {
    while (matched > 0 && a[aAt + i] !== part[partAt + matched]) matched = fallback[matched - 1];
    if (a[aAt + i] === part[partAt + matched]) matched++;
    if (matched === partBytes) return true;
  }
  return false;
}

/** Where the member of a map with this UTF-8 name lies; -1 if there is none, or no map. */
export function memberAt(u8: Uint8Array, at: number, name: Uint8Array): number {
  const kind = u8[at];
  if (kind !== tag.MAP && kind !== tag.MAP32) return -1;
  return findMember(u8, at, name, 0, name.length);
}

function findMember(
  u8: Uint8Array,
  at: number,
  names: Uint8Array,
  nameAt: number,
  nameBytes: number,
): number {
  const count = countAt(u8, at);
  let next = bodyAt(u8, at);
  for (let i = 0; i < count; i++) {
    const bytes = u8[next] | (u8[next + 1] << 8);
    const value = next + 2 + bytes;
    if (bytes === nameBytes && equalBytes(u8, next + 2, names, nameAt, bytes)) return value;
    next = skipValue(u8, value);
  }
  return -1;
}

/** Where an element of a list lies; -1 past its end, or if there is no list. */
export function elementAt(u8: Uint8Array, at: number, index: number): number {
  const kind = u8[at];
  if ((kind !== tag.LIST && kind !== tag.LIST32) || index >= countAt(u8, at)) return -1;
  let element = bodyAt(u8, at);
  for (let i = 0; i < index; i++) element = skipValue(u8, element);
  return element;
}

/** Elements of the list, map or set at `at`. */
function countAt(u8: Uint8Array, at: number): number {
  return isShort(u8[at]) ? u8[at + 2] : readLength32(u8, at + 5);
}

function bodyAt(u8: Uint8Array, at: number): number {
  return isShort(u8[at])
    ? at + tag.SHORT_CONTAINER_HEADER_BYTES
    : at + tag.LONG_CONTAINER_HEADER_BYTES;
}

function isShort(container: number): boolean {
  return ((container - tag.LIST) & 1) === 0;
}

/** Of the string or binary at `at`. */
function textStart(u8: Uint8Array, at: number): number {
  return isShortText(u8[at]) ? at + 2 : at + 5;
}

function textBytes(u8: Uint8Array, at: number): number {
  return isShortText(u8[at]) ? u8[at + 1] : readLength32(u8, at + 1);
}

function isShortText(kind: number): boolean {
  return kind === tag.ASCII || kind === tag.UTF8 || kind === tag.BIN;
}
