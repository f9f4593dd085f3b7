/** E12: put into a table with two global indexes and a stream, against a plain table's. */
import { makeItems } from '../data/items.js';
import type { Item } from '../data/items.js';
import { timed } from '../harness/loops.js';
import { ratioRow } from '../harness/suite.js';
import type { Scale, Suite } from '../harness/suite.js';
import { createFerrite } from '../rivals/ferrite.js';
import { inFlight } from '../rivals/store.js';

const PLAIN = 'plain';
const INDEXED = 'two global indexes, stream';
const TASKS = ['new items', 'the same items', 'items with changed keys'] as const;
const TABLE = 'Indexed';
const DEPTH = 1_000;
const MEMORY_MB = 2048;
const NS_PER_MS = 1e6;

function itemCount({ quick }: Scale): number {
  return quick ? 20_000 : 200_000;
}

export const suite: Suite = {
  id: 'E12',
  slug: 'e12-put-with-indexes',
  title: 'put with two global indexes and a stream',

  describe: (scale) => [
    `${itemCount(scale).toLocaleString('en-US')} standard items, 1,000 puts in flight, durability ` +
      'sync; put as new ones, then again unchanged, then with other status and quantity',
    'indexes byStatus (status, sk) of all attributes and byQuantity (quantity, pk) of keys; stream ' +
      'of new and old images; against a table without any',
    'a new process and a new folder for every round',
  ],

  plan: ({ quick }) => ({
    rounds: quick ? 1 : 5,
    contenders: [PLAIN, INDEXED],
    tasks: () => [...TASKS],
    freshEveryRound: true,
  }),

  async prepare(contender, folder, scale) {
    const items = makeItems('standard', itemCount(scale), scale.seed);
    const changed = items.map((item): Item => {
      const { status, quantity } = item;
      const next = status === 'PENDING' ? 'SHIPPED' : 'PENDING';
      return { ...item, status: next, quantity: (quantity as number) + 100 };
    });
    const store = await createFerrite(folder, { durability: 'sync', memoryMb: MEMORY_MB });
    const { db } = store;
    let { table } = store;
    if (contender === INDEXED) {
      await db.createTable(INDEXED_TABLE);
      table = db.table(TABLE);
    }
    return {
      async measure(task) {
        const written = task === 'items with changed keys' ? changed : items;
        const put = (i: number): Promise<unknown> => table.put(written[i] as Item);
        const ms = await timed(() => inFlight(written.length, DEPTH, put));
        await db.flush();
        return { ns: (ms * NS_PER_MS) / written.length };
      },
      close: () => store.close(),
    };
  },

  compare: (measured) =>
    TASKS.map((task) =>
      ratioRow(
        measured,
        { label: `put of ${task}`, unit: 'ns', better: 'lower', goal: 0.35 },
        { contender: INDEXED, task, metric: 'ns' },
        { contender: PLAIN, task, metric: 'ns' },
      ),
    ),
};

const INDEXED_TABLE = {
  TableName: TABLE,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'status', AttributeType: 'S' },
    { AttributeName: 'quantity', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byStatus',
      KeySchema: [
        { AttributeName: 'status', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
    {
      IndexName: 'byQuantity',
      KeySchema: [
        { AttributeName: 'quantity', KeyType: 'HASH' },
        { AttributeName: 'pk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  BillingMode: 'PAY_PER_REQUEST',
};
