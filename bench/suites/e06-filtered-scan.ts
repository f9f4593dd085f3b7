/** E6: a scan whose filter keeps one item in a hundred, against lmdb's `getRange` and a filter in JavaScript. */
import type { Item } from '../data/items.js';
import { loadStore } from '../harness/loaded.js';
import type { ReadState } from '../harness/loaded.js';
import { timed } from '../harness/loops.js';
import { ratioRow } from '../harness/suite.js';
import type { Scale, Suite } from '../harness/suite.js';
import { TABLE } from '../rivals/ferrite.js';
import type { FerriteStore } from '../rivals/ferrite.js';
import type { FerriteDatabase, FerriteKey } from '../rivals/ferrite-api.js';
import type { LmdbStore } from '../rivals/lmdb.js';
import type { RivalName } from '../rivals/rivals.js';

const CONTENDERS: Record<string, { rival: RivalName; state: ReadState }> = {
  'ferritedb memtables': { rival: 'ferritedb', state: 'memtables' },
  'ferritedb tables': { rival: 'ferritedb', state: 'tables' },
  lmdb: { rival: 'lmdb', state: 'loaded' },
};
const TASK = 'scan';
const NS_PER_MS = 1e6;
/** The standard items have quantities of 0 to 99, each in one of a hundred. */
const WANTED = 42;

function itemCount({ quick }: Scale): number {
  return quick ? 20_000 : 500_000;
}

export const suite: Suite = {
  id: 'E6',
  slug: 'e06-filtered-scan',
  title: 'scan with a filter that keeps 1 %',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items; the filter compares one number ` +
      'and keeps one item in a hundred, which is decoded',
    'ferritedb: pages of Scan with a FilterExpression, in memtables / in tables and cached; lmdb: ' +
      'getRange and a comparison in JavaScript; reads only, so durability plays no part',
    'ns per item scanned',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 1 : 7,
    contenders: Object.keys(CONTENDERS),
    tasks: () => [TASK],
  }),

  async prepare(contender, folder, scale) {
    const setup = CONTENDERS[contender];
    if (!setup) throw new Error(`no contender ${contender}`);
    const count = itemCount(scale);
    const { store } = await loadStore(folder, {
      ...setup,
      kind: 'standard',
      count,
      seed: scale.seed,
    });
    const scan =
      setup.rival === 'lmdb'
        ? async () => (store as LmdbStore).scanWhere(isWanted)
        : () => filteredScan((store as FerriteStore).db);
    await scan();
    return {
      async measure() {
        let kept = 0;
        const ms = await timed(async () => {
          kept = await scan();
        });
        if (kept !== count / 100) throw new Error(`${store.name} kept ${kept} of ${count} items`);
        return { ns: (ms * NS_PER_MS) / count };
      },
      close: () => store.close(),
    };
  },

  compare: (measured) =>
    ['memtables', 'tables'].map((state) =>
      ratioRow(
        measured,
        { label: `scan, ${state}`, unit: 'ns/item', better: 'lower', goal: 5 },
        { contender: `ferritedb ${state}`, task: TASK, metric: 'ns' },
        { contender: 'lmdb', task: TASK, metric: 'ns' },
      ),
    ),
};

function isWanted(item: Item): boolean {
  return item.quantity === WANTED;
}

async function filteredScan(db: FerriteDatabase): Promise<number> {
  let kept = 0;
  let ExclusiveStartKey: FerriteKey | undefined;
  do {
    const page = await db.scan({
      TableName: TABLE,
      FilterExpression: 'quantity = :wanted',
      ExpressionAttributeValues: { ':wanted': WANTED },
      ExclusiveStartKey,
    });
    for (const item of page.Items ?? []) if (isWanted(item)) kept++;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return kept;
}
