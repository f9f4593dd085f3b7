// What the passing of time does to a database, in the background: items expire, stream records go after 24 hours.
//
// Every thread that has the database open has one of these; the one with the engine's lease works, and another takes over
// when it ends. Without a table that has a stream or expiry, nothing is done but to look at the catalog every few seconds.
// The timers keep no process alive. What is stopped in the middle, by a close or a crash, is found again by the next.

import type { Clock } from '../clock.js';
import type { Store } from '../engine/store.js';
import {
  DatabaseClosed,
  ResourceNotFoundException,
  ThrottlingException,
  TransactionConflictException,
} from '../errors.js';
import { STREAM_RETENTION_MS } from '../limits.js';
import type { Catalog } from '../table/catalog.js';
import { StorageError } from '../../io/errors.js';
import { ClockGuard } from './clock-guard.js';
import { Sweeper } from './sweeper.js';
import { Trimmer } from './trimmer.js';

const IDLE_MS = 5_000;
const SWEEP_MS = 500;
const TRIM_MS = 60_000;

export interface UpkeepParts {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

export class Upkeep {
  readonly #parts: UpkeepParts;
  readonly #guard: ClockGuard;
  readonly #sweeper: Sweeper;
  readonly #trimmer: Trimmer;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #nextTrimMs = -Infinity;
  #warned = false;
  #stopped = false;

  constructor(parts: UpkeepParts) {
    const { store, catalog, clock } = parts;
    const goesOn = (): boolean => !this.#stopped;
    this.#parts = parts;
    this.#guard = new ClockGuard(store, clock);
    this.#sweeper = new Sweeper(store, goesOn);
    this.#trimmer = new Trimmer(store, catalog, goesOn);
    this.#arm(SWEEP_MS);
  }

  /** Stream records from before this moment are as good as gone. Stands still while the clock is not to be believed. */
  async horizonMs(): Promise<number> {
    return ((await this.#guard.believedMs()) ?? this.#parts.clock.nowMs()) - STREAM_RETENTION_MS;
  }

  /** Does what is due now, on this thread, whoever else may be at it too. The time was made by hand: it is right. */
  runDue(): Promise<void> {
    this.#nextTrimMs = -Infinity;
    return this.#inTurn(async () => {
      if (this.#isNeeded() && !(await this.#guard.look())) await this.#guard.confirm();
      await this.#round();
    });
  }

  /** The wall clock is right, however it came to stand where it does. */
  confirmClock(): Promise<void> {
    return this.#guard.confirm();
  }

  /** Stops, and resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#turn;
    this.#parts.store.hidden.releaseUpkeep();
  }

  #arm(afterMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#tick()), afterMs);
    this.#timer.unref();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #tick(): Promise<void> {
    try {
      const { hidden } = this.#parts.store;
      const works = this.#isNeeded() && hidden.claimUpkeep();
      if (works) await this.#round();
      this.#arm(this.#isNeeded() ? SWEEP_MS : IDLE_MS);
    } catch (error) {
      // A full disk and a crowd of writes pass; a database that is closed, damaged or has failed says so to all of its callers.
      if (isPassing(error)) this.#arm(IDLE_MS);
      else if (!(error instanceof StorageError || error instanceof DatabaseClosed)) throw error;
    }
  }

  #isNeeded(): boolean {
    const { store } = this.#parts;
    return (
      !this.#stopped &&
      (store.catalog().some(({ ttl, streams }) => ttl?.enabled === true || streams !== undefined) ||
        store.hidden.retired().length > 0)
    );
  }

  async #round(): Promise<void> {
    if (!this.#isNeeded()) return;
    const { store, clock } = this.#parts;
    for (const table of store.catalog()) {
      const { ttl } = table;
      if (ttl?.enabled !== true || this.#stopped) continue;
      await ifThere(() => this.#sweeper.hint(table, ttl));
      store.hidden.claimUpkeep();
    }
    if (!(await this.#guard.look())) return this.#warn();
    this.#warned = false;
    const nowMs = clock.nowMs();
    for (const table of store.catalog()) {
      const { ttl } = table;
      if (ttl?.enabled !== true || this.#stopped) continue;
      await ifThere(() => this.#sweeper.sweep(table, ttl, nowMs));
      store.hidden.claimUpkeep();
    }
    if (clock.monotonicMs() < this.#nextTrimMs) return;
    this.#nextTrimMs = clock.monotonicMs() + TRIM_MS;
    await ifThere(() => this.#trimmer.trim(nowMs - STREAM_RETENTION_MS));
  }

  #warn(): void {
    if (this.#warned) return;
    this.#warned = true;
    process.emitWarning(
      'The clock jumped by more than an hour, or is more than a day past the last time on record. Items do not expire and ' +
        'stream records are kept until it is right again. If it is right, call db.clock.confirm().',
      { type: 'FerriteDB', code: 'ClockNotConfirmed' },
    );
  }
}

/** What a later try may not meet. */
function isPassing(error: unknown): boolean {
  return (
    (error instanceof StorageError && error.code === 'StorageFull') ||
    error instanceof ThrottlingException ||
    error instanceof TransactionConflictException
  );
}

/** Work on a table that may be dropped meanwhile. */
async function ifThere(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}
