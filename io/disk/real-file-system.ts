/**
 * The file system of the machine: the only file that imports node:fs.
 *
 * Relies on Linux semantics of fdatasync (content and length) and of fsync on a folder. Files are
 * never opened with O_APPEND, which ignores positions. Short reads and writes are looped over here,
 * so callers never see one. Unix-socket plumbing of the folder lock that needs the file system
 * (short names for deep folders) is here too.
 */
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StorageError, fromSystemError, systemCode } from '../errors.js';
import type { File, FileStatus, FileSystem, FolderLock, OpenMode } from './file-system.js';
import { acquireFolderLock } from './folder-lock.js';
import type { LockFolder, SocketFolder } from './folder-lock.js';

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = nodeFs.constants;

const OPEN_FLAGS: Record<OpenMode, number> = {
  read: O_RDONLY,
  write: O_RDWR,
  create: O_RDWR | O_CREAT | O_EXCL,
};

/** The kernel takes at most 1,024 pieces in one writev (IOV_MAX). */
const PIECES_MAX = 1024;

export function realFileSystem(): FileSystem {
  return new RealFileSystem();
}

/** A new private folder among the temporary files, for a database that dies with its process. */
export function makeTemporaryFolder(): string {
  return attempt('make a folder in', tmpdir(), () =>
    nodeFs.mkdtempSync(join(tmpdir(), 'ferritedb-')),
  );
}

/** Removes a temporary folder with all that is in it; what is gone already is no fault. */
export function removeTemporaryFolder(path: string): void {
  attempt('remove', path, () => nodeFs.rmSync(path, { recursive: true, force: true }));
}

class RealFileSystem implements FileSystem {
  open(path: string, mode: OpenMode): File {
    return new RealFile(
      path,
      attempt(mode === 'create' ? 'create' : 'open', path, () =>
        nodeFs.openSync(path, OPEN_FLAGS[mode], 0o644),
      ),
    );
  }

  list(directory: string): string[] {
    return attempt('list', directory, () => nodeFs.readdirSync(directory)).sort();
  }

  makeDirectory(path: string): void {
    attempt('make the folder', path, () => nodeFs.mkdirSync(path));
  }

  rename(from: string, to: string): void {
    attempt(`rename to ${to} the file`, from, () => nodeFs.renameSync(from, to));
  }

  unlink(path: string): void {
    attempt('remove', path, () => nodeFs.unlinkSync(path));
  }

  syncDirectory(path: string): void {
    attempt('sync the folder', path, () => {
      const descriptor = nodeFs.openSync(path, O_RDONLY);
      try {
        nodeFs.fsyncSync(descriptor);
      } finally {
        nodeFs.closeSync(descriptor);
      }
    });
  }

  stat(path: string): FileStatus | undefined {
    const status = attempt('look at', path, () => nodeFs.statSync(path, { throwIfNoEntry: false }));
    return status === undefined
      ? undefined
      : { size: status.size, directory: status.isDirectory() };
  }

  freeBytes(path: string): number {
    const status = attempt('ask for free space of', path, () => nodeFs.statfsSync(path));
    return status.bavail * status.bsize;
  }

  lock(directory: string): Promise<FolderLock> {
    return acquireFolderLock(realLockFolder, resolve(directory));
  }
}

class RealFile implements File {
  readonly path: string;
  #descriptor: number;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  read(into: Uint8Array, position: number): number {
    const descriptor = this.#open();
    return attempt('read', this.path, () => {
      let done = 0;
      while (done < into.byteLength) {
        const count = nodeFs.readSync(
          descriptor,
          into,
          done,
          into.byteLength - done,
          position + done,
        );
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  async readAsync(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.byteLength) {
      const count = await this.#readOnce(into, done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(pieces: readonly Uint8Array[], position: number): void {
    const descriptor = this.#open();
    attempt('write', this.path, () => {
      let rest = pieces.filter((piece) => piece.byteLength > 0);
      let at = position;
      while (rest.length > 0) {
        const batch = rest.length > PIECES_MAX ? rest.slice(0, PIECES_MAX) : rest;
        const count = nodeFs.writevSync(descriptor, batch, at);
        if (count === 0) throw new Error('the kernel wrote nothing and named no reason');
        at += count;
        rest = afterBytes(rest, count);
      }
    });
  }

  sync(): void {
    const descriptor = this.#open();
    attempt('sync', this.path, () => nodeFs.fdatasyncSync(descriptor));
  }

  truncate(size: number): void {
    const descriptor = this.#open();
    attempt('truncate', this.path, () => nodeFs.ftruncateSync(descriptor, size));
  }

  size(): number {
    const descriptor = this.#open();
    return attempt('look at', this.path, () => nodeFs.fstatSync(descriptor).size);
  }

  close(): void {
    if (this.#descriptor < 0) return;
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    attempt('close', this.path, () => nodeFs.closeSync(descriptor));
  }

  #readOnce(into: Uint8Array, offset: number, position: number): Promise<number> {
    const descriptor = this.#open();
    return new Promise((settle, reject) => {
      nodeFs.read(descriptor, into, offset, into.byteLength - offset, position, (error, count) => {
        if (error === null) settle(count);
        else reject(fromSystemError('read', this.path, error));
      });
    });
  }

  #open(): number {
    if (this.#descriptor < 0) {
      throw new StorageError('Closed', `${this.path} was closed before; open it again.`, {
        path: this.path,
      });
    }
    return this.#descriptor;
  }
}

/** What is left of the pieces after their first `count` bytes. */
function afterBytes(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = 0;
  let left = count;
  while (skip < pieces.length && left >= pieces[skip].byteLength) left -= pieces[skip++].byteLength;
  const rest = pieces.slice(skip);
  if (left > 0) rest[0] = rest[0].subarray(left);
  return rest;
}

function attempt<Result>(operation: string, path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw fromSystemError(operation, path, error);
  }
}

/** Socket addresses hold 108 bytes on Linux and 104 elsewhere, terminator included. */
const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

/** What the folder lock needs of the machine. */
export const realLockFolder: LockFolder = {
  identity(directory) {
    const status = attempt('look at', directory, () =>
      nodeFs.statSync(directory, { bigint: true }),
    );
    return { device: status.dev.toString(16), inode: status.ino.toString(16) };
  },

  enter(directory, longestName): SocketFolder {
    if (Buffer.byteLength(join(directory, longestName)) <= SOCKET_PATH_BYTES_MAX) {
      return { path: directory, leave: () => undefined };
    }
    if (process.platform === 'linux') return enterByDescriptor(directory);
    return enterByLink(directory);
  },

  list: (directory) => attempt('list', directory, () => nodeFs.readdirSync(directory)),

  rename(from, to): boolean {
    return unlessMissing('rename', from, () => nodeFs.renameSync(from, to));
  },

  remove(path): boolean {
    return unlessMissing('remove', path, () => nodeFs.unlinkSync(path));
  },

  writeText: (path, text) => attempt('write', path, () => nodeFs.writeFileSync(path, text)),

  readText(path) {
    let text: string | undefined;
    unlessMissing('read', path, () => {
      text = nodeFs.readFileSync(path, 'utf8');
    });
    return text;
  },
};

/** Linux: the folder's own descriptor gives it a short name, however deep it lies. */
function enterByDescriptor(directory: string): SocketFolder {
  const descriptor = attempt('open', directory, () => nodeFs.openSync(directory, O_RDONLY));
  return { path: `/proc/self/fd/${descriptor}`, leave: () => nodeFs.closeSync(descriptor) };
}

/** Elsewhere: a short-lived symbolic link among the temporary files. */
function enterByLink(directory: string): SocketFolder {
  const base = attempt('make a folder in', tmpdir(), () =>
    nodeFs.mkdtempSync(join(tmpdir(), 'fer-')),
  );
  const link = join(base, 'd');
  attempt('link', directory, () => nodeFs.symlinkSync(directory, link));
  return {
    path: link,
    leave() {
      nodeFs.unlinkSync(link);
      nodeFs.rmdirSync(base);
    },
  };
}

function unlessMissing(operation: string, path: string, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw fromSystemError(operation, path, error);
  }
}
