// The range of a query in the fast handle's own words: `{ user_id: 'u1', order_id: { beginsWith:
// '2024-' } }`.

import { InvalidArgument, ValidationException } from '../errors.js';
import type { QueryRange, SortCondition } from '../engine/store.js';
import { checkKeyValue, checkedSort, keyValue, missedKey } from '../expression/key-condition.js';
import type { KeySchema, KeyValue } from './item-types.js';
import { isPlainObject, valueFault } from './item-value.js';
import { compareKeyValues } from './key-schema.js';

/** A condition on a sort key. A plain value means equality. */
export type SortOperators<Value> =
  | { readonly lt: Value }
  | { readonly lte: Value }
  | { readonly gt: Value }
  | { readonly gte: Value }
  /** Both bounds inclusive. */
  | { readonly between: readonly [Value, Value] }
  /** Strings and binary only. */
  | { readonly beginsWith: Value };

const OPERATORS: ReadonlySet<string> = new Set(['lt', 'lte', 'gt', 'gte', 'between', 'beginsWith']);

/**
 * Reads a range against a key schema. Throws InvalidArgument for its shape, ValidationException for
 * its values.
 */
export function readRange(schema: KeySchema, range: unknown): QueryRange {
  if (!isPlainObject(range)) {
    throw new InvalidArgument(
      'The range of query',
      `an object with ${schema.partition.name}`,
      range,
    );
  }
  const names = Object.keys(range);
  const { partition, sort } = schema;
  if (!Object.hasOwn(range, partition.name)) throw missedKey(partition.name);
  const value = legalKeyValue(schema.partition, range[partition.name]);
  checkKeyValue(partition, value, 'partition');
  if (names.length === 1) return { kind: 'query', partition: value };
  const known = sort === undefined ? partition.name : `${partition.name} and ${sort.name}`;
  if (sort === undefined || names.length > 2 || !Object.hasOwn(range, sort.name)) {
    const other = names.find((name) => name !== partition.name && name !== sort?.name);
    throw new InvalidArgument('The range of query', `conditions on ${known} only`, `${other}`);
  }
  const condition = readSort(sort, range[sort.name]);
  return { kind: 'query', partition: value, sort: checkedSort(sort, condition) };
}

function readSort(attribute: KeySchema['partition'], condition: unknown): SortCondition {
  if (!isPlainObject(condition)) return { op: 'eq', value: legalKeyValue(attribute, condition) };
  const names = Object.keys(condition);
  const [op] = names;
  const parameter = `The condition on ${attribute.name}`;
  if (names.length !== 1 || !OPERATORS.has(op)) {
    throw new InvalidArgument(
      parameter,
      'a value, or an object with one of lt, lte, gt, gte, between and beginsWith',
      condition,
    );
  }
  if (op === 'between') {
    const bounds: unknown = condition.between;
    if (!Array.isArray(bounds) || bounds.length !== 2) {
      throw new InvalidArgument(`${parameter}: between`, 'an array of two values', bounds);
    }
    const [lower, upper] = bounds.map((bound) => legalKeyValue(attribute, bound));
    return { op, value: lower, value2: upper };
  }
  if (op === 'beginsWith' && attribute.type === 'N') {
    throw new ValidationException(
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; ' +
        'operator or function: begins_with, operand type: N',
    );
  }
  return { op: op as SortCondition['op'], value: legalKeyValue(attribute, condition[op]) };
}

function legalKeyValue(attribute: KeySchema['partition'], value: unknown): KeyValue {
  const fault = valueFault(value, attribute.name, 'current');
  if (fault !== undefined) throw new ValidationException(fault);
  return keyValue(attribute, value);
}

/** Whether a sort key value satisfies a condition. Both have the type the schema declares. */
export function satisfies(value: KeyValue, condition: SortCondition): boolean {
  if (condition.op === 'beginsWith') return beginsWith(value, condition.value);
  const order = compareKeyValues(value, condition.value);
  switch (condition.op) {
    case 'eq':
      return order === 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'between':
      return order >= 0 && compareKeyValues(value, condition.value2 as KeyValue) <= 0;
  }
}

function beginsWith(value: KeyValue, prefix: KeyValue): boolean {
  if (typeof value === 'string') return value.startsWith(prefix as string);
  const bytes = value as Uint8Array;
  const start = prefix as Uint8Array;
  return start.every((byte, index) => bytes[index] === byte);
}
