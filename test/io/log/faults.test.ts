/**
 * Rows 4 and 5 of the matrix for the log: the k-th operation fails, for every k, once and for good.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import type { Fault, OperationKind } from '../../../io/disk/simulated-operations.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { StorageError } from '../../../io/errors.js';
import { POWER_CUTS } from '../support/log-exploration.js';
import { LogRun, expectPromised, recover } from '../support/log-run.js';
import type { Model } from '../support/log-run.js';
import { PlantedFileSystem } from '../support/planted-bugs.js';
import { seedOf, seededRandom } from '../support/random.js';

interface Outcome {
  readonly struck: boolean;
  /** The turn that failed for good, if one did. */
  readonly failed: StorageError | undefined;
}

/** A workload under one fault; whatever happens, power cuts afterwards keep the promise. */
function runWith(
  fault: Fault,
  seed: number,
  wrap: (fs: FileSystem) => FileSystem = (fs) => fs,
): Outcome {
  const random = seededRandom(seed);
  const disk = new SimulatedFileSystem();
  const model: Model = new Map();
  const run = new LogRun({ fileSystem: wrap(disk), random, model, segmentBytesMax: 1024 });
  disk.inject(fault);
  let failed: StorageError | undefined;
  for (let turn = 0; turn < 40 && failed === undefined; turn++) {
    if (run.rings.every(({ pending }) => pending.length < 8)) run.submitSome();
    failed = attempt(() => run.turn()) ?? run.turns.failure;
    if (failed === undefined && turn % 5 === 4)
      attempt(() => run.retire(run.turns.durableGroup - 4));
    if (failed === undefined && turn % 3 === 2) failed = attempt(() => run.turns.seal());
  }
  const struck = disk.faultStruck;
  if (failed !== undefined) {
    assert.equal(failed.code, 'EngineFailure');
    assert.throws(() => run.turn(), { code: 'EngineFailure' });
  }
  const promised = { model, acknowledged: run.turns.durableGroup, neededGroup: run.neededGroup };
  disk.inject(undefined);
  for (const options of POWER_CUTS) {
    const image = disk.crash(random, options);
    expectPromised(recover({ fileSystem: image }), promised);
    const again = new LogRun({ fileSystem: image, random, model: new Map(model) });
    again.submit(0, 40);
    assert.equal(
      again.turn().status,
      'written',
      'it opens and goes on when the disk is well again',
    );
  }
  run.turns.close();
  return { struck, failed };
}

function attempt(action: () => unknown): StorageError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof StorageError, String(error));
    return error;
  }
}

function everyOperation(
  context: { diagnostic(text: string): void },
  seed: number,
  fault: Omit<Fault, 'at'>,
): void {
  let failures = 0;
  let at = 1;
  for (; ; at++) {
    const { struck, failed } = runWith({ ...fault, at }, seed);
    if (failed !== undefined) failures++;
    if (!struck) break;
  }
  context.diagnostic(`${at - 1} places, ${failures} final failures`);
  assert.ok(at > 1, 'the fault had places to strike');
}

const KINDS: readonly (readonly OperationKind[])[] = [
  ['sync'],
  ['write'],
  ['create'],
  ['syncDirectory'],
  ['rename'],
  ['unlink'],
];

for (const forever of [false, true]) {
  const how = forever ? 'from then on' : 'once';
  for (const kinds of KINDS) {
    test(`the k-th ${kinds[0]} fails with EIO ${how}, for every k`, (context) => {
      everyOperation(context, seedOf(context), { kinds, error: 'EIO', forever });
    });
  }

  test(`the k-th write is short and then the disk is full ${how}, for every k`, (context) => {
    const seed = seedOf(context);
    for (const partial of [0, 0.3, 1])
      everyOperation(context, seed, { kinds: ['write'], error: 'ENOSPC', forever, partial });
  });
}

test('the k-th sync reports an error though it reached the disk, for every k', (context) => {
  everyOperation(context, seedOf(context), { kinds: ['sync'], error: 'EIO', syncReached: true });
});

test('the harness catches a log that takes a failed sync for done', (context) => {
  const seed = seedOf(context);
  const deaf = (fs: FileSystem): FileSystem =>
    new PlantedFileSystem(fs, { name: 'deaf', hidesSyncFailure: true });
  assert.throws(() => {
    for (let at = 1; at < 60; at++) runWith({ at, kinds: ['sync'], error: 'EIO' }, seed, deaf);
  });
});
