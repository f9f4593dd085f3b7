/** Rows 4 to 7 of the matrix for the manifest, and the test of that test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Crc32c } from '../../../io/disk/bytes.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { CHANGING_KINDS } from '../../../io/disk/simulated-operations.js';
import type { Fault } from '../../../io/disk/simulated-operations.js';
import { StorageError } from '../../../io/errors.js';
import { POWER_CUTS } from '../support/log-exploration.js';
import { DATABASE, ManifestRun } from '../support/manifest-run.js';
import { PlantedFileSystem } from '../support/planted-bugs.js';
import type { PlantedBug } from '../support/planted-bugs.js';
import { below, seedOf, seededRandom } from '../support/random.js';

interface Options {
  readonly seed: number;
  readonly bug?: PlantedBug;
  readonly crc32c?: Crc32c;
  readonly deep?: boolean;
  readonly fault?: Fault;
}

/** Appends, rewrites and reopens with a power cut after each operation; returns how many cuts. */
function explore({ seed, bug, crc32c, deep = false, fault }: Options): {
  cuts: number;
  struck: boolean;
} {
  const random = seededRandom(seed);
  const disk = new SimulatedFileSystem();
  let run: ManifestRun | undefined;
  let cuts = 0;
  let violation: unknown;
  const wrapped = (fs: FileSystem): FileSystem =>
    bug === undefined ? fs : new PlantedFileSystem(fs, bug);
  const verify = (image: SimulatedFileSystem, acknowledged: number, depth: number): void => {
    cuts++;
    try {
      if (violation !== undefined) return;
      if (depth > 0) {
        image.observe = ({ kind }) => {
          if (!CHANGING_KINDS.includes(kind)) return;
          verify(
            image.crash(random, POWER_CUTS[below(random, POWER_CUTS.length)]),
            acknowledged,
            depth - 1,
          );
        };
      }
      const found = new ManifestRun(wrapped(image), crc32c);
      const state = found.acknowledged;
      assert.ok(
        state === acknowledged || state === acknowledged + 1,
        `acknowledged ${acknowledged}, found ${state}`,
      );
      image.observe = undefined;
      found.append();
      found.journal.close();
      assert.equal(new ManifestRun(wrapped(image), crc32c).acknowledged, state + 1);
    } catch (error) {
      violation ??= error;
    }
  };
  disk.observe = ({ kind }) => {
    if (fault !== undefined || !CHANGING_KINDS.includes(kind)) return;
    // Until the first open returns nothing is promised.
    for (const cut of POWER_CUTS)
      verify(disk.crash(random, cut), run?.acknowledged ?? 0, deep ? 1 : 0);
  };
  try {
    run = new ManifestRun(wrapped(disk), crc32c);
    disk.inject(fault);
    for (let step = 0; step < 40; step++) {
      run.append();
      run.rewriteIfLarge();
      if (step % 13 === 12) {
        if (random() < 0.5) run.journal.close();
        run = new ManifestRun(wrapped(disk), crc32c);
      }
    }
    run.journal.close();
  } catch (error) {
    if (violation === undefined && (fault === undefined || !(error instanceof StorageError)))
      throw error;
  }
  const struck = disk.faultStruck;
  disk.inject(undefined);
  for (const cut of POWER_CUTS) verify(disk.crash(random, cut), run?.acknowledged ?? 0, 0);
  if (violation !== undefined) throw violation;
  return { cuts, struck };
}

test('after a power cut at every operation the acknowledged records are there', (context) => {
  const seed = seedOf(context);
  for (let round = 0; round < 4; round++)
    context.diagnostic(`${explore({ seed: seed + round }).cuts} power cuts`);
});

test('a power cut at every operation of an open leads to the same records', (context) => {
  context.diagnostic(`${explore({ seed: seedOf(context), deep: true }).cuts} power cuts`);
});

for (const forever of [false, true]) {
  const how = forever ? 'from then on' : 'once';
  test(`the k-th operation fails ${how}, for every k: what was acknowledged stays`, (context) => {
    const seed = seedOf(context);
    for (const [error, kinds] of [
      ['EIO', ['sync', 'syncDirectory']],
      ['ENOSPC', ['write', 'create']],
      ['EIO', ['rename', 'unlink', 'truncate']],
    ] as const) {
      let at = 1;
      while (explore({ seed, fault: { at, kinds, error, forever, partial: 0.5 } }).struck) at++;
      assert.ok(at > 1);
    }
  });
}

const BUGS: readonly PlantedBug[] = [
  { name: 'drops the sync of the journal', dropsSync: (path) => path.includes('manifest-') },
  {
    name: 'renames CURRENT before its content is durable',
    dropsSync: (path) => path === `${DATABASE}/CURRENT.tmp`,
  },
  { name: 'drops the sync of folders', dropsDirectorySync: true },
];

for (const bug of BUGS) {
  test(`the harness catches a manifest that ${bug.name}`, (context) => {
    const seed = seedOf(context);
    assert.throws(() => {
      for (let round = 0; round < 5; round++) explore({ seed: seed + round, bug });
    });
  });
}

test('the harness catches a manifest that skips checksums', (context) => {
  const seed = seedOf(context);
  assert.throws(() => {
    for (let round = 0; round < 5; round++) explore({ seed: seed + round, crc32c: () => 0 });
  });
});
