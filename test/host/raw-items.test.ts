// Items as bytes: what a JSON door gets under RAW_ITEMS is, to the byte, what JSON.stringify makes of the same answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, type Database } from '../../host/index.js';
import { RAW_ITEMS, type RawItems } from '../../host/operation/context.js';

const TABLE = {
  TableName: 'Rows',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'sk', AttributeType: 'N' as const },
    { AttributeName: 'g', AttributeType: 'S' as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'ByG',
      KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST' as const,
};

function itemOf(i: number): Record<string, unknown> {
  return {
    pk: `p${i % 3}`,
    sk: i,
    g: `g${i % 2}`,
    text: `line\n"${i}" é`,
    price: i / 4,
    tags: new Set(['b', 'a']),
    bytes: Uint8Array.of(i & 255, 2, 3),
    nested: { list: [null, true, { deep: [] }] },
    // Some are too long for a run, one for the scratch of a thread.
    ...(i % 10 === 0 ? { filler: 'x'.repeat(i === 40 ? 300_000 : 40_000) } : {}),
  };
}

async function fill(db: Database): Promise<void> {
  await db.createTable(TABLE);
  for (let i = 0; i < 60; i++) await db.put({ TableName: 'Rows', Item: itemOf(i) });
}

/** The same call for values and for bytes. */
async function compare(
  db: Database,
  operation: 'GetItem' | 'Query' | 'Scan',
  input: object,
): Promise<number> {
  const plain = await db.execute(operation, input, { binary: 'base64' });
  const raw: object & RawItems = await db.execute(operation, input, {
    binary: 'base64',
    rawItems: true,
  });
  const { Item, Items, ...rest } = plain as { Item?: object; Items?: object[] };
  const expected = Items === undefined ? Item : Items;
  const bytes = raw[RAW_ITEMS];
  if (expected === undefined) {
    assert.equal(bytes, undefined);
  } else {
    assert.ok(bytes !== undefined && bytes.buffer instanceof ArrayBuffer);
    const text = Buffer.from(bytes).toString('utf8');
    assert.equal(Items === undefined ? text : `[${text}]`, JSON.stringify(expected));
  }
  assert.deepEqual({ ...raw, [RAW_ITEMS]: undefined }, { ...rest, [RAW_ITEMS]: undefined });
  return Items?.length ?? 0;
}

test('items come as the bytes of their JSON from memory, from tables and from indexes', async () => {
  await using db = await open();
  await fill(db);
  for (const flushed of [false, true]) {
    if (flushed) await db.flush();
    for (const sk of ['0', '1', '40', '99']) {
      const Key = { pk: { S: `p${Number(sk) % 3}` }, sk: { N: sk } };
      for (const ConsistentRead of [false, true]) {
        await compare(db, 'GetItem', {
          TableName: 'Rows',
          Key,
          ConsistentRead,
          ReturnConsumedCapacity: 'TOTAL',
        });
      }
    }
    const partition = {
      TableName: 'Rows',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'p1' } },
      ReturnConsumedCapacity: 'TOTAL',
    };
    assert.equal(await compare(db, 'Query', partition), 20);
    assert.equal(
      await compare(db, 'Query', { ...partition, Limit: 7, ScanIndexForward: false }),
      7,
    );
    const filtered = {
      ...partition,
      FilterExpression: 'price > :f',
      ExpressionAttributeValues: { ':p': { S: 'p1' }, ':f': { N: '10' } },
    };
    assert.equal(await compare(db, 'Query', filtered), 6);
    assert.equal(await compare(db, 'Scan', { TableName: 'Rows' }), 60);
    for (const Segment of [0, 1, 2]) {
      await compare(db, 'Scan', { TableName: 'Rows', Segment, TotalSegments: 3 });
    }
    const index = {
      TableName: 'Rows',
      IndexName: 'ByG',
      KeyConditionExpression: 'g = :g',
      ExpressionAttributeValues: { ':g': { S: 'g1' } },
    };
    assert.equal(await compare(db, 'Query', index), 30);
    assert.equal(await compare(db, 'Query', { ...partition, Select: 'COUNT' }), 0);
  }
});

test('a projection gives values, as ever', async () => {
  await using db = await open();
  await fill(db);
  const input = { TableName: 'Rows', ProjectionExpression: 'price', Limit: 5 };
  const raw = await db.execute('Scan', input, { binary: 'base64', rawItems: true });
  assert.deepEqual(raw, await db.execute('Scan', input, { binary: 'base64' }));
});
