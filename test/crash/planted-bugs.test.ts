// The test of the tests: an engine with a planted bug must be caught.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlantedFileSystem, type PlantedBug } from '../io/support/planted-bugs.js';
import { below, seededRandom, seedOf } from '../io/support/random.js';
import { TINY_SIZES } from './support/engine.js';
import { explore, type Exploration } from './support/exploration.js';
import { filesUnder, flipped, readDamaged, subjectOf } from './support/damage.js';
import { FAULT_SCRIPT, strikeEverywhere } from './support/faults.js';
import { coreWithoutChecksums, HastyRemoval } from './support/planted.js';

const shape = { shards: 1, checked: true, sizes: TINY_SIZES };

async function expectCaught(
  seed: number,
  wrap: Exploration['wrap'],
  message: RegExp,
): Promise<void> {
  const run = {
    steps: 24,
    shape,
    batch: 6,
    largeBytes: 10_000,
    cutsEach: 2,
    deepEvery: 0,
    sparse: 2,
    wrap,
  };
  await assert.rejects(async () => {
    for (let round = 0; round < 4; round++) await explore({ ...run, seed: seed + round });
  }, message);
}

const BUGS: readonly (readonly [bug: PlantedBug, message: RegExp])[] = [
  [
    { name: 'does not sync its log', dropsSync: (path) => path.endsWith('.log') },
    /what was found is no state|Corruption|damaged/,
  ],
  [
    { name: 'does not sync its tables', dropsSync: (path) => path.endsWith('.table') },
    /damaged|shorter|match|differ/i,
  ],
  [{ name: 'does not sync its manifest', dropsSync: (path) => path.includes('/manifest-') }, /./],
  [{ name: 'does not sync folders', dropsDirectorySync: true }, /./],
];

for (const [bug, message] of BUGS) {
  test(`the harness catches an engine that ${bug.name}`, async (context) => {
    await expectCaught(seedOf(context), (inner) => new PlantedFileSystem(inner, bug), message);
  });
}

test('the harness catches an engine that removes the inputs of a compaction before the manifest forgets them', async (context) => {
  await expectCaught(
    seedOf(context),
    (inner) => new HastyRemoval(inner),
    /does not exist|table files are those/,
  );
});

test('the harness catches an engine that takes a failed fsync for done', async (context) => {
  const wrap: Exploration['wrap'] = (inner) =>
    new PlantedFileSystem(inner, { name: 'deaf', hidesSyncFailure: true });
  const run = { seed: seedOf(context), script: FAULT_SCRIPT, shape, wrap };
  await assert.rejects(strikeEverywhere(run, { kinds: ['sync'], error: 'EIO' }), {
    name: /Error|Corruption/,
  });
});

test('the harness catches an engine that skips its checksums', async (context) => {
  const seed = seedOf(context);
  const random = seededRandom(seed);
  const subject = await subjectOf(seed, {
    ...shape,
    checked: false,
    module: coreWithoutChecksums(),
  });
  await assert.rejects(async () => {
    for (let flip = 0; flip < 60; flip++) {
      const paths = filesUnder(subject.disk, flip % 2 === 0 ? 'tables' : 'log');
      const path = paths[below(random, paths.length)];
      const at = below(random, subject.disk.stat(path)?.size ?? 1);
      await readDamaged(subject, flipped(subject.disk, path, at, random));
    }
  });
});
