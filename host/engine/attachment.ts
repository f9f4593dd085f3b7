// One thread's attachment to one database: an instance of the core on every shard, a slot in each, a workbench, the
// thread's own file descriptors, and the failure that all of its calls report once the database has failed.
//
// Made by the thread that opens, by the keeper, by pool workers on demand, and by `attach(token)` in a user's worker.

import type { FileSystem } from '../../io/disk/file-system.js';
import { StorageError } from '../../io/errors.js';
import { STATUS } from '../core/abi.js';
import { instantiate } from '../core/instantiate.js';
import { ShardCore } from '../core/shard-core.js';
import { Workbench } from '../core/workbench.js';
import { Control, CONTROL, Doorbell, FAILURE, FULL_LOG, STATE } from '../runtime/control.js';
import { DatabaseClosed } from '../errors.js';
import { TableFiles } from './table-files.js';

/** All that a thread needs to attach: structured-cloneable, so it travels to any worker of the process. */
export interface DatabaseHandles {
  readonly id: string;
  readonly folder: string;
  readonly module: WebAssembly.Module;
  readonly memories: readonly WebAssembly.Memory[];
  readonly control: SharedArrayBuffer;
  readonly doorbell: SharedArrayBuffer;
  readonly catalog: SharedArrayBuffer;
  /** The memory of a manual clock. */
  readonly clock?: SharedArrayBuffer;
  readonly seedLow: number;
  readonly seedHigh: number;
  readonly options: EngineOptions;
}

/** What of the user's options the engine's threads need, every size decided. Bytes are per shard but for the log's. */
export interface EngineOptions {
  readonly durability: 'sync' | 'relaxed';
  /** A temporary database writes no log: nothing of it outlives the process. */
  readonly temporary: boolean;
  /** Blocks of new table files are compressed. */
  readonly compression: boolean;
  readonly memtableBytes: number;
  readonly cacheBytes: number;
  readonly tableBytes: number;
  readonly levelBaseBytes: number;
  /** Log kept beyond this makes the shards flush what holds it. */
  readonly logBytesMax: number;
  readonly segmentBytesMax?: number;
  /** A thread with a transaction under way that is silent for longer has ended. */
  readonly silenceMaxMs?: number;
}

export class Attachment {
  readonly handles: DatabaseHandles;
  readonly control: Control;
  readonly doorbell: Doorbell;
  readonly shards: readonly ShardCore[];
  readonly workbench: Workbench;
  readonly files: TableFiles;
  readonly slot: number;
  #detached = false;

  constructor(handles: DatabaseHandles, fileSystem: FileSystem, blocking: boolean) {
    this.handles = handles;
    this.control = new Control(handles.control);
    this.doorbell = new Doorbell(handles.doorbell);
    this.slot = this.control.claimSlot();
    if (this.slot < 0) {
      throw new StorageError(
        'EngineFailure',
        'all 64 thread slots of the database are taken: close or detach some',
      );
    }
    this.workbench = new Workbench(handles.module, handles.seedLow, handles.seedHigh);
    this.shards = handles.memories.map((memory, shard) => {
      const exports = instantiate(handles.module, memory);
      const scratch = exports.attach(this.slot, blocking ? 1 : 0);
      if (scratch <= 0) throw this.#attachFault(shard, scratch);
      return new ShardCore(shard, exports, memory, scratch);
    });
    this.files = new TableFiles(fileSystem, handles.folder, this.control);
  }

  /** The error of a call that met a failed, closed or poisoned database. */
  failure(): Error {
    const code = this.control.load(CONTROL.FAILED);
    if (code === FAILURE.NONE) return new DatabaseClosed();
    const why = {
      [FAILURE.LOG]: 'a write or fdatasync of the log or the manifest failed',
      [FAILURE.CORE]: 'the core stopped on a failed assertion, a trap or a latch nobody gave back',
      [FAILURE.THREAD]: 'a thread of the engine ended while it had work',
      [FAILURE.FENCED]: 'another process has taken over the folder',
      [FAILURE.BACKGROUND]: 'a flush or compaction failed',
    }[code];
    const reason = this.control.reason();
    return new StorageError(
      'EngineFailure',
      `the database takes no more writes: ${why ?? `failure ${code}`}${reason === '' ? '' : ` (${reason})`}. What was acknowledged is on disk: open it again`,
      { path: this.handles.folder },
    );
  }

  /** Throws when calls are no longer served. */
  check(): void {
    if (this.#detached || this.control.failed || this.control.load(CONTROL.STATE) > STATE.OPEN)
      throw this.failure();
  }

  /**
   * The same for reads: after a failure of the log or of background work, which leaves memory sound, they go on for what
   * is durable (DESIGN R6).
   */
  checkReadable(): void {
    const code = this.control.load(CONTROL.FAILED);
    const sound = code === FAILURE.NONE || code === FAILURE.LOG || code === FAILURE.BACKGROUND;
    if (this.#detached || !sound || this.control.load(CONTROL.STATE) > STATE.OPEN)
      throw this.failure();
  }

  /** Throws while the disk is full: what would need room is refused before it changes anything (DESIGN R6). */
  checkRoom(): void {
    if (this.control.load(CONTROL.STORAGE_FULL) !== 0) throw this.storageFull();
  }

  storageFull(): StorageError {
    const what = (this.control.load(CONTROL.STORAGE_FULL) & FULL_LOG) !== 0 ? 'the log' : 'tables';
    return new StorageError(
      'StorageFull',
      `The disk is full: there is no room for ${what} of ${this.handles.folder}. Nothing was changed. ` +
        'Free some space; writes are taken again then. Reads go on.',
      { path: this.handles.folder },
    );
  }

  /** Turns a status that no caller can handle into the error it means. */
  fault(status: number, shard: number): Error {
    if (status === STATUS.CLOSED) return new DatabaseClosed();
    if (status === STATUS.POISONED) this.control.fail(FAILURE.CORE);
    if (this.control.failed) return this.failure();
    return new StorageError(
      'EngineFailure',
      `the core answered status ${status} on shard ${shard}`,
      {
        path: this.handles.folder,
      },
    );
  }

  get detached(): boolean {
    return this.#detached;
  }

  detach(): void {
    if (this.#detached) return;
    this.#detached = true;
    // A slot that is given back while a shard still has it would be nobody's for ever: this waits for the latch.
    for (const core of this.shards) core.blocking(() => core.exports.detach(this.slot));
    this.control.releaseSlot(this.slot);
    this.files.close();
  }

  #attachFault(shard: number, status: number): Error {
    const what =
      status === STATUS.NO_MEMORY
        ? 'has no memory left for another thread'
        : `answered status ${status}`;
    return new StorageError('EngineFailure', `shard ${shard} ${what}: raise memoryMb`, {
      path: this.handles.folder,
    });
  }
}
