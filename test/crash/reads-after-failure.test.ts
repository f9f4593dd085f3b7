// DESIGN R6 and row 3 of the matrix: what reads answer when something else has failed. The tables have one shard and keys
// `id`, a number.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { InlineEngine } from '../../host/engine/inline-engine.js';
import type { PageOptions, StoredTable } from '../../host/engine/store.js';
import { SimulatedFileSystem } from '../../io/disk/simulated-file-system.js';
import { seededRandom } from '../io/support/random.js';
import { drive, kill, openEngineOn, TINY_SIZES } from './support/engine.js';
import { filesUnder } from './support/damage.js';
import { defineTable } from './support/tables.js';

const WHOLE: PageOptions = { bytesMax: 2 ** 30, consistent: false, select: 'items' };
const shape = { shards: 1, checked: true, sizes: TINY_SIZES };

interface Setting {
  readonly disk: SimulatedFileSystem;
  readonly engine: InlineEngine;
  readonly table: StoredTable;
}

async function open(context: TestContext): Promise<Setting> {
  const disk = new SimulatedFileSystem();
  const random = seededRandom(1);
  const engine = await openEngineOn(disk, random, shape);
  const table = await drive(engine, engine.store.createKeyspace(defineTable('Single', random)));
  context.after(() => kill(engine));
  return { disk, engine, table };
}

test('after the log has failed, reads go on but for what it has not written', async (context) => {
  const { disk, engine, table } = await open(context);
  const { store } = engine;
  const other = await drive(engine, store.createKeyspace(defineTable('Strings', seededRandom(2))));
  await drive(engine, store.put(table, { id: 1, v: 'kept' }));
  await drive(engine, store.put(other, { pk: 'a', sk: 'b' }));
  await drive(engine, store.put(table, { id: 2 }));
  disk.inject({ at: 1, kinds: ['sync'], error: 'EIO' });
  await assert.rejects(drive(engine, store.put(table, { id: 3 })), { code: 'EngineFailure' });
  await assert.rejects(store.delete(table, { id: 2 }), { code: 'EngineFailure' });

  assert.deepEqual(store.getSync(table, { id: 1 }), { id: 1, v: 'kept' });
  assert.deepEqual(await store.get(table, { id: 2 }, true), { id: 2 });
  assert.equal(store.getSync(table, { id: 4 }), undefined);
  assert.throws(() => store.getSync(table, { id: 3 }), { code: 'EngineFailure' });
  for (const consistent of [false, true]) {
    await assert.rejects(store.get(table, { id: 3 }, consistent), { code: 'EngineFailure' });
    const options = { ...WHOLE, consistent };
    await assert.rejects(store.page(table, { kind: 'scan' }, options), { code: 'EngineFailure' });
    const { items } = await store.page(other, { kind: 'query', partition: 'a' }, options);
    assert.deepEqual(items, [{ pk: 'a', sk: 'b' }]);
  }
});

test('a compaction that meets damage gives up, once: other reads and writes go on', async (context) => {
  const { disk, engine, table } = await open(context);
  const { store } = engine;
  const items = Array.from({ length: 200 }, (_, id) => ({ id, text: `${id}`.repeat(40) }));
  for (const item of items) store.put(table, item).catch(() => undefined);
  await drive(engine, store.flush());
  const [path] = filesUnder(disk, 'tables');
  disk.damage(path, (bytes) => (bytes[300] ^= 4));
  await drive(engine, store.put(table, { id: 1000 }));

  const damaged = { code: 'Corruption', path, offset: 0 };
  await assert.rejects(drive(engine, store.compact()), damaged);
  assert.ok(!engine.store.attachment.control.failed);
  let refused = 0;
  for (const item of items) {
    try {
      assert.deepEqual(store.getSync(table, { id: item.id }), item);
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'Corruption');
      refused++;
    }
  }
  assert.ok(refused > 0 && refused < items.length, `${refused} reads met the damage`);
  assert.deepEqual(store.getSync(table, { id: 1000 }), { id: 1000 });

  disk.inject({ at: 1, kinds: ['read'], error: 'EIO', forever: true });
  await assert.rejects(drive(engine, store.compact()), damaged);
  assert.ok(!disk.faultStruck, 'nothing is read again');
  disk.inject(undefined);
  await drive(engine, store.put(table, { id: 1001 }));
  assert.deepEqual(store.getSync(table, { id: 1001 }), { id: 1001 });
});

test('writes that a damaged table leaves no room for say which file it is', async (context) => {
  const { disk, engine, table } = await open(context);
  const { store } = engine;
  await drive(engine, store.put(table, { id: 1 }));
  await drive(engine, store.flush());
  const [path] = filesUnder(disk, 'tables');
  disk.damage(path, (bytes) => (bytes[10] ^= 4));
  await assert.rejects(
    async () => {
      for (let round = 0; round < 40; round++) {
        await drive(engine, store.put(table, { id: 2, round }));
        await drive(engine, store.flush());
      }
    },
    { code: 'Corruption', path },
  );
  await assert.rejects(
    async () => {
      for (let round = 0; round < 40; round++)
        await drive(engine, store.put(table, { id: round + 10, text: 'x'.repeat(60_000) }));
    },
    { code: 'Corruption', path },
  );
  assert.throws(() => store.getSync(table, { id: 1 }), { code: 'Corruption', path });
  assert.notEqual(store.getSync(table, { id: 2 }), undefined);
});

/** A page reads an item that is too long for a run on its own: what it finds then may be newer than what the cursor saw. */
test('a consistent page waits for the sequence of a large item, too', async (context) => {
  const { engine, table } = await open(context);
  const { store } = engine;
  await drive(engine, store.put(table, { id: 1, v: 1, text: 'x'.repeat(50_000) }));
  const [core] = store.attachment.shards;
  const { get } = core;
  let written: Promise<unknown> | undefined;
  Object.assign(core, {
    get: (...call: Parameters<typeof get>): number => {
      written ??= store.put(table, { id: 1, v: 2, text: 'x'.repeat(50_000) });
      return get(...call);
    },
  });
  let answered = false;
  const page = store.page(table, { kind: 'scan' }, { ...WHOLE, consistent: true });
  void page.then(() => (answered = true));
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(written !== undefined && !answered, 'the page waits for the log');
  const { items } = await drive(engine, page);
  assert.equal(items[0].v, 2);
});
