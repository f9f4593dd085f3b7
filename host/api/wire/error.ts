// Errors as bodies: `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",…}`.
//
// What the service has goes out under its name. What only this engine has becomes the nearest thing
// the service says: a request it cannot take is the client's fault, anything else is ours, and its
// text stays in the log.

import {
  DatabaseClosed,
  DynamoDBServiceException,
  InvalidArgument,
  UnsupportedParameter,
  UnsupportedValue,
} from '../../errors.js';

export interface WireError {
  readonly status: number;
  /** The part of `__type` behind the #. */
  readonly name: string;
  readonly body: object;
}

const MODELLED = 'com.amazonaws.dynamodb.v20120810#';
const CORAL_SERVICE = 'com.amazon.coral.service#';

/** Where an exception's name does not live among the modelled ones. */
const NAMESPACES: Readonly<Record<string, string>> = {
  ValidationException: 'com.amazon.coral.validate#',
  SerializationException: CORAL_SERVICE,
  UnknownOperationException: CORAL_SERVICE,
  AccessDeniedException: CORAL_SERVICE,
  ExpiredTokenException: CORAL_SERVICE,
  MissingAuthenticationTokenException: CORAL_SERVICE,
  IncompleteSignatureException: CORAL_SERVICE,
  InvalidSignatureException: CORAL_SERVICE,
  UnrecognizedClientException: CORAL_SERVICE,
  InternalFailure: CORAL_SERVICE,
  ServiceUnavailable: CORAL_SERVICE,
  ThrottlingException: 'com.amazon.coral.availability#',
};

/** Exceptions whose text is in `Message`, not `message`. */
const CAPITAL_MESSAGE: ReadonlySet<string> = new Set([
  'SerializationException',
  'AccessDeniedException',
  'TransactionCanceledException',
  'TransactionInProgressException',
  'IdempotentParameterMismatchException',
]);

/** Members that some exceptions have beside their text. */
const EXTRAS = ['CancellationReasons', 'Item', 'ThrottlingReasons', 'throttlingReasons'] as const;

/** A body that is no JSON object. */
export const NOT_JSON = bare('SerializationException');
/** A target that names nothing. */
export const UNKNOWN_OPERATION = bare('UnknownOperationException');

/** An error of the service by name and text. */
export function wireError(name: string, message: string, status = 400): WireError {
  const member = CAPITAL_MESSAGE.has(name) ? 'Message' : 'message';
  return { status, name, body: { __type: typeOf(name), [member]: message } };
}

/** What a call rejected with. */
export function wireErrorOf(error: unknown): WireError {
  if (error instanceof DynamoDBServiceException) return serviceError(error);
  if (error instanceof UnsupportedParameter) return wireError('ValidationException', error.message);
  if (error instanceof UnsupportedValue) {
    const text = `One or more parameter values were invalid: ${error.message}`;
    return wireError('ValidationException', text);
  }
  // JSON that parses to a value no member can have, such as 1e999.
  if (error instanceof InvalidArgument) return NOT_JSON;
  if (error instanceof DatabaseClosed) {
    return wireError('ServiceUnavailable', 'The service is shutting down.', 503);
  }
  return wireError('InternalServerError', 'Internal server error', 500);
}

function serviceError(error: DynamoDBServiceException): WireError {
  const { name } = error;
  const body: Record<string, unknown> = { __type: typeOf(name) };
  for (const extra of EXTRAS) {
    const value: unknown = Reflect.get(error, extra);
    if (value !== undefined) body[extra] = value;
  }
  body[CAPITAL_MESSAGE.has(name) ? 'Message' : 'message'] = error.message;
  return { status: error.$metadata.httpStatusCode, name, body };
}

function bare(name: string): WireError {
  return Object.freeze({ status: 400, name, body: Object.freeze({ __type: typeOf(name) }) });
}

function typeOf(name: string): string {
  return `${NAMESPACES[name] ?? MODELLED}${name}`;
}
