/**
 * Which item a YCSB client asks for next.
 *
 * Zipfian after Gray et al., "Quickly generating billion-record synthetic databases" (SIGMOD 1994),
 * with YCSB's constant 0.99. Ranks are scattered over the key space by a hash, as YCSB's scrambled
 * generator does, so that hot items are not neighbours. `latest` (workload D) instead counts ranks
 * back from the newest item.
 */
import { Random } from './random.js';

export const ZIPFIAN_CONSTANT = 0.99;

function zeta(count: number, theta: number): number {
  let sum = 0;
  for (let i = 1; i <= count; i++) sum += 1 / Math.pow(i, theta);
  return sum;
}

/** FNV-1a over the four bytes of a rank: spreads neighbours apart. */
function scatter(rank: number): number {
  let hash = 0x811c9dc5;
  for (let shift = 0; shift < 32; shift += 8) {
    hash = Math.imul(hash ^ ((rank >>> shift) & 0xff), 0x01000193);
  }
  return hash >>> 0;
}

export class Zipfian {
  readonly #random: Random;
  readonly #count: number;
  readonly #zetaN: number;
  readonly #alpha: number;
  readonly #eta: number;

  constructor(count: number, seed: number, theta = ZIPFIAN_CONSTANT) {
    this.#random = new Random(seed);
    this.#count = count;
    this.#zetaN = zeta(count, theta);
    this.#alpha = 1 / (1 - theta);
    this.#eta = (1 - Math.pow(2 / count, 1 - theta)) / (1 - zeta(2, theta) / this.#zetaN);
    this.#halfPower = 1 + Math.pow(0.5, theta);
  }

  readonly #halfPower: number;

  /** A rank in [0, count): 0 is the most popular. */
  rank(): number {
    const u = this.#random.fraction();
    const uz = u * this.#zetaN;
    if (uz < 1) return 0;
    if (uz < this.#halfPower) return 1;
    const rank = Math.floor(this.#count * Math.pow(this.#eta * u - this.#eta + 1, this.#alpha));
    return Math.min(rank, this.#count - 1);
  }

  /** An index in [0, count) with the hot ones scattered. */
  index(): number {
    return scatter(this.rank()) % this.#count;
  }

  /** An index near the newest of `size` items. */
  latest(size: number): number {
    return Math.max(0, size - 1 - this.rank());
  }
}
