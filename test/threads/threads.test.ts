// Row 15 of the matrix, as far as single writes go: several threads on the same items, with flushes and compactions all
// the time. Their histories must be those of one item changed by one after the other.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { IndexDefinition } from '../../host/engine/store.js';
import type { Item } from '../../host/table/item-types.js';
import { seedOf } from '../io/support/random.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';
import { openThreads, startThread, within, type Opened } from './start.js';
import { CHAIN_KEYS, FIXED, SLOTS, type ChainReport } from './task.js';

const LONG_MS = 60_000;
const BY_PLACE: IndexDefinition = {
  id: 0,
  name: 'byPlace',
  kind: 'global',
  partition: [{ name: 'place', type: 'S' }],
  sort: [{ name: 'rank', type: 'N' }],
  projection: { type: 'ALL' },
  status: 'active',
};

/** Every value that was written was replaced exactly once, but for the last of each key. */
function expectChains(reports: readonly ChainReport[], last: ReadonlyMap<number, string>): void {
  for (let key = 0; key < CHAIN_KEYS; key++) {
    const of = (pairs: readonly [number, string | undefined][]) =>
      pairs.filter(([id]) => id === key).map(([, value]) => value);
    const wrote = reports.flatMap(({ wrote: pairs }) => of(pairs));
    const replaced = reports.flatMap(({ replaced: pairs }) => of(pairs));
    const left = [...wrote, undefined].sort();
    assert.deepEqual([...replaced, last.get(key)].sort(), left, `the history of key ${key}`);
  }
}

async function fill({ store, table }: Opened): Promise<void> {
  const waiting: Promise<unknown>[] = [];
  for (let id = 10_000; id < 10_000 + FIXED; id++)
    waiting.push(store.put(table, { id, text: `fixed ${id}` }));
  for (let slot = 0; slot < SLOTS; slot += 2)
    waiting.push(store.put(table, { id: 1000 + slot, amount: slot + 1 }));
  await Promise.all(waiting);
}

test('threads that replace the same items see each value once, and no amount is lost on its way', async (context) => {
  const seed = seedOf(context);
  const folder = join(temporaryFolder(context), 'db');
  const opened = await openThreads(folder);
  const { store, table } = opened;
  await fill(opened);
  const threads = [
    startThread(opened, { task: 'chain', name: 'a', count: 1_200, seed }),
    startThread(opened, { task: 'chain', name: 'b', count: 1_200, seed: seed + 1 }),
    startThread(opened, { task: 'carry', name: 'c', count: 250, seed: seed + 2 }),
    startThread(opened, { task: 'carry', name: 'd', count: 250, seed: seed + 3 }),
    startThread(opened, { task: 'read', name: 'e', count: 6_000, seed: seed + 4 }),
    startThread(opened, { task: 'churn', name: 'f', count: 12_000, seed: seed + 5 }),
  ];
  let running = true;
  const maintenance = (async () => {
    for (let round = 0; running; round++) {
      await (round % 5 === 4 ? store.compact() : store.flush());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const reports = await within(
    LONG_MS,
    'the threads',
    Promise.all(threads.map(({ report }) => report)),
  );
  running = false;
  await within(LONG_MS, 'maintenance', maintenance);
  const last = (db: typeof store): Map<number, string> =>
    new Map(
      Array.from({ length: CHAIN_KEYS }, (_, id) => [
        id,
        db.getSync(table, { id })?.value as string,
      ]),
    );
  expectChains(reports.slice(0, 2) as ChainReport[], last(store));
  const amounts = (items: readonly (Item | undefined)[]): number[] =>
    items
      .flatMap((item) => (item === undefined ? [] : [Number(item.amount)]))
      .sort((x, y) => x - y);
  const slots = Array.from({ length: SLOTS }, (_, slot) =>
    store.getSync(table, { id: 1000 + slot }),
  );
  assert.deepEqual(
    amounts(slots),
    Array.from({ length: SLOTS / 2 }, (_, index) => index * 2 + 1),
    'each amount once',
  );
  const figures = store.stats().shards.map(({ tablesByLevel }) => tablesByLevel.slice(0, 3));
  const ended = last(store);
  await within(LONG_MS, 'close', store.close());
  const again = await openThreads(folder);
  assert.deepEqual(last(again.store), ended, 'a reopen shows the same');
  await again.store.close();
  context.diagnostic(`tables by level at the end: ${JSON.stringify(figures)}`);
});

test('pages of an index are of one partition and in order while threads move its items, and agree with the table after', async (context) => {
  const seed = seedOf(context);
  const opened = await openThreads(join(temporaryFolder(context), 'db'), {}, [BY_PLACE]);
  const { store, table } = opened;
  const threads = [
    startThread(opened, { task: 'shift', name: 'a', count: 2_000, seed }),
    startThread(opened, { task: 'shift', name: 'b', count: 2_000, seed: seed + 1 }),
    startThread(opened, { task: 'look', name: 'c', count: 3_000, seed: seed + 2 }),
    startThread(opened, { task: 'look', name: 'd', count: 3_000, seed: seed + 3 }),
  ];
  const reports = Promise.all(threads.map(({ report }) => report));
  const [, , rows] = await within(LONG_MS, 'the threads', reports);
  const options = { bytesMax: 2 ** 30, consistent: true, select: 'items' } as const;
  const all = await store.page(table, { kind: 'scan' }, options);
  const [index] = table.indexes ?? [];
  const indexed = await store.page(table, { kind: 'indexScan', index }, options);
  const byId = (items: readonly Item[]): Item[] =>
    [...items].sort((a, b) => Number(a.id) - Number(b.id));
  assert.deepEqual(byId(indexed.items), byId(all.items));
  await within(LONG_MS, 'close', store.close());
  context.diagnostic(`${String(rows)} rows looked at by one thread, ${all.count} at the end`);
});

test('while one database opens and closes, requests of another are answered', async (context) => {
  const folder = temporaryFolder(context);
  const { store, table } = await openThreads(join(folder, 'one'));
  let running = true;
  const others = (async () => {
    for (; running; ) await (await openThreads(join(folder, 'two'))).store.close();
  })();
  for (let round = 0; round < 150; round++) {
    await within(
      10_000,
      `request ${round}`,
      store.updateKeyspace(table.id, { ...table, tags: [{ Key: 'round', Value: `${round}` }] }),
    );
  }
  running = false;
  await within(LONG_MS, 'the other database', others);
  await within(LONG_MS, 'close', store.close());
});
