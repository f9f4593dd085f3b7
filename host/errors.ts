// Every error a caller of the host can meet.
//
// Two families. Errors that DynamoDB has carry its exception name and its exact text, in the form
// the AWS SDK gives them (`name`, `$fault`, `$metadata`), so code written for the SDK handles them
// unchanged. Errors that only an embedded engine has carry a stable `code`, and say what happened,
// where, and what to do. Errors of files and devices are io/errors.ts's StorageError, with codes of
// the same kind.

/**
 * As in the SDK: how a request ended. There is no network here, so there was one attempt and no
 * waiting.
 */
export interface ResponseMetadata {
  readonly httpStatusCode: number;
  readonly requestId?: string;
  readonly attempts: number;
  readonly totalRetryDelay: number;
}

/** The metadata of every success. */
export const SUCCESS_METADATA: ResponseMetadata = Object.freeze({
  httpStatusCode: 200,
  attempts: 1,
  totalRetryDelay: 0,
});

const CLIENT_FAULT: ResponseMetadata = Object.freeze({
  httpStatusCode: 400,
  attempts: 1,
  totalRetryDelay: 0,
});

/** Base of the errors that DynamoDB has: all of the client's making, HTTP 400. */
export abstract class DynamoDBServiceException extends Error {
  readonly $fault = 'client' as const;
  readonly $metadata: ResponseMetadata = CLIENT_FAULT;
  readonly $service = 'DynamoDB';
}

/** The request breaks a rule of the API. Nothing was changed. */
export class ValidationException extends DynamoDBServiceException {
  override readonly name = 'ValidationException';
}

/**
 * A parameter has a type it cannot have (a number for TableName). `parameter` says which, as a
 * path.
 */
export class SerializationException extends DynamoDBServiceException {
  override readonly name = 'SerializationException';
  readonly parameter: string;

  constructor(message: string, parameter: string) {
    super(message);
    this.parameter = parameter;
  }
}

/** The table does not exist, or does not exist any more. */
export class ResourceNotFoundException extends DynamoDBServiceException {
  override readonly name = 'ResourceNotFoundException';
}

/** The table exists already, or is being created or deleted. */
export class ResourceInUseException extends DynamoDBServiceException {
  override readonly name = 'ResourceInUseException';
}

/** A quota of the account, such as 40,000 capacity units for a table. */
export class LimitExceededException extends DynamoDBServiceException {
  override readonly name = 'LimitExceededException';
}

/** The table does not exist: what operations on backups say. */
export class TableNotFoundException extends DynamoDBServiceException {
  override readonly name = 'TableNotFoundException';
}

/** The shard iterator is older than 15 minutes. Get another one, at the last record read. */
export class ExpiredIteratorException extends DynamoDBServiceException {
  override readonly name = 'ExpiredIteratorException';

  constructor(
    message = 'The shard iterator has expired and can no longer be used to retrieve stream records. ' +
      'A shard iterator expires 15 minutes after it is retrieved using the GetShardIterator action.',
  ) {
    super(message);
  }
}

/** Records that were asked for are older than 24 hours and gone. TRIM_HORIZON begins with the oldest there is. */
export class TrimmedDataAccessException extends DynamoDBServiceException {
  override readonly name = 'TrimmedDataAccessException';

  constructor(
    message = 'The operation attempted to read past the oldest stream record in a shard.',
  ) {
    super(message);
  }
}

/** A table to be restored to exists already. */
export class TableAlreadyExistsException extends DynamoDBServiceException {
  override readonly name = 'TableAlreadyExistsException';
}

/** There is no such backup. */
export class BackupNotFoundException extends DynamoDBServiceException {
  override readonly name = 'BackupNotFoundException';
}

/** The table has no point-in-time recovery. */
export class PointInTimeRecoveryUnavailableException extends DynamoDBServiceException {
  override readonly name = 'PointInTimeRecoveryUnavailableException';
}

/** The table cannot be restored to that moment. */
export class InvalidRestoreTimeException extends DynamoDBServiceException {
  override readonly name = 'InvalidRestoreTimeException';
}

/** The table cannot be exported as of that moment. */
export class InvalidExportTimeException extends DynamoDBServiceException {
  override readonly name = 'InvalidExportTimeException';
}

/** There is no such export. */
export class ExportNotFoundException extends DynamoDBServiceException {
  override readonly name = 'ExportNotFoundException';
}

/** There is no such import. */
export class ImportNotFoundException extends DynamoDBServiceException {
  override readonly name = 'ImportNotFoundException';
}

/** There is no global table of the legacy version with that name. */
export class GlobalTableNotFoundException extends DynamoDBServiceException {
  override readonly name = 'GlobalTableNotFoundException';
}

/** The resource has no policy, or not the expected one. */
export class PolicyNotFoundException extends DynamoDBServiceException {
  override readonly name = 'PolicyNotFoundException';
}

/**
 * The resource belongs to another account, or the operation is one that no account of this version
 * may use (`cause` says so then).
 */
export class AccessDeniedException extends DynamoDBServiceException {
  override readonly name = 'AccessDeniedException';
}

/**
 * More writes are waiting than the engine holds. Nothing was changed; the same call may succeed in
 * a moment.
 */
export class ThrottlingException extends DynamoDBServiceException {
  override readonly name = 'ThrottlingException';
  readonly $retryable = Object.freeze({ throttling: true });
}

/** The condition of a write was false. Nothing was changed. */
export class ConditionalCheckFailedException extends DynamoDBServiceException {
  override readonly name = 'ConditionalCheckFailedException';
  /** The item as it was, if ReturnValuesOnConditionCheckFailure asked for it and there was one. */
  declare readonly Item?: Readonly<Record<string, unknown>>;

  constructor(
    item?: Readonly<Record<string, unknown>>,
    message = 'The conditional request failed',
  ) {
    super(message);
    if (item !== undefined) this.Item = item;
  }
}

/** Why one action of a transaction failed. `Code` is `None` for those that were fine. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Readonly<Record<string, unknown>>;
}

/** A transaction changed nothing, because of at least one of its actions. */
export class TransactionCanceledException extends DynamoDBServiceException {
  override readonly name = 'TransactionCanceledException';
  /** One for each action, by position. */
  readonly CancellationReasons: readonly CancellationReason[];

  constructor(reasons: readonly CancellationReason[]) {
    const codes = reasons.map(({ Code }) => Code).join(', ');
    super(
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    );
    this.CancellationReasons = reasons;
  }
}

/** A write met a running transaction on its item. The same call may succeed in a moment. */
export class TransactionConflictException extends DynamoDBServiceException {
  override readonly name = 'TransactionConflictException';

  constructor(message = 'Transaction is ongoing for the item') {
    super(message);
  }
}

/** A transaction with this token is still running. */
export class TransactionInProgressException extends DynamoDBServiceException {
  override readonly name = 'TransactionInProgressException';

  constructor(message = 'The transaction with the given request token is already in progress.') {
    super(message);
  }
}

/** The token was used for another request less than ten minutes ago. */
export class IdempotentParameterMismatchException extends DynamoDBServiceException {
  override readonly name = 'IdempotentParameterMismatchException';

  constructor(
    message = 'The request uses the same client token as a previous, but non-identical request.',
  ) {
    super(message);
  }
}

/**
 * Base of the engine's own errors. `code` is stable and safe to switch on; it equals the class's
 * name.
 */
export abstract class FerriteError extends Error {
  abstract readonly code: string;
}

/** The database, or the one a handle came from, has been closed. */
export class DatabaseClosed extends FerriteError {
  override readonly name = 'DatabaseClosed';
  readonly code = 'DatabaseClosed';

  constructor() {
    super(
      'The database is closed. Open it again to use it; handles of a closed database stay closed.',
    );
  }
}

/** A door could not be opened at its address. The cause is the system's error. */
export class CannotListen extends FerriteError {
  override readonly name = 'CannotListen';
  readonly code = 'CannotListen';

  constructor(address: string, cause: NodeJS.ErrnoException) {
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: 'Something listens there already: choose another, or 0 for any free port.',
      EACCES: 'This user may not: ports below 1024 are reserved.',
      EADDRNOTAVAIL: 'No interface of this machine has that address.',
    };
    const reason = reasons[cause.code ?? ''] ?? cause.message;
    super(`Cannot listen on ${address}. ${reason}`, { cause });
  }
}

/** An option of `open`, or of opening a door, is unknown or has a value it cannot have. */
export class InvalidOption extends FerriteError {
  override readonly name = 'InvalidOption';
  readonly code = 'InvalidOption';
  readonly option: string;

  constructor(option: string, problem: string, call = 'open(path, ') {
    super(`${call}{ ${option} }): ${problem}`);
    this.option = option;
  }
}

/** Something in a CloudFormation template that no table can be made of (`ferritedb/testing`). */
export class TemplateError extends FerriteError {
  override readonly name = 'TemplateError';
  readonly code = 'TemplateError';
}

/** An argument of a method has a JavaScript type it cannot have. */
export class InvalidArgument extends FerriteError {
  override readonly name = 'InvalidArgument';
  readonly code = 'InvalidArgument';
  readonly parameter: string;

  constructor(parameter: string, expected: string, actual: unknown) {
    super(`${parameter} must be ${expected}, not ${describeValue(actual)}.`);
    this.parameter = parameter;
  }
}

/**
 * A value that no DynamoDB type can hold: undefined, a function, an instance of a class, a lone
 * surrogate.
 */
export class UnsupportedValue extends FerriteError {
  override readonly name = 'UnsupportedValue';
  readonly code = 'UnsupportedValue';
  /** Where it is, from the parameter down: `Item.tags[2]`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
  }
}

/**
 * A parameter that DynamoDB has and this version does not serve yet. It is refused rather than
 * ignored.
 */
export class UnsupportedParameter extends FerriteError {
  override readonly name = 'UnsupportedParameter';
  readonly code = 'UnsupportedParameter';
  readonly parameter: string;

  constructor(operation: string, parameter: string, instead = '') {
    super(
      `${operation}: ${parameter} is not supported by this version of FerriteDB${instead}. Nothing was done.`,
    );
    this.parameter = parameter;
  }
}

/** How a value reads in an error message: its type, never its content. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return 'an object';
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' && constructor.name !== ''
    ? `an instance of ${constructor.name}`
    : 'an instance of a class';
}
