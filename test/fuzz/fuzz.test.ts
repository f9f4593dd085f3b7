// The short form of `npm run fuzz`.

import { test } from 'node:test';
import { seededRandom, seedOf } from '../io/support/random.js';
import { Fuzzer } from './fuzzer.js';

const SECONDS = 4;

test('random bodies of every operation are answered, or refused with a reason', async (context) => {
  const { executions } = await Fuzzer.run(seededRandom(seedOf(context)), SECONDS);
  context.diagnostic(`${executions} bodies`);
});
