// Writes any JavaScript value in the encoded form (format.ts). The generic walker: compiled
// encoders (compile-encoder.ts) do the common scalars of top-level attributes themselves and call
// this one for the rest.
//
// Every writer takes (u8, at, limit, value, ...), returns where the value ends, or NO_ROOM when it
// does not fit below `limit`, and leaves the value's DynamoDB size in `written.bytes`. Nothing at
// or beyond `limit` is ever written. A getter may run user code, which may encode another item: all
// state is in locals and arguments (DESIGN R16).

import { types } from 'node:util';
import { describeValue, ValidationException } from '../../errors.js';
import { NESTING_LEVELS_MAX } from '../../limits.js';
import { NumberValue } from '../../number-value.js';
import { bytesOf, writeBinary } from './bytes-writer.js';
import { closeContainer, containerBody } from './container-writer.js';
import { decimalOfBigint, parseDecimal } from './decimal.js';
import { FALSE, LIST, MAP, NO_ROOM, NULL, TRUE } from './format.js';
import { writeDecimal, writeNumber } from './number-writer.js';
import { isPlainObject } from './plain-object.js';
import { writeSet } from './set-writer.js';
import { writeName, writeString } from './text-writer.js';
import { ValueFault, withStep } from './value-fault.js';
import { written } from './written-size.js';

/**
 * DynamoDB bytes of a list or map beside its elements, and of each element beside its name and
 * value.
 */
const DOCUMENT_OVERHEAD = 3;
const ELEMENT_OVERHEAD = 1;

/**
 * Writes `value`, which stands at `level` (a top-level attribute is at level 1). With
 * `dropUndefined`, undefined elements, members of maps and members of sets are left out instead of
 * refused; an undefined `value` itself never is.
 */
export function writeValue(
  u8: Uint8Array,
  at: number,
  limit: number,
  value: unknown,
  level: number,
  dropUndefined: boolean,
): number {
  switch (typeof value) {
    case 'string':
      return writeString(u8, at, limit, value);
    case 'number':
      return writeNumber(u8, at, limit, value);
    case 'boolean':
      return writeTag(u8, at, limit, value ? TRUE : FALSE);
    case 'object':
      if (value === null) return writeTag(u8, at, limit, NULL);
      if (Array.isArray(value)) return writeList(u8, at, limit, value, level, dropUndefined);
      return writeObject(u8, at, limit, value, level, dropUndefined);
    case 'bigint':
      return writeDecimal(u8, at, limit, decimalOfBigint(value));
    case 'undefined':
      throw new ValueFault(
        'the value is undefined; leave the attribute out or set removeUndefinedValues',
      );
    default:
      throw new ValueFault(`${describeValue(value)} is not a value that DynamoDB has`);
  }
}

/** A top-level attribute: a fault in it is told with its name. */
export function writeAttribute(
  u8: Uint8Array,
  at: number,
  limit: number,
  value: unknown,
  name: string,
  dropUndefined: boolean,
): number {
  try {
    return writeValue(u8, at, limit, value, 1, dropUndefined);
  } catch (error) {
    throw withStep(error, name);
  }
}

function writeTag(u8: Uint8Array, at: number, limit: number, tag: number): number {
  if (at >= limit) return NO_ROOM;
  u8[at] = tag;
  written.bytes = 1;
  return at + 1;
}

function writeObject(
  u8: Uint8Array,
  at: number,
  limit: number,
  value: object,
  level: number,
  dropUndefined: boolean,
): number {
  if (isPlainObject(value)) {
    return writeMap(u8, at, limit, value as Record<string, unknown>, level, dropUndefined);
  }
  const bytes = bytesOf(value);
  if (bytes !== undefined) return writeBinary(u8, at, limit, bytes);
  if (types.isSet(value)) return writeSet(u8, at, limit, value, dropUndefined);
  if (value instanceof NumberValue) return writeDecimal(u8, at, limit, parseDecimal(value.value));
  throw new ValueFault(
    `${describeValue(value)} is not a value that DynamoDB has; pass a plain object`,
  );
}

function writeList(
  u8: Uint8Array,
  at: number,
  limit: number,
  list: readonly unknown[],
  level: number,
  dropUndefined: boolean,
): number {
  const length = list.length;
  let end = containerBody(at);
  if (end > limit) return NO_ROOM;
  if (length > 0 && level >= NESTING_LEVELS_MAX) throw nestedTooDeep();
  let size = DOCUMENT_OVERHEAD;
  let count = 0;
  let i = 0;
  try {
    for (; i < length; i++) {
      const element = list[i];
      if (element === undefined && dropUndefined) continue;
      // Strings are what most lists are made of: spared the walk through writeValue.
      end =
        typeof element === 'string'
          ? writeString(u8, end, limit, element)
          : writeValue(u8, end, limit, element, level + 1, dropUndefined);
      if (end < 0) return NO_ROOM;
      size += ELEMENT_OVERHEAD + written.bytes;
      count++;
    }
  } catch (error) {
    throw withStep(error, i);
  }
  end = closeContainer(u8, LIST, at, end, limit, count);
  written.bytes = size;
  return end;
}

function writeMap(
  u8: Uint8Array,
  at: number,
  limit: number,
  map: Record<string, unknown>,
  level: number,
  dropUndefined: boolean,
): number {
  const names = Object.keys(map);
  let end = containerBody(at);
  if (end > limit) return NO_ROOM;
  if (names.length > 0 && level >= NESTING_LEVELS_MAX) throw nestedTooDeep();
  let size = DOCUMENT_OVERHEAD;
  let count = 0;
  let name = '';
  try {
    for (name of names) {
      const value = map[name];
      if (value === undefined && dropUndefined) continue;
      end = writeName(u8, end, limit, name);
      if (end < 0) return NO_ROOM;
      size += ELEMENT_OVERHEAD + written.bytes;
      end = writeValue(u8, end, limit, value, level + 1, dropUndefined);
      if (end < 0) return NO_ROOM;
      size += written.bytes;
      count++;
    }
  } catch (error) {
    throw withStep(error, name);
  }
  end = closeContainer(u8, MAP, at, end, limit, count);
  written.bytes = size;
  return end;
}

function nestedTooDeep(): ValidationException {
  return new ValidationException(
    'Nesting Levels have exceeded supported limits: ' +
      'Attributes in the item have nested levels beyond supported limit',
  );
}
