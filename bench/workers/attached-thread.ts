/**
 * Worker of E10: attaches to the database of the main thread and runs one task for a while on
 * request.
 */
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { itemMaker } from '../data/items.js';
import { randomOrder } from '../data/random.js';
import { loadFerrite } from '../rivals/ferrite-api.js';
import { itemsTable } from '../rivals/ferrite.js';

export type ThreadTask = 'compute' | 'reads' | 'writes';

/** The items [from, to) are this thread's own. */
export interface ThreadSetup {
  token: unknown;
  from: number;
  to: number;
  seed: number;
}

export interface ThreadRequest {
  task: ThreadTask | 'stop';
  timeMs: number;
}

export interface ThreadReply {
  rate: number;
}

const DEPTH = 256;
/** Operations between two looks at the clock. */
const STRIDE = 200;
const COMPUTE_STEPS = 2_000;

const { token, from, to, seed } = workerData as ThreadSetup;
const port = parentPort;
if (!port) throw new Error('this file runs as a worker of E10');

const { attach } = await loadFerrite();
const db = await attach(token);
const table = itemsTable(db);
const make = itemMaker('standard', seed);
const items = Array.from({ length: to - from }, (_, i) => make(from + i));
const keys = items.map(({ pk, sk }) => ({ pk, sk }));
const order = randomOrder(items.length, seed + from, 16);
let at = 0;
let mixed = 1;

function pick(): number {
  return order[at++ & (order.length - 1)] as number;
}

const TASKS: Record<ThreadTask, (timeMs: number) => Promise<number>> = {
  compute: async (timeMs) =>
    untilTime(timeMs, () => {
      for (let i = 0; i < COMPUTE_STEPS; i++)
        mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + i;
    }),
  reads: async (timeMs) =>
    untilTime(timeMs, () => {
      if (!table.getSync(keys[pick()]!)) throw new Error('an item is missing');
    }),
  writes,
};

/** Calls a second of a synchronous operation. */
function untilTime(timeMs: number, operation: () => void): number {
  const start = performance.now();
  let count = 0;
  let now = start;
  while (now - start < timeMs) {
    for (let i = 0; i < STRIDE; i++) operation();
    count += STRIDE;
    now = performance.now();
  }
  return (count * 1000) / (now - start);
}

async function writes(timeMs: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - start < timeMs) {
      await table.put(items[pick()]!);
      count++;
    }
  };
  await Promise.all(Array.from({ length: DEPTH }, lane));
  return (count * 1000) / (performance.now() - start);
}

port.on('message', async ({ task, timeMs }: ThreadRequest) => {
  if (task !== 'stop') {
    port.postMessage({ rate: await TASKS[task](timeMs) } satisfies ThreadReply);
    return;
  }
  await db.close();
  port.close();
});
port.postMessage({ rate: mixed } satisfies ThreadReply);
