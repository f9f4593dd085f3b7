/**
 * E2: `await get`, one after another, against lmdb's `get` (which is synchronous: nothing to
 * await).
 */
import { KeyWalk, loadStore } from '../harness/loaded.js';
import type { ReadState } from '../harness/loaded.js';
import { microAwaited, microSync } from '../harness/loops.js';
import { ratioRow } from '../harness/suite.js';
import type { Row, Scale, Suite } from '../harness/suite.js';
import type { RivalName } from '../rivals/rivals.js';

const CONTENDERS: Record<string, { rival: RivalName; state: ReadState }> = {
  'ferritedb memtables': { rival: 'ferritedb', state: 'memtables' },
  'ferritedb tables': { rival: 'ferritedb', state: 'tables' },
  lmdb: { rival: 'lmdb', state: 'loaded' },
};
const TASK = 'get';

function itemCount({ quick }: Scale): number {
  return quick ? 30_000 : 1_000_000;
}

export const suite: Suite = {
  id: 'E2',
  slug: 'e02-get-awaited',
  title: 'await get, random, decoded',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items, random keys, one awaited get ` +
      'after another, decoded',
    'ferritedb await get (eventually consistent, the default), in memtables / in tables and ' +
      'cached; lmdb get, which is synchronous and so pays for no promise; reads only',
    'ns per call: median of tinybench batches of 500',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 2 : 7,
    contenders: Object.keys(CONTENDERS),
    tasks: () => [TASK],
  }),

  async prepare(contender, folder, scale) {
    const setup = CONTENDERS[contender];
    if (!setup) throw new Error(`no contender ${contender}`);
    const loaded = await loadStore(folder, {
      ...setup,
      kind: 'standard',
      count: itemCount(scale),
      seed: scale.seed,
    });
    const { store } = loaded;
    const walk = new KeyWalk(loaded);
    const options = { timeMs: scale.quick ? 150 : 1_000, before: walk.refill };
    const getSync = setup.rival === 'lmdb' ? store.getSync?.bind(store) : undefined;
    return {
      measure: () =>
        getSync
          ? microSync(() => getSync(walk.next()), options)
          : microAwaited(() => store.get(walk.next()), options),
      close: () => store.close(),
    };
  },

  compare(measured) {
    const against = (contender: string, label: string, metric: string, goal?: number): Row =>
      ratioRow(
        measured,
        { label, unit: 'ns', better: 'lower', rivalName: 'lmdb get', goal },
        { contender, task: TASK, metric },
        { contender: 'lmdb', task: TASK, metric },
      );
    return [
      against('ferritedb memtables', '(a) await get in memtables', 'ns', 2.5),
      against('ferritedb tables', '(b) await get in tables, cached', 'ns', 1.7),
      against('ferritedb memtables', '(a) p99.9 of a call', 'p999'),
      against('ferritedb tables', '(b) p99.9 of a call', 'p999'),
    ];
  },
};
