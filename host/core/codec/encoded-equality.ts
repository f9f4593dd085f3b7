// Whether two encoded items, or values, are the same to DynamoDB: the order of attributes and of members of maps does not
// matter. All other encodings are canonical (format.ts), so what differs in bytes and has no map inside differs.

import type { EncodedItem } from './encoded-item.js';
import {
  ITEM_HEADER_BYTES,
  LIST,
  LIST32,
  LONG_CONTAINER_HEADER_BYTES,
  MAP,
  MAP32,
  SHORT_CONTAINER_HEADER_BYTES,
} from './format.js';
import { attributeAt } from './item-layout.js';
import { readName } from './name-reader.js';
import { readLength32 } from './number-reader.js';
import { skipValue } from './value-decoder.js';

const SHAPE_ID_BYTES = 2;
const INLINE_NAMES_AT = ITEM_HEADER_BYTES + 4;
/** Maps with more members are looked up by a table of their names. */
const SCANNED_MEMBERS_MAX = 8;

export function sameItems(a: EncodedItem, b: EncodedItem): boolean {
  if (a.sizeBytes !== b.sizeBytes) return false;
  if (a.length === b.length && a.codec === b.codec) {
    const rest = a.length - SHAPE_ID_BYTES;
    if (sameBytes(a.u8, a.at + SHAPE_ID_BYTES, b.u8, b.at + SHAPE_ID_BYTES, rest)) return true;
  }
  const attributes = attributesOf(a);
  if (attributes.length !== countOf(b)) return false;
  return attributes.every(([name, at]) => {
    const other = b.find(name);
    return other >= 0 && sameValues(a.u8, at, b.u8, other);
  });
}

/** Whether both have the attribute with the same value, or neither has it. */
export function sameAttribute(a: EncodedItem, b: EncodedItem, name: string): boolean {
  const left = a.find(name);
  const right = b.find(name);
  if (left < 0 || right < 0) return left < 0 && right < 0;
  return sameValues(a.u8, left, b.u8, right);
}

export function sameValues(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  const kind = a[aAt];
  if (kind !== b[bAt]) return false;
  const length = skipValue(a, aAt) - aAt;
  if (skipValue(b, bAt) - bAt !== length) return false;
  if (sameBytes(a, aAt, b, bAt, length)) return true;
  if (kind < LIST || kind > MAP32) return false;
  const long = kind === LIST32 || kind === MAP32;
  const count = long ? readLength32(a, aAt + 5) : a[aAt + 2];
  if (count !== (long ? readLength32(b, bAt + 5) : b[bAt + 2])) return false;
  const head = long ? LONG_CONTAINER_HEADER_BYTES : SHORT_CONTAINER_HEADER_BYTES;
  return kind === MAP || kind === MAP32
    ? sameMembers(a, aAt + head, b, bAt + head, count)
    : sameElements(a, aAt + head, b, bAt + head, count);
}

function sameElements(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  count: number,
): boolean {
  let left = aAt;
  let right = bAt;
  for (let i = 0; i < count; i++) {
    if (!sameValues(a, left, b, right)) return false;
    left = skipValue(a, left);
    right = skipValue(b, right);
  }
  return true;
}

function sameMembers(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  count: number,
): boolean {
  const others = membersOf(b, bAt, count);
  const names = count > SCANNED_MEMBERS_MAX ? new Map(others) : undefined;
  return membersOf(a, aAt, count).every(([name, at]) => {
    const other =
      names === undefined ? others.find((each) => each[0] === name)?.[1] : names.get(name);
    return other !== undefined && sameValues(a, at, b, other);
  });
}

/** Names and places of `count` named values that lie one behind the other. */
function membersOf(u8: Uint8Array, at: number, count: number): [name: string, at: number][] {
  const members: [string, number][] = [];
  let next = at;
  for (let i = 0; i < count; i++) {
    const nameBytes = u8[next] | (u8[next + 1] << 8);
    const value = next + 2 + nameBytes;
    members.push([readName(u8, next + 2, nameBytes), value]);
    next = skipValue(u8, value);
  }
  return members;
}

function attributesOf(item: EncodedItem): [name: string, at: number][] {
  const { u8, at, codec } = item;
  if (codec !== undefined) return codec.names.map((name, i) => [name, attributeAt(u8, at, i)]);
  const count = countOf(item);
  return membersOf(u8, at + INLINE_NAMES_AT + 4 * count, count);
}

function countOf({ u8, at, codec }: EncodedItem): number {
  return codec?.names.length ?? readLength32(u8, at + ITEM_HEADER_BYTES);
}

function sameBytes(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}
