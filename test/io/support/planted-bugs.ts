/**
 * A file system with a bug, to test the tests: a harness that does not notice these proves nothing.
 */
import type {
  File,
  FileStatus,
  FileSystem,
  FolderLock,
  OpenMode,
} from '../../../io/disk/file-system.js';

export interface PlantedBug {
  readonly name: string;
  /** Files whose syncs are dropped. */
  readonly dropsSync?: (path: string) => boolean;
  readonly dropsDirectorySync?: boolean;
  /** A failed sync is reported as done. */
  readonly hidesSyncFailure?: boolean;
}

export class PlantedFileSystem implements FileSystem {
  readonly #inner: FileSystem;
  readonly #bug: PlantedBug;

  constructor(inner: FileSystem, bug: PlantedBug) {
    this.#inner = inner;
    this.#bug = bug;
  }

  open(path: string, mode: OpenMode): File {
    return new PlantedFile(this.#inner.open(path, mode), this.#bug);
  }

  list(directory: string): string[] {
    return this.#inner.list(directory);
  }

  makeDirectory(path: string): void {
    this.#inner.makeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.#inner.rename(from, to);
  }

  unlink(path: string): void {
    this.#inner.unlink(path);
  }

  syncDirectory(path: string): void {
    if (this.#bug.dropsDirectorySync !== true) this.#inner.syncDirectory(path);
  }

  stat(path: string): FileStatus | undefined {
    return this.#inner.stat(path);
  }

  freeBytes(path: string): number {
    return this.#inner.freeBytes(path);
  }

  lock(directory: string): Promise<FolderLock> {
    return this.#inner.lock(directory);
  }
}

class PlantedFile implements File {
  readonly path: string;
  readonly #inner: File;
  readonly #bug: PlantedBug;

  constructor(inner: File, bug: PlantedBug) {
    this.path = inner.path;
    this.#inner = inner;
    this.#bug = bug;
  }

  read(into: Uint8Array, position: number): number {
    return this.#inner.read(into, position);
  }

  readAsync(into: Uint8Array, position: number): Promise<number> {
    return this.#inner.readAsync(into, position);
  }

  write(pieces: readonly Uint8Array[], position: number): void {
    this.#inner.write(pieces, position);
  }

  sync(): void {
    if (this.#bug.dropsSync?.(this.path) === true) return;
    try {
      this.#inner.sync();
    } catch (error) {
      if (this.#bug.hidesSyncFailure !== true) throw error;
    }
  }

  truncate(size: number): void {
    this.#inner.truncate(size);
  }

  size(): number {
    return this.#inner.size();
  }

  close(): void {
    this.#inner.close();
  }
}
