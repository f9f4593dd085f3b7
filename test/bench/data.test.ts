import assert from 'node:assert/strict';
import test from 'node:test';
import { itemMaker, makeItems } from '../../bench/data/items.js';
import { Random, randomOrder } from '../../bench/data/random.js';
import { Zipfian } from '../../bench/data/zipfian.js';
import { inFlight, joinKey, partitionRange } from '../../bench/rivals/store.js';

const SEED = Number(process.env['SEED'] ?? 7);

test('the same seed makes the same items, another seed other ones', () => {
  assert.deepEqual(makeItems('standard', 50, SEED), makeItems('standard', 50, SEED));
  assert.notDeepEqual(makeItems('nested', 50, SEED), makeItems('nested', 50, SEED + 1));
});

test('items have the sizes that the benchmarks name', () => {
  const meanBytes = (kind: 'standard' | 'kib' | 'nested'): number => {
    const items = makeItems(kind, 500, SEED);
    return items.reduce((sum, item) => sum + JSON.stringify(item).length, 0) / items.length;
  };
  const within = (bytes: number, low: number, high: number): void =>
    assert.ok(bytes >= low && bytes <= high, `${bytes} bytes are not in [${low}, ${high}]`);
  within(meanBytes('standard'), 180, 220);
  within(meanBytes('kib'), 1000, 1100);
  within(meanBytes('nested'), 500, 800);
});

test('the standard item is the one that the goals describe', () => {
  const item = itemMaker('standard', SEED)(12);
  assert.equal(item.pk, 'USER#1');
  assert.equal(item.sk, 'ORDER#00000012');
  assert.equal((item['note'] as string).length, 25);
  assert.equal((item['tags'] as string[]).length, 3);
  assert.equal(typeof item['gift'], 'boolean');
  assert.equal(Number.isInteger(item['quantity']), true);
});

test('a partition range holds the keys of its partition and no neighbour', () => {
  const { from, to } = partitionRange('USER#1');
  const inside = (pk: string): boolean => {
    const key = joinKey(pk, 'ORDER#00000001');
    return key >= from && key < to;
  };
  assert.equal(inside('USER#1'), true);
  assert.equal(inside('USER#10'), false);
  assert.equal(inside('USER#0'), false);
});

test('random orders stay below their bound and repeat with their seed', () => {
  const order = randomOrder(1000, SEED, 12);
  assert.equal(order.length, 4096);
  assert.ok(order.every((index) => index < 1000));
  assert.deepEqual(order, randomOrder(1000, SEED, 12));
  assert.ok(new Set(order).size > 900, 'most indexes occur');
});

test('zipfian requests favour few items: about the share that the law gives the first', () => {
  const count = 1000;
  const draws = 20_000;
  const zipfian = new Zipfian(count, SEED);
  let first = 0;
  for (let i = 0; i < draws; i++) {
    const rank = zipfian.rank();
    assert.ok(rank >= 0 && rank < count);
    if (rank === 0) first++;
  }
  let zeta = 0;
  for (let i = 1; i <= count; i++) zeta += i ** -0.99;
  assert.ok(Math.abs(first / draws - 1 / zeta) < 0.02, `${first / draws} against ${1 / zeta}`);
});

test('the latest distribution stays inside what was inserted', () => {
  const zipfian = new Zipfian(100, SEED);
  for (let i = 0; i < 1000; i++) {
    const index = zipfian.latest(10);
    assert.ok(index >= 0 && index < 10);
  }
});

test('writes in flight never exceed the depth, and all are done at the end', async () => {
  const random = new Random(SEED);
  let running = 0;
  let most = 0;
  const done = new Set<number>();
  await inFlight(500, 16, async (index) => {
    most = Math.max(most, ++running);
    for (let i = random.below(4); i >= 0; i--) await Promise.resolve();
    running--;
    done.add(index);
  });
  assert.equal(most, 16);
  assert.equal(done.size, 500);
});

test('a write that fails ends the loading with its error', async () => {
  const failing = inFlight(10, 2, async (index) => {
    if (index === 5) throw new Error('disk full');
  });
  await assert.rejects(failing, /disk full/);
});

test('no writes at all is done at once', async () => {
  await inFlight(0, 16, () => assert.fail('nothing to write'));
});
