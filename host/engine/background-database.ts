// A database as a pool worker holds it: an attachment for flushes, compactions and scan pages.
//
// One job of a kind runs on a shard at a time, claimed in control memory, so it does not matter which worker takes it;
// each begins with the shards it is home to. A pending flush goes before compaction, also in the middle of one:
// compactions pause every few milliseconds (DESIGN R14). A job that fails for want of disk space is tried again
// later; any other failure closes the database.

import type { FileSystem } from '../../io/disk/file-system.js';
import { StorageError } from '../../io/errors.js';
import {
  COMPACTION_JOB,
  FLUSH_JOB,
  CONTROL,
  type Control,
  type Doorbell,
  FAILURE,
  FULL_TABLES,
  REQUEST_COMPACT,
  REQUEST_COMPACT_FULL,
  REQUEST_FLUSH,
  REQUEST_WARM,
  STATE,
} from '../runtime/control.js';
import { KeeperClient } from '../runtime/keeper-channel.js';
import { KeepAlive, waitForChange } from '../runtime/waiting.js';
import { Attachment, type DatabaseHandles } from './attachment.js';
import { compactShard } from './compaction.js';
import { flushMustWait, flushShard } from './flush.js';
import type { Job, JobStep } from './keeper-requests.js';
import { MergeBench } from './table-merge.js';
import { TransactionWatch } from './transaction-watch.js';
import { RawPages, type PageTask, type RawPage } from './raw-pages.js';

const PAUSE_EVERY_MS = 2;
const FULL_DISK_RETRY_MS = 200;
const DURABLE_WAIT_MS = 20;

export class BackgroundDatabase {
  readonly #attachment: Attachment;
  readonly #fileSystem: FileSystem;
  readonly #keeper: KeeperClient;
  readonly #keepAlive = new KeepAlive();
  readonly #control: Control;
  readonly #flushBench: MergeBench;
  readonly #compactBench: MergeBench;
  readonly #pages: RawPages;
  readonly #transactions: TransactionWatch;
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    handles: DatabaseHandles,
    fileSystem: FileSystem,
    doorbell: Doorbell,
    runtime: string,
  ) {
    this.#attachment = new Attachment(handles, fileSystem, true);
    this.#fileSystem = fileSystem;
    this.#control = this.#attachment.control;
    this.#keeper = new KeeperClient(runtime, handles.id, doorbell, this.#keepAlive);
    this.#flushBench = new MergeBench(handles.module);
    this.#compactBench = new MergeBench(handles.module);
    this.#pages = new RawPages(this.#attachment);
    this.#transactions = new TransactionWatch(this.#control, handles.options.silenceMaxMs);
  }

  /** Runs one job if any is requested and nobody else has it. */
  async runOne(): Promise<boolean> {
    if (this.#closed || this.#control.failed) return false;
    if (this.#warm() || (await this.#tryFlush()) || (await this.#tryCompact())) return true;
    this.#watchLatches();
    this.#transactions.look(performance.now());
    return false;
  }

  /** Touches the memory that writers will need next: the page faults are here then, not in their calls. */
  #warm(): boolean {
    let asked = false;
    for (const { shard, exports } of this.#attachment.shards) {
      if ((this.#control.requested(shard) & REQUEST_WARM) === 0) continue;
      if ((this.#control.takeRequest(shard, REQUEST_WARM) & REQUEST_WARM) === 0) continue;
      exports.pagesWarm();
      asked = true;
    }
    return asked;
  }

  /**
   * Main threads only yield when a latch is taken, so a latch whose owner has died would keep them for ever. A worker
   * that has nothing to do may wait for it, and gives it up after a while: then the shard is poisoned (DESIGN R7).
   */
  #watchLatches(): void {
    for (const { exports } of this.#attachment.shards) {
      if (exports.latchOwner() < 0) continue;
      exports.latchWait();
      if (exports.poisonCode() !== 0) this.#control.fail(FAILURE.CORE);
    }
  }

  page(task: PageTask): Promise<RawPage> {
    const page = this.#pages.page(task);
    this.#running = Promise.allSettled([this.#running, page]);
    return page;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#keeper.close();
    this.#keepAlive.end();
    this.#attachment.detach();
  }

  async #tryFlush(): Promise<boolean> {
    const shard = this.#claim(FLUSH_JOB, REQUEST_FLUSH);
    if (shard < 0) return false;
    const job = flushShard(this.#attachment, this.#flushBench, this.#fileSystem, shard);
    await this.#track(shard, FLUSH_JOB, this.#drive(job, false));
    return true;
  }

  async #tryCompact(): Promise<boolean> {
    const shard = this.#claim(COMPACTION_JOB, REQUEST_COMPACT | REQUEST_COMPACT_FULL);
    if (shard < 0) return false;
    const full =
      (this.#control.takeRequest(shard, REQUEST_COMPACT_FULL) & REQUEST_COMPACT_FULL) !== 0;
    const job = compactShard(this.#attachment, this.#compactBench, this.#fileSystem, shard, full);
    await this.#track(shard, COMPACTION_JOB, this.#drive(job, true));
    return true;
  }

  /** A shard with such a request that this worker now owns the job of, or -1. Home shards first. */
  #claim(kind: number, bits: number): number {
    const count = this.#attachment.shards.length;
    for (let step = 0; step < count; step++) {
      const shard = (step + this.#attachment.slot) % count;
      if ((this.#control.requested(shard) & bits) === 0) continue;
      if (kind === FLUSH_JOB && flushMustWait(this.#attachment, shard)) continue;
      if (!this.#control.claimJob(shard, kind, this.#attachment.slot)) continue;
      const taken = this.#control.takeRequest(shard, bits & ~REQUEST_COMPACT_FULL);
      if ((taken & bits) !== 0 || (this.#control.requested(shard) & bits) !== 0) return shard;
      this.#control.releaseJob(shard, kind);
    }
    return -1;
  }

  async #track(shard: number, kind: number, job: Promise<void>): Promise<void> {
    const running = this.#finish(shard, kind, job);
    this.#running = Promise.allSettled([this.#running, running]);
    await running;
  }

  async #finish(shard: number, kind: number, job: Promise<void>): Promise<void> {
    try {
      await job;
      this.#control.mark(CONTROL.STORAGE_FULL, FULL_TABLES, false);
    } catch (error) {
      if (this.#closed || this.#control.load(CONTROL.STATE) > STATE.OPEN) return;
      if (error instanceof StorageError && error.code === 'StorageFull') {
        this.#control.mark(CONTROL.STORAGE_FULL, FULL_TABLES, true);
        this.#control.request(shard, kind === FLUSH_JOB ? REQUEST_FLUSH : REQUEST_COMPACT);
        await new Promise((resolve) => setTimeout(resolve, FULL_DISK_RETRY_MS));
      } else {
        this.#control.failWith(FAILURE.BACKGROUND, error as Error);
      }
    } finally {
      this.#control.releaseJob(shard, kind);
      this.#control.signal(CONTROL.PROGRESS_SIGNAL);
      this.#attachment.doorbell.work();
    }
  }

  /** Steps a job; lets the event loop turn, and flushes go first, every 2 ms. */
  async #drive(job: Job, flushFirst: boolean): Promise<void> {
    let reply: unknown;
    let since = performance.now();
    for (;;) {
      const step = job.next(reply);
      if (step.done === true) return;
      reply = undefined;
      if (step.value.kind === 'ask') {
        reply = await this.#ask(step.value);
      } else if (step.value.kind === 'durable') {
        const seen = this.#control.load(CONTROL.DURABLE_SIGNAL);
        await waitForChange(this.#control, CONTROL.DURABLE_SIGNAL, seen, DURABLE_WAIT_MS);
      } else if (performance.now() - since > PAUSE_EVERY_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        if (flushFirst) await this.#tryFlush();
        since = performance.now();
      }
      if (this.#closed || this.#control.failed) {
        job.return();
        return;
      }
    }
  }

  async #ask(step: Extract<JobStep, { kind: 'ask' }>): Promise<unknown> {
    return this.#keeper.ask(step.request as never);
  }
}
