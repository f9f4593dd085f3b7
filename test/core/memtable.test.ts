// The memtable against a Map: order, hash index, overwriting in place, freezing and dropping,
// limits, memory per entry.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DELETE,
  EXISTS,
  MEMTABLE_FULL,
  NOT_FOUND,
  NO_LOG,
  NO_MEMORY,
  OK,
  PUT,
  Random,
  type Shard,
  builds,
  keyOf,
  seedOf,
  shardOf,
  text,
  valueOf,
} from './harness.js';

interface Version {
  kind: number;
  value: Uint8Array;
  sequence: number;
}

/** What the memtables of a shard should hold, by key as latin-1 text, which orders as bytes do. */
class Model {
  active = new Map<string, Version>();
  frozen: Map<string, Version> | null = null;
  sequence = 0;

  put(key: Uint8Array, kind: number, value: Uint8Array): void {
    this.active.set(text(key), { kind, value, sequence: ++this.sequence });
  }

  get(key: Uint8Array): Version | undefined {
    return this.active.get(text(key)) ?? this.frozen?.get(text(key));
  }
}

function checkGet(shard: Shard, model: Model, key: Uint8Array): void {
  const version = model.get(key);
  const found = shard.get(key);
  assert.equal(shard.sequence, version?.sequence ?? 0);
  assert.equal(shard.readSequence, model.sequence);
  if (version === undefined || version.kind === DELETE) assert.equal(found, NOT_FOUND);
  else {
    assert.ok(typeof found !== 'number', `get: ${found as number}`);
    assert.ok(Buffer.from(found).equals(version.value));
  }
}

function checkFrozen(shard: Shard, model: Model): void {
  const expected = [...model.frozen!.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const found = shard.frozen();
  assert.equal(found.length, expected.length);
  found.forEach((entry, index) => {
    const [key, version] = expected[index]!;
    assert.equal(text(entry.key), key);
    assert.equal(entry.sequence, version.sequence);
    assert.equal(entry.largeLength, version.value.length > 28672 ? version.value.length : 0);
    if (entry.largeLength === 0) assert.equal(entry.kind, version.kind);
    assert.ok(Buffer.from(entry.value).equals(version.value));
  });
}

/**
 * Small keys that share prefixes of every length, so that all paths of the tree's comparisons are
 * taken.
 */
function randomKey(random: Random, keys: number): Uint8Array {
  const which = random.below(keys);
  if (which % 5 === 0) return keyOf(`u${which}`);
  if (which % 5 === 1) return keyOf('one partition', `${which}`);
  if (which % 5 === 2) return keyOf(`u${which % 40}`, `order#${which}`);
  if (which % 5 === 3) return Uint8Array.from(`${which}`, (digit) => Number(digit));
  return keyOf('one partition', 'x'.repeat(which % 700) + which);
}

function randomValue(random: Random): Uint8Array {
  const roll = random.below(1000);
  if (roll < 2) return new Uint8Array(65536 + random.below(300_000)).fill(random.below(256));
  if (roll < 10) return new Uint8Array(20_000 + random.below(60_000)).fill(random.below(256));
  return random.bytes(random.below(roll < 300 ? 20 : 400));
}

/** Mostly one write; sometimes many, of sizes that fill pages in awkward ways. */
function randomBatch(
  random: Random,
  keys: number,
): { kind: number; key: Uint8Array; value: Uint8Array }[] {
  const awkward = random.below(200) === 0;
  return Array.from({ length: random.below(8) === 0 ? 1 + random.below(12) : 1 }, () => {
    const key = randomKey(random, keys);
    if (random.below(5) === 0) return { kind: DELETE, key, value: new Uint8Array(0) };
    const value = awkward
      ? new Uint8Array(20_000 + random.below(40_000)).fill(random.below(256))
      : randomValue(random);
    return { kind: PUT, key, value };
  });
}

for (const build of builds) {
  test(`random operations agree with a map, through freezes and drops (${build})`, () => {
    const random = new Random(seedOf());
    console.log(`# seed ${random.seed}`);
    const shard = shardOf({ build, memtableBytes: 2 << 20, memoryBytes: 24 << 20, flags: NO_LOG });
    const model = new Model();
    const keys = 1 + random.below(3000);
    let full = 0;
    let drops = 0;
    for (let round = 0; round < 30_000; round++) {
      const key = randomKey(random, keys);
      const roll = random.below(100);
      if (roll < 55) {
        const batch = randomBatch(random, keys);
        const status = shard.apply({ entries: batch });
        if (status === OK) {
          for (const entry of batch) model.put(entry.key, entry.kind, entry.value);
          assert.equal(shard.sequence, model.sequence);
          continue;
        }
        assert.equal(status, MEMTABLE_FULL);
        full++;
        if (model.frozen !== null) {
          checkFrozen(shard, model);
          assert.equal(shard.core.frozenDrop(), OK);
          model.frozen = null;
          drops++;
        }
        assert.equal(shard.core.freeze(), OK);
        model.frozen = model.active;
        model.active = new Map();
      } else if (roll < 99) checkGet(shard, model, key);
      else if (random.below(20) === 0) {
        const status = shard.core.freeze();
        if (model.frozen !== null) assert.equal(status, EXISTS);
        else if (model.active.size === 0) assert.equal(status, NOT_FOUND);
        else {
          assert.equal(status, OK);
          model.frozen = model.active;
          model.active = new Map();
          checkFrozen(shard, model);
        }
      }
      if (round % 5000 === 0) shard.integrity();
    }
    shard.integrity();
    assert.ok(full > 0 && drops > 0, `${full} times full, ${drops} drops`);
    for (const key of model.active.keys()) checkGet(shard, model, Buffer.from(key, 'latin1'));
    const stats = shard.stats();
    assert.equal(stats.activeEntries, model.active.size);
    assert.equal(
      stats.activeTombstones,
      [...model.active.values()].filter((version) => version.kind === DELETE).length,
    );
    const bytes = [...model.active].reduce(
      (sum, [key, version]) => sum + key.length + version.value.length,
      0,
    );
    assert.equal(stats.activeBytes, bytes);
  });

  for (const order of ['ascending', 'descending', 'random'] as const) {
    test(`keys that arrive ${order} come out in order (${build})`, () => {
      const shard = shardOf({ build, flags: NO_LOG });
      const random = new Random(7);
      const numbers = Array.from({ length: 12_000 }, (_, index) => index);
      if (order === 'descending') numbers.reverse();
      if (order === 'random') numbers.sort(() => random.next() - 0.5);
      const model = new Model();
      for (const number of numbers) {
        const key = keyOf(`p${number % 7}`, String(number).padStart(6, '0'));
        assert.equal(shard.put(key, valueOf(`${number}`)), OK);
        model.put(key, PUT, valueOf(`${number}`));
      }
      shard.integrity();
      assert.equal(shard.core.freeze(), OK);
      model.frozen = model.active;
      checkFrozen(shard, model);
    });
  }

  test(`an entry costs at most 64 bytes beyond key and value (${build})`, () => {
    for (const partition of [1, 1000]) {
      const shard = shardOf({ build, flags: NO_LOG, memtableBytes: 24 << 20 });
      const random = new Random(3);
      for (let index = 0; index < 60_000; index++) {
        const number = random.below(1e8);
        const key = keyOf(
          `USER#${Math.floor(number / partition)}`,
          `ORDER#${String(number).padStart(8, '0')}`,
        );
        assert.equal(shard.put(key, new Uint8Array(150)), OK);
      }
      const stats = shard.stats();
      const perEntry = (stats.activePages! * 65536 - stats.activeBytes!) / stats.activeEntries!;
      console.log(`# ${perEntry.toFixed(1)} bytes an entry, ${partition} items a partition`);
      assert.ok(perEntry <= 64, `${perEntry} bytes an entry`);
    }
  });

  test(`writing one key again and again does not fill the memtable while its size allows (${build})`, () => {
    const shard = shardOf({ build, flags: NO_LOG, memtableBytes: 1 << 20 });
    const key = keyOf('counter');
    const random = new Random(11);
    for (let round = 0; round < 50_000; round++) {
      assert.equal(shard.put(key, random.bytes(100 + random.below(50))), OK);
    }
    assert.ok(shard.stats().activePages! <= 3);
    const large = keyOf('large');
    for (let round = 0; round < 200; round++) {
      assert.equal(shard.put(large, new Uint8Array(100_000 - (round % 50))), OK);
    }
    assert.ok(shard.stats().activePages! <= 6);
    assert.equal((shard.get(large) as Uint8Array).length, 100_000 - 49);
    shard.integrity();
  });

  test(`an entry in a frozen memtable is never overwritten (${build})`, () => {
    const shard = shardOf({ build });
    const key = keyOf('k');
    shard.put(key, valueOf('old'));
    assert.equal(shard.core.freeze(), OK);
    shard.put(key, valueOf('new'));
    assert.equal(text(shard.get(key) as Uint8Array), 'new');
    const [entry] = shard.frozen();
    assert.equal(text(entry!.value), 'old');
    assert.equal(entry!.sequence, 1);
    assert.equal(shard.core.frozenDrop(), OK);
    assert.equal(shard.stats().retiredSequence, 1);
    assert.equal(text(shard.get(key) as Uint8Array), 'new');
  });

  test(`a tombstone in the active memtable hides the frozen version (${build})`, () => {
    const shard = shardOf({ build });
    shard.put(keyOf('k'), valueOf('old'));
    shard.core.freeze();
    shard.delete(keyOf('k'));
    assert.equal(shard.get(keyOf('k')), NOT_FOUND);
    assert.equal(shard.sequence, 2);
  });

  test(`an empty memtable takes an item of any size, and without pages says so (${build})`, () => {
    const shard = shardOf({ build, flags: NO_LOG, memtableBytes: 1 << 20, memoryBytes: 10 << 20 });
    const item = new Uint8Array(843_776).fill(7);
    assert.equal(shard.put(keyOf('big'), item), OK);
    assert.ok(Buffer.from(shard.get(keyOf('big')) as Uint8Array).equals(item));
    assert.equal(shard.put(keyOf('big2'), item), MEMTABLE_FULL);
    assert.equal(shard.core.freeze(), OK);
    assert.equal(shard.put(keyOf('big3'), item), OK);
    const twoItems = [1, 2].map((n) => ({ kind: PUT, key: keyOf(`big${n}`), value: item }));
    assert.equal(shard.apply({ entries: twoItems }), MEMTABLE_FULL);
    assert.equal(shard.core.frozenDrop(), OK);
    shard.integrity();
    assert.equal(shard.core.freeze(), OK);
    assert.equal(shard.core.frozenDrop(), OK);
    const crowd = Array.from({ length: 5 }, (_, n) => ({
      kind: PUT,
      key: keyOf(`c${n}`),
      value: item,
    }));
    assert.equal(
      shard.apply({ entries: crowd }),
      NO_MEMORY,
      'room for some of them, but all or nothing',
    );
    shard.integrity();
    assert.equal(shard.apply({ entries: crowd.slice(0, 1) }), OK);
  });

  test(`a dropped memtable gives every page back (${build})`, () => {
    const shard = shardOf({ build, flags: NO_LOG });
    const free = shard.stats().pagesFree!;
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 4000; index++) {
        assert.equal(
          shard.put(keyOf(`u${index}`), new Uint8Array(index % 300 === 0 ? 70_000 : 900)),
          OK,
        );
      }
      assert.equal(shard.core.freeze(), OK);
      assert.equal(shard.core.frozenDrop(), OK);
      assert.equal(shard.stats().pagesFree, free);
      shard.integrity();
    }
    assert.equal(shard.core.frozenDrop(), NOT_FOUND);
  });

  test(`the soft limit is told before the hard one is met (${build})`, () => {
    const shard = shardOf({ build, flags: NO_LOG, memtableBytes: 1 << 20 });
    let soft = -1;
    let index = 0;
    for (; ; index++) {
      const status = shard.put(keyOf(`u${index}`), new Uint8Array(1000));
      if (status === MEMTABLE_FULL) break;
      assert.equal(status, OK);
      if (soft < 0 && (shard.flags & 1) !== 0) soft = index;
    }
    assert.ok(soft > 0 && soft < index - 100, `soft at ${soft}, full at ${index}`);
    assert.equal(shard.core.freeze(), OK);
    assert.equal(shard.put(keyOf('next'), valueOf('1')), OK);
    assert.equal(shard.flags & 3, 2, 'a frozen memtable waits, the active one is small');
  });

  test(`the longest keys work (${build})`, () => {
    const shard = shardOf({ build });
    const keys = [12544, 12543, 3000, 1].map((length) => new Uint8Array(length).fill(200));
    keys.forEach((key, index) => assert.equal(shard.put(key, valueOf(`${index}`)), OK));
    keys.forEach((key, index) => assert.equal(text(shard.get(key) as Uint8Array), `${index}`));
    shard.integrity();
  });
}
