// Conditions in legacy words: Expected, QueryFilter, ScanFilter and KeyConditions. expressions.md 11.

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
import { ENVELOPE, fill, INVALID, NOT_FOUND } from '../fixtures.js';

const TableName = 'Pairs';
const Key = { pk: 'p', sk: 's' };
const F = ' failed to satisfy constraint: ';
const OPERATORS =
  '[IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]';
const set = (...members: unknown[]) => new Set(members);

const condition = (ComparisonOperator: string, ...AttributeValueList: unknown[]) =>
  AttributeValueList.length === 0
    ? { ComparisonOperator }
    : { ComparisonOperator, AttributeValueList };

const ITEM = {
  ...Key,
  s: 'abc',
  n: 5,
  b: bytes(1, 2),
  yes: true,
  nil: null,
  ss: set('a', 'b'),
  ns: set(1, 2),
  l: ['x', 1, true],
  m: { k: 1 },
};

/** [attribute, condition, whether it holds]. */
const COMPARISONS: readonly (readonly [string, object, boolean])[] = [
  ['s', condition('EQ', 'abc'), true],
  ['s', condition('EQ', 'abd'), false],
  ['n', condition('EQ', '5'), false],
  ['ss', condition('EQ', set('b', 'a')), true],
  ['l', condition('EQ', ['x', 1, true]), true],
  ['m', condition('EQ', { k: 1 }), true],
  ['yes', condition('EQ', true), true],
  ['nil', condition('EQ', null), true],
  ['gone', condition('EQ', 1), false],
  ['n', condition('NE', 5), false],
  ['n', condition('NE', 6), true],
  ['n', condition('NE', '5'), true],
  ['gone', condition('NE', 1), true],
  ['n', condition('LT', 6), true],
  ['n', condition('LT', 5), false],
  ['n', condition('LE', 5), true],
  ['n', condition('GT', 5), false],
  ['n', condition('GE', 5), true],
  ['s', condition('GT', 'abb'), true],
  ['b', condition('LT', bytes(2)), true],
  ['s', condition('LT', 9), false],
  ['gone', condition('LT', 9), false],
  ['gone', condition('GE', 9), false],
  ['n', condition('BETWEEN', 5, 6), true],
  ['n', condition('BETWEEN', 6, 7), false],
  ['s', condition('BETWEEN', 'a', 'b'), true],
  ['gone', condition('BETWEEN', 1, 9), false],
  ['n', condition('IN', 1, 5), true],
  ['n', condition('IN', 1, 6), false],
  ['gone', condition('IN', 1), false],
  ['s', condition('BEGINS_WITH', 'ab'), true],
  ['s', condition('BEGINS_WITH', 'bc'), false],
  ['b', condition('BEGINS_WITH', bytes(1)), true],
  ['n', condition('BEGINS_WITH', '5'), false],
  ['s', condition('CONTAINS', 'bc'), true],
  ['ss', condition('CONTAINS', 'a'), true],
  ['ns', condition('CONTAINS', 2), true],
  ['ns', condition('CONTAINS', '2'), false],
  ['l', condition('CONTAINS', 1), true],
  ['l', condition('CONTAINS', 'y'), false],
  ['gone', condition('CONTAINS', 'a'), false],
  ['s', condition('NOT_CONTAINS', 'bd'), true],
  ['ss', condition('NOT_CONTAINS', 'a'), false],
  ['l', condition('NOT_CONTAINS', 'y'), true],
  ['gone', condition('NULL'), true],
  ['nil', condition('NULL'), false],
  ['n', condition('NULL'), false],
  ['nil', condition('NOT_NULL'), true],
  ['gone', condition('NOT_NULL'), false],
];

const told = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) => {
    if (member instanceof Set) return [...(member as Set<unknown>)];
    return member instanceof Uint8Array ? [...member] : member;
  });
const KEYS = { pk: condition('EQ', 'p') };

const HOLDS: readonly Behaviour[] = COMPARISONS.map(([name, comparison, holds]) => [
  `${holds ? 'holds' : 'fails'}: ${name} ${told(comparison)}`,
  async (door) => {
    await door.put({ TableName, Item: ITEM });
    const filter = { [name]: comparison };
    const scanned = await door.scan({ TableName, ScanFilter: filter });
    const queried = await door.query({ TableName, KeyConditions: KEYS, QueryFilter: filter });
    const written = await door.update({ TableName, Key, Expected: filter }).then(
      () => 1,
      (error: Error) => {
        assert.equal(error.name, 'ConditionalCheckFailedException', error.message);
        return 0;
      },
    );
    const count = holds ? 1 : 0;
    assert.deepEqual([scanned.Count, queried.Count, written], [count, count, count]);
  },
]);

/** [sort key's condition, sort keys found]: of -1, 0, 1, 2, 10. */
const RANGES: readonly (readonly [object, readonly number[]])[] = [
  [condition('EQ', 1), [1]],
  [condition('LT', 1), [-1, 0]],
  [condition('LE', 1), [-1, 0, 1]],
  [condition('GT', 1), [2, 10]],
  [condition('GE', 1), [1, 2, 10]],
  [condition('BETWEEN', 0, 2), [0, 1, 2]],
];

const COMBINED: readonly Behaviour[] = [
  ...RANGES.map(
    ([sk, found]): Behaviour => [
      `KeyConditions with ${told(sk)}`,
      async (door) => {
        const items = [-1, 0, 1, 2, 10].map((n) => ({ pk: 'p', sk: n }));
        await fill(door, 'Numbers', items);
        const answer = await door.query({ TableName: 'Numbers', KeyConditions: { ...KEYS, sk } });
        assert.deepEqual(
          answer.Items?.map((item) => item.sk as number),
          found,
        );
      },
    ],
  ),
  [
    'KeyConditions with BEGINS_WITH',
    async (door) => {
      await fill(
        door,
        TableName,
        ['a', 'ab', 'abc', 'b'].map((sk) => ({ pk: 'p', sk })),
      );
      const KeyConditions = { ...KEYS, sk: condition('BEGINS_WITH', 'ab') };
      const answer = await door.query({ TableName, KeyConditions });
      assert.deepEqual(
        answer.Items?.map((item) => item.sk as string),
        ['ab', 'abc'],
      );
    },
  ],
  ...(
    [
      ['AND', true, true, true],
      ['AND', true, false, false],
      ['OR', true, false, true],
      ['OR', false, false, false],
      [undefined, true, false, false],
    ] as const
  ).map(
    ([ConditionalOperator, first, second, holds]): Behaviour => [
      `${ConditionalOperator ?? 'no operator'} of ${String(first)} and ${String(second)} is ${String(holds)}`,
      async (door) => {
        await door.put({ TableName, Item: ITEM });
        const filter = {
          s: condition('EQ', first ? 'abc' : 'x'),
          n: condition('EQ', second ? 5 : 6),
        };
        const more = { ConditionalOperator };
        const scanned = await door.scan({ TableName, ScanFilter: filter, ...more });
        const queried = await door.query({
          TableName,
          KeyConditions: KEYS,
          QueryFilter: filter,
          ...more,
        });
        const written = await door.delete({ TableName, Key, Expected: filter, ...more }).then(
          () => true,
          () => false,
        );
        assert.deepEqual(
          [scanned.Count === 1, queried.Count === 1, written],
          [holds, holds, holds],
        );
      },
    ],
  ),
  [
    'AttributesToGet takes whole attributes, and dots as they are',
    async (door) => {
      await door.put({ TableName, Item: { ...ITEM, 'm.k': 7 } });
      const { Item } = await door.get({ TableName, Key, AttributesToGet: ['m.k', 'n'] });
      assert.deepEqual(Item, { 'm.k': 7, n: 5 });
    },
  ],
];

/** Faults of one comparison, in every place that has them: [rule, comparison, text]. */
const FAULTS: readonly (readonly [string, object, string])[] = [
  ...['EQ', 'NE', 'LT', 'LE', 'GT', 'GE', 'BEGINS_WITH', 'CONTAINS', 'NOT_CONTAINS'].map(
    (operator) =>
      [
        `two values for ${operator}`,
        condition(operator, 'a', 'b'),
        `${INVALID}Invalid number of argument(s) for the ${operator} ComparisonOperator`,
      ] as const,
  ),
  [
    'one value for BETWEEN',
    condition('BETWEEN', 1),
    `${INVALID}Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
  ],
  [
    'three values for BETWEEN',
    condition('BETWEEN', 1, 2, 3),
    `${INVALID}Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
  ],
  [
    'a value for NULL',
    condition('NULL', 1),
    `${INVALID}Invalid number of argument(s) for the NULL ComparisonOperator`,
  ],
  [
    'a value for NOT_NULL',
    condition('NOT_NULL', 1),
    `${INVALID}Invalid number of argument(s) for the NOT_NULL ComparisonOperator`,
  ],
  ...(
    [
      ['LT', true, 'BOOL'],
      ['LE', [], 'L'],
      ['GT', {}, 'M'],
      ['GE', set('a'), 'SS'],
      ['IN', set(1), 'NS'],
      ['BEGINS_WITH', 1, 'N'],
      ['CONTAINS', [1], 'L'],
      ['NOT_CONTAINS', set(bytes(1)), 'BS'],
    ] as const
  ).map(
    ([operator, value, type]) =>
      [
        `${operator} with ${type}`,
        condition(operator, value),
        `${INVALID}ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`,
      ] as const,
  ),
  [
    'BETWEEN of booleans',
    condition('BETWEEN', false, true),
    `${INVALID}ComparisonOperator BETWEEN is not valid for BOOL AttributeValue type`,
  ],
  [
    'BETWEEN of two types',
    condition('BETWEEN', 1, 'a'),
    `${INVALID}AttributeValues inside AttributeValueList must be of same type`,
  ],
  [
    'IN of two types',
    condition('IN', 1, 'a'),
    `${INVALID}AttributeValues inside AttributeValueList must be of same type`,
  ],
  [
    'bounds in the wrong order',
    condition('BETWEEN', 'b', 'a'),
    'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
  ],
];

const nowhere = { TableName: 'Nowhere' };
const PLACES: readonly (readonly [
  string,
  string,
  (filter: object) => (door: Door) => Promise<unknown>,
])[] = [
  ['Expected', ENVELOPE, (filter) => (door) => door.delete({ ...nowhere, Key, Expected: filter })],
  ['ScanFilter', '', (filter) => (door) => door.scan({ ...nowhere, ScanFilter: filter })],
  [
    'QueryFilter',
    '',
    (filter) => (door) => door.query({ ...nowhere, KeyConditions: KEYS, QueryFilter: filter }),
  ],
];

const query = (more: object) => (door: Door) => door.query({ ...nowhere, ...more });
const NOT_RANGE = 'Attempted conditional constraint is not an indexable operation';

const REFUSALS: readonly Refusal[] = [
  ...PLACES.flatMap(([place, around, call]) =>
    FAULTS.map(
      ([rule, comparison, text]): Refusal => [
        `${rule}: ${place}`,
        call({ a: comparison }),
        around + text,
      ],
    ),
  ),
  ...PLACES.map(
    ([place, , call]): Refusal => [
      `only the missing table: ${place}`,
      call({ a: condition('EQ', 1), b: condition('NULL') }),
      ...NOT_FOUND,
    ],
  ),
  ...(['keyConditions', 'queryFilter'] as const).map(
    (member): Refusal => [
      `an operator that nobody knows: ${member}`,
      query({
        KeyConditions: KEYS,
        [member[0].toUpperCase() + member.slice(1)]: { a: condition('LIKE', 1) },
      }),
      `${ENVELOPE}Value 'LIKE' at '${member}.a.member.comparisonOperator'${F}Member must satisfy enum value set: ${OPERATORS}`,
    ],
  ),
  [
    'a condition of a scan without an operator',
    (door) => door.scan({ ...nowhere, ScanFilter: { a: { AttributeValueList: [1] } } }),
    `${ENVELOPE}Value null at 'scanFilter.a.member.comparisonOperator'${F}Member must not be null`,
  ],
  ...(['NE', 'IN', 'CONTAINS', 'NOT_CONTAINS'] as const).map(
    (operator): Refusal => [
      `${operator} of a key`,
      query({ KeyConditions: { ...KEYS, sk: condition(operator, 'a') } }),
      NOT_RANGE,
    ],
  ),
  ...(['NULL', 'NOT_NULL'] as const).map(
    (operator): Refusal => [
      `${operator} of a key`,
      query({ KeyConditions: { ...KEYS, sk: condition(operator) } }),
      NOT_RANGE,
    ],
  ),
  [
    'three KeyConditions',
    query({ KeyConditions: { ...KEYS, a: condition('EQ', 1), b: condition('EQ', 1) } }),
    'Conditions can be of length 1 or 2 only',
  ],
  [
    'a ConditionalOperator that nobody knows, bare: Query',
    query({
      KeyConditions: KEYS,
      QueryFilter: { a: condition('EQ', 1), b: condition('EQ', 1) },
      ConditionalOperator: 'XOR',
    }),
    'Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]',
  ],
  [
    'a ConditionalOperator for one condition: Query',
    query({
      KeyConditions: KEYS,
      QueryFilter: { a: condition('EQ', 1) },
      ConditionalOperator: 'AND',
    }),
    'ConditionalOperator can only be used when Filter or Expected has two or more elements',
  ],
  [
    'a ConditionalOperator without a filter: Query',
    query({ KeyConditions: KEYS, ConditionalOperator: 'AND' }),
    'ConditionalOperator cannot be used without Filter or Expected',
  ],
  [
    'a ConditionalOperator for one condition: Scan',
    (door) =>
      door.scan({ ...nowhere, ScanFilter: { a: condition('EQ', 1) }, ConditionalOperator: 'AND' }),
    'ConditionalOperator can only be used when Filter or Expected has two or more elements',
  ],
  [
    'a QueryFilter on the partition key',
    (door) =>
      door.query({ TableName, KeyConditions: KEYS, QueryFilter: { pk: condition('EQ', 'p') } }),
    'QueryFilter can only contain non-primary key attributes: Primary key attribute: pk',
  ],
  [
    'a key condition of another type',
    (door) => door.query({ TableName, KeyConditions: { pk: condition('EQ', 1) } }),
    `${INVALID}Condition parameter type does not match schema type`,
  ],
  [
    'a range of partition keys',
    (door) => door.query({ TableName, KeyConditions: { pk: condition('GT', 'a') } }),
    'Query key condition not supported',
  ],
  [
    'KeyConditions beside KeyConditionExpression, with all legacy and all expression parameters in their order',
    query({
      KeyConditions: KEYS,
      QueryFilter: {},
      AttributesToGet: ['a'],
      ConditionalOperator: 'AND',
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'a = :p',
      ProjectionExpression: 'a',
    }),
    'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: ' +
      '{AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions} Expression parameters: ' +
      '{ProjectionExpression, FilterExpression, KeyConditionExpression}',
  ],
];

export function legacyConditions(factory: DoorFactory): void {
  refusals('a legacy condition', factory, REFUSALS);
  behaviours('a legacy condition', factory, [...HOLDS, ...COMBINED]);
}
