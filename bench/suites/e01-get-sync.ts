/** E1: `getSync`, random over a million items, decoded, against lmdb's `get`. */
import { ITEM_KINDS } from '../data/items.js';
import type { ItemKind } from '../data/items.js';
import { KeyWalk, loadStore } from '../harness/loaded.js';
import type { Loaded, ReadState } from '../harness/loaded.js';
import { microSync } from '../harness/loops.js';
import { ratioRow } from '../harness/suite.js';
import type { Row, Scale, Suite } from '../harness/suite.js';
import type { RivalName } from '../rivals/rivals.js';

const CONTENDERS: Record<
  string,
  { rival: RivalName; state: ReadState; kinds: readonly ItemKind[] }
> = {
  'ferritedb memtables': { rival: 'ferritedb', state: 'memtables', kinds: ITEM_KINDS },
  'ferritedb tables': { rival: 'ferritedb', state: 'tables', kinds: ['standard'] },
  lmdb: { rival: 'lmdb', state: 'loaded', kinds: ITEM_KINDS },
};

function itemCount(kind: ItemKind, { quick }: Scale): number {
  if (kind === 'standard') return quick ? 30_000 : 1_000_000;
  return quick ? 5_000 : 100_000;
}

export const suite: Suite = {
  id: 'E1',
  slug: 'e01-get-sync',
  title: 'getSync, random, decoded',

  describe: (scale) => [
    `${itemCount('standard', scale).toLocaleString('en-US')} standard items (about 200 bytes as ` +
      'JSON), random keys, the whole item decoded to a plain object',
    `for information ${itemCount('kib', scale).toLocaleString('en-US')} items of 1 KiB, nested ` +
      'ones, and cities of the real data set',
    'ferritedb getSync, everything in memtables / everything in compacted tables and cached; ' +
      'lmdb get with shared record structures; reads only, so durability plays no part',
    'ns per call: median of tinybench batches of 500, whose keys are made just before each',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 1 : 7,
    contenders: Object.keys(CONTENDERS),
    tasks: (contender) => [...(CONTENDERS[contender]?.kinds ?? [])],
  }),

  async prepare(contender, folder, scale) {
    const setup = CONTENDERS[contender];
    if (!setup) throw new Error(`no contender ${contender}`);
    const loaded = new Map<string, { data: Loaded; walk: KeyWalk; call: () => unknown }>();
    for (const kind of setup.kinds) {
      const data = await loadStore(folder, {
        ...setup,
        kind,
        count: itemCount(kind, scale),
        seed: scale.seed,
      });
      const { store } = data;
      if (!store.getSync) throw new Error(`${store.name} has no synchronous read`);
      const walk = new KeyWalk(data);
      const getSync = store.getSync.bind(store);
      loaded.set(kind, { data, walk, call: () => getSync(walk.next()) });
    }
    return {
      async measure(kind) {
        const entry = loaded.get(kind);
        if (!entry) throw new Error(`${kind} was not loaded`);
        const timeMs = scale.quick ? 100 : 1_000;
        return microSync(entry.call, { timeMs, before: entry.walk.refill });
      },
      async close() {
        for (const { data } of loaded.values()) await data.store.close();
      },
    };
  },

  compare(measured) {
    const against = (
      contender: string,
      task: string,
      label: string,
      metric: string,
      goal?: number,
    ): Row =>
      ratioRow(
        measured,
        { label, unit: 'ns', better: 'lower', rivalName: 'lmdb get', goal },
        { contender, task, metric },
        { contender: 'lmdb', task, metric },
      );
    return [
      against('ferritedb memtables', 'standard', '(a) getSync in memtables', 'ns', 3),
      against('ferritedb tables', 'standard', '(b) getSync in tables, cached', 'ns', 2),
      against('ferritedb memtables', 'standard', '(a) p99.9 of a call', 'p999'),
      against('ferritedb tables', 'standard', '(b) p99.9 of a call', 'p999'),
      against('ferritedb memtables', 'kib', 'getSync, 1 KiB items', 'ns'),
      against('ferritedb memtables', 'nested', 'getSync, nested items', 'ns'),
      against('ferritedb memtables', 'cities', 'getSync, cities', 'ns'),
    ];
  },
};
