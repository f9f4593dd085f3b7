// The log ring: groups, wrapping, fullness, against a plain list.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  LOG_FULL,
  NO_LOG,
  OK,
  PUT,
  POISONED,
  Random,
  builds,
  keyOf,
  seedOf,
  shardOf,
  text,
  valueOf,
} from './harness.js';

for (const build of builds) {
  test(`a group is the longest prefix with epochs below the limit (R1) (${build})`, () => {
    const shard = shardOf({ build });
    for (const epoch of [5, 5, 6, 5, 7]) shard.put(keyOf('k'), valueOf('v'), epoch);
    const sequences = (limit: number) =>
      shard.take(limit).records.map((record) => record.firstSequence);
    assert.deepEqual(sequences(5), []);
    assert.deepEqual(
      sequences(6),
      [1, 2],
      'the fourth has a smaller epoch than the third, and stays behind it',
    );
    assert.deepEqual(sequences(7), [1, 2, 3, 4]);
    assert.deepEqual(sequences(8), [1, 2, 3, 4, 5]);
  });

  test(`epochs compare across the wrap of their 32 bits (${build})`, () => {
    const shard = shardOf({ build });
    shard.put(keyOf('k'), valueOf('v'), 0xffffffff);
    shard.put(keyOf('k'), valueOf('v'), 0);
    shard.put(keyOf('k'), valueOf('v'), 1);
    assert.equal(shard.take(0xffffffff).records.length, 0);
    assert.equal(shard.take(0).records.length, 1);
    assert.equal(shard.take(1).records.length, 2);
    assert.equal(shard.stats().activeFirstEpoch, 0xffffffff);
  });

  test(`durable is what the log thread said, and without a log whatever was applied (${build})`, () => {
    const shard = shardOf({ build });
    shard.put(keyOf('k'), valueOf('v'));
    shard.put(keyOf('k'), valueOf('v'), 2);
    assert.equal(shard.core.durableSequence(), 0);
    shard.take(2).done();
    assert.equal(shard.core.durableSequence(), 1);
    assert.equal(shard.core.lastSequence(), 2);
    shard.take(3).done();
    assert.equal(shard.core.durableSequence(), 2);
    assert.equal(shard.stats().ringUsed, 0);
    const temporary = shardOf({ build, flags: NO_LOG });
    temporary.put(keyOf('k'), valueOf('v'));
    assert.equal(temporary.core.durableSequence(), 1);
    assert.equal(temporary.core.ringTake(100), 0);
  });

  test(`records of every size go round the ring and come out as they went in (${build})`, () => {
    const random = new Random(seedOf());
    console.log(`# seed ${random.seed}`);
    const shard = shardOf({ build, memtableBytes: 8 << 20 });
    const waiting: { sequence: number; value: Uint8Array; epoch: number }[] = [];
    let epoch = 1;
    let full = 0;
    let written = 0;
    const drain = () => {
      epoch++;
      const { records, done } = shard.take(epoch);
      const expected = waiting.splice(0, records.length);
      records.forEach((record, index) => {
        assert.equal(record.firstSequence, expected[index]!.sequence);
        assert.equal(record.epoch, expected[index]!.epoch);
        assert.ok(Buffer.from(record.entries[0]!.value).equals(expected[index]!.value));
      });
      assert.ok(waiting.length === 0 || waiting[0]!.epoch >= epoch);
      done();
      if (expected.length > 0)
        assert.equal(shard.core.durableSequence(), expected[expected.length - 1]!.sequence);
    };
    while (written < 40 << 20) {
      const length = random.below(20) === 0 ? random.below(700_000) : random.below(20_000);
      const value = new Uint8Array(length).fill(random.below(256));
      const late = epoch + (random.below(10) === 0 ? 1 : 0); // a writer that loaded a newer epoch came first
      const status = shard.put(keyOf(`k${random.below(10)}`), value, late);
      if (status === OK) {
        waiting.push({ sequence: shard.sequence, value, epoch: late });
        written += length;
        if (random.below(150) === 0) drain();
      } else if (status === LOG_FULL) {
        full++;
        drain();
        if (random.below(2) === 0) shard.integrity();
      } else {
        if (shard.stats().hasFrozen === 1) shard.core.frozenDrop();
        assert.equal(shard.core.freeze(), OK);
      }
    }
    assert.ok(full > 0);
    drain();
    drain();
    assert.equal(waiting.length, 0);
    assert.equal(shard.stats().ringUsed, 0);
  });

  test(`a log that keeps up uses the first mebibyte again, and a burst has half of one at least (${build})`, () => {
    const shard = shardOf({ build, ringBytes: 4 << 20, memtableBytes: 16 << 20 });
    const value = new Uint8Array(10_000);
    const ringAt = shard.piece();
    let furthest = 0;
    for (let index = 0; index < 500; index++) {
      assert.equal(shard.put(keyOf('k'), value, index), OK);
      if (index % 3 < 2) continue; // two or three records wait at a time
      const { records, done } = shard.take(index + 1);
      assert.ok(records.length > 0);
      furthest = Math.max(furthest, shard.piece() - ringAt);
      done();
    }
    assert.ok(furthest < (1 << 20) + 50_000, `records lie up to ${furthest} bytes into the ring`);
    let burst = 0;
    while (shard.put(keyOf('k'), value, 1000) === OK) burst += value.length;
    assert.ok(burst > 500_000, `${burst} bytes fitted`);
  });

  test(`a record that ends exactly at the end of the ring needs no filler (${build})`, () => {
    const shard = shardOf({ build, ringBytes: 4 << 20 });
    const key = keyOf('k');
    const overhead = 24 + 16 + key.length;
    const half = (1 << 20) - 24;
    // 8 bytes are kept for a transaction's id, so a record may end 8 bytes before the end at the
    // earliest without it.
    for (let index = 0; index < 4; index++) {
      const size = index < 3 ? half : (4 << 20) - 3 * (half + 24) - 24;
      const value = new Uint8Array(size - 16 - key.length);
      assert.equal((overhead + value.length) % 8, (size + 24) % 8);
      const status = shard.put(key, value);
      if (status === LOG_FULL) break;
      assert.equal(status, OK);
    }
    shard.integrity();
    const { records, done } = shard.take(9);
    assert.ok(records.length >= 3);
    done();
    assert.equal(shard.put(key, valueOf('next')), OK);
    assert.equal(text(shard.take(9).records[0]!.entries[0]!.value), 'next');
    shard.integrity();
  });

  test(`a poisoned shard gives nothing more to the log (${build})`, () => {
    const shard = shardOf({ build });
    shard.apply({ entries: [{ kind: PUT, key: keyOf('k'), value: valueOf('v') }] });
    shard.core.poison(20);
    assert.equal(shard.core.ringTake(100), POISONED);
  });
}
