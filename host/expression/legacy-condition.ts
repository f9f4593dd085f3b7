// Expected, QueryFilter and ScanFilter with their ConditionalOperator, as the conditions that
// expressions compile to; and KeyConditions as the clauses of a key condition.

import { ValidationException } from '../errors.js';
import type { AttributeValue } from '../table/item-types.js';
import type { Wording } from '../table/item-value.js';
import { conditionOf, type Condition } from './condition.js';
import type { KeyClause } from './key-condition.js';
import {
  checkComparison,
  checkValues,
  compileComparison,
  invalid,
  takesValues,
  type ComparisonOperator,
  type LegacyComparison,
} from './legacy-comparison.js';
import type { Path } from './path.js';
import { every, some, type Predicate } from './predicate.js';

/** What Expected says of one attribute. */
export interface ExpectedAttribute {
  readonly Value?: AttributeValue;
  readonly Exists?: boolean;
  readonly ComparisonOperator?: ComparisonOperator;
  readonly AttributeValueList?: readonly AttributeValue[];
}

type AttributeMap<Of> = Readonly<Record<string, Of>>;

/** A comparison whose form is in order; its values are yet to be checked against the operator. */
interface Comparison {
  readonly attribute: string;
  readonly operator: ComparisonOperator;
  readonly values: readonly AttributeValue[];
}

/**
 * The condition that Expected is; undefined if there is none. Throws bare ValidationExceptions.
 */
export function compileExpected(
  expected: AttributeMap<ExpectedAttribute> | undefined,
  conditionalOperator: string | undefined,
  wording: Wording,
): Condition | undefined {
  const entries = Object.entries(expected ?? {});
  for (const [attribute, { Value, AttributeValueList }] of entries) {
    if (Value !== undefined) checkValues([Value], `Expected.${attribute}.Value`, wording);
    checkValues(AttributeValueList ?? [], `Expected.${attribute}.AttributeValueList`, wording);
  }
  const comparisons = entries.map(([attribute, entry]) => expectedComparison(attribute, entry));
  return compileComparisons(comparisons, conditionalOperator);
}

/** The condition that QueryFilter or ScanFilter is; undefined if there is none. */
export function compileLegacyFilter(
  parameter: 'QueryFilter' | 'ScanFilter',
  filter: AttributeMap<LegacyComparison> | undefined,
  conditionalOperator: string | undefined,
  wording: Wording,
): Condition | undefined {
  return compileComparisons(comparisonsOf(parameter, filter ?? {}, wording), conditionalOperator);
}

const CLAUSE_OPERATORS: Partial<Record<ComparisonOperator, KeyClause['op']>> = {
  EQ: 'eq',
  LT: 'lt',
  LE: 'lte',
  GT: 'gt',
  GE: 'gte',
  BETWEEN: 'between',
  BEGINS_WITH: 'beginsWith',
};
const KEY_CONDITIONS_MAX = 2;

/** Clauses for resolveKeyCondition. Throws all that can be told without the table. */
export function readKeyConditions(
  conditions: AttributeMap<LegacyComparison>,
  wording: Wording,
): KeyClause[] {
  const comparisons = comparisonsOf('KeyConditions', conditions, wording);
  if (comparisons.length < 1 || comparisons.length > KEY_CONDITIONS_MAX) {
    throw new ValidationException('Conditions can be of length 1 or 2 only');
  }
  for (const { operator, values } of comparisons) checkComparison(operator, values);
  return comparisons.map(({ attribute, operator, values }) => {
    const op = CLAUSE_OPERATORS[operator];
    if (op === undefined) {
      throw new ValidationException(
        'Attempted conditional constraint is not an indexable operation',
      );
    }
    return { attribute, op, value: values[0], value2: values[1] };
  });
}

function comparisonsOf(
  parameter: string,
  map: AttributeMap<LegacyComparison>,
  wording: Wording,
): Comparison[] {
  return Object.entries(map).map(([attribute, entry]) => {
    const values = entry.AttributeValueList ?? [];
    checkValues(values, `${parameter}.${attribute}.AttributeValueList`, wording);
    return { attribute, operator: entry.ComparisonOperator, values };
  });
}

/** `{Value}` alone is EQ, `{Exists: false}` is NULL. */
function expectedComparison(attribute: string, entry: ExpectedAttribute): Comparison {
  const { Value, Exists, ComparisonOperator: operator, AttributeValueList: list } = entry;
  const of = `for Attribute: ${attribute}`;
  if (Value !== undefined && list !== undefined) {
    throw invalid(`Value and AttributeValueList cannot be used together ${of}`);
  }
  if (operator !== undefined) {
    if (Exists !== undefined) {
      throw invalid(`Exists and ComparisonOperator cannot be used together ${of}`);
    }
    if (Value === undefined && list === undefined && takesValues(operator)) {
      throw invalid(
        `Value or AttributeValueList must be used with ComparisonOperator: ${operator} ${of}`,
      );
    }
    return { attribute, operator, values: list ?? (Value === undefined ? [] : [Value]) };
  }
  if (list !== undefined) {
    throw invalid(`AttributeValueList can only be used with a ComparisonOperator ${of}`);
  }
  if (Exists === false) {
    if (Value !== undefined) throw invalid(`Value cannot be used when Exists is false ${of}`);
    return { attribute, operator: 'NULL', values: [] };
  }
  if (Value === undefined) {
    throw invalid(`Value must be provided when Exists is ${Exists ?? null} ${of}`);
  }
  return { attribute, operator: 'EQ', values: [Value] };
}

function compileComparisons(
  comparisons: readonly Comparison[],
  conditionalOperator: string | undefined,
): Condition | undefined {
  checkConditionalOperator(conditionalOperator, comparisons.length);
  for (const { operator, values } of comparisons) checkComparison(operator, values);
  if (comparisons.length === 0) return undefined;
  const predicates = comparisons.map(
    ({ attribute, operator, values }): Predicate => compileComparison(attribute, operator, values),
  );
  const paths = comparisons.map(({ attribute }): Path => [attribute]);
  return conditionOf(conditionalOperator === 'OR' ? some(predicates) : every(predicates), paths);
}

function checkConditionalOperator(operator: string | undefined, count: number): void {
  if (operator === undefined) return;
  if (operator !== 'AND' && operator !== 'OR') {
    throw new ValidationException(
      'Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]',
    );
  }
  if (count === 0) {
    throw new ValidationException('ConditionalOperator cannot be used without Filter or Expected');
  }
  if (count === 1) {
    throw new ValidationException(
      'ConditionalOperator can only be used when Filter or Expected has two or more elements',
    );
  }
}
