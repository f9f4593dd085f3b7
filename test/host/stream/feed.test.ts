// `table.stream()`: the changes of a table as an async iterable.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ChangeRecord, Database, RecordStream } from '../../../host/index.js';
import { temporaryFolder } from '../../io/support/temporary-folder.js';
import { below, seededRandom, seedOf } from '../../io/support/random.js';
import { BOTH, makeStreamed, openSmall } from '../upkeep/opening.js';

interface Thing {
  pk: string;
  sk: string;
  n?: number;
}

const TableName = 'Things';
const put = (db: Database, pk: string, n: number) =>
  db.put({ TableName, Item: { pk, sk: 's', n } });
const things = (db: Database) => db.table<Thing, 'pk' | 'sk'>(TableName);
const seen = ({ eventName, dynamodb }: ChangeRecord<Thing>): string =>
  `${eventName} ${dynamodb.Keys.pk} ${dynamodb.NewImage?.n ?? ''}`.trim();

async function take(stream: RecordStream<Thing>, count: number): Promise<ChangeRecord<Thing>[]> {
  const records: ChangeRecord<Thing>[] = [];
  for await (const record of stream) {
    records.push(record);
    if (records.length === count) break;
  }
  return records;
}

for (const [name, open] of BOTH) {
  describe(`a stream on ${name}`, () => {
    it('begins with the oldest record, with the next change, or behind a checkpoint', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      for (let n = 0; n < 4; n++) await put(db, 'a', n);
      const all = await take(things(db).stream({ from: 'TRIM_HORIZON' }), 4);
      assert.deepEqual(all.map(seen), ['INSERT a 0', 'MODIFY a 1', 'MODIFY a 2', 'MODIFY a 3']);
      const rest = await take(things(db).stream({ from: all[1].checkpoint }), 2);
      assert.deepEqual(rest, all.slice(2));
      const latest = things(db).stream();
      await put(db, 'a', 4);
      assert.deepEqual((await take(latest, 1)).map(seen), ['MODIFY a 4']);
    });

    it('gives the records that GetRecords gives, each with its checkpoint', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await put(db, 'a', 1);
      const [{ checkpoint, ...record }] = await take(
        things(db).stream({ from: 'TRIM_HORIZON' }),
        1,
      );
      assert.equal(typeof checkpoint, 'string');
      const [{ StreamArn }] = (await db.streams.listStreams({ TableName })).Streams;
      const { Shards } = (await db.streams.describeStream({ StreamArn })).StreamDescription;
      const pages = await Promise.all(
        Shards.map(async ({ ShardId }) => {
          const place = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
          const { ShardIterator } = await db.streams.getShardIterator(place);
          return (await db.streams.getRecords({ ShardIterator })).Records;
        }),
      );
      assert.deepEqual([record], pages.flat());
    });

    it('waits for changes, and ends without an error when aborted, left or closed', async () => {
      const db = await open('manual');
      await makeStreamed(db);
      const controller = new AbortController();
      const aborted = things(db).stream({ signal: controller.signal });
      const first = aborted.next();
      await put(db, 'a', 1);
      assert.equal(seen((await first).value!), 'INSERT a 1');
      const waiting = aborted.next();
      controller.abort();
      assert.deepEqual(await waiting, { done: true, value: undefined });
      const left = things(db).stream();
      const pending = left.next();
      await left.return();
      assert.equal((await pending).done, true);
      const open1 = things(db).stream();
      const last = open1.next();
      await new Promise((resolve) => setTimeout(resolve, 5));
      await db.close();
      assert.equal((await last).done, true);
      assert.equal((await open1.next()).done, true);
      await assert.rejects(things(db).stream().next(), { code: 'DatabaseClosed' });
    });

    it('ends with its stream, or goes on with the next one of the table', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      const both = things(db).stream({ from: 'TRIM_HORIZON' });
      await put(db, 'a', 1);
      const off = { StreamEnabled: false };
      await db.updateTable({ TableName, StreamSpecification: off });
      await put(db, 'a', 2);
      const on = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;
      await db.updateTable({ TableName, StreamSpecification: on });
      await put(db, 'a', 3);
      await db.updateTable({ TableName, StreamSpecification: off });
      const records = [];
      for await (const record of both) records.push(seen(record));
      assert.deepEqual(records, ['INSERT a 1', 'MODIFY a 3']);
      await db.deleteTable({ TableName });
      const retired = await take(things(db).stream({ from: 'TRIM_HORIZON' }), 9);
      assert.equal(retired.length, 2);
    });

    it('says that records are gone', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await put(db, 'a', 1);
      await put(db, 'a', 2);
      const [{ checkpoint }] = await take(things(db).stream({ from: 'TRIM_HORIZON' }), 1);
      await db.clock.advance('25 hours');
      await put(db, 'a', 3);
      await assert.rejects(take(things(db).stream({ from: checkpoint }), 1), {
        name: 'TrimmedDataAccessException',
      });
      const kept = await take(things(db).stream({ from: 'TRIM_HORIZON' }), 1);
      assert.deepEqual(kept.map(seen), ['MODIFY a 3']);
    });

    it('refuses a table without one, and what is no checkpoint', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await assert.rejects(db.table('Nowhere').stream().next(), {
        name: 'ResourceNotFoundException',
        message: /Nowhere has no stream\. Give it one with StreamSpecification/,
      });
      for (const from of ['OLDEST', '', '2024-11-18T14:36:44.149/1.2.3.4.5.6.7', 5 as never]) {
        await assert.rejects(things(db).stream({ from }).next(), { code: 'InvalidArgument' });
      }
      const signal = {} as AbortSignal;
      assert.throws(() => things(db).stream({ signal }), { code: 'InvalidArgument' });
    });

    it('has every change of every item once, in its order, read from any checkpoint', async (context) => {
      const random = seededRandom(seedOf(context));
      await using db = await open('manual');
      await makeStreamed(db);
      const counts = new Map<string, number>();
      let written = 0;
      for (let round = 0; round < 30; round++) {
        const puts = Array.from({ length: 1 + below(random, 20) }, () => {
          const pk = `p${below(random, 9)}`;
          const n = (counts.get(pk) ?? 0) + 1;
          counts.set(pk, n);
          written++;
          return put(db, pk, n);
        });
        await Promise.all(puts);
      }
      const all = await take(things(db).stream({ from: 'TRIM_HORIZON' }), written);
      const last = new Map<string, number>();
      for (const { dynamodb } of all) {
        const { pk, n = 0 } = dynamodb.NewImage!;
        assert.equal(n, (last.get(pk) ?? 0) + 1);
        last.set(pk, n);
      }
      assert.deepEqual(last, counts);
      for (let cut = 0; cut < 5; cut++) {
        const at = below(random, written - 1);
        const { checkpoint } = all[at];
        const rest = await take(things(db).stream({ from: checkpoint }), written - at - 1);
        const ids = [...all.slice(0, at + 1), ...rest].map(({ eventID }) => eventID);
        assert.equal(new Set(ids).size, written);
      }
    });
  });
}

it('a checkpoint is good after the database was closed and opened', async (context) => {
  const folder = join(temporaryFolder(context), 'db');
  let checkpoint = '';
  {
    await using db = await openSmall('manual', folder);
    await makeStreamed(db);
    for (let n = 0; n < 3; n++) await put(db, 'a', n);
    [{ checkpoint }] = await take(things(db).stream({ from: 'TRIM_HORIZON' }), 1);
  }
  await using db = await openSmall('manual', folder);
  await put(db, 'a', 3);
  const rest = await take(things(db).stream({ from: checkpoint }), 3);
  assert.deepEqual(rest.map(seen), ['MODIFY a 1', 'MODIFY a 2', 'MODIFY a 3']);
});
