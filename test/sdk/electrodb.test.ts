// electrodb on a database: one table, two entities, collections, conditional and atomic updates, paging, transactions.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Entity, Service } from 'electrodb';
import { DOORS } from './doors.js';

const table = 'electro';

function shop(client: DynamoDBDocumentClient) {
  const customers = new Entity(
    {
      model: { entity: 'customer', version: '1', service: 'shop' },
      attributes: {
        customerId: { type: 'string', required: true },
        email: { type: 'string', required: true },
        visits: { type: 'number', default: 0 },
        labels: { type: 'set', items: 'string' },
      },
      indexes: {
        primary: {
          collection: 'account',
          pk: { field: 'pk', composite: ['customerId'] },
          sk: { field: 'sk', composite: [] },
        },
        byEmail: {
          index: 'gsi1',
          pk: { field: 'gsi1pk', composite: ['email'] },
          sk: { field: 'gsi1sk', composite: [] },
        },
      },
    },
    { client, table },
  );
  const orders = new Entity(
    {
      model: { entity: 'order', version: '1', service: 'shop' },
      attributes: {
        customerId: { type: 'string', required: true },
        orderId: { type: 'string', required: true },
        status: { type: ['open', 'paid'] as const, default: 'open' },
        total: { type: 'number', required: true },
        lines: {
          type: 'list',
          items: {
            type: 'map',
            properties: { sku: { type: 'string' }, count: { type: 'number' } },
          },
        },
      },
      indexes: {
        primary: {
          collection: 'account',
          pk: { field: 'pk', composite: ['customerId'] },
          sk: { field: 'sk', composite: ['orderId'] },
        },
      },
    },
    { client, table },
  );
  return { customers, orders, service: new Service({ customers, orders }) };
}

for (const [door, withConfig] of DOORS) {
  describe(`electrodb ${door}`, () => {
    it('runs a shop: entities, collections, updates, pages, transactions', () =>
      withConfig(async (config) => {
        const raw = new DynamoDBClient(config);
        await raw.send(
          new CreateTableCommand({
            TableName: table,
            KeySchema: [
              { AttributeName: 'pk', KeyType: 'HASH' },
              { AttributeName: 'sk', KeyType: 'RANGE' },
            ],
            AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({
              AttributeName,
              AttributeType: 'S',
            })),
            GlobalSecondaryIndexes: [
              {
                IndexName: 'gsi1',
                KeySchema: [
                  { AttributeName: 'gsi1pk', KeyType: 'HASH' },
                  { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
                ],
                Projection: { ProjectionType: 'ALL' },
              },
            ],
            BillingMode: 'PAY_PER_REQUEST',
          }),
        );
        const { customers, orders, service } = shop(DynamoDBDocumentClient.from(raw));

        await customers.create({ customerId: 'c1', email: 'c1@x.org', labels: ['new'] }).go();
        await assert.rejects(customers.create({ customerId: 'c1', email: 'other' }).go());
        await orders
          .put(
            Array.from({ length: 30 }, (_, n) => ({
              customerId: 'c1',
              orderId: `o${String(n).padStart(2, '0')}`,
              total: n,
              lines: [{ sku: `s${n}`, count: n }],
            })),
          )
          .go();
        const { data: byEmail } = await customers.query.byEmail({ email: 'c1@x.org' }).go();
        assert.deepEqual(
          byEmail.map(({ customerId }) => customerId),
          ['c1'],
        );
        const { data: account } = await service.collections
          .account({ customerId: 'c1' })
          .go({ pages: 'all' });
        assert.deepEqual([account.customers.length, account.orders.length], [1, 30]);

        const seen: string[] = [];
        for (let cursor: string | null = null; ; ) {
          const page: { data: { orderId: string }[]; cursor: string | null } = await orders.query
            .primary({ customerId: 'c1' })
            .go({ cursor, limit: 12, order: 'desc' });
          seen.push(...page.data.map(({ orderId }) => orderId));
          cursor = page.cursor;
          if (cursor === null) break;
        }
        assert.equal(seen.length, 30);
        assert.deepEqual(seen, [...seen].sort().reverse());

        const range = await orders.query
          .primary({ customerId: 'c1' })
          .between({ orderId: 'o10' }, { orderId: 'o19' })
          .where(({ total }, { gte }) => gte(total, 15))
          .go();
        assert.deepEqual(
          range.data.map(({ total }) => total),
          [15, 16, 17, 18, 19],
        );

        const paid = await orders
          .update({ customerId: 'c1', orderId: 'o05' })
          .set({ status: 'paid' })
          .add({ total: 100 })
          .append({ lines: [{ sku: 'gift', count: 1 }] })
          .where(({ status }, { eq }) => eq(status, 'open'))
          .go({ response: 'all_new' });
        assert.deepEqual(
          [paid.data.status, paid.data.total, paid.data.lines?.length],
          ['paid', 105, 2],
        );
        await assert.rejects(
          orders
            .update({ customerId: 'c1', orderId: 'o05' })
            .set({ status: 'paid' })
            .where(({ status }, { eq }) => eq(status, 'open'))
            .go(),
          /The conditional request failed/,
        );

        const moved = await service.transaction
          .write(({ customers: c, orders: o }) => [
            c
              .update({ customerId: 'c1' })
              .add({ visits: 1, labels: ['loyal'] })
              .commit(),
            o.delete({ customerId: 'c1', orderId: 'o00' }).commit(),
            o
              .check({ customerId: 'c1', orderId: 'o01' })
              .where(({ total }, { eq }) => eq(total, 1))
              .commit(),
          ])
          .go();
        assert.equal(moved.canceled, false);
        const { data: customer } = await customers.get({ customerId: 'c1' }).go();
        assert.equal(customer?.visits, 1);
        assert.deepEqual(customer?.labels?.sort(), ['loyal', 'new']);
        assert.equal((await orders.get({ customerId: 'c1', orderId: 'o00' }).go()).data, null);

        const canceled = await service.transaction
          .write(({ orders: o }) => [
            o.put({ customerId: 'c2', orderId: 'x', total: 1 }).commit(),
            o
              .check({ customerId: 'c1', orderId: 'o02' })
              .where(({ total }, { eq }) => eq(total, 9))
              .commit(),
          ])
          .go();
        assert.equal(canceled.canceled, true);
        assert.equal((await orders.get({ customerId: 'c2', orderId: 'x' }).go()).data, null);
      }));
  });
}
