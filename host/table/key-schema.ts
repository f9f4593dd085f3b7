// Whether an item or a key fits a table's key schema, and DynamoDB's text when it does not.
//
// The caller has checked the values themselves (table/item-value.ts) or is about to report the
// key's fault first: these functions look only at the key attributes. Key-schema texts are never
// enveloped, in any operation.

import { ValidationException } from '../errors.js';
import { PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX } from '../limits.js';
import { compareDecimals } from '../core/codec/decimal.js';
import { NumberValue } from '../number-value.js';
import { textSize } from './item-size.js';
import type {
  AttributeValue,
  Item,
  KeyAttribute,
  KeySchema,
  KeyType,
  KeyValue,
  NumberAttribute,
} from './item-types.js';
import { typeOfValue } from './item-value.js';
import { decimalIdentity, decimalOf } from './number.js';

const INVALID = 'One or more parameter values were invalid: ';
export const KEY_DOES_NOT_MATCH = 'The provided key element does not match the schema';

/** The fault of the key attributes of a whole item (PutItem's texts), or undefined. */
export function keyFaultInItem(schema: KeySchema, item: Item): ValidationException | undefined {
  const attributes = keyAttributes(schema);
  for (const { name } of attributes) {
    if (!Object.hasOwn(item, name)) {
      return new ValidationException(`${INVALID}Missing the key ${name} in the item`);
    }
  }
  for (const { name, type } of attributes) {
    const actual = typeOfValue(item[name]);
    if (actual !== type) {
      return new ValidationException(
        `${INVALID}Type mismatch for key ${name} expected: ${type} actual: ${actual}`,
      );
    }
  }
  return keyValuesFault(schema, item);
}

/** The fault of a key, which must hold exactly the key attributes, or undefined. */
export function keyFault(schema: KeySchema, key: Item): ValidationException | undefined {
  return keyMatches(schema, key)
    ? keyValuesFault(schema, key)
    : new ValidationException(KEY_DOES_NOT_MATCH);
}

/**
 * Whether a key holds exactly the key attributes with the declared types. Sizes are another matter.
 */
export function keyMatches(schema: KeySchema, key: Item): boolean {
  const attributes = keyAttributes(schema);
  if (Object.keys(key).length !== attributes.length) return false;
  return attributes.every(
    ({ name, type }) => Object.hasOwn(key, name) && hasKeyType(key[name], type),
  );
}

/** Whether an item has all key attributes with the declared types. */
export function keyIsTyped(schema: KeySchema, item: Item): boolean {
  return keyAttributes(schema).every(
    ({ name, type }) => Object.hasOwn(item, name) && hasKeyType(item[name], type),
  );
}

/** Empty and oversize key values, partition key first. */
export function keyValuesFault(schema: KeySchema, item: Item): ValidationException | undefined {
  const partition = keyValueFault(
    schema.partition,
    item[schema.partition.name] as KeyValue,
    'partition',
  );
  if (partition !== undefined || schema.sort === undefined) return partition;
  return keyValueFault(schema.sort, item[schema.sort.name] as KeyValue, 'sort');
}

/** An empty or oversize value of one key attribute, whose type is right. */
export function keyValueFault(
  attribute: KeyAttribute,
  value: KeyValue,
  role: 'partition' | 'sort',
): ValidationException | undefined {
  if (attribute.type === 'N') return undefined;
  const bytes = typeof value === 'string' ? textSize(value) : (value as Uint8Array).byteLength;
  if (bytes === 0) {
    return new ValidationException(
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
        `${attribute.type === 'S' ? 'string' : 'binary'} value. Key: ${attribute.name}`,
    );
  }
  if (role === 'partition' && bytes > PARTITION_KEY_BYTES_MAX) {
    return new ValidationException(
      `${INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
    );
  }
  if (role === 'sort' && bytes > SORT_KEY_BYTES_MAX) {
    return new ValidationException(
      `${INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
    );
  }
  return undefined;
}

/** Whether a value has the type a key attribute is declared with. */
export function hasKeyType(value: unknown, type: KeyType): value is KeyValue {
  if (type === 'S') return typeof value === 'string';
  if (type === 'B') return value instanceof Uint8Array;
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue;
}

/** Partition key first. */
export function keyAttributes(schema: KeySchema): readonly KeyAttribute[] {
  return schema.sort === undefined ? [schema.partition] : [schema.partition, schema.sort];
}

/** The key attributes of an item, and nothing else of it. */
export function keyOfItem(schema: KeySchema, item: Item): Item {
  // Computed members of a literal define even `__proto__`; an assignment would not.
  const partition = schema.partition.name;
  if (schema.sort === undefined) return { [partition]: item[partition] };
  const sort = schema.sort.name;
  return { [partition]: item[partition], [sort]: item[sort] };
}

/** One text for one key: equal exactly for equal keys, so 1, 1n and 1.0 give one text. */
export function keyIdentity(schema: KeySchema, key: Item): string {
  const parts = keyAttributes(schema).map(({ name }) => valueIdentity(key[name]));
  return JSON.stringify(parts);
}

/** Whether two values of one key attribute are the same key. */
export function sameKeyValue(left: AttributeValue, right: AttributeValue): boolean {
  return valueIdentity(left) === valueIdentity(right);
}

/**
 * The order of two values of one type: strings by UTF-8 bytes, binary by bytes, numbers by value.
 */
export function compareKeyValues(left: KeyValue, right: KeyValue): number {
  if (typeof left === 'string') return compareTexts(left, right as string);
  if (left instanceof Uint8Array) return Buffer.compare(left, right as Uint8Array);
  return compareDecimals(decimalOf(left), decimalOf(right as NumberAttribute));
}

/** UTF-8 byte order, which differs from JavaScript's where surrogate pairs meet U+E000..U+FFFF. */
function compareTexts(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
}

function valueIdentity(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return decimalIdentity(decimalOf(value as NumberAttribute));
}
