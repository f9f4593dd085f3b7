// Errors that travel between threads: their fields are packed, and an error of the same kind is made on the other side.

import { ResourceInUseException, ResourceNotFoundException } from '../errors.js';
import { StorageError, type StorageErrorCode } from '../../io/errors.js';

export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly code?: StorageErrorCode;
  readonly path?: string;
  readonly offset?: number;
  readonly pid?: number;
}

/** What the keeper throws of DynamoDB's errors. */
const KNOWN: Record<string, (new (message: string) => Error) | undefined> = {
  ResourceInUseException,
  ResourceNotFoundException,
};

export function packError(error: unknown): PackedError {
  if (error instanceof StorageError) {
    const { name, message, code, path, offset, pid } = error;
    return { name, message, code, path, offset, pid };
  }
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}

export function unpackError(packed: PackedError): Error {
  if (packed.code !== undefined) return new StorageError(packed.code, packed.message, packed);
  const known = KNOWN[packed.name];
  if (known !== undefined) return new known(packed.message);
  const error = new Error(packed.message);
  error.name = packed.name;
  return error;
}
