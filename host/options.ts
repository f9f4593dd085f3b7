// The options of `open`: which there are, what each takes, and the defaults.

import os from 'node:os';
import { ManualClock, systemClock, type Clock } from './clock.js';
import { InvalidOption, describeValue } from './errors.js';
import { MEMORY_MB_DEFAULT_MAX, SHARDS_MAX, WORKERS_MAX } from './limits.js';
import { systemRandom, type Random } from './random.js';
import { isPlainObject } from './table/item-value.js';

export interface OpenOptions {
  /**
   * When a write's promise resolves. `'sync'` (default): when it is on disk. `'relaxed'`: at once;
   * it is on disk within about 10 ms, and a crash before that loses it. A temporary database is
   * never on disk.
   */
  durability?: 'sync' | 'relaxed';
  /**
   * Parts the data is split into, a power of two from 1 to 64. Default 8. Fixed when a database is
   * made.
   */
  shards?: number;
  /**
   * Memory for tables in memory and cached blocks, in MiB. Default a quarter of the machine, at
   * most 1,024.
   */
  memoryMb?: number;
  /** Whether blocks of table files are compressed (LZ4 class). Default true. May change from open to open. */
  compression?: boolean;
  /**
   * Threads that flush, compact and read pages of parallel scans, 1 to 16. Default one less than the machine has cores.
   * All databases of a process share them: the first one opened decides.
   */
  workers?: number;
  /**
   * Where times come from. Default the system's. `'manual'`: time stands still, from the moment of
   * opening, until `db.clock.advance('2 days')`; expiry of items and streams then can be tested.
   */
  clock?: Clock | 'manual';
  /**
   * For how long tables are shown as CREATING, UPDATING or DELETING after the work is done, as on
   * AWS, in milliseconds. Default 0: not at all. For tests of code that waits for tables.
   */
  tableDelayMs?: number;
  /**
   * For how long reads of global secondary indexes do not see a write, in milliseconds. Default 0: they see it at once. For
   * tests of code that must live with eventual consistency; it costs writes and reads of such tables, and concerns the
   * writes of the thread that reads. With a manual clock the time passes by `db.clock.advance`.
   */
  gsiDelayMs?: number;
  /** Where randomness comes from. Default the system's. For simulations. */
  random?: Random;
}

/**
 * All options, with their defaults filled in; but for `shards`, which an existing database knows
 * itself.
 */
export type ResolvedOptions = Readonly<Required<Omit<OpenOptions, 'shards' | 'clock'>>> &
  Pick<OpenOptions, 'shards'> & { readonly clock: Clock };

/** One rule for each option: what it must be, in words, and whether a value is that. */
const RULES: {
  readonly [Option in keyof Required<OpenOptions>]: readonly [string, (value: unknown) => boolean];
} = {
  durability: ["'sync' or 'relaxed'", (value) => value === 'sync' || value === 'relaxed'],
  shards: [
    `a power of two from 1 to ${SHARDS_MAX}`,
    (value) => isInteger(value, 1, SHARDS_MAX) && isPowerOfTwo(value),
  ],
  memoryMb: [
    'a whole number of MiB from 1',
    (value) => isInteger(value, 1, Number.MAX_SAFE_INTEGER),
  ],
  compression: ['true or false', (value) => typeof value === 'boolean'],
  workers: [`a whole number from 1 to ${WORKERS_MAX}`, (value) => isInteger(value, 1, WORKERS_MAX)],
  tableDelayMs: [
    'a whole number of milliseconds from 0',
    (value) => isInteger(value, 0, 86_400_000),
  ],
  gsiDelayMs: ['a whole number of milliseconds from 0', (value) => isInteger(value, 0, 86_400_000)],
  clock: [
    "'manual' or an object with nowMs() and monotonicMs()",
    (value) => value === 'manual' || hasMethods(value, ['nowMs', 'monotonicMs']),
  ],
  random: ['an object with bytes(count)', (value) => hasMethods(value, ['bytes'])],
};

/** Checks options and fills in defaults. An option that is undefined has its default. */
export function resolveOptions(options: unknown = {}): ResolvedOptions {
  if (!isPlainObject(options)) {
    throw new InvalidOption('options', `must be an object, not ${describeValue(options)}.`);
  }
  const known = Object.keys(RULES) as (keyof OpenOptions)[];
  for (const name of Object.keys(options)) {
    if (!known.some((option) => option === name)) {
      throw new InvalidOption(
        name,
        `there is no such option. The options are ${known.join(', ')}.`,
      );
    }
  }
  for (const name of known) {
    const value = options[name];
    const [expected, accepts] = RULES[name];
    if (value !== undefined && !accepts(value)) {
      throw new InvalidOption(name, `must be ${expected}, not ${shown(value)}.`);
    }
  }
  const given = options as OpenOptions;
  return {
    durability: given.durability ?? 'sync',
    shards: given.shards,
    memoryMb: given.memoryMb ?? defaultMemoryMb(),
    compression: given.compression ?? true,
    workers: given.workers ?? Math.min(WORKERS_MAX, Math.max(1, os.availableParallelism() - 1)),
    tableDelayMs: given.tableDelayMs ?? 0,
    gsiDelayMs: given.gsiDelayMs ?? 0,
    clock:
      given.clock === 'manual'
        ? new ManualClock(systemClock.nowMs())
        : (given.clock ?? systemClock),
    random: given.random ?? systemRandom,
  };
}

/** A quarter of what this process may use: a container's limit counts as the machine. */
function defaultMemoryMb(): number {
  const constrained = process.constrainedMemory();
  const total = os.totalmem();
  const available = constrained > 0 ? Math.min(constrained, total) : total;
  return Math.max(1, Math.min(MEMORY_MB_DEFAULT_MAX, Math.floor(available / 4 / 1_048_576)));
}

function isInteger(value: unknown, low: number, high: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof Reflect.get(value, name) === 'function');
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? String(value) : describeValue(value);
}
