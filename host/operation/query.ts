// Query: the items of one partition key, in the order of their sort keys, a page at a time.

import { ValidationException } from '../errors.js';
import { PAGE_BYTES_MAX } from '../limits.js';
import type { QueryRange } from '../engine/store.js';
import { parseKeyCondition, resolveKeyCondition } from '../expression/key-condition.js';
import { Placeholders } from '../expression/placeholders.js';
import type { Item, KeySchema, KeyValue } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { keyMatches, keyValuesFault, sameKeyValue } from '../table/key-schema.js';
import { satisfies } from '../table/range.js';
import {
  capacityModeFault,
  checkTableName,
  enumFault,
  enveloped,
  mustBeAtLeast,
  newFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import {
  SELECT_VALUES,
  indexNameFault,
  pageOutput,
  selectFault,
  type PageOutput,
  type Select,
} from './page.js';
import { refuseMembers } from './unsupported.js';
import {
  readAttributeMap,
  readBoolean,
  readInput,
  readInteger,
  readNameMap,
  readString,
} from './wire-types.js';

export interface QueryInput {
  /** Name or ARN. */
  TableName: string;
  /** `pk = :v`, and optionally `AND` one of `= < <= > >=`, BETWEEN, begins_with on the sort key. */
  KeyConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: DocumentItem;
  /** False: descending sort keys. Default true. */
  ScanIndexForward?: boolean;
  /** Rows at most. A page also ends at 1 MB. */
  Limit?: number;
  /** Where the last page ended. */
  ExclusiveStartKey?: DocumentItem;
  /** COUNT leaves out the items. */
  Select?: 'ALL_ATTRIBUTES' | 'COUNT';
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
}

export type QueryOutput = PageOutput;

const LATER_MEMBERS = [
  'FilterExpression',
  'ProjectionExpression',
  'KeyConditions',
  'QueryFilter',
  'ConditionalOperator',
  'AttributesToGet',
];

export async function query(context: OperationContext, rawInput: unknown): Promise<QueryOutput> {
  const request = readQuery(rawInput);
  const { placeholders, expression, startKey } = request;
  const clauses = parseKeyCondition(expression, placeholders);
  placeholders.checkAllUsed();

  const table = context.catalog.require(request.tableName);
  if (request.indexName !== undefined) {
    throw new ValidationException(
      `The table does not have the specified index: ${request.indexName}`,
    );
  }
  const range = resolveKeyCondition(clauses, table.key);
  if (startKey !== undefined) checkStartKey(table.key, range, startKey);
  const page = await context.store.page(table, range, {
    limit: request.limit,
    reverse: request.reverse,
    startKey,
    bytesMax: PAGE_BYTES_MAX,
    consistent: request.consistent,
    select: request.select === 'COUNT' ? 'count' : 'items',
  });
  return pageOutput(page, { ...request, tableName: table.name });
}

interface QueryRequest {
  readonly tableName: string;
  readonly indexName: string | undefined;
  readonly expression: string;
  readonly placeholders: Placeholders;
  readonly startKey: Item | undefined;
  readonly limit: number | undefined;
  readonly reverse: boolean;
  readonly consistent: boolean;
  readonly select: Select | undefined;
  readonly capacityMode: CapacityMode | undefined;
}

/** Types, constraints, placeholders and values: all that comes before the expression is parsed. */
function readQuery(rawInput: unknown): QueryRequest {
  const input = readInput('query', rawInput);
  const tableName = readString(input.TableName, 'TableName');
  const indexName = readString(input.IndexName, 'IndexName');
  const expression = readString(input.KeyConditionExpression, 'KeyConditionExpression');
  const names = readNameMap(input.ExpressionAttributeNames, 'ExpressionAttributeNames');
  const values = readAttributeMap(input.ExpressionAttributeValues, 'ExpressionAttributeValues');
  const startKey = readAttributeMap(input.ExclusiveStartKey, 'ExclusiveStartKey') as
    | Item
    | undefined;
  const limit = readInteger(input.Limit, 'Limit');
  const forward = readBoolean(input.ScanIndexForward, 'ScanIndexForward') ?? true;
  const consistent = readBoolean(input.ConsistentRead, 'ConsistentRead') ?? false;
  const select = readString(input.Select, 'Select');
  const capacityMode = readString(input.ReturnConsumedCapacity, 'ReturnConsumedCapacity');

  checkTableName(tableName);
  throwFaults([capacityModeFault(capacityMode)]);
  throwFaults([enumFault(select, 'select', SELECT_VALUES)]);
  throwFaults([indexNameFault(indexName)]);
  if (limit !== undefined && limit < 1) throw enveloped(newFault('Limit', mustBeAtLeast(1)));
  refuseMembers('query', input, LATER_MEMBERS);
  if (expression === undefined) throw noExpression(names !== undefined, values !== undefined);
  const selectProblem = selectFault(select as Select | undefined, indexName);
  if (selectProblem !== undefined) throw enveloped(selectProblem);
  const placeholders = new Placeholders({ names, values });
  if (startKey !== undefined) {
    const fault = itemFault(startKey, 'ExclusiveStartKey');
    if (fault !== undefined) throw new ValidationException(fault);
  }
  return {
    tableName,
    indexName,
    expression,
    placeholders,
    startKey,
    limit,
    reverse: !forward,
    consistent,
    select: select as Select | undefined,
    capacityMode: capacityMode as CapacityMode | undefined,
  };
}

function noExpression(names: boolean, values: boolean): ValidationException {
  if (names) {
    return new ValidationException(
      'ExpressionAttributeNames can only be specified when using expressions',
    );
  }
  if (values) {
    return new ValidationException(
      'ExpressionAttributeValues can only be specified when using expressions: ' +
        'FilterExpression and KeyConditionExpression are null',
    );
  }
  return new ValidationException(
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
  );
}

/** The start key must be a place inside the range. The item it names need not exist. */
function checkStartKey(schema: KeySchema, range: QueryRange, startKey: Item): void {
  if (!keyMatches(schema, startKey)) {
    throw new ValidationException('The provided starting key is invalid');
  }
  const sizes = keyValuesFault(schema, startKey);
  if (sizes !== undefined) throw sizes;
  if (schema.sort === undefined) {
    throw new ValidationException('The query can return at most one row and cannot be restarted');
  }
  if (!sameKeyValue(startKey[schema.partition.name], range.partition)) {
    throw new ValidationException(
      'The provided starting key is outside query boundaries based on provided conditions',
    );
  }
  if (range.sort !== undefined && !satisfies(startKey[schema.sort.name] as KeyValue, range.sort)) {
    throw new ValidationException(
      'The provided starting key does not match the range key predicate',
    );
  }
}
