// The public surface of FerriteDB: one list.
//
//   open        a database in this process          Database, Table, ItemStream   what it gives
//   errors      what calls reject with              types of inputs, outputs, items and options

export { attach, open } from './open.js';
export {
  Database,
  openDatabase,
  type Answer,
  type SharedDatabase,
  type StoreOpener,
} from './database.js';

export type {
  Table,
  GetOptions,
  QueryOptions,
  ScanOptions,
  KeyOf,
  RangeOf,
} from './table/table-handle.js';
export type { SortOperators } from './table/range.js';
export { ItemStream } from './table/item-stream.js';
export { NumberValue } from './number-value.js';
export type { AttributeValue, Item, KeyValue, NumberAttribute } from './table/item-types.js';

export type { OpenOptions } from './options.js';
export type { Clock } from './clock.js';
export type { Random } from './random.js';

export {
  ConditionalCheckFailedException,
  DatabaseClosed,
  DynamoDBServiceException,
  FerriteError,
  IdempotentParameterMismatchException,
  InvalidArgument,
  InvalidOption,
  LimitExceededException,
  ResourceInUseException,
  ResourceNotFoundException,
  SerializationException,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  UnsupportedParameter,
  UnsupportedValue,
  ValidationException,
  type CancellationReason,
  type ResponseMetadata,
} from './errors.js';
export { StorageError, type StorageErrorCode } from '../io/errors.js';

export type { DocumentItem } from './operation/context.js';
export type { ConsumedCapacity } from './operation/capacity.js';
export type { Tag } from './operation/tags.js';
export type { AttributeDefinition, KeySchemaElement } from './table/definition.js';
export type {
  GlobalSecondaryIndexDescription,
  LocalSecondaryIndexDescription,
  ProvisionedThroughputDescription,
  TableDescription,
} from './table/description.js';
export type { PutItemInput, PutItemOutput } from './operation/put-item.js';
export type { GetItemInput, GetItemOutput } from './operation/get-item.js';
export type { DeleteItemInput, DeleteItemOutput } from './operation/delete-item.js';
export type { QueryInput, QueryOutput } from './operation/query.js';
export type { ScanInput, ScanOutput } from './operation/scan.js';
export type {
  BatchGetItemInput,
  BatchGetItemOutput,
  KeysAndAttributes,
} from './operation/batch-get-item.js';
export type {
  BatchWriteItemInput,
  BatchWriteItemOutput,
  WriteRequest,
} from './operation/batch-write-item.js';
export type {
  CreateTableInput,
  CreateTableOutput,
  GlobalSecondaryIndex,
  LocalSecondaryIndex,
} from './operation/create-table.js';
export type { UpdateTableInput, UpdateTableOutput } from './operation/update-table.js';
export type {
  DescribeTimeToLiveInput,
  DescribeTimeToLiveOutput,
  UpdateTimeToLiveInput,
  UpdateTimeToLiveOutput,
} from './operation/time-to-live.js';
export type {
  ListTagsOfResourceInput,
  ListTagsOfResourceOutput,
  TagResourceInput,
  UntagResourceInput,
} from './operation/resource-tags.js';
export type { DescribeTableInput, DescribeTableOutput } from './operation/describe-table.js';
export type { DeleteTableInput, DeleteTableOutput } from './operation/delete-table.js';
export type { ListTablesInput, ListTablesOutput } from './operation/list-tables.js';
