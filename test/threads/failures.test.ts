// Row 9 of the matrix, as far as this engine goes: threads that are ended, a trap in the core, a stack that overflows in
// a call. What was acknowledged stays, nobody waits for ever, the folder opens again.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CoreExports } from '../../host/core/exports.js';
import { seedOf } from '../io/support/random.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';
import { openThreads, startThread, within, type Opened } from './start.js';

const SOON_MS = 20_000;

/** Puts that are under way while something goes wrong: those that resolved must be there afterwards. */
async function putUntilItFails(
  { store, table }: Opened,
  from: number,
  count: number,
  during: (n: number) => void,
): Promise<number[]> {
  const acknowledged: number[] = [];
  const waiting: Promise<unknown>[] = [];
  for (let n = 0; n < count; n++) {
    const id = from + n;
    const done = store.put(table, { id, n }).then(() => acknowledged.push(id));
    done.catch(() => undefined); // looked at below, with the others
    waiting.push(done);
    during(n);
    if (n % 16 === 15) await new Promise((resolve) => setImmediate(resolve));
  }
  await within(SOON_MS, 'writes under way', Promise.allSettled(waiting));
  return acknowledged;
}

async function expectAll(folder: string, ids: readonly number[]): Promise<void> {
  const { store, table } = await within(SOON_MS, 'reopening', openThreads(folder));
  for (const id of ids)
    assert.ok(store.getSync(table, { id }) !== undefined, `item ${id} was acknowledged`);
  await within(SOON_MS, 'closing', store.close());
}

test('a thread that is terminated in the middle of its calls takes nothing with it that was acknowledged', async (context) => {
  const seed = seedOf(context);
  const folder = join(temporaryFolder(context), 'db');
  const opened = await openThreads(folder);
  const acknowledged: number[] = [];
  let failures = 0;
  for (let round = 0; round < 4; round++) {
    const { worker, attached } = startThread(opened, {
      task: 'churn',
      name: `${round}`,
      count: 1e9,
      seed: seed + round,
    });
    await within(SOON_MS, 'attach', attached);
    await new Promise((resolve) => setTimeout(resolve, 40 + ((seed + round) % 30)));
    await worker.terminate();
    const before = acknowledged.length;
    acknowledged.push(
      ...(await putUntilItFails(opened, 1_000_000 + round * 1_000, 200, () => undefined)),
    );
    if (acknowledged.length < before + 200) failures++;
    if (opened.store.attachment.control.failed) break;
  }
  await within(SOON_MS, 'close', opened.store.close()).catch((error: unknown) =>
    assert.match(String(error), /EngineFailure/),
  );
  await expectAll(folder, acknowledged);
  context.diagnostic(
    `${acknowledged.length} acknowledged, the database failed closed in ${failures} rounds`,
  );
});

test('a thread that ends with a latch held closes the database: every call is answered', async (context) => {
  const folder = join(temporaryFolder(context), 'db');
  const opened = await openThreads(folder, { checked: true });
  const { store, table } = opened;
  const shard = store.attachment.shards[0].exports;
  const ids = Array.from({ length: 64 }, (_, id) => id);
  await Promise.all(ids.map((id) => store.put(table, { id })));
  const { worker, attached } = startThread(opened, { task: 'hold', name: 'h', count: 0, seed: 1 });
  await within(SOON_MS, 'attach', attached);
  for (let wait = 0; wait < 200 && shard.latchOwner() < 0; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(shard.latchOwner() >= 0, 'the thread has the latch');
  await worker.terminate();
  const began = performance.now();
  const puts = ids.map((id) => store.put(table, { id, again: true }));
  const outcomes = await within(SOON_MS, 'puts', Promise.allSettled(puts));
  const failed = outcomes.filter(({ status }) => status === 'rejected').length;
  await within(SOON_MS, 'a get', Promise.allSettled([store.get(table, { id: 1 }, true)]));
  await within(SOON_MS, 'a flush', Promise.allSettled([store.flush()]));
  await within(SOON_MS, 'close', Promise.allSettled([store.close()]));
  await expectAll(folder, ids);
  assert.ok(failed > 0, 'writes to the shard are refused');
  context.diagnostic(
    `${failed} of ${ids.length} puts rejected, all was over after ${Math.round(performance.now() - began)} ms`,
  );
});

test('a trap in the core closes the database: every call is answered, a reopen has what was acknowledged', async (context) => {
  const folder = join(temporaryFolder(context), 'db');
  const opened = await openThreads(folder, { checked: true });
  const { store, table } = opened;
  const exports = store.attachment.shards[1].exports as CoreExports & {
    testTrap(code: number): number;
  };
  let trapped = false;
  const acknowledged = await putUntilItFails(opened, 0, 400, (n) => {
    if (n !== 200) return;
    assert.throws(() => exports.testTrap(7), WebAssembly.RuntimeError);
    trapped = true;
  });
  assert.ok(trapped && acknowledged.length < 400);
  const failed = { code: 'EngineFailure' };
  await within(SOON_MS, 'a put', assert.rejects(store.put(table, { id: 1 }), failed));
  await within(SOON_MS, 'a get', assert.rejects(store.get(table, { id: 1 }, true), failed));
  assert.throws(() => store.getSync(table, { id: 1 }), failed);
  await within(SOON_MS, 'a new table', assert.rejects(store.createKeyspace(table), failed));
  await within(SOON_MS, 'a flush', assert.rejects(store.flush(), failed));
  await within(SOON_MS, 'close', store.close()).catch((error: unknown) =>
    assert.match(String(error), /EngineFailure/),
  );
  await expectAll(folder, acknowledged);
});

test("a stack that overflows in a call is the caller's RangeError alone", async (context) => {
  const folder = join(temporaryFolder(context), 'db');
  const opened = await openThreads(folder, { checked: true });
  const { store, table } = opened;
  await store.put(table, { id: 1, text: 'there' });
  const waiting: Promise<unknown>[] = [];
  const written = new Set<number>();
  const calls = [
    (): unknown => store.getSync(table, { id: 1 }),
    (n: number): unknown =>
      waiting.push(store.put(table, { id: 1_000 + n }).then(() => written.add(1_000 + n))),
    (n: number): unknown => waiting.push(store.delete(table, { id: 5_000 + n })),
  ];
  let overflows = 0;
  /** Calls at every depth on the way back from an overflow: each a little nearer to the end of the stack than the next. */
  const deep = (n: number, call: (n: number) => unknown): number => {
    let above = 0;
    try {
      above = deep(n + 1, call) + 1;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    if (above > 600) return above;
    try {
      call(n);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
      overflows++;
    }
    return above;
  };
  for (const call of calls) deep(0, call);
  const outcomes = await within(SOON_MS, 'writes', Promise.allSettled(waiting));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      assert.ok(outcome.reason instanceof RangeError, String(outcome.reason));
  }
  assert.deepEqual(store.getSync(table, { id: 1 }), { id: 1, text: 'there' });
  await store.put(table, { id: 2, text: 'after' });
  await within(SOON_MS, 'flush', store.flush());
  await within(SOON_MS, 'close', store.close());
  await expectAll(folder, [1, 2, ...written]);
  context.diagnostic(
    `${overflows} overflows thrown, ${outcomes.length} writes called, ${written.size} acknowledged`,
  );
  assert.ok(overflows > 0);
});
