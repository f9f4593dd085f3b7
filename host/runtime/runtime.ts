// The runtime: one per process, shared by all its databases (DESIGN R21). It holds the pool, the log thread and the
// doorbell; the first `open` starts it, and it ends with the process, which it never keeps alive by itself.
//
// Threads: the log thread runs the keepers (log, manifest, folder lock); the pool's workers run flushes,
// compactions and scan pages. If one of them ends by itself, every database fails closed: nobody waits for ever.

import { BroadcastChannel, Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { DatabaseHandles } from '../engine/attachment.js';
import { Control, Doorbell, FAILURE } from './control.js';
import { threadUrl } from './location.js';
import type { LogThreadData } from './log-thread.js';
import { unpackError } from './packed-error.js';
import {
  poolChannelName,
  type PoolOrder,
  type PoolReport,
  type PoolWorkerData,
} from './pool-channel.js';
import type { PageTask, RawPage } from '../engine/raw-pages.js';

const QUEUE_MAX = 10_000;
const KEY = Symbol.for('ferritedb.runtime');

export class Runtime {
  readonly id: string;
  readonly doorbell = Doorbell.create();
  readonly #pool: Piscina;
  readonly #channel: BroadcastChannel;
  readonly #logThread: Worker;
  readonly #databases = new Map<string, DatabaseHandles>();
  readonly #listeners = new Set<(report: PoolReport) => void>();
  readonly #threads = new Set<number>();
  readonly #started: Promise<unknown>;
  readonly #failed: ((error: Error) => void)[] = [];

  /** The process's runtime, also when the package is loaded twice (ESM and CommonJS). */
  static get(makeId: () => string, workers: number): Runtime {
    const holder = globalThis as { [KEY]?: Runtime };
    holder[KEY] ??= new Runtime(makeId(), workers);
    return holder[KEY];
  }

  private constructor(id: string, workers: number) {
    this.id = id;
    this.#channel = new BroadcastChannel(poolChannelName(id));
    this.#channel.unref();
    this.#channel.onmessage = (event) => this.#report((event as { data: PoolReport }).data);
    const workerData: PoolWorkerData = { runtime: id, doorbell: this.doorbell.buffer };
    this.#pool = new Piscina({
      filename: threadUrl('pool-worker').href,
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: 4,
      maxQueue: QUEUE_MAX,
      atomics: 'disabled',
      workerData,
      execArgv: [],
    });
    this.#pool.on('error', (error: Error) => this.#failAll(error));
    const logData: LogThreadData = { runtime: id, doorbell: this.doorbell.buffer };
    this.#logThread = new Worker(threadUrl('log-thread'), {
      workerData: logData,
      execArgv: [],
      name: 'ferritedb-log',
    });
    const log = new Promise<void>((resolve) => this.#logThread.once('message', () => resolve()));
    const pool = new Promise<void>((resolve) => {
      this.#listeners.add(() => {
        if (this.#threads.size >= workers) resolve();
      });
    });
    const failed = new Promise<never>((_resolve, reject) => this.#failed.push(reject));
    this.#started = Promise.race([Promise.all([log, pool]), failed]);
    this.#started.catch(() => undefined); // looked at by every open
    this.#logThread.on('error', (error) => this.#failAll(error));
    this.#logThread.on('exit', (code) =>
      this.#failAll(new Error(`the log thread ended with code ${code}`)),
    );
  }

  /** Resolves when all threads listen. Rejects if one of them could not start. */
  async ready(): Promise<void> {
    const timer = setInterval(() => {}, 1000); // threads that start do not keep the process alive
    try {
      await this.#started;
    } finally {
      clearInterval(timer);
      this.#logThread.unref();
    }
  }

  /** Resolves when every worker has attached the database. */
  async attach(handles: DatabaseHandles): Promise<void> {
    this.#databases.set(handles.id, handles);
    await this.#everyWorker('attached', handles.id, { kind: 'attach', handles });
  }

  /** Resolves when no worker touches the database any more. */
  async detach(id: string): Promise<void> {
    if (!this.#databases.delete(id)) return;
    await this.#everyWorker('detached', id, { kind: 'detach', database: id });
  }

  /** Reads one page of a scan on a worker. */
  page(task: PageTask): Promise<RawPage> {
    return this.#pool.run(task) as Promise<RawPage>;
  }

  #everyWorker(kind: 'attached' | 'detached', database: string, order: PoolOrder): Promise<void> {
    const waiting = new Set(this.#threads);
    return new Promise((resolve, reject) => {
      const timer = setInterval(() => {}, 1000); // the channel alone does not keep the process alive
      const settle = (error?: Error): void => {
        clearInterval(timer);
        this.#listeners.delete(listener);
        if (error === undefined) resolve();
        else reject(error);
      };
      const listener = (report: PoolReport): void => {
        if (report.kind !== kind || report.database !== database) return;
        if (report.kind === 'attached' && report.error !== undefined)
          return settle(unpackError(report.error));
        waiting.delete(report.thread);
        if (waiting.size === 0) settle();
      };
      this.#listeners.add(listener);
      this.#channel.postMessage(order);
    });
  }

  #report(report: PoolReport): void {
    if (report.kind === 'ready') this.#threads.add(report.thread);
    for (const listener of [...this.#listeners]) listener(report);
  }

  #failAll(error: Error): void {
    for (const reject of this.#failed.splice(0)) reject(error);
    for (const handles of this.#databases.values()) {
      new Control(handles.control).failWith(FAILURE.THREAD, error);
    }
  }
}
