// `gsiDelayMs`: global indexes show the table as it was a while ago, whatever is asked of them.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ManualClock } from '../../host/clock.js';
import { Database, type CreateTableInput, open } from '../../host/index.js';
import type { Store } from '../../host/engine/store.js';
import { systemRandom } from '../../host/random.js';
import { below, seededRandom, seedOf } from '../io/support/random.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';
import { MemoryStore } from '../model/memory-store.js';

const DELAY_MS = 1000;
const TABLE: CreateTableInput = {
  TableName: 'Things',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'N' },
    { AttributeName: 'group', AttributeType: 'S' },
    { AttributeName: 'rank', AttributeType: 'N' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byGroup',
      KeySchema: [
        { AttributeName: 'group', KeyType: 'HASH' },
        { AttributeName: 'rank', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

interface Thing {
  id: number;
  group: string;
  rank: number;
  note: string;
}

function openModel(clock: ManualClock, store: Store = new MemoryStore()): Database {
  return new Database(store, { clock, random: systemRandom, gsiDelayMs: DELAY_MS });
}

async function group(db: Database, name: string): Promise<Thing[]> {
  const { Items = [] } = await db.query({
    TableName: 'Things',
    IndexName: 'byGroup',
    KeyConditionExpression: '#g = :g',
    ExpressionAttributeNames: { '#g': 'group' },
    ExpressionAttributeValues: { ':g': name },
  });
  return Items as Thing[];
}

test('a global index shows a put, a change and a delete once the delay is over, the table at once', async () => {
  const clock = new ManualClock(1_700_000_000_000);
  const db = openModel(clock);
  await db.createTable(TABLE);
  const things = db.table<Thing, 'id'>('Things');
  const first = { id: 1, group: 'a', rank: 1, note: 'first' };
  await things.put(first);
  assert.deepEqual(await things.get({ id: 1 }), first);
  assert.deepEqual(await group(db, 'a'), []);
  clock.advance(DELAY_MS - 1);
  assert.deepEqual(await group(db, 'a'), []);
  clock.advance(1);
  assert.deepEqual(await group(db, 'a'), [first]);

  await db.update({
    TableName: 'Things',
    Key: { id: 1 },
    UpdateExpression: 'SET #g = :b, note = :n',
    ExpressionAttributeNames: { '#g': 'group' },
    ExpressionAttributeValues: { ':b': 'b', ':n': 'second' },
  });
  assert.deepEqual(await group(db, 'a'), [first], 'the old view, with the old attributes');
  assert.deepEqual(await group(db, 'b'), []);
  assert.equal(await things.count({ group: 'a' }, { index: 'byGroup' }), 1);
  clock.advance(DELAY_MS);
  assert.deepEqual(await group(db, 'a'), []);
  assert.equal((await group(db, 'b'))[0].note, 'second');

  await things.delete({ id: 1 });
  assert.equal(await things.get({ id: 1 }), undefined);
  assert.equal((await group(db, 'b')).length, 1);
  clock.advance(DELAY_MS);
  assert.deepEqual(await group(db, 'b'), []);
  assert.equal(await things.count({ group: 'b' }, { index: 'byGroup' }), 0);
  await db.close();
});

test('a write that fails, or changes nothing, leaves the index as it was', async () => {
  const clock = new ManualClock(1);
  const db = openModel(clock);
  await db.createTable(TABLE);
  const thing = { id: 1, group: 'a', rank: 1, note: 'x' };
  await db.table('Things').put(thing);
  clock.advance(DELAY_MS);
  await assert.rejects(
    db.put({
      TableName: 'Things',
      Item: { ...thing, group: 'b' },
      ConditionExpression: 'attribute_not_exists(id)',
    }),
    { name: 'ConditionalCheckFailedException' },
  );
  assert.deepEqual(await group(db, 'a'), [thing]);
  clock.advance(DELAY_MS);
  assert.deepEqual(await group(db, 'a'), [thing]);
  await assert.rejects(db.table('Things').put({ id: 'no number' }), {
    message: /Type mismatch for key/,
  });
  await db.close();
});

test('what was not to be seen yet is there after reopening', async (context) => {
  const folder = temporaryFolder(context);
  const thing = { id: 1, group: 'a', rank: 1, note: 'x' };
  const before = await open(folder, { clock: 'manual', gsiDelayMs: DELAY_MS, shards: 2 });
  await before.createTable(TABLE);
  await before.table('Things').put(thing);
  assert.deepEqual(await group(before, 'a'), []);
  await before.close();
  const after = await open(folder, { clock: 'manual', gsiDelayMs: DELAY_MS });
  assert.deepEqual(await group(after, 'a'), [thing]);
  await after.close();
  await assert.rejects(open(folder, { gsiDelayMs: -1 }), { name: 'InvalidOption' });
});

for (const kind of ['the model', 'the engine'] as const) {
  test(`at any moment the index on ${kind} is the table as it was the delay before`, async (context) => {
    const seed = seedOf(context);
    const random = seededRandom(seed);
    const start = 1_000_000;
    const { db, advance } = await openOn(kind, context, start);
    await db.createTable(TABLE);
    const table = db.table<Thing, 'id'>('Things');
    const live = new Map<number, Thing>();
    const history: { atMs: number; things: Thing[] }[] = [{ atMs: 0, things: [] }];
    let nowMs = 0;
    for (let step = 0; step < 250; step++) {
      const id = below(random, 12);
      if (below(random, 4) === 0) {
        await table.delete({ id });
        live.delete(id);
      } else {
        const thing = {
          id,
          group: 'ab'[below(random, 2)],
          rank: below(random, 4),
          note: `n${step}`,
        };
        await table.put(thing);
        live.set(id, thing);
      }
      history.push({ atMs: nowMs, things: [...live.values()] });
      const ms = below(random, 400);
      advance(ms);
      nowMs += ms;
      if (step % 3 !== 0) continue;
      const then = history.findLast(({ atMs }) => atMs <= nowMs - DELAY_MS)?.things ?? [];
      const name = 'ab'[below(random, 2)];
      const expected = then.filter((thing) => thing.group === name).sort(byRankAndId);
      const reverse = below(random, 2) === 1;
      if (reverse) expected.reverse();
      const found = await paged(db, name, 1 + below(random, 4), reverse);
      assert.deepEqual(found, expected, `seed ${seed}, step ${step}`);
      const scanned = await scan(db, 1 + below(random, 3));
      assert.deepEqual(scanned.sort(byId), [...then].sort(byId), `seed ${seed}, step ${step}`);
    }
    await db.close();
  });
}

async function openOn(kind: string, context: TestContext, start: number) {
  const clock = new ManualClock(start);
  const advance = (ms: number): void => clock.advance(ms);
  if (kind === 'the model') {
    return { db: openModel(clock), advance };
  }
  const folder = temporaryFolder(context);
  const db = await open(folder, {
    clock,
    gsiDelayMs: DELAY_MS,
    shards: 4,
    durability: 'relaxed',
  });
  return { db, advance };
}

/** All pages of a query whose filter keeps everything. */
async function paged(db: Database, name: string, Limit: number, reverse: boolean) {
  const items: Thing[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await db.query({
      TableName: 'Things',
      IndexName: 'byGroup',
      KeyConditionExpression: '#g = :g AND #r >= :zero',
      FilterExpression: 'begins_with(note, :n)',
      ExpressionAttributeNames: { '#g': 'group', '#r': 'rank' },
      ExpressionAttributeValues: { ':g': name, ':zero': 0, ':n': 'n' },
      ScanIndexForward: !reverse,
      Limit,
      ExclusiveStartKey,
    });
    items.push(...(page.Items as Thing[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

async function scan(db: Database, TotalSegments: number): Promise<Thing[]> {
  const items: Thing[] = [];
  for (let Segment = 0; Segment < TotalSegments; Segment++) {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await db.scan({
        TableName: 'Things',
        IndexName: 'byGroup',
        Segment,
        TotalSegments,
        Limit: 5,
        ExclusiveStartKey,
      });
      items.push(...(page.Items as Thing[]));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }
  return items;
}

function byRankAndId(a: Thing, b: Thing): number {
  return a.rank - b.rank || a.id - b.id;
}

function byId(a: Thing, b: Thing): number {
  return a.id - b.id;
}
