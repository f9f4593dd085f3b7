// The shapes of DynamoDB's operations: inputs, outputs and what they are made of.

export type {
  BatchGetItemInput,
  BatchGetItemOutput,
  KeysAndAttributes,
} from '../operation/batch-get-item.js';
export type {
  BatchWriteItemInput,
  BatchWriteItemOutput,
  WriteRequest,
} from '../operation/batch-write-item.js';
export type { Capacity, ConsumedCapacity } from '../operation/capacity.js';
export type { DocumentItem } from '../operation/context.js';
export type { DescribeEndpointsOutput, DescribeLimitsOutput } from '../operation/account.js';
export type {
  ContinuousBackupsOutput,
  DescribeContinuousBackupsInput,
  UpdateContinuousBackupsInput,
} from '../operation/continuous-backups.js';
export type {
  DeleteResourcePolicyInput,
  GetResourcePolicyInput,
  GetResourcePolicyOutput,
  PutResourcePolicyInput,
} from '../operation/resource-policies.js';
export type {
  CreateTableInput,
  CreateTableOutput,
  GlobalSecondaryIndex,
  LocalSecondaryIndex,
} from '../operation/create-table.js';
export type { DeleteItemInput, DeleteItemOutput } from '../operation/delete-item.js';
export type { DeleteTableInput, DeleteTableOutput } from '../operation/delete-table.js';
export type { DescribeTableInput, DescribeTableOutput } from '../operation/describe-table.js';
export type { GetItemInput, GetItemOutput } from '../operation/get-item.js';
export type { ListTablesInput, ListTablesOutput } from '../operation/list-tables.js';
export type { UpdateItemInput, UpdateItemOutput } from '../operation/update-item.js';
export type { SingleWriteInput, SingleWriteOutput } from '../operation/single-write.js';
export type {
  TransactGetItem,
  TransactGetItemsInput,
  TransactGetItemsOutput,
} from '../operation/transact-get-items.js';
export type {
  TransactWriteItemsInput,
  TransactWriteItemsOutput,
} from '../operation/transact-write-items.js';
export type { TransactWriteItem } from '../operation/transact-actions.js';
export type { ItemCollectionMetrics } from '../operation/item-collection.js';
export type { PageInput } from '../operation/page-request.js';
export type { PageOutput } from '../operation/page.js';
export type {
  ExpectedCondition,
  LegacyCondition,
  LegacyUpdate,
} from '../operation/legacy-parameters.js';
export type { PutItemInput, PutItemOutput } from '../operation/put-item.js';
export type { QueryInput, QueryOutput } from '../operation/query.js';
export type {
  ListTagsOfResourceInput,
  ListTagsOfResourceOutput,
  TagResourceInput,
  UntagResourceInput,
} from '../operation/resource-tags.js';
export type { ScanInput, ScanOutput } from '../operation/scan.js';
export type { Tag } from '../operation/tags.js';
export type {
  DescribeTimeToLiveInput,
  DescribeTimeToLiveOutput,
  UpdateTimeToLiveInput,
  UpdateTimeToLiveOutput,
} from '../operation/time-to-live.js';
export type { UpdateTableInput, UpdateTableOutput } from '../operation/update-table.js';
export type {
  DescribeStreamInput,
  DescribeStreamOutput,
  StreamShard,
} from '../operation/describe-stream.js';
export type { GetRecordsInput, GetRecordsOutput } from '../operation/get-records.js';
export type {
  GetShardIteratorInput,
  GetShardIteratorOutput,
} from '../operation/get-shard-iterator.js';
export type { ListStreamsInput, ListStreamsOutput } from '../operation/list-streams.js';
export type { StreamRecord } from '../stream/record.js';
