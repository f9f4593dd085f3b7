// A trigger: calls a handler with the changes of a table, batch after batch, and remembers how far it has come.
//
// At least once: the checkpoint moves, durably, after the handler has resolved. A crash between the two means that the
// batch is handled again by the next who runs the trigger, as does a thread that lost it while its handler ran. So what a
// handler does must bear being done twice; `eventID` tells a record again.
//
// Invariants:
//  * Batches of one trigger name are handled one after the other, by the thread with the lease (trigger-lease.ts); so the
//    changes of an item are handled in their order.
//  * A record that fails holds up those behind it until it is handled or given up.
//  * Nothing here keeps the process alive.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../clock.js';
import { DatabaseClosed, TrimmedDataAccessException } from '../errors.js';
import { StorageError } from '../../io/errors.js';
import type { DeadLetters } from './dead-letters.js';
import { Feed, type ChangeRecord, type FeedParts, type FeedStart } from './feed.js';
import { pause } from './pause.js';
import { LEASE_LOOK_MS, LeaseLost, type TriggerLease } from './trigger-lease.js';
import type { TriggerHandler, TriggerSettings } from './trigger-options.js';

/** What `table.on` gives. */
export interface Subscription extends AsyncDisposable {
  readonly name: string;
  /** Resolves once this or another thread runs the trigger: where it begins is durable then. Rejects if it never came so far. */
  readonly ready: Promise<void>;
  /**
   * Stops: no further batch begins. Resolves when the handler that runs has ended and its checkpoint is kept; called by that
   * handler itself, at once.
   */
  close(): Promise<void>;
}

export interface TriggerParts extends FeedParts {
  readonly clock: Clock;
  readonly tableName: string;
  readonly settings: TriggerSettings;
  readonly handler: TriggerHandler;
  readonly lease: TriggerLease;
  readonly deadLetters: DeadLetters | undefined;
  readonly ended: () => void;
}

/** Nobody feeds a table whose last stream is over: look for a new one so often. */
const STREAMLESS_LOOK_MS = 1_000;
const running = new AsyncLocalStorage<Trigger>();

export class Trigger implements Subscription {
  readonly name: string;
  readonly ready: Promise<void>;
  readonly #parts: TriggerParts;
  readonly #stop = new AbortController();
  readonly #run: Promise<void>;
  #isReady: () => void = () => undefined;
  #isNotReady: (error: unknown) => void = () => undefined;

  /** `first`: where it begins if it never ran. */
  constructor(parts: TriggerParts, first: Feed) {
    this.#parts = parts;
    this.name = parts.settings.name;
    this.ready = new Promise((resolve, reject) => {
      this.#isReady = resolve;
      this.#isNotReady = reject;
    });
    // Who does not ask need not know: the run itself goes on trying.
    this.ready.catch(() => undefined);
    const { signal } = parts.settings;
    const abort = (): void => void this.close();
    if (signal?.aborted === true) this.#stop.abort();
    else signal?.addEventListener('abort', abort);
    this.#run = this.#runUntilStopped(first).finally(() => {
      signal?.removeEventListener('abort', abort);
      this.#isNotReady(new DatabaseClosed());
      parts.ended();
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    if (running.getStore() !== this) await this.#run;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #runUntilStopped(first: Feed): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const checkpoint = await this.#parts.lease.claim(() => first.checkpoint);
        this.#isReady();
        if (checkpoint === undefined) {
          await pause(LEASE_LOOK_MS, signal);
          continue;
        }
        await this.#work(checkpoint);
      } catch (error) {
        if (isEnd(error)) return;
        if (error instanceof LeaseLost) continue;
        this.#report(error, []);
        await pause(this.#backoffMs(++failures), signal);
      }
    }
    await this.#parts.lease.release().catch((error: unknown) => {
      // The session ends with the database, and the lease with it.
      if (!isEnd(error)) throw error;
    });
  }

  async #work(checkpoint: FeedStart): Promise<void> {
    const { lease, settings } = this.#parts;
    const { signal } = this.#stop;
    // A failed answer shows when the checkpoint moves.
    const answers = setInterval(() => void lease.answer().catch(() => undefined), LEASE_LOOK_MS);
    answers.unref();
    try {
      const feed = this.#feedFrom(checkpoint);
      while (!signal.aborted) {
        const records = await this.#read(feed, settings.batchSize);
        if (records === undefined) await pause(STREAMLESS_LOOK_MS, signal);
        else await this.#deliver(records);
      }
    } finally {
      clearInterval(answers);
    }
  }

  #feedFrom(checkpoint: FeedStart): Feed {
    const { tableName } = this.#parts;
    try {
      return new Feed(this.#parts, tableName, checkpoint);
    } catch (error) {
      if (!(error instanceof TrimmedDataAccessException)) throw error;
      this.#warnOfLoss();
      return new Feed(this.#parts, tableName, 'TRIM_HORIZON');
    }
  }

  async #read(feed: Feed, limit: number): Promise<ChangeRecord[] | undefined> {
    try {
      return await feed.read(limit, this.#stop.signal, false);
    } catch (error) {
      if (!(error instanceof TrimmedDataAccessException)) throw error;
      this.#warnOfLoss();
      feed.skipTrimmed();
      return [];
    }
  }

  /** Until the records are handled or given up, and the checkpoint is behind them; or until stopped. */
  async #deliver(records: readonly ChangeRecord[]): Promise<void> {
    const { settings, lease } = this.#parts;
    for (let attempt = 1; records.length > 0; attempt++) {
      const young = records.findIndex((record) => !this.#isTooOld(record));
      const old = young < 0 ? records.length : young;
      if (old > 0) {
        await this.#giveUp(records.slice(0, old), 'older than maxAge', attempt - 1);
        records = records.slice(old);
        continue;
      }
      try {
        await running.run(this, async () => this.#parts.handler([...records]));
        return await lease.advance(records[records.length - 1].checkpoint);
      } catch (error) {
        if (error instanceof LeaseLost || isEnd(error)) throw error;
        this.#report(error, records);
        if (this.#stop.signal.aborted) return;
        if (settings.bisect && records.length > 1) {
          const middle = records.length >>> 1;
          await this.#deliver(records.slice(0, middle));
          if (this.#stop.signal.aborted) return;
          return this.#deliver(records.slice(middle));
        }
        if (attempt >= settings.attempts) return this.#giveUp(records, error, attempt);
        await pause(this.#backoffMs(attempt), this.#stop.signal);
        if (this.#stop.signal.aborted) return;
      }
    }
  }

  async #giveUp(records: readonly ChangeRecord[], error: unknown, attempts: number): Promise<void> {
    const { deadLetters, clock, lease, tableName } = this.#parts;
    const atMs = clock.nowMs();
    if (deadLetters === undefined) {
      this.#warn(
        `${records.length} records of ${tableName} given up, the first ${records[0].eventID}`,
      );
    }
    for (const record of records) await deadLetters?.put({ record, error, attempts, atMs });
    await lease.advance(records[records.length - 1].checkpoint);
  }

  #isTooOld({ dynamodb }: ChangeRecord): boolean {
    const { clock, settings } = this.#parts;
    return clock.nowMs() - dynamodb.ApproximateCreationDateTime.getTime() > settings.maxAgeMs;
  }

  #backoffMs(failures: number): number {
    const { retryDelayMs, retryDelayMaxMs } = this.#parts.settings;
    return Math.min(retryDelayMaxMs, retryDelayMs * 2 ** Math.min(failures - 1, 30));
  }

  #report(error: unknown, records: readonly ChangeRecord[]): void {
    const { onError } = this.#parts.settings;
    if (onError !== undefined) onError(error, records);
    else this.#warn(`failed with ${records.length} records: ${String(error)}`);
  }

  #warnOfLoss(): void {
    this.#warn('records were more than 24 hours old before they were handled, and are gone');
  }

  #warn(text: string): void {
    const warning = { type: 'FerriteDB', code: 'Trigger' };
    process.emitWarning(`Trigger ${this.name} of ${this.#parts.tableName}: ${text}`, warning);
  }
}

/** Errors that mean that there is no database any more. A full disk passes. */
function isEnd(error: unknown): boolean {
  return (
    error instanceof DatabaseClosed ||
    (error instanceof StorageError && error.code !== 'StorageFull')
  );
}
