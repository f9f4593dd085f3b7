// Attribute values in DynamoDB's typed shapes, `{ S: 'a' }`, and the JavaScript values everything
// inside works with.
//
// Reading checks JSON types only, as the service does before anything else. A value of the right
// types that is still no value (`{}`, `{ NULL: false }`, `{ SS: [] }`) becomes a FaultyValue, which
// table/item-value.ts reports when the operation's turn for values comes, in its wording.
//
// Invariants: what is read is a new object, but for the bytes of binary values; recursion is
// bounded by the levels that any value may have, as deeper ones are refused unread.

import { decimalText } from '../core/codec/decimal.js';
import { setOwn } from '../core/codec/plain-object.js';
import { InvalidArgument, SerializationException } from '../errors.js';
import { TRANSACTION_VALUE_LEVELS_MAX } from '../limits.js';
import { NumberValue } from '../number-value.js';
import {
  readAttributeMap as readMap,
  readBoolean,
  readList,
  readString,
  readStructure,
} from '../operation/wire-types.js';
import { FaultyValue } from '../table/faulty-value.js';
import type { AttributeValue as DocumentValue, Item, KeyValue } from '../table/item-types.js';
import { isPlainObject, typeOfValue } from '../table/item-value.js';
import { decimalOf } from '../table/number.js';
import { readNumber } from './attribute-number.js';
import { readSet } from './attribute-set.js';

/** One value in DynamoDB's shape: exactly one of the members is there. */
export interface AttributeValue {
  S?: string;
  N?: string;
  /** Bytes in process, base64 text in JSON. */
  B?: Uint8Array | string;
  BOOL?: boolean;
  NULL?: boolean;
  SS?: string[];
  NS?: string[];
  BS?: (Uint8Array | string)[];
  L?: AttributeValue[];
  M?: AttributeMap;
}

/** An item or key in DynamoDB's shapes. */
export type AttributeMap = { [name: string]: AttributeValue };

/** What a B holds: bytes, as in the SDK's clients, or base64 text, as on the wire. */
export type BinaryForm = 'bytes' | 'base64';

const EMPTY =
  'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
const SEVERAL =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes';
const NOT_TRUE =
  'One or more parameter values were invalid: Null attribute value types must have the value of true';

/** An item, key or map of placeholders; undefined if the member is absent. */
export function readAttributeMap(
  value: unknown,
  parameter: string,
  binary: BinaryForm,
): Item | undefined {
  return readMembers(value, parameter, binary, 1);
}

/** One value; undefined if the member is absent. */
export function readAttributeValue(
  value: unknown,
  parameter: string,
  binary: BinaryForm,
): DocumentValue | undefined {
  return value === undefined || value === null ? undefined : read(value, parameter, binary, 1);
}

function readMembers(value: unknown, path: string, binary: BinaryForm, level: number) {
  const map = readMap(value, path);
  if (map === undefined) return undefined;
  const item: Item = {};
  for (const name of Object.keys(map)) {
    const member = map[name];
    if (member === undefined || member === null) continue;
    setOwn(item, name, read(member, `${path}.${name}`, binary, level));
  }
  return item;
}

function read(value: unknown, path: string, binary: BinaryForm, level: number): DocumentValue {
  const shape = readShape(value, path);
  // The level itself is the fault, whatever the value is.
  if (level > TRANSACTION_VALUE_LEVELS_MAX) return null;
  const found: unknown[] = [];
  for (const type of Object.keys(shape)) {
    const member = shape[type];
    if (member === undefined || member === null) continue;
    const typed = readTyped(type, member, `${path}.${type}`, binary, level);
    if (typed !== undefined) found.push(typed);
  }
  if (found.length === 1) return found[0] as DocumentValue;
  return faulty(found.length === 0 ? EMPTY : SEVERAL);
}

function readShape(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (isPlainObject(value)) return value;
  const type = 'class com.amazonaws.dynamodb.v20120810.AttributeValue';
  if (typeof value === 'object') return readStructure(value, path, type) ?? {};
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new InvalidArgument(path, 'an attribute value such as { S: "a" }', value);
  }
  throw new SerializationException('Unexpected value type in payload', path);
}

/** The value of one datatype, or undefined for a member that is none. */
function readTyped(
  type: string,
  member: unknown,
  path: string,
  binary: BinaryForm,
  level: number,
): unknown {
  switch (type) {
    case 'S':
      return readString(member, path);
    case 'N':
      return readNumber(readString(member, path) ?? '');
    case 'B':
      return readBinary(member, path, binary);
    case 'BOOL':
      return readBoolean(member, path);
    case 'NULL':
      return readBoolean(member, path) === true ? null : faulty(NOT_TRUE);
    case 'SS':
      return readSet('SS', elements(member, path, readString));
    case 'NS':
      return readSet('NS', elements(member, path, readString));
    case 'BS':
      return readSet(
        'BS',
        elements(member, path, (element, at) => readBinary(element, at, binary)),
      );
    case 'L':
      return elements(member, path, (element, at) => read(element, at, binary, level + 1));
    case 'M':
      return readMembers(member, path, binary, level + 1);
    default:
      return undefined;
  }
}

function elements<Element>(
  list: unknown,
  path: string,
  readElement: (element: unknown, path: string) => Element | undefined,
): Element[] {
  const found: Element[] = [];
  for (const [index, element] of (readList(list, path) ?? []).entries()) {
    if (element === null || element === undefined) continue;
    found.push(readElement(element, `${path}[${index}]`) as Element);
  }
  return found;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function readBinary(value: unknown, path: string, binary: BinaryForm): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'number' || typeof value === 'boolean') {
    throw new SerializationException('only base-64-encoded strings are convertible to bytes', path);
  }
  if (Array.isArray(value)) {
    throw new SerializationException(
      'Unrecognized collection type class java.nio.ByteBuffer',
      path,
    );
  }
  if (isPlainObject(value)) {
    throw new SerializationException('Start of structure or map found where not expected', path);
  }
  if (typeof value !== 'string' || binary !== 'base64') {
    throw new InvalidArgument(path, binary === 'bytes' ? 'a Uint8Array' : 'base64 text', value);
  }
  return decodeBase64(value, path);
}

function decodeBase64(text: string, path: string): Uint8Array {
  if (text.length % 4 !== 0) {
    throw new SerializationException(
      `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`,
      path,
    );
  }
  const bytes = Buffer.from(text, 'base64');
  if (!BASE64.test(text) || bytes.toString('base64') !== text) {
    throw new SerializationException('Invalid last non-pad Base64 character dectected', path);
  }
  return new Uint8Array(bytes);
}

function faulty(text: string): DocumentValue {
  return new FaultyValue(text) as unknown as DocumentValue;
}

/** An item in DynamoDB's shapes. */
export function writeAttributeMap(item: Item, binary: BinaryForm): AttributeMap {
  const map: AttributeMap = {};
  for (const name of Object.keys(item)) {
    setOwn(map, name, writeAttributeValue(item[name], binary));
  }
  return map;
}

/** One value in DynamoDB's shape. */
export function writeAttributeValue(value: DocumentValue, binary: BinaryForm): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'boolean':
      return { BOOL: value };
    case 'number':
    case 'bigint':
      return { N: writeNumber(value) };
  }
  if (value === null) return { NULL: true };
  if (value instanceof NumberValue) return { N: value.value };
  if (value instanceof Uint8Array) return { B: writeBinary(value, binary) };
  if (value instanceof Set) return writeSet(value as ReadonlySet<KeyValue>, binary);
  if (Array.isArray(value)) {
    const list = value as readonly DocumentValue[];
    return { L: list.map((element) => writeAttributeValue(element, binary)) };
  }
  return { M: writeAttributeMap(value as Item, binary) };
}

function writeSet(set: ReadonlySet<KeyValue>, binary: BinaryForm): AttributeValue {
  const members = [...set];
  switch (typeOfValue(set as DocumentValue)) {
    case 'NS':
      return { NS: members.map((member) => writeNumber(member as number)) };
    case 'BS':
      return { BS: members.map((member) => writeBinary(member as Uint8Array, binary)) };
    default:
      return { SS: members as string[] };
  }
}

function writeNumber(value: number | bigint | NumberValue): string {
  return Number.isSafeInteger(value) ? String(value) : decimalText(decimalOf(value));
}

function writeBinary(value: Uint8Array, binary: BinaryForm): Uint8Array | string {
  return binary === 'bytes' ? value : Buffer.from(value).toString('base64');
}
