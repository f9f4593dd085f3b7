// A thread of the tests in two-threads.test.ts: attaches to a shard and does what workerData says.

import { parentPort, workerData } from 'node:worker_threads';
import {
  BUSY,
  GUARD_ABSENT,
  GUARD_FAILED,
  GUARD_SEQUENCE,
  LOG_FULL,
  MEMTABLE_FULL,
  NOT_FOUND,
  OK,
  PUT,
  RETRY,
  Random,
  Shard,
  keyOf,
} from './harness.js';
import type { Build } from './harness.js';

export interface Task {
  task: 'count' | 'hold' | 'churn';
  build: Build;
  memory: WebAssembly.Memory;
  slot: number;
  counters: number;
  increments: number;
  seed: number;
}

/**
 * Adds one to a random counter, guarded by what was read: again until it holds. Returns the failed
 * tries.
 */
function increment(shard: Shard, random: Random, counters: number): number {
  const key = keyOf(`counter${random.below(counters)}`);
  for (let failed = 0; ; failed++) {
    const found = shard.get(key);
    const readSequence = shard.readSequence;
    const sequence = shard.sequence;
    if (typeof found === 'number' && found !== NOT_FOUND) throw new Error(`get: ${found}`);
    const value = new Uint8Array(8 + random.below(100));
    new DataView(value.buffer).setUint32(
      0,
      found === NOT_FOUND ? 1 : sumOf(found as Uint8Array) + 1,
      true,
    );
    const guard = {
      entryIndex: 0,
      kind: found === NOT_FOUND ? GUARD_ABSENT : GUARD_SEQUENCE,
      sequence,
      readSequence,
    };
    let status = OK;
    do {
      status = shard.apply({ entries: [{ kind: PUT, key, value }], guards: [guard] });
    } while (status === BUSY || status === MEMTABLE_FULL || status === LOG_FULL);
    if (status === OK) return failed;
    if (status !== GUARD_FAILED && status !== RETRY) throw new Error(`apply: ${status}`);
  }
}

function sumOf(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset).getUint32(0, true);
}

/** Writes and reads without end, so that a terminate() may come at any moment of a call. */
function churn(shard: Shard, random: Random): void {
  for (;;) {
    const key = keyOf(`k${random.below(500)}`);
    const status = shard.put(key, new Uint8Array(random.below(2000)));
    if (status === MEMTABLE_FULL && shard.core.freeze() === OK) shard.core.frozenDrop();
    shard.get(key);
    const { done } = shard.take(100);
    done();
  }
}

const task = workerData as Task;
const random = new Random(task.seed);
const shard = new Shard(task.build, task.memory, task.slot);
parentPort!.postMessage('attached');
if (task.task === 'hold') shard.core.testHoldLatch();
if (task.task === 'churn') churn(shard, random);
let failed = 0;
for (let count = 0; count < task.increments; count++)
  failed += increment(shard, random, task.counters);
shard.core.detach(task.slot);
parentPort!.postMessage(failed);
