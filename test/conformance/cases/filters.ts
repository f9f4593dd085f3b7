// Filters and projections of reads, and their legacy forms: expressions.md 5, 7, 9 and 11,
// operations.md 4 to 6.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';
import { bare, ENVELOPE, fill, INVALID } from '../fixtures.js';

const TableName = 'Pairs';
const Key = { pk: 'p', sk: 's1' };
const F = ' failed to satisfy constraint: ';
const MIXED = 'Can not use both expression and non-expression parameters in the same request: ';

const get = (more: object) => (door: Door) => door.get({ TableName, Key, ...more });
const scan = (more: object) => (door: Door) => door.scan({ TableName, ...more });
const query = (more: object) => (door: Door) => door.query({ TableName, ...more });
const queried = (filter: string | undefined, values: object = {}, more: object = {}) =>
  query({
    KeyConditionExpression: 'pk = :p',
    FilterExpression: filter,
    ExpressionAttributeValues: { ':p': 'p', ...values },
    ...more,
  });
const batched = (more: object) => (door: Door) =>
  door.batchGet({ RequestItems: { Pairs: { Keys: [Key], ...more } } });

const PROJECTION_FAULTS: readonly (readonly [string, object, string])[] = [
  [
    'an empty projection',
    { ProjectionExpression: '' },
    'Invalid ProjectionExpression: The expression can not be empty;',
  ],
  [
    'a reserved word in a projection',
    { ProjectionExpression: 'a, name' },
    'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name',
  ],
  [
    'paths of a projection that overlap',
    { ProjectionExpression: 'a.b, a' },
    'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]',
  ],
  [
    'an undefined name in a projection',
    { ProjectionExpression: '#a' },
    'Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; attribute name: #a',
  ],
  [
    'a name that a projection does not use',
    { ProjectionExpression: 'a', ExpressionAttributeNames: { '#a': 'a' } },
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
  ],
  [
    'an attribute twice in AttributesToGet',
    { AttributesToGet: ['a', 'b', 'a'] },
    `${INVALID}Duplicate value in attribute name: a`,
  ],
  [
    'AttributesToGet beside ProjectionExpression',
    { AttributesToGet: ['a'], ProjectionExpression: 'a' },
    `${MIXED}Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}`,
  ],
];

const REFUSALS: readonly Refusal[] = [
  ...PROJECTION_FAULTS.flatMap(([rule, more, text]): Refusal[] => [
    [`${rule}: GetItem`, get(more), text],
    [`${rule}: Scan`, scan(more), text],
    [`${rule}: BatchGetItem`, batched(more), text],
  ]),
  [
    'legacy and expression parameters in two tables of a BatchGetItem',
    (door) =>
      door.batchGet({
        RequestItems: {
          Pairs: { Keys: [Key], AttributesToGet: ['a'] },
          Single: { Keys: [{ pk: 'p' }], ProjectionExpression: 'a' },
        },
      }),
    `${MIXED}Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}`,
  ],
  [
    'values in a scan without a filter',
    scan({ ExpressionAttributeValues: { ':a': 1 }, ProjectionExpression: 'a' }),
    'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null',
  ],
  [
    'a filter of a scan whose value is bad, in the older words',
    scan({ FilterExpression: 'a = :a', ExpressionAttributeValues: { ':a': NaN } }),
    'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: NaN for key :a',
  ],
  [
    'a filter of a query whose value is bad',
    queried('a = :a', { ':a': NaN }),
    'The parameter cannot be converted to a numeric value: NaN',
  ],
  [
    'an undefined value in a filter',
    queried('a = :a'),
    'Invalid FilterExpression: An expression attribute value used in expression is not defined; attribute value: :a',
  ],
  [
    'a filter of a query on its partition key',
    queried('pk = :p'),
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: pk',
  ],
  [
    'a filter of a query on its sort key, inside another condition',
    queried('attribute_exists(a) AND NOT begins_with(sk, :p)'),
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
  ],
  [
    'SPECIFIC_ATTRIBUTES without a projection',
    queried(undefined, {}, { Select: 'SPECIFIC_ATTRIBUTES' }),
    `${ENVELOPE}Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES`,
  ],
  ...(['ALL_ATTRIBUTES', 'COUNT'] as const).flatMap((Select): Refusal[] => {
    const chosen = Select === 'COUNT' ? 'only the Count' : Select;
    const text = (name: string) => `Cannot specify the ${name} when choosing to get ${chosen}`;
    return [
      [
        `a projection beside ${Select}: Query`,
        queried(undefined, {}, { Select, ProjectionExpression: 'a' }),
        ENVELOPE + text('ProjectionExpression'),
      ],
      [
        `a projection beside ${Select}: Scan`,
        scan({ Select, ProjectionExpression: 'a' }),
        text('ProjectionExpression'),
      ],
      [
        `AttributesToGet beside ${Select}: Scan`,
        scan({ Select, AttributesToGet: ['a'] }),
        text('AttributesToGet'),
      ],
    ];
  }),
  [
    'KeyConditions beside KeyConditionExpression',
    queried(undefined, {}, { KeyConditions: {} }),
    `${MIXED}Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}`,
  ],
  [
    'QueryFilter beside KeyConditionExpression',
    queried(undefined, {}, { QueryFilter: {} }),
    `${MIXED}Non-expression parameters: {QueryFilter} Expression parameters: {KeyConditionExpression}`,
  ],
  [
    'ScanFilter beside FilterExpression',
    scan({ ScanFilter: {}, FilterExpression: 'attribute_exists(a)' }),
    `${MIXED}Non-expression parameters: {ScanFilter} Expression parameters: {FilterExpression}`,
  ],
  [
    'KeyConditions without any',
    query({ KeyConditions: {} }),
    'Conditions can be of length 1 or 2 only',
  ],
  [
    'KeyConditions with an operator that is no range',
    query({ KeyConditions: { pk: { ComparisonOperator: 'NE', AttributeValueList: ['p'] } } }),
    'Attempted conditional constraint is not an indexable operation',
  ],
  [
    'KeyConditions without an operator',
    query({ KeyConditions: { pk: { AttributeValueList: ['p'] } } }),
    `${ENVELOPE}Value null at 'keyConditions.pk.member.comparisonOperator'${F}Member must not be null`,
  ],
  [
    'KeyConditions without the partition key',
    query({ KeyConditions: { sk: { ComparisonOperator: 'EQ', AttributeValueList: ['s'] } } }),
    'Query condition missed key schema element: pk',
  ],
  [
    'a QueryFilter on a key',
    query({
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: ['p'] } },
      QueryFilter: { sk: { ComparisonOperator: 'NOT_NULL' } },
    }),
    'QueryFilter can only contain non-primary key attributes: Primary key attribute: sk',
  ],
  [
    'a ConditionalOperator in a scan without a filter',
    scan({ ConditionalOperator: 'OR' }),
    'ConditionalOperator cannot be used without Filter or Expected',
  ],
];

const ITEMS = Array.from({ length: 6 }, (_, i) => ({
  pk: 'p',
  sk: `s${i}`,
  a: i,
  even: i % 2 === 0,
  m: { x: i, y: { z: [i] } },
  l: [{ k: 'zero', v: i }, 'one', 'two'],
  'a.b': 'dotted',
}));

const filled = (rule: string, show: (door: Door) => Promise<void>): Behaviour => [
  rule,
  async (door) => {
    await fill(door, TableName, ITEMS);
    await show(door);
  },
];

/** [projection, names, what it shows of item 1]. */
const SHOWN: readonly (readonly [string, object | undefined, object])[] = [
  ['a', undefined, { a: 1 }],
  ['pk, a', undefined, { pk: 'p', a: 1 }],
  ['m.x', undefined, { m: { x: 1 } }],
  ['m.x, m.y.z[0]', undefined, { m: { x: 1, y: { z: [1] } } }],
  ['l[2], l[0].k', undefined, { l: [{ k: 'zero' }, 'two'] }],
  ['l[0].v, l[0].k', undefined, { l: [{ k: 'zero', v: 1 }] }],
  ['#d', { '#d': 'a.b' }, { 'a.b': 'dotted' }],
  ['absent, m.absent, l[9], a.b', undefined, {}],
  ['a, absent', undefined, { a: 1 }],
];

const BEHAVIOURS: readonly Behaviour[] = [
  ...SHOWN.map(([ProjectionExpression, ExpressionAttributeNames, shown]) =>
    filled(`the projection ${ProjectionExpression}`, async (door) => {
      const more = { ProjectionExpression, ExpressionAttributeNames };
      assert.deepEqual((await get(more)(door)).Item, shown, 'GetItem');
      const one = { ...more, Limit: 1, ExclusiveStartKey: ITEMS[0] && { pk: 'p', sk: 's0' } };
      assert.deepEqual((await scan(one)(door)).Items, [shown], 'Scan');
      assert.deepEqual((await queried(undefined, {}, one)(door)).Items, [shown], 'Query');
      assert.deepEqual((await batched(more)(door)).Responses.Pairs, [shown], 'BatchGetItem');
    }),
  ),
  filled('AttributesToGet takes names as they are', async (door) => {
    const more = { AttributesToGet: ['a.b', 'a', 'absent'] };
    const shown = { 'a.b': 'dotted', a: 1 };
    assert.deepEqual((await get(more)(door)).Item, shown);
    assert.deepEqual((await batched(more)(door)).Responses.Pairs, [shown]);
    assert.equal((await scan(more)(door)).Items?.length, 6);
  }),
  filled('a projection of an item that is not there has no Item', async (door) => {
    assert.deepEqual(
      bare(await get({ Key: { pk: 'p', sk: 'x' }, ProjectionExpression: 'a' })(door)),
      {},
    );
  }),
  filled('a filter drops rows and counts them', async (door) => {
    const answer = await queried('even = :e AND a > :a', { ':e': true, ':a': 0 })(door);
    assert.deepEqual(
      answer.Items?.map(({ a }) => a as number),
      [2, 4],
    );
    assert.deepEqual([answer.Count, answer.ScannedCount], [2, 6]);
  }),
  filled('Limit counts rows before the filter, and a page may be empty and go on', async (door) => {
    const answer = await queried('a > :a', { ':a': 3 }, { Limit: 2 })(door);
    assert.deepEqual([answer.Items, answer.Count, answer.ScannedCount], [[], 0, 2]);
    assert.deepEqual(answer.LastEvaluatedKey, { pk: 'p', sk: 's1' });
  }),
  filled('COUNT counts what the filter keeps', async (door) => {
    const answer = await queried('even = :e', { ':e': false }, { Select: 'COUNT' })(door);
    assert.deepEqual([answer.Count, answer.ScannedCount], [3, 6]);
    assert.ok(!('Items' in answer));
  }),
  filled('filter and projection need not look at the same attributes', async (door) => {
    const answer = await queried(
      'm.y.z[0] = :z',
      { ':z': 4 },
      { ProjectionExpression: 'sk' },
    )(door);
    assert.deepEqual(answer.Items, [{ sk: 's4' }]);
  }),
  filled('a filter of a scan may look at keys', async (door) => {
    const answer = await scan({
      FilterExpression: 'sk IN (:a, :b)',
      ExpressionAttributeValues: { ':a': 's1', ':b': 's5' },
    })(door);
    assert.equal(answer.Count, 2);
  }),
  filled('KeyConditions and QueryFilter in place of expressions', async (door) => {
    const answer = await query({
      KeyConditions: {
        pk: { ComparisonOperator: 'EQ', AttributeValueList: ['p'] },
        sk: { ComparisonOperator: 'BETWEEN', AttributeValueList: ['s1', 's4'] },
      },
      QueryFilter: {
        even: { ComparisonOperator: 'EQ', AttributeValueList: [true] },
        a: { ComparisonOperator: 'GT', AttributeValueList: [3] },
      },
      ConditionalOperator: 'OR',
    })(door);
    assert.deepEqual(
      answer.Items?.map(({ a }) => a as number),
      [2, 4],
    );
    assert.equal(answer.ScannedCount, 4);
  }),
  filled('KeyConditions beside a filter expression', async (door) => {
    const answer = await query({
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: ['p'] } },
      FilterExpression: 'a = :a',
      ExpressionAttributeValues: { ':a': 3 },
    })(door);
    assert.deepEqual([answer.Count, answer.ScannedCount], [1, 6]);
  }),
  filled('ScanFilter keeps what meets all of its conditions', async (door) => {
    const answer = await scan({
      ScanFilter: {
        sk: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: ['s'] },
        a: { ComparisonOperator: 'IN', AttributeValueList: [1, 2, 9] },
        gone: { ComparisonOperator: 'NULL' },
      },
    })(door);
    assert.equal(answer.Count, 2);
  }),
];

export function filters(factory: DoorFactory): void {
  refusals('a filter or projection', factory, REFUSALS);
  behaviours('a filter or projection', factory, BEHAVIOURS);
}
