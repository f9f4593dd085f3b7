// The options of `table.on`: what each means, its default, and what it must be.

import { InvalidArgument } from '../errors.js';
import { readDuration } from '../duration.js';
import type { ChangeRecord, FeedStart } from './feed.js';

export interface TriggerOptions<T = object> {
  /**
   * Names the trigger among those of its table: 1 to 255 letters, digits and `_ . -`. How far it has come is kept under this
   * name, so it goes on there after a restart; a trigger of one name runs on one thread at a time.
   */
  name: string;
  /** Where a trigger begins that never ran before. Default 'TRIM_HORIZON': with the oldest record kept. */
  from?: FeedStart;
  /** Records at most in one call of the handler, 1 to 10,000. Default 100. It is called with fewer rather than wait. */
  batchSize?: number;
  /**
   * Whether a batch that failed is tried again in two halves, and those in halves, until the records that cannot be handled
   * stand alone. Default true.
   */
  bisect?: boolean;
  /** Calls for one batch before it is given up. Default: 5 with a dead-letter table, without one no end. */
  attempts?: number;
  /** Records older than that are given up: milliseconds, or '6 hours'. Default: none, they are gone after 24 hours. */
  maxAge?: string | number;
  /** The pause after a first failure, doubled each time up to `retryDelayMax`. Default 100 ms and 30 s. */
  retryDelay?: string | number;
  retryDelayMax?: string | number;
  /**
   * A table for the records that are given up, one item each. Its key is one attribute of type S, which gets the record's
   * eventID, or two: the name of the trigger, and the eventID. Default: they are dropped, with a process warning.
   */
  deadLetter?: string;
  /** Hears of every failed call. Default: a process warning for each. */
  onError?: (error: unknown, records: readonly ChangeRecord<T>[]) => void;
  /** Closes the subscription when it is aborted. */
  signal?: AbortSignal;
}

/** Handles records of one table, oldest first for each item. What it throws, or rejects with, makes the batch fail. */
export type TriggerHandler<T = object> = (records: ChangeRecord<T>[]) => unknown;

export interface TriggerSettings {
  readonly name: string;
  readonly from: FeedStart;
  readonly batchSize: number;
  readonly bisect: boolean;
  readonly attempts: number;
  readonly maxAgeMs: number;
  readonly retryDelayMs: number;
  readonly retryDelayMaxMs: number;
  readonly deadLetter: string | undefined;
  readonly onError: TriggerOptions['onError'];
  readonly signal: AbortSignal | undefined;
}

const NAME = /^[a-zA-Z0-9_.-]{1,255}$/;
const BATCH_MAX = 10_000;

/** Throws InvalidArgument for an option that is not what it must be. */
export function readTriggerOptions(options: TriggerOptions): TriggerSettings {
  const { name, from = 'TRIM_HORIZON', batchSize = 100, bisect = true, deadLetter } = options;
  const { attempts = deadLetter === undefined ? Infinity : 5, onError, signal } = options;
  const { maxAge, retryDelay = 100, retryDelayMax = 30_000 } = options;
  const check = (option: string, expected: string, value: unknown, holds: boolean): void => {
    if (!holds) throw new InvalidArgument(option, expected, value);
  };
  check(
    'name',
    '1 to 255 letters, digits and _ . -',
    name,
    typeof name === 'string' && NAME.test(name),
  );
  check(
    'batchSize',
    `a whole number from 1 to ${BATCH_MAX}`,
    batchSize,
    isCount(batchSize) && batchSize <= BATCH_MAX,
  );
  check('attempts', 'a whole number from 1', attempts, attempts === Infinity || isCount(attempts));
  check('bisect', 'true or false', bisect, typeof bisect === 'boolean');
  check(
    'deadLetter',
    'the name of a table',
    deadLetter,
    deadLetter === undefined || typeof deadLetter === 'string',
  );
  check('onError', 'a function', onError, onError === undefined || typeof onError === 'function');
  check('signal', 'an AbortSignal', signal, signal === undefined || signal instanceof AbortSignal);
  return {
    ...{ name, from, batchSize, bisect, attempts, deadLetter, onError, signal },
    maxAgeMs: maxAge === undefined ? Infinity : readDuration(maxAge, 'maxAge'),
    retryDelayMs: readDuration(retryDelay, 'retryDelay'),
    retryDelayMaxMs: readDuration(retryDelayMax, 'retryDelayMax'),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
