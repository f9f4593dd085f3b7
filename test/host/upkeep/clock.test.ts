// Row 11 of the matrix: a clock that jumps or stands still deletes nothing early.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Database } from '../../../host/index.js';
import { temporaryFolder } from '../../io/support/temporary-folder.js';
import {
  BOTH,
  enableExpiry,
  keysOf,
  makeStreamed,
  openModel,
  openSmall,
  recordsOf,
  TestClock,
} from './opening.js';

const TableName = 'Things';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Long enough for the background to have looked. */
const awhile = () => new Promise<void>((resolve) => setTimeout(resolve, 700));

async function fill(db: Database): Promise<void> {
  await makeStreamed(db);
  await enableExpiry(db);
  const expires = Math.floor(db.clock.nowMs() / 1000) + 3 * 86_400;
  await db.put({ TableName, Item: { pk: 'a', sk: 's', expires } });
}

async function warned(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const listen = (warning: Error & { code?: string }): void => {
    if (warning.code === 'ClockNotConfirmed') count++;
  };
  process.on('warning', listen);
  try {
    await work();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', listen);
  }
  return count;
}

for (const [name, open] of BOTH) {
  describe(`the clock on ${name}`, () => {
    it('that goes forward a year removes nothing, until somebody says that it is right', async () => {
      const clock = new TestClock();
      await using db = await open(clock);
      await fill(db);
      await awhile();
      clock.wallMs += YEAR;
      assert.equal(await warned(awhile), 1);
      assert.deepEqual(await keysOf(db), ['a']);
      assert.equal((await recordsOf(db)).length, 1);
      await db.clock.confirm();
      await awhile();
      assert.deepEqual(await keysOf(db), []);
      const kept = (await recordsOf(db)).map(({ eventName }) => eventName);
      assert.deepEqual(kept, ['REMOVE']);
    });
  });
}

describe('the clock', () => {
  it('that is put right again needs nobody to say so', async () => {
    const clock = new TestClock();
    await using db = await openModel(clock);
    await fill(db);
    clock.wallMs += YEAR;
    await awhile();
    assert.deepEqual(await keysOf(db), ['a']);
    clock.wallMs -= YEAR;
    clock.pass(4 * DAY);
    await awhile();
    assert.deepEqual(await keysOf(db), []);
  });

  it('that goes back an hour, or stands still, removes nothing early; sequences go on', async () => {
    for (const wrong of [-HOUR, 0]) {
      const clock = new TestClock();
      await using db = await openModel(clock);
      await fill(db);
      clock.wallMs += wrong;
      clock.elapsedMs += 2 * HOUR;
      await db.put({ TableName, Item: { pk: 'b', sk: 's' } });
      await awhile();
      assert.deepEqual(await keysOf(db), ['a', 'b']);
      const numbers = (await recordsOf(db)).map(({ dynamodb }) => dynamodb.SequenceNumber);
      assert.deepEqual(numbers, numbers.toSorted());
      assert.equal(numbers.length, 2);
    }
  });

  it('that stands more than a day on when a database is opened removes nothing until confirmed', async (context) => {
    const folder = join(temporaryFolder(context), 'db');
    const clock = new TestClock();
    {
      await using db = await openSmall(clock, folder);
      await fill(db);
      await awhile();
    }
    clock.wallMs += 30 * DAY;
    {
      await using db = await openSmall(clock, folder);
      assert.equal(await warned(awhile), 1);
      assert.deepEqual(await keysOf(db), ['a']);
      assert.equal((await recordsOf(db)).length, 1, 'records are kept too');
      await db.clock.confirm();
      await awhile();
      assert.deepEqual(await keysOf(db), []);
    }
    clock.wallMs += DAY - HOUR;
    await using _ = await openSmall(clock, folder);
    assert.equal(await warned(awhile), 0, 'less than a day is nothing unusual');
  });

  it('is advanced only where it is made by hand', async () => {
    await using db = await openModel(new TestClock());
    await assert.rejects(db.clock.advance('1 day'), {
      code: 'InvalidOption',
      message: /open the database with clock: 'manual'/,
    });
  });
});
