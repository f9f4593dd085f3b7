// BatchGetItem and BatchWriteItem: operations.md 6 and 8.

import assert from 'node:assert/strict';
import {
  behaviours,
  bytes,
  nested,
  refusals,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';

const E = '1 validation error detected: ';
const F = ' failed to satisfy constraint: ';
const RCC = `Value 'X' at 'returnConsumedCapacity'${F}Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`;
const METRICS = `Value 'X' at 'returnItemCollectionMetrics'${F}Member must satisfy enum value set: [SIZE, NONE]`;
const NAME_RULE =
  'Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater ' +
  'than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]';
const DUPLICATES = 'Provided list of item keys contains duplicates';
const MATCH = 'The provided key element does not match the schema';
const DEPTH =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
const EMPTY_KEY =
  'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty';

const get =
  (RequestItems: unknown, more: object = {}) =>
  (door: Door) =>
    door.batchGet({ RequestItems, ...more });
const write =
  (RequestItems: unknown, more: object = {}) =>
  (door: Door) =>
    door.batchWrite({ RequestItems, ...more });
const singles = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ pk: `p${from + index}` }));
const puts = (items: readonly object[]) => items.map((Item) => ({ PutRequest: { Item } }));
const deletes = (keys: readonly object[]) => keys.map((Key) => ({ DeleteRequest: { Key } }));

const GET: readonly Refusal[] = [
  [
    'a missing RequestItems',
    get(undefined),
    `${E}Value null at 'requestItems'${F}Member must not be null`,
  ],
  [
    'an empty RequestItems',
    get({}),
    `${E}Value at 'RequestItems'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'no keys',
    get({ Single: { Keys: [] } }),
    `${E}Value at 'RequestItems.Single.member.Keys'${F}Member must have length greater than or equal to 1`,
  ],
  [
    '101 keys of one table',
    get({ Single: { Keys: singles(101) } }),
    `${E}Value at 'RequestItems.Single.member.Keys'${F}Member must have length less than or equal to 100`,
  ],
  [
    '101 keys of two tables',
    get({ Single: { Keys: singles(60) }, Nowhere: { Keys: singles(41) } }),
    'Too many items requested for the BatchGetItem call',
  ],
  [
    'a bad ReturnConsumedCapacity',
    get({ Nowhere: { Keys: singles(1) } }, { ReturnConsumedCapacity: 'X' }),
    E + RCC,
  ],
  [
    'a bad table name',
    get({ 'bad!name': { Keys: singles(1) } }),
    `${E}Value '{"bad!name":{"Keys":[{"pk":{"S":"p0"}}]}}' at 'requestItems'${F}${NAME_RULE}`,
  ],
  [
    'a bad table name joined with a bad ReturnConsumedCapacity',
    get({ 'bad!name': { Keys: singles(1) } }, { ReturnConsumedCapacity: 'X' }),
    `2 validation errors detected: ${RCC}; Value '{"bad!name":{"Keys":[{"pk":{"S":"p0"}}]}}' at 'requestItems'${F}${NAME_RULE}`,
  ],
  [
    'a table name of two characters',
    get({ ab: { Keys: singles(1) } }),
    `${E}Value '{"ab":{"Keys":[{"pk":{"S":"p0"}}]}}' at 'requestItems'${F}${NAME_RULE}`,
  ],
  [
    'a bad table name before a bad projection',
    get({ 'bad!name': { Keys: singles(1), ProjectionExpression: 'a b' } }),
    `${E}Value '{"bad!name":{"Keys":[{"pk":{"S":"p0"}}]}}' at 'requestItems'${F}${NAME_RULE}`,
  ],
  [
    'a request without Keys',
    get({ Single: { ConsistentRead: true } }),
    `${E}Value null at 'requestItems.Single.member.keys'${F}Member must not be null`,
  ],
  [
    'a bad projection before a missing table is noticed',
    get({ Nowhere: { Keys: singles(1), ProjectionExpression: 'a b' } }),
    'Invalid ProjectionExpression: Syntax error; token: "b", near: "a b"',
  ],
  [
    'a key over 2,048 bytes',
    get({ Single: { Keys: [{ pk: 'p'.repeat(2049) }] } }),
    'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
  ],
  [
    'a missing table among others',
    get({ Single: { Keys: singles(1) }, Nowhere: { Keys: singles(1) } }),
    'Requested resource not found',
    'ResourceNotFoundException',
  ],
  ['a key twice', get({ Single: { Keys: [...singles(2), ...singles(1)] } }), DUPLICATES],
  [
    'a number key twice in two forms',
    get({ ByNumber: { Keys: [{ pk: 1 }, { pk: 1n }] } }),
    DUPLICATES,
  ],
  ['a key that is none', get({ Single: { Keys: [{ pk: 'p', sk: 's' }] } }), MATCH],
  [
    'an empty key string',
    get({ Single: { Keys: [{ pk: '' }] } }),
    `${EMPTY_KEY} string value. Key: pk`,
  ],
  [
    'a list for RequestItems',
    get([]),
    'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.KeysAndAttributes>',
    'SerializationException',
  ],
  [
    'an object for Keys',
    get({ Single: { Keys: {} } }),
    'Start of structure or map found where not expected',
    'SerializationException',
  ],
];

const WRITE: readonly Refusal[] = [
  ['an empty RequestItems', write({}), 'The requestItems parameter is required for BatchWriteItem'],
  [
    'an empty list',
    write({ Single: [] }),
    `${E}Value '{Single=[]}' at 'requestItems'${F}Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]`,
  ],
  [
    'a put without an item',
    write({ Single: [...puts(singles(1)), { PutRequest: {} }] }),
    `${E}Value null at 'requestItems.Single.member.2.member.putRequest.item'${F}Member must not be null`,
  ],
  [
    'a delete without a key',
    write({ Single: [{ DeleteRequest: {} }] }),
    `${E}Value null at 'requestItems.Single.member.1.member.deleteRequest.key'${F}Member must not be null`,
  ],
  ...(
    [{}, { PutRequest: { Item: { pk: 'a' } }, DeleteRequest: { Key: { pk: 'a' } } }] as const
  ).map(
    (request): Refusal => [
      `${Object.keys(request).length} kinds in one request`,
      write({ Single: [request] }),
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
  ),
  [
    '26 requests of one table',
    write({ Single: puts(singles(26)) }),
    `${E}Value at 'RequestItems.Single.member'${F}Member must have length less than or equal to 25`,
  ],
  [
    '26 requests of two tables',
    write({ Single: puts(singles(20)), Nowhere: puts(singles(6)) }),
    'Too many items requested for the BatchWriteItem call',
  ],
  [
    'two bad enums, joined',
    write(
      { Nowhere: puts(singles(1)) },
      { ReturnConsumedCapacity: 'X', ReturnItemCollectionMetrics: 'X' },
    ),
    `2 validation errors detected: ${RCC}; ${METRICS}`,
  ],
  [
    'a bad enum alone beside a bad table name',
    write({ 'bad!name': puts(singles(1)) }, { ReturnConsumedCapacity: 'X' }),
    E + RCC,
  ],
  [
    'a bad table name',
    write({ 'bad!name': deletes(singles(1)) }),
    `${E}Value '{"bad!name":[{"DeleteRequest":{"Key":{"pk":{"S":"p0"}}}}]}' at 'requestItems'${F}${NAME_RULE}`,
  ],
  [
    'a missing table, and writes nothing',
    write({ Single: puts(singles(1)), Nowhere: puts(singles(1)) }),
    'Requested resource not found',
    'ResourceNotFoundException',
  ],
  ['an item twice', write({ Single: puts([{ pk: 'p' }, { pk: 'p', a: 1 }]) }), DUPLICATES],
  [
    'put and delete of one item',
    write({ Single: [...puts([{ pk: 'p' }]), ...deletes([{ pk: 'p' }])] }),
    DUPLICATES,
  ],
  [
    'a number key twice in two forms',
    write({ ByNumber: puts([{ pk: 1 }, { pk: 1n }]) }),
    DUPLICATES,
  ],
  [
    'a put without its key, and writes nothing',
    write({ Single: puts([{ pk: 'p' }, { a: 1 }]) }),
    MATCH,
  ],
  ['a put with a key of the wrong type', write({ Single: puts([{ pk: 1 }]) }), MATCH],
  ['a delete with another attribute', write({ Single: deletes([{ pk: 'p', a: 1 }]) }), MATCH],
  [
    'an empty key string',
    write({ Single: puts([{ pk: '' }]) }),
    `${EMPTY_KEY} string value. Key: pk`,
  ],
  [
    'a value nested too deep, without an envelope',
    write({ Single: puts([{ pk: 'p', a: nested(32) }]) }),
    DEPTH,
  ],
  [
    'a repeated binary member in the older wording',
    write({ Single: puts([{ pk: 'p', a: new Set([bytes(255), bytes(0), bytes(0)]) }]) }),
    'One or more parameter values were invalid: Input collection [/w==, AA==, AA==]of type BS contains duplicates.',
  ],
  [
    'a repeated number member in the older wording',
    write({ Single: puts([{ pk: 'p', a: new Set([1, 1n]) }]) }),
    'Input collection contains duplicates',
  ],
  [
    'an item of 409,601 bytes, and writes nothing',
    write({ Single: puts([{ pk: 'q' }, { pk: 'p', a: 'x'.repeat(409_597) }]) }),
    'Item size has exceeded the maximum allowed size',
  ],
];

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'BatchWriteItem puts and deletes over several tables',
    async (door) => {
      await door.put({ TableName: 'Single', Item: { pk: 'old' } });
      const RequestItems = {
        Single: [...puts(singles(2)), ...deletes([{ pk: 'old' }])],
        ByNumber: puts([{ pk: 7 }]),
      };
      const { UnprocessedItems } = await door.batchWrite({ RequestItems });
      assert.deepEqual(UnprocessedItems, {});
      const { Items } = await door.scan({ TableName: 'Single' });
      assert.deepEqual(new Set(Items?.map(({ pk }) => pk)), new Set(['p0', 'p1']));
      assert.equal((await door.scan({ TableName: 'ByNumber' })).Count, 1);
    },
  ],
  [
    'BatchGetItem answers what it finds, and [] for a table where it finds nothing',
    async (door) => {
      await door.batchWrite({ RequestItems: { Single: puts(singles(3)) } });
      const RequestItems = {
        Single: { Keys: singles(5, 1) },
        ByNumber: { Keys: [{ pk: 1 }], ConsistentRead: true },
      };
      const { Responses, UnprocessedKeys } = await door.batchGet({ RequestItems });
      assert.deepEqual(new Set(Responses.Single.map(({ pk }) => pk)), new Set(['p1', 'p2']));
      assert.deepEqual(Responses.ByNumber, []);
      assert.deepEqual(UnprocessedKeys, {});
    },
  ],
  [
    'BatchGetItem answers at most 16 MB and gives the rest back with its options',
    async (door) => {
      const a = 'x'.repeat(400_000);
      for (const { pk } of singles(45)) await door.put({ TableName: 'Single', Item: { pk, a } });
      const { Responses, UnprocessedKeys } = await door.batchGet({
        RequestItems: { Single: { Keys: singles(45), ConsistentRead: true } },
      });
      const found = Responses.Single.length;
      assert.ok(found > 0 && found < 45);
      assert.equal(UnprocessedKeys.Single.Keys.length, 45 - found);
      assert.equal(UnprocessedKeys.Single.ConsistentRead, true);
      const rest = await door.batchGet({ RequestItems: UnprocessedKeys });
      assert.equal(rest.Responses.Single.length, 45 - found);
      assert.deepEqual(rest.UnprocessedKeys, {});
    },
  ],
  [
    'capacity of batches: each item rounded on its own, summed for each table',
    async (door) => {
      const RequestItems = { Single: puts([{ pk: 'p', a: 'x'.repeat(5000) }, { pk: 'q' }]) };
      const written = await door.batchWrite({ RequestItems, ReturnConsumedCapacity: 'TOTAL' });
      assert.deepEqual(written.ConsumedCapacity, [{ TableName: 'Single', CapacityUnits: 6 }]);
      const read = await door.batchGet({
        RequestItems: { Single: { Keys: [{ pk: 'p' }, { pk: 'q' }, { pk: 'none' }] } },
        ReturnConsumedCapacity: 'INDEXES',
      });
      assert.deepEqual(read.ConsumedCapacity, [
        { TableName: 'Single', CapacityUnits: 2, Table: { CapacityUnits: 2 } },
      ]);
    },
  ],
];

export function batches(factory: DoorFactory): void {
  refusals('BatchGetItem', factory, GET);
  refusals('BatchWriteItem', factory, WRITE);
  behaviours('batches', factory, BEHAVIOURS);
}
