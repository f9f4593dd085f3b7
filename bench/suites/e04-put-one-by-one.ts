/**
 * E4: puts awaited one by one, each durable before the next begins. A bare write + fdatasync loop
 * shows the floor.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { itemMaker } from '../data/items.js';
import type { Item } from '../data/items.js';
import { percentile } from '../harness/statistics.js';
import { ratioRow } from '../harness/suite.js';
import type { Row, Sample, Scale, Subject, Suite } from '../harness/suite.js';
import { openClassicLevel } from '../rivals/classic-level.js';
import { createFerrite } from '../rivals/ferrite.js';
import { openLmdb } from '../rivals/lmdb.js';
import type { Store } from '../rivals/store.js';

const OURS = 'ferritedb';
const FLOOR = 'write + fdatasync';
const LMDB = 'lmdb';
const LMDB_PLAIN = 'lmdb, overlappingSync off';
const LEVEL = 'classic-level';
const OPEN: Record<string, (folder: string) => Promise<Store>> = {
  [OURS]: (folder) => createFerrite(folder, { durability: 'sync' }),
  [LMDB]: (folder) => openLmdb(folder, { durability: 'sync' }),
  [LEVEL]: (folder) => openClassicLevel(folder, { durability: 'sync' }),
  [LMDB_PLAIN]: (folder) => openLmdb(folder, { durability: 'sync', overlappingSync: false }),
};
const TASK = 'put';
const US_PER_MS = 1e3;

function putCount({ quick }: Scale): number {
  return quick ? 200 : 2_000;
}

export const suite: Suite = {
  id: 'E4',
  slug: 'e04-put-one-by-one',
  title: 'put, awaited one by one, each durable',

  describe: (scale) => [
    `${putCount(scale).toLocaleString('en-US')} standard items a round, ascending keys, one at ` +
      'a time',
    'ferritedb durability sync; lmdb await put, then await flushed, with its default ' +
      'overlapping syncs and without (the better counts); classic-level put { sync: true }; each ' +
      'one waits for the device',
    'the bare loop appends 200 bytes and calls fdatasync, synchronously: what the device alone ' +
      'costs',
    'us per put: mean of the round; rocksdb-native is absent, as its binding cannot sync a write',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 2 : 7,
    contenders: [...Object.keys(OPEN), FLOOR],
    tasks: () => [TASK],
  }),

  async prepare(contender, folder, scale) {
    if (contender === FLOOR) return bareLoop(join(folder, 'floor.log'), putCount(scale));
    const open = OPEN[contender];
    if (!open) throw new Error(`no contender ${contender}`);
    const store = await open(folder);
    const make = itemMaker('standard', scale.seed);
    return {
      async measure(_task, round) {
        const count = putCount(scale);
        const items = Array.from({ length: count }, (_, i) => make(round * count + i));
        const keys = items.map((item) => store.key(item.pk, item.sk));
        return eachTimed(count, (i) => store.put(keys[i], items[i] as Item));
      },
      close: () => store.close(),
    };
  },

  compare(measured) {
    const against = (rival: string, label: string, metric: string, goal?: number): Row =>
      ratioRow(
        measured,
        { label, unit: 'us', better: 'lower', goal },
        { contender: OURS, task: TASK, metric },
        { contender: rival, task: TASK, metric },
      );
    const best = measured.fastest([LMDB, LMDB_PLAIN], TASK, 'us');
    const other = best === LMDB ? LMDB_PLAIN : LMDB;
    return [
      against(best, 'put', 'us', 2),
      against(other, 'put', 'us'),
      against(LEVEL, 'put', 'us', 1.6),
      against(FLOOR, 'put', 'us'),
      against(best, 'p99 of a put', 'p99'),
      against(LEVEL, 'p99 of a put', 'p99'),
    ];
  },
};

async function eachTimed(count: number, put: (index: number) => Promise<unknown>): Promise<Sample> {
  const took = new Float64Array(count);
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    await put(i);
    took[i] = (performance.now() - before) * US_PER_MS;
  }
  const us = ((performance.now() - start) * US_PER_MS) / count;
  return {
    us,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    p999: percentile(took, 0.999),
  };
}

function bareLoop(path: string, count: number): Subject {
  const file = openSync(path, 'w');
  const bytes = Buffer.alloc(200, 0x61);
  return {
    measure: () =>
      eachTimed(count, async () => {
        writeSync(file, bytes);
        fdatasyncSync(file);
      }),
    close: async () => closeSync(file),
  };
}
