// `npm run crash -- --seconds 600 --seed 1`: the crash tests for longer, with other seeds and random options.
//
// Every turn has a seed of its own, printed before it starts, so a failure is repeated by `--seed` with that number and
// `--only` with the name of the turn.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { OperationKind } from '../../io/disk/simulated-operations.js';
import { below, seededRandom } from '../io/support/random.js';
import { EngineRun } from '../model/engine-run.js';
import { filesUnder, flipped, readDamaged, subjectOf } from './support/damage.js';
import { TINY_SIZES, type EngineShape } from './support/engine.js';
import { explore } from './support/exploration.js';
import { runWithFault } from './support/faults.js';
import { KillRounds } from './support/killing.js';
import { TransferRun } from './support/transfers.js';
import { scriptOf } from './support/workload.js';

const FAULT_KINDS: readonly OperationKind[] = [
  'sync',
  'write',
  'create',
  'syncDirectory',
  'rename',
  'unlink',
  'truncate',
  'read',
];

/** Sizes that make everything happen, in proportions that differ. */
function randomShape(random: () => number): EngineShape {
  const sizes = {
    ...TINY_SIZES,
    memtableBytes: 1024 * (256 + below(random, 3) * 128),
    cacheBytes: random() < 0.5 ? 0 : 128 * 1024,
    tableBytes: 1024 * (4 + below(random, 60)),
    levelBaseBytes: 1024 * (8 + below(random, 100)),
    segmentBytesMax: 1024 * (4 + below(random, 60)),
    logBytesMax: 1024 * (32 + below(random, 300)),
  };
  return { shards: 2 ** below(random, 4), checked: random() < 0.5, sizes };
}

const TURNS: Readonly<Record<string, (seed: number, random: () => number) => Promise<string>>> = {
  async power(seed, random) {
    const run = { steps: 20 + below(random, 40), batch: 4 + below(random, 30), largeBytes: 60_000 };
    const cuts = {
      cutsEach: 1 + below(random, 3),
      deepEvery: 8 * below(random, 6),
      sparse: 1 + below(random, 3),
    };
    const { images, recoveryImages, operations } = await explore({
      ...run,
      ...cuts,
      seed,
      shape: randomShape(random),
    });
    return `${operations} operations, ${images} + ${recoveryImages} power cuts`;
  },
  async fault(seed, random) {
    const shape = randomShape(random);
    const script = scriptOf(random, 40);
    const outcomes: string[] = [];
    for (let count = 0; count < 40; count++) {
      const error = random() < 0.5 ? 'EIO' : 'ENOSPC';
      const kinds = [FAULT_KINDS[below(random, FAULT_KINDS.length)]];
      const fault = {
        at: 1 + below(random, 120),
        kinds,
        error,
        partial: random(),
        forever: random() < 0.5,
      } as const;
      outcomes.push(...(await runWithFault({ seed, fault, script, shape })).errors);
    }
    return `40 faults, ${outcomes.length} errors`;
  },
  async model(seed, random) {
    const run = new EngineRun(seed, randomShape(random));
    await run.run(1_500);
    return `${run.counts.operations} operations, ${run.counts.crashes} crashes`;
  },
  async transactions(seed, random) {
    const cuts = { sparse: 1 + below(random, 6), deepEvery: below(random, 6) };
    const shape = { ...randomShape(random), shards: 2 ** (1 + below(random, 3)) };
    const run = new TransferRun({ seed, steps: 30 + below(random, 60), shape, ...cuts });
    await run.run();
    const { steps, images, recoveryImages, finished } = run.counts;
    return `${steps} steps, ${images} + ${recoveryImages} power cuts, ${finished} decisions finished`;
  },
  async damage(seed, random) {
    const subject = await subjectOf(seed, { ...randomShape(random), shards: 1 });
    const paths = [...filesUnder(subject.disk, 'tables'), ...filesUnder(subject.disk, 'log')];
    let reported = 0;
    for (let count = 0; count < 60; count++) {
      const path = paths[below(random, paths.length)];
      const at = below(random, subject.disk.stat(path)?.size ?? 1);
      if ((await readDamaged(subject, flipped(subject.disk, path, at, random))).reports > 0)
        reported++;
    }
    return `60 flipped bits, ${reported} reported`;
  },
  async kill(seed, random) {
    const folder = mkdtempSync(join(tmpdir(), 'ferrite-crash-'));
    const rounds = new KillRounds(join(folder, 'db'), seed, random);
    for (let round = 0; round < 6; round++) await rounds.round(1_500);
    rmSync(folder, { recursive: true });
    return `${rounds.totals.rounds} processes killed, ${rounds.totals.acknowledged} writes acknowledged`;
  },
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const first = Number(values.seed ?? Math.floor(performance.timeOrigin) % 1_000_000);
  const end = performance.now() + Number(values.seconds ?? 60) * 1_000;
  const names = Object.keys(TURNS).filter(
    (name) => values.only === undefined || name === values.only,
  );
  for (let seed = first; seed === first || performance.now() < end; seed++) {
    const name = names[seed % names.length];
    process.stdout.write(`${name} --seed ${seed} `);
    const began = performance.now();
    const said = await TURNS[name](seed, seededRandom(seed));
    process.stdout.write(`${said}, ${Math.round(performance.now() - began)} ms\n`);
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stdout.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
