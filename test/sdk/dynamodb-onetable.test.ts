// dynamodb-onetable on a database: it makes its table from a schema, then entities are created, found, updated, paged and
// written in batches and transactions.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from 'dynamodb-onetable';
import { Dynamo } from 'dynamodb-onetable/Dynamo';
import { DOORS } from './doors.js';

const schema = {
  format: 'onetable:1.1.0',
  version: '0.0.1',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', follow: true },
  },
  models: {
    Account: {
      pk: { type: String, value: 'account:${id}' },
      sk: { type: String, value: 'account:' },
      id: { type: String, required: true },
      name: { type: String, required: true },
      balance: { type: Number, default: 0 },
    },
    User: {
      pk: { type: String, value: 'account:${accountId}' },
      sk: { type: String, value: 'user:${email}' },
      gs1pk: { type: String, value: 'user:' },
      gs1sk: { type: String, value: 'user:${email}' },
      accountId: { type: String, required: true },
      email: { type: String, required: true },
      age: { type: Number },
      tags: { type: Array },
    },
  },
  params: { isoDates: true, timestamps: true },
} as const;

type Row = Record<string, unknown>;
type Call = (properties: object, params?: object) => Promise<Row>;

/** What of a model is used here: its own types follow the schema into such depths that the compiler gives up. */
interface Model {
  create: Call;
  get: Call;
  update: Call;
  remove: Call;
  find(properties: object, params?: object): Promise<Row[] & { next?: object }>;
}

for (const [door, withConfig] of DOORS) {
  describe(`dynamodb-onetable ${door}`, () => {
    it('runs accounts and users', () =>
      withConfig(async (config) => {
        const client = new Dynamo({ client: new DynamoDBClient(config) } as never);
        const table = new Table({ client, name: 'OneTable', schema, partial: true } as never);
        await table.createTable();
        assert.equal(await table.exists(), true);
        const Account = table.getModel('Account' as never) as unknown as Model;
        const User = table.getModel('User' as never) as unknown as Model;
        await Account.create({ id: 'a', name: 'Acme' });
        await assert.rejects(
          Account.create({ id: 'a', name: 'Acme' }),
          /Conditional create failed/,
        );
        const batch = {};
        for (let n = 0; n < 12; n++)
          await User.create(
            { accountId: 'a', email: `u${n}@x.org`, age: n, tags: ['t'] },
            { batch },
          );
        await table.batchWrite(batch);
        const user = await User.get({ email: 'u3@x.org' }, { index: 'gs1', follow: true });
        assert.equal(user.age, 3);
        const old = await User.find({ accountId: 'a' }, { where: '${age} >= {9}' });
        assert.deepEqual(old.map(({ age }) => age).sort(), [10, 11, 9]);
        const updated = await Account.update({ id: 'a' }, { add: { balance: 10 } });
        assert.equal(updated.balance, 10);
        await assert.rejects(
          Account.update({ id: 'a' }, { set: { balance: 0 }, where: '${balance} > {100}' }),
        );
        let next: unknown;
        let found = 0;
        let pages = 0;
        do {
          const page = await User.find({ accountId: 'a' }, { limit: 5, next });
          found += page.length;
          pages++;
          next = page.next;
        } while (next !== undefined);
        assert.deepEqual([found, pages], [12, 3]);
        const transaction = {};
        await Account.update({ id: 'a' }, { add: { balance: -4 }, transaction });
        await User.remove({ accountId: 'a', email: 'u0@x.org' }, { transaction });
        await table.transact('write', transaction);
        assert.equal((await Account.get({ id: 'a' })).balance, 6);
        assert.equal(await User.get({ accountId: 'a', email: 'u0@x.org' }), undefined);
        const items = await table.queryItems({ pk: 'account:a' } as never, {
          parse: true,
          hidden: true,
        });
        assert.equal(items.length, 12);
        await table.deleteTable('DeleteTableForever');
        assert.equal(await table.exists(), false);
      }));
  });
}
