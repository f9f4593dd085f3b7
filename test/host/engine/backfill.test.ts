// Backfill of a new index: with writers, races, and power cuts in the middle.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../host/clock.js';
import type { InlineEngine } from '../../../host/engine/inline-engine.js';
import { Reader } from '../../../host/engine/reader.js';
import { LsmStore } from '../../../host/engine/lsm-store.js';
import type { IndexDefinition, StoredTable } from '../../../host/engine/store.js';
import { KeepAlive } from '../../../host/runtime/waiting.js';
import type { Item } from '../../../host/table/item-types.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { drive, kill, openEngineOn, TINY_SIZES } from '../../crash/support/engine.js';
import { fingerprint } from '../../crash/support/expected-state.js';
import { defineTable } from '../../crash/support/tables.js';
import { below, seededRandom, seedOf } from '../../io/support/random.js';

const NEW: IndexDefinition = {
  id: 0,
  name: 'byGroup',
  kind: 'global',
  partition: [{ name: 'group', type: 'S' }],
  sort: [{ name: 'rank', type: 'N' }],
  projection: { type: 'KEYS_ONLY' },
  status: 'creating',
};
const SHAPE = { shards: 2, checked: true, sizes: TINY_SIZES } as const;
const ALL = { bytesMax: 2 ** 30, consistent: true, select: 'items' } as const;

/** Some belong in the index; some lack a key of it, or have one of another type. */
function randomItem(random: () => number): Item {
  const item: Item = { pk: `p${below(random, 5)}`, sk: `s${below(random, 30)}` };
  if (random() < 0.8) item.group = ['red', 'green', '', 5, null][below(random, 5)];
  if (random() < 0.8) item.rank = below(random, 3);
  item.note = 'n'.repeat(below(random, 60));
  return item;
}

const keyOf = ({ pk, sk }: Item): Item => ({ pk, sk });
const belongs = ({ group, rank }: Item): boolean =>
  typeof group === 'string' && group !== '' && typeof rank === 'number';

async function expectComplete(
  engine: InlineEngine,
  table: StoredTable,
  index: IndexDefinition,
): Promise<number> {
  const { store } = engine;
  const items = (await drive(engine, store.page(table, { kind: 'scan' }, ALL))).items;
  const range = { kind: 'indexScan', index } as const;
  const found = (await drive(engine, store.page(table, range, ALL))).items;
  const expected = items.filter(belongs);
  assert.deepEqual(found.map(fingerprint).sort(), expected.map(fingerprint).sort());
  return expected.length;
}

/** Adds the index to the definition; the table's entry is the same object afterwards. */
async function begin(engine: InlineEngine, table: StoredTable): Promise<IndexDefinition> {
  const changed = { ...table, indexes: [NEW] };
  const updated = await drive(engine, engine.store.updateKeyspace(table.id, changed));
  return updated!.indexes![0];
}

async function fill(engine: InlineEngine, table: StoredTable, random: () => number) {
  const puts = Array.from({ length: 120 }, () => engine.store.put(table, randomItem(random)));
  await drive(engine, Promise.all(puts));
}

async function churn(engine: InlineEngine, table: StoredTable, random: () => number, rounds = 12) {
  const { store } = engine;
  for (let round = 0; round < rounds; round++) {
    const item = randomItem(random);
    const kind = below(random, 3);
    const done =
      kind === 0
        ? store.delete(table, keyOf(item))
        : kind === 1
          ? store.put(table, item)
          : // The old item with another note: neither key nor size of its view changes.
            store.write({
              table,
              key: keyOf(item),
              decide: (old) => {
                const [group, rank] = [old?.value('group'), old?.value('rank')] as Item[string][];
                const next: Item = { ...keyOf(item), note: `${round}` };
                if (group !== undefined) next.group = group;
                if (rank !== undefined) next.rank = rank;
                return { kind: 'put', item: next };
              },
            });
    await done;
  }
}

test('items there before get their entries while others are written, changed and deleted', async (context) => {
  const seed = seedOf(context);
  const random = seededRandom(seed);
  for (let round = 0; round < 6; round++) {
    const engine = await openEngineOn(new SimulatedFileSystem(), random, SHAPE);
    const table = await drive(engine, engine.store.createKeyspace(defineTable('Strings', random)));
    await fill(engine, table, random);
    if (round % 2 === 1) await drive(engine, engine.store.flush());
    const index = await begin(engine, table);
    const lanes = Array.from({ length: 6 }, () => churn(engine, table, random));
    await drive(engine, Promise.all([engine.store.backfill(table, index), ...lanes]));
    assert.ok((await expectComplete(engine, table, index)) > 0);
    await drive(engine, engine.store.compact());
    await expectComplete(engine, table, index);
    await engine.store.close();
  }
});

/** What another thread does between the reading of an item and the apply of its entry. */
const MEANWHILE: readonly (readonly [string, (store: LsmStore, table: StoredTable) => void])[] = [
  // The key of the index and the size of its view stay: this write itself puts no entry.
  ['has another note', (store, table) => void store.put(table, { ...RACED, note: 'two' })],
  ['leaves the index', (store, table) => void store.put(table, { ...RACED, rank: 'none' })],
  ['moves in the index', (store, table) => void store.put(table, { ...RACED, rank: 9 })],
  ['is deleted', (store, table) => void store.delete(table, keyOf(RACED))],
];
const RACED = { pk: 'p', sk: 's', group: 'red', rank: 1, note: 'one' };

for (const [what, change] of MEANWHILE) {
  test(`an item that ${what} between its reading and its entry is read again`, async (context) => {
    const random = seededRandom(seedOf(context));
    const disk = new SimulatedFileSystem();
    const engine = await openEngineOn(disk, random, SHAPE);
    const { store } = engine;
    const table = await drive(engine, store.createKeyspace(defineTable('Strings', random)));
    await drive(engine, store.put(table, RACED));
    const index = await begin(engine, table);
    const { handles, shards } = store.attachment;
    const other = new LsmStore(handles, disk, true, idle, undefined, systemClock);
    let raced = 0;
    for (const core of shards) {
      const apply = core.apply.bind(core);
      const racing: typeof apply = (...batch) => {
        if (raced++ === 0) change(other, table);
        return apply(...batch);
      };
      Object.assign(core, { apply: racing });
    }
    await drive(engine, store.backfill(table, index));
    assert.ok(raced > 0);
    await expectComplete(engine, table, index);
    await store.close();
  });
}

/** Services of a thread that never waits for anything. */
const idle = { ring: () => undefined, work: () => undefined, keepAlive: new KeepAlive() } as never;

test('a backfill of an index that is dropped meanwhile ends, and leaves nothing to read', async (context) => {
  const random = seededRandom(seedOf(context));
  const engine = await openEngineOn(new SimulatedFileSystem(), random, SHAPE);
  const { store } = engine;
  const table = await drive(engine, store.createKeyspace(defineTable('Strings', random)));
  await fill(engine, table, random);
  const first = await begin(engine, table);
  const filled = store.backfill(table, first);
  const dropped = store.updateKeyspace(table.id, { ...table, indexes: undefined });
  await drive(engine, Promise.all([filled, dropped]));
  assert.equal(table.indexes, undefined);
  const second = await begin(engine, table);
  assert.notEqual(second.id, first.id, 'ids are never used twice');
  await drive(engine, store.backfill(table, second));
  await expectComplete(engine, table, second);
  await drive(engine, store.compact());
  const range = { kind: 'indexScan', index: first } as const;
  assert.equal((await drive(engine, store.page(table, range, ALL))).count, 0);
  await store.close();
});

test('a power cut at any moment of a backfill leaves an index that is complete, or known to be unfinished', async (context) => {
  const seed = seedOf(context);
  const random = seededRandom(seed);
  const disk = new SimulatedFileSystem();
  const engine = await openEngineOn(disk, random, SHAPE);
  const { store } = engine;
  const table = await drive(engine, store.createKeyspace(defineTable('Strings', random)));
  await fill(engine, table, random);
  const images: SimulatedFileSystem[] = [];
  const cut = seededRandom(seed + 1);
  disk.observe = () => void images.push(disk.crash(cut, { keep: cut() }));
  const index = await begin(engine, table);
  const lanes = Array.from({ length: 3 }, () => churn(engine, table, random, 6));
  await drive(engine, Promise.all([store.backfill(table, index), ...lanes]));
  const active = { ...table, indexes: [{ ...index, status: 'active' as const }] };
  await drive(engine, store.updateKeyspace(table.id, active));
  await drive(engine, store.put(table, randomItem(random)));
  disk.observe = undefined;
  await store.close();
  const seen = { none: 0, creating: 0, active: 0 };
  for (const image of images) {
    const again = await openEngineOn(image, random, SHAPE);
    const [found] = again.store.catalog();
    const left = found.indexes?.[0];
    seen[left?.status === 'active' ? 'active' : left === undefined ? 'none' : 'creating']++;
    if (left?.status === 'creating') await drive(again, again.store.backfill(found, left));
    if (left !== undefined) await expectComplete(again, found, left);
    kill(again);
  }
  context.diagnostic(`power cuts: ${JSON.stringify(seen)}`);
  assert.ok(seen.creating > 0 && seen.active > 0);
});

test('an entry is made of the item that was read, whoever else of the thread reads meanwhile', async () => {
  const random = seededRandom(1);
  const engine = await openEngineOn(new SimulatedFileSystem(), random, SHAPE);
  const { store } = engine;
  const table = await drive(engine, store.createKeyspace(defineTable('Strings', random)));
  const items = Array.from({ length: 8 }, (_, n) => ({
    ...{ pk: `p${n}`, sk: 's', group: `g${n}`, rank: n },
  }));
  await drive(engine, Promise.all(items.map((item) => store.put(table, item))));
  await drive(engine, store.flush()); // a guard on what is in tables compares no sequences
  const index = await begin(engine, table);
  const { getEncoded } = Reader.prototype;
  let looks = 0;
  try {
    Reader.prototype.getEncoded = function (core, key) {
      const found = getEncoded.call(this, core, key);
      // A transaction comes between the first look and its apply, and then other reads of this thread.
      core.u8.set(key, core.keyAt);
      if (looks++ % 2 === 0) core.exports.lock(key.length, 99);
      else core.exports.unlock(key.length, 99);
      queueMicrotask(() => store.getSync(table, { pk: `p${looks % 8}`, sk: 's' }));
      return found;
    };
    await drive(engine, store.backfill(table, index));
  } finally {
    Reader.prototype.getEncoded = getEncoded;
  }
  assert.equal(looks, 16);
  assert.equal(await expectComplete(engine, table, index), 8);
  await store.close();
});
