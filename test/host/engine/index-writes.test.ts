// What a write leaves beside its item: index entries, stream records, TTL hints, and the units it reports.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EncodedItem } from '../../../host/core/codec/encoded-item.js';
import type { InlineEngine } from '../../../host/engine/inline-engine.js';
import type {
  Change,
  IndexDefinition,
  StoredTable,
  StreamDefinition,
  TableDefinition,
} from '../../../host/engine/store.js';
import type { Item } from '../../../host/table/item-types.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { drive, openEngineOn, TINY_SIZES } from '../../crash/support/engine.js';
import { fingerprint } from '../../crash/support/expected-state.js';
import { defineTable } from '../../crash/support/tables.js';
import { below, seededRandom, seedOf } from '../../io/support/random.js';

const GSI: IndexDefinition = {
  id: 0,
  name: 'byGroup',
  kind: 'global',
  partition: [{ name: 'group', type: 'S' }],
  sort: [{ name: 'rank', type: 'N' }],
  projection: { type: 'INCLUDE', names: ['note'] },
  status: 'active',
};
const LSI: IndexDefinition = {
  id: 0,
  name: 'byRank',
  kind: 'local',
  partition: [{ name: 'pk', type: 'S' }],
  sort: [{ name: 'rank', type: 'N' }],
  projection: { type: 'ALL' },
  status: 'active',
};
const STREAM: StreamDefinition = {
  id: 0,
  viewType: 'NEW_AND_OLD_IMAGES',
  label: '2024-11-18T14:36:44.149',
  createdAtMs: 1,
};
const TTL = { id: 0, attribute: 'expires', enabled: true, changedAtMs: 1 };

interface Setup {
  readonly engine: InlineEngine;
  readonly table: StoredTable;
}

async function setup(seed: number, parts: Partial<TableDefinition>, shards = 2): Promise<Setup> {
  const random = seededRandom(seed);
  const engine = await openEngineOn(new SimulatedFileSystem(), random, {
    shards,
    checked: true,
    sizes: TINY_SIZES,
  });
  const definition = { ...defineTable('Strings', random), ...parts };
  return { engine, table: await drive(engine, engine.store.createKeyspace(definition)) };
}

const options = { bytesMax: 2 ** 30, consistent: true, select: 'items' } as const;

async function scanned({ engine, table }: Setup): Promise<Item[]> {
  return (await drive(engine, engine.store.page(table, { kind: 'scan' }, options))).items;
}

/** Rows and bytes of views of an index. */
async function indexed({ engine, table }: Setup, index: IndexDefinition) {
  const range = { kind: 'indexScan', index } as const;
  const { items, sizeBytes } = await drive(engine, engine.store.page(table, range, options));
  return { rows: items.map(fingerprint).sort(), sizeBytes };
}

function viewOf(index: IndexDefinition, item: Item): Item {
  const { type, names = [] } = index.projection;
  if (type === 'ALL') return item;
  const keys = ['pk', 'sk', ...[...index.partition, ...index.sort].map(({ name }) => name)];
  const kept = new Set([...keys, ...names]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => kept.has(name)));
}

const isIn = (item: Item, index: IndexDefinition): boolean =>
  [...index.partition, ...index.sort].every(({ name, type }) =>
    type === 'N' ? typeof item[name] === 'number' : typeof item[name] === 'string' && item[name],
  );

async function expectIndexes(setup: Setup): Promise<void> {
  const { table, engine } = setup;
  const items = await scanned(setup);
  for (const index of table.indexes ?? []) {
    const expected = items.filter((item) => isIn(item, index));
    const found = await indexed(setup, index);
    assert.deepEqual(found.rows, expected.map(fingerprint).sort(), index.name);
    const size = expected.reduce(
      (sum, item) => sum + engine.store.itemSize(viewOf(index, item)),
      0,
    );
    assert.equal(found.sizeBytes, size, `${index.name}: the bytes of the views`);
  }
}

async function changesOf({ engine, table }: Setup) {
  const { hidden } = engine.store;
  const changes = [];
  await drive(engine, engine.store.sync());
  for (const { id } of table.streams ?? []) {
    for (let shard = 0; shard < hidden.shardCount; shard++) {
      const stream = { id, key: table.key };
      const page = { after: 0, sinceMs: 0, limit: 1e6, bytesMax: 1e9 };
      changes.push(...(await hidden.streamPage(stream, shard, page)).changes);
    }
  }
  return changes;
}

function randomItem(random: () => number): Item {
  const item: Item = { pk: `p${below(random, 4)}`, sk: `s${below(random, 6)}` };
  const chance = (): boolean => random() < 0.7;
  if (chance()) item.group = ['red', 'green', '', 'b\u0000lue'][below(random, 4)];
  else if (random() < 0.7) item.group = 7;
  if (chance()) item.rank = below(random, 5) - 2;
  if (chance()) item.note = 'n'.repeat(below(random, 20));
  if (chance()) item.other = { b: below(random, 3), a: [1, { y: 'x', x: 'y' }] };
  if (random() < 0.1) item.large = 'l'.repeat(below(random, 120_000));
  return item;
}

const keyOf = ({ pk, sk }: Item): Item => ({ pk, sk });
const nameOf = ({ pk, sk }: Item): string => `${pk as string}.${sk as string}`;

test('indexes and stream follow every put, delete and decided write, many under way at once', async (context) => {
  const seed = seedOf(context);
  const random = seededRandom(seed);
  const it = await setup(seed, { indexes: [GSI, LSI], streams: [STREAM], ttl: TTL });
  const { engine, table } = it;
  const { store } = engine;
  const model = new Map<string, Item>();
  const changes: string[] = [];
  const change = (item: Item, next: Item | undefined): void => {
    const old = model.get(nameOf(item));
    if (next === undefined) model.delete(nameOf(item));
    else model.set(nameOf(item), structuredClone(next));
    const [before, after] = [old, next].map((each) =>
      each === undefined ? '' : fingerprint(each),
    );
    if (before !== after) changes.push(`${nameOf(item)}: ${before} -> ${after}`);
  };
  for (let round = 0; round < 60; round++) {
    const writes = Array.from({ length: 1 + below(random, 30) }, () => {
      const item = randomItem(random);
      const kind = below(random, 4);
      if (kind === 0) {
        change(item, undefined);
        return store.delete(table, keyOf(item));
      }
      if (kind === 1) {
        const count = ((model.get(nameOf(item))?.count as number | undefined) ?? 0) + 1;
        const next = { ...item, count };
        change(item, next);
        const decide = (old: EncodedItem | undefined): Change => {
          const before = (old?.value('count') as number | undefined) ?? 0;
          return { kind: 'put', item: { ...item, count: before + 1 } };
        };
        return store.write({ table, key: keyOf(item), decide });
      }
      const old = model.get(nameOf(item));
      const reordered = Object.fromEntries(Object.entries(old ?? item).reverse());
      const next = kind === 2 ? item : reordered;
      change(item, next);
      const done = store.put(table, next, { returnOld: kind === 3 });
      next.note = 'changed afterwards';
      return done;
    });
    await drive(engine, Promise.all(writes));
    if (round % 10 === 9) {
      await expectIndexes(it);
      await drive(engine, round === 59 ? store.compact() : store.flush());
      await expectIndexes(it);
    }
  }
  const items = await scanned(it);
  assert.deepEqual(items.map(fingerprint).sort(), [...model.values()].map(fingerprint).sort());
  const text = (item: Item | undefined): string => (item === undefined ? '' : fingerprint(item));
  const recorded = (await changesOf(it)).map(
    (each) => `${nameOf(each.keys)}: ${text(each.old)} -> ${text(each.new)}`,
  );
  const ofItem = (all: string[]): string[] =>
    all.toSorted((a, b) =>
      a.split(':')[0] < b.split(':')[0] ? -1 : a.split(':')[0] > b.split(':')[0] ? 1 : 0,
    );
  assert.deepEqual(ofItem(recorded), ofItem(changes), 'all changes of each item, in their order');
  await store.close();
});
