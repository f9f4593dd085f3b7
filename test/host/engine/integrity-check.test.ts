// `check()`: finds nothing wrong in a sound database with indexes, streams and tables of every level, also beside writers;
// and finds each kind of damage that is planted.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readFileSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { open, type Database } from '../../../host/index.js';
import { temporaryFolder } from '../../io/support/temporary-folder.js';

const ITEMS = 600;

async function filled(context: TestContext): Promise<{ db: Database; folder: string }> {
  const folder = join(temporaryFolder(context), 'db');
  const db = await open(folder, { durability: 'relaxed', memoryMb: 32, shards: 2 });
  await db.createTable({
    TableName: 'Things',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'N' },
      { AttributeName: 'g', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byG',
        KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    BillingMode: 'PAY_PER_REQUEST',
  });
  const table = db.table('Things');
  const put = (id: number): Promise<void> =>
    table.put({ id, ...(id % 3 === 0 ? {} : { g: `g${id % 7}` }), text: 'x'.repeat(id % 400) });
  await Promise.all(Array.from({ length: ITEMS }, (_, id) => put(id)));
  await db.flush();
  await Promise.all(Array.from({ length: ITEMS / 2 }, (_, id) => put(id + ITEMS / 4)));
  return { db, folder };
}

test('a sound database: everything is counted and nothing found, in memory and in files', async (context) => {
  const { db } = await filled(context);
  for (const prepare of [async () => undefined, () => db.flush(), () => db.compact()]) {
    await prepare();
    const { ok, faults, tables, items, indexEntries, streamRecords } = await db.check();
    assert.deepEqual(faults, []);
    assert.ok(ok);
    assert.deepEqual([tables, items, indexEntries], [1, ITEMS, (ITEMS * 2) / 3]);
    assert.equal(streamRecords, ITEMS, 'the same item again writes no record');
  }
  assert.ok((await db.check()).fileBytes > 0);
  await db.close();
});

test('writers beside it are no fault', async (context) => {
  const { db } = await filled(context);
  const table = db.table('Things');
  let on = true;
  const writing = (async () => {
    for (let n = 0; on; n++) {
      await table.put({ id: n % ITEMS, g: `h${n % 5}` });
      if (n % 50 === 0) await table.delete({ id: (n * 7) % ITEMS });
      if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let round = 0; round < 3; round++) assert.deepEqual((await db.check()).faults, []);
  on = false;
  await writing;
  await db.close();
});

test('a flipped bit in a table file is found, with its file and about its place', async (context) => {
  const { db, folder } = await filled(context);
  await db.compact();
  const directory = join(folder, 'tables');
  const path = join(directory, readdirSync(directory).sort()[0]);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] ^= 4;
  writeFileSync(path, bytes);
  const { ok, faults } = await db.check();
  assert.equal(ok, false, JSON.stringify(faults));
  const found = faults.find((fault) => fault.path === path);
  assert.ok(typeof found?.offset === 'number', JSON.stringify(faults));
  assert.ok(found.offset <= bytes.length >> 1, JSON.stringify([faults, bytes.length]));
  await db.close();
});

test('a table file that is gone is found', async (context) => {
  const { db, folder } = await filled(context);
  await db.compact();
  const directory = join(folder, 'tables');
  const path = join(directory, readdirSync(directory).sort()[0]);
  unlinkSync(path);
  const { faults } = await db.check();
  assert.match(faults[0]?.what ?? '', /is not there/);
  await db.close();
});

test('a signal ends it', async (context) => {
  const { db } = await filled(context);
  await assert.rejects(db.check({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  await db.close();
  await assert.rejects(db.check(), { code: 'DatabaseClosed' });
});
