// Row 15 of the matrix, transactions: several threads on the same items, with flushes and compactions all the time. What they
// saw must be what some order of whole transactions gives.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Item } from '../../host/table/item-types.js';
import { seedOf } from '../io/support/random.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';
import { HOSTILE_SIZES, openThreads, startThread, within, type Opened } from './start.js';
import {
  accountKey,
  ACCOUNTS,
  BALANCE,
  listKey,
  LISTS,
  type AppendReport,
  type Observed,
  type TransferReport,
} from './transaction-tasks.js';

const LONG_MS = 60_000;
const SOON_MS = 20_000;

/**
 * Transactions by what must come before what: in each list everyone comes after who wrote the last name it saw, and before
 * who wrote the next one. Throws if that is no order.
 */
function expectOrder(observed: readonly Observed[], lists: readonly (readonly string[])[]): void {
  const after = new Map<string, Set<string>>(observed.map(({ name }) => [name, new Set()]));
  const before = (first: string | undefined, second: string | undefined): void => {
    if (first !== undefined && second !== undefined && first !== second)
      after.get(first)?.add(second);
  };
  for (const { name, appended, lists: saw } of observed) {
    for (const [list, names] of saw) {
      const all = lists[list];
      assert.deepEqual(
        names,
        all.slice(0, names.length),
        `${name} saw what list ${list} never was`,
      );
      const next = all[names.length];
      if (appended) assert.equal(next, name, `what ${name} appended to list ${list} is lost`);
      before(names.at(-1), name);
      before(name, appended ? all[names.length + 1] : next);
    }
  }
  expectNoCycle(after);
}

/** Takes away what nothing comes before, again and again. */
function expectNoCycle(after: ReadonlyMap<string, ReadonlySet<string>>): void {
  const befores = new Map([...after.keys()].map((name) => [name, 0]));
  for (const names of after.values())
    for (const name of names) befores.set(name, (befores.get(name) ?? 0) + 1);
  const free = [...befores].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    befores.delete(name);
    for (const later of after.get(name) ?? []) {
      const left = (befores.get(later) ?? 0) - 1;
      befores.set(later, left);
      if (left === 0) free.push(later);
    }
  }
  assert.deepEqual([...befores.keys()].slice(0, 8), [], 'transactions that come before each other');
}

async function appendAndCheck(
  context: TestContext,
  task: 'append' | 'appendUnlocked',
  seed: number,
): Promise<void> {
  const opened = await openThreads(join(temporaryFolder(context), 'db'));
  try {
    const names = ['a', 'b', 'c'];
    const threads = [
      ...names.map((name, at) => startThread(opened, { task, name, count: 60, seed: seed + at })),
      startThread(opened, { task: 'churn', name: 'd', count: 800, seed: seed + 5 }),
    ];
    const work = Promise.all(threads.map(({ report }) => report));
    const reports = (await within(LONG_MS, 'the threads', work)).slice(0, 3) as AppendReport[];
    const lists = await listsOf(opened);
    expectOrder(
      reports.flatMap(({ observed }) => observed),
      lists,
    );
    const conflicts = reports.reduce((sum, report) => sum + report.conflicts, 0);
    context.diagnostic(`${lists.flat().length} names appended, ${conflicts} conflicts`);
  } finally {
    await within(SOON_MS, 'closing', opened.store.close());
  }
}

async function listsOf({ store, table }: Opened): Promise<string[][]> {
  const lists: string[][] = [];
  for (let list = 0; list < LISTS; list++) {
    const item = await store.get(table, listKey(list), true);
    lists.push((item?.list ?? []) as string[]);
  }
  return lists;
}

test('threads that append to lists and read them in transactions see what one order of all of them gives', async (context) => {
  await appendAndCheck(context, 'append', seedOf(context));
});

test('the test catches an engine whose locks hold nobody off', async (context) => {
  const seed = seedOf(context);
  await assert.rejects(async () => {
    for (let round = 0; round < 5; round++) {
      await appendAndCheck(context, 'appendUnlocked', seed + 10 * round);
    }
  }, /never was|is lost|come before each other/);
});

test('threads that move amounts between accounts leave their sum as it was, and never see another', async (context) => {
  const seed = seedOf(context);
  const folder = join(temporaryFolder(context), 'db');
  const opened = await openThreads(folder);
  const { store, table } = opened;
  const accounts = Array.from({ length: ACCOUNTS }, (_, account) => accountKey(account));
  for (const key of accounts) await store.put(table, { ...key, balance: BALANCE });
  const threads = ['a', 'b', 'c'].map((name, at) =>
    startThread(opened, { task: 'transfer', name, count: 150, seed: seed + at }),
  );
  const work = Promise.all(threads.map(({ report }) => report));
  const reports = (await within(LONG_MS, 'the threads', work)) as TransferReport[];
  await within(SOON_MS, 'closing', store.close());
  const again = await within(SOON_MS, 'reopening', openThreads(folder));
  const found = accounts.map((key) => again.store.getSync(again.table, key) as Item);
  const balances = found.map(({ balance }) => Number(balance));
  await within(SOON_MS, 'closing', again.store.close());
  assert.equal(
    balances.reduce((sum, balance) => sum + balance, 0),
    ACCOUNTS * BALANCE,
  );
  assert.ok(balances.every((balance) => balance >= 0));
  for (const { moved, sums } of reports) assert.ok(moved > 0 && sums > 0);
  context.diagnostic(JSON.stringify(reports));
});

test('a thread that ends in the middle of a transaction closes the database: its items are no trap, and reopening frees them', async (context) => {
  const folder = join(temporaryFolder(context), 'db');
  const sizes = { ...HOSTILE_SIZES, silenceMaxMs: 1_500 };
  const opened = await openThreads(folder, { sizes });
  const { store, table } = opened;
  await store.put(table, { ...listKey(0), list: ['there'] });
  const { worker, attached } = startThread(opened, { task: 'stop', name: 's', count: 0, seed: 1 });
  const locked = new Promise<void>((resolve) => {
    worker.on('message', (message) => {
      if (message === 'locked') resolve();
    });
  });
  await within(SOON_MS, 'attach', attached);
  await within(SOON_MS, 'the lock', locked);
  const conflict = { name: 'TransactionConflictException' };
  await assert.rejects(store.put(table, listKey(0)), conflict);
  await assert.rejects(store.put(table, listKey(0), { returnOld: true }), conflict);
  await assert.rejects(store.delete(table, listKey(1)), conflict);
  const keep = { table, key: listKey(0), decide: () => ({ kind: 'keep' }) as const };
  await assert.rejects(store.write(keep), conflict);
  await assert.rejects(store.transact([keep]), { name: 'TransactionCancelled' });
  await assert.rejects(store.transactGet([keep]), { name: 'TransactionCancelled' });
  assert.deepEqual(await store.get(table, listKey(0), true), { ...listKey(0), list: ['there'] });
  await store.put(table, { id: 1, text: 'others go on' });
  await worker.terminate();
  const failed = async (): Promise<void> => {
    while (!store.attachment.control.failed)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await within(SOON_MS, 'the failure', failed());
  await assert.rejects(store.put(table, listKey(0)), { code: 'EngineFailure' });
  await within(SOON_MS, 'close', Promise.allSettled([store.close()]));
  const again = await within(SOON_MS, 'reopening', openThreads(folder));
  assert.deepEqual(again.store.getSync(again.table, { id: 1 }), { id: 1, text: 'others go on' });
  await again.store.put(again.table, { ...listKey(0), list: ['free'] });
  await within(SOON_MS, 'closing', again.store.close());
});
