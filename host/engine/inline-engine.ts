// A whole database on one thread, under the caller's control: for simulations and crash tests (DESIGN 3).
//
// The same keeper, jobs and store as on threads; only the services differ. The log turns when somebody waits for it, and
// background work runs to its end when it is asked for, so a run is a function of the calls and the seed. The file system
// is the caller's.

import type { FileSystem } from '../../io/disk/file-system.js';
import { ensureDirectory } from '../../io/disk/atomic-file.js';
import { StorageError } from '../../io/errors.js';
import { systemClock, type Clock } from '../clock.js';
import type { Random } from '../random.js';
import {
  CONTROL,
  type Control,
  Doorbell,
  FAILURE,
  FULL_TABLES,
  REQUEST_COMPACT,
  REQUEST_COMPACT_FULL,
  REQUEST_FLUSH,
} from '../runtime/control.js';
import { KeepAlive } from '../runtime/waiting.js';
import { Attachment } from './attachment.js';
import { compactShard } from './compaction.js';
import { flushMustWait, flushShard } from './flush.js';
import { Keeper } from './keeper.js';
import type { Job, OpenRequest } from './keeper-requests.js';
import { LsmStore } from './lsm-store.js';
import { Maintenance } from './maintenance.js';
import type { Services } from './services.js';
import type { TableDefinition } from './store.js';
import { MergeBench } from './table-merge.js';

export interface InlineEngine {
  readonly store: LsmStore;
  readonly keeper: Keeper;
  /** One group of the log, if there is anything to write; what waits for it resolves. */
  turn(): boolean;
  /** Runs all background work that is requested. */
  work(): void;
}

/** When the log turns: only when the caller says so, or soon after records wait (for tests that just use the store). */
export type Pace = 'manual' | 'prompt';

/** Opens the database; synchronous but for the folder lock. */
export async function openInline(
  request: OpenRequest,
  module: WebAssembly.Module,
  fileSystem: FileSystem,
  random: Random,
  pace: Pace = 'manual',
  clock: Clock = systemClock,
): Promise<InlineEngine> {
  Keeper.inspect(fileSystem, request.folder, module);
  ensureDirectory(fileSystem, request.folder);
  const lock = request.options.temporary ? undefined : await fileSystem.lock(request.folder);
  const keeper = new Keeper(request, module, fileSystem, random, lock);
  let services: InlineServices | undefined;
  try {
    const handles = keeper.prepare('inline', Doorbell.create().buffer);
    const worker = new Attachment(handles, fileSystem, true);
    services = new InlineServices(keeper, worker, fileSystem, new MergeBench(module), pace);
    keeper.recover(services.makeRoom, () => undefined);
    const store = new LsmStore(handles, fileSystem, true, services, undefined, clock);
    services.store = store;
    const { turn, work } = services;
    return { store, keeper, turn, work };
  } catch (error) {
    services?.keepAlive.end();
    keeper.abandon();
    await lock?.release();
    throw error;
  }
}

class InlineServices implements Services {
  readonly keepAlive = new KeepAlive();
  readonly logElsewhere = false;
  store: LsmStore | undefined;
  readonly #keeper: Keeper;
  readonly #worker: Attachment;
  readonly #fileSystem: FileSystem;
  readonly #bench: MergeBench;
  readonly #control: Control;
  readonly #pace: Pace;
  #turnPlanned = false;

  constructor(
    keeper: Keeper,
    worker: Attachment,
    fileSystem: FileSystem,
    bench: MergeBench,
    pace: Pace,
  ) {
    this.#pace = pace;
    this.#keeper = keeper;
    this.#worker = worker;
    this.#fileSystem = fileSystem;
    this.#bench = bench;
    this.#control = worker.control;
  }

  ring(): void {
    if (this.#pace === 'manual' || this.#turnPlanned) return;
    this.#turnPlanned = true;
    setImmediate(() => {
      this.#turnPlanned = false;
      this.turn();
    });
  }

  readonly turn = (): boolean => {
    const wrote = this.#keeper.turn();
    this.store?.durability.settle();
    return wrote;
  };

  readonly work = (): void => {
    for (const { shard } of this.#worker.shards) {
      if (!flushMustWait(this.#worker, shard)) {
        this.#run(shard, REQUEST_FLUSH, () =>
          flushShard(this.#worker, this.#bench, this.#fileSystem, shard),
        );
      }
      this.#run(shard, REQUEST_COMPACT | REQUEST_COMPACT_FULL, (asked) => {
        const full = (asked & REQUEST_COMPACT_FULL) !== 0;
        return compactShard(this.#worker, this.#bench, this.#fileSystem, shard, full);
      });
    }
  };

  /** During recovery: flushes a shard whose memtable is full. */
  readonly makeRoom = (shard: number): void => {
    this.#keeper.requestFlush(shard);
    this.work();
    if (this.#keeper.memtableIsFull(shard)) throw new Error(`shard ${shard} could not be flushed`);
  };

  async wait(): Promise<void> {
    this.turn();
    this.work();
    await Promise.resolve();
  }

  async createTable(definition: TableDefinition): Promise<number> {
    return this.#keeper.handle({ kind: 'createTable', definition }) as number;
  }

  async updateTable(id: number, definition: TableDefinition): Promise<boolean> {
    return this.#keeper.handle({ kind: 'updateTable', id, definition }) as boolean;
  }

  async dropTable(id: number, atMs: number): Promise<void> {
    this.#keeper.handle({ kind: 'dropTable', id, atMs });
  }

  async forgetRetired(id: number): Promise<void> {
    this.#keeper.handle({ kind: 'forgetRetired', id });
  }

  share(): never {
    throw new TypeError('a database that runs inline belongs to one thread');
  }

  flush(store: LsmStore): Promise<void> {
    return new Maintenance(this.#control, this).flush(store.attachment);
  }

  compact(store: LsmStore): Promise<void> {
    return new Maintenance(this.#control, this).compact(store.attachment);
  }

  async close(store: LsmStore): Promise<void> {
    this.#turnPlanned = true; // no more turns but those of the keeper's own end
    try {
      this.#keeper.close();
    } finally {
      store.attachment.detach();
      this.#worker.detach();
      this.keepAlive.end();
      await this.#keeper.unlock();
    }
  }

  /** A job that was asked for. As on threads: a full disk leaves it to be tried again, other failures are final. */
  #run(shard: number, bits: number, start: (asked: number) => Job): void {
    if (this.#control.failed) return;
    const asked = this.#control.takeRequest(shard, bits) & bits;
    if (asked === 0) return;
    try {
      this.#drive(start(asked));
      this.#control.mark(CONTROL.STORAGE_FULL, FULL_TABLES, false);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'StorageFull') {
        this.#control.mark(CONTROL.STORAGE_FULL, FULL_TABLES, true);
        this.#control.request(shard, asked);
      } else {
        this.#control.failWith(FAILURE.BACKGROUND, error as Error);
        this.store?.durability.settle();
      }
    }
  }

  /** Runs a job to its end. */
  #drive(job: Job): void {
    let reply: unknown;
    for (;;) {
      const step = job.next(reply);
      if (step.done === true) break;
      reply = step.value.kind === 'ask' ? this.#keeper.handle(step.value.request) : undefined;
      if (step.value.kind === 'durable' && !this.turn()) {
        const full = this.#control.load(CONTROL.STORAGE_FULL) !== 0;
        if (!full && !this.#control.failed) continue;
        job.return();
        throw full ? this.#worker.storageFull() : this.#worker.failure();
      }
    }
  }
}
