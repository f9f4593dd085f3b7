/** E11: space on disk after compaction against LevelDB's, and memory per entry in memtables. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeItems } from '../data/items.js';
import type { Item, ItemKind } from '../data/items.js';
import { figure } from '../harness/statistics.js';
import { figureRow } from '../harness/suite.js';
import type { Measured, Row, Sample, Scale, Suite } from '../harness/suite.js';
import { openClassicLevel } from '../rivals/classic-level.js';
import { createFerrite } from '../rivals/ferrite.js';
import { PAGE_BYTES } from '../rivals/ferrite-api.js';
import type { FerriteShardStats } from '../rivals/ferrite-api.js';
import { openLmdb } from '../rivals/lmdb.js';
import type { Store } from '../rivals/store.js';

const OURS = 'ferritedb';
const OURS_PLAIN = 'ferritedb, no compression';
const SNAPPY = 'classic-level, Snappy';
const LEVEL_PLAIN = 'classic-level, no compression';
const SNAPPY_RECORDS = 'classic-level, Snappy, record structures';
const LMDB = 'lmdb';
const KINDS: ItemKind[] = ['standard', 'cities'];
const MEMORY = 'memory';
const MEMORY_MB = 1024;

const OPEN: Record<string, (folder: string) => Promise<Store>> = {
  [OURS]: (folder) => createFerrite(folder, { durability: 'relaxed' }),
  [OURS_PLAIN]: (folder) => createFerrite(folder, { durability: 'relaxed', compression: false }),
  [SNAPPY]: (folder) => openClassicLevel(folder, { durability: 'relaxed' }),
  [LEVEL_PLAIN]: (folder) =>
    openClassicLevel(folder, { durability: 'relaxed', compression: false }),
  [SNAPPY_RECORDS]: (folder) => openClassicLevel(folder, { durability: 'relaxed', records: true }),
  [LMDB]: (folder) => openLmdb(folder, { durability: 'relaxed' }),
};

function itemCount({ quick }: Scale): number {
  return quick ? 10_000 : 500_000;
}

/** Many pages a shard, so that a last page that is half empty does not show. */
function memoryItemCount({ quick }: Scale): number {
  return quick ? 50_000 : 1_000_000;
}

export const suite: Suite = {
  id: 'E11',
  slug: 'e11-space',
  title: 'space on disk and in memory',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items, and the cities of the real ` +
      'data set; loaded, compacted, closed; then the sizes of all files in the folder, logs ' +
      'included, per item',
    'ferritedb with and without block compression; classic-level with Snappy and without, ' +
      'msgpack values (plain maps; for information also with record structures kept outside the ' +
      'store); lmdb as it is',
    'memory: bytes a memtable takes per entry beyond encoded key and value, from db.stats()',
  ],

  plan: () => ({
    rounds: 1,
    contenders: Object.keys(OPEN),
    tasks: (contender) => (contender === OURS ? [...KINDS, MEMORY] : KINDS),
  }),

  async prepare(contender, folder, scale) {
    const open = OPEN[contender];
    if (!open) throw new Error(`no contender ${contender}`);
    return {
      measure: (task) =>
        task === MEMORY
          ? memoryPerEntry(join(folder, task), scale)
          : bytesPerItem(open, join(folder, task), task as ItemKind, scale),
      close: async () => undefined,
    };
  },

  compare: (measured) => [
    ...KINDS.flatMap((kind) => [
      spaceRow(measured, kind, OURS_PLAIN, LEVEL_PLAIN, 1),
      spaceRow(measured, kind, OURS, SNAPPY, 1.25),
      spaceRow(measured, kind, OURS, SNAPPY_RECORDS),
      spaceRow(measured, kind, OURS, LMDB),
    ]),
    figureRow(
      {
        label: 'memory per entry beyond key and value',
        unit: 'bytes',
        resultUnit: 'bytes',
        goal: { relation: '<=', value: 64 },
      },
      measured.values(OURS, MEMORY, 'overhead'),
    ),
  ],
};

async function bytesPerItem(
  open: (folder: string) => Promise<Store>,
  folder: string,
  kind: ItemKind,
  scale: Scale,
): Promise<Sample> {
  mkdirSync(folder, { recursive: true });
  const items = makeItems(kind, itemCount(scale), scale.seed);
  const store = await open(folder);
  await store.load(items.length, (i) => items[i] as Item);
  await store.compact();
  await store.close();
  return { bytes: folderBytes(folder) / items.length };
}

async function memoryPerEntry(folder: string, scale: Scale): Promise<Sample> {
  mkdirSync(folder, { recursive: true });
  const items = makeItems('standard', memoryItemCount(scale), scale.seed);
  const store = await createFerrite(folder, { durability: 'relaxed', memoryMb: MEMORY_MB });
  await store.load(items.length, (i) => items[i] as Item);
  const { shards } = await store.db.stats();
  await store.close();
  const sum = (of: (shard: FerriteShardStats) => number): number =>
    shards.reduce((total, shard) => total + of(shard), 0);
  const entries = sum((shard) => shard.memtableEntries + shard.frozenEntries);
  const payload = sum((shard) => shard.memtableBytes + shard.frozenBytes);
  return { overhead: (sum((shard) => shard.pages.memtable) * PAGE_BYTES - payload) / entries };
}

function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

/** Ours over theirs: smaller is better, so the goal is an upper bound. */
function spaceRow(
  measured: Measured,
  kind: ItemKind,
  ours: string,
  rival: string,
  goal?: number,
): Row {
  const our = measured.values(ours, kind, 'bytes');
  const their = measured.values(rival, kind, 'bytes');
  return {
    label: `disk, ${kind}${ours === OURS ? '' : ', no compression'}`,
    unit: 'bytes/item',
    ours: figure(our),
    rivalName: rival,
    rival: figure(their),
    result: figure(our.map((bytes, round) => bytes / (their[round] as number))),
    resultUnit: 'x',
    ...(goal === undefined ? {} : { goal: { relation: '<=' as const, value: goal } }),
  };
}
