// PutItem, GetItem and DeleteItem: operations.md 2 to 4, data-model.md 4 and 9.

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
const INVALID = 'One or more parameter values were invalid: ';
const NOT_FOUND = ['Requested resource not found', 'ResourceNotFoundException'] as const;
const MATCH = 'The provided key element does not match the schema';
const EMPTY_KEY =
  'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty';
const LONG_HASH = `${INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes`;
const LONG_RANGE = `${INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`;
const F = ' failed to satisfy constraint: ';
const RCC = `Value 'X' at 'returnConsumedCapacity'${F}Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`;
const RETURN =
  'Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]';
const METRICS = `Value 'X' at 'returnItemCollectionMetrics'${F}Member must satisfy enum value set: [SIZE, NONE]`;
const THREE_BAD = {
  ReturnConsumedCapacity: 'X',
  ReturnValues: 'X',
  ReturnItemCollectionMetrics: 'X',
};
const ITEM_MAP =
  'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>';

const put =
  (Item: unknown, more: object = {}) =>
  (door: Door) =>
    door.put({ TableName: 'Pairs', Item, ...more });
const get =
  (Key: unknown, more: object = {}) =>
  (door: Door) =>
    door.get({ TableName: 'Pairs', Key, ...more });
const del =
  (Key: unknown, more: object = {}) =>
  (door: Door) =>
    door.delete({ TableName: 'Pairs', Key, ...more });
const item = { pk: 'p', sk: 's' };

/** Rules of TableName, the same for all three. */
const tableNames = (call: (input: object) => (door: Door) => Promise<unknown>): Refusal[] => [
  [
    'a missing TableName',
    call({ TableName: undefined }),
    `${E}Value null at 'tableName'${F}Member must not be null`,
  ],
  [
    'an empty TableName, whatever else is wrong',
    call({ TableName: '', ...THREE_BAD }),
    `${E}Value at 'TableName'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'a TableName of 256 characters',
    call({ TableName: 'a'.repeat(256) }),
    `${E}Value '${'a'.repeat(256)}' at 'tableName'${F}Member must have length less than or equal to 255`,
  ],
  [
    'a TableName with other characters',
    call({ TableName: 'a!' }),
    `${E}Value 'a!' at 'tableName'${F}Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  ],
  ['a table that does not exist', call({ TableName: 'Nowhere' }), ...NOT_FOUND],
  [
    'a table name of two characters, as one that does not exist',
    call({ TableName: 'ab' }),
    ...NOT_FOUND,
  ],
  [
    'a number for TableName',
    call({ TableName: 5 }),
    'NUMBER_VALUE cannot be converted to String',
    'SerializationException',
  ],
  [
    'a fraction for TableName',
    call({ TableName: 5.5 }),
    'DECIMAL_VALUE cannot be converted to String',
    'SerializationException',
  ],
  [
    'true for TableName',
    call({ TableName: true }),
    'TRUE_VALUE cannot be converted to String',
    'SerializationException',
  ],
  [
    'an object for TableName',
    call({ TableName: {} }),
    'Start of structure or map found where not expected',
    'SerializationException',
  ],
  [
    'a list for TableName',
    call({ TableName: [] }),
    'Unrecognized collection type class java.lang.String',
    'SerializationException',
  ],
];

/** Faults of a key that holds exactly the key attributes, or should. */
const keys = (call: (key: unknown) => (door: Door) => Promise<unknown>): Refusal[] => [
  ['a missing sort key', call({ pk: 'p' }), MATCH],
  ['an attribute that is no key', call({ ...item, a: 1 }), MATCH],
  ['a key of the wrong type', call({ pk: 'p', sk: 1 }), MATCH],
  ['an empty Key', call({}), MATCH],
  ['an empty key string', call({ pk: '', sk: 's' }), `${EMPTY_KEY} string value. Key: pk`],
  ['an empty sort key string', call({ pk: 'p', sk: '' }), `${EMPTY_KEY} string value. Key: sk`],
  ['a partition key of 2,049 bytes', call({ pk: 'p'.repeat(2049), sk: 's' }), LONG_HASH],
  [
    'a sort key of 1,025 bytes, counted as UTF-8',
    call({ pk: 'p', sk: 'é'.repeat(512) + 'x' }),
    LONG_RANGE,
  ],
  ['a list for Key', call([]), ITEM_MAP, 'SerializationException'],
  ['a string for Key', call('p'), 'Unexpected field type', 'SerializationException'],
];

const PUT: readonly Refusal[] = [
  ...tableNames((input) => put(item, input)),
  ['a missing Item', put(undefined), `${E}Value null at 'item'${F}Member must not be null`],
  ['a list for Item', put([]), ITEM_MAP, 'SerializationException'],
  [
    'three bad enums, joined in this order',
    put(item, THREE_BAD),
    `3 validation errors detected: ${RCC}; ${RETURN}; ${METRICS}`,
  ],
  [
    'ReturnValues of UpdateItem',
    put(item, { ReturnValues: 'ALL_NEW' }),
    `${E}ReturnValues can only be ALL_OLD or NONE`,
  ],
  [
    'names without an expression',
    put(item, { ExpressionAttributeNames: { '#a': 'a' } }),
    `${E}ExpressionAttributeNames can only be specified when using expressions`,
  ],
  [
    'values without an expression',
    put(item, { ExpressionAttributeValues: { ':a': 1 } }),
    `${E}ExpressionAttributeValues can only be specified when using expressions`,
  ],
  [
    'an Item without its partition key',
    put({ sk: 's' }),
    `${INVALID}Missing the key pk in the item`,
  ],
  ['an Item without its sort key', put({ pk: 'p' }), `${INVALID}Missing the key sk in the item`],
  ['an empty Item', put({}), `${INVALID}Missing the key pk in the item`],
  [
    'a key of the wrong type',
    put({ pk: 1, sk: 's' }),
    `${INVALID}Type mismatch for key pk expected: S actual: N`,
  ],
  [
    'null for a key',
    put({ pk: 'p', sk: null }),
    `${INVALID}Type mismatch for key sk expected: S actual: NULL`,
  ],
  [
    'a set for a key',
    put({ pk: 'p', sk: new Set([bytes(1)]) }),
    `${INVALID}Type mismatch for key sk expected: S actual: BS`,
  ],
  [
    'a map for a key',
    put({ pk: {}, sk: 's' }),
    `${INVALID}Type mismatch for key pk expected: S actual: M`,
  ],
  ['an empty key string', put({ pk: '', sk: 's' }), `${EMPTY_KEY} string value. Key: pk`],
  [
    'an empty binary key',
    (door) => door.put({ TableName: 'ByBytes', Item: { pk: bytes() } }),
    `${EMPTY_KEY} binary value. Key: pk`,
  ],
  ['a partition key of 2,049 bytes', put({ pk: 'p'.repeat(2049), sk: 's' }), LONG_HASH],
  ['a sort key of 1,025 bytes', put({ pk: 'p', sk: 's'.repeat(1025) }), LONG_RANGE],
  [
    'a bad value before a missing table is noticed',
    put({ a: NaN }, { TableName: 'Nowhere' }),
    `${E}The parameter cannot be converted to a numeric value: NaN`,
  ],
  [
    'an ARN of another region',
    put(item, { TableName: 'arn:aws:dynamodb:eu-west-1:000000000000:table/Pairs' }),
    `${E}Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:000000000000:table/Pairs'`,
  ],
];

const GET: readonly Refusal[] = [
  ...tableNames((input) => get(item, input)).filter(([rule]) => !rule.includes('whatever')),
  ...keys((key) => get(key)),
  ['a missing Key', get(undefined), `${E}Value null at 'key'${F}Member must not be null`],
  ['a bad ReturnConsumedCapacity', get(item, { ReturnConsumedCapacity: 'X' }), E + RCC],
  [
    'a number for ConsistentRead',
    get(item, { ConsistentRead: 1 }),
    'NUMBER_VALUE cannot be converted to Boolean',
    'SerializationException',
  ],
  [
    'an odd string for ConsistentRead',
    get(item, { ConsistentRead: 'maybe' }),
    'Unexpected token received from parser',
    'SerializationException',
  ],
  [
    'names without an expression',
    get(item, { ExpressionAttributeNames: { '#a': 'a' } }),
    'ExpressionAttributeNames can only be specified when using expressions',
  ],
  [
    'a bad value, without an envelope',
    get({ pk: NaN, sk: 's' }),
    'The parameter cannot be converted to a numeric value: NaN',
  ],
];

const DELETE: readonly Refusal[] = [
  ...tableNames((input) => del(item, input)),
  ...keys((key) => del(key)),
  ['a missing Key', del(undefined), `${E}Value null at 'key'${F}Member must not be null`],
  [
    'two bad enums, joined',
    del(item, { ReturnConsumedCapacity: 'X', ReturnValues: 'X' }),
    `2 validation errors detected: ${RCC}; ${RETURN}`,
  ],
  [
    'ReturnValues of UpdateItem',
    del(item, { ReturnValues: 'UPDATED_NEW' }),
    `${E}ReturnValues can only be ALL_OLD or NONE`,
  ],
  [
    'a bad value, in an envelope',
    del({ pk: NaN, sk: 's' }),
    `${E}The parameter cannot be converted to a numeric value: NaN`,
  ],
];

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'PutItem creates an item, then replaces the whole of it',
    async (door) => {
      assert.deepEqual(
        strip(await door.put({ TableName: 'Pairs', Item: { ...item, a: 1, b: 2 } })),
        {},
      );
      await door.put({ TableName: 'Pairs', Item: { ...item, a: 3 } });
      assert.deepEqual(await read(door, 'Pairs', item), { ...item, a: 3 });
    },
  ],
  [
    'GetItem of a missing item answers without Item',
    async (door) => {
      assert.deepEqual(strip(await door.get({ TableName: 'Pairs', Key: item })), {});
    },
  ],
  [
    'DeleteItem deletes, and deleting nothing is a success',
    async (door) => {
      await door.put({ TableName: 'Pairs', Item: item });
      assert.deepEqual(strip(await door.delete({ TableName: 'Pairs', Key: item })), {});
      assert.equal(await read(door, 'Pairs', item), undefined);
      assert.deepEqual(strip(await door.delete({ TableName: 'Pairs', Key: item })), {});
    },
  ],
  [
    'ReturnValues ALL_OLD answers with the old item, and without Attributes if there was none',
    async (door) => {
      const all = { TableName: 'Pairs', ReturnValues: 'ALL_OLD' };
      assert.deepEqual(strip(await door.put({ ...all, Item: { ...item, a: 1 } })), {});
      assert.deepEqual(strip(await door.put({ ...all, Item: item })), {
        Attributes: { ...item, a: 1 },
      });
      assert.deepEqual(strip(await door.delete({ ...all, Key: item })), { Attributes: item });
      assert.deepEqual(strip(await door.delete({ ...all, Key: item })), {});
    },
  ],
  [
    'a table may be named by its ARN',
    async (door) => {
      const { Table } = await door.describeTable({ TableName: 'Pairs' });
      await door.put({ TableName: Table.TableArn, Item: item });
      assert.deepEqual(await read(door, 'Pairs', item), item);
    },
  ],
  [
    'a number key is its value: 1, 1n and 1.0 are one item',
    async (door) => {
      await door.put({ TableName: 'ByNumber', Item: { pk: 1, a: 'one' } });
      await door.put({ TableName: 'ByNumber', Item: { pk: 1n, a: 'again' } });
      assert.equal((await door.scan({ TableName: 'ByNumber' })).Count, 1);
      assert.deepEqual(await read(door, 'ByNumber', { pk: 1.0 }), { pk: 1, a: 'again' });
    },
  ],
  [
    'keys of 2,048 and 1,024 bytes are accepted, nul bytes among them',
    async (door) => {
      const key = { pk: '\0'.repeat(2048), sk: '\u0001'.repeat(1024) };
      await door.put({ TableName: 'Pairs', Item: key });
      assert.deepEqual(await read(door, 'Pairs', key), key);
      const binary = { pk: Uint8Array.from({ length: 2048 }, (_, index) => index % 3) };
      await door.put({ TableName: 'ByBytes', Item: binary });
      assert.deepEqual(await read(door, 'ByBytes', binary), binary);
    },
  ],
  [
    'null members count as absent, unknown members are ignored',
    async (door) => {
      await door.put({ TableName: 'Pairs', Item: item, ConditionExpression: null, Unknown: 1 });
      assert.deepEqual(await read(door, 'Pairs', item), item);
    },
  ],
  [
    'ReturnConsumedCapacity: reads by 4 KB, halved if eventual; writes by 1 KB of the larger image',
    async (door) => {
      const big = { ...item, a: 'x'.repeat(5000) };
      const write = { TableName: 'Pairs', ReturnConsumedCapacity: 'TOTAL' };
      const units = (CapacityUnits: number) => ({ TableName: 'Pairs', CapacityUnits });
      const capacity = async (answer: Promise<{ ConsumedCapacity?: object }>) =>
        (await answer).ConsumedCapacity;
      assert.deepEqual(await capacity(door.put({ ...write, Item: big })), units(5));
      assert.deepEqual(await capacity(door.get({ ...write, Key: item })), units(1));
      assert.deepEqual(
        await capacity(door.get({ ...write, Key: item, ConsistentRead: true })),
        units(2),
      );
      assert.deepEqual(
        await capacity(door.get({ ...write, Key: { pk: 'p', sk: 'none' } })),
        units(0.5),
      );
      assert.deepEqual(await capacity(door.put({ ...write, Item: item })), units(5));
      assert.deepEqual(await capacity(door.delete({ ...write, Key: item })), units(1));
      assert.deepEqual(await capacity(door.delete({ ...write, Key: item })), units(1));
      assert.deepEqual(
        await capacity(door.get({ ...write, Key: item, ReturnConsumedCapacity: 'INDEXES' })),
        { ...units(0.5), Table: { CapacityUnits: 0.5 } },
      );
      assert.equal(
        await capacity(door.get({ ...write, Key: item, ReturnConsumedCapacity: 'NONE' })),
        undefined,
      );
    },
  ],
];

/** An answer without the metadata that some doors add. */
export function strip(answer: object): object {
  return Object.fromEntries(Object.entries(answer).filter(([member]) => member !== '$metadata'));
}

async function read(door: Door, TableName: string, Key: object): Promise<unknown> {
  return (await door.get({ TableName, Key, ConsistentRead: true })).Item;
}

export function singleItems(factory: DoorFactory): void {
  refusals('PutItem', factory, PUT);
  refusals('GetItem', factory, GET);
  refusals('DeleteItem', factory, DELETE);
  behaviours('single items', factory, BEHAVIOURS);
}
