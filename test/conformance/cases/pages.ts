// Query and Scan beside their key conditions: members, start keys, pages, segments. operations.md 5
// and 8.

import assert from 'node:assert/strict';
import {
  behaviours,
  bytes,
  refusals,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';

const E = '1 validation error detected: ';
const F = ' failed to satisfy constraint: ';
const RCC = `Value 'X' at 'returnConsumedCapacity'${F}Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`;
const SELECT = `Value 'X' at 'select'${F}Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]`;
const SPECIFIC =
  'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES';
const PROJECTED = 'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName';
const SCALARS =
  "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ";
const START = 'The provided starting key is invalid';
const NO_INDEX = 'The table does not have the specified index: gone';

const query =
  (more: object, KeyConditionExpression = 'pk = :p', values: object = { ':p': 'p' }) =>
  (door: Door) =>
    door.query({
      TableName: 'Pairs',
      KeyConditionExpression,
      ExpressionAttributeValues: values,
      ...more,
    });
const scan = (more: object) => (door: Door) => door.scan({ TableName: 'Pairs', ...more });
const at = (ExclusiveStartKey: unknown) => ({ ExclusiveStartKey });

const QUERY: readonly Refusal[] = [
  [
    'a missing TableName',
    query({ TableName: undefined }),
    `${E}Value null at 'tableName'${F}Member must not be null`,
  ],
  [
    'a missing table',
    query({ TableName: 'Nowhere' }),
    'Requested resource not found',
    'ResourceNotFoundException',
  ],
  ['a bad Select', query({ Select: 'X' }), E + SELECT],
  [
    'a bad ReturnConsumedCapacity, alone even beside a bad Select',
    query({ ReturnConsumedCapacity: 'X', Select: 'X' }),
    E + RCC,
  ],
  [
    'Limit 0',
    query({ Limit: 0 }),
    `${E}Value at 'Limit'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'a string for Limit',
    query({ Limit: '1' }),
    'STRING_VALUE cannot be converted to Integer',
    'SerializationException',
  ],
  [
    'SPECIFIC_ATTRIBUTES without a projection',
    query({ Select: 'SPECIFIC_ATTRIBUTES' }),
    E + SPECIFIC,
  ],
  [
    'ALL_PROJECTED_ATTRIBUTES without an index',
    query({ Select: 'ALL_PROJECTED_ATTRIBUTES' }),
    E + PROJECTED,
  ],
  ['an index that does not exist', query({ IndexName: 'gone' }), NO_INDEX],
  [
    'an index name of two characters',
    query({ IndexName: 'ab' }),
    `${E}Value 'ab' at 'indexName'${F}Member must have length greater than or equal to 3`,
  ],
  ['a start key without its sort key', query(at({ pk: 'p' })), START],
  ['a start key with another attribute', query(at({ pk: 'p', sk: 's', a: 1 })), START],
  ['a start key of the wrong type', query(at({ pk: 'p', sk: 1 })), START],
  [
    'a start key of another partition',
    query(at({ pk: 'q', sk: 's' })),
    'The provided starting key is outside query boundaries based on provided conditions',
  ],
  [
    'a start key outside the sort condition',
    query(at({ pk: 'p', sk: 'a' }), 'pk = :p AND sk > :s', { ':p': 'p', ':s': 'm' }),
    'The provided starting key does not match the range key predicate',
  ],
  [
    'a start key of another partition and outside the sort condition',
    query(at({ pk: 'q', sk: 'a' }), 'pk = :p AND sk > :s', { ':p': 'p', ':s': 'm' }),
    'The provided starting key does not match the range key predicate',
  ],
  ['a projection into a key', query({ ProjectionExpression: 'a, sk[0]' }), `${SCALARS}Key: sk`],
  [
    'any start key on a table without sort keys',
    query({ TableName: 'Single', ...at({ pk: 'p' }) }),
    'The query can return at most one row and cannot be restarted',
  ],
  [
    'a bad value in the start key, without an envelope',
    query(at({ pk: NaN, sk: 's' })),
    'The parameter cannot be converted to a numeric value: NaN',
  ],
];

const SCAN: readonly Refusal[] = [
  ['a projection into a key', scan({ ProjectionExpression: 'pk.a' }), `${SCALARS}Key: pk`],
  [
    'a filter that looks into a key',
    scan({ FilterExpression: 'attribute_exists(pk.a)' }),
    `${SCALARS}Key: pk`,
  ],
  [
    'a missing TableName',
    scan({ TableName: undefined }),
    `${E}Value null at 'tableName'${F}Member must not be null`,
  ],
  [
    'a missing table',
    scan({ TableName: 'Nowhere' }),
    'Requested resource not found',
    'ResourceNotFoundException',
  ],
  ['a bad Select', scan({ Select: 'X' }), E + SELECT],
  [
    'Limit 0',
    scan({ Limit: 0 }),
    `${E}Value '0' at 'limit'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'SPECIFIC_ATTRIBUTES without a projection, without an envelope',
    scan({ Select: 'SPECIFIC_ATTRIBUTES' }),
    SPECIFIC,
  ],
  [
    'ALL_PROJECTED_ATTRIBUTES without an index, without an envelope',
    scan({ Select: 'ALL_PROJECTED_ATTRIBUTES' }),
    PROJECTED,
  ],
  ['an index that does not exist', scan({ IndexName: 'gone' }), NO_INDEX],
  [
    'Segment alone',
    scan({ Segment: 0 }),
    'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
  ],
  [
    'TotalSegments alone',
    scan({ TotalSegments: 2 }),
    'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
  ],
  [
    'a segment past the last',
    scan({ Segment: 5, TotalSegments: 5 }),
    'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5',
  ],
  [
    'no segments',
    scan({ Segment: 0, TotalSegments: 0 }),
    `${E}Value '0' at 'totalSegments'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'more than a million segments',
    scan({ Segment: 0, TotalSegments: 1_000_001 }),
    `${E}Value '1000001' at 'totalSegments'${F}Member must have value less than or equal to 1000000`,
  ],
  [
    'a start key that is no key',
    scan(at({ pk: 'p' })),
    `${START}: The provided key element does not match the schema`,
  ],
  [
    'names without an expression',
    scan({ ExpressionAttributeNames: { '#a': 'a' } }),
    'ExpressionAttributeNames can only be specified when using expressions',
  ],
  [
    'values without an expression',
    scan({ ExpressionAttributeValues: { ':a': 1 } }),
    'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null',
  ],
  [
    'a repeated binary member in the older wording',
    scan(at({ pk: new Set([bytes(255), bytes(0), bytes(0)]), sk: 's' })),
    'One or more parameter values were invalid: Input collection [/w==, AA==, AA==]of type BS contains duplicates.',
  ],
];

/** Writes rows 1 to `count` of one partition of Numbers. */
async function fill(door: Door, count: number, more: object = {}): Promise<void> {
  for (let sk = 1; sk <= count; sk++)
    await door.put({ TableName: 'Numbers', Item: { pk: 'p', sk, ...more } });
}
const numbers = {
  TableName: 'Numbers',
  KeyConditionExpression: 'pk = :p',
  ExpressionAttributeValues: { ':p': 'p' },
};
const sortKeys = (items: readonly Record<string, unknown>[] | undefined) =>
  items?.map(({ sk }) => sk);

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'an empty answer still has Items, Count and ScannedCount',
    async (door) => {
      const { Items, Count, ScannedCount, LastEvaluatedKey } = await door.query(numbers);
      assert.deepEqual({ Items, Count, ScannedCount }, { Items: [], Count: 0, ScannedCount: 0 });
      assert.equal(LastEvaluatedKey, undefined);
    },
  ],
  [
    'COUNT has no Items member',
    async (door) => {
      await fill(door, 3);
      const answer = await door.query({ ...numbers, Select: 'COUNT' });
      assert.ok(!('Items' in answer));
      assert.equal(answer.Count, 3);
      assert.equal(answer.ScannedCount, 3);
    },
  ],
  [
    'ScanIndexForward false is the exact reverse, numbers by value',
    async (door) => {
      for (const sk of [-10, -9, 0, 0.5, 9, 10])
        await door.put({ TableName: 'Numbers', Item: { pk: 'p', sk } });
      assert.deepEqual(sortKeys((await door.query(numbers)).Items), [-10, -9, 0, 0.5, 9, 10]);
      const backward = await door.query({ ...numbers, ScanIndexForward: false });
      assert.deepEqual(sortKeys(backward.Items), [10, 9, 0.5, 0, -9, -10]);
    },
  ],
  [
    'strings are in the order of their UTF-8 bytes',
    async (door) => {
      const sorted = ['A', 'a', 'a\0', 'ab', 'é', '\uFFFD', '\u{1F600}'];
      for (const sk of sorted.toReversed())
        await door.put({ TableName: 'Pairs', Item: { pk: 'p', sk } });
      assert.deepEqual(sortKeys((await query({})(door)).Items), sorted);
    },
  ],
  [
    'a page of Limit rows has a LastEvaluatedKey, even when nothing remains; the next page is then empty',
    async (door) => {
      await fill(door, 4);
      const first = await door.query({ ...numbers, Limit: 4 });
      assert.deepEqual(first.LastEvaluatedKey, { pk: 'p', sk: 4 });
      const second = await door.query({ ...numbers, Limit: 4, ...at(first.LastEvaluatedKey) });
      assert.deepEqual(second.Items, []);
      assert.equal(second.LastEvaluatedKey, undefined);
    },
  ],
  [
    'a Limit past the end has no LastEvaluatedKey',
    async (door) => {
      await fill(door, 4);
      const { Count, LastEvaluatedKey } = await door.query({ ...numbers, Limit: 5 });
      assert.equal(Count, 4);
      assert.equal(LastEvaluatedKey, undefined);
    },
  ],
  [
    'pages in both directions visit every row once, also when the start key does not exist',
    async (door) => {
      await fill(door, 5);
      const seen: unknown[] = [];
      let ExclusiveStartKey: object | undefined;
      do {
        const page = await door.query({
          ...numbers,
          Limit: 2,
          ScanIndexForward: false,
          ...at(ExclusiveStartKey),
        });
        seen.push(...(sortKeys(page.Items) ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      assert.deepEqual(seen, [5, 4, 3, 2, 1]);
      const between = await door.query({ ...numbers, ...at({ pk: 'p', sk: 2.5 }) });
      assert.deepEqual(sortKeys(between.Items), [3, 4, 5]);
    },
  ],
  [
    'a page ends with the row that reaches 1 MB, and says so',
    async (door) => {
      // Each row: pk 2 + 1, sk 2 + 2, a 1 + 299,992 = 300,000 bytes. The fourth passes 1,048,576.
      await fill(door, 5, { a: 'x'.repeat(299_992) });
      const first = await door.query({ ...numbers, ReturnConsumedCapacity: 'TOTAL' });
      assert.deepEqual(sortKeys(first.Items), [1, 2, 3, 4]);
      assert.deepEqual(first.LastEvaluatedKey, { pk: 'p', sk: 4 });
      assert.equal(first.ConsumedCapacity?.CapacityUnits, Math.ceil(1_200_000 / 4096) / 2);
      const count = await door.query({ ...numbers, Select: 'COUNT' });
      assert.equal(count.Count, 4);
      const rest = await door.scan({ TableName: 'Numbers', ...at(first.LastEvaluatedKey) });
      assert.deepEqual(sortKeys(rest.Items), [5]);
      assert.equal(rest.LastEvaluatedKey, undefined);
    },
  ],
  [
    'capacity of a query: sizes summed, rounded up once, doubled if consistent',
    async (door) => {
      await fill(door, 3, { a: 'x'.repeat(2000) });
      const units = async (more: object) =>
        (await door.query({ ...numbers, ReturnConsumedCapacity: 'TOTAL', ...more }))
          .ConsumedCapacity?.CapacityUnits;
      assert.equal(await units({}), 1);
      assert.equal(await units({ ConsistentRead: true }), 2);
      assert.equal(await units({ ExpressionAttributeValues: { ':p': 'none' } }), 0.5);
    },
  ],
  [
    'Scan visits every item once, each partition in the order of its sort keys',
    async (door) => {
      const written = new Set<string>();
      for (let partition = 0; partition < 20; partition++) {
        for (let sk = 3; sk >= 1; sk--) {
          await door.put({ TableName: 'Numbers', Item: { pk: `p${partition}`, sk } });
          written.add(`p${partition} ${sk}`);
        }
      }
      const seen: string[] = [];
      let ExclusiveStartKey: object | undefined;
      do {
        const page = await door.scan({ TableName: 'Numbers', Limit: 7, ...at(ExclusiveStartKey) });
        for (const { pk, sk } of page.Items ?? []) seen.push(`${pk} ${sk}`);
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      assert.equal(seen.length, 60);
      assert.deepEqual(new Set(seen), written);
      seen.forEach((key, index) => assert.ok(key.endsWith(` ${(index % 3) + 1}`)));
    },
  ],
  [
    'segments share out the partition keys: each key is whole in one of them',
    async (door) => {
      for (let partition = 0; partition < 40; partition++) {
        for (const sk of [1, 2])
          await door.put({ TableName: 'Numbers', Item: { pk: `p${partition}`, sk } });
      }
      const owner = new Map<string, number>();
      let count = 0;
      for (let Segment = 0; Segment < 4; Segment++) {
        const { Items } = await door.scan({ TableName: 'Numbers', Segment, TotalSegments: 4 });
        for (const { pk } of Items ?? []) {
          assert.equal(owner.get(pk as string) ?? Segment, Segment);
          owner.set(pk as string, Segment);
          count++;
        }
      }
      assert.equal(count, 80);
      assert.ok(new Set(owner.values()).size > 1);
    },
  ],
  [
    'a start key of another segment is refused',
    async (door) => {
      await door.put({ TableName: 'Pairs', Item: { pk: 'p', sk: 's' } });
      const counts = [0, 1].map(
        async (Segment) => (await scan({ Segment, TotalSegments: 2 })(door)).Count,
      );
      const Segment = (await Promise.all(counts)).indexOf(0);
      await assert.rejects(scan({ Segment, TotalSegments: 2, ...at({ pk: 'p', sk: 's' }) })(door), {
        name: 'ValidationException',
        message:
          `${START}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ` +
          `TotalSegments: 2 Segment: ${Segment}`,
      });
    },
  ],
];

export function pages(factory: DoorFactory): void {
  refusals('Query', factory, QUERY);
  refusals('Scan', factory, SCAN);
  behaviours('pages', factory, BEHAVIOURS);
}
