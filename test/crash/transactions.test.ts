// Rows 12, 13 and 14 of the matrix: transactions over shards while the power goes after every file operation, also between a
// decision and its parts, and during the recoveries that finish them. And the test of the test: planted bugs are caught.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { TransactionCommit } from '../../host/engine/transaction-commit.js';
import { UnfinishedDecisions } from '../../host/engine/unfinished-decisions.js';
import { seedOf } from '../io/support/random.js';
import { TRANSFER_SHAPE, TransferRun, type Transfers } from './support/transfers.js';

function runOf(seed: number, options: Partial<Transfers> = {}): TransferRun {
  return new TransferRun({
    seed,
    steps: 15,
    shape: TRANSFER_SHAPE,
    sparse: 6,
    deepEvery: 0,
    ...options,
  });
}

test('after a power cut at any moment a transaction is there on every shard, with its indexes and stream records, or nowhere', async (context) => {
  const run = runOf(seedOf(context));
  await run.run();
  context.diagnostic(JSON.stringify(run.counts));
  assert.ok(run.counts.finished > 0, 'recoveries met decisions to be finished');
  assert.ok(run.counts.replays > 0, 'tokens were sent again');
});

test('a power cut at every operation of a recovery leaves what the next one finishes', async (context) => {
  const run = runOf(seedOf(context), { steps: 10, sparse: 12, deepEvery: 3 });
  await run.run();
  context.diagnostic(JSON.stringify(run.counts));
  assert.ok(run.counts.recoveryImages > run.counts.images);
});

/** Runs with a method of the engine replaced, and must fail. */
async function expectCaught<Target extends object>(
  context: TestContext,
  target: Target,
  method: keyof Target & string,
  planted: unknown,
): Promise<void> {
  context.mock.method(target, method as never, planted as never);
  const seed = seedOf(context);
  await assert.rejects(async () => {
    for (let round = 0; round < 4; round++) await runOf(seed + round).run();
  }, /no state between|the stream after|has written|is not known/);
}

test('the harness catches a recovery that forgets decisions', async (context) => {
  await expectCaught(context, UnfinishedDecisions.prototype, 'finish', () => 0);
});

test('the harness catches parts that are applied without a decision', async (context) => {
  // Steps that end at once.
  const planted = (): unknown =>
    Object.assign([][Symbol.iterator](), {
      next: () => ({ done: true, value: { durable: Promise.resolve() } }),
    });
  await expectCaught(context, TransactionCommit.prototype, 'decide', planted);
});

test('the harness catches a recovery that applies parts which are there', async (context) => {
  const { note } = UnfinishedDecisions.prototype;
  const planted = function (this: UnfinishedDecisions, record: Uint8Array): void {
    const flags = new DataView(record.buffer, record.byteOffset).getUint32(4, true);
    if ((flags & 2) === 0) note.call(this, record); // tags are not looked at
  };
  await expectCaught(context, UnfinishedDecisions.prototype, 'note', planted);
});
