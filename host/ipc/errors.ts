// Errors on the wire and back: a map of `name`, `message` and the error's own members (code, Item, CancellationReasons, ...). What a
// client throws is of the class that the embedded door throws, where there is one.

import * as errors from '../errors.js';
import { StorageError } from '../../io/errors.js';
import { setOwn } from '../core/codec/plain-object.js';

/** Members that say how a request went, which every client knows by itself. */
const LEFT_OUT: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause']);

const CLASSES = new Map<string, { readonly prototype: object }>(
  Object.entries(errors)
    .filter(([, value]) => typeof value === 'function' && value.prototype instanceof Error)
    .map(([name, value]) => [name, value as { prototype: object }]),
);
const STORAGE: ReadonlySet<string> = new Set([
  'Corruption',
  'StorageFull',
  'EngineFailure',
  'IoFailure',
  'Closed',
]);

export function wireError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const wire: Record<string, unknown> = { name: error.name, message: error.message };
  for (const [name, value] of Object.entries(error)) {
    if (LEFT_OUT.has(name) || name.startsWith('$') || typeof value === 'function') continue;
    setOwn(wire, name, value);
  }
  return wire;
}

/** The error that a server told. */
export function errorOfWire(wire: Readonly<Record<string, unknown>>): Error {
  const name = String(wire['name']);
  const error = new Error(String(wire['message']));
  const known = STORAGE.has(name) ? StorageError : CLASSES.get(name);
  if (known !== undefined) Object.setPrototypeOf(error, known.prototype);
  for (const [member, value] of Object.entries(wire)) {
    if (member !== 'message') Object.defineProperty(error, member, { ...OWN, value });
  }
  if (error instanceof errors.DynamoDBServiceException) {
    Object.assign(error, {
      $fault: 'client',
      $metadata: { httpStatusCode: 400, attempts: 1, totalRetryDelay: 0 },
      $service: 'DynamoDB',
    });
    if (name === 'ThrottlingException') Object.assign(error, { $retryable: { throttling: true } });
  }
  return error;
}

const OWN = { configurable: true, enumerable: true, writable: true } as const;
