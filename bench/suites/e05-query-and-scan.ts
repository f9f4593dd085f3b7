/**
 * E5: a query of a partition of 100 items and a full scan, decoded.
 *
 * All rivals stand in one process and benny runs them head to head, in an order that turns with
 * every round.
 */
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import benny from 'benny';
import { loadStore } from '../harness/loaded.js';
import type { Loaded, ReadState } from '../harness/loaded.js';
import { roundOrder } from '../harness/rounds.js';
import { ratioRow } from '../harness/suite.js';
import type { Row, Sample, Scale, Suite } from '../harness/suite.js';
import type { FerriteStore } from '../rivals/ferrite.js';
import type { RivalName } from '../rivals/rivals.js';

const PER_PARTITION = 100;
const HEAD_TO_HEAD = 'head to head';
const BY_ITEM = 'ferritedb memtables, item by item';
const NS_PER_S = 1e9;

/** Counts the decoded items of one call. */
type Call = () => Promise<number>;

const RIVALS: { label: string; rival: RivalName; state: ReadState }[] = [
  { label: 'ferritedb memtables', rival: 'ferritedb', state: 'memtables' },
  { label: 'lmdb', rival: 'lmdb', state: 'loaded' },
  { label: 'ferritedb tables', rival: 'ferritedb', state: 'tables' },
  { label: 'classic-level', rival: 'classic-level', state: 'loaded' },
];

function itemCount({ quick }: Scale): number {
  return quick ? 10_000 : 500_000;
}

export const suite: Suite = {
  id: 'E5',
  slug: 'e05-query-and-scan',
  title: 'query of 100 items and full scan, decoded',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items in partitions of ` +
      `${PER_PARTITION}; random partitions; every item decoded to a plain object`,
    'ferritedb query and scan by pages, in memtables / in tables and cached (for information ' +
      'also item by item with for await); lmdb getRange; classic-level iterator with all() and ' +
      'nextv(1000), its fastest ways, compacted, all in its cache; reads only',
    "ns per item, from benny's head-to-head suites; all stores in one process, order turned " +
      'every round',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 1 : 5,
    contenders: [HEAD_TO_HEAD],
    tasks: () => ['query', 'scan'],
  }),

  async prepare(_contender, folder, scale) {
    const stores = new Map<string, Loaded>();
    for (const { label, rival, state } of RIVALS) {
      const own = join(folder, label.replaceAll(' ', '-'));
      mkdirSync(own, { recursive: true });
      stores.set(
        label,
        await loadStore(own, {
          rival,
          state,
          kind: 'standard',
          count: itemCount(scale),
          seed: scale.seed,
          perPartition: PER_PARTITION,
        }),
      );
    }
    return {
      measure: (task, round) => headToHead(task, round, stores, scale),
      async close() {
        for (const { store } of stores.values()) await store.close();
      },
    };
  },

  compare(measured) {
    const rows: Row[] = [];
    for (const task of ['query', 'scan']) {
      for (const state of ['memtables', 'tables']) {
        for (const [rival, rivalName, goal] of [
          ['lmdb', 'lmdb getRange', 2],
          ['classic-level', 'classic-level iterator', 8],
        ] as const) {
          rows.push(
            ratioRow(
              measured,
              { label: `${task}, ${state}`, unit: 'ns/item', better: 'lower', rivalName, goal },
              { contender: HEAD_TO_HEAD, task, metric: `ferritedb ${state}` },
              { contender: HEAD_TO_HEAD, task, metric: rival },
            ),
          );
        }
      }
      rows.push(
        ratioRow(
          measured,
          {
            label: `${task}, memtables, for await`,
            unit: 'ns/item',
            better: 'lower',
            rivalName: 'lmdb getRange',
          },
          { contender: HEAD_TO_HEAD, task, metric: BY_ITEM },
          { contender: HEAD_TO_HEAD, task, metric: 'lmdb' },
        ),
      );
    }
    return rows;
  },
};

/** One benny suite; ns per item by label. */
async function headToHead(
  task: string,
  round: number,
  stores: Map<string, Loaded>,
  { quick }: Scale,
): Promise<Sample> {
  const calls = new Map<string, Call>();
  for (const [label, loaded] of stores) calls.set(label, storeCall(task, loaded));
  calls.set(BY_ITEM, byItemCall(task, stores.get('ferritedb memtables') as Loaded));
  const itemsPerCall = new Map<string, number>();
  const cases = roundOrder([...calls], round).map(([label, call]) =>
    benny.add(
      label,
      async () => {
        itemsPerCall.set(label, await call());
      },
      { minSamples: task === 'query' ? 20 : 3, maxTime: quick ? 0.2 : 3 },
    ),
  );
  const summary = await benny.suite(`${task}, round ${round + 1}`, ...cases);
  const sample: Sample = {};
  for (const { name, details } of summary.results) {
    sample[name] = (details.median * NS_PER_S) / (itemsPerCall.get(name) as number);
  }
  return sample;
}

function storeCall(task: string, loaded: Loaded): Call {
  const { store } = loaded;
  if (task === 'scan') return () => store.scan();
  const next = partitionWalk(loaded);
  return () => store.query(next());
}

/** The same through `for await` over items, as programs usually write it. */
function byItemCall(task: string, loaded: Loaded): Call {
  const { table } = loaded.store as FerriteStore;
  const next = partitionWalk(loaded);
  return async () => {
    let count = 0;
    const items = task === 'scan' ? table.scan() : table.query({ pk: next() });
    for await (const item of items) if (item.pk !== '') count++;
    return count;
  };
}

function partitionWalk({ partitions, order }: Loaded): () => string {
  let at = 0;
  return () =>
    partitions[(order[at++ & (order.length - 1)] as number) % partitions.length] as string;
}
