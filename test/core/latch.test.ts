// The latch on one thread: who may wait, what a poisoned shard answers, and a caller whose stack
// runs out.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  BUSY,
  CLOSED,
  OK,
  POISONED,
  PUT,
  Random,
  type Shard,
  builds,
  encodeBatch,
  keyOf,
  seedOf,
  shardOf,
  text,
  valueOf,
} from './harness.js';

/** Every export that takes the latch, called with arguments that are fine otherwise. */
function latchedCalls(shard: Shard): [string, () => number][] {
  const { core } = shard;
  const at = shard.inPtr;
  const length = shard.setKey(keyOf('k'));
  shard.bytes.set(
    encodeBatch({ entries: [{ kind: PUT, key: keyOf('k'), value: valueOf('v') }] }),
    at,
  );
  return [
    ['get', () => core.get(length, 0)],
    ['getChunk', () => core.getChunk(length, 0, 1)],
    ['apply', () => core.apply(at, 1, 0)],
    ['shapeLoad', () => core.shapeLoad(1, at, 3)],
    ['lock', () => core.lock(length, 1)],
    ['unlock', () => core.unlock(length, 1)],
    ['lockCheck', () => core.lockCheck(length)],
    ['lastSequenceOf', () => core.lastSequenceOf(length)],
    ['freeze', () => core.freeze()],
    ['frozenDrop', () => core.frozenDrop()],
    ['setSequence', () => core.setSequence(1)],
    ['setCatalogEpoch', () => core.setCatalogEpoch(0)],
    ['largeReserve', () => core.largeReserve(10)],
    ['stats', () => core.stats(at + 1024)],
    ['integrity', () => core.integrity(0)],
  ];
}

for (const build of builds) {
  test(`a thread that may not block is told BUSY by every latched call (${build})`, () => {
    const shard = shardOf({ build });
    const other = shard.sibling(1);
    const calls = latchedCalls(other);
    shard.setLatchOwner(0);
    for (const [name, call] of calls) assert.equal(call(), BUSY, name);
    assert.equal(shard.core.latchOwner(), 0);
    shard.setLatchOwner(-1);
    assert.equal(other.core.latchWait(), OK);
    assert.equal(other.core.latchOwner(), -1);
    assert.equal(other.put(keyOf('k'), valueOf('v')), OK);
  });

  // Regression: V8's baseline compiler slept for ever here, once the timed wait stood in a loop
  // (memory/latch.ts).
  test(`a waiter gives up an owner that makes no progress, and poisons (R7) (${build})`, () => {
    for (const wait of [
      (shard: Shard) => shard.core.latchWait(),
      (shard: Shard) => shard.get(keyOf('k')),
    ]) {
      const shard = shardOf({ build });
      shard.setPatience(12);
      shard.setLatchOwner(5);
      const began = performance.now();
      assert.equal(wait(shard), POISONED);
      const took = performance.now() - began;
      assert.ok(took > 100 && took < 3000, `${took} ms`);
      assert.equal(shard.poisonCode(), 1);
    }
  });

  test(`a slow but living succession of owners is waited for (${build})`, async () => {
    const shard = shardOf({ build });
    shard.setPatience(5);
    shard.setLatchOwner(5);
    // Another thread: the latch goes from owner to owner for 300 ms, seen from here always taken;
    // then it is free.
    const code = `
      const words = new Int32Array(require('node:worker_threads').workerData.buffer, 65536 + 128, 4);
      const turns = setInterval(() => { words[2]++; }, 4);
      setTimeout(() => {
        clearInterval(turns);
        Atomics.store(words, 0, 0);
        Atomics.notify(words, 0);
      }, 300);`;
    const worker = new Worker(code, { eval: true, workerData: shard.memory });
    await once(worker, 'online');
    assert.equal(shard.core.latchWait(), OK);
    assert.equal(shard.poisonCode(), 0);
    await once(worker, 'exit');
  });

  test(`every latched call says POISONED, and leaves the latch free (${build})`, () => {
    const shard = shardOf({ build });
    const calls = latchedCalls(shard);
    shard.core.poison(99);
    shard.core.poison(100);
    assert.equal(shard.core.poisonCode(), 99, 'the first code stays');
    for (const [name, call] of calls) {
      assert.equal(call(), POISONED, name);
      assert.equal(shard.core.latchOwner(), -1, name);
    }
    assert.equal(shard.core.frozenRun(0), POISONED);
    assert.equal(shard.core.detach(0), POISONED);
  });

  test(`every latched call says CLOSED after close (${build})`, () => {
    const shard = shardOf({ build });
    const calls = latchedCalls(shard);
    assert.equal(shard.core.close(), OK);
    for (const [name, call] of calls) assert.equal(call(), CLOSED, name);
    assert.equal(shard.core.latchOwner(), -1);
    assert.equal(shard.core.largeRelease(), OK);
    assert.equal(shard.core.detach(0), OK);
  });

  test(`a caller without stack gets a RangeError and the shard is untouched (R18) (${build})`, () => {
    const random = new Random(seedOf());
    console.log(`# seed ${random.seed}`);
    const shard = shardOf({ build, memtableBytes: 2 << 20 });
    const { core } = shard;
    const key = keyOf('partition', 'x');
    const batches = Array.from({ length: 300 }, (_, index) =>
      encodeBatch({
        entries: [
          {
            kind: PUT,
            key: keyOf('partition', `${random.below(1e6)}`),
            value: random.bytes(index),
          },
        ],
      }),
    );
    let overflows = 0;
    let applied = 0;
    let turn = 0;

    /**
     * Burns stack in frames of different size, and calls the core on the way back from as deep as
     * it goes.
     */
    function dive(padding: number, ...rest: number[]): number {
      let below = 0;
      try {
        below = rest.length < padding ? dive(padding, ...rest, padding) : dive(padding, ...rest);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      if (below < 500) callTheCore();
      return below + 1;
    }

    function callTheCore(): void {
      turn++;
      try {
        if (turn % 4 === 0) core.get(key.length, 0);
        else if (turn % 7 === 0) core.cursorNext(0);
        else if (turn % 97 === 0) core.freeze();
        else if (turn % 89 === 0) core.frozenDrop();
        else if (core.apply(shard.inPtr, 1, 0) === OK) applied++;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        overflows++;
      }
    }

    for (let round = 0; round < 120; round++) {
      shard.setKey(key);
      shard.bytes.set(batches[round]!, shard.inPtr);
      dive(round % 17);
      assert.equal(core.poisonCode(), 0, `round ${round}`);
      assert.equal(core.latchOwner(), -1, `round ${round}`);
      if (round % 50 === 0) {
        const { done } = shard.take(100);
        done();
        shard.integrity();
      }
    }
    console.log(`# ${overflows} overflows, ${applied} applied`);
    assert.ok(overflows > 300 && applied > 300, `${overflows} overflows, ${applied} applied`);
    assert.equal(core.lastSequence(), applied);
    assert.equal(shard.put(keyOf('after'), valueOf('all is well')), OK);
    assert.equal(text(shard.get(keyOf('after')) as Uint8Array), 'all is well');
    shard.integrity();
  });
}

test('a failed assertion traps and poisons the shard for everyone', () => {
  const shard = shardOf({ build: 'checked' });
  const other = shard.sibling(1);
  assert.throws(() => shard.core.testTrap(55), WebAssembly.RuntimeError);
  assert.equal(other.core.poisonCode(), 55);
  assert.equal(other.get(keyOf('k')), POISONED);
  assert.equal(other.core.latchWait(), POISONED);
});

test('the exports for tests do nothing in the release build', () => {
  const shard = shardOf({ build: 'release' });
  const { core } = shard;
  assert.deepEqual([core.testHoldLatch(), core.testTrap(1)], [-17, -17]);
  assert.equal(core.poisonCode(), 0);
});
