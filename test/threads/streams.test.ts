// Streams and triggers of a database that several threads have open.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Database } from '../../host/index.js';
import { makeStreamed, openSmall } from '../host/upkeep/opening.js';
import { within } from './start.js';
import type { StreamTask } from './streams.worker.js';

const SOON_MS = 20_000;

function startThread(db: Database, task: StreamTask['task'], count = 0) {
  const workerData: StreamTask = { token: db.share(), task, count };
  const file = new URL('./streams.worker.ts', import.meta.url).href;
  // The loader of TypeScript is not inherited by threads of Node 20: the thread registers it itself.
  const boot = `import('tsx/esm/api').then((tsx) => { tsx.register(); return import(${JSON.stringify(file)}); });`;
  const worker = new Worker(boot, { eval: true, workerData });
  const handled: string[] = [];
  const said = (word: string): Promise<void> =>
    new Promise((resolve, reject) => {
      worker.on('message', (message: unknown) => {
        if (message === word) resolve();
      });
      worker.on('error', reject);
    });
  worker.on('message', (message: unknown) => {
    if (Array.isArray(message)) handled.push(...(message as string[]));
  });
  return { worker, handled, ready: said('ready'), closed: said('closed') };
}

test('what one thread writes another reads from the stream while it waits, in the order of each item', async () => {
  await using db = await openSmall('manual');
  await makeStreamed(db);
  const stream = db.table<{ pk: string; sk: string; n: number }>('Things').stream();
  const { closed } = startThread(db, 'write', 500);
  const last = new Map<string, number>();
  let count = 0;
  for await (const { dynamodb } of stream) {
    const { pk, n } = dynamodb.NewImage!;
    assert.equal(n, last.has(pk) ? last.get(pk)! + 10 : n % 10);
    last.set(pk, n);
    if (++count === 500) break;
  }
  await within(SOON_MS, 'the writer', closed);
});

test('a trigger of one name runs on one thread, and on another when that one lets go', async () => {
  await using db = await openSmall('manual');
  await makeStreamed(db);
  const there = startThread(db, 'trigger');
  await within(SOON_MS, 'the trigger of the thread', there.ready);
  const here: string[] = [];
  const own = db.table('Things').on({ name: 't', batchSize: 5 }, (records) => {
    here.push(...records.map(({ eventID }) => eventID));
  });
  await own.ready;
  const put = (n: number) => db.put({ TableName: 'Things', Item: { pk: `p${n % 7}`, sk: 's', n } });
  for (let n = 0; n < 40; n++) await put(n);
  for (let wait = 0; wait < 1_000 && there.handled.length < 40; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(there.handled.length, 40);
  assert.deepEqual(here, []);
  there.worker.postMessage('close');
  await within(SOON_MS, 'the thread', there.closed);
  for (let n = 40; n < 60; n++) await put(n);
  for (let wait = 0; wait < 1_000 && here.length < 20; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(new Set([...there.handled, ...here]).size, 60);
  assert.equal(here.length, 20, 'nothing is handled twice');
});

test('expiry goes on when the thread that looked after it ends', async () => {
  await using db = await openSmall('manual');
  await makeStreamed(db);
  const { closed } = startThread(db, 'write', 10);
  await within(SOON_MS, 'the writer', closed);
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'n' };
  await db.updateTimeToLive({ TableName: 'Things', TimeToLiveSpecification });
  const n = Math.floor(db.clock.nowMs() / 1000) + 5;
  await db.put({ TableName: 'Things', Item: { pk: 'late', sk: 's', n } });
  await db.clock.advance('10 s');
  const { Items } = await db.scan({ TableName: 'Things' });
  assert.equal(
    Items?.some(({ pk }) => pk === 'late'),
    false,
  );
});
