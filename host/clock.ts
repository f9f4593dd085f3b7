// The only reader of the wall clock and of the timer. Everything that needs the time is given a
// Clock, so that a simulation can run a whole database under its own.

export interface Clock {
  /** Milliseconds since 1970, as the system believes them: may jump either way. */
  nowMs(): number;
  /** Milliseconds that only go forward, from an arbitrary beginning. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

const WALL = 0;
const ELAPSED = 1;

/**
 * A clock that stands still until it is told: what `open(path, { clock: 'manual' })` runs on. Its
 * time lies in shared memory, so all threads of a database have the same.
 */
export class ManualClock implements Clock {
  readonly buffer: SharedArrayBuffer;
  readonly #words: BigInt64Array;

  /** Begins at a time, or is another thread's clock. */
  constructor(start: number | SharedArrayBuffer) {
    this.buffer = typeof start === 'number' ? new SharedArrayBuffer(16) : start;
    this.#words = new BigInt64Array(this.buffer);
    if (typeof start === 'number') Atomics.store(this.#words, WALL, BigInt(Math.round(start)));
  }

  nowMs(): number {
    return Number(Atomics.load(this.#words, WALL));
  }

  monotonicMs(): number {
    return Number(Atomics.load(this.#words, ELAPSED));
  }

  /** Time passes. */
  advance(ms: number): void {
    Atomics.add(this.#words, WALL, BigInt(ms));
    Atomics.add(this.#words, ELAPSED, BigInt(ms));
  }

  /** The wall clock is put to another time; no time passes. */
  set(nowMs: number): void {
    Atomics.store(this.#words, WALL, BigInt(nowMs));
  }
}
