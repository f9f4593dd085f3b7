// The operations of a run, and how often each comes.

import { below } from '../io/support/random.js';

/** How often, out of the sum. */
const OPERATIONS = {
  put: 300,
  delete: 90,
  replace: 60,
  remove: 40,
  get: 120,
  query: 150,
  scan: 12,
  segments: 6,
  transact: 60,
  transactGet: 20,
  burst: 12,
  rest: 15,
  flush: 12,
  compact: 4,
  create: 3,
  drop: 2,
  reopen: 4,
  crash: 6,
} as const;
export type Operation = keyof typeof OPERATIONS;

export function pickOperation(random: () => number): Operation {
  const weights = Object.entries(OPERATIONS) as [Operation, number][];
  let left = below(
    random,
    weights.reduce((sum, [, weight]) => sum + weight, 0),
  );
  for (const [operation, weight] of weights) {
    left -= weight;
    if (left < 0) return operation;
  }
  return 'get';
}
