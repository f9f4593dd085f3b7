// A thread of the tests: attaches to a database that another thread has open, and does what it is told.

import { parentPort, workerData } from 'node:worker_threads';
import type { CoreExports } from '../../host/core/exports.js';
import { attachEngine } from '../../host/engine/open-engine.js';
import type { LsmStore } from '../../host/engine/lsm-store.js';
import type { StoredTable } from '../../host/engine/store.js';
import type { Item } from '../../host/table/item-types.js';
import { below, seededRandom } from '../io/support/random.js';
import { append, appendUnlocked, stop, transfer } from './transaction-tasks.js';
import { CHAIN_KEYS, FIXED, PLACES, SHIFTED, SLOTS, type ChainReport, type Task } from './task.js';

const task = workerData as Task;
const store = attachEngine(task.token);
const random = seededRandom(task.seed);
const transactionTasks = { append, appendUnlocked, stop, transfer };
void run().then(
  (report) => parentPort?.postMessage({ report }),
  (error: unknown) =>
    parentPort?.postMessage({
      error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    }),
);

async function run(): Promise<unknown> {
  const table = store.catalog()[0];
  parentPort?.postMessage('attached');
  const tasks = { chain, carry, churn, group, read, hold, shift, look, ...transactionTasks };
  const report = await tasks[task.task](store, table, task, random);
  await store.close();
  return report;
}

/** Replaces values, each of its own, and notes what was there. */
async function chain(db: LsmStore, table: StoredTable): Promise<ChainReport> {
  const report: ChainReport = { wrote: [], replaced: [] };
  const one = async (value: string): Promise<void> => {
    const id = below(random, CHAIN_KEYS);
    const old = await db.put(table, { id, value }, { returnOld: true });
    report.wrote.push([id, value]);
    report.replaced.push([id, old?.value as string | undefined]);
  };
  for (let done = 0; done < task.count; done += 4) {
    await Promise.all([0, 1, 2, 3].map((lane) => one(`${task.name}.${done + lane}`)));
  }
  return report;
}

/** Takes amounts out of slots and puts them into others, carrying on what was there: none may be lost or doubled. */
async function carry(db: LsmStore, table: StoredTable): Promise<number> {
  let moves = 0;
  for (; moves < task.count; moves++) {
    let hand: Item | undefined = await db.delete(
      table,
      { id: 1000 + below(random, SLOTS) },
      { returnOld: true },
    );
    while (hand !== undefined) {
      hand = await db.put(table, { ...hand, id: 1000 + below(random, SLOTS) }, { returnOld: true });
    }
  }
  return moves;
}

/** Writes until it is told to stop by being ended, or `count` times. */
async function churn(db: LsmStore, table: StoredTable): Promise<number> {
  const waiting: Promise<unknown>[] = [];
  for (let n = 0; n < task.count; n++) {
    waiting.push(
      db.put(table, {
        id: 100_000 + below(random, 5_000),
        n,
        text: 'x'.repeat(below(random, 600)),
      }),
    );
    if (waiting.length < 64) continue;
    await Promise.all(waiting.splice(0));
    parentPort?.postMessage(n);
  }
  await Promise.all(waiting);
  return task.count;
}

/** Writes items that belong in an index, leave it or lack its key, until it is ended or `count` times. */
async function group(db: LsmStore, table: StoredTable): Promise<number> {
  for (let n = 0; n < task.count; n += 16) {
    const writes = Array.from({ length: 16 }, (_, lane): Promise<unknown> => {
      const id = 200_000 + below(random, 400);
      const kind = below(random, 5);
      if (kind === 0) return db.delete(table, { id });
      if (kind === 1) return db.put(table, { id, note: n });
      const item = { id, group: `g${below(random, 4)}`, note: n + lane };
      return db.put(table, item, { returnOld: kind === 2 });
    });
    await Promise.all(writes);
    parentPort?.postMessage(n);
  }
  return task.count;
}

/** Reads what never changes, by gets, queries and scans, while everything around it does. */
async function read(db: LsmStore, table: StoredTable): Promise<number> {
  for (let n = 0; n < task.count; n++) {
    const id = 10_000 + below(random, FIXED);
    const key = { id };
    const item = n % 2 === 0 ? db.getSync(table, key) : await db.get(table, key, n % 4 === 1);
    if (item?.text !== `fixed ${id}`) throw new Error(`item ${id} reads ${JSON.stringify(item)}`);
    if (n % 200 === 0) await scanFixed(db, table);
  }
  return task.count;
}

/** Moves items from place to place in an index, and deletes some. */
async function shift(db: LsmStore, table: StoredTable): Promise<number> {
  for (let n = 0; n < task.count; n++) {
    const id = below(random, SHIFTED);
    const item = { id, place: `p${below(random, PLACES)}`, rank: below(random, 50), n };
    await (random() < 0.1 ? db.delete(table, { id }) : db.put(table, item));
  }
  return task.count;
}

/** Pages of the index while others move its items: every row is one of its partition, in order, none is there twice. */
async function look(db: LsmStore, table: StoredTable): Promise<number> {
  const [index] = table.indexes ?? [];
  let rows = 0;
  for (let n = 0; n < task.count; n++) {
    const place = `p${below(random, PLACES)}`;
    const reverse = random() < 0.5;
    const range = { kind: 'indexQuery', index, partition: [place], sortPrefix: [] } as const;
    const page = await db.page(table, range, {
      bytesMax: 1 + below(random, 4_000),
      limit: random() < 0.5 ? 1 + below(random, 40) : undefined,
      consistent: random() < 0.2,
      select: 'items',
      reverse,
    });
    rows += page.count;
    const ranks = page.items.map(({ rank }) => Number(rank) * (reverse ? -1 : 1));
    const sound =
      page.items.every((item) => item.place === place) &&
      ranks.every((rank, at) => at === 0 || rank >= ranks[at - 1]) &&
      page.count === page.items.length;
    if (!sound) throw new Error(`a page of ${place}: ${JSON.stringify(page.items)}`);
  }
  return rows;
}

/** Takes the latch of a shard and keeps it until the thread is ended (checked core only). */
async function hold(db: LsmStore): Promise<never> {
  const exports = db.attachment.shards[0].exports as CoreExports & { testHoldLatch(): never };
  return exports.testHoldLatch();
}

async function scanFixed(db: LsmStore, table: StoredTable): Promise<void> {
  let fixed = 0;
  let startKey: Item | undefined;
  do {
    const options = { bytesMax: 100_000, consistent: false, select: 'items', startKey } as const;
    const page = await db.page(table, { kind: 'scan' }, options);
    fixed += page.items.filter(
      ({ id }) => Number(id) >= 10_000 && Number(id) < 10_000 + FIXED,
    ).length;
    startKey = page.lastKey;
  } while (startKey !== undefined);
  if (fixed !== FIXED) throw new Error(`a scan gives ${fixed} of ${FIXED} items that never change`);
}
