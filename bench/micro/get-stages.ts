// Where a getSync spends its time: the same random walk cut off after each stage of the way, in short rounds that
// take turns. The difference of two lines is the cost of a stage.
//
//   node --import tsx bench/micro/get-stages.ts [--count 1000000] [--state memtables|tables] [--kind standard]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { open } from '../../host/index.js';
import { Attachment } from '../../host/engine/attachment.js';
import { CatalogView } from '../../host/engine/catalog-view.js';
import { KeyBuilder } from '../../host/engine/key-builder.js';
import type { LsmStore } from '../../host/engine/lsm-store.js';
import { openEngine } from '../../host/engine/open-engine.js';
import { ShapeIds } from '../../host/engine/shape-ids.js';
import { Database } from '../../host/database.js';
import { RESULT } from '../../host/core/abi.js';
import { resolveOptions } from '../../host/options.js';
import { realFileSystem } from '../../io/disk/real-file-system.js';
import { flat, makeItems } from '../data/items.js';
import type { Item, ItemKind } from '../data/items.js';
import { randomOrder } from '../data/random.js';
import { createItemsTable, FerriteStore } from '../rivals/ferrite.js';

void open;
const { values: flags } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    kind: { type: 'string', default: 'standard' },
    state: { type: 'string', default: 'memtables' },
    rounds: { type: 'string', default: '1500' },
    calls: { type: 'string', default: '500' },
    cold: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'ferrite-stages-'));
const options = resolveOptions();
const lsm: LsmStore = await openEngine(join(folder, 'db'), {
  durability: 'relaxed',
  memoryMb: 4096,
  random: options.random,
});
const db = new Database(lsm, options);
const ferrite = new FerriteStore(db as never);
await createItemsTable(db as never);
const items = makeItems(flags.kind as ItemKind, Number(flags.count), 20240229);
const order = randomOrder(items.length, 7);
await ferrite.load(items.length, (i) => items[i] as Item);
if (flags.state === 'tables') await ferrite.compact();
const keys = items.map(({ pk, sk }) => ({ pk, sk }));
for (const key of keys) if (ferrite.getSync(key) === undefined) throw new Error('an item is lost');

const attachment = new Attachment(lsm.attachment.handles, realFileSystem(), true);
const catalog = new CatalogView(attachment.handles.catalog);
const builder = new KeyBuilder(attachment.workbench, attachment.shards.length);
const shapes = new ShapeIds(attachment);
const table = catalog.list()[0];

const calls = Number(flags.calls);
let hot: { pk: string; sk: string }[] = [];
const keyAt = (i: number): { pk: string; sk: string } =>
  (flags.cold ? keys[order[i & (order.length - 1)] as number] : hot[i % calls]) as {
    pk: string;
    sk: string;
  };
/** A program has just made the key it asks for: fresh ones for every round. */
function freshKeys(from: number): void {
  hot = Array.from({ length: calls }, (_, i) => {
    const { pk, sk } = keys[order[(from + i) & (order.length - 1)] as number] as (typeof hot)[0];
    return { pk: flat(pk), sk: flat(sk) };
  });
}

const stages: Record<string, (i: number) => unknown> = {
  'walk of the keys': (i) => {
    const key = keyAt(i);
    return key.pk.charCodeAt(0) + key.sk.charCodeAt(5);
  },
  'key built': (i) => builder.key(table, keyAt(i)),
  'key copied': (i) => {
    const core = attachment.shards[builder.key(table, keyAt(i))];
    core.copyKey(builder.workbench.u32, builder.workbench.keyAt, core.keyAt, builder.length);
    return core;
  },
  'core.get': (i) => {
    const core = attachment.shards[builder.key(table, keyAt(i))];
    core.copyKey(builder.workbench.u32, builder.workbench.keyAt, core.keyAt, builder.length);
    return core.get(builder.length, catalog.epoch);
  },
  decoded: (i) => {
    const core = attachment.shards[builder.key(table, keyAt(i))];
    core.copyKey(builder.workbench.u32, builder.workbench.keyAt, core.keyAt, builder.length);
    const length = core.get(builder.length, catalog.epoch);
    return shapes.decode(core, core.u8, core.result(RESULT.VALUE_PTR), length);
  },
  getSync: (i) => ferrite.getSync(keyAt(i)),
};

const times = new Map<string, number[]>(Object.keys(stages).map((name) => [name, []]));
let next = 0;
for (let round = -100; round < Number(flags.rounds); round++) {
  const turn = Object.entries(stages);
  if (round % 2 === 0) turn.reverse();
  for (const [name, stage] of turn) {
    const from = (next += calls);
    freshKeys(from);
    const start = performance.now();
    for (let i = from; i < from + calls; i++) stage(i);
    if (round >= 0) times.get(name)?.push(((performance.now() - start) * 1e6) / calls);
  }
}
let before = [0, 0, 0];
for (const [name, list] of times) {
  const sorted = list.sort((a, b) => a - b);
  const figures = [0, 0.25, 0.5].map((p) => sorted[Math.floor((sorted.length - 1) * p)] as number);
  const text = figures.map(
    (ns, i) => `${ns.toFixed(0).padStart(6)} (+${(ns - (before[i] as number)).toFixed(0)})`,
  );
  console.log(`${name.padEnd(18)} min, quartile, median ns: ${text.join('  ')}`);
  before = figures;
}
attachment.detach();
await db.close();
rmSync(folder, { recursive: true, force: true });
