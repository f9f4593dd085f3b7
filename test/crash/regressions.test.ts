// Bugs that were found, each with its story.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileCore } from '../../host/core/compile.js';
import { Attachment } from '../../host/engine/attachment.js';
import { compactShard } from '../../host/engine/compaction.js';
import { LEVEL0_STALL } from '../../host/engine/compaction-picker.js';
import { flushMustWait, flushShard } from '../../host/engine/flush.js';
import type { InlineEngine } from '../../host/engine/inline-engine.js';
import type { Job } from '../../host/engine/keeper-requests.js';
import { readShardStats } from '../../host/engine/shard-stats.js';
import type { StoredTable } from '../../host/engine/store.js';
import { MergeBench } from '../../host/engine/table-merge.js';
import { SimulatedFileSystem } from '../../io/disk/simulated-file-system.js';
import { seededRandom } from '../io/support/random.js';
import { drive, FOLDER, kill, openEngineOn, TINY_SIZES } from './support/engine.js';
import { checkEngine } from './support/integrity.js';
import { defineTable } from './support/tables.js';

const shape = { shards: 1, checked: true, sizes: TINY_SIZES };

interface Setting {
  readonly disk: SimulatedFileSystem;
  readonly engine: InlineEngine;
  readonly table: StoredTable;
  readonly worker: Attachment;
}

async function setting(sizes = {}): Promise<Setting> {
  const disk = new SimulatedFileSystem();
  const random = seededRandom(1);
  const engine = await openEngineOn(disk, random, { ...shape, sizes: { ...TINY_SIZES, ...sizes } });
  const table = await engine.store.createKeyspace(defineTable('Single', random));
  return { disk, engine, table, worker: new Attachment(engine.keeper.handles, disk, true) };
}

/** Takes the steps of a job until its question to the keeper of this kind has been answered, or to its end. */
function run({ engine }: Setting, job: Job, until?: 'version'): void {
  let reply: unknown;
  for (let step = job.next(); step.done !== true; step = job.next(reply)) {
    reply = undefined;
    if (step.value.kind === 'durable') engine.turn();
    if (step.value.kind !== 'ask') continue;
    reply = engine.keeper.handle(step.value.request);
    if (step.value.request.kind === until) return;
  }
}

async function flushed({ engine, table }: Setting, id: number): Promise<void> {
  await drive(engine, engine.store.put(table, { id }));
  await drive(engine, engine.store.flush());
}

/**
 * Two workers: the edit of a flush was durable, its table not installed yet, when a compaction planned. It took the new
 * table for an input, and the install failed because the shard did not have it: the database closed under load.
 */
test('a compaction planned between the edit of a flush and its install leaves the new table alone', async () => {
  const it = await setting();
  const { engine, table, worker, disk } = it;
  const bench = () => new MergeBench(compileCore(true));
  for (let id = 0; id < 3; id++) await flushed(it, id);
  await drive(engine, engine.store.put(table, { id: 3 }));
  worker.shards[0].exports.freeze();
  const flush = flushShard(worker, bench(), disk, 0);
  run(it, flush, 'version');
  run(it, compactShard(worker, bench(), disk, 0, true));
  run(it, flush);
  for (let id = 0; id < 4; id++) assert.deepEqual(engine.store.getSync(table, { id }), { id });
  assert.deepEqual(readShardStats(worker.shards[0]).tablesByLevel.slice(0, 2), [1, 1]);
  await checkEngine(engine, disk);
  kill(engine);
});

/**
 * Nothing held flushes back when compaction fell behind: level 0 grew to 21 tables under a steady load of writes, the
 * install of the last one failed, and because the manifest had it already, no later open succeeded either.
 */
test('level 0 never outgrows its bound: a flush waits for the compaction', async () => {
  const it = await setting();
  const { engine, table, worker, disk } = it;
  const bench = new MergeBench(compileCore(true));
  let highest = 0;
  for (let id = 0; id < LEVEL0_STALL + 9; id++) {
    const written = engine.store.put(table, { id });
    engine.turn();
    await written;
    worker.shards[0].exports.freeze();
    if (!flushMustWait(worker, 0)) run(it, flushShard(worker, bench, disk, 0));
    highest = Math.max(highest, readShardStats(worker.shards[0]).tablesByLevel[0]);
  }
  assert.equal(highest, LEVEL0_STALL);
  engine.work();
  await drive(engine, engine.store.flush());
  assert.ok(readShardStats(worker.shards[0]).tablesByLevel[0] < LEVEL0_STALL);
  await engine.store.close();
  const again = await openEngineOn(disk, seededRandom(2), shape);
  for (let id = 0; id < LEVEL0_STALL + 9; id++) {
    assert.deepEqual(again.store.getSync(again.store.catalog()[0], { id }), { id });
  }
  await again.store.close();
});

/**
 * A write to a table that had just been dropped was rejected together with all that waited behind it, whatever their
 * tables.
 */
test('a write to a table just dropped does not take those to other tables with it', async () => {
  const it = await setting();
  const { engine, table } = it;
  const { store } = engine;
  const other = await store.createKeyspace(defineTable('Strings', seededRandom(2)));
  const dropped = store.dropKeyspace(table.id);
  const refused = store.put(table, { id: 1 });
  const item = { pk: 'a', sk: 'b' };
  const written = store.put(other, item);
  await assert.rejects(refused, { name: 'ResourceNotFoundException' });
  await drive(engine, written);
  await dropped;
  assert.deepEqual(store.getSync(other, item), item);
  kill(engine);
});

/**
 * After an open every shard's sequences leap ahead. A shard that nothing was written to seemed to have records up to there
 * in each log segment, none of which it would ever flush: the log grew without end as long as one shard was idle.
 */
test('a shard that nothing is written to does not keep the log', async () => {
  const disk = new SimulatedFileSystem();
  const random = seededRandom(1);
  const engine = await openEngineOn(disk, random, { shards: 4, sizes: TINY_SIZES });
  const table = await engine.store.createKeyspace(defineTable('Strings', random));
  for (let number = 0; number < 60; number++) {
    await drive(
      engine,
      engine.store.put(table, { pk: 'one', sk: `${number}`, text: 'x'.repeat(3_000) }),
    );
  }
  const bytes = disk
    .list(`${FOLDER}/log`)
    .reduce((sum, name) => sum + (disk.stat(`${FOLDER}/log/${name}`)?.size ?? 0), 0);
  assert.ok(bytes < TINY_SIZES.logBytesMax * 1.5, `${bytes} bytes of log`);
  await engine.store.close();
});

/** Ten thousand small items took 300 bytes each on the disk: their tables, and the log that nobody needed any more. */
test('a log whose records are all in tables goes at the close, but for its numbers', async () => {
  const disk = new SimulatedFileSystem();
  const random = seededRandom(1);
  const options = { shards: 2, sizes: TINY_SIZES };
  const engine = await openEngineOn(disk, random, options);
  const table = await engine.store.createKeyspace(defineTable('Single', random));
  const ids = Array.from({ length: 200 }, (_, id) => id);
  for (const id of ids) await drive(engine, engine.store.put(table, { id }));
  await drive(engine, engine.store.flush());
  await engine.store.close();
  const sizes = disk.list(`${FOLDER}/log`).map((name) => disk.stat(`${FOLDER}/log/${name}`)?.size);
  assert.ok(sizes.length === 1 && (sizes[0] ?? 0) < 256, sizes.join());
  for (let round = 0; round < 2; round++) {
    const again = await openEngineOn(disk, random, options);
    for (const id of ids) assert.deepEqual(again.store.getSync(table, { id }), { id });
    await drive(again, again.store.put(table, { id: 1_000 + round }));
    if (round === 0) await again.store.close();
    else kill(again);
  }
  const last = await openEngineOn(disk.clone(), random, options);
  for (const id of [0, 199, 1_000, 1_001]) {
    assert.deepEqual(last.store.getSync(table, { id }), { id });
  }
  await last.store.close();
});
