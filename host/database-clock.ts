// The clock of an open database, as its user sees it: `db.clock`.

import { ManualClock, type Clock } from './clock.js';
import { readDuration } from './duration.js';
import { InvalidOption } from './errors.js';
import type { Upkeep } from './upkeep/upkeep.js';

/** Time passes in steps, so that what expires on the way does so in time: nothing is removed when it is five years late. */
const STEP_MS = 365 * 86_400_000;

/**
 * The time of a database. Expiry of items, retention of streams, iterators and tokens all go by it.
 *
 * @example
 * await using db = await open(undefined, { clock: 'manual' });
 * // ... items with a TTL attribute
 * await db.clock.advance('2 days'); // what expires within two days has expired and is removed
 */
export class DatabaseClock {
  readonly #clock: Clock;
  readonly #upkeep: Upkeep;

  /** Use `db.clock`. */
  constructor(clock: Clock, upkeep: Upkeep) {
    this.#clock = clock;
    this.#upkeep = upkeep;
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    return this.#clock.nowMs();
  }

  /**
   * Lets time pass, in a database opened with `clock: 'manual'`, for all threads that have it open. Resolves once what became
   * due is done: expired items are removed, with their stream records; records older than 24 hours are gone.
   *
   * @param duration `'2 days'`, `'1h 30m'`, `'1.5 hours'`, or a whole number of milliseconds. Units are ms, s, m, h, d, w or
   *   their names.
   * @throws InvalidOption on a database that was opened with another clock, InvalidArgument for what is no duration.
   */
  async advance(duration: string | number): Promise<void> {
    if (!(this.#clock instanceof ManualClock)) {
      throw new InvalidOption(
        'clock',
        "only time that is made by hand can be advanced: open the database with clock: 'manual'.",
      );
    }
    let leftMs = readDuration(duration, 'db.clock.advance(duration)');
    do {
      const stepMs = Math.min(leftMs, STEP_MS);
      this.#clock.advance(stepMs);
      leftMs -= stepMs;
      await this.#upkeep.runDue();
    } while (leftMs > 0);
  }

  /**
   * Says that the clock is right. After a jump of an hour or more, or where a database was closed for more than a day, items
   * do not expire and stream records are kept, as a wrong clock would delete what is still wanted; a process warning
   * (`ClockNotConfirmed`) tells of it. This lets both go on.
   */
  confirm(): Promise<void> {
    return this.#upkeep.confirmClock();
  }
}
