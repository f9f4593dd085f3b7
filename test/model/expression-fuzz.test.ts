// Random expressions over random items: the engine's answers are those of the plain evaluator. Runs for
// FUZZ_SECONDS, 3 if it does not say; SEED repeats a run.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDatabase, type Database } from '../../host/index.js';
import { openEngine } from '../../host/engine/open-engine.js';
import { seedOf } from '../io/support/random.js';
import { ExpressionFuzz, ORACLE, PLANTED } from './expression-fuzz.js';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 3);
/** Rounds in which a planted fault has to show. */
const ROUNDS_TO_NOTICE = 400;
/** However slow the machine is. */
const ROUNDS_MIN = 10;

let database: Database;
before(async () => {
  database = await openDatabase(
    (path, { durability, random }) =>
      openEngine(path, { durability, random, shards: 2, memoryMb: 64 }),
    undefined,
    { durability: 'relaxed' },
  );
  await ExpressionFuzz.createTable(database);
});
after(() => database.close());

test('random expressions give what the plain evaluator gives', async (context) => {
  const fuzz = new ExpressionFuzz(database, seedOf(context));
  const end = performance.now() + SECONDS * 1000;
  for (let round = 0; round < ROUNDS_MIN || performance.now() < end; round++) await fuzz.round();
  const { filters, projections, updates, refusedUpdates } = fuzz.counts;
  context.diagnostic(
    `${filters} filters and ${projections} projections of 12 items, ${updates} updates (${refusedUpdates} refused)`,
  );
  assert.ok(refusedUpdates > 0 && refusedUpdates < updates);
});

for (const [what, wrong] of PLANTED) {
  test(`the comparison notices ${what}`, async (context) => {
    const fuzz = new ExpressionFuzz(database, seedOf(context), { ...ORACLE, ...wrong });
    await assert.rejects(async () => {
      for (let round = 0; round < ROUNDS_TO_NOTICE; round++) await fuzz.round();
    }, assert.AssertionError);
  });
}
