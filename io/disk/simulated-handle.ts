/** An open file of a simulated file system: the File seam over a FileNode. */
import { StorageError, fromSystemError } from '../errors.js';
import type { File } from './file-system.js';
import type { FileNode } from './simulated-file.js';
import { systemError } from './simulated-operations.js';
import type { SimulatedOperations } from './simulated-operations.js';

export class SimulatedFile implements File {
  readonly path: string;
  readonly #node: FileNode;
  readonly #writable: boolean;
  readonly #operations: SimulatedOperations;
  #closed = false;

  constructor(path: string, node: FileNode, writable: boolean, operations: SimulatedOperations) {
    this.path = path;
    this.#node = node;
    this.#writable = writable;
    this.#operations = operations;
  }

  read(into: Uint8Array, position: number): number {
    this.#expectOpen();
    return this.#operations.step('read', this.path, () => this.#node.seen.read(into, position));
  }

  async readAsync(into: Uint8Array, position: number): Promise<number> {
    return this.read(into, position);
  }

  write(pieces: readonly Uint8Array[], position: number): void {
    this.#expectWritable();
    const bytes = joined(pieces);
    const put = (share: Uint8Array): void => {
      if (share.byteLength > 0) this.#node.change({ kind: 'write', position, bytes: share });
    };
    this.#operations.step(
      'write',
      this.path,
      () => put(bytes),
      (fault) => put(bytes.subarray(0, Math.floor(bytes.byteLength * (fault.partial ?? 0)))),
    );
  }

  sync(): void {
    this.#expectOpen();
    this.#operations.step(
      'sync',
      this.path,
      () => this.#node.sync(),
      (fault) => (fault.syncReached === true ? this.#node.sync() : this.#node.loseUnsynced()),
    );
  }

  truncate(size: number): void {
    this.#expectWritable();
    this.#operations.step('truncate', this.path, () =>
      this.#node.change({ kind: 'truncate', size }),
    );
  }

  size(): number {
    this.#expectOpen();
    return this.#node.seen.size;
  }

  close(): void {
    this.#closed = true;
  }

  #expectWritable(): void {
    this.#expectOpen();
    if (!this.#writable) throw fromSystemError('write', this.path, systemError('EBADF'));
  }

  #expectOpen(): void {
    if (this.#closed) {
      throw new StorageError('Closed', `${this.path} was closed before; open it again.`, {
        path: this.path,
      });
    }
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
