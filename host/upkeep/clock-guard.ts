// Whether the wall clock may be believed by what deletes for good: expiry of items, retention of stream records.
//
// It may not (DESIGN R24)
//  * once wall and monotonic clock disagree by an hour about how long it was since this thread began: the wall clock
//    jumped, stands still, or the machine slept;
//  * if it was more than a day past the last time on record when this thread began: the database was closed that long, or
//    the clock is wrong.
// Then nothing is deleted until the clocks agree again or somebody confirms the time (`db.clock.confirm()`), on whichever
// thread: the last time believed and the count of confirmations are a note of the database.
//
// Nothing is read or written before the first question, so a database that never asks has no such note.

import type { Clock } from '../clock.js';
import type { Store } from '../engine/store.js';
import type { Item } from '../table/item-types.js';

const KEY = { name: 'clock' };
const DISAGREE_MS = 3_600_000;
const LATE_MS = 86_400_000;
const NOTE_EVERY_MS = 600_000;

interface Known {
  /** A time that was believed, ms. */
  readonly wallMs: number;
  readonly confirmations: number;
}

export class ClockGuard {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Where both clocks stood when they were first believed. */
  #wallMs: number;
  #monotonicMs: number;
  #known: Promise<Known | undefined> | undefined;
  #lastMs: number | undefined;
  #writtenMs = -Infinity;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#wallMs = clock.nowMs();
    this.#monotonicMs = clock.monotonicMs();
  }

  /** The time, as far as it is believed: while it is not, the last one that was. Undefined: none ever was. */
  async believedMs(): Promise<number | undefined> {
    this.#known ??= this.#read();
    const known = await this.#known;
    const nowMs = this.#clock.nowMs();
    if (this.#isSound(known, nowMs)) this.#lastMs = nowMs;
    return this.#lastMs ?? known?.wallMs;
  }

  /** Whether the time is believed now. Asked again and again by the thread that deletes; another thread may have confirmed. */
  async look(): Promise<boolean> {
    const before = await (this.#known ??= this.#read());
    const nowMs = this.#clock.nowMs();
    if (this.#isSound(before, nowMs)) {
      this.#lastMs = nowMs;
      if (Math.abs(nowMs - this.#writtenMs) >= NOTE_EVERY_MS) await this.#write(nowMs, 0);
      return true;
    }
    const now = await this.#read();
    if (now === undefined || now.confirmations === before?.confirmations) return false;
    this.#begin(now);
    return this.#isSound(now, this.#clock.nowMs());
  }

  /** The time is right as it is now. */
  async confirm(): Promise<void> {
    this.#begin(await this.#write(this.#clock.nowMs(), 1));
  }

  #begin(known: Known): void {
    this.#known = Promise.resolve(known);
    this.#wallMs = this.#clock.nowMs();
    this.#monotonicMs = this.#clock.monotonicMs();
  }

  #isSound(known: Known | undefined, nowMs: number): boolean {
    if (known !== undefined && this.#wallMs - known.wallMs > LATE_MS) return false;
    const passedMs = this.#clock.monotonicMs() - this.#monotonicMs;
    return Math.abs(nowMs - this.#wallMs - passedMs) < DISAGREE_MS;
  }

  async #read(): Promise<Known | undefined> {
    const note = await this.#store.get(this.#store.hidden.notes, KEY, true);
    return note === undefined ? undefined : knownOf(note);
  }

  async #write(wallMs: number, confirmations: number): Promise<Known> {
    let written: Known = { wallMs, confirmations };
    await this.#store.write({
      table: this.#store.hidden.notes,
      key: KEY,
      decide: (old) => {
        const before = old === undefined ? 0 : knownOf(old.decode() as Item).confirmations;
        written = { wallMs, confirmations: before + confirmations };
        return { kind: 'put', item: { ...KEY, ...written } };
      },
    });
    this.#writtenMs = wallMs;
    return written;
  }
}

function knownOf({ wallMs, confirmations }: Item): Known {
  return { wallMs: Number(wallMs), confirmations: Number(confirmations) };
}
