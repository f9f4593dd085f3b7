// The lock table of transactions, alone and as apply sees it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BAD_INPUT,
  CHECK,
  DELETE,
  LOCKED,
  OK,
  PUT,
  Random,
  type Shard,
  builds,
  keyOf,
  seedOf,
  shardOf,
  valueOf,
} from './harness.js';

function lock(shard: Shard, key: Uint8Array, transaction: number): number {
  return shard.core.lock(shard.setKey(key), transaction);
}

function unlock(shard: Shard, key: Uint8Array, transaction: number): number {
  return shard.core.unlock(shard.setKey(key), transaction);
}

for (const build of builds) {
  test(`random locks agree with a map, and a full table is a conflict (${build})`, () => {
    const random = new Random(seedOf());
    console.log(`# seed ${random.seed}`);
    const shard = shardOf({ build });
    const held = new Map<number, number>();
    let full = 0;
    for (let round = 0; round < 40_000; round++) {
      const which = random.below(4000);
      const transaction = 1 + random.below(4);
      const key = keyOf(`k${which}`);
      const owner = held.get(which);
      if (random.below(100) < (round < 20_000 ? 85 : 40)) {
        const status = lock(shard, key, transaction);
        if (owner === transaction) assert.equal(status, OK);
        else if (owner !== undefined) assert.equal(status, LOCKED);
        else if (held.size === 3072) {
          assert.equal(status, LOCKED);
          full++;
        } else {
          assert.equal(status, OK);
          held.set(which, transaction);
        }
      } else {
        assert.equal(unlock(shard, key, transaction), OK);
        if (owner === transaction) held.delete(which);
      }
      const other = random.below(4000);
      assert.equal(shard.core.lockCheck(shard.setKey(keyOf(`k${other}`))), held.get(other) ?? 0);
    }
    assert.ok(full > 0);
    assert.equal(shard.stats().locks, held.size);
    for (const [which, transaction] of held) unlock(shard, keyOf(`k${which}`), transaction);
    assert.equal(shard.stats().locks, 0);
  });

  test(`only the transaction that holds a key may write it, and that frees it (${build})`, () => {
    const shard = shardOf({ build });
    const [a, b, c] = ['a', 'b', 'c'].map((name) => keyOf(name));
    assert.equal(lock(shard, a!, 7), OK);
    assert.equal(lock(shard, b!, 8), OK);
    const put = (key: Uint8Array) => ({ kind: PUT, key, value: valueOf('1') });
    assert.equal(shard.apply({ entries: [put(c!), put(a!)] }), LOCKED);
    assert.equal(shard.count, 1);
    assert.equal(shard.apply({ entries: [{ kind: DELETE, key: a! }] }), LOCKED);
    assert.equal(shard.apply({ entries: [{ kind: CHECK, key: a! }] }), LOCKED);
    assert.equal(shard.apply({ entries: [put(a!), put(b!)], transaction: 7 }), LOCKED);
    assert.equal(shard.apply({ entries: [put(c!)] }), OK);
    assert.equal(shard.apply({ entries: [put(a!), put(c!)], transaction: 7 }), OK);
    assert.equal(shard.core.lockCheck(shard.setKey(a!)), 0);
    assert.equal(shard.core.lockCheck(shard.setKey(b!)), 8);
    assert.equal(shard.apply({ entries: [put(a!)] }), OK);
    const { records } = shard.take(9);
    assert.deepEqual(
      records.map((record) => [record.flags, record.transaction]),
      [
        [0, 0],
        [2, 7],
        [0, 0],
      ],
    );
    assert.equal(records[1]!.entries.length, 2);
    const again = shardOf({ build });
    for (const record of records) assert.equal(again.replay(record.bytes), OK);
    assert.equal(again.core.lastSequence(), shard.core.lastSequence());
  });

  test(`a read tells that the item is locked (${build})`, () => {
    const shard = shardOf({ build });
    shard.put(keyOf('a'), valueOf('1'));
    lock(shard, keyOf('a'), 3);
    shard.get(keyOf('a'));
    assert.equal(shard.flags, 8);
    shard.get(keyOf('b'));
    assert.equal(shard.flags, 0);
    unlock(shard, keyOf('a'), 4);
    shard.get(keyOf('a'));
    assert.equal(shard.flags, 8, 'another transaction cannot unlock it');
    unlock(shard, keyOf('a'), 3);
    shard.get(keyOf('a'));
    assert.equal(shard.flags, 0);
  });

  test(`the last sequence of an absent key is known well enough (R19) (${build})`, () => {
    const shard = shardOf({ build });
    const last = (key: Uint8Array) => shard.core.lastSequenceOf(shard.setKey(key));
    assert.equal(last(keyOf('a')), 0);
    shard.put(keyOf('a'), valueOf('1'));
    assert.equal(last(keyOf('a')), 1);
    shard.delete(keyOf('a'));
    assert.equal(last(keyOf('a')), 2);
    shard.core.freeze();
    shard.core.frozenDrop();
    assert.equal(last(keyOf('a')), 2, 'also when the tombstone is gone');
    const others = Array.from({ length: 300 }, (_, index) => last(keyOf(`other${index}`)));
    assert.ok(others.filter((sequence) => sequence === 2).length < 5);
  });

  test(`ids and keys that cannot be are refused (${build})`, () => {
    const shard = shardOf({ build });
    for (const transaction of [0, -1, NaN, 0.5])
      assert.equal(lock(shard, keyOf('a'), transaction), BAD_INPUT);
    assert.equal(shard.core.lock(0, 1), BAD_INPUT);
    assert.equal(shard.core.lock(12545, 1), BAD_INPUT);
    assert.equal(shard.core.get(12545, 0), BAD_INPUT);
    assert.equal(shard.core.get(0, 0), BAD_INPUT);
  });
}
