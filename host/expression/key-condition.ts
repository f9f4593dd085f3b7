// KeyConditionExpression: from text to clauses, then from clauses and a key schema to a range.
//
// Two steps, because DynamoDB checks in two: `parseKeyCondition` needs no table and runs before it
// is looked up; `resolveKeyCondition` runs after. Inside the first, clauses are walked left to
// right and the first fault wins.

import { ValidationException } from '../errors.js';
import type {
  IndexDefinition,
  IndexQueryRange,
  QueryRange,
  SortCondition,
} from '../engine/store.js';
import type {
  AttributeValue,
  KeyAttribute,
  KeySchema,
  KeyValue,
  TypeName,
} from '../table/item-types.js';
import { typeOfValue } from '../table/item-value.js';
import { hasKeyType, keyValueFault } from '../table/key-schema.js';
import { parsedCondition } from './condition.js';
import { expressionError } from './expression-error.js';
import {
  checkBounds,
  checkDistinct,
  checkOperandCount,
  checkOrdered,
  wrongOperandType,
} from './operand-faults.js';
import { resolvePath } from './path.js';
import type { Placeholders } from './placeholders.js';
import type {
  BetweenNode,
  Comparator,
  ComparisonNode,
  ConditionNode,
  FunctionNode,
  OperandNode,
} from './syntax-tree.js';

/** One condition on one attribute, its placeholders resolved. */
export interface KeyClause {
  readonly attribute: string;
  readonly op: SortCondition['op'];
  readonly value: AttributeValue;
  readonly value2?: AttributeValue;
}

type Operand =
  | { readonly kind: 'attribute'; readonly name: string; readonly type: undefined }
  | { readonly kind: 'constant'; readonly value: AttributeValue; readonly type: TypeName };

const OPERATIONS: Readonly<Record<Exclude<Comparator, '<>'>, SortCondition['op']>> = {
  '=': 'eq',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
};
/** The same comparison with its sides exchanged: `:v <= sk` is `sk >= :v`. */
const MIRRORED: Readonly<Record<SortCondition['op'], SortCondition['op']>> = {
  eq: 'eq',
  lt: 'gt',
  lte: 'gte',
  gt: 'lt',
  gte: 'lte',
  between: 'between',
  beginsWith: 'beginsWith',
};

const INVALID_CONDITION = 'Invalid condition in KeyConditionExpression: ';
const INVALID_PARAMETER = 'One or more parameter values were invalid: ';

/** Parses and checks all that needs no table. */
export function parseKeyCondition(text: string, placeholders: Placeholders): KeyClause[] {
  const root = parsedCondition('KeyCondition', text);
  const clauses: KeyClause[] = [];
  collectClauses(root, placeholders, clauses);
  return clauses;
}

function collectClauses(
  node: ConditionNode,
  placeholders: Placeholders,
  clauses: KeyClause[],
): void {
  if (node.kind === 'and') {
    collectClauses(node.left, placeholders, clauses);
    collectClauses(node.right, placeholders, clauses);
    return;
  }
  const clause = readClause(node, placeholders);
  if (clauses.some(({ attribute }) => attribute === clause.attribute)) {
    throw expressionError(
      'KeyCondition',
      'KeyConditionExpressions must only contain one condition per key',
    );
  }
  clauses.push(clause);
}

function readClause(node: ConditionNode, placeholders: Placeholders): KeyClause {
  switch (node.kind) {
    case 'comparison':
      return readComparison(node, placeholders);
    case 'between':
      return readBetween(node, placeholders);
    case 'function':
      if (node.name === 'begins_with') return readBeginsWith(node, placeholders);
      throw invalidOperator(node.name);
    default:
      throw invalidOperator(node.kind.toUpperCase());
  }
}

function readComparison(node: ComparisonNode, placeholders: Placeholders): KeyClause {
  const { operator } = node;
  if (operator === '<>') throw invalidOperator(operator);
  const left = readOperand(node.left, placeholders);
  const right = readOperand(node.right, placeholders);
  if (left.kind === 'attribute' && right.kind === 'attribute') {
    throw twoAttributes(operator, left.name, right.name);
  }
  if (operator !== '=') checkOrdered('KeyCondition', operator, [left, right]);
  const op = OPERATIONS[operator];
  if (left.kind === 'attribute' && right.kind === 'constant') {
    return { attribute: left.name, op, value: right.value };
  }
  if (left.kind === 'constant' && right.kind === 'attribute') {
    return { attribute: right.name, op: MIRRORED[op], value: left.value };
  }
  throw noAttribute();
}

function readBetween(node: BetweenNode, placeholders: Placeholders): KeyClause {
  const operand = readOperand(node.operand, placeholders);
  const lower = readOperand(node.lower, placeholders);
  const upper = readOperand(node.upper, placeholders);
  checkOrdered('KeyCondition', 'BETWEEN', [operand, lower, upper]);
  const bounds = lower.kind === 'constant' && upper.kind === 'constant';
  if (bounds) checkBounds('KeyCondition', lower.value, upper.value);
  if (operand.kind === 'attribute') {
    if (!bounds)
      throw new ValidationException(
        `${INVALID_CONDITION}Multiple attribute names used in one condition`,
      );
    return { attribute: operand.name, op: 'between', value: lower.value, value2: upper.value };
  }
  if (bounds) throw noAttribute();
  throw notFirst('BETWEEN');
}

function readBeginsWith(node: FunctionNode, placeholders: Placeholders): KeyClause {
  checkOperandCount('KeyCondition', 'begins_with', node.operands.length, 2);
  const operand = readOperand(node.operands[0], placeholders);
  const prefix = readOperand(node.operands[1], placeholders);
  if (operand.kind === 'attribute' && prefix.kind === 'attribute') {
    throw twoAttributes('begins_with', operand.name, prefix.name);
  }
  for (const side of [operand, prefix]) {
    if (side.type !== undefined && side.type !== 'S' && side.type !== 'B') {
      throw wrongOperandType('KeyCondition', 'begins_with', side.type);
    }
  }
  if (operand.kind === 'attribute' && prefix.kind === 'constant') {
    return { attribute: operand.name, op: 'beginsWith', value: prefix.value };
  }
  throw prefix.kind === 'attribute' ? notFirst('begins_with') : noAttribute();
}

function readOperand(node: OperandNode, placeholders: Placeholders): Operand {
  if (node.kind === 'value') {
    const value = placeholders.value('KeyCondition', node.placeholder);
    return { kind: 'constant', value, type: typeOfValue(value) };
  }
  if (node.kind === 'function') {
    throw expressionError(
      'KeyCondition',
      'KeyConditionExpressions cannot contain nested operations',
    );
  }
  const path = resolvePath('KeyCondition', node, placeholders);
  if (path.length > 1) {
    throw expressionError(
      'KeyCondition',
      'KeyConditionExpressions cannot have conditions on nested attributes',
    );
  }
  return { kind: 'attribute', name: path[0], type: undefined };
}

/**
 * Turns clauses into the range of a table that they describe, or throws DynamoDB's text. Values are
 * checked like any key.
 */
export function resolveKeyCondition(clauses: readonly KeyClause[], schema: KeySchema): QueryRange {
  const sortKeys = schema.sort === undefined ? [] : [schema.sort];
  const { partition, conditions } = resolveClauses(clauses, [schema.partition], sortKeys);
  return { kind: 'query', partition: partition[0], sort: conditions[0] };
}

/** The same for an index. Equalities on RANGE attributes become its prefix. */
export function resolveIndexKeyCondition(
  clauses: readonly KeyClause[],
  index: IndexDefinition,
): IndexQueryRange {
  const { partition, conditions } = resolveClauses(clauses, index.partition, index.sort);
  const sort = conditions.find((condition) => condition?.op !== 'eq');
  const sortPrefix = conditions.flatMap((condition) =>
    condition?.op === 'eq' ? [condition.value] : [],
  );
  return { kind: 'indexQuery', index, partition, sortPrefix, sort };
}

/**
 * Every HASH attribute has an equality, and so have all RANGE attributes before the last one that
 * has any condition. An undefined condition is one that every value fulfils.
 */
function resolveClauses(
  clauses: readonly KeyClause[],
  partitionKeys: readonly KeyAttribute[],
  sortKeys: readonly KeyAttribute[],
): {
  readonly partition: readonly KeyValue[];
  readonly conditions: readonly (SortCondition | undefined)[];
} {
  const attributeCount = partitionKeys.length + sortKeys.length;
  if (clauses.length === 2 && attributeCount === 1) throw notSupported();
  if (clauses.length > attributeCount) {
    throw new ValidationException(
      `The number of query conditions (${clauses.length}) exceeds the number of key attributes defined in the ` +
        `schema (${attributeCount})`,
    );
  }
  const clauseOn = ({ name }: KeyAttribute): KeyClause | undefined =>
    clauses.find(({ attribute }) => attribute === name);
  const partition = partitionKeys.map((key) => {
    const clause = clauseOn(key);
    if (clause === undefined) throw missedKey(key.name);
    const value = keyValue(key, clause.value);
    if (clause.op !== 'eq') throw notSupported();
    return value;
  });
  const sorts = sortKeys.map(clauseOn);
  const used = partition.length + sorts.filter((clause) => clause !== undefined).length;
  if (used < clauses.length) {
    throw missedKey(sortKeys[sorts.indexOf(undefined)].name);
  }
  const last = sorts.findLastIndex((clause) => clause !== undefined);
  const lacking = sortKeys.slice(0, Math.max(last, 0)).filter((_, i) => sorts[i]?.op !== 'eq');
  if (lacking.length > 0) {
    throw new ValidationException(
      `RANGE key attributes ${lacking.map(({ name }) => name).join(', ')} must have equality conditions specified ` +
        `in the query because a condition is present on key attribute ${sortKeys[last].name}`,
    );
  }
  const conditions = sortKeys.slice(0, last + 1).map((key, i): SortCondition => {
    const { op, value, value2 } = sorts[i] as KeyClause;
    const upper = value2 === undefined ? undefined : keyValue(key, value2);
    return { op, value: keyValue(key, value), value2: upper };
  });
  partitionKeys.forEach((key, i) => checkKeyValue(key, partition[i], 'partition'));
  return {
    partition,
    conditions: conditions.map((condition, i) => checkedSort(sortKeys[i], condition)),
  };
}

/**
 * Refuses empty and oversize bounds. An empty prefix is no condition: every sort key begins with
 * it.
 */
export function checkedSort(
  attribute: KeyAttribute,
  sort: SortCondition,
): SortCondition | undefined {
  if (sort.op === 'beginsWith' && isEmpty(sort.value)) return undefined;
  checkKeyValue(attribute, sort.value, 'sort');
  if (sort.value2 !== undefined) checkKeyValue(attribute, sort.value2, 'sort');
  return sort;
}

function isEmpty(value: KeyValue): boolean {
  return value === '' || (value instanceof Uint8Array && value.byteLength === 0);
}

export function checkKeyValue(
  attribute: KeyAttribute,
  value: KeyValue,
  role: 'partition' | 'sort',
): void {
  const fault = keyValueFault(attribute, value, role);
  if (fault !== undefined) throw fault;
}

export function keyValue(attribute: KeyAttribute, value: unknown): KeyValue {
  if (hasKeyType(value, attribute.type)) return value;
  throw new ValidationException(
    `${INVALID_PARAMETER}Condition parameter type does not match schema type`,
  );
}

export function missedKey(name: string): ValidationException {
  return new ValidationException(`Query condition missed key schema element: ${name}`);
}

/** A range of partition keys, or a sort condition where there is no sort key. */
function notSupported(): ValidationException {
  return new ValidationException('Query key condition not supported');
}

function invalidOperator(operator: string): ValidationException {
  return expressionError(
    'KeyCondition',
    `Invalid operator used in KeyConditionExpression: ${operator}`,
  );
}

function twoAttributes(operator: string, first: string, second: string): ValidationException {
  checkDistinct('KeyCondition', operator, [{ path: [first] }, { path: [second] }]);
  return new ValidationException(
    `${INVALID_CONDITION}Multiple attribute names used in one condition`,
  );
}

function noAttribute(): ValidationException {
  return new ValidationException(`${INVALID_CONDITION}No key attribute specified`);
}

function notFirst(operator: string): ValidationException {
  return new ValidationException(
    `${INVALID_CONDITION}${operator} operator must have the key attribute as its first operand`,
  );
}
