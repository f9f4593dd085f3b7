// What constants and paths of an expression may not be, in DynamoDB's words. All of it is told
// before the table is looked up.

import type { AttributeValue, KeyValue, TypeName } from '../table/item-types.js';
import { typeOfValue } from '../table/item-value.js';
import { compareKeyValues } from '../table/key-schema.js';
import type { ValidationException } from '../errors.js';
import { expressionError, type ExpressionKind } from './expression-error.js';
import { samePath, shownPath, type Path } from './path.js';

/** An operator or function that this type of operand never fits. */
export function wrongOperandType(
  kind: ExpressionKind,
  operator: string,
  type: string,
): ValidationException {
  return expressionError(
    kind,
    'Incorrect operand type for operator or function; operator or function: ' +
      `${operator}, operand type: ${type}`,
  );
}

export function checkOperandCount(
  kind: ExpressionKind,
  name: string,
  count: number,
  expected: number,
): void {
  if (count === expected) return;
  throw expressionError(
    kind,
    'Incorrect number of operands for operator or function; operator or function: ' +
      `${name}, number of operands: ${count}`,
  );
}

export function pathRequired(kind: ExpressionKind, name: string): ValidationException {
  return expressionError(
    kind,
    `Operator or function requires a document path; operator or function: ${name}`,
  );
}

export function misusedFunction(kind: ExpressionKind, name: string): ValidationException {
  return expressionError(
    kind,
    `The function is not allowed to be used this way in an expression; function: ${name}`,
  );
}

/** The first operand may not be a path that stands among the others too. */
export function checkDistinct(
  kind: ExpressionKind,
  operator: string,
  operands: readonly { readonly path?: Path }[],
): void {
  const [{ path: first }, ...others] = operands;
  if (first === undefined) return;
  if (!others.some(({ path }) => path !== undefined && samePath(first, path))) return;
  throw expressionError(
    kind,
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
      `operator: ${operator}, first operand: ${shownPath(first)}`,
  );
}

const ORDERED_TYPES: ReadonlySet<TypeName> = new Set(['S', 'N', 'B']);

/** Operators that order their operands take strings, numbers and binary. */
export function checkOrdered(
  kind: ExpressionKind,
  operator: string,
  operands: readonly { readonly type: TypeName | undefined }[],
): void {
  for (const { type } of operands) {
    if (type !== undefined && !ORDERED_TYPES.has(type))
      throw wrongOperandType(kind, operator, type);
  }
}

/** The bounds of a BETWEEN, both of a type that has an order. */
export function checkBounds(
  kind: ExpressionKind,
  lower: AttributeValue,
  upper: AttributeValue,
): void {
  const tail =
    ` lower bound operand: AttributeValue: ${shown(lower)}, ` +
    `upper bound operand: AttributeValue: ${shown(upper)}`;
  if (typeOfValue(lower) !== typeOfValue(upper)) {
    throw expressionError(
      kind,
      `The BETWEEN operator requires same data type for lower and upper bounds;${tail}`,
    );
  }
  if (compareKeyValues(lower as KeyValue, upper as KeyValue) > 0) {
    throw expressionError(
      kind,
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound;${tail}`,
    );
  }
}

/** A scalar as messages show it: `{N:5}`. */
function shown(value: AttributeValue): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
  return `{${typeOfValue(value)}:${text}}`;
}
