// What every crash test ends with: the database opens, holds what was promised, answers the same by every way of
// reading, is sound to the last byte, and goes on.

import assert from 'node:assert/strict';
import type { InlineEngine } from '../../../host/engine/inline-engine.js';
import type { Page, StoredTable } from '../../../host/engine/store.js';
import type { Item } from '../../../host/table/item-types.js';
import { keyOfItem } from '../../../host/table/key-schema.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { seededRandom } from '../../io/support/random.js';
import { drive, kill, openEngineOn, type EngineShape } from './engine.js';
import {
  type ExpectedState,
  fingerprint,
  keyTextOf,
  type Promised,
  type Rows,
} from './expected-state.js';
import { checkEngine } from './integrity.js';

const PAGE_BYTES = 64 * 1024;

/** All rows by scans; each must be found by a get too, and nothing else by a count. */
export async function readAll(engine: InlineEngine): Promise<Rows> {
  const found: Rows = new Map();
  for (const table of engine.store.catalog()) {
    assert.ok(!found.has(table.tableId));
    found.set(table.tableId, await readTable(engine, table));
  }
  return found;
}

async function readTable(
  { store }: InlineEngine,
  table: StoredTable,
): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  let startKey: Item | undefined;
  do {
    const options = { bytesMax: PAGE_BYTES, consistent: false, select: 'items', startKey } as const;
    const page: Page = await store.page(table, { kind: 'scan' }, options);
    for (const item of page.items) {
      const key = keyTextOf(table.key, item);
      assert.ok(!rows.has(key), `a scan gives ${key} twice`);
      const text = fingerprint(item);
      rows.set(key, text);
      const got = store.getSync(table, keyOfItem(table.key, item));
      assert.ok(got !== undefined, `a scan finds ${key}, a get does not`);
      assert.equal(fingerprint(got), text, `scan and get of ${key}`);
    }
    startKey = page.lastKey;
  } while (startKey !== undefined);
  const { itemCount } = await store.tableFigures(table);
  assert.equal(itemCount, rows.size, 'a count gives as many rows as a scan');
  return rows;
}

/** Keys that were written some time and are not there must not be found by a get. */
function expectAbsent(
  { store }: InlineEngine,
  rows: Rows,
  keys: ReadonlyMap<string, ReadonlyMap<string, Item>>,
): void {
  for (const table of store.catalog()) {
    const there = rows.get(table.tableId);
    for (const [text, key] of keys.get(table.tableId) ?? []) {
      if (there?.has(text) === true) continue;
      assert.equal(store.getSync(table, key), undefined, `a get finds ${text}, a scan does not`);
    }
  }
}

export interface Verification {
  readonly expected: ExpectedState;
  readonly promised: Promised;
  readonly shape: EngineShape;
  /** Keys ever written, by table UUID and identity. */
  readonly keys: ReadonlyMap<string, ReadonlyMap<string, Item>>;
  /** Also writes, closes and opens once more. */
  readonly goOn: boolean;
  readonly seed: number;
}

/** Opens what a crash left and checks it; returns up to which write it goes. */
export async function verify(fileSystem: FileSystem, verification: Verification): Promise<number> {
  const { expected, promised, shape, seed, goOn, keys } = verification;
  const random = seededRandom(seed);
  const engine = await openEngineOn(fileSystem, random, shape);
  try {
    const rows = await readAll(engine);
    const point = expected.expectPrefix(rows, promised);
    expectAbsent(engine, rows, keys);
    await checkEngine(engine, fileSystem);
    if (!goOn) return point;
    await goOnWith(engine, fileSystem, verification, rows);
    return point;
  } finally {
    kill(engine);
  }
}

/** The recovered database takes writes, and has them after a clean close. */
async function goOnWith(
  engine: InlineEngine,
  fileSystem: FileSystem,
  { shape, seed }: Verification,
  rows: Rows,
): Promise<void> {
  const table = engine.store.catalog()[0];
  if (table !== undefined) {
    const item: Item = {};
    for (const { name, type } of [table.key.partition, table.key.sort ?? table.key.partition]) {
      item[name] = type === 'N' ? 4711 : type === 'S' ? 'again' : Uint8Array.of(47, 11);
    }
    await drive(engine, engine.store.put(table, item));
    rows.get(table.tableId)?.set(keyTextOf(table.key, item), fingerprint(item));
  }
  await engine.store.close();
  const again = await openEngineOn(fileSystem, seededRandom(seed), shape);
  try {
    assert.deepEqual(await readAll(again), rows, 'after a clean close all is as it was');
    assert.equal(again.keeper.report?.clean, true, 'the log says that the close was clean');
    await checkEngine(again, fileSystem);
  } finally {
    kill(again);
  }
}
