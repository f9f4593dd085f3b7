// Capacity units and item collections, to the half unit: operations.md 8.

import assert from 'node:assert/strict';
import { behaviours, type Behaviour, type Door, type DoorFactory } from '../door.js';
import { fill, INDEXED } from '../fixtures.js';

const TableName = 'Indexed';
const Key = { pk: 'p', sk: 's' };
const INDEXES = { ReturnConsumedCapacity: 'INDEXES' };

interface Consumed {
  readonly CapacityUnits: number;
  readonly Table?: { CapacityUnits: number };
  readonly LocalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
  readonly GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
}

/** Total, table, and each index that is named, as numbers. */
function told(consumed: unknown): object {
  const { CapacityUnits, Table, LocalSecondaryIndexes, GlobalSecondaryIndexes } =
    consumed as Consumed;
  const parts = { ...LocalSecondaryIndexes, ...GlobalSecondaryIndexes };
  return {
    total: CapacityUnits,
    table: Table?.CapacityUnits,
    ...Object.fromEntries(
      Object.entries(parts).map(([name, { CapacityUnits: units }]) => [name, units]),
    ),
  };
}

const put = async (door: Door, more: object) =>
  told((await door.put({ TableName, Item: { ...Key, ...more }, ...INDEXES })).ConsumedCapacity);
const update = async (door: Door, UpdateExpression: string, values?: object) =>
  told(
    (
      await door.update({
        TableName,
        Key,
        UpdateExpression,
        ExpressionAttributeValues: values,
        ...INDEXES,
      })
    ).ConsumedCapacity,
  );
const remove = async (door: Door) =>
  told((await door.delete({ TableName, Key, ...INDEXES })).ConsumedCapacity);

const kb = (count: number) => 'x'.repeat(count * 1024);

const WRITES: readonly Behaviour[] = [
  [
    'a put outside of every index costs the table alone',
    async (door) => {
      assert.deepEqual(await put(door, { a: 1 }), { total: 1, table: 1 });
    },
  ],
  [
    'a put into indexes costs a unit for each entry',
    async (door) => {
      const all = await put(door, { l: 'l', g: 'g', h: 1 });
      assert.deepEqual(all, {
        total: 6,
        table: 1,
        byLocal: 1,
        byLocalKeys: 1,
        byGroup: 1,
        byNumber: 1,
        byPart: 1,
      });
    },
  ],
  [
    'an entry costs by what it projects, the table by the whole item',
    async (door) => {
      const all = await put(door, { l: 'l', g: 'g', h: 1, a: kb(1), b: kb(2) });
      assert.deepEqual(all, {
        total: 4 + 4 + 1 + 4 + 1 + 2,
        table: 4,
        byLocal: 4,
        byLocalKeys: 1,
        byGroup: 4,
        byNumber: 1,
        byPart: 2,
      });
    },
  ],
  [
    'the same item again costs the table alone',
    async (door) => {
      await put(door, { l: 'l', g: 'g', h: 1 });
      assert.deepEqual(await put(door, { l: 'l', g: 'g', h: 1 }), { total: 1, table: 1 });
    },
  ],
  [
    'an attribute that changes costs the indexes that project it',
    async (door) => {
      await put(door, { g: 'g', h: 1, a: 1, b: 1 });
      assert.deepEqual(await update(door, 'SET a = :a', { ':a': 2 }), {
        total: 3,
        table: 1,
        byGroup: 1,
        byPart: 1,
      });
      assert.deepEqual(await update(door, 'SET b = :b', { ':b': 2 }), {
        total: 2,
        table: 1,
        byGroup: 1,
      });
    },
  ],
  [
    'an attribute set to what it was costs the table alone',
    async (door) => {
      await put(door, { g: 'g', a: 1 });
      assert.deepEqual(await update(door, 'SET a = :a, g = :g', { ':a': 1, ':g': 'g' }), {
        total: 1,
        table: 1,
      });
    },
  ],
  [
    'a key of an index that changes costs a delete and an insert',
    async (door) => {
      await put(door, { g: 'g', h: 1 });
      assert.deepEqual(await update(door, 'SET g = :g', { ':g': 'other' }), {
        total: 7,
        table: 1,
        byGroup: 2,
        byNumber: 2,
        byPart: 2,
      });
      assert.deepEqual(await update(door, 'SET h = :h', { ':h': 2 }), {
        total: 1 + 1 + 2 + 2,
        table: 1,
        byGroup: 1,
        byNumber: 2,
        byPart: 2,
      });
    },
  ],
  [
    'an item that leaves an index costs a delete, one that enters it an insert',
    async (door) => {
      await put(door, { g: 'g', h: 1 });
      assert.deepEqual(await update(door, 'REMOVE h'), {
        total: 4,
        table: 1,
        byGroup: 1,
        byNumber: 1,
        byPart: 1,
      });
      assert.deepEqual(await update(door, 'SET h = :h', { ':h': 3 }), {
        total: 4,
        table: 1,
        byGroup: 1,
        byNumber: 1,
        byPart: 1,
      });
    },
  ],
  [
    'a delete costs every entry there was, by its size',
    async (door) => {
      await put(door, { l: 'l', g: 'g', a: kb(1), b: kb(1) });
      assert.deepEqual(await remove(door), {
        total: 3 + 3 + 1 + 3,
        table: 3,
        byLocal: 3,
        byLocalKeys: 1,
        byGroup: 3,
      });
      assert.deepEqual(await remove(door), { total: 1, table: 1 });
    },
  ],
  [
    'an update costs the larger of the two images',
    async (door) => {
      await put(door, { a: kb(3) });
      assert.deepEqual(await update(door, 'REMOVE a'), { total: 4, table: 4 });
      assert.deepEqual(await update(door, 'SET a = :a', { ':a': kb(2) }), { total: 3, table: 3 });
      assert.deepEqual(await update(door, 'SET b = :b', { ':b': 1 }), { total: 3, table: 3 });
    },
  ],
  [
    'TOTAL tells the sum of table and indexes, and nothing of them',
    async (door) => {
      const Item = { ...Key, l: 'l', g: 'g' };
      const answer = await door.put({ TableName, Item, ReturnConsumedCapacity: 'TOTAL' });
      assert.deepEqual(answer.ConsumedCapacity, { TableName, CapacityUnits: 4 });
    },
  ],
  [
    'NONE, as none at all, tells nothing',
    async (door) => {
      for (const ReturnConsumedCapacity of ['NONE', undefined]) {
        const answer = await door.put({ TableName, Item: Key, ReturnConsumedCapacity });
        assert.equal('ConsumedCapacity' in answer, false);
      }
    },
  ],
  [
    'an update that does nothing still costs a unit',
    async (door) => {
      assert.deepEqual(await update(door, 'REMOVE a'), { total: 1, table: 1 });
      await put(door, { a: kb(2) });
      assert.deepEqual(await update(door, 'REMOVE b'), { total: 3, table: 3 });
    },
  ],
  [
    'a batch adds up its writes for each table, with their index entries',
    async (door) => {
      const { ConsumedCapacity } = await door.batchWrite({
        RequestItems: {
          Indexed: [
            { PutRequest: { Item: { pk: 'p', sk: '1', g: 'g', a: kb(1) } } },
            { PutRequest: { Item: { pk: 'p', sk: '2', l: 'l' } } },
            { DeleteRequest: { Key: { pk: 'p', sk: '3' } } },
          ],
          Single: [{ PutRequest: { Item: { pk: 'p' } } }],
        },
        ...INDEXES,
      });
      const [first, second] = [...(ConsumedCapacity ?? [])].sort((x, y) =>
        x.TableName < y.TableName ? -1 : 1,
      );
      assert.deepEqual(told(first), {
        total: 4 + 2 + 1 + 1,
        table: 4,
        byGroup: 2,
        byLocal: 1,
        byLocalKeys: 1,
      });
      assert.deepEqual(second, {
        TableName: 'Single',
        CapacityUnits: 1,
        Table: { CapacityUnits: 1 },
      });
    },
  ],
];

const query = (IndexName: string | undefined, more: object = {}) => ({
  TableName,
  IndexName,
  KeyConditionExpression:
    IndexName === undefined || IndexName.startsWith('byLocal') ? 'pk = :k' : 'g = :k',
  ExpressionAttributeValues: {
    ':k': IndexName === undefined || IndexName.startsWith('byLocal') ? 'p' : 'g',
  },
  ...INDEXES,
  ...more,
});
const queried = async (door: Door, ...args: Parameters<typeof query>) =>
  told((await door.query(query(...args))).ConsumedCapacity);

/** Three items of a little over 3 KB, 1 KB of it in `a`; 9.x KB together. */
const ITEMS = ['1', '2', '3'].map((sk) => ({
  pk: 'p',
  sk,
  l: `l${sk}`,
  g: 'g',
  h: Number(sk),
  a: kb(1),
  b: kb(2),
}));

const reading = (rule: string, show: (door: Door) => Promise<void>): Behaviour => [
  rule,
  async (door) => {
    await fill(door, TableName, ITEMS);
    await show(door);
  },
];

const READS: readonly Behaviour[] = [
  reading(
    'a query sums what it reads and rounds once, at half price unless consistent',
    async (door) => {
      assert.deepEqual(await queried(door, undefined), { total: 1.5, table: 1.5 });
      assert.deepEqual(await queried(door, undefined, { ConsistentRead: true }), {
        total: 3,
        table: 3,
      });
      assert.deepEqual(await queried(door, undefined, { Limit: 1 }), { total: 0.5, table: 0.5 });
      assert.deepEqual(await queried(door, undefined, { Limit: 2 }), { total: 1, table: 1 });
    },
  ),
  reading('neither projection, filter nor COUNT makes a read cheaper', async (door) => {
    const whole = { total: 1.5, table: 1.5 };
    assert.deepEqual(await queried(door, undefined, { ProjectionExpression: 'sk' }), whole);
    assert.deepEqual(await queried(door, undefined, { Select: 'COUNT' }), whole);
    const filter = { FilterExpression: 'attribute_exists(gone)' };
    assert.deepEqual(await queried(door, undefined, filter), whole);
  }),
  reading('a query of an index costs what the index projects, the table nothing', async (door) => {
    assert.deepEqual(await queried(door, 'byGroup'), { total: 1.5, table: 0, byGroup: 1.5 });
    assert.deepEqual(await queried(door, 'byNumber'), { total: 0.5, table: 0, byNumber: 0.5 });
    assert.deepEqual(await queried(door, 'byPart'), { total: 0.5, table: 0, byPart: 0.5 });
    assert.deepEqual(await queried(door, 'byLocalKeys'), {
      total: 0.5,
      table: 0,
      byLocalKeys: 0.5,
    });
  }),
  reading('what a local index does not project is fetched, and paid for each row', async (door) => {
    const all = { Select: 'ALL_ATTRIBUTES' };
    assert.deepEqual(await queried(door, 'byLocalKeys', all), {
      total: 0.5 + 3 * 0.5,
      table: 1.5,
      byLocalKeys: 0.5,
    });
    assert.deepEqual(await queried(door, 'byLocalKeys', { ...all, ConsistentRead: true }), {
      total: 1 + 3 * 1,
      table: 3,
      byLocalKeys: 1,
    });
    assert.deepEqual(await queried(door, 'byLocalKeys', { ProjectionExpression: 'sk, a' }), {
      total: 2,
      table: 1.5,
      byLocalKeys: 0.5,
    });
    assert.deepEqual(await queried(door, 'byLocalKeys', { ProjectionExpression: 'sk, l' }), {
      total: 0.5,
      table: 0,
      byLocalKeys: 0.5,
    });
  }),
  reading('a scan of an index costs what the index projects', async (door) => {
    const scanned = async (IndexName?: string) =>
      told((await door.scan({ TableName, IndexName, ...INDEXES })).ConsumedCapacity);
    assert.deepEqual(await scanned(), { total: 1.5, table: 1.5 });
    assert.deepEqual(await scanned('byNumber'), { total: 0.5, table: 0, byNumber: 0.5 });
    assert.deepEqual(await scanned('byGroup'), { total: 1.5, table: 0, byGroup: 1.5 });
  }),
  reading('a get rounds its item up to 4 KB', async (door) => {
    const got = async (more: object) =>
      told(
        (await door.get({ TableName, Key: { pk: 'p', sk: '1' }, ...INDEXES, ...more }))
          .ConsumedCapacity,
      );
    assert.deepEqual(await got({}), { total: 0.5, table: 0.5 });
    assert.deepEqual(await got({ ConsistentRead: true }), { total: 1, table: 1 });
    assert.deepEqual(await got({ ProjectionExpression: 'pk' }), { total: 0.5, table: 0.5 });
  }),
  reading('a batch of gets rounds every item on its own', async (door) => {
    const { ConsumedCapacity } = await door.batchGet({
      RequestItems: {
        Indexed: {
          Keys: [...ITEMS, { sk: 'none' }].map(({ sk }) => ({ pk: 'p', sk })),
          ConsistentRead: true,
        },
        Single: { Keys: [{ pk: 'none' }] },
      },
      ReturnConsumedCapacity: 'TOTAL',
    });
    assert.deepEqual(
      [...(ConsumedCapacity ?? [])].sort((x, y) => (x.TableName < y.TableName ? -1 : 1)),
      [
        { TableName: 'Indexed', CapacityUnits: 4 },
        { TableName: 'Single', CapacityUnits: 0.5 },
      ],
    );
  }),
];

const METRICS = { ItemCollectionKey: { pk: 'p' }, SizeEstimateRangeGB: [0, 1] };
const SIZE = { ReturnItemCollectionMetrics: 'SIZE' };

const COLLECTIONS: readonly Behaviour[] = [
  [
    'SIZE tells the item collection of a table with local indexes: put, update, delete',
    async (door) => {
      const put = await door.put({ TableName, Item: Key, ...SIZE });
      assert.deepEqual(put.ItemCollectionMetrics, METRICS);
      const updated = await door.update({ TableName, Key, ...SIZE });
      assert.deepEqual(updated.ItemCollectionMetrics, METRICS);
      const deleted = await door.delete({ TableName, Key, ...SIZE });
      assert.deepEqual(deleted.ItemCollectionMetrics, METRICS);
    },
  ],
  [
    'SIZE tells nothing of a table without local indexes',
    async (door) => {
      const answer = await door.put({ TableName: 'Pairs', Item: Key, ...SIZE });
      assert.equal('ItemCollectionMetrics' in answer, false);
    },
  ],
  [
    'NONE tells nothing',
    async (door) => {
      const more = { ReturnItemCollectionMetrics: 'NONE' };
      const answer = await door.put({ TableName, Item: Key, ...more });
      assert.equal('ItemCollectionMetrics' in answer, false);
    },
  ],
  [
    'SIZE of a batch tells every collection once, by table',
    async (door) => {
      const items = [
        { pk: 'p', sk: '1' },
        { pk: 'p', sk: '2' },
      ];
      const answer = await door.batchWrite({
        RequestItems: {
          Indexed: items.map((Item) => ({ PutRequest: { Item } })),
          Pairs: items.map((Item) => ({ PutRequest: { Item } })),
        },
        ...SIZE,
      });
      assert.deepEqual(answer.ItemCollectionMetrics, { Indexed: [METRICS] });
    },
  ],
];

export function capacity(factory: DoorFactory): void {
  behaviours('capacity of writes', factory, WRITES, [INDEXED]);
  behaviours('capacity of reads', factory, READS, [INDEXED]);
  behaviours('item collections', factory, COLLECTIONS, [INDEXED]);
}
