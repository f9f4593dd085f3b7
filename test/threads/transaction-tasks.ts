// What threads do with transactions: append to lists, move amounts, and stop in the middle.
//
// A transaction that is cancelled by a conflict is tried again, as a client would.

import { parentPort } from 'node:worker_threads';
import type { LsmStore } from '../../host/engine/lsm-store.js';
import {
  TransactionCancelled,
  type StoredTable,
  type WriteRequest,
} from '../../host/engine/store.js';
import type { Item } from '../../host/table/item-types.js';
import { below } from '../io/support/random.js';
import type { Task } from './task.js';

export const LISTS = 6;
export const ACCOUNTS = 8;
export const BALANCE = 1000;
const LISTS_AT = 300_000;
const ACCOUNTS_AT = 310_000;

export const listKey = (list: number): Item => ({ id: LISTS_AT + list });
export const accountKey = (account: number): Item => ({ id: ACCOUNTS_AT + account });

/** One transaction: the lists it saw, and its name if it appended that to all of them. */
export interface Observed {
  readonly name: string;
  readonly appended: boolean;
  readonly lists: readonly (readonly [list: number, saw: readonly string[]])[];
}

export interface AppendReport {
  readonly observed: readonly Observed[];
  readonly conflicts: number;
}

type Seeded = () => number;

function some(random: Seeded, of: number, most: number): number[] {
  const chosen = new Set<number>();
  for (let count = 1 + below(random, most); count > 0; count--) chosen.add(below(random, of));
  return [...chosen];
}

const listOf = (item: Item | undefined): string[] => [...((item?.list ?? []) as string[])];

/** Appends a name of its own to some lists, or reads some, each time in one transaction or single write. */
export async function append(
  db: LsmStore,
  table: StoredTable,
  task: Task,
  random: Seeded,
): Promise<AppendReport> {
  const observed: Observed[] = [];
  let conflicts = 0;
  for (let n = 0; n < task.count; ) {
    const name = `${task.name}.${n}`;
    const chosen = some(random, LISTS, 3);
    try {
      if (random() < 0.3) {
        const keys = chosen.map((list) => ({ table, key: listKey(list) }));
        const items = await db.transactGet(keys);
        const lists = chosen.map((list, at) => [list, listOf(items[at])] as const);
        observed.push({ name, appended: false, lists });
      } else {
        observed.push(await appendTo(db, table, chosen, name));
      }
      n++;
    } catch (error) {
      if (!isConflict(error)) throw error;
      conflicts++;
    }
  }
  return { observed, conflicts };
}

async function appendTo(
  db: LsmStore,
  table: StoredTable,
  chosen: readonly number[],
  name: string,
): Promise<Observed> {
  const saw = new Map<number, string[]>();
  const requests = chosen.map((list): WriteRequest => {
    const key = listKey(list);
    return {
      table,
      key,
      decide: (found) => {
        const before = listOf(found?.decode() as Item | undefined);
        saw.set(list, before);
        return { kind: 'put', item: { ...key, list: [...before, name] } };
      },
    };
  });
  if (requests.length === 1) await db.write(requests[0]);
  else await db.transact(requests);
  return { name, appended: true, lists: [...saw] };
}

/** The same where no lock is ever refused: for the test of the test. */
export function appendUnlocked(
  db: LsmStore,
  table: StoredTable,
  task: Task,
  random: Seeded,
): Promise<AppendReport> {
  for (const core of db.attachment.shards) {
    Object.assign(core, { exports: { ...core.exports, lock: () => 0 } });
  }
  return append(db, table, task, random);
}

export interface TransferReport {
  readonly moved: number;
  readonly refused: number;
  readonly sums: number;
  readonly conflicts: number;
}

class Overdrawn extends Error {}

/** Moves amounts between accounts, none below zero, and now and then looks at all of them at one moment. */
export async function transfer(
  db: LsmStore,
  table: StoredTable,
  task: Task,
  random: Seeded,
): Promise<TransferReport> {
  const report = { moved: 0, refused: 0, sums: 0, conflicts: 0 };
  const accounts = Array.from({ length: ACCOUNTS }, (_, account) => accountKey(account));
  for (let n = 0; n < task.count; n++) {
    try {
      if (random() < 0.2) {
        const items = await db.transactGet(accounts.map((key) => ({ table, key })));
        const sum = items.reduce((total, item) => total + Number(item?.balance ?? 0), 0);
        if (sum !== ACCOUNTS * BALANCE) throw new Error(`the accounts have ${sum} together`);
        report.sums++;
        continue;
      }
      const [from, ...to] = some(random, ACCOUNTS, 4);
      if (to.length === 0) continue;
      const amount = 1 + below(random, 300);
      const change = (account: number, by: number): WriteRequest => ({
        table,
        key: accountKey(account),
        decide: (found) => {
          const balance = Number(found?.value('balance')) + by;
          if (balance < 0) throw new Overdrawn();
          return { kind: 'put', item: { ...accountKey(account), balance } };
        },
      });
      await db.transact([
        change(from, -amount * to.length),
        ...to.map((each) => change(each, amount)),
      ]);
      report.moved++;
    } catch (error) {
      if (isConflict(error)) report.conflicts++;
      else if (error instanceof TransactionCancelled) report.refused++;
      else throw error;
    }
  }
  return report;
}

/** Stops for ever in the middle of a transaction, with its items locked. */
export async function stop(db: LsmStore, table: StoredTable): Promise<never> {
  const requests = Array.from({ length: LISTS }, (_, list): WriteRequest => {
    const key = listKey(list);
    return {
      table,
      key,
      decide: () => {
        parentPort?.postMessage('locked');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        return { kind: 'put', item: key };
      },
    };
  });
  await db.transact(requests);
  throw new Error('a transaction that had stopped went on');
}

function isConflict(error: unknown): boolean {
  if (error instanceof TransactionCancelled)
    return error.faults.every((fault) => fault === undefined || fault.kind === 'conflict');
  return error instanceof Error && error.name === 'TransactionConflictException';
}
