/** Seeded randomness: a test prints its seed and takes it back from the environment (SEED=123). */
import { randomInt } from 'node:crypto';
import type { TestContext } from 'node:test';

export function seedOf(context: TestContext): number {
  const seed = process.env.SEED === undefined ? randomInt(2 ** 31) : Number(process.env.SEED);
  context.diagnostic(`SEED=${seed}`);
  return seed;
}

/** Numbers in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random 32-bit words. */
export function words(random: () => number): () => number {
  return () => Math.floor(random() * 2 ** 32);
}

export function below(random: () => number, bound: number): number {
  return Math.floor(random() * bound);
}
