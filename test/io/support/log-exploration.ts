/**
 * Runs a log and cuts the power after every operation of it, in several ways each; then again
 * during some of the recoveries and in what the recovered logs go on to write. Throws at the first
 * broken promise.
 */
import type { Crc32c } from '../../../io/disk/bytes.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { CHANGING_KINDS } from '../../../io/disk/simulated-operations.js';
import type { CrashOptions } from '../../../io/disk/simulated-file.js';
import { LogRun, expectPromised, recover } from './log-run.js';
import type { Model, Promised } from './log-run.js';
import { PlantedFileSystem } from './planted-bugs.js';
import type { PlantedBug } from './planted-bugs.js';
import { below, seededRandom } from './random.js';

export const POWER_CUTS: readonly CrashOptions[] = [
  { keep: 0 },
  { keep: 1 },
  { keep: 0.5, tear: 'byte' },
  { keep: 0.5, reorder: true },
  { keep: 0.5, reorder: true, tear: 'sector' },
  { keep: 0.7, reorder: true, tear: 'byte' },
];

export interface Exploration {
  readonly seed: number;
  readonly turns: number;
  readonly bug?: PlantedBug;
  readonly crc32c?: Crc32c;
  /** During every n-th recovery the power is cut too, after every operation. */
  readonly deepEvery?: number;
}

export interface Explored {
  readonly operations: number;
  readonly images: number;
}

export function exploreLog(exploration: Exploration): Explored {
  const random = seededRandom(exploration.seed);
  const disk = new SimulatedFileSystem();
  const model: Model = new Map();
  let run: LogRun | undefined;
  let images = 0;
  const wrapped = (fileSystem: FileSystem): FileSystem =>
    exploration.bug === undefined ? fileSystem : new PlantedFileSystem(fileSystem, exploration.bug);
  let violation: unknown;
  /**
   * A broken promise found inside an operation is kept: the code under test may catch what is
   * thrown there.
   */
  const noting = (check: () => void): void => {
    try {
      if (violation === undefined) check();
    } catch (error) {
      violation = error;
    }
  };
  const verify = (image: SimulatedFileSystem, promised: Promised, depth: number): void => {
    images++;
    if (depth > 0) {
      image.observe = ({ kind }) => {
        if (!CHANGING_KINDS.includes(kind)) return;
        const options = POWER_CUTS[below(random, POWER_CUTS.length)];
        noting(() => verify(image.crash(random, options), promised, depth - 1));
      };
    }
    const again = image.clone();
    expectPromised(recoverAnywhere(wrapped(image), exploration.crc32c), promised);
    image.observe = undefined;
    // A recovery that dies without the machine leads to the same as one that does not.
    if (depth > 0) expectPromised(recoverAnywhere(wrapped(again), exploration.crc32c), promised);
    if (depth > 0) goOn(image, promised);
  };
  /** A recovered log goes on, and the power is cut again at each operation. */
  const goOn = (image: SimulatedFileSystem, promised: Promised): void => {
    const continued = new Map(promised.model);
    const next = new LogRun({
      fileSystem: wrapped(image),
      random,
      model: continued,
      crc32c: exploration.crc32c,
    });
    image.observe = ({ kind }) => {
      if (!CHANGING_KINDS.includes(kind)) return;
      const cut = image.crash(random, POWER_CUTS[below(random, POWER_CUTS.length)]);
      const { neededGroup, turns } = next;
      const acknowledged = turns.durableGroup;
      noting(() => verify(cut, { model: continued, acknowledged, neededGroup }, 0));
    };
    for (let turn = 0; turn < 4; turn++) {
      next.submitSome(turn === 2 ? 2000 : 120);
      next.turn();
      if (turn === 2) next.retire(next.turns.durableGroup - 1);
    }
    image.observe = undefined;
  };
  disk.observe = ({ kind }) => {
    if (!CHANGING_KINDS.includes(kind) || run === undefined) return;
    const promised = { model, acknowledged: run.turns.durableGroup, neededGroup: run.neededGroup };
    for (const options of POWER_CUTS) {
      const deep = exploration.deepEvery !== undefined && images % exploration.deepEvery === 0;
      noting(() => verify(disk.crash(random, options), promised, deep ? 1 : 0));
    }
  };
  const segmentBytesMax = random() < 0.5 ? 1024 : 4096;
  const options = {
    fileSystem: wrapped(disk),
    random,
    model,
    crc32c: exploration.crc32c,
    segmentBytesMax,
  };
  run = new LogRun(options);
  for (let turn = 0; turn < exploration.turns && violation === undefined; turn++) {
    run.submitSome(turn % 9 === 8 ? 3000 : 120);
    run.turn();
    if (random() < 0.2) run.turns.seal();
    if (random() < 0.2) run.turns.prepareStep();
    if (turn % 6 === 5) run.retire(run.turns.durableGroup - 3);
    if (turn % 13 === 12) run.beginAnew();
    if (turn % 11 === 10) run = reopened(run, options, random() < 0.5);
  }
  run.turns.close();
  if (violation !== undefined) throw violation;
  return { operations: disk.operations, images };
}

/** Closes (cleanly, or not at all) and opens again, as another process would. */
function reopened(
  run: LogRun,
  options: ConstructorParameters<typeof LogRun>[0],
  cleanly: boolean,
): LogRun {
  const { neededGroup } = run;
  if (cleanly) run.turns.close();
  const next = new LogRun(options);
  next.neededGroup = neededGroup;
  return next;
}

/** The log's folder itself may not have survived its making. */
function recoverAnywhere(
  fileSystem: FileSystem,
  crc32c: Crc32c | undefined,
): ReturnType<typeof recover> {
  if (fileSystem.stat('/db/log') === undefined) {
    return {
      lastGroup: 0,
      clean: true,
      torn: undefined,
      retained: [],
      firstNumber: 1,
      groups: new Map(),
    };
  }
  return recover({ fileSystem, crc32c });
}
