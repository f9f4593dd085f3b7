// The model keeps the seam's promises that the doors' tests rely on without seeing them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  TransactionCancelled,
  type Change,
  type IndexDefinition,
} from '../../host/engine/store.js';
import type { Item } from '../../host/table/item-types.js';
import { MemoryStore } from './memory-store.js';

const BY_STATUS: IndexDefinition = {
  id: 0,
  name: 'byStatus',
  kind: 'global',
  partition: [{ name: 'status', type: 'S' }],
  sort: [{ name: 'at', type: 'N' }],
  projection: { type: 'INCLUDE', names: ['total'] },
  status: 'active',
};
const put = (item: Item): Change => ({ kind: 'put', item });

async function open() {
  const store = new MemoryStore();
  const table = await store.createKeyspace({
    name: 'Orders',
    key: { partition: { name: 'pk', type: 'S' } },
    attributeDefinitions: [],
    tableId: 'id',
    arn: 'arn',
    createdAtMs: 0,
    billingMode: 'PAY_PER_REQUEST',
    readUnits: 0,
    writeUnits: 0,
    deletionProtection: false,
    tags: [],
    indexes: [BY_STATUS],
  });
  const write = (pk: string, change: Change) =>
    store.write({ table, key: { pk }, decide: () => change });
  const [index] = table.indexes ?? [];
  return { store, table, index, write };
}

test('ids of indexes come from the counter of tables', async () => {
  const { table, index } = await open();
  assert.notEqual(index.id, 0);
  assert.notEqual(index.id, table.id);
});

test('index units follow the change of the view', async () => {
  const { write } = await open();
  const order = { pk: 'o', status: 'new', at: 1, total: 5 };
  const unitsOf = async (item: Item) => [...(await write('o', put(item))).indexUnits];
  assert.deepEqual(await unitsOf({ pk: 'o', status: 'new' }), [], 'not in the index yet');
  assert.deepEqual(await unitsOf(order), [['byStatus', 1]]);
  assert.deepEqual(await unitsOf({ ...order, note: 'x' }), [], 'not projected');
  assert.deepEqual(await unitsOf({ ...order, total: 6 }), [['byStatus', 1]]);
  assert.deepEqual(await unitsOf({ ...order, status: 'paid' }), [['byStatus', 2]], 'moved');
  const { indexUnits } = await write('o', { kind: 'delete' });
  assert.deepEqual([...indexUnits], [['byStatus', 1]]);
});

test('an index lists items in the order of its sort key, a page after another', async () => {
  const { store, table, index, write } = await open();
  for (const [pk, at] of [
    ['a', 3],
    ['b', 1],
    ['c', 2],
    ['d', 2],
  ] as const) {
    await write(pk, put({ pk, status: 'new', at, note: 'long' }));
  }
  await write('e', put({ pk: 'e', status: 'new', at: 'text' }));
  const range = { kind: 'indexQuery', index, partition: ['new'], sortPrefix: [] } as const;
  const options = { bytesMax: 1e6, consistent: false, select: 'items', limit: 3 } as const;
  const first = await store.page(table, range, options);
  assert.deepEqual(
    first.items.map(({ pk }) => pk),
    ['b', 'c', 'd'],
  );
  assert.deepEqual(first.lastKey, { status: 'new', at: 2, pk: 'd' });
  // The view: status + new, at + 2, pk + 1 = 9 + 4 + 3 bytes a row.
  assert.equal(first.sizeBytes, 48);
  const second = await store.page(table, range, { ...options, startKey: first.lastKey });
  assert.deepEqual(
    second.items.map(({ pk }) => pk),
    ['a'],
  );
  const filtered = await store.page(table, range, {
    ...options,
    limit: undefined,
    filter: (item) => item.value('at') === 2,
    project: (item) => ({ pk: String(item.value('pk')) }),
  });
  assert.deepEqual(filtered.items, [{ pk: 'c' }, { pk: 'd' }]);
  assert.deepEqual([filtered.count, filtered.matched], [4, 2]);
});

test('who asks for keys of an index alone sees nothing else', async () => {
  const { store, table, index, write } = await open();
  await write('a', put({ pk: 'a', status: 'new', at: 1, note: 'x' }));
  const seen: unknown[] = [];
  await store.page(
    table,
    { kind: 'indexScan', index },
    {
      bytesMax: 1e6,
      consistent: false,
      select: 'count',
      wholeItems: false,
      filter: (item) => seen.push(item.decode()) > 0,
    },
  );
  assert.deepEqual(seen, [{ pk: 'a', status: 'new', at: 1 }]);
});

test('a transaction writes all or nothing, and its token is good for one body', async () => {
  const { store, table } = await open();
  const write = (pk: string, decide: () => Change) => ({ table, key: { pk }, decide });
  const fails = () => {
    throw new Error('no');
  };
  await assert.rejects(
    store.transact([write('a', () => put({ pk: 'a' })), write('b', fails)]),
    (error) => {
      assert.ok(error instanceof TransactionCancelled);
      assert.deepEqual(
        error.faults.map((fault) => fault?.kind),
        [undefined, 'thrown'],
      );
      return true;
    },
  );
  assert.deepEqual(await store.transactGet([{ table, key: { pk: 'a' } }]), [undefined]);
  const token = { text: 't', digest: '1' };
  await store.transact([write('a', () => put({ pk: 'a', n: 1 }))], { token });
  assert.equal(await store.transact([write('a', fails)], { token }), 'replayed');
  const other = store.transact([write('a', fails)], { token: { ...token, digest: '2' } });
  await assert.rejects(other, { name: 'IdempotentParameterMismatchException' });
  assert.deepEqual(await store.transactGet([{ table, key: { pk: 'a' } }]), [{ pk: 'a', n: 1 }]);
});
