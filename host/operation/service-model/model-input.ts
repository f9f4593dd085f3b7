// An operation's input, checked against the model: types first, then the first broken constraint.

import { requireTableName, throwFaults } from '../constraints.js';
import { readInput } from '../wire-types.js';
import { constraintFaults } from './input-constraints.js';
import { readValue } from './input-types.js';
import { inputShapeOf } from './shapes.js';

/** Operations on tables themselves, which have words of their own for a missing name. */
const ON_TABLES: ReadonlySet<string> = new Set([
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
]);

/**
 * The members that the model knows, their JSON types checked; nothing else. `operation` as in the
 * API.
 */
export function readModelTypes<Input>(operation: string, rawInput: unknown): Partial<Input> {
  const input = readInput(camelCase(operation), rawInput);
  return readValue(inputShapeOf(operation), { ...input }, '') as Partial<Input>;
}

/** The same with constraints checked: what is required is there. */
export function readModelInput<Input>(operation: string, rawInput: unknown): Input {
  const input = readModelTypes<Input>(operation, rawInput);
  if (ON_TABLES.has(operation)) requireTableName((input as { TableName?: string }).TableName);
  const first = constraintFaults(inputShapeOf(operation), input, '').next();
  if (first.done !== true) throwFaults([first.value]);
  return input as Input;
}

function camelCase(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
