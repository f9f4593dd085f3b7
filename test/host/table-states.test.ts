// The states that tables and indexes pass through: as fast as the work is done, or for as long as
// `tableDelayMs` shows them. Times are those of a manual clock.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock } from '../../host/clock.js';
import { Database, open } from '../../host/index.js';
import { systemRandom } from '../../host/random.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';
import { MemoryStore } from '../model/memory-store.js';

const IN_USE = 'Attempt to change a resource which is still in use: ';
const DELAY_MS = 10_000;
const TABLE = {
  TableName: 'Slow',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
};
const UNITS = { ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } };
const INDEX = {
  TableName: 'Slow',
  AttributeDefinitions: [{ AttributeName: 'g', AttributeType: 'S' as const }],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: 'one',
        KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' as const }],
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      },
    },
  ],
};
const REMOVAL = {
  TableName: 'Slow',
  GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'one' } }],
};

interface Slow {
  readonly db: Database;
  readonly clock: ManualClock;
}

/** A database whose table `Slow` is ACTIVE. */
async function slow(more: object = { BillingMode: 'PAY_PER_REQUEST' }): Promise<Slow> {
  const clock = new ManualClock(1_700_000_000_000);
  const store = new MemoryStore(clock);
  const db = new Database(store, { clock, random: systemRandom, tableDelayMs: DELAY_MS });
  await db.createTable({ ...TABLE, ...more });
  clock.advance(DELAY_MS);
  return { db, clock };
}

const described = async (db: Database) => (await db.describeTable({ TableName: 'Slow' })).Table;

/** What is shown of the index, once that is so. */
async function until(db: Database, shown: string): Promise<void> {
  for (;;) {
    const { TableStatus, GlobalSecondaryIndexes: [index] = [] } = await described(db);
    const seen = `${TableStatus} ${index?.IndexStatus} ${index?.Backfilling}`;
    if (seen === shown) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const inUse = (text: string) => ({ name: 'ResourceInUseException', message: `${IN_USE}${text}` });

describe('with tableDelayMs', () => {
  it('a table is CREATING, then ACTIVE, then DELETING, and items are served while it is ACTIVE', async () => {
    const clock = new ManualClock(1_700_000_000_000);
    const store = new MemoryStore(clock);
    const db = new Database(store, { clock, random: systemRandom, tableDelayMs: 20 });
    const created = await db.createTable({ ...TABLE, BillingMode: 'PAY_PER_REQUEST' });
    assert.equal(created.TableDescription.TableStatus, 'CREATING');
    assert.equal((await described(db)).TableStatus, 'CREATING');
    const put = () => db.put({ TableName: 'Slow', Item: { pk: 'p' } });
    await assert.rejects(put, { name: 'ResourceNotFoundException' });
    const again = () => db.createTable({ ...TABLE, BillingMode: 'PAY_PER_REQUEST' });
    await assert.rejects(again, inUse('Table is being created: Slow'));
    await assert.rejects(
      db.deleteTable({ TableName: 'Slow' }),
      inUse('Table is being created: Slow'),
    );
    await assert.rejects(
      db.updateTable({ TableName: 'Slow', DeletionProtectionEnabled: true }),
      inUse('Table needs to be in ACTIVE status to modify deletion protection setting.'),
    );
    await assert.rejects(db.describeTimeToLive({ TableName: 'Slow' }), {
      message:
        'Cannot describe time to live while table is in CREATING state: Current table state is CREATING',
    });
    const ttl = { Enabled: true, AttributeName: 'x' };
    await assert.rejects(
      db.updateTimeToLive({ TableName: 'Slow', TimeToLiveSpecification: ttl }),
      inUse('Table Slow is being created'),
    );
    clock.advance(20);
    await put();
    await db.deleteTable({ TableName: 'Slow' });
    assert.equal((await described(db)).TableStatus, 'DELETING');
    assert.deepEqual((await db.listTables()).TableNames, ['Slow']);
    await assert.rejects(
      db.deleteTable({ TableName: 'Slow' }),
      inUse('Table is being deleted: Slow'),
    );
    while ((await db.listTables()).TableNames.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await db.close();
  });

  it('a new index is allocated, then filled while the table is ACTIVE, then ACTIVE; it may be deleted from the second on', async () => {
    const { db, clock } = await slow();
    await db.updateTable(INDEX);
    await until(db, 'UPDATING CREATING false');
    await assert.rejects(
      db.updateTable(REMOVAL),
      inUse(
        'Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is active. Table: Slow Index: one',
      ),
    );
    clock.advance(DELAY_MS);
    await until(db, 'ACTIVE CREATING true');
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.advance(DELAY_MS);
    await until(db, 'ACTIVE ACTIVE undefined');
    await db.updateTable(REMOVAL);
    await until(db, 'UPDATING DELETING undefined');
    await assert.rejects(
      db.updateTable(REMOVAL),
      inUse('Index is being deleted. Table: Slow Index: one'),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.advance(DELAY_MS);
    await until(db, 'ACTIVE undefined undefined');
    await db.close();
  });

  it('an index may be deleted while it is filled', async () => {
    const { db, clock } = await slow();
    await db.updateTable(INDEX);
    clock.advance(DELAY_MS);
    await until(db, 'ACTIVE CREATING true');
    await db.updateTable(REMOVAL);
    await until(db, 'UPDATING DELETING undefined');
    for (let step = 0; step < 3; step++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      clock.advance(DELAY_MS);
    }
    await until(db, 'ACTIVE undefined undefined');
    await db.close();
  });

  it('changes of units, stream, class and encryption exclude others until they are over', async () => {
    const { db, clock } = await slow(UNITS);
    const units = (read: number) => ({
      TableName: 'Slow',
      ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: 5 },
    });
    await db.updateTable(units(6));
    const during = await described(db);
    assert.equal(during.TableStatus, 'UPDATING');
    assert.equal(during.ProvisionedThroughput.ReadCapacityUnits, 5);
    await assert.rejects(
      db.updateTable(units(7)),
      inUse('Table IOPS are currently being updated. Table: Slow'),
    );
    await assert.rejects(
      db.deleteTable({ TableName: 'Slow' }),
      inUse('Table: Slow is in the process of being updated.'),
    );
    clock.advance(DELAY_MS);
    assert.equal((await described(db)).ProvisionedThroughput.ReadCapacityUnits, 6);
    const stream = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' as const };
    await db.updateTable({ TableName: 'Slow', StreamSpecification: stream });
    const { LatestStreamLabel } = await described(db);
    await assert.rejects(
      db.updateTable(units(7)),
      inUse(
        `A stream status change is currently in progress. Table: Slow Stream: ${LatestStreamLabel} Operation: ENABLE`,
      ),
    );
    await assert.rejects(
      db.deleteTable({ TableName: 'Slow' }),
      inUse('Cannot delete table while stream is being enabled/disabled.'),
    );
    clock.advance(DELAY_MS);
    await db.updateTable({ TableName: 'Slow', SSESpecification: { Enabled: true } });
    assert.equal((await described(db)).TableStatus, 'ACTIVE');
    assert.equal((await described(db)).SSEDescription?.Status, 'UPDATING');
    await assert.rejects(
      db.updateTable(units(7)),
      inUse('Server-Side Encryption is still being updated'),
    );
    clock.advance(DELAY_MS);
    await db.updateTable(units(7));
    await db.close();
  });

  it('a write of tags must wait for the last one, and so must the end of the table', async () => {
    const { db, clock } = await slow();
    const ResourceArn = (await described(db)).TableArn;
    const tag = (...names: string[]) =>
      db.tagResource({ ResourceArn, Tags: names.map((Key) => ({ Key, Value: 'v' })) });
    const busy = {
      name: 'LimitExceededException',
      message: 'Subscriber limit exceeded: Table tags are being updated: Slow',
    };
    await tag('one');
    await tag('one', 'two');
    await assert.rejects(tag('two'), busy);
    await assert.rejects(db.untagResource({ ResourceArn, TagKeys: ['one'] }), busy);
    clock.advance(1_500);
    await tag('three');
    clock.advance(1_999);
    const drop = () => db.deleteTable({ TableName: 'Slow' });
    await assert.rejects(drop(), inUse('Table tags are being updated: Slow'));
    clock.advance(1);
    await drop();
    await db.close();
  });
});

describe('the intervals between changes', () => {
  it('pass: protection after 15 s, TimeToLive after 31 min, a class after 30 days, units the next day', async () => {
    const { db, clock } = await slow(UNITS);
    const TableName = 'Slow';
    await db.updateTable({ TableName, DeletionProtectionEnabled: true });
    clock.advance(15_000);
    await db.updateTable({ TableName, DeletionProtectionEnabled: false });
    const ttl = (Enabled: boolean) => ({
      TableName,
      TimeToLiveSpecification: { Enabled, AttributeName: 'x' },
    });
    await db.updateTimeToLive(ttl(true));
    clock.advance(31 * 60_000);
    await db.updateTimeToLive(ttl(false));
    for (const TableClass of ['STANDARD_INFREQUENT_ACCESS', 'STANDARD'] as const) {
      await db.updateTable({ TableName, TableClass });
      clock.advance(DELAY_MS);
    }
    const third = () => db.updateTable({ TableName, TableClass: 'STANDARD_INFREQUENT_ACCESS' });
    await assert.rejects(third, { name: 'LimitExceededException' });
    clock.advance(30 * 86_400_000);
    await third();
    clock.advance(86_400_000);
    for (const ReadCapacityUnits of [4, 3, 2, 1]) {
      const ProvisionedThroughput = { ReadCapacityUnits, WriteCapacityUnits: 5 };
      await db.updateTable({ TableName, ProvisionedThroughput });
      clock.advance(DELAY_MS);
    }
    clock.advance(86_400_000);
    assert.equal((await described(db)).ProvisionedThroughput.NumberOfDecreasesToday, 0);
    await db.close();
  });
});

describe('a database that is closed while an index is filled', () => {
  it('goes on with it when it is opened again', async (context) => {
    const folder = join(temporaryFolder(context), 'db');
    let db = await open(folder, { shards: 2, memoryMb: 64 });
    await db.createTable({ ...TABLE, BillingMode: 'PAY_PER_REQUEST' });
    const table = db.table('Slow');
    const puts = Array.from({ length: 3_000 }, (_, n) =>
      table.put({ pk: `p${n}`, g: n % 3 === 0 ? n : `g${n % 7}` }),
    );
    await Promise.all(puts);
    await db.updateTable(INDEX);
    await db.close();
    db = await open(folder, { memoryMb: 64 });
    const index = async () => (await described(db)).GlobalSecondaryIndexes?.[0];
    assert.equal((await index())?.IndexStatus, 'CREATING');
    while ((await index())?.IndexStatus !== 'ACTIVE') await new Promise(setImmediate);
    assert.equal(
      (await index())?.ItemCount,
      2_000,
      'those with a group of the wrong type are not in it',
    );
    assert.equal((await described(db)).TableId.length, 36);
    await db.close();
  });
});
