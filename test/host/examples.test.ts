// The examples say what they promise.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run as runLeaderboard } from '../../host/examples/leaderboard.js';
import { run as runShop, Shop } from '../../host/examples/shop.js';
import { open, type Database } from '../../host/index.js';

async function printed(run: (db: Database, print: (line: string) => void) => Promise<void>) {
  await using db = await open(undefined, { shards: 2, memoryMb: 64 });
  const lines: string[] = [];
  await run(db, (line) => lines.push(line));
  return lines;
}

test('the shop answers its six access patterns', async () => {
  assert.deepEqual(await printed(runShop), [
    '1 user u1: Ada',
    '2 orders of u1: o4 o2 o1',
    '3 order o1: SHIPPED, 40.5',
    '4 lines of o2: 2 mug, 1 tea',
    '5 PAID: o2 o3 o4, SHIPPED: o1',
    '6 orders of u1 from 2024-02-01 to 2024-03-21: o2 o4',
  ]);
});

test('the shop refuses a user id that is taken, and a change of an order that has moved on', async () => {
  await using db = await open(undefined, { shards: 2, memoryMb: 64 });
  const shop = new Shop(db);
  await shop.createTable();
  const user = { userId: 'u1', name: 'Ada', email: 'ada@example.com' };
  await shop.addUser(user);
  const refused = { name: 'ConditionalCheckFailedException' };
  await assert.rejects(shop.addUser({ ...user, name: 'Eve' }), refused);
  const order = { orderId: 'o1', userId: 'u1', placedOn: '2024-01-15', total: 1 } as const;
  await shop.addOrder({ ...order, status: 'PAID' }, []);
  await shop.setStatus({ ...order, status: 'PAID' }, 'SHIPPED');
  await assert.rejects(shop.setStatus({ ...order, status: 'PAID' }, 'SHIPPED'), refused);
  assert.equal((await shop.user('u1'))?.name, 'Ada');
  assert.equal(await shop.user('u2'), undefined);
});

test('the leaderboard has the best of a game and the rank of a player', async () => {
  assert.deepEqual(await printed(runLeaderboard), [
    'top 3: Grace 455, Barbara 455, Donald 355',
    'rank of Grace: 1',
    'rank of Barbara: 1',
    'rank of Donald: 3',
    'rank of Edsger: 5',
    'rank of Alan: has not played',
  ]);
});
