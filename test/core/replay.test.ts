// Recovery: what apply logged goes back into a shard by replayRecord.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DELETE,
  ENTRY_SHAPED,
  MEMTABLE_FULL,
  NO_LOG,
  OK,
  PUT,
  Random,
  SHAPE,
  builds,
  keyOf,
  namesOf,
  seedOf,
  shardOf,
  valueOf,
} from './harness.js';

const a = keyOf('a');
const b = keyOf('b');

for (const build of builds) {
  test(`the log, replayed into an empty shard, gives the same shard (${build})`, () => {
    const random = new Random(seedOf());
    console.log(`# seed ${random.seed}`);
    const shard = shardOf({ build, memtableBytes: 4 << 20 });
    const log: Uint8Array[] = [];
    const keys = Array.from({ length: 200 }, (_, index) => keyOf(`u${index % 20}`, `${index}`));
    for (let round = 0; round < 1500; round++) {
      const shape = random.below(40);
      const entries = Array.from({ length: 1 + random.below(4) }, () => {
        const key = keys[random.below(keys.length)]!;
        if (random.below(4) === 0) return { kind: DELETE, key };
        return {
          kind: PUT,
          key,
          value: random.bytes(2 + random.below(300)),
          flags: ENTRY_SHAPED,
          shapeRef: 0,
        };
      });
      const batch = {
        entries: [{ kind: SHAPE, value: namesOf('pk', `n${shape}`) }, ...entries],
        epoch: 1 + round,
      };
      assert.equal(shard.apply(batch), OK);
      if (random.below(10) === 0) {
        const { records, done } = shard.take(1e9);
        log.push(...records.map((record) => record.bytes));
        done();
      }
    }
    log.push(...shard.take(1e9).records.map((record) => record.bytes));
    const again = shardOf({ build, memtableBytes: 1 << 20, seed: 999 });
    for (const record of log) {
      const status = again.replay(record);
      assert.equal(status, OK);
      if (random.below(100) === 0)
        assert.equal(again.replay(record), OK, 'a second time does nothing');
    }
    const [before, after] = [shard.stats(), again.stats()];
    for (const name of [
      'lastSequence',
      'activeEntries',
      'activeTombstones',
      'activeBytes',
      'shapes',
      'shapeNamesBytes',
    ]) {
      assert.equal(after[name], before[name], name);
    }
    assert.equal(after.activeFirstEpoch, 1);
    for (const key of keys) {
      const one = shard.get(key);
      const other = again.get(key);
      assert.deepEqual(other, one);
      assert.equal(again.sequence, shard.sequence);
    }
    again.integrity();
    assert.equal(again.core.setSequence(before.lastSequence! + 2 ** 20), OK);
    assert.equal(again.core.durableSequence(), before.lastSequence! + 2 ** 20);
    assert.equal(again.put(a, valueOf('1')), OK);
    assert.equal(again.sequence, before.lastSequence! + 2 ** 20 + 1);
  });

  test(`a replay that fills the memtable goes on after the flush, and skips what was flushed (${build})`, () => {
    const shard = shardOf({ build, memtableBytes: 4 << 20, ringBytes: 8 << 20 });
    for (let index = 0; index < 3000; index++) shard.put(keyOf(`u${index}`), new Uint8Array(1000));
    const { records } = shard.take(10);
    const again = shardOf({ build, memtableBytes: 1 << 20 });
    let flushed = 0;
    let flushes = 0;
    for (const record of records) {
      let status = again.replay(record.bytes, flushed);
      if (status === MEMTABLE_FULL) {
        assert.equal(again.core.freeze(), OK);
        flushed = again.sequence;
        assert.equal(again.core.frozenDrop(), OK);
        flushes++;
        status = again.replay(record.bytes, flushed);
      }
      assert.equal(status, OK);
    }
    assert.ok(flushes >= 2);
    const entries = again.stats().activeEntries!;
    assert.equal(flushed + entries, 3000);
    for (const record of records) assert.equal(again.replay(record.bytes, flushed), OK);
    assert.equal(again.stats().activeEntries, entries);
    again.integrity();
  });

  test(`a damaged record is never replayed in part beyond its own entries (${build})`, () => {
    const random = new Random(seedOf());
    console.log(`# seed ${random.seed}`);
    const shard = shardOf({ build });
    shard.apply({
      entries: [
        { kind: SHAPE, value: namesOf('pk') },
        { kind: PUT, key: a, value: valueOf('11'), flags: ENTRY_SHAPED, shapeRef: 0 },
        { kind: PUT, key: b, value: valueOf('22') },
      ],
    });
    const [record] = shard.take(10).records;
    const again = shardOf({ build, flags: NO_LOG });
    for (let round = 0; round < 20_000; round++) {
      const bytes = record!.bytes.slice();
      bytes[random.below(bytes.length)] = random.below(256);
      bytes.fill(0, 12, 16); // a sequence of 2^56 is a checksum's business
      const status = again.replay(bytes);
      assert.ok(status <= OK && status >= -19);
      if (status === MEMTABLE_FULL && again.core.freeze() === OK) again.core.frozenDrop();
    }
    assert.equal(again.poisonCode(), 0);
    again.integrity();
  });
}
