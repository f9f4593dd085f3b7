/** Rows 6 and 7 of the matrix for the log, and the test of that test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exploreLog } from '../support/log-exploration.js';
import type { PlantedBug } from '../support/planted-bugs.js';
import { seedOf } from '../support/random.js';

test('after a power cut at every operation the acknowledged groups are there, whole', (context) => {
  const seed = seedOf(context);
  for (let round = 0; round < 3; round++) {
    const { operations, images } = exploreLog({ seed: seed + round, turns: 40 });
    context.diagnostic(`${operations} operations, ${images} power cuts`);
  }
});

test('a power cut at every operation of a recovery leads to the same log', (context) => {
  const { images } = exploreLog({ seed: seedOf(context), turns: 30, deepEvery: 11 });
  context.diagnostic(`${images} power cuts`);
});

const BUGS: readonly PlantedBug[] = [
  { name: 'drops the sync of groups', dropsSync: (path) => path.endsWith('.log') },
  { name: 'drops the sync of the folder', dropsDirectorySync: true },
];

for (const bug of BUGS) {
  test(`the harness catches a log that ${bug.name}`, (context) => {
    const seed = seedOf(context);
    assert.throws(() => exploreLog({ seed, turns: 40, bug }));
  });
}

test('the harness catches a log that skips checksums', (context) => {
  const seed = seedOf(context);
  assert.throws(() => {
    for (let round = 0; round < 5; round++)
      exploreLog({ seed: seed + round, turns: 40, crc32c: () => 0 });
  });
});
