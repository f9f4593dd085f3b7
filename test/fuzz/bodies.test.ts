// Random bodies of every operation, through the wire handler. For as many seconds as FUZZ_SECONDS says,
// 4 if it does not say (`npm run fuzz`: 60); SEED repeats a run.

import { test } from 'node:test';
import { seededRandom, seedOf } from '../io/support/random.js';
import { Fuzzer } from './fuzzer.js';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 4);

test('random bodies of every operation are answered, or refused with a reason', async (context) => {
  const { executions, answers } = await Fuzzer.run(seededRandom(seedOf(context)), SECONDS);
  const kinds = [...answers].sort(([, a], [, b]) => b - a);
  context.diagnostic(
    `${executions} bodies: ${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
  );
});
