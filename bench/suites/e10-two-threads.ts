/**
 * E10: what a second thread adds, compared with what it adds to a loop that only computes.
 *
 * Two workers attach to one database. Each measurement runs a task on the first alone, then on both
 * at once, and divides the summed rates; the compute loop does the same, which is all that this
 * machine could give.
 */
import type { Worker } from 'node:worker_threads';
import { itemMaker } from '../data/items.js';
import { ratioRow } from '../harness/suite.js';
import type { Row, Scale, Suite } from '../harness/suite.js';
import { createFerrite } from '../rivals/ferrite.js';
import { startWorker } from '../workers/start-worker.js';
import type {
  ThreadReply,
  ThreadRequest,
  ThreadSetup,
  ThreadTask,
} from '../workers/attached-thread.js';

const CONTENDER = 'ferritedb';
const TASKS: ThreadTask[] = ['compute', 'reads', 'writes'];
const MEMORY_MB = 2048;

function itemCount({ quick }: Scale): number {
  return quick ? 20_000 : 400_000;
}

export const suite: Suite = {
  id: 'E10',
  slug: 'e10-two-threads',
  title: 'gain from a second thread',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items in memtables; two workers ` +
      'attached to one database, each on its own half of the items',
    'reads: getSync, random, decoded; writes: puts, 256 in flight, durability sync; both ' +
      'against the gain of a pure compute loop on the same two workers',
    'gain = rate of both / rate of the first alone, measured in turn',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 2 : 7,
    contenders: [CONTENDER],
    tasks: () => TASKS,
  }),

  async prepare(_contender, folder, scale) {
    const count = itemCount(scale);
    const store = await createFerrite(folder, { durability: 'sync', memoryMb: MEMORY_MB });
    await store.load(count, itemMaker('standard', scale.seed));
    const half = Math.floor(count / 2);
    const threads = await Promise.all(
      [0, half].map((from) =>
        AttachedThread.start({
          token: store.db.share(),
          from,
          to: from + half,
          seed: scale.seed,
        }),
      ),
    );
    const timeMs = scale.quick ? 150 : 2_000;
    return {
      async measure(task) {
        const run = async (running: AttachedThread[]): Promise<number> => {
          const rates = await Promise.all(
            running.map((thread) => thread.run(task as ThreadTask, timeMs)),
          );
          return rates.reduce((sum, rate) => sum + rate, 0);
        };
        const one = await run(threads.slice(0, 1));
        const two = await run(threads);
        return { one, two, gain: two / one };
      },
      async close() {
        for (const thread of threads) await thread.stop();
        await store.close();
      },
    };
  },

  compare(measured) {
    const against = (task: ThreadTask, goal: number): Row =>
      ratioRow(
        measured,
        {
          label: `gain of ${task}`,
          unit: 'x of one thread',
          better: 'higher',
          rivalName: 'compute loop',
          goal,
        },
        { contender: CONTENDER, task, metric: 'gain' },
        { contender: CONTENDER, task: 'compute', metric: 'gain' },
      );
    return [against('reads', 0.9), against('writes', 0.7)];
  },
};

/** A worker with the database attached; answers one request at a time. */
class AttachedThread {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async start(setup: ThreadSetup): Promise<AttachedThread> {
    const worker = startWorker(new URL('../workers/attached-thread.ts', import.meta.url), setup);
    const thread = new AttachedThread(worker);
    await thread.#reply();
    return thread;
  }

  /** Operations a second. */
  async run(task: ThreadTask, timeMs: number): Promise<number> {
    this.#worker.postMessage({ task, timeMs } satisfies ThreadRequest);
    return (await this.#reply()).rate;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.postMessage({ task: 'stop', timeMs: 0 } satisfies ThreadRequest);
    await ended;
  }

  #reply(): Promise<ThreadReply> {
    return new Promise((resolve, reject) => {
      this.#worker.once('message', (reply: ThreadReply) => {
        this.#worker.off('error', reject);
        resolve(reply);
      });
      this.#worker.once('error', reject);
    });
  }
}
