/**
 * E3: a million puts, a thousand in flight, everything on disk at the end.
 *
 * lmdb runs twice, with the same window and with all its puts issued at once (its write queue likes
 * that for small counts and suffers for large ones); the goal is held against the faster of the
 * two.
 */
import { performance } from 'node:perf_hooks';
import { makeItems } from '../data/items.js';
import type { Item } from '../data/items.js';
import { ratioRow } from '../harness/suite.js';
import type { Sample, Scale, Suite } from '../harness/suite.js';
import { createFerrite } from '../rivals/ferrite.js';
import { openLmdb } from '../rivals/lmdb.js';
import { inFlight } from '../rivals/store.js';

const OURS = 'ferritedb';
const LMDB_WINDOW = 'lmdb, 1,000 in flight';
const LMDB_ALL = 'lmdb, all at once';
const DEPTH = 1_000;
const TASK = 'put';
/**
 * Room for the items twice over: flushes run beside the writes, nothing stalls for want of memory.
 */
const MEMORY_MB = 1024;
const NS_PER_MS = 1e6;

function itemCount({ quick }: Scale): number {
  return quick ? 50_000 : 1_000_000;
}

export const suite: Suite = {
  id: 'E3',
  slug: 'e03-put-in-flight',
  title: 'put, 1,000 in flight, durable at the end',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items into an empty store, keys ` +
      'ascending, items made before the clock starts',
    `ferritedb: durability sync, each promise resolves after fdatasync; memoryMb ${MEMORY_MB}`,
    'lmdb: put, then flushed at the end (default options: commits overlap syncs); the better of ' +
      'a window of 1,000 and of all at once',
    'a new process and a new folder for every round',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 2 : 5,
    contenders: [OURS, LMDB_WINDOW, LMDB_ALL],
    tasks: () => [TASK],
    freshEveryRound: true,
  }),

  async prepare(contender, folder, scale) {
    const items = makeItems('standard', itemCount(scale), scale.seed);
    if (contender === OURS) {
      const store = await createFerrite(folder, { durability: 'sync', memoryMb: MEMORY_MB });
      const { table } = store;
      return {
        measure: () =>
          perPut(items, () => inFlight(items.length, DEPTH, (i) => table.put(items[i] as Item))),
        close: () => store.close(),
      };
    }
    const store = await openLmdb(folder, { durability: 'sync' });
    const keys = items.map((item) => store.key(item.pk, item.sk));
    const put = (i: number): Promise<unknown> =>
      store.putCommitted(keys[i] as string, items[i] as Item);
    return {
      measure: () =>
        perPut(items, async () => {
          if (contender === LMDB_WINDOW) await inFlight(items.length, DEPTH, put);
          else for (let i = 0; i < items.length; i++) void put(i);
          await store.flushed();
        }),
      close: () => store.close(),
    };
  },

  compare(measured) {
    const best = measured.fastest([LMDB_WINDOW, LMDB_ALL], TASK, 'ns');
    return [LMDB_WINDOW, LMDB_ALL].map((rival) =>
      ratioRow(
        measured,
        { label: 'put', unit: 'ns', better: 'lower', ...(rival === best ? { goal: 3 } : {}) },
        { contender: OURS, task: TASK, metric: 'ns' },
        { contender: rival, task: TASK, metric: 'ns' },
      ),
    );
  },
};

async function perPut(items: Item[], work: () => Promise<void>): Promise<Sample> {
  const start = performance.now();
  await work();
  return { ns: ((performance.now() - start) * NS_PER_MS) / items.length };
}
