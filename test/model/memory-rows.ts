// The rows of the model's tables: what is stored, in which order, and what is refused.
//
// Rows are kept in the order of a scan: hash of the partition key, then partition key, then sort
// key. The hash is not the engine's, so a scan's order across partition keys is not comparable;
// inside one it is.

import { decimalOfNumber, decimalText } from '../../host/core/codec/decimal.js';
import { encodeInlineItem } from '../../host/core/codec/inline-item.js';
import { EncodedItem } from '../../host/core/codec/encoded-item.js';
import { InvalidArgument, ValidationException } from '../../host/errors.js';
import { ITEM_SIZE_MAX } from '../../host/limits.js';
import { NumberValue } from '../../host/number-value.js';
import type { StoredTable } from '../../host/engine/store.js';
import { itemSize } from '../../host/table/item-size.js';
import type {
  AttributeValue,
  Item,
  KeySchema,
  KeyValue,
  NumberAttribute,
} from '../../host/table/item-types.js';
import { isPlainObject, itemFault } from '../../host/table/item-value.js';
import {
  compareKeyValues,
  keyAttributes,
  keyFault,
  keyFaultInItem,
  keyIdentity,
} from '../../host/table/key-schema.js';
import { decimalOf } from '../../host/table/number.js';

/** Where a row stands: by the hash, then by the values one after the other. */
export interface Place {
  readonly hash: number;
  readonly values: readonly KeyValue[];
}

export interface Row extends Place {
  readonly key: Item;
  readonly item: Item;
}

export interface MemoryTable extends StoredTable {
  dropped: boolean;
  rows: Row[];
}

export function checkItem(schema: KeySchema, item: Item): void {
  if (!isPlainObject(item)) throw new InvalidArgument('The item', 'a plain object', item);
  const fault = itemFault(item, 'Item');
  if (fault !== undefined) throw new ValidationException(fault);
  const problem = keyFaultInItem(schema, item);
  if (problem !== undefined) throw problem;
  if (itemSize(item) > ITEM_SIZE_MAX) {
    throw new ValidationException('Item size has exceeded the maximum allowed size');
  }
}

export function checkKey(schema: KeySchema, key: Item): void {
  if (!isPlainObject(key)) throw new InvalidArgument('The key', 'a plain object', key);
  const fault = itemFault(key, 'Key');
  if (fault !== undefined) throw new ValidationException(fault);
  const problem = keyFault(schema, key);
  if (problem !== undefined) throw problem;
}

/** Where a key is, or would be. */
export function find(table: MemoryTable, key: Item): { at: number; row: Row | undefined } {
  const place = placeOf(table.key, key);
  let low = 0;
  let high = table.rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePlaces(table.rows[middle], place) < 0) low = middle + 1;
    else high = middle;
  }
  const row = table.rows[low];
  const found = row !== undefined && comparePlaces(row, place) === 0;
  return { at: low, row: found ? row : undefined };
}

export function placeOf(schema: KeySchema, key: Item): Place {
  const values = keyAttributes(schema).map(({ name }) => key[name] as KeyValue);
  return { hash: hashOf(values.slice(0, 1)), values };
}

export function comparePlaces(left: Place, right: Place): number {
  if (left.hash !== right.hash) return left.hash - right.hash;
  for (const [at, value] of left.values.entries()) {
    const order = compareKeyValues(value, right.values[at]);
    if (order !== 0) return order;
  }
  return 0;
}

/** 32-bit FNV-1a of partition key values, then mixed so that its top bits are as good as the others. */
export function hashOf(values: readonly KeyValue[]): number {
  const schema: KeySchema = { partition: { name: 'value', type: 'S' } };
  let hash = 0x811c9dc5;
  for (const value of values) {
    for (const byte of Buffer.from(keyIdentity(schema, { value }))) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The item as decisions and filters see it, in memory of its own. */
export function encodeItem(item: Item): EncodedItem {
  for (let bytes = 1024; ; bytes *= 4) {
    const u8 = new Uint8Array(bytes);
    const length = encodeInlineItem(u8, 0, bytes, item);
    if (length >= 0) return new EncodedItem(u8, 0, length, undefined);
  }
}

/** A deep copy in canonical form: what comes back from a store. */
export function copyItem(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, copyValue(value)]));
}

function copyValue(value: AttributeValue): AttributeValue {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue) {
    return canonicalNumber(value);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return (value as readonly AttributeValue[]).map(copyValue);
  if (value instanceof Set) {
    const members = [...(value as ReadonlySet<KeyValue>)].map(
      (member) => copyValue(member) as KeyValue,
    );
    return new Set(members.sort(compareKeyValues)) as AttributeValue;
  }
  return copyItem(value as Item);
}

/** A number if it shows the value exactly, else its decimal text. */
function canonicalNumber(value: NumberAttribute): NumberAttribute {
  const text = decimalText(decimalOf(value));
  const number = Number(text);
  // The largest numbers round up to what DynamoDB has none of.
  const inRange = Math.abs(number) < 1e126;
  if (inRange && decimalText(decimalOfNumber(number)) === text) return number;
  return NumberValue.from(text);
}
