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
