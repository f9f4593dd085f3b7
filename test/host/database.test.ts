import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DynamoDBServiceException, FerriteError, type Database } from '../../host/index.js';
import { openMemory } from './open-database.js';

const item = { pk: 'p', sk: 's' };
class Order {
  pk = 'p';
  sk = 's';
}

function create(db: Database): Promise<unknown> {
  return db.createTable({
    TableName: 'New',
    KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
}

/** Things no request can hold, the code of the error, and what its message begins with. */
const WRONG: readonly (readonly [
  what: string,
  call: (db: Database) => Promise<unknown>,
  code: string,
  begins: string,
])[] = [
  [
    'null for the input',
    (db) => db.put(null as never),
    'InvalidArgument',
    'The input of put must be an object, not null.',
  ],
  [
    'a list for the input',
    (db) => db.get([] as never),
    'InvalidArgument',
    'The input of get must be an object, not an array.',
  ],
  [
    'an instance for Item',
    (db) => db.put({ TableName: 'Pairs', Item: new Order() }),
    'InvalidArgument',
    'Item must be a plain object, not an instance of Order.',
  ],
  [
    'a Map for Item',
    (db) => db.put({ TableName: 'Pairs', Item: new Map() as never }),
    'InvalidArgument',
    'Item must be a plain object, not an instance of Map.',
  ],
  [
    'a function for Key',
    (db) => db.delete({ TableName: 'Pairs', Key: (() => item) as never }),
    'InvalidArgument',
    'Key must be a plain object, not a function.',
  ],
  [
    'a symbol for TableName',
    (db) => db.get({ TableName: Symbol('t') as never, Key: item }),
    'InvalidArgument',
    'TableName must be a string, not a symbol.',
  ],
  [
    'NaN for Limit',
    (db) => db.scan({ TableName: 'Pairs', Limit: NaN }),
    'InvalidArgument',
    'Limit must be a finite number, not a number.',
  ],
  [
    'undefined in an item',
    (db) => db.put({ TableName: 'Pairs', Item: { ...item, a: undefined } }),
    'UnsupportedValue',
    'Item.a: undefined has no DynamoDB type',
  ],
  [
    'a symbol in an item',
    (db) => db.put({ TableName: 'Pairs', Item: { ...item, a: [Symbol('a')] } }),
    'UnsupportedValue',
    'Item.a[0]: a symbol has no DynamoDB type',
  ],
  [
    'a Date in a map',
    (db) => db.put({ TableName: 'Pairs', Item: { ...item, a: { b: new Date(0) } } }),
    'UnsupportedValue',
    'Item.a.b: an instance of Date has no DynamoDB type',
  ],
  [
    'a mixed set',
    (db) => db.put({ TableName: 'Pairs', Item: { ...item, a: new Set([1, 'a']) } }),
    'UnsupportedValue',
    'Item.a: the members of a set must be',
  ],
  [
    'a set of booleans',
    (db) => db.put({ TableName: 'Pairs', Item: { ...item, a: new Set([true]) } }),
    'UnsupportedValue',
    'Item.a: the members of a set must be',
  ],
  [
    'a lone surrogate',
    (db) => db.put({ TableName: 'Pairs', Item: { ...item, a: '\uD800' } }),
    'UnsupportedValue',
    'Item.a: has a lone surrogate',
  ],
  [
    'a lone surrogate in a name',
    (db) => db.put({ TableName: 'Pairs', Item: { ...item, '\uDC00': 1 } }),
    'UnsupportedValue',
    'Item: has an attribute name with a lone surrogate',
  ],
  [
    'a value in a batch',
    (db) =>
      db.batchWrite({
        RequestItems: { Pairs: [{ PutRequest: { Item: { ...item, a: undefined } } }] },
      }),
    'UnsupportedValue',
    'RequestItems.Pairs[0].PutRequest.Item.a: undefined',
  ],
];

describe('the embedded door', () => {
  for (const [what, call, code, begins] of WRONG) {
    it(`refuses, by name, ${what}`, async () => {
      const db = await openMemory();
      await assert.rejects(call(db), (error: unknown) => {
        assert.ok(error instanceof FerriteError);
        assert.equal(error.code, code);
        assert.ok(error.message.startsWith(begins), error.message);
        return true;
      });
      assert.equal((await db.scan({ TableName: 'Pairs' })).Count, 0);
    });
  }

  it('refuses a value that contains itself as nested too deep', async () => {
    const db = await openMemory();
    const loop: unknown[] = [];
    loop.push(loop);
    await assert.rejects(db.put({ TableName: 'Pairs', Item: { ...item, loop } }), {
      name: 'ValidationException',
      message: /Nesting Levels have exceeded supported limits/,
    });
  });

  it('gives errors the shape of the SDK', async () => {
    const db = await openMemory();
    await assert.rejects(db.get({ TableName: 'Nowhere', Key: item }), (error: unknown) => {
      assert.ok(error instanceof DynamoDBServiceException);
      assert.equal(error.name, 'ResourceNotFoundException');
      assert.equal(error.$fault, 'client');
      assert.deepEqual(error.$metadata, { httpStatusCode: 400, attempts: 1, totalRetryDelay: 0 });
      return true;
    });
  });

  it('names the member of a type error', async () => {
    const db = await openMemory();
    await assert.rejects(db.get({ TableName: 5 as never, Key: item }), {
      name: 'SerializationException',
      parameter: 'TableName',
    });
  });

  it('answers with metadata as the SDK does', async () => {
    const db = await openMemory();
    assert.equal((await db.put({ TableName: 'Pairs', Item: item })).$metadata.httpStatusCode, 200);
  });

  it('refuses everything once it is closed, handles included', async () => {
    const db = await openMemory();
    const table = db.table('Pairs');
    await table.put(item);
    await db.close();
    await db.close();
    const closed = { name: 'DatabaseClosed', code: 'DatabaseClosed' };
    await assert.rejects(db.get({ TableName: 'Pairs', Key: item }), closed);
    await assert.rejects(db.listTables(), closed);
    await assert.rejects(db.sync(), closed);
    await assert.rejects(async () => db.stats(), closed);
    await assert.rejects(table.put(item), closed);
    await assert.rejects(table.get(item), closed);
    await assert.rejects(table.query({ pk: 'p' }).next(), closed);
    await assert.rejects(db.table('Other').get(item), closed);
    assert.throws(() => table.getSync(item), closed);
  });

  it('closes at the end of an await using', async () => {
    let left: Database;
    {
      await using db = await openMemory();
      left = db;
    }
    await assert.rejects(left.listTables(), { code: 'DatabaseClosed' });
  });

  it('takes its times and its randomness from what it is given', async () => {
    const { Database } = await import('../../host/index.js');
    const { MemoryStore } = await import('../model/memory-store.js');
    const clock = { nowMs: () => 86_400_000, monotonicMs: () => 0 };
    const random = { bytes: (count: number) => new Uint8Array(count).fill(0xff) };
    const db = new Database(new MemoryStore(), { clock, random });
    await create(db);
    const { Table } = await db.describeTable({ TableName: 'New' });
    assert.deepEqual(Table.CreationDateTime, new Date('1970-01-02T00:00:00Z'));
    assert.equal(Table.TableId, 'ffffffff-ffff-4fff-bfff-ffffffffffff');
  });
});
