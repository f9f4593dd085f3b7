// Query and Scan on secondary indexes: operations.md 5, data-model.md 4.1, expressions.md 8.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';
import { ENVELOPE, fill, INDEXED, INVALID } from '../fixtures.js';

const TableName = 'Indexed';
const START = 'The provided starting key is invalid';

const query =
  (IndexName: string | undefined, condition: string, values: object, more: object = {}) =>
  (door: Door) =>
    door.query({
      TableName,
      IndexName,
      KeyConditionExpression: condition,
      ExpressionAttributeValues: values,
      ...more,
    });
const scan = (IndexName: string | undefined, more: object) => (door: Door) =>
  door.scan({ TableName, IndexName, ...more });
const put = (more: object) => (door: Door) =>
  door.put({ TableName, Item: { pk: 'p', sk: 's', ...more } });
const group = (IndexName: string, more: object = {}) =>
  query(IndexName, 'g = :g', { ':g': 'a' }, more);

const REFUSALS: readonly Refusal[] = [
  [
    'a query of an index that is not there',
    query('byNothing', 'g = :g', { ':g': 'a' }),
    'The table does not have the specified index: byNothing',
  ],
  [
    'a scan of an index that is not there',
    scan('byNothing', {}),
    'The table does not have the specified index: byNothing',
  ],
  [
    'a consistent query of a global index',
    group('byGroup', { ConsistentRead: true }),
    'Consistent reads are not supported on global secondary indexes',
  ],
  [
    'a consistent scan of a global index',
    scan('byGroup', { ConsistentRead: true }),
    'Consistent reads are not supported on global secondary indexes',
  ],
  [
    'ALL_ATTRIBUTES of a global index that does not project all',
    group('byPart', { Select: 'ALL_ATTRIBUTES' }),
    `${INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index byPart because its projection type is not ALL`,
  ],
  [
    'an attribute that a global index does not project',
    group('byPart', { ProjectionExpression: 'a, b, c.d' }),
    `${INVALID}Global secondary index byPart does not project [b, c]`,
  ],
  [
    'a filter on what a global index does not project',
    query('byPart', 'g = :g', { ':g': 'a', ':b': 1 }, { FilterExpression: 'b = :b' }),
    `${INVALID}Secondary index byPart does not project one or more filter attributes: [b]`,
  ],
  [
    'ALL_PROJECTED_ATTRIBUTES without an index',
    query(undefined, 'pk = :g', { ':g': 'a' }, { Select: 'ALL_PROJECTED_ATTRIBUTES' }),
    `${ENVELOPE}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName`,
  ],
  [
    'ALL_PROJECTED_ATTRIBUTES in a scan without an index, bare',
    scan(undefined, { Select: 'ALL_PROJECTED_ATTRIBUTES' }),
    'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
  ],
  [
    'a projection beside ALL_PROJECTED_ATTRIBUTES',
    group('byPart', { Select: 'ALL_PROJECTED_ATTRIBUTES', ProjectionExpression: 'a' }),
    `${ENVELOPE}Cannot specify the ProjectionExpression when choosing to get ALL_PROJECTED_ATTRIBUTES`,
  ],
  [
    'the key of the table in place of that of the index',
    query('byGroup', 'pk = :p', { ':p': 'p' }),
    'Query condition missed key schema element: g',
  ],
  [
    'a sort condition on an index without a sort key',
    query('byGroup', 'g = :g AND h = :h', { ':g': 'a', ':h': 1 }),
    'Query key condition not supported',
  ],
  [
    'a filter on a key of the index',
    query('byPart', 'g = :g', { ':g': 'a', ':h': 1 }, { FilterExpression: 'h = :h' }),
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: h',
  ],
  [
    'a value of another type',
    query('byNumber', 'g = :g AND h = :h', { ':g': 'a', ':h': 'x' }),
    `${INVALID}Condition parameter type does not match schema type`,
  ],
  [
    'an empty value of an index key',
    query('byGroup', 'g = :g', { ':g': '' }),
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: g',
  ],
  [
    'half of a partition key of two attributes',
    query('byMany', 'g = :g', { ':g': 'a' }),
    'Query condition missed key schema element: t',
  ],
  [
    'a gap in a sort key of two attributes',
    query('byMany', 'g = :g AND t = :t AND u = :u', { ':g': 'a', ':t': 'b', ':u': 'c' }),
    'RANGE key attributes h must have equality conditions specified in the query because a condition is present on key attribute u',
  ],
  [
    'a range before the last sort key attribute',
    query('byMany', 'g = :g AND t = :t AND h > :h AND u = :u', {
      ':g': 'a',
      ':t': 'b',
      ':h': 1,
      ':u': 'c',
    }),
    'RANGE key attributes h must have equality conditions specified in the query because a condition is present on key attribute u',
  ],
  [
    'a start key without the key of the index',
    group('byGroup', { ExclusiveStartKey: { pk: 'p', sk: 's' } }),
    START,
  ],
  [
    'a start key without the key of the table',
    group('byGroup', { ExclusiveStartKey: { g: 'a' } }),
    START,
  ],
  [
    'a start key with an attribute too many',
    group('byGroup', { ExclusiveStartKey: { pk: 'p', sk: 's', g: 'a', h: 1 } }),
    START,
  ],
  [
    'a start key of another partition',
    group('byGroup', { ExclusiveStartKey: { pk: 'p', sk: 's', g: 'b' } }),
    'The provided starting key is outside query boundaries based on provided conditions',
  ],
  [
    'a start key outside the range',
    query(
      'byNumber',
      'g = :g AND h > :h',
      { ':g': 'a', ':h': 5 },
      {
        ExclusiveStartKey: { pk: 'p', sk: 's', g: 'a', h: 5 },
      },
    ),
    'The provided starting key does not match the range key predicate',
  ],
  [
    'a start key of a scan that is none of the index',
    scan('byGroup', { ExclusiveStartKey: { pk: 'p', sk: 's' } }),
    START,
  ],
  [
    'an index key of another type in an item',
    put({ g: 1 }),
    `${INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: byGroup`,
  ],
  [
    'an index key of another type, naming the first index by name',
    put({ h: 'x' }),
    `${INVALID}Type mismatch for Index Key h Expected: N Actual: S IndexName: byMany`,
  ],
  [
    'an empty index key in an item',
    put({ l: '' }),
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
      'The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byLocal, IndexKey: l',
  ],
  [
    'an index key of another type in a batch',
    (door) =>
      door.batchWrite({
        RequestItems: { Indexed: [{ PutRequest: { Item: { pk: 'p', sk: 's', g: true } } }] },
      }),
    `${INVALID}Type mismatch for Index Key g Expected: S Actual: BOOL IndexName: byGroup`,
  ],
  [
    'a partition key of an index over 2,048 bytes',
    put({ g: 'g'.repeat(2049) }),
    `${INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
  ],
  [
    'a sort key of an index over 1,024 bytes',
    put({ l: 'l'.repeat(1025) }),
    `${INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
  ],
];

/** g groups; h numbers them; every third lacks g; l is local. */
const ITEMS = Array.from({ length: 12 }, (_, i) => ({
  pk: `p${i % 4}`,
  sk: `s${i}`,
  ...(i % 3 === 2 ? {} : { g: i % 2 === 0 ? 'a' : 'b' }),
  h: 10 - i,
  l: `l${String(20 - i)}`,
  t: 't',
  u: `u${i}`,
  a: i,
  b: { c: i },
}));
type Row = Record<string, unknown>;
const inGroup = (g: string) => ITEMS.filter((item) => 'g' in item && item.g === g);
const by = (name: string) => (left: Row, right: Row) =>
  (left[name] as number) < (right[name] as number) ? -1 : 1;
const pick = (names: readonly string[]) => (row: Row) =>
  Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name]]));

/** All pages of a request, one row a page if it says so. */
async function pages(
  call: (more: object) => Promise<{ Items?: object[]; LastEvaluatedKey?: object }>,
) {
  const rows: object[] = [];
  let ExclusiveStartKey: object | undefined;
  do {
    const page = await call({ ExclusiveStartKey });
    rows.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return rows as Row[];
}

const filled = (rule: string, show: (door: Door) => Promise<void>): Behaviour => [
  rule,
  async (door) => {
    await fill(door, TableName, ITEMS);
    await show(door);
  },
];

const BEHAVIOURS: readonly Behaviour[] = [
  filled('a query of a global index gives the items that have its keys', async (door) => {
    const { Items, Count, ScannedCount } = await group('byGroup')(door);
    assert.deepEqual(Items?.sort(by('a')), inGroup('a'));
    assert.deepEqual([Count, ScannedCount], [inGroup('a').length, inGroup('a').length]);
  }),
  filled(
    'a global index with a sort key orders by it, and projects its keys alone',
    async (door) => {
      const { Items } = await group('byNumber')(door);
      const keys = pick(['pk', 'sk', 'g', 'h']);
      assert.deepEqual(Items, inGroup('a').sort(by('h')).map(keys));
    },
  ),
  filled('an index that includes an attribute projects it beside its keys', async (door) => {
    const { Items } = await group('byPart', { ScanIndexForward: false })(door);
    const keys = pick(['pk', 'sk', 'g', 'h', 'a']);
    assert.deepEqual(Items, inGroup('a').sort(by('h')).reverse().map(keys));
  }),
  filled('a range of the sort key of an index', async (door) => {
    const values = { ':g': 'a', ':low': 4, ':high': 8 };
    const { Items } = await query('byNumber', 'g = :g AND h BETWEEN :low AND :high', values)(door);
    assert.deepEqual(
      Items?.map(({ h }) => h as number),
      [4, 6],
    );
  }),
  filled('a local index orders one partition of the table', async (door) => {
    const { Items } = await query(
      'byLocal',
      'pk = :p',
      { ':p': 'p1' },
      { ConsistentRead: true },
    )(door);
    assert.deepEqual(Items, ITEMS.filter(({ pk }) => pk === 'p1').sort(by('l')));
  }),
  filled('a local index with a condition on its sort key', async (door) => {
    const condition = 'pk = :p AND begins_with(l, :l)';
    const { Items } = await query('byLocal', condition, { ':p': 'p1', ':l': 'l1' })(door);
    assert.deepEqual(
      Items?.map(({ l }) => l as string),
      ['l11', 'l15', 'l19'],
    );
  }),
  filled('a local index of keys gives keys, and the whole item when asked', async (door) => {
    const at = (more: object) => query('byLocalKeys', 'pk = :p', { ':p': 'p1' }, more)(door);
    const expected = ITEMS.filter(({ pk }) => pk === 'p1').sort(by('l'));
    assert.deepEqual((await at({})).Items, expected.map(pick(['pk', 'sk', 'l'])));
    assert.deepEqual((await at({ Select: 'ALL_ATTRIBUTES' })).Items, expected);
    const some = await at({ ProjectionExpression: 'a, b.c' });
    assert.deepEqual(some.Items, expected.map(pick(['a', 'b'])));
  }),
  filled('a filter on a local index may look at what it does not project', async (door) => {
    const values = { ':p': 'p1', ':five': 5 };
    const more = { FilterExpression: 'a >= :five' };
    const answer = await query('byLocalKeys', 'pk = :p', values, more)(door);
    assert.deepEqual([answer.Count, answer.ScannedCount], [2, 3]);
    assert.deepEqual(
      answer.Items?.map(({ l }) => l as string),
      ['l11', 'l15'],
    );
  }),
  filled('an index with two attributes on each side of its key', async (door) => {
    const values = { ':g': 'a', ':t': 't' };
    const all = await query('byMany', 'g = :g AND t = :t', values)(door);
    assert.deepEqual(
      all.Items?.map(({ h }) => h as number),
      inGroup('a')
        .map(({ h }) => h)
        .sort((x, y) => x - y),
    );
    const some = await query('byMany', 'g = :g AND t = :t AND h = :h AND u > :u', {
      ...values,
      ':h': 6,
      ':u': 'u',
    })(door);
    assert.deepEqual(some.Items, [{ pk: 'p0', sk: 's4', g: 'a', t: 't', h: 6, u: 'u4' }]);
  }),
  filled('pages of one row give the same as one page, forwards and backwards', async (door) => {
    for (const ScanIndexForward of [true, false]) {
      const whole = (await group('byPart', { ScanIndexForward })(door)).Items;
      const more = { ScanIndexForward, Limit: 1 };
      assert.deepEqual(await pages((start) => group('byPart', { ...more, ...start })(door)), whole);
    }
  }),
  filled('the last key of a page on an index holds the keys of index and table', async (door) => {
    const { LastEvaluatedKey } = await group('byNumber', { Limit: 1 })(door);
    assert.deepEqual(Object.keys(LastEvaluatedKey ?? {}).sort(), ['g', 'h', 'pk', 'sk']);
    const simple = await group('byGroup', { Limit: 1 })(door);
    assert.deepEqual(Object.keys(simple.LastEvaluatedKey ?? {}).sort(), ['g', 'pk', 'sk']);
  }),
  filled('a scan of an index gives every entry once, also by segments and pages', async (door) => {
    const expected = ITEMS.filter((item) => 'g' in item).map(({ a }) => a);
    const sorted = (rows: Row[]) => rows.map(({ a }) => a as number).sort((x, y) => x - y);
    assert.deepEqual(sorted(await pages((start) => scan('byPart', start)(door))), expected);
    const segments = await Promise.all(
      [0, 1, 2].map((Segment) => {
        const part = { Segment, TotalSegments: 3, Limit: 2 };
        return pages((start) => scan('byPart', { ...part, ...start })(door));
      }),
    );
    assert.deepEqual(sorted(segments.flat()), expected);
  }),
  filled('COUNT of an index has no items', async (door) => {
    const answer = await group('byGroup', { Select: 'COUNT' })(door);
    assert.equal(answer.Count, inGroup('a').length);
    assert.ok(!('Items' in answer));
  }),
  filled('an index follows its item: changed, out of the index, deleted', async (door) => {
    const Key = { pk: 'p0', sk: 's0' };
    const groups = async () => {
      const { Items } = await scan('byGroup', {})(door);
      return Items?.filter(({ sk }) => sk === 's0').map(({ g }) => g as string);
    };
    const set = (UpdateExpression: string, values?: object) =>
      door.update({ TableName, Key, UpdateExpression, ExpressionAttributeValues: values });
    await set('SET g = :g', { ':g': 'z' });
    assert.deepEqual(await groups(), ['z']);
    await set('REMOVE g');
    assert.deepEqual(await groups(), []);
    await set('SET g = :g', { ':g': 'y' });
    assert.deepEqual(await groups(), ['y']);
    await door.delete({ TableName, Key });
    assert.deepEqual(await groups(), []);
  }),
  [
    'an item that was deleted and put again stays in its index when others come',
    async (door) => {
      const put = (sk: string) => door.put({ TableName, Item: { pk: 'p', sk, g: 'a', h: 1 } });
      await put('1');
      await door.delete({ TableName, Key: { pk: 'p', sk: '1' } });
      await put('1');
      for (const sk of ['2', '3', '4']) await put(sk);
      for (const IndexName of ['byGroup', 'byNumber', 'byPart']) {
        const { Items } = await scan(IndexName, {})(door);
        assert.deepEqual(
          Items?.map(({ sk }) => sk as string).sort(),
          ['1', '2', '3', '4'],
          IndexName,
        );
      }
    },
  ],
  filled(
    'a put by a batch and a delete by a batch are in the index and out of it',
    async (door) => {
      const Key = { pk: 'new', sk: 'new' };
      const count = async () => (await query('byGroup', 'g = :g', { ':g': 'new' })(door)).Count;
      await door.batchWrite({
        RequestItems: { Indexed: [{ PutRequest: { Item: { ...Key, g: 'new' } } }] },
      });
      assert.equal(await count(), 1);
      await door.batchWrite({ RequestItems: { Indexed: [{ DeleteRequest: { Key } }] } });
      assert.equal(await count(), 0);
    },
  ),
];

export function indexReads(factory: DoorFactory): void {
  refusals('an index', factory, REFUSALS, [INDEXED]);
  behaviours('an index', factory, BEHAVIOURS, [INDEXED]);
}
