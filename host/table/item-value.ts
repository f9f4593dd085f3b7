// What a value must be to be stored, and the text DynamoDB has for each way of failing.
//
// Invariants: nothing is converted or copied; recursion is bounded by the 32 levels, so a value
// that contains itself is a nesting fault like any other. A fault of DynamoDB's is returned as its
// bare text, since operations wrap it in different words; what no DynamoDB type can hold is thrown
// as UnsupportedValue, which names the place.

import { UnsupportedValue, describeValue } from '../errors.js';
import { ATTRIBUTE_NAME_BYTES_MAX, NESTING_LEVELS_MAX } from '../limits.js';
import { isPlainObject as isClassless } from '../core/codec/plain-object.js';
import { NumberValue } from '../number-value.js';
import { FaultyValue } from './faulty-value.js';
import { textSize } from './item-size.js';
import type { AttributeValue, Item, NumberAttribute, TypeName } from './item-types.js';
import { decimalIdentity, decimalOf, numberFault } from './number.js';

/**
 * The two layers of wording: single-item operations, and the older one of batches, transactions and
 * Scan.
 */
export type Wording = 'current' | 'older';

const INVALID = 'One or more parameter values were invalid: ';
const TOO_DEEP =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';

/**
 * The first fault of a whole item (or key), or undefined. `path` is how UnsupportedValue names the
 * parameter.
 */
export function itemFault(
  item: Item,
  path: string,
  wording: Wording = 'current',
): string | undefined {
  for (const name of Object.keys(item)) {
    const fault = nameFault(name, path) ?? valueFault(item[name], `${path}.${name}`, wording, 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/**
 * The first fault of a value at a level: 1 for a top-level attribute or a value of an expression.
 */
export function valueFault(
  value: unknown,
  path: string,
  wording: Wording,
  level = 1,
): string | undefined {
  if (level > NESTING_LEVELS_MAX) return TOO_DEEP;
  switch (typeof value) {
    case 'string':
      return textFault(value, path);
    case 'number':
    case 'bigint':
      return numberFault(value);
    case 'boolean':
      return undefined;
    case 'object':
      break;
    default:
      throw new UnsupportedValue(
        path,
        `${describeValue(value)} has no DynamoDB type${hint(value)}.`,
      );
  }
  if (value === null || value instanceof Uint8Array) return undefined;
  if (value instanceof NumberValue) return numberFault(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = valueFault(value[index], `${path}[${index}]`, wording, level + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (value instanceof Set) return setFault(value, path, wording);
  if (value instanceof FaultyValue) return wording === 'current' ? value.text : value.olderText;
  if (!isPlainObject(value)) {
    throw new UnsupportedValue(path, `${describeValue(value)} has no DynamoDB type${hint(value)}.`);
  }
  for (const name of Object.keys(value)) {
    const fault =
      nameFault(name, path) ?? valueFault(value[name], `${path}.${name}`, wording, level + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** A plain object, of any realm. */
export function isPlainObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && isClassless(value);
}

/** The DynamoDB type of a legal value. An empty set has none and counts as SS. */
export function typeOfValue(value: AttributeValue): TypeName {
  switch (typeof value) {
    case 'string':
      return 'S';
    case 'number':
    case 'bigint':
      return 'N';
    case 'boolean':
      return 'BOOL';
  }
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return 'B';
  if (value instanceof NumberValue) return 'N';
  if (Array.isArray(value)) return 'L';
  if (value instanceof Set) {
    for (const member of value as ReadonlySet<AttributeValue>) {
      const type = typeOfValue(member);
      return type === 'N' ? 'NS' : type === 'B' ? 'BS' : 'SS';
    }
    return 'SS';
  }
  return 'M';
}

function hint(value: unknown): string {
  if (value === undefined) return ': leave the attribute out, or store null';
  if (value instanceof Date) return ': store its ISO text or its epoch seconds';
  if (value instanceof Map) return ': store a plain object';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return ': store a Uint8Array';
  return '';
}

function nameFault(name: string, path: string): string | undefined {
  if (name === '') return 'Empty attribute name';
  if (!name.isWellFormed()) {
    throw new UnsupportedValue(
      path,
      'has an attribute name with a lone surrogate, which is not Unicode.',
    );
  }
  // A name has at most three bytes for each UTF-16 unit, so most need no counting.
  if (name.length * 3 > ATTRIBUTE_NAME_BYTES_MAX && textSize(name) > ATTRIBUTE_NAME_BYTES_MAX) {
    return `${INVALID}Attribute name is too large, must be less than 65536 bytes`;
  }
  return undefined;
}

function textFault(text: string, path: string): undefined {
  if (!text.isWellFormed()) {
    throw new UnsupportedValue(path, 'has a lone surrogate, which is not Unicode.');
  }
  return undefined;
}

function setFault(set: ReadonlySet<unknown>, path: string, wording: Wording): string | undefined {
  if (set.size === 0) return `${INVALID}An string set  may not be empty`;
  const members = [...set];
  const type = memberType(members[0]);
  for (const member of members) {
    if (type === undefined || memberType(member) !== type) {
      throw new UnsupportedValue(
        path,
        'the members of a set must be all strings, all numbers or all Uint8Arrays.',
      );
    }
    const fault = valueFault(member, `${path} (a member)`, wording, 1);
    if (fault !== undefined) return fault;
  }
  if (type === 'N') return numberSetFault(members as NumberAttribute[], wording);
  if (type === 'B') return binarySetFault(members as Uint8Array[], wording);
  return undefined; // A Set holds no string twice.
}

function memberType(value: unknown): 'S' | 'N' | 'B' | undefined {
  if (typeof value === 'string') return 'S';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue)
    return 'N';
  return value instanceof Uint8Array ? 'B' : undefined;
}

function numberSetFault(members: readonly NumberAttribute[], wording: Wording): string | undefined {
  const identities = new Set(members.map((member) => decimalIdentity(decimalOf(member))));
  if (identities.size === members.length) return undefined;
  return wording === 'current'
    ? `${INVALID}Input collection contains duplicates.`
    : 'Input collection contains duplicates';
}

function binarySetFault(members: readonly Uint8Array[], wording: Wording): string | undefined {
  const texts = members.map((member) => Buffer.from(member).toString('base64'));
  const repeated = texts.findIndex((text, index) => texts.indexOf(text) < index);
  if (repeated < 0) return undefined;
  if (wording === 'older') {
    return `${INVALID}Input collection [${texts.join(', ')}]of type BS contains duplicates.`;
  }
  // Byte order up to the first repeat, then the repeat, then the rest as sent.
  const ordered = members
    .slice(0, repeated)
    .sort((left, right) => Buffer.compare(left, right))
    .map((member) => Buffer.from(member).toString('base64'));
  const listed = [...ordered, ...texts.slice(repeated)].map((text) => `"${text}"`).join(',');
  return `${INVALID}Input collection [${listed}]of type BS contains duplicates.`;
}
