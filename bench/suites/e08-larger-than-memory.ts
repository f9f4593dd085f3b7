/**
 * E8: data ten times the memory budget: random get, random put, and the YCSB mixes A-F, 16 calls in
 * flight.
 *
 * Durability is compared like with like: `sync` against classic-level's synced puts, `relaxed`
 * against unsynced puts of classic-level and of rocksdb-native, which can do no other. The tail of
 * a put is held against a loop of bare write + fdatasync on the same disk, run right before and
 * right after it.
 */
import { join } from 'node:path';
import { itemMaker } from '../data/items.js';
import { figure, percentile } from '../harness/statistics.js';
import { ratioRow } from '../harness/suite.js';
import type { Measured, Row, Sample, Scale, Suite } from '../harness/suite.js';
import { createStore, openStore } from '../rivals/rivals.js';
import type { RivalName } from '../rivals/rivals.js';
import type { Durability, Store } from '../rivals/store.js';
import { fdatasyncLoop } from '../workloads/fdatasync-loop.js';
import { READ_ONLY, WORKLOADS, YcsbClient } from '../workloads/ycsb.js';
import type { WorkloadName } from '../workloads/ycsb.js';

const OURS = 'ferritedb';
const LEVEL = 'classic-level';
const ROCKS = 'rocksdb-native';
const DEPTH = 16;
const TIMES_MEMORY = 10;
const ITEMS_PER_MIB = 1024;
/** Mixes with enough writes that the durability of a put shows. */
const SYNCED: WorkloadName[] = ['put', 'A', 'B', 'F'];
const CONTROL_SYNCS = { quick: 100, full: 1_000 };

interface Size {
  memoryMb: number;
  shards: number;
  timeMs: number;
  rounds: number;
}

function size({ quick }: Scale): Size {
  return quick
    ? { memoryMb: 16, shards: 1, timeMs: 120, rounds: 1 }
    : { memoryMb: 128, shards: 8, timeMs: 6_000, rounds: 3 };
}

function itemCount(scale: Scale): number {
  return size(scale).memoryMb * TIMES_MEMORY * ITEMS_PER_MIB;
}

function tasksOf(contender: string): string[] {
  const relaxed = WORKLOADS.map((workload) => `relaxed ${workload}`);
  return contender === ROCKS
    ? relaxed
    : [...relaxed, ...SYNCED.map((workload) => `sync ${workload}`)];
}

export const suite: Suite = {
  id: 'E8',
  slug: 'e08-larger-than-memory',
  title: 'data ten times the memory budget',

  describe: (scale) => {
    const { memoryMb, timeMs } = size(scale);
    return [
      `${itemCount(scale).toLocaleString('en-US')} items of 1 KiB, ${memoryMb} MiB of memory ` +
        "each (the operating system's page cache comes on top, for all alike)",
      `get and put: uniform keys; YCSB A-F: zipfian 0.99; ${DEPTH} calls in flight, ` +
        `${timeMs / 1000} s each, decoded`,
      'sync: ferritedb durability sync against classic-level put { sync: true }. relaxed: ' +
        'ferritedb durability relaxed against unsynced puts of classic-level and rocksdb-native',
      `classic-level: cache and write buffers share the ${memoryMb} MiB, Snappy on; ` +
        'rocksdb-native: its fixed 32 MiB block cache and the rest write buffers, no compression',
      'operations per second; YCSB E scans at most 100 items inside a partition',
    ];
  },

  plan: (scale) => ({
    rounds: size(scale).rounds,
    contenders: [OURS, LEVEL, ROCKS],
    tasks: tasksOf,
  }),

  async prepare(contender, folder, scale) {
    const rival = contender as RivalName;
    const { memoryMb, shards, timeMs } = size(scale);
    const open = { memoryMb, shards };
    let durability: Durability = 'relaxed';
    let store: Store = await createStore(rival, folder, { ...open, durability });
    const make = itemMaker('kib', scale.seed, 100);
    await store.load(itemCount(scale), make);
    const client = new YcsbClient(itemCount(scale), make, scale.seed);

    return {
      async measure(task) {
        const [wanted, workload] = task.split(' ') as [Durability, WorkloadName];
        if (wanted !== durability) {
          await store.close();
          store = await openStore(rival, folder, { ...open, durability: wanted });
          durability = wanted;
        }
        const run = (): Promise<Float64Array> =>
          client.run(store, workload, { depth: DEPTH, timeMs });
        if (task !== 'sync put') return rates(await run(), timeMs);
        const syncs = scale.quick ? CONTROL_SYNCS.quick : CONTROL_SYNCS.full;
        const path = join(folder, '..', `control-${process.pid}.log`);
        const before = fdatasyncLoop(path, syncs);
        const took = await run();
        const control = percentile([...before, ...fdatasyncLoop(path, syncs)], 0.999);
        return { ...rates(took, timeMs), control999: control };
      },
      close: () => store.close(),
    };
  },

  compare: (measured) => [
    ...WORKLOADS.flatMap((workload) => [
      rateRow(measured, `relaxed ${workload}`, LEVEL),
      rateRow(measured, `relaxed ${workload}`, ROCKS),
    ]),
    ...SYNCED.map((workload) => rateRow(measured, `sync ${workload}`, LEVEL)),
    putTailRow(measured),
  ],
};

/** Operations a second, and the slowest thousandth in ms. */
function rates(tookMs: Float64Array, timeMs: number): Sample {
  return { rate: (tookMs.length * 1000) / timeMs, p999: percentile(tookMs, 0.999) };
}

function rateRow(measured: Measured, task: string, rival: string): Row {
  const [durability, workload] = task.split(' ') as [string, WorkloadName];
  const name = workload.length === 1 ? `YCSB ${workload}` : `random ${workload}`;
  const label = READ_ONLY.includes(workload) ? name : `${name}, ${durability}`;
  return ratioRow(
    measured,
    { label, unit: 'op/s', better: 'higher', goal: 1 },
    { contender: OURS, task, metric: 'rate' },
    { contender: rival, task, metric: 'rate' },
  );
}

function putTailRow(measured: Measured): Row {
  const ours = measured.values(OURS, 'sync put', 'p999');
  const control = measured.values(OURS, 'sync put', 'control999');
  return {
    label: 'p99.9 of a durable put',
    unit: 'ms',
    ours: figure(ours),
    rivalName: 'bare fdatasync loop',
    rival: figure(control),
    result: figure(ours.map((value, round) => value - (control[round] as number))),
    resultUnit: 'ms over',
    goal: { relation: '<=', value: 5 },
  };
}
