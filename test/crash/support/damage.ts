// Damage: one bit of one file is flipped, then everything is read. Right answers or Corruption with file and offset;
// never a wrong answer, never a row less.

import assert from 'node:assert/strict';
import type { InlineEngine } from '../../../host/engine/inline-engine.js';
import type { Item } from '../../../host/table/item-types.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { StorageError } from '../../../io/errors.js';
import { below, seededRandom } from '../../io/support/random.js';
import { drive, FOLDER, kill, openEngineOn, type EngineShape } from './engine.js';
import { fingerprint, keyTextOf, type Rows } from './expected-state.js';
import { checkEngine } from './integrity.js';
import { Workload } from './workload.js';

export interface Subject {
  readonly disk: SimulatedFileSystem;
  readonly rows: Rows;
  readonly shape: EngineShape;
  readonly keys: ReadonlyMap<string, ReadonlyMap<string, Item>>;
}

/** A database whose process has died: tables on two levels, several log segments, all of it sealed. */
export async function subjectOf(seed: number, shape: EngineShape): Promise<Subject> {
  const random = seededRandom(seed);
  const disk = new SimulatedFileSystem();
  const life = new Workload(disk, random, shape, { batch: 12, largeBytes: 60_000 });
  await life.open();
  await life.step('create');
  await life.step('create');
  for (let round = 0; round < 4; round++) {
    await life.burst(30);
    await life.step(round === 1 ? 'compact' : 'flush');
  }
  for (let round = 0; round < 4; round++) await life.burst(8);
  life.engine?.keeper.rest();
  const rows = life.expected.rows();
  if (life.engine !== undefined) kill(life.engine);
  return { disk: disk.clone(), rows, shape, keys: life.keys };
}

export function filesUnder(disk: SimulatedFileSystem, directory: string): string[] {
  return disk
    .list(`${FOLDER}/${directory}`)
    .map((name) => `${FOLDER}/${directory}/${name}`.replace('//', '/'));
}

export interface Damaged {
  readonly image: SimulatedFileSystem;
  readonly path: string;
  /** Undoes it. */
  readonly repair: () => void;
}

/** A copy of the disk with one bit of a file changed. */
export function flipped(
  disk: SimulatedFileSystem,
  path: string,
  at: number,
  random: () => number,
): Damaged {
  const image = disk.clone();
  const bit = 1 << below(random, 8);
  const flip = (): void =>
    image.damage(path, (bytes) => {
      if (at < bytes.length) bytes[at] ^= bit;
    });
  flip();
  return { image, path, repair: flip };
}

export interface Seen {
  /** Calls that reported Corruption, opening and compacting included. */
  reports: number;
  opened: boolean;
  compacted: boolean;
}

/** Opens, reads everything in every way, compacts. Throws at the first wrong answer. */
export async function readDamaged(
  subject: Subject,
  { image, path, repair }: Damaged,
): Promise<Seen> {
  const seen: Seen = { reports: 0, opened: false, compacted: false };
  const report = (error: unknown): void => {
    expectCorruption(error, path);
    seen.reports++;
  };
  const engine = await openEngineOn(image, seededRandom(1), subject.shape).catch(report);
  if (engine === undefined) return seen;
  seen.opened = true;
  try {
    await readEverything(subject, engine, report);
    seen.compacted = await drive(engine, engine.store.compact()).then(
      () => true,
      (error: unknown) => {
        report(error);
        return false;
      },
    );
    assert.ok(!engine.store.attachment.control.failed, 'the database goes on');
    await readEverything(subject, engine, report);
  } finally {
    kill(engine);
  }
  if (!seen.compacted) await expectInputsKept(subject, image, repair);
  return seen;
}

async function readEverything(
  { rows, keys }: Subject,
  engine: InlineEngine,
  report: (error: unknown) => void,
): Promise<void> {
  const { store } = engine;
  for (const table of store.catalog()) {
    const expected = rows.get(table.tableId) ?? new Map<string, string>();
    for (const [text, key] of keys.get(table.tableId) ?? []) {
      try {
        const item = store.getSync(table, key);
        assert.equal(
          item === undefined ? undefined : fingerprint(item),
          expected.get(text),
          `get of ${text}`,
        );
      } catch (error) {
        report(error);
      }
    }
    const options = { bytesMax: 2 ** 30, consistent: false, select: 'items' } as const;
    await store.page(table, { kind: 'scan' }, options).then(({ items }) => {
      const found = new Map(items.map((item) => [keyTextOf(table.key, item), fingerprint(item)]));
      assert.equal(found.size, items.length);
      assert.equal(found.size, expected.size, 'a scan gives as many rows as there are');
      for (const [key, value] of expected) assert.equal(found.get(key), value, `scan of ${key}`);
    }, report);
  }
}

function expectCorruption(error: unknown, path: string): void {
  if (!(error instanceof StorageError)) throw error;
  assert.equal(error.code, 'Corruption', error.message);
  assert.equal(error.path, path, error.message);
  assert.equal(typeof error.offset, 'number');
}

/** A compaction that failed has removed nothing: with the bit set right all is there. */
async function expectInputsKept(
  subject: Subject,
  image: SimulatedFileSystem,
  repair: () => void,
): Promise<void> {
  repair();
  const repaired = image.clone(); // the engine that was killed still has the lock of the other
  const engine = await openEngineOn(repaired, seededRandom(1), subject.shape);
  await readEverything(subject, engine, (error) => {
    throw error;
  });
  await checkEngine(engine, repaired);
  kill(engine);
}
