// Errors that travel between threads: their fields are packed, and an error of the same kind is made on the other side.

import { StorageError, type StorageErrorCode } from '../../io/errors.js';

export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly code?: StorageErrorCode;
  readonly path?: string;
  readonly offset?: number;
  readonly pid?: number;
}

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
  const error = new Error(packed.message);
  error.name = packed.name;
  return error;
}
