// DynamoDB's operations by name, as `db.execute` and the doors of other processes call them.

import { describeEndpoints, describeLimits } from '../operation/account.js';
import { batchGetItem } from '../operation/batch-get-item.js';
import { batchWriteItem } from '../operation/batch-write-item.js';
import {
  describeContinuousBackups,
  updateContinuousBackups,
} from '../operation/continuous-backups.js';
import type { OperationContext } from '../operation/context.js';
import { createTable } from '../operation/create-table.js';
import { deleteItem } from '../operation/delete-item.js';
import { deleteTable } from '../operation/delete-table.js';
import { describeTable } from '../operation/describe-table.js';
import { describeStream } from '../operation/describe-stream.js';
import { getItem } from '../operation/get-item.js';
import { getRecords } from '../operation/get-records.js';
import { getShardIterator } from '../operation/get-shard-iterator.js';
import { listStreams } from '../operation/list-streams.js';
import { listTables } from '../operation/list-tables.js';
import { putItem } from '../operation/put-item.js';
import { query } from '../operation/query.js';
import { scan } from '../operation/scan.js';
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
} from '../operation/resource-policies.js';
import { listTagsOfResource, tagResource, untagResource } from '../operation/resource-tags.js';
import { describeTimeToLive, updateTimeToLive } from '../operation/time-to-live.js';
import { transactGetItems } from '../operation/transact-get-items.js';
import { transactWriteItems } from '../operation/transact-write-items.js';
import { updateItem } from '../operation/update-item.js';
import { updateTable } from '../operation/update-table.js';

export type Operation = (context: OperationContext, input: unknown) => Promise<object>;

export const OPERATIONS = {
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateTable: createTable,
  DeleteItem: deleteItem,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteTable: deleteTable,
  DescribeContinuousBackups: describeContinuousBackups,
  DescribeEndpoints: describeEndpoints,
  DescribeLimits: describeLimits,
  DescribeStream: describeStream,
  DescribeTable: describeTable,
  DescribeTimeToLive: describeTimeToLive,
  GetItem: getItem,
  GetRecords: getRecords,
  GetResourcePolicy: getResourcePolicy,
  GetShardIterator: getShardIterator,
  ListStreams: listStreams,
  ListTables: listTables,
  ListTagsOfResource: listTagsOfResource,
  PutItem: putItem,
  PutResourcePolicy: putResourcePolicy,
  Query: query,
  Scan: scan,
  TagResource: tagResource,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  UntagResource: untagResource,
  UpdateContinuousBackups: updateContinuousBackups,
  UpdateItem: updateItem,
  UpdateTable: updateTable,
  UpdateTimeToLive: updateTimeToLive,
} as const satisfies Record<string, Operation>;

/** The name of an operation, as in DynamoDB's API. */
export type OperationName = keyof typeof OPERATIONS;

/** What an operation answers; items in it are in the form of its input. */
export type OperationOutput<Name extends OperationName> = Awaited<
  ReturnType<(typeof OPERATIONS)[Name]>
>;

export function isOperationName(name: unknown): name is OperationName {
  return typeof name === 'string' && Object.hasOwn(OPERATIONS, name);
}
