// How a transaction runs: without a pause as long as nothing must be waited for, so that the other calls of its thread never
// meet its locks. A step that must wait yields a promise; from the first one on later writes of this thread to its items
// wait for it, and its thread gives signs of life.

import type { ItemOrder } from './item-order.js';
import type { OpenTransactions } from './open-transactions.js';
import type { Writer } from './writer.js';

export type Steps<Result> = Generator<Promise<unknown>, Result, unknown>;

/** Steps that wait only if they must. */
export function* settled<Value>(value: Value | Promise<Value>): Steps<Value> {
  return value instanceof Promise ? ((yield value) as Value) : value;
}

export interface Pausing {
  readonly order: ItemOrder;
  readonly open: OpenTransactions;
  readonly writer: Writer;
}

const WAITING_BYTES = 512; // what an item of a waiting transaction counts in the queue

/** Runs the steps of a transaction on these items. Throws, or rejects, what they throw. */
export function runSteps<Result>(
  steps: Steps<Result>,
  keys: readonly Uint8Array[],
  pausing: Pausing,
): Result | Promise<Result> {
  const first = steps.next();
  return first.done === true ? first.value : goOn(steps, first.value, keys, pausing);
}

async function goOn<Result>(
  steps: Steps<Result>,
  first: Promise<unknown>,
  keys: readonly Uint8Array[],
  { order, open, writer }: Pausing,
): Promise<Result> {
  const releases = keys.map((key) => order.hold(key));
  const forget = writer.reserve(WAITING_BYTES * keys.length, false); // one that has begun is not refused
  open.beat();
  try {
    for (let waits = first; ; ) {
      const step = await waits.then(
        (value) => steps.next(value),
        (error: unknown) => steps.throw(error),
      );
      if (step.done === true) return step.value;
      waits = step.value;
    }
  } finally {
    for (const release of releases) release();
    forget();
  }
}
