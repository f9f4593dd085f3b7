// A scripted life under one fault of the disk. Whatever the fault does, nothing acknowledged is lost, nobody waits for
// ever, the error says what happened, and the folder opens again when the disk is well.

import assert from 'node:assert/strict';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import type { Fault } from '../../../io/disk/simulated-operations.js';
import { StorageError } from '../../../io/errors.js';
import { below, seededRandom } from '../../io/support/random.js';
import { drive, kill, type EngineShape } from './engine.js';
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
      assert.ok(error instanceof StorageError, `${step}: ${error instanceof Error ? error.stack : String(error)}`);
      assert.notEqual(error.code, 'Corruption', `${step}: ${error.message}`);
      errors.push(`${step}: ${error.code}`);
      if (fault.forever !== true && !isOver(life)) assert.ok(disk.faultStruck, error.message);
    }
  };
  await attempt('open', () => life.open());
  for (const step of script) {
    if (isOver(life)) break;
    await attempt(step, () => life.step(step));
    if (errors.length > 0 && fault.forever === true) break;
  }
  const struck = disk.faultStruck;
  const failed = life.engine?.store.attachment.control.failed === true;
  if (life.engine !== undefined && struck) {
    if (failed) await expectClosedToWrites(life);
    else expectReads(life);
    const { engine } = life;
    await drive(engine, engine.store.close()).catch((error: unknown) => assert.ok(error instanceof StorageError));
  }
  const promised = life.expected.promised();
  disk.inject(undefined);
  const cuts = [POWER_CUTS[0], POWER_CUTS[2 + below(random, POWER_CUTS.length - 2)]];
  const images = struck ? [disk.clone(), ...cuts.map((options) => disk.crash(random, options))] : [disk.clone()];
  for (const image of images) {
    const { expected, keys } = life;
    await verify(wrap(image), { expected, promised, shape, keys, goOn: true, seed });
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
  await assert.rejects(engine.store.put({ ...table, id: 16 } as never, {}), { code: 'EngineFailure' });
  await assert.rejects(engine.store.createKeyspace(table), { code: 'EngineFailure' });
}

/** What was acknowledged can still be read. */
function expectReads({ engine, expected, keys }: Workload): void {
  assert.ok(engine !== undefined);
  const rows: Rows = expected.rows(expected.acknowledged);
  const touched = new Set(expected.writes.slice(expected.acknowledged).map(({ table, key }) => table + key));
  for (const table of engine.store.catalog()) {
    for (const [key, value] of rows.get(table.tableId) ?? []) {
      if (touched.has(table.tableId + key)) continue;
      const item = engine.store.getSync(table, keys.get(table.tableId)?.get(key) ?? {});
      assert.equal(item === undefined ? undefined : fingerprint(item), value, `${key} can be read`);
    }
  }
}
