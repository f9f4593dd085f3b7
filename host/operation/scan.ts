// Scan: the items of a table or of one segment of it, in the order of the partition keys' hash, a
// page at a time.

import { ValidationException } from '../errors.js';
import { PAGE_BYTES_MAX, TOTAL_SEGMENTS_MAX } from '../limits.js';
import type { ScanRange, Store, StoredTable } from '../engine/store.js';
import type { Item, KeyValue } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { KEY_DOES_NOT_MATCH, keyMatches, keyValuesFault } from '../table/key-schema.js';
import {
  capacityModeFault,
  checkTableName,
  enumFault,
  rangeFault,
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

export interface ScanInput {
  /** Name or ARN. */
  TableName: string;
  /** Rows at most. A page also ends at 1 MB. */
  Limit?: number;
  /** Where the last page ended. */
  ExclusiveStartKey?: DocumentItem;
  /** This segment of `TotalSegments`, from 0: both or neither. */
  Segment?: number;
  TotalSegments?: number;
  /** COUNT leaves out the items. */
  Select?: 'ALL_ATTRIBUTES' | 'COUNT';
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
}

export type ScanOutput = PageOutput;

const LATER_MEMBERS = [
  'FilterExpression',
  'ProjectionExpression',
  'ScanFilter',
  'ConditionalOperator',
  'AttributesToGet',
];

export async function scan(context: OperationContext, rawInput: unknown): Promise<ScanOutput> {
  const request = readScan(rawInput);
  const { range, startKey } = request;
  const table = context.catalog.require(request.tableName);
  if (request.indexName !== undefined) {
    throw new ValidationException(
      `The table does not have the specified index: ${request.indexName}`,
    );
  }
  if (startKey !== undefined) checkStartKey(context.store, table, range, startKey);
  const page = await context.store.page(table, range, {
    limit: request.limit,
    startKey,
    bytesMax: PAGE_BYTES_MAX,
    consistent: request.consistent,
    select: request.select === 'COUNT' ? 'count' : 'items',
  });
  return pageOutput(page, { ...request, tableName: table.name });
}

interface ScanRequest {
  readonly tableName: string;
  readonly indexName: string | undefined;
  readonly range: ScanRange;
  readonly startKey: Item | undefined;
  readonly limit: number | undefined;
  readonly consistent: boolean;
  readonly select: Select | undefined;
  readonly capacityMode: CapacityMode | undefined;
}

function readScan(rawInput: unknown): ScanRequest {
  const input = readInput('scan', rawInput);
  const tableName = readString(input.TableName, 'TableName');
  const indexName = readString(input.IndexName, 'IndexName');
  const startKey = readAttributeMap(input.ExclusiveStartKey, 'ExclusiveStartKey') as
    | Item
    | undefined;
  const limit = readInteger(input.Limit, 'Limit');
  const segment = readInteger(input.Segment, 'Segment');
  const totalSegments = readInteger(input.TotalSegments, 'TotalSegments');
  const consistent = readBoolean(input.ConsistentRead, 'ConsistentRead') ?? false;
  const select = readString(input.Select, 'Select') as Select | undefined;
  const capacityMode = readString(input.ReturnConsumedCapacity, 'ReturnConsumedCapacity') as
    | CapacityMode
    | undefined;
  const names = readNameMap(input.ExpressionAttributeNames, 'ExpressionAttributeNames');
  const values = readAttributeMap(input.ExpressionAttributeValues, 'ExpressionAttributeValues');

  checkTableName(tableName);
  throwFaults([capacityModeFault(capacityMode)]);
  throwFaults([enumFault(select, 'select', SELECT_VALUES)]);
  throwFaults([indexNameFault(indexName)]);
  throwFaults([rangeFault(limit, 'limit', 1)]);
  throwFaults([rangeFault(totalSegments, 'totalSegments', 1, TOTAL_SEGMENTS_MAX)]);
  throwFaults([rangeFault(segment, 'segment', 0, TOTAL_SEGMENTS_MAX - 1)]);
  refuseMembers('scan', input, LATER_MEMBERS);
  if (names !== undefined) {
    throw new ValidationException(
      'ExpressionAttributeNames can only be specified when using expressions',
    );
  }
  if (values !== undefined) {
    throw new ValidationException(
      'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null',
    );
  }
  const selectProblem = selectFault(select, indexName);
  if (selectProblem !== undefined) throw new ValidationException(selectProblem);
  checkSegments(segment, totalSegments);
  if (startKey !== undefined) {
    const fault = itemFault(startKey, 'ExclusiveStartKey', 'older');
    if (fault !== undefined) throw new ValidationException(fault);
  }
  const range: ScanRange = { kind: 'scan', segment, totalSegments };
  return { tableName, indexName, range, startKey, limit, consistent, select, capacityMode };
}

function checkSegments(segment: number | undefined, totalSegments: number | undefined): void {
  if (segment === undefined && totalSegments === undefined) return;
  if (totalSegments === undefined) {
    throw new ValidationException(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (segment === undefined) {
    throw new ValidationException(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (segment >= totalSegments) {
    throw new ValidationException(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
        `Segment: ${segment} is not less than TotalSegments: ${totalSegments}`,
    );
  }
}

function checkStartKey(store: Store, table: StoredTable, range: ScanRange, startKey: Item): void {
  if (!keyMatches(table.key, startKey)) {
    throw new ValidationException(`The provided starting key is invalid: ${KEY_DOES_NOT_MATCH}`);
  }
  const sizes = keyValuesFault(table.key, startKey);
  if (sizes !== undefined) throw sizes;
  const { segment, totalSegments } = range;
  if (segment === undefined || totalSegments === undefined) return;
  const partition = startKey[table.key.partition.name] as KeyValue;
  if (store.segmentOf(table, partition, totalSegments) !== segment) {
    throw new ValidationException(
      'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct ' +
        `Segment. TotalSegments: ${totalSegments} Segment: ${segment}`,
    );
  }
}
