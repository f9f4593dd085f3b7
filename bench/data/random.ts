/**
 * Seeded randomness for the benchmarks: the same seed gives the same items, keys and order on every
 * machine.
 *
 * `mulberry32`: 32 bits of state, passes gjrand's small tests, and costs a few nanoseconds, so that
 * making an index never weighs on what is measured. Not for anything that must be unpredictable.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number in [0, 2^32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.next() / 4294967296;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

/**
 * A ring of random indexes below `count`, made ahead of the timed loop. Its length is a power of
 * two, so a loop walks it with a mask.
 */
export function randomOrder(count: number, seed: number, lengthLog2 = 20): Uint32Array {
  const random = new Random(seed);
  const order = new Uint32Array(1 << lengthLog2);
  for (let i = 0; i < order.length; i++) order[i] = random.below(count);
  return order;
}
