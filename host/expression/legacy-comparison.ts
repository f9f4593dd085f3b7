// One comparison in legacy words: an operator and its values. Expected, QueryFilter, ScanFilter and
// KeyConditions are maps of these. What each operator takes is checked here; the rest is the owner's.

import { ValidationException } from '../errors.js';
import type { AttributeValue, KeyValue, TypeName } from '../table/item-types.js';
import { typeOfValue, valueFault, type Wording } from '../table/item-value.js';
import { compareKeyValues } from '../table/key-schema.js';
import { constantOperand, pathOperand } from './operand.js';
import * as predicate from './predicate.js';

export type ComparisonOperator =
  | 'EQ'
  | 'NE'
  | 'LT'
  | 'LE'
  | 'GT'
  | 'GE'
  | 'BETWEEN'
  | 'IN'
  | 'BEGINS_WITH'
  | 'CONTAINS'
  | 'NOT_CONTAINS'
  | 'NULL'
  | 'NOT_NULL';

/** In the order of DynamoDB's messages. */
export const COMPARISON_OPERATORS: readonly ComparisonOperator[] = [
  ...(['IN', 'NULL', 'BETWEEN', 'LT', 'NOT_CONTAINS', 'EQ', 'GT', 'NOT_NULL', 'NE'] as const),
  ...(['LE', 'BEGINS_WITH', 'GE', 'CONTAINS'] as const),
];

export interface LegacyComparison {
  readonly ComparisonOperator: ComparisonOperator;
  readonly AttributeValueList?: readonly AttributeValue[];
}

export const INVALID_PARAMETER = 'One or more parameter values were invalid: ';

const SCALARS: ReadonlySet<TypeName> = new Set(['S', 'N', 'B']);
const TEXTS: ReadonlySet<TypeName> = new Set(['S', 'B']);
const PARTS: ReadonlySet<TypeName> = new Set(['S', 'N', 'B', 'BOOL', 'NULL']);

/** How many values an operator takes, from and to, and their types where not all are taken. */
const TAKES: Readonly<
  Record<ComparisonOperator, readonly [from: number, to: number, types?: ReadonlySet<TypeName>]>
> = {
  EQ: [1, 1],
  NE: [1, 1],
  LT: [1, 1, SCALARS],
  LE: [1, 1, SCALARS],
  GT: [1, 1, SCALARS],
  GE: [1, 1, SCALARS],
  BETWEEN: [2, 2, SCALARS],
  IN: [1, Infinity, SCALARS],
  BEGINS_WITH: [1, 1, TEXTS],
  CONTAINS: [1, 1, PARTS],
  NOT_CONTAINS: [1, 1, PARTS],
  NULL: [0, 0],
  NOT_NULL: [0, 0],
};

export function takesValues(operator: ComparisonOperator): boolean {
  return TAKES[operator][1] > 0;
}

/** Throws the first fault of the operator's values. */
export function checkComparison(
  operator: ComparisonOperator,
  values: readonly AttributeValue[],
): void {
  const [from, to, types] = TAKES[operator];
  if (values.length < from || values.length > to) {
    throw invalid(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  for (const value of values) {
    const type = typeOfValue(value);
    if (types === undefined || types.has(type)) continue;
    throw invalid(`ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`);
  }
  if (new Set(values.map(typeOfValue)).size > 1) {
    throw invalid('AttributeValues inside AttributeValueList must be of same type');
  }
  if (operator !== 'BETWEEN') return;
  const [lower, upper] = values as readonly KeyValue[];
  if (compareKeyValues(lower, upper) > 0) {
    throw new ValidationException(
      'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
    );
  }
}

/** Throws the first fault of values by themselves. */
export function checkValues(
  values: readonly AttributeValue[],
  parameter: string,
  wording: Wording,
): void {
  for (const value of values) {
    const fault = valueFault(value, parameter, wording);
    if (fault !== undefined) throw new ValidationException(fault);
  }
}

/** The comparison of a top-level attribute, its values checked. Names with dots are literal. */
export function compileComparison(
  attribute: string,
  operator: ComparisonOperator,
  values: readonly AttributeValue[],
): predicate.Predicate {
  const operand = pathOperand([attribute]);
  const constants = values.map((value) => constantOperand(value, attribute));
  const [first, second] = constants;
  switch (operator) {
    case 'EQ':
      return predicate.equal(operand, first);
    case 'NE':
      return predicate.not(predicate.equal(operand, first));
    case 'LT':
      return predicate.ordered('<', operand, first);
    case 'LE':
      return predicate.ordered('<=', operand, first);
    case 'GT':
      return predicate.ordered('>', operand, first);
    case 'GE':
      return predicate.ordered('>=', operand, first);
    case 'BETWEEN':
      return predicate.between(operand, first, second);
    case 'IN':
      return predicate.equalToAny(operand, constants);
    case 'BEGINS_WITH':
      return predicate.hasPrefix(operand, first);
    case 'CONTAINS':
      return predicate.holds(operand, first);
    case 'NOT_CONTAINS':
      return predicate.every([
        predicate.exists(operand),
        predicate.not(predicate.holds(operand, first)),
      ]);
    case 'NULL':
      return predicate.not(predicate.exists(operand));
    case 'NOT_NULL':
      return predicate.exists(operand);
  }
}

export function invalid(problem: string): ValidationException {
  return new ValidationException(INVALID_PARAMETER + problem);
}
