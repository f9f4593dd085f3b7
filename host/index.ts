// The public surface of FerriteDB: one list.
//
//   open        a database in this process          Database, Table, ItemStream   what it gives
//   errors      what calls reject with              types of inputs, outputs, items and options

export { attach, open } from './open.js';
export { connect, type ConnectOptions } from './ipc/connect.js';
export type { RemoteDatabase } from './ipc/remote-database.js';
export type { RemoteTable } from './ipc/remote-table.js';
export { CallTimedOut, ConnectionLost, type CallOutcome } from './ipc/client-errors.js';
export type { IpcDoor, ListenOptions } from './ipc/door.js';
export type {
  AttributeMap,
  AttributeValue as TypedAttributeValue,
  BinaryForm,
} from './api/attribute-value.js';
export type { OperationName, OperationOutput } from './api/operations.js';
export { Database } from './database.js';
export type { Answer, ExecuteOptions } from './api/answer.js';

export type { SharedDatabase } from './shared-database.js';
export { openDatabase, type StoreOpener } from './open-database.js';

export type {
  Table,
  GetOptions,
  CountRangeOptions,
  QueryOptions,
  ScanOptions,
  KeyOf,
  RangeOf,
} from './table/table-handle.js';
export type { SortOperators } from './table/range.js';
export { ItemStream } from './table/item-stream.js';
export type { StreamOptions } from './stream/change-feeds.js';
export type { ChangeRecord, FeedStart } from './stream/feed.js';
export { RecordStream } from './stream/record-stream.js';
export type { Subscription } from './stream/trigger.js';
export type { TriggerHandler, TriggerOptions } from './stream/trigger-options.js';
export { NumberValue } from './number-value.js';
export type { AttributeValue, Item, KeyValue, NumberAttribute } from './table/item-types.js';

export type { SdkConfig } from './api/sdk/config.js';
export type {
  SdkAbortSignal,
  SdkRequest,
  SdkRequestHandler,
  SdkResponse,
} from './api/sdk/request-handler.js';
export type { HttpDoor, HttpOptions } from './api/http-door.js';
export type { Credentials } from './api/signature/verification.js';
export type { OpenOptions } from './options.js';
export type { Clock } from './clock.js';
export { DatabaseClock } from './database-clock.js';
export type { Random } from './random.js';

export {
  ConditionalCheckFailedException,
  AccessDeniedException,
  CannotListen,
  DatabaseClosed,
  DynamoDBServiceException,
  ExpiredIteratorException,
  FerriteError,
  IdempotentParameterMismatchException,
  InvalidArgument,
  InvalidOption,
  LimitExceededException,
  ResourceInUseException,
  PolicyNotFoundException,
  ResourceNotFoundException,
  SerializationException,
  TableNotFoundException,
  TemplateError,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  TrimmedDataAccessException,
  UnsupportedParameter,
  UnsupportedValue,
  ValidationException,
  type CancellationReason,
  type ResponseMetadata,
} from './errors.js';
export type { CheckFault, CheckOptions, CheckReport } from './engine/check-report.js';
export { StorageError, type StorageErrorCode } from '../io/errors.js';

export type { AttributeDefinition, KeySchemaElement } from './table/definition.js';
export type {
  GlobalSecondaryIndexDescription,
  LocalSecondaryIndexDescription,
  ProvisionedThroughputDescription,
  TableDescription,
} from './table/description.js';

export type * from './api/shapes.js';
