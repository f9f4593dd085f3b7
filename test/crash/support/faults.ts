// A scripted life under one fault of the disk. Whatever the fault does, nothing acknowledged is lost, nobody waits for
// ever, the error says what happened, and the folder opens again when the disk is well.

import assert from 'node:assert/strict';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import type { Fault } from '../../../io/disk/simulated-operations.js';
import { StorageError } from '../../../io/errors.js';
import { below, seededRandom } from '../../io/support/random.js';
import { drive, kill, Stuck, type EngineShape } from './engine.js';
import { fingerprint, type Rows } from './expected-state.js';
import { POWER_CUTS } from './exploration.js';
import { verify } from './verification.js';
import { type Step, Workload } from './workload.js';

export interface FaultRun {
  readonly seed: number;
  readonly fault: Fault;
  readonly script: readonly Step[];
  readonly shape: EngineShape;
  readonly wrap?: (fileSystem: FileSystem) => FileSystem;
}

export interface FaultOutcome {
  readonly struck: boolean;
  /** Where the script met errors, and which. */
  readonly errors: readonly string[];
  /** The database failed closed. */
  readonly failed: boolean;
  readonly images: number;
}

/** Everything that writes, in the order in which it happens: rotation, flush, compaction, tables, close, recovery. */
export const FAULT_SCRIPT: readonly Step[] = [
  'create',
  'burst',
  'rest',
  'burst',
  'flush',
  'create',
  'burst',
  'burst',
  'flush',
  'compact',
  'burst',
  'drop',
  'burst',
  'rest',
  'burst',
  'reopen',
  'burst',
  'flush',
  'burst',
  'compact',
];

export interface FaultTotals {
  places: number;
  failures: number;
  images: number;
  /** What the script met, and how often. */
  readonly outcomes: Map<string, number>;
}

/** The fault strikes at the k-th operation of its kinds, for every k (or every `stride`-th), until it finds none. */
export async function strikeEverywhere(
  run: Omit<FaultRun, 'fault'>,
  fault: Omit<Fault, 'at'>,
  stride = 1,
): Promise<FaultTotals> {
  const totals: FaultTotals = { places: 0, failures: 0, images: 0, outcomes: new Map() };
  for (let at = 1 + (run.seed % stride); ; at += stride) {
    const { struck, failed, images, errors } = await runWithFault({
      ...run,
      fault: { ...fault, at },
    }).catch((error: unknown) => {
      if (error instanceof Error)
        error.message = `${JSON.stringify({ ...fault, at })}: ${error.message}`;
      throw error;
    });
    totals.images += images;
    if (!struck) return totals;
    totals.places++;
    if (failed) totals.failures++;
    const outcome = errors.join('; ');
    totals.outcomes.set(outcome, (totals.outcomes.get(outcome) ?? 0) + 1);
  }
}

export async function runWithFault(run: FaultRun): Promise<FaultOutcome> {
  const { seed, fault, script, shape, wrap = (each) => each } = run;
  const random = seededRandom(seed);
  const disk = new SimulatedFileSystem();
  const life = new Workload(wrap(disk), random, shape, { batch: 6, largeBytes: 20_000 });
  disk.inject(fault);
  const errors: string[] = [];
  const attempt = async (step: string, action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      if (error instanceof Stuck && fault.error === 'ENOSPC')
        return void errors.push(`${step}: waits`);
      assert.ok(
        error instanceof StorageError,
        `${step}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      assert.notEqual(error.code, 'Corruption', `${step}: ${error.message}`);
      errors.push(`${step}: ${error.code}`);
      if (fault.forever !== true && !isOver(life)) assert.ok(disk.faultStruck, error.message);
    }
  };
  await attempt('open', () => life.open());
  for (const step of script) {
    if (isOver(life)) break;
    await attempt(step, () => life.step(step));
    if (fault.forever === true && errors.length > 1) break;
  }
  const struck = disk.faultStruck;
  const failed = life.engine?.store.attachment.control.failed === true;
  if (life.engine !== undefined && struck) {
    const { engine } = life;
    if (failed) await expectClosedToWrites(life);
    else if (fault.kinds?.includes('read') !== true) expectReads(life);
    if (!failed && fault.error === 'ENOSPC') {
      disk.inject(undefined);
      await expectGoesOn(life, errors);
    }
    await drive(engine, engine.store.close()).catch((error: unknown) =>
      assert.ok(error instanceof StorageError),
    );
  }
  const promised = life.expected.promised();
  disk.inject(undefined);
  const cuts = [POWER_CUTS[0], POWER_CUTS[2 + below(random, POWER_CUTS.length - 2)]];
  const images = struck
    ? [disk.clone(), ...cuts.map((options) => disk.crash(random, options))]
    : [disk.clone()];
  const { expected, keys } = life;
  for (const image of images) {
    await verify(wrap(image), { expected, promised, shape, keys, goOn: image === images[0], seed });
  }
  if (life.engine !== undefined) kill(life.engine);
  return { struck, errors, failed, images: images.length };
}

/** No engine, or one that has failed: nothing more will work. */
function isOver({ engine }: Workload): boolean {
  return engine === undefined || engine.store.attachment.control.failed;
}

async function expectClosedToWrites({ engine, expected }: Workload): Promise<void> {
  assert.ok(engine !== undefined);
  const table = [...expected.definitions.values()].at(-1);
  if (table === undefined) return;
  await assert.rejects(engine.store.put({ ...table, id: 16 } as never, {}), {
    code: 'EngineFailure',
  });
  await assert.rejects(engine.store.createKeyspace(table), { code: 'EngineFailure' });
}

/** There is room again: what waits is written, what was refused can be tried again. */
async function expectGoesOn(life: Workload, errors: readonly string[]): Promise<void> {
  const { engine } = life;
  assert.ok(engine !== undefined);
  const outcomes = await drive(engine, Promise.allSettled(life.waiting));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      assert.equal((outcome.reason as StorageError).code, 'StorageFull', errors.join());
  }
  try {
    while (engine.keeper.rest());
    engine.work();
    for (const step of ['burst', 'flush', 'compact', 'burst'] as const) await life.step(step);
  } catch (error) {
    // A manifest that could not be written is not written again: then the database has failed closed.
    assert.ok(isOver(life), errors.join());
    assert.ok(error instanceof StorageError && error.code === 'EngineFailure');
  }
}

/** What was acknowledged can still be read. */
function expectReads({ engine, expected, keys }: Workload): void {
  assert.ok(engine !== undefined);
  const rows: Rows = expected.rows(expected.acknowledged);
  const touched = new Set(
    expected.writes.slice(expected.acknowledged).map(({ table, key }) => table + key),
  );
  for (const table of engine.store.catalog()) {
    for (const [key, value] of rows.get(table.tableId) ?? []) {
      if (touched.has(table.tableId + key)) continue;
      const item = engine.store.getSync(table, keys.get(table.tableId)?.get(key) ?? {});
      assert.equal(item === undefined ? undefined : fingerprint(item), value, `${key} can be read`);
    }
  }
}
