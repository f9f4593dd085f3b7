// KeyConditionExpression: from text to clauses, then from clauses and a key schema to a range.
//
// Two steps, because DynamoDB checks in two: `parseKeyCondition` needs no table and runs before it
// is looked up; `resolveKeyCondition` runs after. Inside the first, clauses are walked left to
// right and the first fault wins.

import { ValidationException } from '../errors.js';
import type { QueryRange, SortCondition } from '../engine/store.js';
import type { AttributeValue, KeyAttribute, KeySchema, KeyValue } from '../table/item-types.js';
import { typeOfValue } from '../table/item-value.js';
import { compareKeyValues, hasKeyType, keyAttributes, keyValueFault } from '../table/key-schema.js';
import { parsedCondition } from './condition.js';
import { expressionError } from './expression-error.js';
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
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: AttributeValue };

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
  if (operator !== '=') checkOrdered(operator, [left, right]);
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
  checkOrdered('BETWEEN', [operand, lower, upper]);
  const bounds = lower.kind === 'constant' && upper.kind === 'constant';
  if (bounds) checkBounds(lower.value, upper.value);
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
  if (node.operands.length !== 2) {
    throw expressionError(
      'KeyCondition',
      'Incorrect number of operands for operator or function; operator or function: begins_with, ' +
        `number of operands: ${node.operands.length}`,
    );
  }
  const operand = readOperand(node.operands[0], placeholders);
  const prefix = readOperand(node.operands[1], placeholders);
  if (operand.kind === 'attribute' && prefix.kind === 'attribute') {
    throw twoAttributes('begins_with', operand.name, prefix.name);
  }
  for (const side of [operand, prefix]) {
    if (side.kind === 'constant' && !['S', 'B'].includes(typeOfValue(side.value))) {
      throw wrongType('begins_with', side.value);
    }
  }
  if (operand.kind === 'attribute' && prefix.kind === 'constant') {
    return { attribute: operand.name, op: 'beginsWith', value: prefix.value };
  }
  throw prefix.kind === 'attribute' ? notFirst('begins_with') : noAttribute();
}

function readOperand(node: OperandNode, placeholders: Placeholders): Operand {
  if (node.kind === 'value') {
    return { kind: 'constant', value: placeholders.value('KeyCondition', node.placeholder) };
  }
  if (node.kind === 'function') {
    throw expressionError(
      'KeyCondition',
      'KeyConditionExpressions cannot contain nested operations',
    );
  }
  for (const element of node.elements) {
    if (element.kind === 'name' && element.placeholder)
      placeholders.name('KeyCondition', element.text);
  }
  if (node.elements.length > 1) {
    throw expressionError(
      'KeyCondition',
      'KeyConditionExpressions cannot have conditions on nested attributes',
    );
  }
  const [first] = node.elements;
  const name = first.placeholder ? placeholders.name('KeyCondition', first.text) : first.text;
  return { kind: 'attribute', name };
}

/** Operators that order their operands take strings, numbers and binary. */
function checkOrdered(operator: string, operands: readonly Operand[]): void {
  for (const operand of operands) {
    if (operand.kind === 'constant' && !['S', 'N', 'B'].includes(typeOfValue(operand.value))) {
      throw wrongType(operator, operand.value);
    }
  }
}

function checkBounds(lower: AttributeValue, upper: AttributeValue): void {
  const tail = ` lower bound operand: AttributeValue: ${shown(lower)}, upper bound operand: AttributeValue: ${shown(upper)}`;
  if (typeOfValue(lower) !== typeOfValue(upper)) {
    throw expressionError(
      'KeyCondition',
      `The BETWEEN operator requires same data type for lower and upper bounds;${tail}`,
    );
  }
  if (compareKeyValues(lower as KeyValue, upper as KeyValue) > 0) {
    throw expressionError(
      'KeyCondition',
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound;${tail}`,
    );
  }
}

/** A scalar as messages show it: `{N:5}`. */
function shown(value: AttributeValue): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
  return `{${typeOfValue(value)}:${text}}`;
}

/**
 * Turns clauses into the range they describe, or throws DynamoDB's text. Values are checked like
 * any key.
 */
export function resolveKeyCondition(clauses: readonly KeyClause[], schema: KeySchema): QueryRange {
  const attributes = keyAttributes(schema);
  if (clauses.length > attributes.length) {
    throw new ValidationException(
      `The number of query conditions (${clauses.length}) exceeds the number of key attributes defined in the ` +
        `schema (${attributes.length})`,
    );
  }
  const partition = requireClause(clauses, schema.partition);
  if (partition.op !== 'eq') throw new ValidationException('Query key condition not supported');
  const value = keyValue(schema.partition, partition.value);
  if (clauses.length === 1 || schema.sort === undefined) {
    checkKeyValue(schema.partition, value, 'partition');
    return { kind: 'query', partition: value };
  }
  const sort = requireClause(clauses, schema.sort);
  const condition: SortCondition = {
    op: sort.op,
    value: keyValue(schema.sort, sort.value),
    value2: sort.value2 === undefined ? undefined : keyValue(schema.sort, sort.value2),
  };
  checkKeyValue(schema.partition, value, 'partition');
  return { kind: 'query', partition: value, sort: checkedSort(schema.sort, condition) };
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

function requireClause(clauses: readonly KeyClause[], attribute: KeyAttribute): KeyClause {
  const clause = clauses.find((candidate) => candidate.attribute === attribute.name);
  if (clause === undefined) throw missedKey(attribute.name);
  return clause;
}

function invalidOperator(operator: string): ValidationException {
  return expressionError(
    'KeyCondition',
    `Invalid operator used in KeyConditionExpression: ${operator}`,
  );
}

function twoAttributes(operator: string, first: string, second: string): ValidationException {
  if (first === second) {
    return expressionError(
      'KeyCondition',
      'The first operand must be distinct from the remaining operands for this operator or function; ' +
        `operator: ${operator}, first operand: [${first}]`,
    );
  }
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

function wrongType(operator: string, value: AttributeValue): ValidationException {
  return expressionError(
    'KeyCondition',
    'Incorrect operand type for operator or function; operator or function: ' +
      `${operator}, operand type: ${typeOfValue(value)}`,
  );
}
