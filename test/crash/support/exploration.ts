// The power goes after every file operation of a scripted life, in several ways each, and during some of the recoveries
// after every operation of them too. Every disk image is opened and verified.

import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { CHANGING_KINDS } from '../../../io/disk/simulated-operations.js';
import type { CrashOptions } from '../../../io/disk/simulated-file.js';
import { below, seededRandom } from '../../io/support/random.js';
import { kill, type EngineShape } from './engine.js';
import type { Promised } from './expected-state.js';
import { verify } from './verification.js';
import { scriptOf, Workload } from './workload.js';

/** Nothing, everything, and half of it in each way a disk may do that. */
export const POWER_CUTS: readonly CrashOptions[] = [
  { keep: 0 },
  { keep: 1 },
  { keep: 0.5, reorder: true, tear: 'sector' },
  { keep: 0.5, tear: 'byte' },
  { keep: 0.5, reorder: true },
  { keep: 0.8, reorder: true, tear: 'byte' },
];

export interface Exploration {
  readonly seed: number;
  readonly steps: number;
  readonly shape: EngineShape;
  /** Writes of a burst, and bytes of its rare large item. */
  readonly batch: number;
  readonly largeBytes: number;
  /** Power cuts of a moment; the others of POWER_CUTS take turns. */
  readonly cutsEach: number;
  /** During every n-th recovery the power goes after every operation of it; 0: never. */
  readonly deepEvery: number;
  /** Images are taken at one of so many operations, at random. */
  readonly sparse?: number;
  /** Puts a planted bug between the engine and the disk. */
  readonly wrap?: (fileSystem: FileSystem) => FileSystem;
}

export interface Explored {
  operations: number;
  fileOperations: number;
  images: number;
  recoveryImages: number;
  kinds: Map<string, number>;
}

interface Image {
  readonly disk: SimulatedFileSystem;
  readonly promised: Promised;
  readonly moment: string;
}

export async function explore(exploration: Exploration): Promise<Explored> {
  const { seed, shape, cutsEach, deepEvery, sparse = 1, wrap = (each) => each } = exploration;
  const random = seededRandom(seed);
  const cutRandom = seededRandom(seed + 1);
  const disk = new SimulatedFileSystem();
  const life = new Workload(wrap(disk), random, shape, exploration);
  const explored: Explored = {
    operations: 0,
    fileOperations: 0,
    images: 0,
    recoveryImages: 0,
    kinds: new Map(),
  };
  const waiting: Image[] = [];
  let turn = 0;

  disk.observe = ({ index, kind, path }) => {
    if (!CHANGING_KINDS.includes(kind)) return;
    explored.fileOperations++;
    const place = `${kind} ${path.replace(/^.*\/(?=[^/]+\/[^/]*$)/, '').replace(/[0-9a-f-]{8,}/g, '*')}`;
    explored.kinds.set(place, (explored.kinds.get(place) ?? 0) + 1);
    if (sparse > 1 && below(cutRandom, sparse) !== 0) return;
    const promised = life.expected.promised();
    for (let count = 0; count < cutsEach; count++) {
      const options = POWER_CUTS[turn++ % POWER_CUTS.length];
      const moment = `after operation ${index}, ${kind} ${path}, ${JSON.stringify(options)}`;
      waiting.push({ disk: disk.crash(cutRandom, options), promised, moment });
    }
  };
  const drain = async (): Promise<void> => {
    for (const image of waiting.splice(0)) {
      explored.images++;
      const deep = deepEvery > 0 && explored.images % deepEvery === 0;
      await located(image.moment, () => verifyImage(image, deep));
    }
  };
  const verification = (promised: Promised) => ({
    expected: life.expected,
    promised,
    shape,
    keys: life.keys,
    goOn: explored.images % 5 === 0,
    seed: seed + explored.images,
  });

  /** A recovery, and if `deep` what further power cuts during it leave. */
  const verifyImage = async ({ disk: image, promised }: Image, deep: boolean): Promise<void> => {
    const later: Image[] = [];
    if (deep) {
      image.observe = ({ index, kind, path }) => {
        if (!CHANGING_KINDS.includes(kind)) return;
        const options = POWER_CUTS[below(cutRandom, POWER_CUTS.length)];
        const moment = `then after operation ${index} of the recovery, ${kind} ${path}, ${JSON.stringify(options)}`;
        later.push({ disk: image.crash(cutRandom, options), promised, moment });
        // A recovery that dies without the machine.
        if (later.length % 4 === 0)
          later.push({ disk: image.clone(), promised, moment: `${moment} (process only)` });
      };
    }
    const plain = verification(promised);
    const point = await verify(wrap(image), deep ? { ...plain, goOn: false } : plain);
    image.observe = undefined;
    // What this recovery showed to readers no later crash may take back.
    const shown = { ...promised, acknowledged: point };
    if (deep)
      later.push({
        disk: image.crash(cutRandom, { keep: 0 }),
        promised: shown,
        moment: 'then once it was open',
      });
    for (const each of later) {
      explored.recoveryImages++;
      await located(each.moment, () =>
        verify(wrap(each.disk), { ...verification(each.promised), goOn: false }),
      );
    }
  };

  try {
    await life.open();
    await drain();
    for (const step of scriptOf(random, exploration.steps)) {
      await life.step(step);
      await drain();
    }
    await life.close();
    await drain();
  } finally {
    disk.observe = undefined;
    if (life.engine !== undefined) kill(life.engine);
  }
  explored.operations = life.operations;
  return explored;
}

/** Says where in the run a failure belongs. */
async function located<Result>(moment: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error) error.message = `${moment}: ${error.message}`;
    throw error;
  }
}
