// Rows 6 and 7 of the matrix: the power goes after every file operation of a database's life, and after every operation
// of the recoveries from that.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seedOf } from '../io/support/random.js';
import { TINY_SIZES } from './support/engine.js';
import { explore, type Explored } from './support/exploration.js';

function summary({ operations, fileOperations, images, recoveryImages }: Explored): string {
  return `${operations} operations, ${fileOperations} file operations, ${images} power cuts, ${recoveryImages} during recoveries`;
}

test('after a power cut at every file operation all that was acknowledged is there, and no half of anything', async (context) => {
  const run = {
    shape: { shards: 2, checked: true, sizes: TINY_SIZES },
    batch: 10,
    largeBytes: 30_000,
    deepEvery: 0,
  };
  const explored = await explore({ ...run, seed: seedOf(context), steps: 24, cutsEach: 2 });
  context.diagnostic(summary(explored));
  for (const place of [
    'write log/*.log',
    'create tables/*.table',
    'unlink tables/*.table',
    'write db/manifest*',
  ]) {
    assert.ok(explored.kinds.has(place), `the run meets: ${place}`);
  }
});

test('on eight shards too, with the release build and a cache', async (context) => {
  const shape = { shards: 8, sizes: { ...TINY_SIZES, cacheBytes: 256 * 1024 } };
  const run = { shape, batch: 24, largeBytes: 100_000, deepEvery: 0, cutsEach: 1, sparse: 2 };
  context.diagnostic(summary(await explore({ ...run, seed: seedOf(context), steps: 20 })));
});

test('a power cut at every operation of a recovery leads to the same, and what was shown stays', async (context) => {
  const run = {
    shape: { shards: 1, checked: true, sizes: TINY_SIZES },
    batch: 10,
    largeBytes: 30_000,
    cutsEach: 1,
  };
  const explored = await explore({
    ...run,
    seed: seedOf(context),
    steps: 20,
    deepEvery: 4,
    sparse: 3,
  });
  context.diagnostic(summary(explored));
  assert.ok(explored.recoveryImages > explored.images);
});
