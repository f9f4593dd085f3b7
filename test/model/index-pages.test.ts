// Pages of indexes against the model: every kind of index, condition, direction, page size and start, while memtables are
// flushed and tables merged beneath.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { IndexDefinition, Page, PageOptions } from '../../host/engine/store.js';
import type { Item } from '../../host/table/item-types.js';
import { drive, TINY_SIZES, type EngineShape } from '../crash/support/engine.js';
import { fingerprint } from '../crash/support/expected-state.js';
import { below, seededRandom, seedOf } from '../io/support/random.js';
import { expectSamePage } from './comparison.js';
import { IndexBench } from './index-bench.js';

const SETS: readonly { readonly name: string; readonly shape: EngineShape }[] = [
  { name: 'one shard, all in memory', shape: { shards: 1, checked: true, shardMb: 24 } },
  { name: 'eight shards, all in memory', shape: { shards: 8, shardMb: 24 } },
  { name: 'four shards, tiny memtables, no cache', shape: { shards: 4, sizes: TINY_SIZES } },
];
const WHOLE: PageOptions = { bytesMax: 2 ** 30, consistent: true, select: 'items' };

async function filled(context: TestContext, shape: EngineShape, items = 250): Promise<IndexBench> {
  const bench = await IndexBench.open(seededRandom(seedOf(context)), shape);
  for (let i = 0; i < items; i++) await bench.write(bench.item(), false);
  return bench;
}

for (const { name, shape } of SETS) {
  test(`pages of index queries are the model's: ${name}`, async (context) => {
    const bench = await filled(context, shape);
    const { engine, model, random } = bench;
    for (let round = 0; round < 600; round++) {
      if (random() < 0.3) await bench.write(bench.item(), random() < 0.3);
      if (random() < 0.01) await drive(engine, engine.store.flush());
      if (random() < 0.003) await drive(engine, engine.store.compact());
      const range = bench.range(bench.indexes[below(random, bench.indexes.length)]);
      const options = bench.options(range);
      const page = await drive(engine, engine.store.page(bench.table, range, options));
      const expected = await model.page(bench.modelTable, range, options);
      expectSamePage(page, expected, JSON.stringify({ round, range, options }));
      const count = await drive(engine, engine.store.count(bench.table, range));
      assert.equal(count, await model.count(bench.modelTable, range), 'entries of the range');
    }
    await bench.close();
  });

  test(`a range of an index is the same in pages of any size, in both directions: ${name}`, async (context) => {
    const bench = await filled(context, shape);
    for (const index of bench.indexes) {
      const range = { ...bench.range(index), sortPrefix: [], sort: undefined };
      for (const reverse of [false, true]) {
        const whole = await bench.model.page(bench.modelTable, range, { ...WHOLE, reverse });
        for (const limit of [1, 2, 3, 7, Math.max(1, whole.count), whole.count + 1]) {
          const rows: string[] = [];
          let startKey: Item | undefined;
          do {
            const options = { ...WHOLE, reverse, limit, startKey };
            const page = await drive(
              bench.engine,
              bench.engine.store.page(bench.table, range, options),
            );
            rows.push(...page.items.map(fingerprint));
            startKey = page.lastKey;
          } while (startKey !== undefined);
          assert.deepEqual(rows, whole.items.map(fingerprint), `${index.name}, pages of ${limit}`);
        }
      }
    }
    await bench.close();
  });

  test(`a scan of an index has each entry once, and a partition in one segment: ${name}`, async (context) => {
    const bench = await filled(context, shape);
    for (const index of bench.indexes) {
      const { items } = await bench.model.page(
        bench.modelTable,
        { kind: 'indexScan', index },
        WHOLE,
      );
      for (const totalSegments of [1, 3, 16]) {
        const found = await segments(bench, index, totalSegments);
        assert.deepEqual(found.map(fingerprint).sort(), items.map(fingerprint).sort());
      }
    }
    await bench.close();
  });
}

async function segments(bench: IndexBench, index: IndexDefinition, total: number): Promise<Item[]> {
  const rows: Item[] = [];
  const segmentOf = new Map<string, number>();
  for (let segment = 0; segment < total; segment++) {
    const range = { kind: 'indexScan', index, segment, totalSegments: total } as const;
    let startKey: Item | undefined;
    do {
      const options = { ...WHOLE, limit: 1 + below(bench.random, 40), startKey };
      const page: Page = await drive(
        bench.engine,
        bench.engine.store.page(bench.table, range, options),
      );
      for (const item of page.items) {
        const partition = fingerprint(
          Object.fromEntries(
            index.partition.map((attribute) => [attribute.name, item[attribute.name]]),
          ),
        );
        assert.equal(segmentOf.get(partition) ?? segment, segment, 'a partition is in one segment');
        segmentOf.set(partition, segment);
      }
      rows.push(...page.items);
      startKey = page.lastKey;
    } while (startKey !== undefined);
  }
  return rows;
}

/** Entries and items are read by two calls, and other threads write in between: here before the first item is read. */
test('a row whose item is gone, or has another index key by now, is stepped over and not counted', async (context) => {
  const bench = await filled(context, SETS[1].shape, 0);
  const { engine, table, indexes } = bench;
  const { store } = engine;
  const item = (pk: string, status: string, at: number): Item => ({ pk, sk: 's', status, at });
  for (const [at, pk] of [...'abcdefgh'].entries()) await bench.write(item(pk, 'k0', at), false);
  let written: Promise<unknown>[] | undefined;
  const write = (): Promise<unknown>[] => [
    store.put(table, item('b', 'k1', 1)),
    store.delete(table, { pk: 'd', sk: 's' }),
    store.put(table, { ...item('f', 'k0', 5), text: 'new' }),
    store.put(table, { pk: 'g', sk: 's', status: 'k0', at: 'six' }),
  ];
  const originals = store.attachment.shards.map(({ get }) => get);
  for (const [shard, core] of store.attachment.shards.entries()) {
    const get = (length: number, epoch: number): number => {
      if (written === undefined) {
        written = [];
        const key = core.u8.slice(core.keyAt, core.keyAt + length);
        written = write();
        core.u8.set(key, core.keyAt);
      }
      return originals[shard](length, epoch);
    };
    Object.assign(core, { get });
  }
  const range = {
    kind: 'indexQuery',
    index: indexes[1],
    partition: ['k0'],
    sortPrefix: [],
  } as const;
  const page = await drive(engine, store.page(table, range, { ...WHOLE, limit: 5 }));
  assert.equal(written?.length, 4);
  assert.deepEqual(
    page.items.map(({ pk }) => pk),
    ['a', 'c', 'e', 'f', 'h'],
  );
  assert.equal(page.items[3].text, 'new');
  assert.equal(page.count, 5);
  assert.deepEqual(page.lastKey, item('h', 'k0', 7));
  await bench.close();
});
