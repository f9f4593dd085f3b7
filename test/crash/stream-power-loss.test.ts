// Row 14 of the matrix for streams: after a power cut at any file operation a stream holds exactly the committed changes,
// those of each item in their order and without a gap, and so does the table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EncodedItem } from '../../host/core/codec/encoded-item.js';
import type { Change, StoredTable, TableDefinition } from '../../host/engine/store.js';
import type { InlineEngine } from '../../host/engine/inline-engine.js';
import type { Item } from '../../host/table/item-types.js';
import { SimulatedFileSystem } from '../../io/disk/simulated-file-system.js';
import { CHANGING_KINDS } from '../../io/disk/simulated-operations.js';
import { below, seededRandom, seedOf } from '../io/support/random.js';
import { drive, kill, openEngineOn, TINY_SIZES } from './support/engine.js';
import { keyTextOf } from './support/expected-state.js';
import { POWER_CUTS } from './support/exploration.js';
import { checkEngine } from './support/integrity.js';
import { readStory, textOf } from './support/streams.js';
import { defineTable } from './support/tables.js';

const SHAPE = { shards: 2, checked: true, sizes: TINY_SIZES };
const BURSTS = 24;
const SCAN = { bytesMax: 2 ** 30, consistent: false, select: 'items' } as const;

/** What was issued to each item, as the states that it goes through, and how many of them are acknowledged. */
class Issued {
  readonly states = new Map<string, string[]>();
  readonly acknowledged = new Map<string, number>();

  /** Notes a state, unless it is what the item has already; returns what to call when it is acknowledged. */
  note(key: string, state: string): () => void {
    const states = this.states.get(key) ?? [];
    if (state !== (states.at(-1) ?? '')) states.push(state);
    this.states.set(key, states);
    const count = states.length;
    return () => this.acknowledged.set(key, Math.max(count, this.acknowledged.get(key) ?? 0));
  }

  /** A story must be a beginning of what was issued, and reach as far as what was acknowledged. */
  expect(told: ReadonlyMap<string, string[]>, acknowledged: ReadonlyMap<string, number>): void {
    for (const [key, states] of told) {
      assert.deepEqual(states, this.states.get(key)?.slice(0, states.length), key);
    }
    for (const [key, count] of acknowledged) {
      const length = told.get(key)?.length ?? 0;
      assert.ok(length >= count, `${key}: ${count} changes were acknowledged, ${length} are told`);
    }
  }
}

function define(random: () => number): TableDefinition {
  const createdAtMs = 1_700_000_000_000;
  const label = '2023-11-14T22:13:20.000';
  const stream = { id: 0, viewType: 'NEW_AND_OLD_IMAGES', label, createdAtMs } as const;
  return { ...defineTable('Strings', random), streams: [stream] };
}

function issue(
  { store }: InlineEngine,
  table: StoredTable,
  issued: Issued,
  random: () => number,
): Promise<unknown> {
  const item: Item = { pk: `p${below(random, 4)}`, sk: `s${below(random, 3)}` };
  const key = { ...item };
  const name = keyTextOf(table.key, key);
  const kind = below(random, 4);
  const next = kind === 0 ? undefined : { ...item, n: below(random, 3) };
  if (next !== undefined && random() < 0.1)
    Object.assign(next, { text: 'x'.repeat(below(random, 9_000)) });
  const acknowledge = issued.note(name, textOf(next));
  if (next === undefined) return store.delete(table, key).then(acknowledge);
  if (kind === 1) return store.put(table, next).then(acknowledge);
  const decide = (_: EncodedItem | undefined): Change => ({ kind: 'put', item: next });
  return store.write({ table, key, decide }).then(acknowledge);
}

test('after a power cut the stream of a table tells exactly what became of it', async (context) => {
  const seed = seedOf(context);
  const random = seededRandom(seed);
  const cutRandom = seededRandom(seed + 1);
  const disk = new SimulatedFileSystem();
  const issued = new Issued();
  const images: { disk: SimulatedFileSystem; acknowledged: Map<string, number>; moment: string }[] =
    [];
  let engine = await openEngineOn(disk, random, SHAPE);
  let table = await drive(engine, engine.store.createKeyspace(define(random)));
  disk.observe = ({ index, kind, path }) => {
    if (!CHANGING_KINDS.includes(kind) || below(cutRandom, 4) > 0) return;
    const options = POWER_CUTS[images.length % POWER_CUTS.length];
    images.push({
      disk: disk.crash(cutRandom, options),
      acknowledged: new Map(issued.acknowledged),
      moment: `after operation ${index}, ${kind} ${path}, ${JSON.stringify(options)}`,
    });
  };
  for (let burst = 0; burst < BURSTS; burst++) {
    const count = 1 + below(random, 12);
    const writes = Array.from({ length: count }, () => issue(engine, table, issued, random));
    await drive(engine, Promise.all(writes));
    if (burst % 8 === 3) await drive(engine, engine.store.flush());
    if (burst % 16 === 9) await drive(engine, engine.store.compact());
    if (burst % 20 === 15) {
      await drive(engine, engine.store.close());
      engine = await openEngineOn(disk, random, SHAPE);
      table = engine.store.catalog()[0];
    }
  }
  disk.observe = undefined;
  await drive(engine, engine.store.close());
  images.push({ disk, acknowledged: issued.acknowledged, moment: 'after the close' });
  let told = 0;
  for (const image of images) {
    const found = await openEngineOn(image.disk, random, SHAPE);
    try {
      const [there] = found.store.catalog();
      const { items } = await found.store.page(there, { kind: 'scan' }, SCAN);
      const story = await readStory(found.store.hidden, there, items);
      issued.expect(story, image.acknowledged);
      await checkEngine(found, image.disk);
      told += [...story.values()].flat().length;
    } catch (error) {
      throw new Error(`${image.moment}: ${String(error)}`, { cause: error });
    } finally {
      kill(found);
    }
  }
  context.diagnostic(`${images.length} power cuts, ${told} records`);
  assert.ok(images.length > 30 && told > 500);
});
