// The way of a write on its own thread: stage, apply, wait for the log.
//
// A write that cannot be applied now (no memory, no room in the log ring, the latch is held) is copied and queued behind
// earlier ones of this thread to the same shard, so writes of one thread to one item take effect in the order of
// the calls (DESIGN R13). The queue has a byte bound; past it calls reject with a retryable error.

import { RESULT, RESULT_FLAG, STATUS } from '../core/abi.js';
import type { ShardCore } from '../core/shard-core.js';
import { ThrottlingException, TransactionConflictException } from '../errors.js';
import { CONTROL, FAILURE, FULL_LOG, REQUEST_FLUSH, REQUEST_WARM } from '../runtime/control.js';
import type { Attachment } from './attachment.js';
import type { BatchWriter, Staged } from './batch-writer.js';
import type { CatalogView } from './catalog-view.js';
import type { Durability } from './durability.js';
import { blockedByDamage } from './flush.js';
import type { Services } from './services.js';
import type { TableState } from './table-state.js';
import type { WritePlan } from './write-plan.js';

const QUEUE_BYTES_MAX = 64 * 1024 * 1024;
/** A close gives what waits for a full disk this long. */
const FULL_DISK_CLOSE_MS = 1000;
const DONE = Promise.resolve();

interface Queued {
  readonly table: TableState;
  readonly bytes: number;
  /** A status: below 0 it is tried again once there is room. */
  readonly attempt: () => number | Promise<number>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A write that takes the place of a batch. */
export interface Rewrite {
  attempt(): number | Promise<number>;
  /** What it comes to, once an attempt has succeeded. */
  outcome(): Promise<unknown> | undefined;
}

export class Writer {
  readonly #attachment: Attachment;
  readonly #batch: BatchWriter;
  readonly #catalog: CatalogView;
  readonly #durability: Durability;
  readonly #progress: Services;
  readonly #queues: Queued[][];
  readonly #waitsForLog: boolean;
  /** Set by who knows how (writes.ts): a batch whose table has got another plan since, as a write that reads. */
  rewrite!: (table: TableState, shard: number, batch: Uint8Array) => Rewrite;
  #queuedBytes = 0;
  #appliedBytes = 0;

  constructor(
    attachment: Attachment,
    batch: BatchWriter,
    catalog: CatalogView,
    durability: Durability,
    progress: Services,
  ) {
    this.#attachment = attachment;
    this.#batch = batch;
    this.#catalog = catalog;
    this.#durability = durability;
    this.#progress = progress;
    this.#queues = attachment.shards.map(() => []);
    const { temporary, durability: kind } = attachment.handles.options;
    this.#waitsForLog = kind === 'sync' && !temporary;
  }

  /** Applies a staged batch, composed for `plan`; resolves when it is as durable as the database promises. */
  commit(table: TableState, plan: WritePlan, staged: Staged): Promise<void> {
    const shard = staged.core.shard;
    if (this.#queues[shard].length === 0) {
      const status = this.tryApply(staged);
      if (status >= 0) return this.applied(staged.core);
    }
    const bytes = this.#batch.save(staged);
    this.#batch.release(staged);
    return this.commitSaved(table, plan, shard, bytes);
  }

  /** The same for a private copy of a batch, behind what is queued. */
  commitSaved(table: TableState, plan: WritePlan, shard: number, bytes: Uint8Array): Promise<void> {
    let durable = DONE;
    let rewrite: Rewrite | undefined;
    const attempt = (): number | Promise<number> => {
      if (table.plan !== plan) {
        rewrite ??= this.rewrite(table, shard, bytes);
        return rewrite.attempt();
      }
      const staged = this.#batch.restage(shard, bytes);
      const status = this.tryApply(staged);
      this.#batch.release(staged);
      if (status >= 0) durable = this.applied(this.#attachment.shards[shard]);
      return status;
    };
    return this.enqueue(table, shard, bytes.length, attempt).then(
      () => (rewrite?.outcome() as Promise<void> | undefined) ?? durable,
    );
  }

  /** Tries a write behind what is queued for the shard, again and again; resolves when it has succeeded. */
  enqueue(
    table: TableState,
    shard: number,
    bytes: number,
    attempt: Queued['attempt'],
  ): Promise<void> {
    const forget = this.reserve(bytes);
    const queue = this.#queues[shard];
    const done = new Promise<void>((resolve, reject) => {
      queue.push({ table, bytes, attempt, resolve, reject });
      if (queue.length === 1) void this.#drain(shard);
    });
    return done.finally(forget);
  }

  /** Counts bytes of a write that waits, until what is returned is called. Throws past the bound, if that may be. */
  reserve(bytes: number, bounded = true): () => void {
    if (bounded && this.#queuedBytes + bytes > QUEUE_BYTES_MAX) {
      throw new ThrottlingException(
        `${this.#queuedBytes} bytes of writes wait for the disk, the most is ${QUEUE_BYTES_MAX}: ` +
          'await earlier writes before you send more, then retry',
      );
    }
    this.#queuedBytes += bytes;
    return () => {
      this.#queuedBytes -= bytes;
    };
  }

  /** One attempt: a status of the core. The epoch is read immediately before (DESIGN R1). */
  tryApply(staged: Staged): number {
    this.#appliedBytes = staged.bytes;
    return this.#batch.apply(
      staged,
      this.#attachment.control.load(CONTROL.EPOCH),
      this.#catalog.epoch,
    );
  }

  /** After a successful apply: takes care of memory pressure and gives the promise of durability. */
  applied(core: ShardCore): Promise<void> {
    const sequence = core.sequence;
    const flags = core.result(RESULT.FLAGS);
    if (flags !== 0) this.#tend(core, flags);
    if (this.#waitsForLog) return this.#durability.wait(core.shard, sequence, this.#appliedBytes);
    this.#announce();
    return DONE;
  }

  /** The same where nobody waits for this record, as what it stands for is in the log already. */
  appliedAside(core: ShardCore): void {
    const flags = core.result(RESULT.FLAGS);
    if (flags !== 0) this.#tend(core, flags);
    this.#announce();
  }

  #announce(): void {
    if (!this.#attachment.handles.options.temporary) this.#durability.announce(this.#appliedBytes);
    else if (this.#attachment.control.load(CONTROL.STREAM_WAITERS) > 0) this.#wakeReaders();
  }

  /** Without a log nobody else says that there is something new to read. */
  #wakeReaders(): void {
    this.#attachment.control.signal(CONTROL.DURABLE_SIGNAL);
  }

  /** Writes queued by this thread for a shard. */
  queued(shard: number): number {
    return this.#queues[shard].length;
  }

  /** Resolves when nothing is queued and nothing waits for the log. Never rejects: callers have their own promises. */
  async idle(): Promise<void> {
    const { control } = this.#attachment;
    let fullSince: number | undefined;
    while (this.#queuedBytes > 0 || this.#durability.pending) {
      if (control.failed) return;
      if ((control.load(CONTROL.STORAGE_FULL) & FULL_LOG) === 0) fullSince = undefined;
      else fullSince ??= performance.now();
      if (fullSince !== undefined && performance.now() - fullSince > FULL_DISK_CLOSE_MS) {
        control.failWith(FAILURE.LOG, this.#attachment.storageFull());
        this.#durability.settle();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Gets a full memtable flushed: freezes it if no frozen one waits. Throws if a damaged table is in the way. */
  relieve(core: ShardCore): void {
    const damage = blockedByDamage(this.#attachment, core.shard);
    if (damage !== undefined) throw damage;
    this.#relieve(core, RESULT_FLAG.MEMTABLE_SOFT);
  }

  /** Asks for what the core says it will need soon. */
  #tend(core: ShardCore, flags: number): void {
    if (
      (flags & RESULT_FLAG.COLD) !== 0 &&
      this.#attachment.control.request(core.shard, REQUEST_WARM)
    )
      this.#progress.work();
    if ((flags & ~RESULT_FLAG.COLD) !== 0) this.#relieve(core, flags);
  }

  #relieve(core: ShardCore, flags: number): void {
    if ((flags & RESULT_FLAG.FROZEN_WAITING) === 0) core.exports.freeze();
    if (this.#attachment.control.request(core.shard, REQUEST_FLUSH)) this.#progress.work();
  }

  async #drain(shard: number): Promise<void> {
    const queue = this.#queues[shard];
    const { control } = this.#attachment;
    const began = performance.now();
    control.add(CONTROL.STALLS, 1);
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      try {
        const tried = head.attempt();
        const status = typeof tried === 'number' ? tried : await tried;
        if (status < 0) {
          await this.makeRoom(shard, status, head.table);
          continue;
        }
        queue.shift();
        head.resolve();
      } catch (error) {
        // Only this one: those behind it may be of other tables. If nothing works any more each finds out.
        queue.shift();
        head.reject(error as Error);
      }
    }
    control.add(CONTROL.STALL_MS, Math.round(performance.now() - began));
  }

  /** Waits for what the status asks for; throws if it can never succeed. */
  async makeRoom(shard: number, status: number, table: TableState): Promise<void> {
    this.#attachment.check();
    this.#attachment.checkRoom();
    switch (status) {
      case STATUS.BUSY:
        return new Promise((resolve) => setImmediate(resolve));
      case STATUS.STALE_CATALOG:
        this.#catalog.reload();
        this.#catalog.requireLive(table);
        return;
      case STATUS.MEMTABLE_FULL:
      case STATUS.NO_MEMORY:
        this.relieve(this.#attachment.shards[shard]);
        return this.#progress.wait();
      case STATUS.LOCKED:
        throw new TransactionConflictException();
      case STATUS.LOG_FULL:
        this.#progress.ring();
        return this.#progress.wait();
      default:
        throw this.#attachment.fault(status, shard);
    }
  }
}
