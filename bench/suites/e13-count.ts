/** E13: a COUNT query against the same query decoded; `table.count` for information. */
import { loadStore } from '../harness/loaded.js';
import type { ReadState } from '../harness/loaded.js';
import { timed } from '../harness/loops.js';
import { ratioRow } from '../harness/suite.js';
import type { Scale, Suite } from '../harness/suite.js';
import { TABLE } from '../rivals/ferrite.js';
import type { FerriteStore } from '../rivals/ferrite.js';
import type { FerriteDatabase, FerriteKey } from '../rivals/ferrite-api.js';

const PER_PARTITION = 1_000;
const STATES: readonly ReadState[] = ['memtables', 'tables'];
const [DECODED, COUNT, HANDLE] = ['decoded', 'COUNT', 'table.count'] as const;
const TASKS = [DECODED, COUNT, HANDLE];
const QUERIES = 500;
const NS_PER_MS = 1e6;

function itemCount({ quick }: Scale): number {
  return quick ? 20_000 : 200_000;
}

export const suite: Suite = {
  id: 'E13',
  slug: 'e13-count',
  title: 'a query that only counts',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items in partitions of ` +
      `${PER_PARTITION.toLocaleString('en-US')}, random partitions, in memtables / in tables and cached`,
    'Query of a whole partition, every item decoded, against the same with Select COUNT; for ' +
      'information the count of the fast handle, which sees keys alone; ns per row',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 1 : 7,
    contenders: [...STATES],
    tasks: () => [...TASKS],
  }),

  async prepare(contender, folder, scale) {
    const { store, partitions, order } = await loadStore(folder, {
      rival: 'ferritedb',
      state: contender as ReadState,
      kind: 'standard',
      count: itemCount(scale),
      seed: scale.seed,
      perPartition: PER_PARTITION,
    });
    const { db, table } = store as FerriteStore;
    const count = (task: string, pk: string): Promise<number> =>
      task === HANDLE ? table.count({ pk }) : queryCount(db, pk, task === COUNT);
    return {
      async measure(task) {
        const queries = scale.quick ? 20 : QUERIES;
        let rows = 0;
        const ms = await timed(async () => {
          for (let i = 0; i < queries; i++) {
            rows += await count(
              task,
              partitions[(order[i] as number) % partitions.length] as string,
            );
          }
        });
        if (rows !== queries * PER_PARTITION) throw new Error(`${task} counted ${rows} rows`);
        return { ns: (ms * NS_PER_MS) / rows };
      },
      close: () => store.close(),
    };
  },

  compare: (measured) =>
    STATES.flatMap((contender) =>
      [COUNT, HANDLE].map((task) =>
        ratioRow(
          measured,
          {
            label: `${task}, ${contender}`,
            unit: 'ns/row',
            better: 'lower',
            rivalName: 'decoded query',
            ...(task === COUNT ? { goal: 5 } : {}),
          },
          { contender, task, metric: 'ns' },
          { contender, task: DECODED, metric: 'ns' },
        ),
      ),
    ),
};

async function queryCount(db: FerriteDatabase, pk: string, countOnly: boolean): Promise<number> {
  let rows = 0;
  let ExclusiveStartKey: FerriteKey | undefined;
  do {
    const page = await db.query({
      TableName: TABLE,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ...(countOnly ? { Select: 'COUNT' } : {}),
      ExclusiveStartKey,
    });
    rows += page.Count;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return rows;
}
