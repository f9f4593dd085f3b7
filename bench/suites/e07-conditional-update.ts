/** E7: a conditional UpdateItem of one number, against our own put of the same items. */
import { makeItems } from '../data/items.js';
import type { Item } from '../data/items.js';
import { randomOrder } from '../data/random.js';
import { timed } from '../harness/loops.js';
import { ratioRow } from '../harness/suite.js';
import type { Scale, Suite } from '../harness/suite.js';
import { TABLE, createFerrite } from '../rivals/ferrite.js';
import { inFlight } from '../rivals/store.js';

const OURS = 'ferritedb';
const PUT = 'put';
const UPDATE = 'update';
const DEPTH = 1_000;
const MEMORY_MB = 2048;
const NS_PER_MS = 1e6;

function itemCount({ quick }: Scale): number {
  return quick ? 20_000 : 200_000;
}

export const suite: Suite = {
  id: 'E7',
  slug: 'e07-conditional-update',
  title: 'conditional update of one number',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items, all there; each is written once ` +
      'a round, in random order, 1,000 in flight, durability sync',
    `update: "SET quantity = quantity + :one" on the condition "gift = :gift", which holds; put: ` +
      'the fast handle, the whole item again; one process does both in turn',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 1 : 7,
    contenders: [OURS],
    tasks: () => [PUT, UPDATE],
  }),

  async prepare(_contender, folder, scale) {
    const items = makeItems('standard', itemCount(scale), scale.seed);
    const order = randomOrder(items.length, scale.seed);
    const store = await createFerrite(folder, { durability: 'sync', memoryMb: MEMORY_MB });
    const { table, db } = store;
    await store.load(items.length, (i) => items[i] as Item);
    const put = (i: number): Promise<unknown> => table.put(items[order[i] as number] as Item);
    const update = (i: number): Promise<unknown> => {
      const { pk, sk, gift } = items[order[i] as number] as Item;
      return db.update({
        TableName: TABLE,
        Key: { pk, sk },
        UpdateExpression: 'SET quantity = quantity + :one',
        ConditionExpression: 'gift = :gift',
        ExpressionAttributeValues: { ':one': 1, ':gift': gift },
      });
    };
    return {
      async measure(task) {
        const ms = await timed(() => inFlight(items.length, DEPTH, task === PUT ? put : update));
        await db.flush(); // the next task begins with empty memtables, not in the middle of a flush
        return { ns: (ms * NS_PER_MS) / items.length };
      },
      close: () => store.close(),
    };
  },

  compare: (measured) => [
    ratioRow(
      measured,
      { label: 'update', unit: 'ns', better: 'lower', rivalName: 'ferritedb put', goal: 0.5 },
      { contender: OURS, task: UPDATE, metric: 'ns' },
      { contender: OURS, task: PUT, metric: 'ns' },
    ),
  ],
};
