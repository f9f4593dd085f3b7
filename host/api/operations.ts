// DynamoDB's operations by name, as `db.execute` and the doors of other processes call them.
//
// Every operation of the API is here. What this version cannot do (operation/unavailable.ts) checks
// its input and then refuses with AccessDeniedException, so a name that is not here is one that
// DynamoDB does not know either.

import { describeEndpoints, describeLimits } from '../operation/account.js';
import { batchGetItem } from '../operation/batch-get-item.js';
import { batchWriteItem } from '../operation/batch-write-item.js';
import {
  deleteBackup,
  describeBackup,
  listBackups,
  restoreTableFromBackup,
} from '../operation/backups.js';
import {
  cancelBulkOperation,
  describeBulkOperation,
  listBulkOperations,
} from '../operation/bulk-operations.js';
import {
  describeContinuousBackups,
  updateContinuousBackups,
} from '../operation/continuous-backups.js';
import type { OperationContext } from '../operation/context.js';
import {
  describeContributorInsights,
  listContributorInsights,
  updateContributorInsights,
} from '../operation/contributor-insights.js';
import { createTable } from '../operation/create-table.js';
import { deleteItem } from '../operation/delete-item.js';
import { deleteTable } from '../operation/delete-table.js';
import { describeTable } from '../operation/describe-table.js';
import { describeStream } from '../operation/describe-stream.js';
import { getRecords } from '../operation/get-records.js';
import { getShardIterator } from '../operation/get-shard-iterator.js';
import { listStreams } from '../operation/list-streams.js';
import { describeExport, describeImport, listExports, listImports } from '../operation/exports.js';
import { getItem } from '../operation/get-item.js';
import {
  createGlobalTable,
  describeGlobalTable,
  describeGlobalTableSettings,
  describeTableReplicaAutoScaling,
  listGlobalTables,
  updateGlobalTable,
  updateGlobalTableSettings,
  updateTableReplicaAutoScaling,
} from '../operation/global-tables.js';
import {
  describeKinesisStreamingDestination,
  disableKinesisStreamingDestination,
  updateKinesisStreamingDestination,
} from '../operation/kinesis-destinations.js';
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
import { searchVectors } from '../operation/search-vectors.js';
import { describeTimeToLive, updateTimeToLive } from '../operation/time-to-live.js';
import { transactGetItems } from '../operation/transact-get-items.js';
import { transactWriteItems } from '../operation/transact-write-items.js';
import { UNAVAILABLE_OPERATIONS } from '../operation/unavailable.js';
import { updateItem } from '../operation/update-item.js';
import { updateTable } from '../operation/update-table.js';

export type Operation = (context: OperationContext, input: unknown) => Promise<object>;

export const OPERATIONS = {
  ...UNAVAILABLE_OPERATIONS,
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CancelBulkOperation: cancelBulkOperation,
  CreateGlobalTable: createGlobalTable,
  CreateTable: createTable,
  DeleteBackup: deleteBackup,
  DeleteItem: deleteItem,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteTable: deleteTable,
  DescribeBackup: describeBackup,
  DescribeBulkOperation: describeBulkOperation,
  DescribeContinuousBackups: describeContinuousBackups,
  DescribeContributorInsights: describeContributorInsights,
  DescribeEndpoints: describeEndpoints,
  DescribeExport: describeExport,
  DescribeGlobalTable: describeGlobalTable,
  DescribeGlobalTableSettings: describeGlobalTableSettings,
  DescribeImport: describeImport,
  DescribeKinesisStreamingDestination: describeKinesisStreamingDestination,
  DescribeLimits: describeLimits,
  DescribeStream: describeStream,
  DescribeTable: describeTable,
  DescribeTableReplicaAutoScaling: describeTableReplicaAutoScaling,
  DescribeTimeToLive: describeTimeToLive,
  DisableKinesisStreamingDestination: disableKinesisStreamingDestination,
  GetItem: getItem,
  GetRecords: getRecords,
  GetResourcePolicy: getResourcePolicy,
  GetShardIterator: getShardIterator,
  ListBackups: listBackups,
  ListBulkOperations: listBulkOperations,
  ListContributorInsights: listContributorInsights,
  ListExports: listExports,
  ListGlobalTables: listGlobalTables,
  ListImports: listImports,
  ListStreams: listStreams,
  ListTables: listTables,
  ListTagsOfResource: listTagsOfResource,
  PutItem: putItem,
  PutResourcePolicy: putResourcePolicy,
  Query: query,
  RestoreTableFromBackup: restoreTableFromBackup,
  Scan: scan,
  SearchVectors: searchVectors,
  TagResource: tagResource,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  UntagResource: untagResource,
  UpdateContinuousBackups: updateContinuousBackups,
  UpdateContributorInsights: updateContributorInsights,
  UpdateGlobalTable: updateGlobalTable,
  UpdateGlobalTableSettings: updateGlobalTableSettings,
  UpdateItem: updateItem,
  UpdateKinesisStreamingDestination: updateKinesisStreamingDestination,
  UpdateTable: updateTable,
  UpdateTableReplicaAutoScaling: updateTableReplicaAutoScaling,
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
