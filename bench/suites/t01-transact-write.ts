/** T1: a TransactWriteItems of four items on four shards, against a put, each awaited and durable. */
import { performance } from 'node:perf_hooks';
import { itemMaker } from '../data/items.js';
import type { Item } from '../data/items.js';
import { ratioRow } from '../harness/suite.js';
import type { Scale, Suite } from '../harness/suite.js';
import { TABLE, createFerrite } from '../rivals/ferrite.js';
import type { FerriteDatabase } from '../rivals/ferrite-api.js';

const OURS = 'ferritedb';
const PUT = 'put';
const TRANSACTION = 'transaction of 4';
const WITH_TOKEN = 'with a token';
const SHARDS = 8;
const ITEMS = 4;
const PARTITIONS = 64;
const US_PER_MS = 1e3;

function callCount({ quick }: Scale): number {
  return quick ? 300 : 2_000;
}

export const suite: Suite = {
  id: 'T1',
  slug: 't01-transact-write',
  title: 'transactions over shards, awaited one by one, each durable',

  describe: (scale) => [
    `${callCount(scale).toLocaleString('en-US')} calls a round, one at a time, durability sync`,
    `put: db.put of a standard item; transaction: db.transactWrite of ${ITEMS} Puts of standard ` +
      `items in ${ITEMS} of ${SHARDS} shards, without and with a ClientRequestToken of its own`,
    'us per call: mean of the round; one process does all in turn',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 2 : 7,
    contenders: [OURS],
    tasks: () => [PUT, TRANSACTION, WITH_TOKEN],
  }),

  async prepare(_contender, folder, scale) {
    const count = callCount(scale);
    const make = itemMaker('standard', scale.seed);
    const store = await createFerrite(folder, { durability: 'sync', shards: SHARDS });
    const { db } = store;
    const partitions = await partitionsOfShards(db);
    const item = (call: number, at: number): Item => ({
      ...make(call * ITEMS + at),
      pk: partitions[at] as string,
    });
    const put = (call: number): Promise<unknown> =>
      db.put({ TableName: TABLE, Item: item(call, call % ITEMS) });
    const transact = (call: number, token?: string): Promise<unknown> =>
      db.transactWrite({
        TransactItems: Array.from({ length: ITEMS }, (_, at) => ({
          Put: { TableName: TABLE, Item: item(call, at) },
        })),
        ...(token === undefined ? {} : { ClientRequestToken: token }),
      });
    return {
      async measure(task, round) {
        const start = performance.now();
        for (let n = 0; n < count; n++) {
          const call = round * count + n;
          if (task === PUT) await put(call);
          else await transact(call, task === WITH_TOKEN ? `token ${call}` : undefined);
        }
        return { us: ((performance.now() - start) * US_PER_MS) / count };
      },
      close: () => store.close(),
    };
  },

  compare: (measured) =>
    [TRANSACTION, WITH_TOKEN].map((task) =>
      ratioRow(
        measured,
        {
          label: task,
          unit: 'us',
          better: 'lower',
          rivalName: 'ferritedb put',
          ...(task === TRANSACTION ? { goal: 0.7 } : {}),
        },
        { contender: OURS, task, metric: 'us' },
        { contender: OURS, task: PUT, metric: 'us' },
      ),
    ),
};

/** A partition key in each of the first shards: a segment of as many as there are shards is one. */
async function partitionsOfShards(db: FerriteDatabase): Promise<string[]> {
  for (let n = 0; n < PARTITIONS; n++) {
    await db.put({ TableName: TABLE, Item: { pk: `USER#${n}`, sk: 'first' } });
  }
  const partitions: string[] = [];
  for (let Segment = 0; Segment < ITEMS; Segment++) {
    const { Items = [] } = await db.scan({ TableName: TABLE, TotalSegments: SHARDS, Segment });
    const [first] = Items;
    if (first === undefined) throw new Error(`no partition key of shard ${Segment}`);
    partitions.push(first.pk);
  }
  return partitions;
}
