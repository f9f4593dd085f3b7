// `table.on()`: triggers.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ChangeRecord, Database, TriggerOptions } from '../../../host/index.js';
import { temporaryFolder } from '../../io/support/temporary-folder.js';
import { BOTH, makeStreamed, openSmall } from '../upkeep/opening.js';

interface Thing {
  pk: string;
  sk: string;
  n: number;
}

const TableName = 'Things';
const put = (db: Database, n: number, pk = 'a') => db.put({ TableName, Item: { pk, sk: 's', n } });
const things = (db: Database) => db.table<Thing, 'pk' | 'sk'>(TableName);
const numbers = (records: readonly ChangeRecord<Thing>[]): number[] =>
  records.map(({ dynamodb }) => dynamodb.NewImage?.n ?? -1);
const quiet: Partial<TriggerOptions<Thing>> = { onError: () => undefined, retryDelay: 1 };

async function until(holds: () => boolean): Promise<void> {
  for (let wait = 0; wait < 1_000 && !holds(); wait++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(holds(), 'it happens within five seconds');
}

const letters = async (db: Database) =>
  ((await db.scan({ TableName: 'Failed' })).Items ?? []) as Record<string, unknown>[];

async function makeFailed(db: Database, sorted: boolean, type: 'S' | 'N' = 'S'): Promise<void> {
  const names = sorted ? ['trigger_', 'id'] : ['id'];
  await db.createTable({
    TableName: 'Failed',
    KeySchema: names.map((AttributeName, at) => ({
      AttributeName,
      KeyType: at === 0 ? 'HASH' : 'RANGE',
    })),
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: type })),
    BillingMode: 'PAY_PER_REQUEST',
  });
}

for (const [name, open] of BOTH) {
  describe(`a trigger on ${name}`, () => {
    it('calls its handler with all records, in batches, in the order of each item', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      for (let n = 0; n < 25; n++) await put(db, n);
      const got: number[][] = [];
      await using trigger = things(db).on({ name: 't', batchSize: 10 }, async (records) => {
        got.push(numbers(records));
      });
      await trigger.ready;
      await until(() => got.flat().length === 25);
      for (let n = 25; n < 30; n++) await put(db, n);
      await until(() => got.flat().length === 30);
      assert.deepEqual(
        got.flat(),
        Array.from({ length: 30 }, (_, n) => n),
      );
      assert.ok(got.every((batch) => batch.length <= 10));
    });

    it('goes on where it was: each trigger by its name', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      const got: number[] = [];
      const run = (trigger: string, from?: string) =>
        things(db).on({ name: trigger, from }, (records) => void got.push(...numbers(records)));
      await put(db, 0);
      const first = run('one');
      await until(() => got.length === 1);
      await first.close();
      await put(db, 1);
      const second = run('one');
      await until(() => got.length === 2);
      await second.close();
      assert.deepEqual(got.splice(0), [0, 1]);
      const other = run('two');
      await until(() => got.length === 2);
      await other.close();
      assert.deepEqual(got.splice(0), [0, 1]);
      const latest = run('three', 'LATEST');
      await put(db, 2);
      await until(() => got.length === 1);
      await latest.close();
      assert.deepEqual(got, [2]);
    });

    it('tries again until the handler has done it, and moves on only then', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      for (let n = 0; n < 4; n++) await put(db, n);
      const calls: number[][] = [];
      const errors: unknown[] = [];
      let failures = 3;
      const options = {
        ...quiet,
        name: 't',
        bisect: false,
        onError: (error: unknown) => void errors.push(error),
      };
      await using _ = things(db).on(options, async (records) => {
        calls.push(numbers(records));
        if (failures-- > 0) throw new Error('not yet');
      });
      await until(() => calls.length === 4);
      assert.deepEqual(calls, Array(4).fill([0, 1, 2, 3]));
      assert.equal(errors.length, 3);
    });

    it('halves a batch until what fails stands alone, and puts that aside', async () => {
      for (const sorted of [false, true]) {
        await using db = await open('manual');
        await makeStreamed(db);
        await makeFailed(db, sorted);
        for (let n = 0; n < 16; n++) await put(db, n);
        const done: number[] = [];
        const options = { ...quiet, name: 't', attempts: 2, deadLetter: 'Failed' };
        const trigger = things(db).on(options, async (records) => {
          const batch = numbers(records);
          if (batch.some((n) => n === 5 || n === 11)) throw new Error('poison');
          done.push(...batch);
        });
        await until(() => done.length === 14);
        await trigger.close();
        assert.deepEqual(
          done,
          Array.from({ length: 16 }, (_, n) => n).filter((n) => n !== 5 && n !== 11),
        );
        const failed = await letters(db);
        assert.deepEqual(
          failed.map((letter) => (letter.newImage as Thing).n).sort((a, b) => a - b),
          [5, 11],
        );
        for (const letter of failed) {
          assert.equal(letter.id, letter.eventID);
          assert.equal(letter.error, 'Error: poison');
          assert.equal(letter.attempts, 2);
          assert.deepEqual(letter.keys, { pk: 'a', sk: 's' });
        }
      }
    });

    it('puts images that no item can hold aside without them', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await makeFailed(db, false);
      for (const n of [1, 2]) {
        await db.put({ TableName, Item: { pk: 'a', sk: 's', n, text: 'x'.repeat(300_000) } });
      }
      const options = { ...quiet, name: 't', attempts: 1, deadLetter: 'Failed' };
      await using _ = things(db).on(options, () => Promise.reject(new Error('no')));
      for (let wait = 0; wait < 500 && (await letters(db)).length < 2; wait++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const left = (await letters(db)).map(({ imagesLeftOut }) => imagesLeftOut);
      assert.deepEqual(left.sort(), [true, undefined]);
    });

    it('gives up what is too old without calling the handler', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await makeFailed(db, false);
      await put(db, 1);
      await db.clock.advance('2 hours');
      await put(db, 2);
      const got: number[] = [];
      const options = { ...quiet, name: 't', maxAge: '1 hour', deadLetter: 'Failed' };
      await using _ = things(db).on(options, (records) => void got.push(...numbers(records)));
      await until(() => got.length === 1);
      assert.deepEqual(got, [2]);
      assert.deepEqual(
        (await letters(db)).map(({ error }) => error),
        ['older than maxAge'],
      );
    });

    it('waits for its handler when closed; the handler itself may close it, and the database', async () => {
      const db = await open('manual');
      await makeStreamed(db);
      await put(db, 1);
      let ended = false;
      let begun = false;
      const slow = things(db).on({ name: 'slow' }, async () => {
        begun = true;
        await new Promise((resolve) => setTimeout(resolve, 50));
        ended = true;
      });
      await until(() => begun);
      await slow.close();
      assert.ok(ended);
      const calls: number[] = [];
      const own = things(db).on({ name: 'own' }, async (records) => {
        calls.push(records.length);
        await own.close();
      });
      await until(() => calls.length === 1);
      await own.close();
      let closed = false;
      things(db).on({ name: 'all' }, async () => {
        await db.close();
        closed = true;
      });
      await until(() => closed);
    });

    it('refuses options and tables that cannot be', async () => {
      await using db = await open('manual');
      await makeStreamed(db);
      await makeFailed(db, false, 'N');
      const handler = (): void => undefined;
      const wrong: object[] = [
        {},
        { name: '' },
        { name: 'a b' },
        { name: 't', batchSize: 0 },
        { name: 't', batchSize: 10_001 },
        { name: 't', attempts: 0 },
        { name: 't', bisect: 1 },
        { name: 't', maxAge: 'long' },
        { name: 't', retryDelay: -1 },
        { name: 't', from: 'x' },
        { name: 't', deadLetter: 'Failed' },
        { name: 't', onError: 'log' },
        { name: 't', signal: {} },
      ];
      for (const options of wrong) {
        assert.throws(
          () => things(db).on(options as TriggerOptions<Thing>, handler),
          { code: 'InvalidArgument' },
          JSON.stringify(options),
        );
      }
      assert.throws(() => things(db).on({ name: 't' }, undefined as never), {
        code: 'InvalidArgument',
      });
      assert.throws(() => db.table('Failed').on({ name: 't' }, handler), {
        name: 'ResourceNotFoundException',
      });
      assert.throws(() => things(db).on({ name: 't', deadLetter: 'Nowhere' }, handler), {
        name: 'ResourceNotFoundException',
      });
      await using _ = things(db).on({ name: 't' }, handler);
      assert.throws(() => things(db).on({ name: 't' }, handler), { code: 'InvalidArgument' });
    });
  });
}

it('a trigger goes on behind its last batch after the database was opened again', async (context) => {
  const folder = join(temporaryFolder(context), 'db');
  const got: number[] = [];
  const run = (db: Database) =>
    things(db).on({ name: 't' }, (records) => void got.push(...numbers(records)));
  {
    await using db = await openSmall('manual', folder);
    await makeStreamed(db);
    await put(db, 1);
    run(db);
    await until(() => got.length === 1);
  }
  await using db = await openSmall('manual', folder);
  await put(db, 2);
  run(db);
  await until(() => got.length === 2);
  assert.deepEqual(got, [1, 2]);
});
