// Reads of builds of FerriteDB against each other and lmdb, in one process: short rounds take turns, so a noisy
// machine slows all alike. Prints minimum and median nanoseconds a call, and how lmdb's compare with them.
//
//   node --import tsx bench/micro/reads.ts [--count 1000000] [--kind standard] [--state memtables|tables]
//     [--rounds 60] [--calls 20000] [--only getSync] [--build old=path/to/dist ...] [--no-lmdb]

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { makeItems } from '../data/items.js';
import type { Item, ItemKind } from '../data/items.js';
import { randomOrder } from '../data/random.js';
import { createItemsTable, FerriteStore } from '../rivals/ferrite.js';
import type { FerriteModule } from '../rivals/ferrite-api.js';
import { openLmdb } from '../rivals/lmdb.js';

const { values: flags } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    kind: { type: 'string', default: 'standard' },
    state: { type: 'string', default: 'memtables' },
    rounds: { type: 'string', default: '60' },
    calls: { type: 'string', default: '20000' },
    only: { type: 'string', default: 'getSync' },
    build: { type: 'string', multiple: true, default: ['new=dist'] },
    'no-lmdb': { type: 'boolean', default: false },
  },
});
const PER_PARTITION = 100;
const folder = mkdtempSync(join(tmpdir(), 'ferrite-reads-'));
const closers: (() => Promise<void>)[] = [];

/** `calls` operations from a point of the random order; returns how many items that were. */
type Round = (from: number, calls: number) => number | Promise<number>;

const perPartition = flags.only === 'query' ? PER_PARTITION : 10;
const items = makeItems(flags.kind as ItemKind, Number(flags.count), 20240229, perPartition);
const order = randomOrder(items.length, 7);
const partitions = [...new Set(items.map((item) => item.pk))];
const indexAt = (i: number): number => order[i & (order.length - 1)] as number;
const partitionAt = (i: number): string => partitions[indexAt(i) % partitions.length] as string;

interface Contender {
  name: string;
  round: Round;
  times: number[];
}
const contenders: Contender[] = [];

function roundsOf(
  store: {
    getSync?(key: never): unknown;
    get(key: never): Promise<unknown>;
    query(pk: string): Promise<number>;
    scan(): Promise<number>;
  },
  keys: unknown[],
  awaits: boolean,
): Round {
  const getSync = store.getSync?.bind(store) as (key: unknown) => unknown;
  const get = store.get.bind(store) as (key: unknown) => Promise<unknown>;
  if (flags.only === 'scan') return () => store.scan();
  if (flags.only === 'query') {
    return async (from, calls) => {
      let count = 0;
      for (let i = from; i < from + calls / PER_PARTITION; i++) {
        count += await store.query(partitionAt(i));
      }
      return count;
    };
  }
  if (flags.only === 'get' && awaits) {
    return async (from, calls) => {
      for (let i = from; i < from + calls; i++) await get(keys[indexAt(i)]);
      return calls;
    };
  }
  return (from, calls) => {
    for (let i = from; i < from + calls; i++) getSync(keys[indexAt(i)]);
    return calls;
  };
}

for (const build of flags.build) {
  const [name, path] = build.split('=') as [string, string];
  const url = pathToFileURL(resolve(path, 'esm/index.js')).href;
  if (!existsSync(resolve(path, 'esm/index.js'))) throw new Error(`${path} is not built`);
  const { open } = (await import(url)) as FerriteModule;
  const db = await open(join(folder, name), { durability: 'relaxed', memoryMb: 4096 });
  await createItemsTable(db);
  const store = new FerriteStore(db);
  closers.push(() => store.close());
  await store.load(items.length, (i) => items[i] as Item);
  if (flags.state === 'tables') await store.compact();
  const keys = items.map((item) => store.key(item.pk, item.sk));
  for (const key of keys) if (store.getSync(key) === undefined) throw new Error('an item is lost');
  contenders.push({ name, round: roundsOf(store, keys, true), times: [] });
}
if (!flags['no-lmdb']) {
  const store = await openLmdb(join(folder, 'lmdb'), { durability: 'relaxed' });
  closers.push(() => store.close());
  await store.load(items.length, (i) => items[i] as Item);
  const keys = items.map((item) => store.key(item.pk, item.sk));
  for (const key of keys) if (store.getSync(key) === undefined) throw new Error('an item is lost');
  contenders.push({ name: 'lmdb', round: roundsOf(store, keys, false), times: [] });
}

const calls = Number(flags.calls);
for (let round = -3; round < Number(flags.rounds); round++) {
  const turn = round % 2 === 0 ? contenders : [...contenders].reverse();
  for (const contender of turn) {
    const start = performance.now();
    const count = await contender.round((round + 3) * calls, calls);
    if (round >= 0) contender.times.push(((performance.now() - start) * 1e6) / count);
  }
}
const rival = contenders.find(({ name }) => name === 'lmdb');
const at = (times: number[], part: number): number =>
  times.slice().sort((a, b) => a - b)[Math.floor((times.length - 1) * part)] as number;
console.log(`${flags.only}, ${flags.count} ${flags.kind} items, ${flags.state}`);
for (const { name, times } of contenders) {
  const figures = [0, 0.25, 0.5].map((part) => at(times, part));
  const ratios = figures.map((ns, i) =>
    rival === undefined
      ? ''
      : ` (${(at(rival.times, [0, 0.25, 0.5][i] as number) / ns).toFixed(2)}x)`,
  );
  const text = figures.map((ns, i) => `${ns.toFixed(0).padStart(6)}${ratios[i]}`).join('  ');
  console.log(`${name.padEnd(10)} min, quartile, median ns: ${text}`);
}
for (const close of closers) await close();
rmSync(folder, { recursive: true, force: true });
