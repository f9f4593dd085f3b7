// Conditions of PutItem, UpdateItem and DeleteItem: operations.md 3, expressions.md 5, 7 and 11.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  rejects,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';
import { bare, ENVELOPE, FAILED, INVALID, NOT_FOUND } from '../fixtures.js';

const Key = { pk: 'p', sk: 's' };
const F = ' failed to satisfy constraint: ';
const OPERATORS =
  '[IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]';

type Call = (input: object) => (door: Door) => Promise<object>;
const CALLS: readonly (readonly [string, Call])[] = [
  [
    'PutItem',
    (input) => (door) => door.put({ TableName: 'Pairs', Item: { ...Key, w: 1 }, ...input }),
  ],
  ['UpdateItem', (input) => (door) => door.update({ TableName: 'Pairs', Key, ...input })],
  ['DeleteItem', (input) => (door) => door.delete({ TableName: 'Pairs', Key, ...input })],
];

const condition = (ConditionExpression: string, values?: object, more: object = {}) => ({
  ConditionExpression,
  ExpressionAttributeValues: values,
  ...more,
});
const expected = (Expected: object, ConditionalOperator?: string) => ({
  Expected,
  ConditionalOperator,
});

/** [rule, input, text without the envelope]: the same for all three. */
const STATIC: readonly (readonly [string, object, string])[] = [
  [
    'an empty condition',
    condition(''),
    'Invalid ConditionExpression: The expression can not be empty;',
  ],
  [
    'a condition that does not parse',
    condition('a = = b'),
    'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"',
  ],
  [
    'an undefined name',
    condition('#a = :a', { ':a': 1 }),
    'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a',
  ],
  [
    'a name that nothing uses',
    condition('attribute_exists(a)', undefined, { ExpressionAttributeNames: { '#b': 'b' } }),
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}',
  ],
  [
    'an order of booleans',
    condition('a < :a', { ':a': true }),
    'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
  ],
  [
    'a bad value of an expression',
    condition('a = :a', { ':a': new Set() }),
    `${INVALID}An string set  may not be empty`,
  ],
  [
    'values without an expression',
    { ExpressionAttributeValues: { ':a': 1 } },
    'ExpressionAttributeValues can only be specified when using expressions',
  ],
  [
    'Expected beside ConditionExpression',
    { ...expected({ a: { Value: 1 } }), ConditionExpression: 'attribute_exists(a)' },
    'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
  ],
  [
    'a ConditionalOperator without conditions',
    { ConditionalOperator: 'AND' },
    'ConditionalOperator cannot be used without Filter or Expected',
  ],
  [
    'a ConditionalOperator for one condition',
    expected({ a: { Value: 1 } }, 'OR'),
    'ConditionalOperator can only be used when Filter or Expected has two or more elements',
  ],
  [
    'a ConditionalOperator that nobody knows',
    expected({ a: { Value: 1 }, b: { Value: 1 } }, 'XOR'),
    'Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]',
  ],
  [
    'Exists true without a value',
    expected({ a: { Exists: true } }),
    `${INVALID}Value must be provided when Exists is true for Attribute: a`,
  ],
  [
    'an expectation of nothing',
    expected({ a: {} }),
    `${INVALID}Value must be provided when Exists is null for Attribute: a`,
  ],
  [
    'Exists false with a value',
    expected({ a: { Exists: false, Value: 1 } }),
    `${INVALID}Value cannot be used when Exists is false for Attribute: a`,
  ],
  [
    'Value and AttributeValueList',
    expected({ a: { Value: 1, AttributeValueList: [1], ComparisonOperator: 'EQ' } }),
    `${INVALID}Value and AttributeValueList cannot be used together for Attribute: a`,
  ],
  [
    'Exists and ComparisonOperator',
    expected({ a: { Exists: true, Value: 1, ComparisonOperator: 'EQ' } }),
    `${INVALID}Exists and ComparisonOperator cannot be used together for Attribute: a`,
  ],
  [
    'ComparisonOperator without values',
    expected({ a: { ComparisonOperator: 'EQ' } }),
    `${INVALID}Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a`,
  ],
  [
    'AttributeValueList without ComparisonOperator',
    expected({ a: { AttributeValueList: [1] } }),
    `${INVALID}AttributeValueList can only be used with a ComparisonOperator for Attribute: a`,
  ],
  [
    'two values for EQ',
    expected({ a: { ComparisonOperator: 'EQ', AttributeValueList: [1, 2] } }),
    `${INVALID}Invalid number of argument(s) for the EQ ComparisonOperator`,
  ],
  [
    'BEGINS_WITH a number',
    expected({ a: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [1] } }),
    `${INVALID}ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type`,
  ],
  [
    'values of two types',
    expected({ a: { ComparisonOperator: 'IN', AttributeValueList: [1, 'x'] } }),
    `${INVALID}AttributeValues inside AttributeValueList must be of same type`,
  ],
  [
    'bounds in the wrong order',
    expected({ a: { ComparisonOperator: 'BETWEEN', AttributeValueList: [2, 1] } }),
    'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
  ],
  [
    'a ComparisonOperator that nobody knows',
    expected({ a: { ComparisonOperator: 'LIKE', AttributeValueList: [1] } }),
    `Value 'LIKE' at 'expected.a.member.comparisonOperator'${F}Member must satisfy enum value set: ${OPERATORS}`,
  ],
  [
    'a bad ReturnValuesOnConditionCheckFailure',
    { ReturnValuesOnConditionCheckFailure: 'X' },
    `Value 'X' at 'returnValuesOnConditionCheckFailure'${F}Member must satisfy enum value set: [ALL_OLD, NONE]`,
  ],
];

const REFUSALS: readonly Refusal[] = CALLS.flatMap(([operation, call]) => [
  ...STATIC.map(
    ([rule, input, text]): Refusal => [`${rule}: ${operation}`, call(input), ENVELOPE + text],
  ),
  [
    `a fault of an expression before a missing table is noticed: ${operation}`,
    call(condition('a = :a', undefined, { TableName: 'Nowhere' })),
    `${ENVELOPE}Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :a`,
  ] as Refusal,
  [
    `a missing table, for a condition that is sound: ${operation}`,
    call(condition('attribute_exists(a)', undefined, { TableName: 'Nowhere' })),
    ...NOT_FOUND,
  ] as Refusal,
  [
    `what fails its condition: ${operation}`,
    call(condition('attribute_exists(pk)')),
    ...FAILED,
  ] as Refusal,
]);

/** [condition, values] that hold, and ones that do not, for the item { a: 1, t: 'text', l: [1], m: { x: 'y' } }. */
const ITEM = { ...Key, a: 1, t: 'text', l: [1], m: { x: 'y' }, s: new Set(['p', 'q']) };
const HOLD: readonly (readonly [string, object?])[] = [
  ['a = :v', { ':v': 1 }],
  [':v = a', { ':v': 1 }],
  ['a <> :v', { ':v': '1' }],
  ['absent <> :v', { ':v': 1 }],
  ['a < :v', { ':v': 2 }],
  ['NOT a > :v', { ':v': 2 }],
  ['NOT absent = :v', { ':v': 1 }],
  ['a BETWEEN :v AND :w', { ':v': 1, ':w': 1 }],
  ['a IN (:v, :w)', { ':v': 'x', ':w': 1 }],
  ['attribute_exists(m.x)'],
  ['attribute_not_exists(m.y)'],
  ['attribute_type(s, :v)', { ':v': 'SS' }],
  ['begins_with(t, :v)', { ':v': 'te' }],
  ['contains(s, :v)', { ':v': 'q' }],
  ['contains(l, :v)', { ':v': 1 }],
  ['contains(t, :v)', { ':v': 'ex' }],
  ['size(t) = :v', { ':v': 4 }],
  ['l[0] = a'],
  ['s = :v', { ':v': new Set(['q', 'p']) }],
  ['m = :v', { ':v': { x: 'y' } }],
  ['a = :v OR absent = :v', { ':v': 1 }],
  ['pk = :v AND sk = :w', { ':v': 'p', ':w': 's' }],
];
const FAIL: readonly (readonly [string, object?])[] = [
  ['a = :v', { ':v': '1' }],
  ['absent = lacking'],
  ['a > :v', { ':v': 'x' }],
  ['m > :v', { ':v': 1 }],
  ['attribute_exists(l[1])'],
  ['attribute_type(a, :v)', { ':v': 'S' }],
  ['size(a) > :v', { ':v': 0 }],
  ['contains(absent, :v)', { ':v': 1 }],
  ['a = :v AND t = :v', { ':v': 1 }],
];

/** The same in legacy words. */
const EXPECTED: readonly (readonly [string, object, string | undefined, boolean])[] = [
  ['a value', { a: { Value: 1 } }, undefined, true],
  ['another value', { a: { Value: 2 } }, undefined, false],
  ['Exists false of what is there', { a: { Exists: false } }, undefined, false],
  ['Exists false of what is not', { b: { Exists: false } }, undefined, true],
  ['Exists true and a value', { a: { Exists: true, Value: 1 } }, undefined, true],
  [
    'NE of what is not there',
    { b: { ComparisonOperator: 'NE', AttributeValueList: [1] } },
    undefined,
    true,
  ],
  ['LE', { a: { ComparisonOperator: 'LE', AttributeValueList: [1] } }, undefined, true],
  [
    'BETWEEN',
    { a: { ComparisonOperator: 'BETWEEN', AttributeValueList: [2, 3] } },
    undefined,
    false,
  ],
  ['IN', { a: { ComparisonOperator: 'IN', AttributeValueList: [3, 1] } }, undefined, true],
  [
    'BEGINS_WITH',
    { t: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: ['te'] } },
    undefined,
    true,
  ],
  [
    'CONTAINS of a set',
    { s: { ComparisonOperator: 'CONTAINS', AttributeValueList: ['p'] } },
    undefined,
    true,
  ],
  [
    'NOT_CONTAINS',
    { s: { ComparisonOperator: 'NOT_CONTAINS', AttributeValueList: ['z'] } },
    undefined,
    true,
  ],
  ['NULL', { b: { ComparisonOperator: 'NULL' } }, undefined, true],
  ['NOT_NULL', { b: { ComparisonOperator: 'NOT_NULL' } }, undefined, false],
  ['two joined by AND', { a: { Value: 1 }, t: { Value: 'x' } }, 'AND', false],
  ['two joined by OR', { a: { Value: 1 }, t: { Value: 'x' } }, 'OR', true],
];

async function holds(door: Door, input: object): Promise<boolean> {
  await door.put({ TableName: 'Pairs', Item: ITEM });
  const [[, put]] = CALLS;
  try {
    await put(input)(door);
    return true;
  } catch (error) {
    assert.equal((error as Error).name, 'ConditionalCheckFailedException');
    const { Item } = await door.get({ TableName: 'Pairs', Key });
    assert.deepEqual(Item, ITEM, 'a failed condition changes nothing');
    return false;
  }
}

const BEHAVIOURS: readonly Behaviour[] = [
  ...HOLD.map(
    ([text, values]): Behaviour => [
      `holds: ${text} with ${Object.keys(values ?? {}).length} values, ${JSON.stringify(values ?? {})}`,
      async (door) => assert.equal(await holds(door, condition(text, values)), true),
    ],
  ),
  ...FAIL.map(
    ([text, values]): Behaviour => [
      `fails: ${text}, ${JSON.stringify(values ?? {})}`,
      async (door) => assert.equal(await holds(door, condition(text, values)), false),
    ],
  ),
  ...EXPECTED.map(
    ([rule, conditions, operator, outcome]): Behaviour => [
      `Expected, ${rule}: ${outcome ? 'holds' : 'fails'}`,
      async (door) => assert.equal(await holds(door, expected(conditions, operator)), outcome),
    ],
  ),
  ...CALLS.map(
    ([operation, call]): Behaviour => [
      `ReturnValuesOnConditionCheckFailure gives the item to the error: ${operation}`,
      async (door) => {
        await door.put({ TableName: 'Pairs', Item: ITEM });
        const failing = condition('attribute_not_exists(pk)');
        const wanted = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
        await assert.rejects(call({ ...failing, ...wanted })(door), (error: { Item?: unknown }) => {
          assert.deepEqual(error.Item, ITEM);
          return true;
        });
        await assert.rejects(
          call(failing)(door),
          (error) => !Object.hasOwn(error as object, 'Item'),
        );
      },
    ],
  ),
  ...CALLS.map(
    ([operation, call]): Behaviour => [
      `ReturnValuesOnConditionCheckFailure without an item has none: ${operation}`,
      async (door) => {
        const input = condition('attribute_exists(pk)', undefined, {
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        await assert.rejects(call(input)(door), (error) => !Object.hasOwn(error as object, 'Item'));
      },
    ],
  ),
  [
    'a put that must be the first is the first once',
    async (door) => {
      const [[, put]] = CALLS;
      const first = () => put(condition('attribute_not_exists(pk)'))(door);
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, first));
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    },
  ],
  [
    'a condition may hold for the absence of an item, and then a delete does nothing',
    async (door) => {
      const call = CALLS[2][1](condition('attribute_not_exists(pk)'));
      assert.deepEqual(bare(await call(door)), {});
    },
  ],
  [
    'a conditional put answers with the item it replaced',
    async (door) => {
      await door.put({ TableName: 'Pairs', Item: ITEM });
      const input = condition('a = :a', { ':a': 1 }, { ReturnValues: 'ALL_OLD' });
      const answer = (await CALLS[0][1](input)(door)) as { Attributes?: object };
      assert.deepEqual(answer.Attributes, ITEM);
    },
  ],
  [
    'a conditional delete answers with the item it deleted, which is gone',
    async (door) => {
      await door.put({ TableName: 'Pairs', Item: ITEM });
      const input = condition('a = :a', { ':a': 1 }, { ReturnValues: 'ALL_OLD' });
      const answer = (await CALLS[2][1](input)(door)) as { Attributes?: object };
      assert.deepEqual(answer.Attributes, ITEM);
      await rejects(
        async () => CALLS[2][1](condition('attribute_exists(pk)'))(door),
        FAILED[1],
        FAILED[0],
      );
    },
  ],
];

export function writeConditions(factory: DoorFactory): void {
  refusals('a conditional write', factory, REFUSALS);
  behaviours('a condition', factory, BEHAVIOURS);
}
