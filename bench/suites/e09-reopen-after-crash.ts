/**
 * E9: reopening after a crash with a million records in the log.
 *
 * A loader process writes, waits until all is acknowledged, and is killed with SIGKILL; then
 * another process opens the folder and takes the time until `open` resolves. Every item is counted
 * afterwards. "With flushes" reopens with so little memory that memtables must be flushed while the
 * log is replayed.
 */
import { performance } from 'node:perf_hooks';
import { forkScript } from '../harness/children.js';
import { figureRow } from '../harness/suite.js';
import type { Scale, Suite } from '../harness/suite.js';
import { openStore } from '../rivals/rivals.js';
import type { RivalName } from '../rivals/rivals.js';
import { fileURLToPath } from 'node:url';

const LOADER = fileURLToPath(new URL('../workers/crash-loader.ts', import.meta.url));
const TASK = 'reopen';
/** All records stay in the log while loading: no memtable is flushed. */
const LOAD_MEMORY_MB = 2048;

const CONTENDERS: Record<string, { rival: RivalName; memoryMb: number }> = {
  ferritedb: { rival: 'ferritedb', memoryMb: LOAD_MEMORY_MB },
  'ferritedb with flushes': { rival: 'ferritedb', memoryMb: 128 },
  'classic-level': { rival: 'classic-level', memoryMb: LOAD_MEMORY_MB },
};

function recordCount({ quick }: Scale): number {
  return quick ? 50_000 : 1_000_000;
}

export const suite: Suite = {
  id: 'E9',
  slug: 'e09-reopen-after-crash',
  title: 'reopen after SIGKILL, everything in the log',

  describe: (scale) => [
    `${recordCount(scale).toLocaleString('en-US')} standard items put and acknowledged, then ` +
      'SIGKILL; records replayed a second, by the time of open(); every item is counted ' +
      'afterwards',
    `reopened with ${LOAD_MEMORY_MB} MiB (all fits into memtables) and with 128 MiB (flushes ` +
      'during recovery)',
    'for information classic-level (LevelDB), which replays its log of 1,000-item batches into ' +
      'a table; lmdb has no log to replay',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 1 : 3,
    contenders: Object.keys(CONTENDERS),
    tasks: () => [TASK],
    freshEveryRound: true,
  }),

  async prepare(contender, folder, scale) {
    const setup = CONTENDERS[contender];
    if (!setup) throw new Error(`no contender ${contender}`);
    const count = recordCount(scale);
    await loadAndKill(setup.rival, folder, count, scale.seed);
    return {
      async measure() {
        const start = performance.now();
        const store = await openStore(setup.rival, folder, { memoryMb: setup.memoryMb });
        const tookMs = performance.now() - start;
        const found = await store.scan();
        await store.close();
        if (found !== count)
          throw new Error(`${count} items were acknowledged, ${found} came back`);
        return { ms: tookMs, rate: (count * 1000) / tookMs };
      },
      close: async () => undefined,
    };
  },

  compare(measured) {
    const rates = (contender: string): number[] => measured.values(contender, TASK, 'rate');
    const unit = 'records/s' as const;
    return [
      figureRow(
        {
          label: 'reopen, all in memtables',
          unit,
          resultUnit: unit,
          goal: { relation: '>=', value: 1_000_000 },
        },
        rates('ferritedb'),
      ),
      figureRow(
        { label: 'reopen with flushes during recovery', unit, resultUnit: unit },
        rates('ferritedb with flushes'),
      ),
      figureRow(
        { label: 'classic-level, for information', unit, resultUnit: unit },
        rates('classic-level'),
      ),
    ];
  },
};

function loadAndKill(rival: RivalName, folder: string, count: number, seed: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const loader = forkScript(LOADER, [
      rival,
      folder,
      String(count),
      String(seed),
      String(LOAD_MEMORY_MB),
    ]);
    let loaded = false;
    loader.once('message', () => {
      loaded = true;
      loader.kill('SIGKILL');
    });
    loader.once('exit', (code) => {
      if (loaded) resolve();
      else reject(new Error(`the loader of ${rival} ended with code ${code} before it was done`));
    });
  });
}
