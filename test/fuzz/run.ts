// `npm run fuzz [-- --seconds 60] [--seed 123]`: random bodies of every operation. Prints its seed
// first; the same seed makes the same bodies.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { seededRandom } from '../io/support/random.js';
import { Fuzzer } from './fuzzer.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: process.env.SEED ?? String(randomInt(2 ** 31)) },
  },
});

console.log(`SEED=${values.seed}`);
const { executions, answers } = await Fuzzer.run(
  seededRandom(Number(values.seed)),
  Number(values.seconds),
);
console.log(`${executions} bodies, no crash, no 5xx:`);
for (const [kind, count] of [...answers].sort(([, a], [, b]) => b - a)) {
  console.log(`  ${String(count).padStart(8)} ${kind}`);
}
