// Promises of durability, against a log that the test itself plays.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Durability } from '../../../host/engine/durability.js';
import { Control, CONTROL, FAILURE } from '../../../host/runtime/control.js';
import { KeepAlive } from '../../../host/runtime/waiting.js';

function setUp(elsewhere: boolean) {
  const control = Control.create();
  const keepAlive = new KeepAlive();
  const durable = [0, 0];
  let rung = 0;
  const durability = new Durability(
    control,
    {
      shardCount: 2,
      durableSequence: (shard) => durable[shard]!,
      failure: () => new Error('the log failed'),
      ring: () => rung++,
      elsewhere,
    },
    keepAlive,
  );
  const publish = (shard: number, sequence: number) => {
    durable[shard] = sequence;
    control.signal(CONTROL.DURABLE_SIGNAL);
  };
  return { control, durability, publish, keepAlive, bells: () => rung };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const elsewhere of [true, false]) {
  for (const writes of [1, 50]) {
    for (const delayMs of [0, 20]) {
      const log = elsewhere ? 'a log elsewhere' : 'a log on the same thread';
      test(`${writes} writes wait for ${log} that takes ${delayMs} ms, and not a moment less`, async () => {
        const { durability, publish, keepAlive, bells } = setUp(elsewhere);
        let done = 0;
        const waits = Array.from({ length: writes }, (_, i) =>
          durability.wait(i % 2, 1 + (i >> 1)).then(() => done++),
        );
        await sleep(delayMs);
        publish(0, 0); // somebody else's
        await sleep(delayMs);
        if (writes > 1) publish(0, (writes >> 1) + 1); // one shard is not enough
        await sleep(delayMs);
        assert.equal(done, 0);
        assert.equal(bells(), 1, 'one bell for a burst');
        publish(0, writes);
        publish(1, writes);
        await Promise.all(waits);
        assert.equal(durability.pending, false);
        keepAlive.end();
      });
    }
    test(`${writes} writes reject when the log fails, whether it is elsewhere: ${elsewhere}`, async () => {
      const { control, durability, keepAlive } = setUp(elsewhere);
      const waits = Array.from({ length: writes }, () => durability.wait(1, 1));
      const settled = Promise.allSettled(waits);
      await sleep(3);
      control.fail(FAILURE.LOG);
      for (const result of await settled) assert.equal(result.status, 'rejected');
      await assert.rejects(durability.wait(0, 1), /the log failed/);
      keepAlive.end();
    });
  }
}

test('writes that are awaited one by one leave the event loop its turns', async () => {
  const { durability, publish, keepAlive } = setUp(true);
  let turns = 0;
  const count = (): void => {
    turns++;
    if (turns < 1000) setImmediate(count);
  };
  setImmediate(count);
  for (let sequence = 1; sequence <= 20; sequence++) {
    const wait = durability.wait(0, sequence);
    setImmediate(() => setImmediate(() => publish(0, sequence)));
    await wait;
  }
  assert.ok(turns >= 20, `${turns} turns`);
  keepAlive.end();
});
