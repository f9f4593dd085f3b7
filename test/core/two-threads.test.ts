// Real threads on one shard: increments that must all count, and threads that die with the latch
// held.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  BUSY,
  OK,
  POISONED,
  type Shard,
  builds,
  keyOf,
  seedOf,
  shardOf,
  valueOf,
} from './harness.js';
import type { Task } from './two-threads.worker.js';

const INCREMENTS = 15_000;
const COUNTERS = 5;

function start(task: Partial<Task> & Pick<Task, 'task' | 'build' | 'memory' | 'slot'>): Worker {
  const workerData: Task = { counters: COUNTERS, increments: INCREMENTS, seed: 1, ...task };
  const file = new URL('./two-threads.worker.ts', import.meta.url).href;
  // The loader of TypeScript is not inherited by threads of Node 20: the thread registers it
  // itself.
  const boot = `import('tsx/esm/api').then((tsx) => { tsx.register(); return import(${JSON.stringify(file)}); });`;
  return new Worker(boot, { eval: true, workerData });
}

async function finished(worker: Worker): Promise<number> {
  for (;;) {
    const [message] = await once(worker, 'message');
    if (typeof message === 'number') return message;
  }
}

/** The counters' sum, from memtable. */
function sum(shard: Shard): number {
  let total = 0;
  for (let index = 0; index < COUNTERS; index++) {
    const value = shard.get(keyOf(`counter${index}`)) as Uint8Array;
    total += new DataView(value.buffer).getUint32(0, true);
  }
  return total;
}

for (const build of builds) {
  test(`guarded increments of two threads all count, while a third drains the log (${build})`, async () => {
    const seed = seedOf();
    console.log(`# seed ${seed}`);
    const shard = shardOf({ build, memtableBytes: 4 << 20 });
    const workers = [1, 2].map((slot) =>
      start({ task: 'count', build, memory: shard.memory, slot, seed: seed + slot }),
    );
    let running = true;
    const failed = Promise.all(workers.map(finished)).finally(() => {
      running = false;
    });
    let epoch = 1;
    let logged = 0;
    while (running) {
      const { records, done } = shard.take(++epoch);
      for (const record of records) {
        assert.equal(record.firstSequence, logged + 1, 'records follow each other without a gap');
        logged += record.entries.length;
      }
      done();
      await sleep(1);
    }
    console.log(`# ${(await failed).join(' and ')} tries failed`);
    assert.equal(sum(shard), 2 * INCREMENTS);
    assert.equal(shard.core.lastSequence(), 2 * INCREMENTS);
    shard.integrity();
    assert.equal(shard.stats().pagesThread, 4, 'the workers detached');
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  test(`a thread that is terminated at any moment leaves a sound shard or a poisoned one (${build})`, async () => {
    let held = 0;
    for (let round = 0; round < 6; round++) {
      const shard = shardOf({ build, memtableBytes: 1 << 20, memoryBytes: 24 << 20 });
      const worker = start({ task: 'churn', build, memory: shard.memory, slot: 1, seed: round });
      await once(worker, 'message');
      await sleep(20 + round * 3);
      await worker.terminate();
      // What the host does when a thread ends without detaching (R7).
      if (shard.core.latchOwner() === 1) {
        held++;
        shard.core.poison(30);
      }
      const status = shard.put(keyOf('after'), valueOf('1'));
      if (shard.poisonCode() !== 0) assert.equal(status, POISONED);
      else {
        assert.ok(status === OK || status === -7 || status === -8, `${status}`);
        shard.integrity();
      }
    }
    console.log(`# ${held} of 6 died with the latch held`);
  });
}

test('a thread that died with the latch held is given up by whoever waits, in bounded time', async () => {
  const shard = shardOf({ build: 'checked' });
  const patient = shard.sibling(2);
  shard.setPatience(20);
  const worker = start({ task: 'hold', build: 'checked', memory: shard.memory, slot: 1 });
  await once(worker, 'message');
  while (shard.core.latchOwner() !== 1) await sleep(1);
  await worker.terminate();
  assert.equal(shard.core.latchOwner(), 1, 'the word stays with the dead thread');

  assert.equal(patient.put(keyOf('k'), valueOf('v')), BUSY, 'who may not block is told so at once');
  assert.equal(shard.poisonCode(), 0);

  const began = Date.now();
  assert.equal(shard.put(keyOf('k'), valueOf('v')), POISONED);
  const took = Date.now() - began;
  assert.ok(took >= 150 && took < 5000, `${took} ms`);
  assert.equal(shard.poisonCode(), 1);
  assert.equal(patient.get(keyOf('k')), POISONED);
  assert.equal(patient.core.latchWait(), POISONED);
});

test('waiters are woken when a shard is poisoned', async () => {
  const shard = shardOf({ build: 'checked' });
  const holder = start({ task: 'hold', build: 'checked', memory: shard.memory, slot: 1 });
  await once(holder, 'message');
  while (shard.core.latchOwner() !== 1) await sleep(1);
  const waiter = start({ task: 'count', build: 'checked', memory: shard.memory, slot: 2 });
  const error = once(waiter, 'error').then(([cause]) => cause as Error);
  await sleep(100);
  const began = Date.now();
  shard.core.poison(42);
  assert.match((await error).message, /-4/);
  assert.ok(Date.now() - began < 3000);
  await holder.terminate();
});
