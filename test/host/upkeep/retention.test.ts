// Stream records and streams that are over go after 24 hours.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Database } from '../../../host/index.js';
import { BOTH, makeStreamed, recordsOf } from './opening.js';

const TableName = 'Things';
const put = (db: Database, pk: string) => db.put({ TableName, Item: { pk, sk: 's' } });
const seen = async (db: Database) =>
  (await recordsOf(db)).map(({ dynamodb }) => dynamodb.Keys.pk as string).sort();

async function iteratorOfRecord(db: Database, pk: string, type: string): Promise<string> {
  const record = (await recordsOf(db)).find(({ dynamodb }) => dynamodb.Keys.pk === pk);
  const [{ StreamArn }] = (await db.streams.listStreams({ TableName })).Streams;
  const { Shards } = (await db.streams.describeStream({ StreamArn })).StreamDescription;
  for (const { ShardId } of Shards) {
    try {
      const { SequenceNumber } = record!.dynamodb;
      const place = { StreamArn, ShardId, ShardIteratorType: type as 'LATEST', SequenceNumber };
      return (await db.streams.getShardIterator(place)).ShardIterator;
    } catch (error) {
      // A sequence number belongs to one shard.
      assert.match(String(error), /Invalid SequenceNumber/);
    }
  }
  throw new Error(`no shard has the record of ${pk}`);
}

for (const [name, open] of BOTH) {
  describe(`retention on ${name}`, () => {
    it('keeps records for 24 hours', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await put(db, 'a');
      await db.clock.advance('12 hours');
      await put(db, 'b');
      await db.clock.advance('11h 59m');
      assert.deepEqual(await seen(db), ['a', 'b']);
      await db.clock.advance('2 minutes');
      assert.deepEqual(await seen(db), ['b']);
      await db.clock.advance('1 day');
      assert.deepEqual(await seen(db), []);
      await put(db, 'c');
      assert.deepEqual(await seen(db), ['c']);
    });

    it('tells a reader that what it asks for is gone', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await put(db, 'a');
      const trimmed = { name: 'TrimmedDataAccessException' };
      await db.clock.advance('23h 55m');
      const at = await iteratorOfRecord(db, 'a', 'AT_SEQUENCE_NUMBER');
      const after = await iteratorOfRecord(db, 'a', 'AFTER_SEQUENCE_NUMBER');
      await db.clock.advance('6 minutes');
      await assert.rejects(db.streams.getRecords({ ShardIterator: at }), trimmed);
      assert.deepEqual((await db.streams.getRecords({ ShardIterator: after })).Records, []);
    });

    it('refuses an iterator at a record that is gone', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await put(db, 'a');
      const [{ StreamArn }] = (await db.streams.listStreams({ TableName })).Streams;
      const { Shards } = (await db.streams.describeStream({ StreamArn })).StreamDescription;
      const [record] = await recordsOf(db);
      await db.clock.advance('25 hours');
      const outcomes = await Promise.all(
        Shards.map(({ ShardId }) => {
          const { SequenceNumber } = record.dynamodb;
          const ShardIteratorType = 'AT_SEQUENCE_NUMBER';
          const place = { StreamArn, ShardId, ShardIteratorType, SequenceNumber } as const;
          return db.streams.getShardIterator(place).then(
            () => 'granted',
            (error: Error) => error.name,
          );
        }),
      );
      assert.ok(outcomes.includes('TrimmedDataAccessException'), outcomes.join());
      assert.ok(!outcomes.includes('granted'));
    });

    it('gives an iterator 15 minutes', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await put(db, 'a');
      const ShardIterator = await iteratorOfRecord(db, 'a', 'AT_SEQUENCE_NUMBER');
      await db.clock.advance('15 minutes');
      const { Records } = await db.streams.getRecords({ ShardIterator });
      assert.equal(Records.length, 1);
      await db.clock.advance(1);
      await assert.rejects(db.streams.getRecords({ ShardIterator }), {
        name: 'ExpiredIteratorException',
      });
    });

    it('forgets streams that were disabled, and those of dropped tables, after 24 hours', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await makeStreamed(db, 'Others');
      await put(db, 'a');
      const count = async () => (await db.streams.listStreams()).Streams.length;
      const off = { StreamEnabled: false };
      await db.updateTable({ TableName, StreamSpecification: off });
      await db.clock.advance('12 hours');
      const on = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } as const;
      await db.updateTable({ TableName, StreamSpecification: on });
      await db.deleteTable({ TableName: 'Others' });
      assert.equal(await count(), 3);
      await db.clock.advance('12 hours');
      assert.equal(await count(), 2);
      await db.clock.advance('12 hours');
      assert.equal(await count(), 1);
      const { Table } = await db.describeTable({ TableName });
      assert.equal(Table?.StreamSpecification?.StreamViewType, 'KEYS_ONLY');
    });

    it('still shows the ARN of the last stream of a table that has none any more', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      const { Table: before } = await db.describeTable({ TableName });
      await db.updateTable({ TableName, StreamSpecification: { StreamEnabled: false } });
      await db.clock.advance('3 days');
      assert.equal((await db.streams.listStreams()).Streams.length, 0);
      const { Table } = await db.describeTable({ TableName });
      assert.equal(Table?.LatestStreamArn, before?.LatestStreamArn);
      assert.equal(Table?.StreamSpecification, undefined);
    });
  });
}
