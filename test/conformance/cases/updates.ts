// UpdateItem: operations.md 2 and 3, expressions.md 10, data-model.md 4 and 7.

import assert from 'node:assert/strict';
import {
  behaviours,
  nested,
  refusals,
  rejects,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';
import { bare, ENVELOPE, FAILED, INDEXED, INVALID, NO_MATCH, NOT_FOUND } from '../fixtures.js';

const Key = { pk: 'p', sk: 's' };
const PATH = 'The document path provided in the update expression is invalid for update';
const ABSENT = 'The provided expression refers to an attribute that does not exist in the item';
const TYPE = 'An operand in the update expression has an incorrect data type';
const F = ' failed to satisfy constraint: ';

const update =
  (UpdateExpression: string | undefined, values?: object, more: object = {}) =>
  (door: Door) =>
    door.update({
      TableName: 'Pairs',
      Key,
      UpdateExpression,
      ExpressionAttributeValues: values,
      ...more,
    });
const indexed = (expression: string, values: object) =>
  update(expression, values, { TableName: 'Indexed' });

const REFUSALS: readonly Refusal[] = [
  [
    'a table that is not there',
    update('SET a = :a', { ':a': 1 }, { TableName: 'Nowhere' }),
    ...NOT_FOUND,
  ],
  [
    'a bad ReturnValues, alone even beside a bad ReturnConsumedCapacity',
    update(undefined, undefined, { ReturnValues: 'X', ReturnConsumedCapacity: 'X' }),
    `${ENVELOPE}Failed to satisfy constraint: Member must satisfy enum value set: ` +
      '[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]',
  ],
  [
    'a missing Key, joined with other faults in the older words',
    update(undefined, undefined, {
      Key: undefined,
      TableName: undefined,
      ReturnValues: 'X',
      ReturnConsumedCapacity: 'X',
    }),
    '4 validation errors detected: ' +
      `Value 'X' at 'returnConsumedCapacity'${F}Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; ` +
      `Value null at 'tableName'${F}Member must not be null; ` +
      `Value 'X' at 'returnValues'${F}Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; ` +
      `Value null at 'key'${F}Member must not be null`,
  ],
  [
    'a missing Key, joined with a TableName that is too long',
    update(undefined, undefined, { Key: undefined, TableName: 't'.repeat(256) }),
    `2 validation errors detected: Value '${'t'.repeat(256)}' at 'tableName'${F}Member must have length less than or equal to 255; ` +
      `Value null at 'key'${F}Member must not be null`,
  ],
  [
    'a missing Key beside an empty TableName, which hides it',
    update(undefined, undefined, { Key: undefined, TableName: '' }),
    `${ENVELOPE}Value at 'TableName'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'a key with an attribute too many',
    update(undefined, undefined, { Key: { ...Key, a: 1 } }),
    NO_MATCH,
  ],
  ['a key of the wrong type', update(undefined, undefined, { Key: { pk: 'p', sk: 1 } }), NO_MATCH],
  [
    'an update expression that is empty',
    update(''),
    `${ENVELOPE}Invalid UpdateExpression: The expression can not be empty;`,
  ],
  [
    'a value that nothing uses',
    update('REMOVE a', { ':a': 1 }),
    `${ENVELOPE}Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}`,
  ],
  [
    'names without an expression',
    update(undefined, undefined, { ExpressionAttributeNames: { '#a': 'a' } }),
    `${ENVELOPE}ExpressionAttributeNames can only be specified when using expressions`,
  ],
  [
    'values without an expression',
    update(undefined, { ':a': 1 }),
    `${ENVELOPE}ExpressionAttributeValues can only be specified when using expressions`,
  ],
  [
    'a fault of the update before one of the condition',
    update('SET a = :a', undefined, { ConditionExpression: 'a = :b' }),
    `${ENVELOPE}Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :a`,
  ],
  [
    'two paths that overlap',
    update('SET a = :a REMOVE a.b', { ':a': 1 }),
    `${ENVELOPE}Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]`,
  ],
  [
    'legacy and expression parameters together',
    update('SET a = :a', { ':a': 1 }, { AttributeUpdates: { a: { Value: 1 } }, Expected: {} }),
    `${ENVELOPE}Can not use both expression and non-expression parameters in the same request: ` +
      'Non-expression parameters: {AttributeUpdates, Expected} Expression parameters: {UpdateExpression}',
  ],
  [
    'a change of the partition key',
    update('SET pk = :a', { ':a': 'x' }),
    `${INVALID}Cannot update attribute pk. This attribute is part of the key`,
  ],
  [
    'a removal of the sort key',
    update('REMOVE sk'),
    `${INVALID}Cannot update attribute sk. This attribute is part of the key`,
  ],
  [
    'a path into a key',
    update('SET sk.a = :a', { ':a': 1 }),
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: sk",
  ],
  [
    'a path into the key of an index',
    indexed('SET g.a = :a', { ':a': 1 }),
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: g",
  ],
  ['a path into nothing', update('SET m.k = :a', { ':a': 1 }), PATH],
  ['an operand that is not there', update('SET a = b'), ABSENT],
  ['arithmetic on nothing', update('SET a = b + :a', { ':a': 1 }), ABSENT],
  [
    'a text added to a number',
    update('SET a = :a + :b', { ':a': 1, ':b': 'x' }),
    `${ENVELOPE}Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S`,
  ],
  [
    'an index key of another type',
    indexed('SET g = :g', { ':g': 1 }),
    `${INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: byGroup`,
  ],
  [
    'null for an index key',
    indexed('SET h = :h', { ':h': null }),
    `${INVALID}Type mismatch for Index Key h Expected: N Actual: NULL IndexName: byMany`,
  ],
  [
    'an empty index key',
    indexed('SET l = :l', { ':l': '' }),
    'One or more parameter values are not valid. The update expression attempted to update a secondary index key ' +
      'to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
  ],
  [
    'more than 400 KB',
    update('SET a = :a', { ':a': 'x'.repeat(409_600) }),
    'Item size to update has exceeded the maximum allowed size',
  ],
  [
    'a value nested too deep',
    update('SET a = :a', { ':a': nested(32) }),
    `${ENVELOPE}Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit`,
  ],
  [
    'a condition that no item meets',
    update('SET a = :a', { ':a': 1 }, { ConditionExpression: 'attribute_exists(pk)' }),
    ...FAILED,
  ],
  [
    'a number that grows over 38 digits',
    update('SET a = :a + :b', { ':a': 1e40, ':b': 1 }),
    'Attempting to store more than 38 significant digits in a Number',
  ],
  [
    'an AttributeUpdates action that nobody knows',
    update(undefined, undefined, { AttributeUpdates: { a: { Action: 'X' } } }),
    `${ENVELOPE}Value 'X' at 'attributeUpdates.a.member.action'${F}Member must satisfy enum value set: [ADD, PUT, DELETE]`,
  ],
  [
    'AttributeUpdates without a value',
    update(undefined, undefined, { AttributeUpdates: { a: { Action: 'ADD' } } }),
    `${ENVELOPE}${INVALID}Only DELETE action is allowed when no attribute value is specified`,
  ],
  [
    'AttributeUpdates that delete from a text',
    update(undefined, undefined, { AttributeUpdates: { a: { Action: 'DELETE', Value: 'x' } } }),
    `${ENVELOPE}${INVALID}DELETE action with value is not supported for the type S`,
  ],
  [
    'AttributeUpdates that add a text',
    update(undefined, undefined, { AttributeUpdates: { a: { Action: 'ADD', Value: 'x' } } }),
    `${ENVELOPE}${INVALID}ADD action is not supported for the type S`,
  ],
];

/** What an update makes of an item: [rule, item before, expression, values, after]. */
type Change = readonly [
  rule: string,
  before: object | undefined,
  expression: string,
  values: object | undefined,
  after: object | undefined,
];

const CHANGES: readonly Change[] = [
  ['creates an item', undefined, 'SET a = :a', { ':a': 1 }, { a: 1 }],
  ['creates nothing by REMOVE alone', undefined, 'REMOVE a, b.c', undefined, undefined],
  [
    'creates nothing by DELETE alone',
    undefined,
    'DELETE a :a',
    { ':a': new Set(['x']) },
    undefined,
  ],
  ['creates an item by ADD', undefined, 'ADD a :a', { ':a': 5 }, { a: 5 }],
  ['leaves what it does not name', { a: 1, b: 2 }, 'SET a = :a', { ':a': 3 }, { a: 3, b: 2 }],
  [
    'reads all operands before it writes',
    { a: 1, b: 2 },
    'SET a = b, b = a',
    undefined,
    { a: 2, b: 1 },
  ],
  ['removes what another clause reads', { a: 1 }, 'REMOVE a SET b = a', undefined, { b: 1 }],
  ['adds exactly', { a: 0.1 }, 'SET a = a + :a', { ':a': 0.2 }, { a: 0.3 }],
  ['subtracts', { a: 1 }, 'SET a = a - :a', { ':a': 3 }, { a: -2 }],
  [
    'takes what is there before if_not_exists',
    { a: 1 },
    'SET a = if_not_exists(a, :a), b = if_not_exists(c, :a)',
    { ':a': 9 },
    { a: 1, b: 9 },
  ],
  ['joins lists', { l: [1] }, 'SET l = list_append(l, :l)', { ':l': [2, 3] }, { l: [1, 2, 3] }],
  ['joins lists in front', { l: [1] }, 'SET l = list_append(:l, l)', { ':l': [0] }, { l: [0, 1] }],
  [
    'appends past the end of a list',
    { l: [1] },
    'SET l[9] = :a, l[5] = :b',
    { ':a': 9, ':b': 5 },
    { l: [1, 5, 9] },
  ],
  ['replaces an element', { l: [1, 2] }, 'SET l[0] = :a', { ':a': 7 }, { l: [7, 2] }],
  [
    'removes by the places before the update',
    { l: [0, 1, 2, 3] },
    'REMOVE l[0], l[2], l[9]',
    undefined,
    { l: [1, 3] },
  ],
  [
    'sets siblings of one map',
    { m: { a: 1 } },
    'SET m.a = :a, m.b = :b',
    { ':a': 2, ':b': 3 },
    { m: { a: 2, b: 3 } },
  ],
  [
    'removes a member of a map',
    { m: { a: 1, b: 2 } },
    'REMOVE m.a, m.c',
    undefined,
    { m: { b: 2 } },
  ],
  [
    'unites sets',
    { s: new Set(['a']) },
    'ADD s :s',
    { ':s': new Set(['a', 'b']) },
    { s: new Set(['a', 'b']) },
  ],
  [
    'takes members out of a set',
    { s: new Set([1, 2]) },
    'DELETE s :s',
    { ':s': new Set([2, 3]) },
    { s: new Set([1]) },
  ],
  [
    'removes a set with its last member',
    { s: new Set([1]), a: 1 },
    'DELETE s :s',
    { ':s': new Set([1]) },
    { a: 1 },
  ],
  ['deletes from nothing', { a: 1 }, 'DELETE s :s', { ':s': new Set([1]) }, { a: 1 }],
  ['adds to a nested number', { m: { n: 1 } }, 'ADD m.n :a', { ':a': 2 }, { m: { n: 3 } }],
];

/** Execution faults, on the item { t: 'text', n: 1, l: [1], m: {} }: [rule, expression, values, text]. */
const FAULTS: readonly (readonly [string, string, object | undefined, string])[] = [
  ['a member of a text', 'SET t.a = :a', { ':a': 1 }, PATH],
  ['an element of a map', 'SET m[0] = :a', { ':a': 1 }, PATH],
  ['a member of what is not there', 'SET m.x.y = :a', { ':a': 1 }, PATH],
  ['a removal under what is not there', 'REMOVE q.a', undefined, PATH],
  ['a sum with a text', 'SET n = n + t', undefined, TYPE],
  ['a number added to a text', 'ADD t :a', { ':a': 1 }, TYPE],
  ['a set added to a number', 'ADD n :a', { ':a': new Set([1]) }, TYPE],
  ['a set deleted from a number', 'DELETE n :a', { ':a': new Set([1]) }, TYPE],
  ['a list joined to a text', 'SET l = list_append(t, :a)', { ':a': [1] }, TYPE],
];

/** [ReturnValues, expression, values, Attributes] on the item { a: 1, b: 2, m: { x: 1, y: 2 }, l: [1, 2, 3] }. */
const OLD = { a: 1, b: 2, m: { x: 1, y: 2 }, l: [1, 2, 3] };
const RETURNED: readonly (readonly [string, string, object | undefined, object | undefined])[] = [
  ['NONE', 'SET a = :a', { ':a': 5 }, undefined],
  ['ALL_OLD', 'SET a = :a', { ':a': 5 }, { ...Key, ...OLD }],
  ['ALL_NEW', 'SET a = :a', { ':a': 5 }, { ...Key, ...OLD, a: 5 }],
  ['UPDATED_OLD', 'SET a = :a, c = :a', { ':a': 5 }, { a: 1 }],
  ['UPDATED_NEW', 'SET a = :a, c = :a', { ':a': 5 }, { a: 5, c: 5 }],
  ['UPDATED_OLD', 'SET c = :a', { ':a': 5 }, undefined],
  ['UPDATED_NEW', 'REMOVE a', undefined, undefined],
  ['UPDATED_OLD', 'REMOVE a', undefined, { a: 1 }],
  ['UPDATED_NEW', 'SET m.x = :a', { ':a': 5 }, { m: { x: 5 } }],
  ['UPDATED_OLD', 'SET m.x = :a, m.y = :a', { ':a': 5 }, { m: { x: 1, y: 2 } }],
  ['UPDATED_NEW', 'SET l[1] = :a', { ':a': 5 }, { l: [5] }],
  ['UPDATED_NEW', 'SET a = :a', { ':a': 1 }, { a: 1 }],
  ['UPDATED_NEW', 'ADD b :a', { ':a': 5 }, { b: 7 }],
  ['ALL_NEW', 'REMOVE a, b, m, l', undefined, Key],
];

async function itemAfter(door: Door): Promise<object | undefined> {
  const { Item } = await door.get({ TableName: 'Pairs', Key, ConsistentRead: true });
  return Item;
}

const BEHAVIOURS: readonly Behaviour[] = [
  ...CHANGES.map(
    ([rule, before, expression, values, after]): Behaviour => [
      rule,
      async (door) => {
        if (before !== undefined)
          await door.put({ TableName: 'Pairs', Item: { ...Key, ...before } });
        assert.deepEqual(bare(await update(expression, values)(door)), {});
        assert.deepEqual(await itemAfter(door), after && { ...Key, ...after });
      },
    ],
  ),
  ...FAULTS.map(
    ([rule, expression, values, text]): Behaviour => [
      `refuses when it runs: ${rule}`,
      async (door) => {
        const Item = { ...Key, t: 'text', n: 1, l: [1], m: {} };
        await door.put({ TableName: 'Pairs', Item });
        await rejects(() => update(expression, values)(door), 'ValidationException', text);
        assert.deepEqual(await itemAfter(door), Item);
      },
    ],
  ),
  ...RETURNED.map(
    ([ReturnValues, expression, values, attributes]): Behaviour => [
      `${ReturnValues} of ${expression}`,
      async (door) => {
        await door.put({ TableName: 'Pairs', Item: { ...Key, ...OLD } });
        const answer = bare(await update(expression, values, { ReturnValues })(door));
        assert.deepEqual(answer, attributes === undefined ? {} : { Attributes: attributes });
      },
    ],
  ),
  [
    'without any update creates the item of its key, and leaves one that is there',
    async (door) => {
      const more = { ReturnValues: 'ALL_NEW' };
      assert.deepEqual((await update(undefined, undefined, more)(door)).Attributes, Key);
      await door.put({ TableName: 'Pairs', Item: { ...Key, a: 1 } });
      await update(undefined)(door);
      assert.deepEqual(await itemAfter(door), { ...Key, a: 1 });
    },
  ],
  [
    'ALL_OLD of an item that was created has no Attributes',
    async (door) => {
      const answer = await update('SET a = :a', { ':a': 1 }, { ReturnValues: 'ALL_OLD' })(door);
      assert.deepEqual(bare(answer), {});
    },
  ],
  [
    'a failed condition comes before what the update would meet',
    async (door) => {
      await rejects(
        () => update('SET a = b', undefined, { ConditionExpression: 'attribute_exists(pk)' })(door),
        FAILED[1],
        FAILED[0],
      );
    },
  ],
  [
    'one attribute of a one-byte name takes 409,581 bytes of text at most',
    async (door) => {
      const Big = { pk: 'p' };
      const set = (size: number) =>
        door.update({
          TableName: 'Single',
          Key: Big,
          UpdateExpression: 'SET a = :a',
          ExpressionAttributeValues: { ':a': 'x'.repeat(size - 4) },
        });
      await set(409_581);
      await rejects(
        () => set(409_582),
        'ValidationException',
        'Item size to update has exceeded the maximum allowed size',
      );
    },
  ],
  [
    'a sum of many sides counts every one: updates of one item never get lost',
    async (door) => {
      const one = () => update('ADD n :one', { ':one': 1 })(door);
      await Promise.all(Array.from({ length: 50 }, one));
      assert.deepEqual(await itemAfter(door), { ...Key, n: 50 });
    },
  ],
  [
    'is not tied to the objects that were sent',
    async (door) => {
      const list = [1, 2];
      const promise = update('SET l = :l', { ':l': list })(door);
      list.push(3);
      await promise;
      assert.deepEqual(await itemAfter(door), { ...Key, l: [1, 2] });
    },
  ],
  [
    'AttributeUpdates puts, adds and deletes',
    async (door) => {
      await door.put({
        TableName: 'Pairs',
        Item: { ...Key, a: 1, n: 1, s: new Set(['a', 'b']), l: [1], gone: 1 },
      });
      const AttributeUpdates = {
        a: { Value: 'x' },
        'm.x': { Action: 'PUT', Value: null },
        n: { Action: 'ADD', Value: 2 },
        s: { Action: 'DELETE', Value: new Set(['b']) },
        l: { Action: 'ADD', Value: [2] },
        gone: { Action: 'DELETE' },
      };
      await door.update({ TableName: 'Pairs', Key, AttributeUpdates });
      const after = { ...Key, a: 'x', 'm.x': null, n: 3, s: new Set(['a']), l: [1, 2] };
      assert.deepEqual(await itemAfter(door), after);
    },
  ],
];

export function updates(factory: DoorFactory): void {
  refusals('UpdateItem', factory, REFUSALS, [INDEXED]);
  behaviours('UpdateItem', factory, BEHAVIOURS);
}
