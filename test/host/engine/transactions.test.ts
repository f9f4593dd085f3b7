// What transactions do to the engine beside their items: locks, tokens and their end, decisions in pieces, and what the log
// keeps for them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../host/clock.js';
import { BATCH, LOG_RECORD, RECORD_FLAG, STATUS } from '../../../host/core/abi.js';
import { compileCore } from '../../../host/core/compile.js';
import { BatchBuffer } from '../../../host/engine/batch-buffer.js';
import { composePiece } from '../../../host/engine/decision.js';
import { openInline, type InlineEngine } from '../../../host/engine/inline-engine.js';
import { LogRetention, type DecisionsUnderWay } from '../../../host/engine/log-retention.js';
import {
  OpenTransactions,
  isOpenThrough,
  lastTicket,
} from '../../../host/engine/open-transactions.js';
import { readShardStats } from '../../../host/engine/shard-stats.js';
import type { StoredTable, WriteRequest } from '../../../host/engine/store.js';
import { TransactionWatch } from '../../../host/engine/transaction-watch.js';
import { UnfinishedDecisions, type Finishing } from '../../../host/engine/unfinished-decisions.js';
import { Writer } from '../../../host/engine/writer.js';
import { Control, CONTROL, STATE } from '../../../host/runtime/control.js';
import type { Item } from '../../../host/table/item-types.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import type { SegmentWriter } from '../../../io/log/segment-writer.js';
import { drive, FOLDER, kill, randomFrom } from '../../crash/support/engine.js';
import { defineTable } from '../../crash/support/tables.js';
import { seededRandom } from '../../io/support/random.js';

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;

interface Opened {
  readonly engine: InlineEngine;
  readonly table: StoredTable;
}

async function openOn(
  disk: SimulatedFileSystem,
  clock = new ManualClock(1_700_000_000_000),
  temporary = false,
): Promise<Opened> {
  const random = seededRandom(1);
  const engine = await openInline(
    {
      kind: 'open',
      folder: FOLDER,
      shards: 4,
      memoryBytes: 4 * 24 * MIB,
      checked: true,
      options: { durability: 'sync', temporary, logBytesMax: 64 * MIB },
    },
    compileCore(true),
    disk,
    randomFrom(random),
    'manual',
    clock,
  );
  const { store } = engine;
  const made = store.catalog()[0];
  const table = made ?? (await drive(engine, store.createKeyspace(defineTable('Single', random))));
  return { engine, table };
}

const put = (table: StoredTable, id: number, more: Item = {}): WriteRequest => ({
  table,
  key: { id },
  decide: () => ({ kind: 'put', item: { id, ...more } }),
});
const puts = (table: StoredTable, ids: readonly number[], more: Item = {}): WriteRequest[] =>
  ids.map((id) => put(table, id, more));
const locks = ({ store }: InlineEngine): number =>
  store.attachment.shards.reduce((sum, core) => sum + readShardStats(core).locks, 0);
const IDS = [1, 2, 3, 4, 5, 6, 7, 8];

test('after a transaction, done or cancelled, nothing is locked and no ticket is open', async () => {
  const { engine, table } = await openOn(new SimulatedFileSystem());
  const { store } = engine;
  const { control } = store.attachment;
  await drive(engine, store.transact(puts(table, IDS)));
  const refused = puts(table, IDS);
  refused[5] = {
    ...refused[5],
    decide: () => {
      throw new Error('no');
    },
  };
  await assert.rejects(drive(engine, store.transact(refused)), { name: 'TransactionCancelled' });
  const checks = IDS.map((id) => ({
    ...put(table, id),
    decide: () => ({ kind: 'keep' }) as const,
  }));
  await drive(engine, store.transact(checks));
  assert.equal(locks(engine), 0);
  assert.equal(isOpenThrough(control, lastTicket(control)), false);
  await store.close();
});

test('a token is known for ten minutes, also to a database opened again, and is gone after that', async () => {
  const disk = new SimulatedFileSystem();
  const clock = new ManualClock(1_700_000_000_000);
  const token = { text: 'token', digest: 'd' };
  const first = await openOn(disk, clock);
  const send = ({ engine, table }: Opened): Promise<unknown> =>
    drive(engine, engine.store.transact(puts(table, [1, 2]), { token }));
  assert.notEqual(await send(first), 'replayed');
  clock.advance(9 * MINUTE_MS);
  clock.set(clock.nowMs() - 60 * MINUTE_MS); // somebody sets the clock back
  assert.equal(await send(first), 'replayed');
  clock.set(clock.nowMs() + 60 * MINUTE_MS);
  await first.engine.store.close();
  const second = await openOn(disk, clock);
  assert.equal(await send(second), 'replayed');
  await assert.rejects(
    drive(
      second.engine,
      second.engine.store.transact(puts(second.table, [1]), {
        token: { text: 'token', digest: 'e' },
      }),
    ),
    { name: 'IdempotentParameterMismatchException' },
  );
  clock.advance(MINUTE_MS);
  assert.notEqual(await send(second), 'replayed');
  await second.engine.store.close();
});

test('tokens that are over are removed by those that come', async () => {
  const clock = new ManualClock(1_700_000_000_000);
  const { engine, table } = await openOn(new SimulatedFileSystem(), clock);
  const { store } = engine;
  const send = (text: string): Promise<unknown> =>
    drive(engine, store.transact(puts(table, [1, 2]), { token: { text, digest: 'd' } }));
  for (let n = 0; n < 40; n++) await send(`token ${n}`);
  assert.equal(tombstones(engine), 0);
  clock.advance(11 * MINUTE_MS);
  await send('a later one');
  for (let turns = 0; turns < 200 && tombstones(engine) < 80; turns++) {
    engine.turn();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(tombstones(engine), 80, 'each token and its time');
  assert.equal(await send('a later one'), 'replayed');
  await store.close();
});

function tombstones({ store }: InlineEngine): number {
  const { shards } = store.attachment;
  return shards.reduce((sum, core) => sum + readShardStats(core).memtableTombstones, 0);
}

test('a decision of many megabytes goes through rings of four, in pieces, and survives', async () => {
  const disk = new SimulatedFileSystem();
  const { engine, table } = await openOn(disk);
  const large = (id: number): Item => ({ text: String(id).repeat(390_000).slice(0, 390_000) });
  const requests = Array.from({ length: 24 }, (_, id) => put(table, id, large(id)));
  await drive(engine, engine.store.transact(requests));
  const image = disk.crash(seededRandom(3), { keep: 0 });
  kill(engine);
  const again = await openOn(image);
  for (let id = 0; id < 24; id++)
    assert.deepEqual(again.engine.store.getSync(again.table, { id }), { id, ...large(id) });
  await again.engine.store.close();
});

test('a log that fails between a decision and its parts is an error of the transaction alone', async () => {
  const { engine, table } = await openOn(new SimulatedFileSystem());
  const { store } = engine;
  await drive(engine, store.transact(puts(table, IDS))); // from here on their shape is known
  const unhandled: unknown[] = [];
  const note = (error: unknown): number => unhandled.push(error);
  const { tryApply } = Writer.prototype;
  process.on('unhandledRejection', note);
  try {
    let decided = false;
    Writer.prototype.tryApply = function (staged) {
      if (decided) return STATUS.BUSY;
      const status = tryApply.call(this, staged);
      decided = status === STATUS.OK;
      return status;
    };
    const sent = store.transact(puts(table, IDS));
    await new Promise((resolve) => setImmediate(resolve));
    kill(engine);
    await assert.rejects(sent, { code: 'EngineFailure' });
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(decided);
    assert.deepEqual(unhandled, []);
  } finally {
    Writer.prototype.tryApply = tryApply;
    process.off('unhandledRejection', note);
  }
});

test('a decision of which the log has forgotten the first pieces is one that is over', () => {
  const transaction = 2 ** 32 + 1;
  const pieces = [1, 2, 3].map((byte) => new Uint8Array(64).fill(byte));
  const decisions = new UnfinishedDecisions();
  for (const index of [1, 2]) {
    const batch = composePiece(new BatchBuffer(), { transaction, attempt: 0 }, pieces, index);
    decisions.note(recordOf(batch, index === 2 ? RECORD_FLAG.DECISION : 0));
  }
  const control = Control.create();
  const finishing = { attachment: { control } } as unknown as Finishing;
  assert.equal(decisions.finish(finishing), 0);
  const next = new OpenTransactions(control, 0).begin();
  assert.equal(Math.floor(next / 2 ** 32), 2, 'ids of its own');
});

/** The record that a batch without guards makes in the ring. */
function recordOf(batch: Uint8Array, flags: number): Uint8Array {
  const entries = batch.subarray(BATCH.HEADER_BYTES);
  const record = new Uint8Array(LOG_RECORD.HEADER_BYTES + entries.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, record.length, true);
  view.setUint32(4, flags, true);
  view.setUint32(20, 1, true);
  record.set(entries, LOG_RECORD.HEADER_BYTES);
  return record;
}

test('a temporary database has transactions without a log', async () => {
  const { engine, table } = await openOn(new SimulatedFileSystem(), undefined, true);
  await drive(engine, engine.store.transact(puts(table, IDS, { n: 1 })));
  for (const id of IDS) assert.deepEqual(engine.store.getSync(table, { id }), { id, n: 1 });
  assert.equal(locks(engine), 0);
  await engine.store.close();
});

test('a closed log segment is kept until the transactions that had begun are over, and their parts durable', () => {
  const segment = { number: 1, path: '', size: 1, firstGroup: 1, lastGroup: 9 };
  const writer = { retained: [segment] } as unknown as SegmentWriter;
  let open = true;
  const decisions: DecisionsUnderWay = {
    lastTicket: () => 7,
    isOpenThrough: (ticket) => open && ticket >= 7,
    applied: () => [50, 60],
  };
  const retention = new LogRetention(writer, [40, 40], [0, 0], decisions);
  const flushed = (): number => 40;
  assert.equal(retention.belowGroup(flushed, [45, 45]), 1, 'one is under way');
  assert.equal(retention.nothingNeeded(flushed, [0, 0]), false);
  open = false;
  assert.equal(retention.belowGroup(flushed, [50, 59]), 1, 'a part is not durable');
  assert.equal(retention.belowGroup(flushed, [50, 60]), 10);
});

test('a thread that is silent with a transaction under way closes the database, one that gives signs does not', () => {
  const control = Control.create();
  control.store(CONTROL.STATE, STATE.OPEN);
  const watch = new TransactionWatch(control, 1_000);
  const quick = new OpenTransactions(control, 3);
  const silent = new OpenTransactions(control, 5);
  for (let nowMs = 0; nowMs < 5_000; nowMs += 100) {
    quick.end(quick.begin());
    const id = quick.begin();
    watch.look(nowMs);
    quick.end(id);
  }
  assert.equal(control.failed, false);
  silent.begin();
  watch.look(6_000);
  watch.look(6_900);
  assert.equal(control.failed, false);
  watch.look(7_100);
  assert.equal(control.failed, true);
  assert.match(control.reason(), /no sign of life for 1 s/);
});

test('tickets are open from the oldest on, whatever order transactions end in', () => {
  const control = Control.create();
  const [one, two] = [new OpenTransactions(control, 0), new OpenTransactions(control, 63)];
  const first = one.begin();
  const second = two.begin();
  const before = lastTicket(control);
  const third = one.begin();
  two.end(second);
  assert.equal(isOpenThrough(control, before), true);
  one.end(first);
  assert.equal(isOpenThrough(control, before), false);
  assert.equal(isOpenThrough(control, lastTicket(control)), true);
  one.end(third);
  assert.equal(isOpenThrough(control, lastTicket(control)), false);
});
