/**
 * The seam to the disk: everything the engine asks of a file system, and nothing more. Two
 * implementations: the real one, and one in memory that loses power.
 *
 * Contract, for both:
 * - Calls are synchronous but for readAsync and lock; they throw StorageError and nothing else.
 * - Bytes may be views over shared memory.
 * - Data is durable after File.sync; a name is durable after syncDirectory of its folder. Neither
 *   implies the other.
 * - A failed write or sync is final for that file: its content is unknown, and a later sync that
 *   succeeds
 *   proves nothing. Callers latch and never retry on the same file.
 */

/**
 * 'read': existing, read only. 'write': existing, read and write. 'create': new, refuses an
 * existing file.
 */
export type OpenMode = 'read' | 'write' | 'create';

export interface File {
  readonly path: string;
  /**
   * Fills `into` from `position`; returns the bytes read, fewer than asked only at the end of the
   * file.
   */
  read(into: Uint8Array, position: number): number;
  readAsync(into: Uint8Array, position: number): Promise<number>;
  /**
   * Writes all pieces one after the other from `position`, or throws (part may be written then).
   */
  write(pieces: readonly Uint8Array[], position: number): void;
  /** Makes content and length durable (fdatasync). */
  sync(): void;
  truncate(size: number): void;
  size(): number;
  /** Idempotent. */
  close(): void;
}

export interface FileStatus {
  readonly size: number;
  readonly directory: boolean;
}

export interface FolderLock {
  /** Idempotent. After it resolves another open succeeds. */
  release(): Promise<void>;
}

export interface FileSystem {
  open(path: string, mode: OpenMode): File;
  /** Names in a folder, sorted. */
  list(directory: string): string[];
  /** Makes one folder; its parent must exist. */
  makeDirectory(path: string): void;
  /** Replaces `to` if it exists, atomically. */
  rename(from: string, to: string): void;
  unlink(path: string): void;
  syncDirectory(path: string): void;
  /** undefined when there is nothing at that path. */
  stat(path: string): FileStatus | undefined;
  /** Bytes this process may still allocate on the disk of `path`. */
  freeBytes(path: string): number;
  /**
   * Owns the folder for this open database, or throws DatabaseLocked at once. The folder must
   * exist.
   */
  lock(directory: string): Promise<FolderLock>;
}
