// What reads find, in what order, and where their pages end: operations.md 4 to 6, expressions.md 8
// and 9, data-model.md 3, 4 and 8.

import assert from 'node:assert/strict';
import { NumberValue } from '../../../host/index.js';
import { behaviours, bytes, type Behaviour, type DoorFactory } from '../door.js';
import { bare, fill, INDEXED } from '../fixtures.js';

type Row = Record<string, unknown>;

// --- Key conditions ------------------------------------------------------------------------------

const TEXTS = ['', 'a', 'a\0', 'aa', 'ab', 'b', 'é', '\uFFFD', '\u{1F600}'].slice(1);
const NUMBERS = [-1e125, -100, -1.5, -1e-130, 0, 1e-130, 0.5, 1, 10, 1e125];
const BYTES = [[0], [0, 0], [1], [1, 255], [127], [128], [255]].map((one) => bytes(...one));

const KEYS: Readonly<Record<string, readonly unknown[]>> = {
  Pairs: TEXTS,
  Numbers: NUMBERS,
  Bytes: BYTES,
};

/** [table, condition on sk, values, positions in the table's sorted keys]. */
const RANGES: readonly (readonly [string, string, object, readonly number[]])[] = [
  ...Object.entries(KEYS).flatMap(([table, keys]) => {
    const at = (index: number) => keys[index];
    const indexes = keys.map((_, index) => index);
    return (
      [
        ['sk = :v', { ':v': at(3) }, [3]],
        ['sk < :v', { ':v': at(3) }, [0, 1, 2]],
        ['sk <= :v', { ':v': at(3) }, [0, 1, 2, 3]],
        ['sk > :v', { ':v': at(3) }, indexes.slice(4)],
        ['sk >= :v', { ':v': at(3) }, indexes.slice(3)],
        [':v < sk', { ':v': at(3) }, indexes.slice(4)],
        [':v >= sk', { ':v': at(3) }, [0, 1, 2, 3]],
        ['sk BETWEEN :v AND :w', { ':v': at(1), ':w': at(4) }, [1, 2, 3, 4]],
        ['sk BETWEEN :v AND :v', { ':v': at(2) }, [2]],
        ['sk < :v', { ':v': at(0) }, []],
        ['sk > :v', { ':v': at(keys.length - 1) }, []],
      ] as const
    ).map(([condition, values, found]) => [table, condition, values, found] as const);
  }),
  ['Pairs', 'begins_with(sk, :v)', { ':v': 'a' }, [0, 1, 2, 3]],
  ['Pairs', 'begins_with(sk, :v)', { ':v': 'aa' }, [2]],
  ['Pairs', 'begins_with(sk, :v)', { ':v': '\u{1F600}' }, [7]],
  ['Pairs', 'begins_with(sk, :v)', { ':v': 'c' }, []],
  ['Bytes', 'begins_with(sk, :v)', { ':v': bytes(1) }, [2, 3]],
  ['Bytes', 'begins_with(sk, :v)', { ':v': bytes(255) }, [6]],
  ['Numbers', 'sk > :v', { ':v': NumberValue.from('0.49999999999999999999999') }, [6, 7, 8, 9]],
];

const ranges = RANGES.map(
  ([TableName, condition, values, found]): Behaviour => [
    `finds of ${TableName} ${condition} ${JSON.stringify(Object.values(values).map(String))}, forwards and backwards`,
    async (door) => {
      const keys = KEYS[TableName];
      await fill(door, TableName, [
        ...keys.toReversed().map((sk) => ({ pk: 'p', sk })),
        { pk: 'o', sk: keys[3] },
        { pk: 'p\0', sk: keys[3] },
      ]);
      const request = {
        TableName,
        KeyConditionExpression: `pk = :p AND ${condition}`,
        ExpressionAttributeValues: { ':p': 'p', ...values },
      };
      const expected = found.map((index) => ({ pk: 'p', sk: keys[index] }));
      assert.deepEqual((await door.query(request)).Items, expected);
      const backwards = await door.query({ ...request, ScanIndexForward: false });
      assert.deepEqual(backwards.Items, expected.toReversed());
    },
  ],
);

// --- Projections ---------------------------------------------------------------------------------

const Key = { pk: 'p', sk: 's' };
const ITEM = {
  ...Key,
  a: 1,
  nil: null,
  s: new Set(['x', 'y']),
  m: { a: 1, b: { c: 2, d: [3, 4] }, 'x.y': 5 },
  l: [10, { a: 11, b: 12 }, [13, 14, 15], { a: 16 }, null],
};

/** [paths, names, what they show]. */
const PROJECTIONS: readonly (readonly [string, object | undefined, object])[] = [
  ['a, nil', undefined, { a: 1, nil: null }],
  ['s', undefined, { s: new Set(['x', 'y']) }],
  ['pk', undefined, { pk: 'p' }],
  ['m.b', undefined, { m: { b: { c: 2, d: [3, 4] } } }],
  ['m.b.c, m.a', undefined, { m: { a: 1, b: { c: 2 } } }],
  ['m.b.d[1]', undefined, { m: { b: { d: [4] } } }],
  ['m.b.d[1], m.b.d[0]', undefined, { m: { b: { d: [3, 4] } } }],
  ['m.#x', { '#x': 'x.y' }, { m: { 'x.y': 5 } }],
  ['m.gone, m.b.gone', undefined, {}],
  ['m.gone, m.a', undefined, { m: { a: 1 } }],
  ['l[0]', undefined, { l: [10] }],
  ['l[4], l[0]', undefined, { l: [10, null] }],
  ['l[9], l[0]', undefined, { l: [10] }],
  ['l[1].a, l[1].b', undefined, { l: [{ a: 11, b: 12 }] }],
  ['l[3].a, l[1].a', undefined, { l: [{ a: 11 }, { a: 16 }] }],
  ['l[1].gone, l[3].a', undefined, { l: [{ a: 16 }] }],
  ['l[2][2], l[2][0]', undefined, { l: [[13, 15]] }],
  ['l[2][9], l[0]', undefined, { l: [10] }],
  ['a.b, s[0], nil.x', undefined, {}],
  ['l.a, m[0]', undefined, {}],
  ['gone', undefined, {}],
];

const projections = PROJECTIONS.map(
  ([ProjectionExpression, ExpressionAttributeNames, shown]): Behaviour => [
    `shows of an item: ${ProjectionExpression}`,
    async (door) => {
      const more = { ProjectionExpression, ExpressionAttributeNames };
      await door.put({ TableName: 'Pairs', Item: ITEM });
      // A conflict of two paths in one request is refused; these rows have several roots each.
      const got = await door.get({ TableName: 'Pairs', Key, ...more });
      assert.deepEqual(bare(got), { Item: shown });
      const scanned = await door.scan({ TableName: 'Pairs', ...more });
      assert.deepEqual(scanned.Items, [shown]);
      const batch = await door.batchGet({ RequestItems: { Pairs: { Keys: [Key], ...more } } });
      assert.deepEqual(batch.Responses, { Pairs: [shown] });
    },
  ],
);

// --- Pages ---------------------------------------------------------------------------------------

const ROWS = Array.from({ length: 6 }, (_, i) => ({ pk: 'p', sk: i, even: i % 2 === 0 }));
const numbers = {
  TableName: 'Numbers',
  KeyConditionExpression: 'pk = :p',
  ExpressionAttributeValues: { ':p': 'p' },
};
const filtered = {
  FilterExpression: 'even = :e',
  ExpressionAttributeValues: { ':p': 'p', ':e': true },
};
const last = (sk: number) => ({ pk: 'p', sk });

/** [rule, query, sort keys, ScannedCount, LastEvaluatedKey]. */
const PAGES: readonly (readonly [string, object, readonly number[], number, object?])[] = [
  ['no Limit ends with the data', {}, [0, 1, 2, 3, 4, 5], 6],
  ['a Limit below the number of rows', { Limit: 2 }, [0, 1], 2, last(1)],
  ['a Limit of exactly the number of rows', { Limit: 6 }, [0, 1, 2, 3, 4, 5], 6, last(5)],
  ['a Limit above the number of rows', { Limit: 7 }, [0, 1, 2, 3, 4, 5], 6],
  ['a Limit backwards', { Limit: 2, ScanIndexForward: false }, [5, 4], 2, last(4)],
  ['a start key', { ExclusiveStartKey: last(3) }, [4, 5], 2],
  ['a start key backwards', { ExclusiveStartKey: last(3), ScanIndexForward: false }, [2, 1, 0], 3],
  ['a start key that is the last row', { ExclusiveStartKey: last(5) }, [], 0],
  ['a start key between two rows', { ExclusiveStartKey: last(2.5) }, [3, 4, 5], 3],
  ['a start key before all rows', { ExclusiveStartKey: last(-5), Limit: 1 }, [0], 1, last(0)],
  [
    'a start key and exactly the rows left',
    { ExclusiveStartKey: last(3), Limit: 2 },
    [4, 5],
    2,
    last(5),
  ],
  ['a filter under a Limit', { ...filtered, Limit: 3 }, [0, 2], 3, last(2)],
  ['a filter that drops the last row of a page', { ...filtered, Limit: 2 }, [0], 2, last(1)],
  ['a filter without a Limit', filtered, [0, 2, 4], 6],
  [
    'a filter that keeps nothing under a Limit',
    { ...filtered, Limit: 1, ExclusiveStartKey: last(0) },
    [],
    1,
    last(1),
  ],
  [
    'a range under a Limit',
    {
      KeyConditionExpression: 'pk = :p AND sk >= :e',
      ExpressionAttributeValues: { ':p': 'p', ':e': 4 },
      Limit: 2,
    },
    [4, 5],
    2,
    last(5),
  ],
  [
    'a range that ends before its Limit',
    {
      KeyConditionExpression: 'pk = :p AND sk < :e',
      ExpressionAttributeValues: { ':p': 'p', ':e': 2 },
      Limit: 3,
    },
    [0, 1],
    2,
  ],
];

const pages = PAGES.map(
  ([rule, more, found, scanned, LastEvaluatedKey]): Behaviour => [
    `a page ends as it should: ${rule}`,
    async (door) => {
      await fill(door, 'Numbers', ROWS);
      const answer = await door.query({ ...numbers, ...more });
      assert.deepEqual(
        answer.Items?.map(({ sk }) => sk as number),
        found,
      );
      assert.deepEqual([answer.Count, answer.ScannedCount], [found.length, scanned]);
      assert.deepEqual(answer.LastEvaluatedKey, LastEvaluatedKey);
      const counted = bare(await door.query({ ...numbers, ...more, Select: 'COUNT' }));
      const expected = { Count: found.length, ScannedCount: scanned };
      assert.deepEqual(
        counted,
        LastEvaluatedKey === undefined ? expected : { ...expected, LastEvaluatedKey },
      );
    },
  ],
);

async function allPages(
  read: (start: object) => Promise<{ Items?: Row[]; LastEvaluatedKey?: object }>,
) {
  const found: Row[] = [];
  let pageCount = 0;
  for (let ExclusiveStartKey: object | undefined; ; ) {
    const page = await read({ ExclusiveStartKey });
    pageCount++;
    found.push(...(page.Items ?? []));
    if (page.LastEvaluatedKey === undefined) return { found, pageCount };
    ExclusiveStartKey = page.LastEvaluatedKey;
  }
}
const identities = (rows: Row[]) => rows.map(({ pk, sk }) => `${pk} ${sk}`).sort();

const OTHERS: readonly Behaviour[] = [
  ...[1, 2, 7, 100].map(
    (Limit): Behaviour => [
      `pages of ${Limit} rows of a scan give every row once`,
      async (door) => {
        const rows = Array.from({ length: 24 }, (_, i) => ({ pk: `p${i % 7}`, sk: i }));
        await fill(door, 'Numbers', rows);
        const { found } = await allPages((start) =>
          door.scan({ TableName: 'Numbers', Limit, ...start }),
        );
        assert.deepEqual(identities(found), identities(rows));
      },
    ],
  ),
  ...[1, 2, 3, 50, 1_000_000].map(
    (TotalSegments): Behaviour => [
      `the segments of ${TotalSegments} that have a row give every row once`,
      async (door) => {
        const rows = Array.from({ length: 12 }, (_, i) => ({ pk: `p${i}`, sk: i }));
        await fill(door, 'Numbers', rows);
        const tried = Math.min(TotalSegments, 50);
        const segments = Array.from({ length: tried }, (_, at) => at);
        const found = await Promise.all(
          segments.map(async (Segment) => {
            const part = { TableName: 'Numbers', Segment, TotalSegments, Limit: 5 };
            return (await allPages((start) => door.scan({ ...part, ...start }))).found;
          }),
        );
        if (tried === TotalSegments) assert.deepEqual(identities(found.flat()), identities(rows));
        else assert.ok(found.flat().length <= rows.length);
      },
    ],
  ),
  [
    'the page of an index ends by what the index projects, not by the items',
    async (door) => {
      const rows = Array.from({ length: 5 }, (_, i) => ({
        pk: 'p',
        sk: String(i),
        g: 'g',
        h: i,
        l: String(i),
        b: 'x'.repeat(300_000),
      }));
      await fill(door, 'Indexed', rows);
      const read = (IndexName: string, condition = 'g = :g') =>
        door.query({
          TableName: 'Indexed',
          IndexName,
          KeyConditionExpression: condition,
          ExpressionAttributeValues: { ':g': condition === 'g = :g' ? 'g' : 'p' },
          Select: 'COUNT',
        });
      const ends = async (answer: ReturnType<typeof read>) => {
        const { Count, LastEvaluatedKey } = await answer;
        return [Count, LastEvaluatedKey !== undefined];
      };
      assert.deepEqual(await ends(read('byNumber')), [5, false]);
      assert.deepEqual(await ends(read('byPart')), [5, false]);
      assert.deepEqual(await ends(read('byLocalKeys', 'pk = :g')), [5, false]);
      assert.deepEqual(await ends(read('byLocal', 'pk = :g')), [4, true]);
      assert.deepEqual(await ends(read('byGroup')), [4, true]);
    },
  ],
  [
    'a filter that drops everything still ends a page at 1 MB',
    async (door) => {
      const rows = Array.from({ length: 5 }, (_, sk) => ({ pk: 'p', sk, a: 'x'.repeat(300_000) }));
      await fill(door, 'Numbers', rows);
      const none = { FilterExpression: 'attribute_exists(gone)' };
      const first = await door.query({ ...numbers, ...none });
      assert.deepEqual(bare(first), {
        Items: [],
        Count: 0,
        ScannedCount: 4,
        LastEvaluatedKey: last(3),
      });
      const rest = await door.query({ ...numbers, ...none, ExclusiveStartKey: last(3) });
      assert.deepEqual(bare(rest), { Items: [], Count: 0, ScannedCount: 1 });
    },
  ],
  [
    'a projection does not make a page longer',
    async (door) => {
      const rows = Array.from({ length: 5 }, (_, sk) => ({ pk: 'p', sk, a: 'x'.repeat(300_000) }));
      await fill(door, 'Numbers', rows);
      const { Items, LastEvaluatedKey } = await door.query({
        ...numbers,
        ProjectionExpression: 'sk',
      });
      assert.deepEqual(Items, [{ sk: 0 }, { sk: 1 }, { sk: 2 }, { sk: 3 }]);
      assert.deepEqual(LastEvaluatedKey, last(3));
    },
  ],
  [
    'texts are compared by their code points, neither normalised nor folded',
    async (door) => {
      const keys = ['e\u0301', '\u00e9', 'E', 'e'].map((sk) => ({ pk: 'p', sk }));
      await fill(door, 'Pairs', keys);
      const request = {
        TableName: 'Pairs',
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': 'p' },
      };
      assert.deepEqual(
        (await door.query(request)).Items?.map(({ sk }) => sk as string),
        ['E', 'e', 'e\u0301', '\u00e9'],
      );
    },
  ],
  [
    'attribute names differ by case',
    async (door) => {
      await door.put({ TableName: 'Pairs', Item: { ...Key, a: 1, A: 2 } });
      const { Item } = await door.get({ TableName: 'Pairs', Key, ProjectionExpression: 'A' });
      assert.deepEqual(Item, { A: 2 });
    },
  ],
  [
    'a binary key is its bytes: no prefix, no text',
    async (door) => {
      await fill(door, 'ByBytes', [{ pk: bytes(97) }, { pk: bytes(97, 0) }, { pk: bytes(0) }]);
      const { Item } = await door.get({ TableName: 'ByBytes', Key: { pk: bytes(97, 0) } });
      assert.deepEqual(Item, { pk: bytes(97, 0) });
      assert.equal((await door.scan({ TableName: 'ByBytes' })).Count, 3);
    },
  ],
  [
    'numbers of 38 digits that differ in the last are two keys',
    async (door) => {
      const digits = '1234567890123456789012345678901234567';
      const keys = ['0', '1'].map((end) => ({ pk: NumberValue.from(digits + end) }));
      await fill(door, 'ByNumber', keys);
      assert.equal((await door.scan({ TableName: 'ByNumber' })).Count, 2);
      const { Item } = await door.get({ TableName: 'ByNumber', Key: keys[1] });
      assert.equal(String(Item?.pk), `${digits}1`);
    },
  ],
  [
    'an item of nothing but its key is an item',
    async (door) => {
      await door.put({ TableName: 'Pairs', Item: Key });
      assert.deepEqual((await door.get({ TableName: 'Pairs', Key })).Item, Key);
    },
  ],
  [
    '100 keys of two tables, each with its own options',
    async (door) => {
      await door.put({ TableName: 'Single', Item: { pk: 'p7', a: 1, b: 2 } });
      await door.put({ TableName: 'ByNumber', Item: { pk: 7, a: 1, b: 2 } });
      const { Responses, UnprocessedKeys } = await door.batchGet({
        RequestItems: {
          Single: {
            Keys: Array.from({ length: 50 }, (_, i) => ({ pk: `p${i}` })),
            ProjectionExpression: '#a',
            ExpressionAttributeNames: { '#a': 'a' },
          },
          ByNumber: { Keys: Array.from({ length: 50 }, (_, pk) => ({ pk })), ConsistentRead: true },
        },
      });
      assert.deepEqual(Responses, { Single: [{ a: 1 }], ByNumber: [{ pk: 7, a: 1, b: 2 }] });
      assert.deepEqual(UnprocessedKeys, {});
    },
  ],
  [
    '25 writes of two tables, also of one key in both',
    async (door) => {
      const items = Array.from({ length: 12 }, (_, i) => ({ pk: `p${i}` }));
      await door.put({ TableName: 'Single', Item: { pk: 'q' } });
      const put = (Item: object) => ({ PutRequest: { Item } });
      const { UnprocessedItems } = await door.batchWrite({
        RequestItems: {
          Single: [...items.map(put), { DeleteRequest: { Key: { pk: 'q' } } }],
          Pairs: items.map(({ pk }) => put({ pk, sk: 's' })),
        },
      });
      assert.deepEqual(UnprocessedItems, {});
      assert.equal((await door.scan({ TableName: 'Single' })).Count, 12);
      assert.equal((await door.scan({ TableName: 'Pairs' })).Count, 12);
    },
  ],
];

export function readSemantics(factory: DoorFactory): void {
  behaviours('a key condition', factory, ranges);
  behaviours('a projection', factory, projections);
  behaviours('a page', factory, pages);
  behaviours('a read', factory, OTHERS, [INDEXED]);
}
