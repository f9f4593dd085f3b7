/**
 * Errors of the storage layer. Each has a stable `code` for programs and a text for people that
 * says what happened, where (file and offset) and what to do. The cause is always kept.
 *
 * Expected misses (a file that may be absent) are return values elsewhere; what is thrown here is
 * not expected.
 */

export type StorageErrorCode =
  /** Another open database owns this folder. */
  | 'DatabaseLocked'
  /** Bytes that were promised durable are wrong or missing. */
  | 'Corruption'
  /** The disk (or quota) is full; nothing was changed, try again when there is space. */
  | 'StorageFull'
  /**
   * A log or manifest write failed, or the folder has a new owner: this instance is finished,
   * reopen.
   */
  | 'EngineFailure'
  /** The folder holds something that is not a database. */
  | 'NotADatabase'
  /** Written by a newer version of this program. */
  | 'NewerFormat'
  /** The file is not there. */
  | 'NotFound'
  /** The file is there already. */
  | 'AlreadyExists'
  /** Any other refusal of the operating system. */
  | 'IoFailure'
  /** The handle was closed before. */
  | 'Closed';

export interface StorageErrorDetail {
  readonly path?: string;
  readonly offset?: number;
  /** DatabaseLocked only: the owner's process id, when it could be learned. */
  readonly pid?: number;
  readonly cause?: unknown;
}

export class StorageError extends Error {
  readonly code: StorageErrorCode;
  readonly path: string | undefined;
  readonly offset: number | undefined;
  readonly pid: number | undefined;

  constructor(code: StorageErrorCode, message: string, detail: StorageErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = code;
    this.code = code;
    this.path = detail.path;
    this.offset = detail.offset;
    this.pid = detail.pid;
  }
}

export function corruption(
  what: string,
  path: string,
  offset: number,
  cause?: unknown,
): StorageError {
  return new StorageError(
    'Corruption',
    `${what}, in ${path} at byte ${offset}. Nothing was changed and what lies there is not served; ` +
      'restore a backup, or salvage what can be read into a new folder.',
    { path, offset, cause },
  );
}

export function newerFormat(path: string, found: number, known: number): StorageError {
  return new StorageError(
    'NewerFormat',
    `${path} has format ${found}; this version of FerriteDB reads up to format ${known}. ` +
      'Upgrade FerriteDB.',
    { path },
  );
}

export function engineFailure(what: string, path: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(
    'EngineFailure',
    `${what} (${path}): ${reason} Close this database and open it again; ` +
      'everything acknowledged is on disk.',
    { path, cause },
  );
}

export function databaseLocked(
  directory: string,
  pid: number | undefined,
  cause?: unknown,
): StorageError {
  const owner = pid === undefined ? 'another open database' : `process ${pid}`;
  return new StorageError(
    'DatabaseLocked',
    `${directory} is in use by ${owner}. ` +
      'Close it there, or connect to its socket instead of opening it.',
    { path: directory, pid, cause },
  );
}

/** The stable error for what the operating system said; keeps the original as the cause. */
export function fromSystemError(operation: string, path: string, cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  const system = systemCode(cause);
  const at = `${operation} ${path}`;
  switch (system) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new StorageError(
        'StorageFull',
        `The disk is full: could not ${at}. Free some space and try again.`,
        {
          path,
          cause,
        },
      );
    case 'ENOENT':
      return new StorageError('NotFound', `Could not ${at}: it does not exist.`, { path, cause });
    case 'EEXIST':
      return new StorageError('AlreadyExists', `Could not ${at}: it exists already.`, {
        path,
        cause,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StorageError(
        'IoFailure',
        `Not allowed to ${at} (${system}). Check owner, mode and mount.`,
        {
          path,
          cause,
        },
      );
    case 'EMFILE':
    case 'ENFILE':
      return new StorageError(
        'IoFailure',
        `Too many open files: could not ${at}. Raise the limit (ulimit -n).`,
        {
          path,
          cause,
        },
      );
    default: {
      const reason = cause instanceof Error ? cause.message : String(cause);
      return new StorageError(
        'IoFailure',
        `Could not ${at}: ${reason}. Check the disk and the system log.`,
        {
          path,
          cause,
        },
      );
    }
  }
}

/** The errno name of a system error ('ENOSPC'), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
