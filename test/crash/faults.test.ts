// Rows 4 and 5 of the matrix: the k-th fsync, write, and every other operation fails, for every k, once and for good.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Fault } from '../../io/disk/simulated-operations.js';
import { seedOf } from '../io/support/random.js';
import { TINY_SIZES } from './support/engine.js';
import { FAULT_SCRIPT, strikeEverywhere, type FaultTotals } from './support/faults.js';

const shape = { shards: 2, checked: true, sizes: TINY_SIZES };

async function everywhere(
  context: TestContext,
  fault: Omit<Fault, 'at'>,
  stride: number,
): Promise<FaultTotals> {
  const totals = await strikeEverywhere(
    { seed: seedOf(context), script: FAULT_SCRIPT, shape },
    fault,
    stride,
  );
  context.diagnostic(
    `${totals.places} places, ${totals.failures} failed closed, ${totals.images} disks reopened`,
  );
  assert.ok(totals.places > 0, 'the fault had places to strike');
  return totals;
}

test('after an fsync that fails once, for every one, waiting writers reject and the acknowledged is there', async (context) => {
  const { failures } = await everywhere(context, { kinds: ['sync'], error: 'EIO' }, 1);
  assert.ok(failures > 0);
});

test('fsyncs fail from the k-th on: the same', async (context) => {
  await everywhere(context, { kinds: ['sync'], error: 'EIO', forever: true }, 2);
});

test('an fsync that reports an error though it reached the disk is taken for failed', async (context) => {
  await everywhere(context, { kinds: ['sync'], error: 'EIO', syncReached: true }, 5);
});

for (const forever of [false, true]) {
  const how = forever ? 'from the k-th on' : 'at the k-th';
  test(`writes fail with EIO after half of their bytes ${how}`, async (context) => {
    await everywhere(context, { kinds: ['write'], error: 'EIO', partial: 0.5, forever }, 4);
  });

  test(`the disk is full ${how} write: nothing is half done, reads go on, and so do writes once there is room`, async (context) => {
    const { outcomes } = await everywhere(
      context,
      { kinds: ['write', 'create'], error: 'ENOSPC', partial: 0.3, forever },
      3,
    );
    const refused = [...outcomes.keys()].some((outcome) => outcome.includes('StorageFull'));
    assert.ok(refused, [...outcomes.keys()].join());
  });

  test(`syncs of folders, renames, removals and cuts fail ${how}`, async (context) => {
    const kinds = ['syncDirectory', 'rename', 'unlink', 'truncate', 'makeDirectory'] as const;
    await everywhere(context, { kinds, error: 'EIO', forever }, 3);
  });
}

test('a read that fails is an error of that call or of a flush, never a wrong answer', async (context) => {
  await everywhere(context, { kinds: ['read', 'open'], error: 'EIO' }, 5);
});
