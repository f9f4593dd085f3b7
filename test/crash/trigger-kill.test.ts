// Row 8 of the matrix for triggers: processes killed between a handler and its checkpoint.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { open } from '../../host/open.js';
import { makeStreamed } from '../host/upkeep/opening.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';
import { KILL_FOLDER_OPTIONS, type TriggerOrder } from './support/trigger-order.js';

const CHILD = fileURLToPath(new URL('support/trigger-child.ts', import.meta.url));
const RECORDS = 60;
const BATCH = 7;

function killed(order: TriggerOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`the child ended with ${code ?? signal}: ${said}`));
    });
  });
}

test('a trigger that dies between handler and checkpoint handles that batch again, and no other', async (context) => {
  const folder = join(temporaryFolder(context), 'db');
  {
    await using db = await open(folder, KILL_FOLDER_OPTIONS);
    await makeStreamed(db);
    await makeStreamed(db, 'Done');
    for (let n = 0; n < RECORDS; n++) {
      await db.put({ TableName: 'Things', Item: { pk: `p${n % 5}`, sk: 's', n } });
    }
  }
  for (const run of [1, 2]) await killed({ folder, run, batchSize: BATCH, batches: run * 2 });
  await using db = await open(folder, KILL_FOLDER_OPTIONS);
  const handled: { pk: string; n: number }[] = [];
  const last = db.table('Things').on({ name: 't', batchSize: BATCH }, (records) => {
    for (const { dynamodb } of records)
      handled.push(dynamodb.NewImage as { pk: string; n: number });
  });
  for (let wait = 0; wait < 500 && handled.length < RECORDS - 4 * BATCH; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await last.close();
  const done = await db.table<{ pk: string; n: number }>('Done').scan().toArray();
  const of = (run: number): number[] => done.filter(({ pk }) => pk === `${run}`).map(({ n }) => n);
  assert.equal(of(1).length, 2 * BATCH);
  assert.equal(of(2).length, 4 * BATCH);
  // Of the first process one batch was kept, of the second three more.
  assert.equal(handled.length, RECORDS - 4 * BATCH);
  const twice = of(1).filter((n) => of(2).includes(n));
  assert.equal(twice.length, BATCH, 'the batch it died in');
  const again = of(2).filter((n) => handled.some((item) => item.n === n));
  assert.equal(again.length, BATCH);
  const all = new Set([...of(1), ...of(2), ...handled.map(({ n }) => n)]);
  assert.equal(all.size, RECORDS, 'every record was handled');
  for (const pk of ['p0', 'p1', 'p2', 'p3', 'p4']) {
    const own = handled.filter((item) => item.pk === pk).map(({ n }) => n);
    assert.deepEqual(
      own,
      own.toSorted((a, b) => a - b),
    );
  }
});
