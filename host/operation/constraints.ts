// Constraints of members: required, length, pattern, enum, range. The second thing checked, after
// the types.
//
// Most operations stop at the first fault; some join theirs, so faults are collected and thrown
// together. The texts come in two styles, old (camelCase path and the value) and new (PascalCase
// path, no value): each caller says which.

import { ValidationException } from '../errors.js';
import { TABLE_ARN_LENGTH_MAX, TABLE_NAME_LENGTH_MAX, TABLE_NAME_LENGTH_MIN } from '../limits.js';

const TABLE_NAME = /^[a-zA-Z0-9_.-]+$/;
const TABLE_ARN = /^arn:[a-zA-Z-]+:dynamodb:[a-z0-9-]*:[0-9]*:table\/[a-zA-Z0-9_.-]+$/;

/** `1 validation error detected: ` before a text. */
export function enveloped(text: string): ValidationException {
  return new ValidationException(`1 validation error detected: ${text}`);
}

/** Runs checks whose ValidationExceptions go into the envelope. */
export function inEnvelope<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw error instanceof ValidationException ? enveloped(error.message) : error;
  }
}

/** Throws what was collected, if anything, under one heading. */
export function throwFaults(faults: readonly (string | undefined)[]): void {
  if (faults.every((fault) => fault === undefined)) return;
  const found = faults.filter((fault) => fault !== undefined);
  const errors = found.length === 1 ? 'error' : 'errors';
  throw new ValidationException(
    `${found.length} validation ${errors} detected: ${found.join('; ')}`,
  );
}

/** Old style: `Value 'x' at 'tableName' failed to satisfy constraint: Member must …` */
export function oldFault(value: unknown, path: string, must: string): string {
  const shown = value === undefined || value === null ? 'null' : `'${String(value)}'`;
  return `Value ${shown} at '${path}' failed to satisfy constraint: Member must ${must}`;
}

/** New style: `Value at 'TableName' failed to satisfy constraint: Member must …` */
export function newFault(path: string, must: string): string {
  return `Value at '${path}' failed to satisfy constraint: Member must ${must}`;
}

export const mustNotBeNull = 'not be null';
export const mustBeAtLeast = (bound: number): string =>
  `have value greater than or equal to ${bound}`;
export const mustBeAtMost = (bound: number): string => `have value less than or equal to ${bound}`;
export const mustBeLonger = (bound: number): string =>
  `have length greater than or equal to ${bound}`;
export const mustBeShorter = (bound: number): string =>
  `have length less than or equal to ${bound}`;
export const mustBeOneOf = (values: readonly string[]): string =>
  `satisfy enum value set: [${values.join(', ')}]`;
export const mustMatchName = 'satisfy regular expression pattern: [a-zA-Z0-9_.-]+';

export function requiredFault(value: unknown, path: string): string | undefined {
  return value === undefined || value === null ? oldFault(value, path, mustNotBeNull) : undefined;
}

export function enumFault(
  value: string | undefined,
  path: string,
  values: readonly string[],
): string | undefined {
  if (value === undefined || values.includes(value)) return undefined;
  return oldFault(value, path, mustBeOneOf(values));
}

/** An integer between bounds, old style. */
export function rangeFault(
  value: number | undefined,
  path: string,
  low: number,
  high?: number,
): string | undefined {
  if (value === undefined) return undefined;
  if (value < low) return oldFault(value, path, mustBeAtLeast(low));
  if (high !== undefined && value > high) return oldFault(value, path, mustBeAtMost(high));
  return undefined;
}

/**
 * The TableName of an operation on an existing table: a name or an ARN. Throws; other faults are
 * not seen beside it.
 */
export function checkTableName(name: string | undefined): asserts name is string {
  if (name === undefined) throwFaults([requiredFault(name, 'tableName')]);
  else if (!isTableArn(name)) throwFaults([tableNameFault(name, 'tableName', 1)]);
}

/** The same as a fault among others, with a path of its own. */
export function tableFault(name: string | undefined, path: string): string | undefined {
  if (name === undefined) return requiredFault(name, path);
  return isTableArn(name) ? undefined : tableNameFault(name, path, 1);
}

/** What the operations on tables themselves say of a missing TableName. */
export function requireTableName(name: string | undefined): asserts name is string {
  if (name !== undefined) return;
  throw new ValidationException(
    "The parameter 'TableName' is required but was not present in the request",
  );
}

/** The TableName of a table to be made: no ARN, and at least three characters. */
export function checkNewTableName(name: string | undefined): asserts name is string {
  requireTableName(name);
  throwFaults([tableNameFault(name, 'tableName', TABLE_NAME_LENGTH_MIN)]);
}

/** The name of an index that is to be there. */
export function indexNameFault(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const path = 'indexName';
  if (name.length < TABLE_NAME_LENGTH_MIN) {
    return oldFault(name, path, mustBeLonger(TABLE_NAME_LENGTH_MIN));
  }
  if (name.length > TABLE_NAME_LENGTH_MAX) {
    return oldFault(name, path, mustBeShorter(TABLE_NAME_LENGTH_MAX));
  }
  return TABLE_NAME.test(name) ? undefined : oldFault(name, path, mustMatchName);
}

/** AttributesToGet names something, if it is there. */
export function attributesToGetFault(
  names: readonly string[] | undefined,
  path = 'attributesToGet',
): string | undefined {
  return names?.length === 0 ? oldFault('[]', path, mustBeLonger(1)) : undefined;
}

/** A table name as a map key of a batch: here one text covers all three rules. */
export function isBatchTableName(name: string): boolean {
  if (isTableArn(name)) return true;
  return (
    name.length >= TABLE_NAME_LENGTH_MIN &&
    name.length <= TABLE_NAME_LENGTH_MAX &&
    TABLE_NAME.test(name)
  );
}

export function tableNameFault(name: string, path: string, lengthMin: number): string | undefined {
  if (name === '') return newFault('TableName', mustBeLonger(1));
  if (name.length < lengthMin) return oldFault(name, path, mustBeLonger(lengthMin));
  const lengthMax = name.startsWith('arn:') ? TABLE_ARN_LENGTH_MAX : TABLE_NAME_LENGTH_MAX;
  if (name.length > lengthMax) return oldFault(name, path, mustBeShorter(lengthMax));
  return TABLE_NAME.test(name) ? undefined : oldFault(name, path, mustMatchName);
}

function isTableArn(name: string): boolean {
  return name.startsWith('arn:') && name.length <= TABLE_ARN_LENGTH_MAX && TABLE_ARN.test(name);
}

export const CAPACITY_MODES = ['INDEXES', 'TOTAL', 'NONE'] as const;
export type CapacityMode = (typeof CAPACITY_MODES)[number];

export function capacityModeFault(mode: string | undefined): string | undefined {
  return enumFault(mode, 'returnConsumedCapacity', CAPACITY_MODES);
}

export function itemCollectionMetricsFault(value: string | undefined): string | undefined {
  return enumFault(value, 'returnItemCollectionMetrics', ['SIZE', 'NONE']);
}

/** Members of single-item writes: bad enums are joined, in this order. */
const RETURN_VALUES = ['ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW', 'NONE'];

export function returnValuesFault(value: string | undefined): string | undefined {
  if (value === undefined || RETURN_VALUES.includes(value)) return undefined;
  // The service's own list says UPDATE_NEW.
  return `Failed to satisfy constraint: Member must ${mustBeOneOf(['ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATE_NEW', 'NONE'])}`;
}
