// Pages, heap, bytes, and the birth of a shard.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BAD_INPUT,
  EXISTS,
  NO_LOG,
  NO_MEMORY,
  OK,
  PAGE,
  Random,
  Shard,
  builds,
  instantiate,
  keyOf,
  memoryOf,
  seedOf,
  shardOf,
  valueOf,
} from './harness.js';

const MEMORY = 16 << 20;

function privateCore() {
  const memory = memoryOf(MEMORY);
  const core = instantiate('checked', memory);
  const scratch = core.privateInit(MEMORY, 1, 2);
  assert.ok(scratch > 0);
  return { core, scratch, bytes: new Uint8Array(memory.buffer) };
}

test('pages and runs never overlap and all come back, in whatever order they are freed', () => {
  const random = new Random(seedOf());
  console.log(`# seed ${random.seed}`);
  const { core } = privateCore();
  const free = core.testPagesFree();
  const owner = new Map<number, number>();
  const runs: { ptr: number; count: number }[] = [];
  for (let round = 0; round < 5000; round++) {
    if (random.below(100) < 55) {
      const count = random.below(4) === 0 ? 1 + random.below(14) : 1;
      const ptr = core.testPageRun(count);
      if (ptr === 0) continue;
      assert.equal(ptr % PAGE, 0);
      for (let page = 0; page < count; page++) {
        assert.ok(!owner.has(ptr + page * PAGE), `page ${ptr + page * PAGE} is given out twice`);
        assert.ok(ptr + (page + 1) * PAGE <= MEMORY);
        owner.set(ptr + page * PAGE, ptr);
      }
      runs.push({ ptr, count });
    } else if (runs.length > 0) {
      const [run] = runs.splice(random.below(runs.length), 1);
      core.testPageRunFree(run!.ptr);
      for (let page = 0; page < run!.count; page++) owner.delete(run!.ptr + page * PAGE);
    }
    assert.equal(core.testPagesFree(), free - owner.size);
  }
  for (const run of runs) core.testPageRunFree(run.ptr);
  assert.equal(core.testPagesFree(), free);
});

test('a run is found among many single pages, since the two grow towards each other', () => {
  const { core } = privateCore();
  const singles: number[] = [];
  while (core.testPagesFree() > 20) singles.push(core.testPageRun(1));
  const highest = Math.max(...singles);
  const run = core.testPageRun(14);
  assert.ok(run > highest);
  assert.equal(core.testPageRun(14), 0);
});

test('heap blocks keep what was written to them, and their pages come back', () => {
  const random = new Random(seedOf());
  console.log(`# seed ${random.seed}`);
  const { core, bytes } = privateCore();
  const free = core.testPagesFree();
  const blocks: { ptr: number; size: number; fill: number }[] = [];
  for (let round = 0; round < 20000; round++) {
    if (random.below(100) < 52) {
      const size =
        random.below(50) === 0
          ? 1 + random.below(200_000)
          : 1 + random.below(1 << random.below(15));
      const ptr = core.testHeapAlloc(size);
      if (ptr === 0) continue;
      assert.equal(ptr % 16, 0);
      const fill = random.below(256);
      bytes.fill(fill, ptr, ptr + size);
      blocks.push({ ptr, size, fill });
    } else if (blocks.length > 0) {
      const [block] = blocks.splice(random.below(blocks.length), 1);
      const { ptr, size, fill } = block!;
      for (const at of [ptr, ptr + (size >> 1), ptr + size - 1]) assert.equal(bytes[at], fill);
      core.testHeapFree(ptr);
    }
  }
  for (const { ptr, size, fill } of blocks) {
    assert.ok(bytes.subarray(ptr, ptr + size).every((byte) => byte === fill));
    core.testHeapFree(ptr);
  }
  assert.equal(core.testPagesFree(), free);
});

test('keys compare as unsigned bytes, a prefix first', () => {
  const random = new Random(seedOf());
  console.log(`# seed ${random.seed}`);
  const { core, scratch, bytes } = privateCore();
  const a = scratch + 40960;
  const b = scratch + 81920 + 3;
  for (let round = 0; round < 20000; round++) {
    const left = random.bytes(random.below(40));
    const right =
      random.below(3) === 0 ? random.bytes(random.below(40)) : left.slice(0, random.below(41));
    if (right.length > 0 && random.below(2) === 0)
      right[random.below(right.length)] = random.below(256);
    bytes.set(left, a);
    bytes.set(right, b);
    assert.equal(core.testCompare(a, left.length, b, right.length), Buffer.compare(left, right));
  }
});

test('a copy of any length copies exactly that', () => {
  const random = new Random(seedOf());
  const { core, scratch, bytes } = privateCore();
  const from = scratch + 40960 + 5;
  const to = scratch + 65536 + 3;
  for (let length = 0; length < 1300; length++) {
    const content = random.bytes(length);
    bytes.fill(0xee, to - 32, to + length + 32);
    bytes.set(content, from);
    core.testCopy(to, from, length);
    assert.deepEqual(bytes.slice(to, to + length), content);
    assert.ok(bytes.subarray(to - 32, to).every((byte) => byte === 0xee));
    assert.ok(bytes.subarray(to + length, to + length + 32).every((byte) => byte === 0xee));
  }
});

test('every byte, the length and the seed of a key change its hash', () => {
  const random = new Random(seedOf());
  const { core, scratch, bytes } = privateCore();
  const at = scratch + 40960;
  for (let length = 1; length < 70; length++) {
    const key = random.bytes(length);
    const seen = new Set<bigint>();
    bytes.set(key, at);
    seen.add(core.testKeyHash(77n, at, length));
    seen.add(core.testKeyHash(78n, at, length));
    seen.add(core.testKeyHash(77n, at, length - 1));
    for (let index = 0; index < length; index++) {
      bytes[at + index]! ^= 1;
      seen.add(core.testKeyHash(77n, at, length));
      bytes[at + index]! ^= 1;
    }
    assert.equal(seen.size, 3 + length);
  }
});

test('keys with the low bits of their hash in common are no more than chance', () => {
  const { core, scratch, bytes } = privateCore();
  const at = scratch + 40960;
  const counts = new Array<number>(1024).fill(0);
  for (let index = 0; index < 20480; index++) {
    const key = keyOf('user', `order#${index}`);
    bytes.set(key, at);
    counts[Number(core.testKeyHash(5n, at, key.length) & 1023n)]!++;
  }
  assert.ok(
    Math.max(...counts) < 48,
    `fullest of 1,024 buckets: ${Math.max(...counts)} of 20 expected`,
  );
});

for (const build of builds) {
  test(`the module tells its numbers (${build})`, () => {
    const memory = memoryOf(MEMORY);
    const core = instantiate(build, memory);
    const words = new Uint32Array(memory.buffer, core.abi(), 31);
    assert.equal(words[0], 30);
    assert.deepEqual(
      [...words.slice(1, 9)],
      [1, 65536, 65536, 1703936, 409600, 2105344, 12544, 28672],
    );
    assert.deepEqual(
      [...words.slice(16, 30)],
      [0, 256, 512, 13568, 40960, 106496, 147456, 114688, 65536, 24, 16, 32, 16, 24],
    );
    assert.equal(words[30], build === 'checked' ? 1 : 0);
  });

  test(`shardInit refuses memory that is too small and rings that are not a power of two (${build})`, () => {
    const memory = memoryOf(MEMORY);
    const core = instantiate(build, memory);
    const init = (bytes: number, ring: number, memtable: number, flags = 0) =>
      core.shardInit(bytes, ring, memtable, 0, 1, 1, flags);
    assert.equal(init(MEMORY, 5 << 20, 1 << 20), BAD_INPUT);
    assert.equal(init(MEMORY, 2 << 20, 1 << 20), BAD_INPUT);
    assert.equal(init(4 << 20, 4 << 20, 1 << 20), NO_MEMORY);
    assert.equal(init(MEMORY, 4 << 20, 16 << 20), NO_MEMORY);
    assert.equal(init(MEMORY, 0, 8 << 20, NO_LOG), OK);
  });

  test(`a memory that held another shard begins empty (${build})`, () => {
    const shard = shardOf({ build });
    for (let index = 0; index < 3000; index++) {
      assert.equal(shard.put(keyOf('p', `${index}`), valueOf('x'.repeat(300))), OK);
    }
    assert.equal(shard.core.lock(shard.setKey(keyOf('p', '1')), 9), OK);
    shard.core.poison(77);
    const core = instantiate(build, shard.memory);
    assert.equal(core.shardInit(48 << 20, 4 << 20, 8 << 20, 0, 1, 2, 0), OK);
    const again = new Shard(build, shard.memory, 0);
    const stats = again.stats();
    assert.equal(stats.lastSequence, 0);
    assert.equal(stats.activeEntries, 0);
    assert.equal(stats.locks, 0);
    assert.equal(stats.ringUsed, 0);
    assert.equal(again.get(keyOf('p', '1')), -1);
    again.integrity();
  });

  test(`64 threads attach, each slot once, and detach gives their memory back (${build})`, () => {
    const shard = shardOf({ build });
    const free = shard.stats().pagesFree!;
    const siblings = Array.from({ length: 63 }, (_, index) => shard.sibling(index + 1));
    assert.equal(new Set(siblings.map((sibling) => sibling.scratch)).size, 63);
    const late = instantiate(build, shard.memory);
    assert.equal(late.attach(5, 0), EXISTS);
    assert.equal(late.attach(64, 0), BAD_INPUT);
    assert.equal(shard.stats().pagesFree, free - 63 * 4);
    for (const sibling of siblings.slice(1)) assert.equal(sibling.core.detach(sibling.slot), OK);
    assert.equal(shard.core.detach(1), OK, 'of a thread that ended, by another one');
    assert.equal(shard.stats().pagesFree, free);
    shard.integrity();
  });

  test(`a thread has one large run, and it comes back (${build})`, () => {
    const shard = shardOf({ build });
    const free = shard.stats().pagesFree!;
    assert.ok(shard.core.largeReserve(1 << 20) > 0);
    assert.equal(shard.stats().pagesFree, free - 16);
    assert.ok(shard.core.largeReserve(100_000) > 0);
    assert.equal(shard.stats().pagesFree, free - 2);
    assert.equal(shard.core.largeReserve(1 << 30), NO_MEMORY);
    assert.equal(shard.core.largeRelease(), OK);
    assert.equal(shard.core.largeRelease(), OK);
    assert.equal(shard.stats().pagesFree, free);
    assert.ok(shard.core.largeReserve(100_000) > 0);
    const sibling = shard.sibling(1);
    assert.equal(sibling.core.detach(0), OK, 'the slot takes its run along');
    assert.equal(sibling.stats().pagesFree, free);
  });
}

test('a shard says when memory that was never touched is near, and is quiet once it is warm', () => {
  const COLD = 16;
  const shard = shardOf({ build: 'checked', flags: NO_LOG, memtableBytes: 8 << 20 });
  const value = new Uint8Array(20_000).fill(7);
  let warmings = 0;
  for (let index = 0; index < 300; index++) {
    assert.equal(shard.put(keyOf(`k${index}`), value), OK);
    if ((shard.flags & COLD) === 0) continue;
    warmings++;
    shard.core.pagesWarm();
    assert.equal(shard.put(keyOf(`k${index}`), value), OK);
    assert.equal(shard.flags & COLD, 0);
  }
  assert.ok(warmings > 1 && warmings < 10, `${warmings} times`);
  for (let index = 0; index < 300; index++)
    assert.deepEqual(shard.get(keyOf(`k${index}`)), value, 'touching changes nothing');
});
