// Items that expire: which, when, and what they leave.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WriteRequest, WriteResult } from '../../../host/engine/store.js';
import { NumberValue, openDatabase, TransactionConflictException } from '../../../host/index.js';
import { MemoryStore } from '../../model/memory-store.js';
import { BOTH, enableExpiry, keysOf, makeStreamed, openSmall, recordsOf } from './opening.js';

const TableName = 'Things';
const FIVE_YEARS = 157_784_760;

for (const [name, open] of BOTH) {
  describe(`expiry on ${name}`, () => {
    it('removes an item once its time has come, and says in the stream who did it', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await enableExpiry(db);
      const expires = Math.floor(db.clock.nowMs() / 1000) + 3600;
      const Item = { pk: 'a', sk: 's', expires, note: 'x' };
      await db.put({ TableName, Item });
      await db.put({ TableName, Item: { pk: 'b', sk: 's' } });
      await db.clock.advance('59m');
      assert.deepEqual(await keysOf(db), ['a', 'b']);
      await db.clock.advance('1m 1s');
      assert.deepEqual(await keysOf(db), ['b']);
      const removed = (await recordsOf(db)).filter(({ eventName }) => eventName === 'REMOVE');
      assert.equal(removed.length, 1);
      assert.deepEqual(removed[0].userIdentity, {
        type: 'Service',
        principalId: 'dynamodb.amazonaws.com',
      });
      assert.deepEqual(removed[0].dynamodb.OldImage, Item);
      const inserted = (await recordsOf(db)).find(({ eventName }) => eventName === 'INSERT');
      assert.ok(!('userIdentity' in inserted!));
    });

    it('goes by numbers only, and not by those more than five years past', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await enableExpiry(db);
      const now = Math.floor(db.clock.nowMs() / 1000);
      const put = (pk: string, expires: unknown) =>
        db.put({ TableName, Item: { pk, sk: 's', expires } });
      await put('text', String(now - 10));
      await put('list', [now - 10]);
      await put('old', now - FIVE_YEARS - 10);
      await put('negative', -5);
      await put('later', now + 1e6);
      await put('huge', NumberValue.from('1e125'));
      await put('past', now - 10);
      await put('zero', 0);
      await put('almost', now - FIVE_YEARS + 60);
      await put('fraction', NumberValue.from(`${now}.000000000000000001`));
      await put('milliseconds', now * 1000);
      await db.clock.advance('1s');
      assert.deepEqual(await keysOf(db), [
        'huge',
        'later',
        'list',
        'milliseconds',
        'negative',
        'old',
        'text',
        'zero',
      ]);
      await db.clock.advance('3 weeks');
      assert.ok(!(await keysOf(db)).includes('later'));
    });

    it('follows the last write of an item', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await enableExpiry(db);
      const now = Math.floor(db.clock.nowMs() / 1000);
      const put = (pk: string, expires?: number) =>
        db.put({ TableName, Item: { pk, sk: 's', ...(expires === undefined ? {} : { expires }) } });
      await put('longer', now + 60);
      await put('longer', now + 600);
      await put('never', now + 60);
      await put('never');
      await put('again', now + 60);
      await db.delete({ TableName, Key: { pk: 'again', sk: 's' } });
      await put('again');
      await put('sooner', now + 600);
      await put('sooner', now + 60);
      await db.clock.advance('2 minutes');
      assert.deepEqual(await keysOf(db), ['again', 'longer', 'never']);
      await db.clock.advance('10 minutes');
      assert.deepEqual(await keysOf(db), ['again', 'never']);
    });

    it('finds the items that were there before it was switched on', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      const expires = Math.floor(db.clock.nowMs() / 1000) + 60;
      const items = Array.from({ length: 300 }, (_, n) => ({ pk: `p${n}`, sk: 's', expires }));
      await Promise.all(items.map((Item) => db.put({ TableName, Item })));
      await db.put({ TableName, Item: { pk: 'stays', sk: 's', expires: 'x' } });
      await enableExpiry(db);
      await db.clock.advance('59 s');
      assert.equal((await keysOf(db)).length, 301);
      await db.clock.advance('1 s');
      assert.deepEqual(await keysOf(db), ['stays']);
    });

    it('removes nothing once it is switched off', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await enableExpiry(db);
      const expires = Math.floor(db.clock.nowMs() / 1000) + 7200;
      await db.put({ TableName, Item: { pk: 'a', sk: 's', expires } });
      await db.clock.advance('1 hour');
      const TimeToLiveSpecification = { Enabled: false, AttributeName: 'expires' };
      await db.updateTimeToLive({ TableName, TimeToLiveSpecification });
      await db.clock.advance('2 hours');
      assert.deepEqual(await keysOf(db), ['a']);
      await enableExpiry(db);
      await db.clock.advance(0);
      assert.deepEqual(await keysOf(db), []);
    });

    it('comes in time however far the clock is advanced', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await enableExpiry(db);
      const expires = Math.floor(db.clock.nowMs() / 1000) + 86_400;
      await db.put({ TableName, Item: { pk: 'a', sk: 's', expires } });
      await db.clock.advance('3650 days');
      assert.deepEqual(await keysOf(db), []);
    });

    it('is done by the background too, with nobody asking', async () => {
      const clock = { offsetMs: 0 };
      const start = performance.now();
      await using db = await open({
        nowMs: () => 1.8e12 + performance.now() - start + clock.offsetMs,
        monotonicMs: () => performance.now() + clock.offsetMs,
      });
      await makeStreamed(db);
      await enableExpiry(db);
      const expires = Math.floor(db.clock.nowMs() / 1000) - 1;
      await db.put({ TableName, Item: { pk: 'a', sk: 's', expires } });
      assert.deepEqual(await keysOf(db), ['a'], 'expired items are read until they are removed');
      for (let wait = 0; wait < 100 && (await keysOf(db)).length > 0; wait++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.deepEqual(await keysOf(db), []);
    });
  });
}

it('finds thousands of small items of one partition that were there before', async () => {
  await using db = await openSmall('manual');
  await makeStreamed(db);
  const now = Math.floor(db.clock.nowMs() / 1000);
  const items = Array.from({ length: 4_000 }, (_, n) => ({
    pk: 'p',
    sk: String(n),
    expires: n % 400 === 0 ? now + 60 : now + 1e6,
  }));
  await Promise.all(items.map((Item) => db.put({ TableName, Item })));
  await enableExpiry(db);
  await db.clock.advance('1 minute');
  assert.equal((await db.scan({ TableName, Select: 'COUNT' })).Count, 3_990);
});

it('leaves an item that a transaction has, and comes back to it', async () => {
  class Held extends MemoryStore {
    held = true;
    override write(request: WriteRequest): Promise<WriteResult> {
      if (this.held && request.byTtl === true && request.key.pk === 'held')
        return Promise.reject(new TransactionConflictException());
      return super.write(request);
    }
  }
  let store!: Held;
  await using db = await openDatabase(
    async (_, { clock }) => (store = new Held(clock)),
    undefined,
    { clock: 'manual' },
  );
  await makeStreamed(db);
  await enableExpiry(db);
  const expires = Math.floor(db.clock.nowMs() / 1000) + 60;
  for (const pk of ['held', 'free']) await db.put({ TableName, Item: { pk, sk: 's', expires } });
  await db.clock.advance('2 minutes');
  assert.deepEqual(await keysOf(db), ['held']);
  store.held = false;
  await db.clock.advance('1 minute');
  assert.deepEqual(await keysOf(db), []);
});
