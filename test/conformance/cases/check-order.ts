// Which of two faults is told, and what all operations say of tables, members and paging:
// operations.md 2 and 5, expressions.md 6.1. Every row breaks at least two rules.

import { bytes, nested, refusals, type Door, type DoorFactory, type Refusal } from '../door.js';
import { ENVELOPE, FAILED, INDEXED, INVALID, NO_MATCH, NOT_FOUND } from '../fixtures.js';

const F = ' failed to satisfy constraint: ';
const Key = { pk: 'p', sk: 's' };
const NAN = 'The parameter cannot be converted to a numeric value: NaN';
const DEPTH =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
const MIXED = 'Can not use both expression and non-expression parameters in the same request: ';
const RCC = `Value 'X' at 'returnConsumedCapacity'${F}Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`;
const VALUES_ALONE = 'ExpressionAttributeValues can only be specified when using expressions';
const NAMES_ALONE = 'ExpressionAttributeNames can only be specified when using expressions';
const UNUSED_NAME = 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}';
const UNUSED_VALUE =
  'Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}';
const EMPTY_KEY =
  'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ';
const LONG_HASH = `${INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes`;
const LONG_RANGE = `${INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`;
const TOO_LARGE = 'Item size has exceeded the maximum allowed size';

const X = { ReturnConsumedCapacity: 'X' };
const NAMES = { ExpressionAttributeNames: { '#x': 'x' } };
const VALUES = { ExpressionAttributeValues: { ':x': 1 } };
const BAD_VALUES = { ExpressionAttributeValues: { ':x': NaN } };
const NOWHERE = { TableName: 'Nowhere' };
const GONE = 'attribute_exists(gone)';

const put = (more: object) => (door: Door) => door.put({ TableName: 'Pairs', Item: Key, ...more });
const update = (more: object) => (door: Door) => door.update({ TableName: 'Pairs', Key, ...more });
const remove = (more: object) => (door: Door) => door.delete({ TableName: 'Pairs', Key, ...more });
const get = (more: object) => (door: Door) => door.get({ TableName: 'Pairs', Key, ...more });
const scan = (more: object) => (door: Door) => door.scan({ TableName: 'Pairs', ...more });
const query = (more: object) => (door: Door) =>
  door.query({
    TableName: 'Pairs',
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': 'p' },
    ...more,
  });
const both = [
  ['PutItem', put],
  ['UpdateItem', update],
  ['DeleteItem', remove],
] as const;

const WRITES: readonly Refusal[] = both.flatMap(([operation, call]): Refusal[] => {
  const at = (rule: string, more: object, text: string, name?: string): Refusal =>
    [`${rule}: ${operation}`, call(more), text, name] as Refusal;
  return [
    at(
      'a type of JSON before an enum',
      { ...X, ConditionExpression: 5 },
      'NUMBER_VALUE cannot be converted to String',
      'SerializationException',
    ),
    at(
      'a type of JSON before a missing TableName',
      { TableName: undefined, ExpressionAttributeNames: [] },
      'Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>',
      'SerializationException',
    ),
    at(
      'an enum before mixed parameters',
      { ...X, Expected: {}, ConditionExpression: GONE },
      `${ENVELOPE}${RCC}`,
    ),
    at(
      'mixed parameters before values alone',
      { ...VALUES, Expected: {}, ConditionExpression: GONE },
      `${ENVELOPE}${MIXED}Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}`,
    ),
    at('names alone before values alone', { ...NAMES, ...VALUES }, `${ENVELOPE}${NAMES_ALONE}`),
    at('values alone before a bad value', BAD_VALUES, `${ENVELOPE}${VALUES_ALONE}`),
    at(
      'a bad value before a bad expression',
      { ...BAD_VALUES, ConditionExpression: 'a b' },
      `${ENVELOPE}${NAN}`,
    ),
    at(
      'a bad expression before an unused name',
      { ...NAMES, ConditionExpression: 'a b' },
      `${ENVELOPE}Invalid ConditionExpression: Syntax error; token: "b", near: "a b"`,
    ),
    at(
      'an unused name before an unused value',
      { ...NAMES, ...VALUES, ConditionExpression: GONE },
      `${ENVELOPE}${UNUSED_NAME}`,
    ),
    at(
      'an unused value before a missing table',
      { ...NOWHERE, ...VALUES, ConditionExpression: GONE },
      `${ENVELOPE}${UNUSED_VALUE}`,
    ),
    at('a condition that fails comes last', { ConditionExpression: GONE }, ...FAILED),
  ];
});

const SINGLE: readonly Refusal[] = [
  [
    'ReturnValues before an expression',
    put({ ReturnValues: 'ALL_NEW', ConditionExpression: 'a b' }),
    `${ENVELOPE}ReturnValues can only be ALL_OLD or NONE`,
  ],
  [
    'a value of the item before an expression',
    put({ Item: { ...Key, a: NaN }, ConditionExpression: 'a b' }),
    `${ENVELOPE}${NAN}`,
  ],
  [
    'a value nested too deep before a missing table',
    put({ ...NOWHERE, Item: { ...Key, a: nested(32) } }),
    ENVELOPE + DEPTH,
  ],
  ['a missing table before a missing key', put({ ...NOWHERE, Item: { a: 1 } }), ...NOT_FOUND],
  [
    'a missing table before a key of the wrong type',
    put({ ...NOWHERE, Item: { pk: 1, sk: 's' } }),
    ...NOT_FOUND,
  ],
  [
    'a missing table before the size of the item',
    put({ ...NOWHERE, Item: { ...Key, a: 'x'.repeat(409_600) } }),
    ...NOT_FOUND,
  ],
  [
    'a missing table before an empty key',
    put({ ...NOWHERE, Item: { pk: '', sk: 's' } }),
    ...NOT_FOUND,
  ],
  [
    'the partition key before the sort key',
    put({ Item: {} }),
    `${INVALID}Missing the key pk in the item`,
  ],
  [
    'a missing sort key before the type of the partition key',
    put({ Item: { pk: 1 } }),
    `${INVALID}Missing the key sk in the item`,
  ],
  [
    'the type of the partition key before that of the sort key',
    put({ Item: { pk: 1, sk: 1 } }),
    `${INVALID}Type mismatch for key pk expected: S actual: N`,
  ],
  [
    'the type of a key before the size of another',
    put({ Item: { pk: '', sk: 1 } }),
    `${INVALID}Type mismatch for key sk expected: S actual: N`,
  ],
  [
    'an empty partition key before an empty sort key',
    put({ Item: { pk: '', sk: '' } }),
    `${EMPTY_KEY}pk`,
  ],
  [
    'a long partition key before a long sort key',
    put({ Item: { pk: 'p'.repeat(2049), sk: 's'.repeat(1025) } }),
    LONG_HASH,
  ],
  [
    'a key before an index key',
    put({ TableName: 'Indexed', Item: { pk: 'p', g: 1 } }),
    `${INVALID}Missing the key sk in the item`,
  ],
  [
    'an index key before the size of the item',
    put({ TableName: 'Indexed', Item: { ...Key, g: 1, a: 'x'.repeat(409_600) } }),
    `${INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: byGroup`,
  ],
  [
    'an index key before a condition that fails',
    put({ TableName: 'Indexed', Item: { ...Key, g: 1 }, ConditionExpression: GONE }),
    `${INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: byGroup`,
  ],
  [
    'a long key before the size of the item',
    put({ Item: { ...Key, sk: 's'.repeat(1025), a: 'x'.repeat(409_600) } }),
    LONG_RANGE,
  ],
  [
    'the size of the item before a condition that fails',
    put({ Item: { ...Key, a: 'x'.repeat(409_600) }, ConditionExpression: GONE }),
    TOO_LARGE,
  ],
  [
    'a fault of the update before one of the condition',
    update({ UpdateExpression: 'SET a', ConditionExpression: 'b' }),
    `${ENVELOPE}Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "a"`,
  ],
  [
    'a fault of the condition before an unused name',
    update({ ...NAMES, UpdateExpression: 'REMOVE a', ConditionExpression: 'b' }),
    `${ENVELOPE}Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "b"`,
  ],
  [
    'a value of the key before an expression',
    update({ Key: { pk: NaN, sk: 's' }, UpdateExpression: 'SET a' }),
    `${ENVELOPE}${NAN}`,
  ],
  [
    'a missing table before a key that does not match',
    update({ ...NOWHERE, Key: { pk: 'p' }, UpdateExpression: 'REMOVE a' }),
    ...NOT_FOUND,
  ],
  [
    'a missing table before a change of the key',
    update({ ...NOWHERE, UpdateExpression: 'REMOVE pk' }),
    ...NOT_FOUND,
  ],
  [
    'a key that does not match before a change of the key',
    update({ Key: { pk: 'p' }, UpdateExpression: 'REMOVE pk' }),
    NO_MATCH,
  ],
  [
    'an empty key before a change of the key',
    update({ Key: { pk: 'p', sk: '' }, UpdateExpression: 'REMOVE pk' }),
    `${EMPTY_KEY}sk`,
  ],
  [
    'a key that does not match before a condition that fails',
    update({ Key: { pk: 'p' }, ConditionExpression: GONE }),
    NO_MATCH,
  ],
  [
    'a condition that fails before an operand that is not there',
    update({ UpdateExpression: 'SET a = b', ConditionExpression: GONE }),
    ...FAILED,
  ],
  [
    'a condition that fails before arithmetic that overflows',
    update({
      UpdateExpression: 'SET a = :a + :a',
      ConditionExpression: GONE,
      ExpressionAttributeValues: { ':a': 9e125 },
    }),
    ...FAILED,
  ],
  ['a key that does not match before an empty one', remove({ Key: { pk: '', sk: 1 } }), NO_MATCH],
  [
    'a missing table before a key that does not match: DeleteItem',
    remove({ ...NOWHERE, Key: {} }),
    ...NOT_FOUND,
  ],
];

const NOTHING = (path = 'attributesToGet') =>
  `${ENVELOPE}Value '[]' at '${path}'${F}Member must have length greater than or equal to 1`;

const READS: readonly Refusal[] = [
  ['no AttributesToGet: GetItem', get({ AttributesToGet: [] }), NOTHING()],
  ['no AttributesToGet: Query', query({ AttributesToGet: [] }), NOTHING()],
  ['no AttributesToGet: Scan', scan({ AttributesToGet: [] }), NOTHING()],
  [
    'no AttributesToGet: BatchGetItem',
    (door) => door.batchGet({ RequestItems: { Pairs: { Keys: [Key], AttributesToGet: [] } } }),
    NOTHING('requestItems.Pairs.member.attributesToGet'),
  ],
  [
    'an index name with other characters',
    query({ IndexName: 'a b!' }),
    `${ENVELOPE}Value 'a b!' at 'indexName'${F}Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  ],
  [
    'an index name of 256 characters',
    scan({ IndexName: 'i'.repeat(256) }),
    `${ENVELOPE}Value '${'i'.repeat(256)}' at 'indexName'${F}Member must have length less than or equal to 255`,
  ],
  [
    'a missing TableName before a missing Key',
    get({ TableName: undefined, Key: undefined }),
    `${ENVELOPE}Value null at 'tableName'${F}Member must not be null`,
  ],
  [
    'a missing Key before a bad enum',
    get({ Key: undefined, ...X }),
    `${ENVELOPE}Value null at 'key'${F}Member must not be null`,
  ],
  [
    'mixed parameters before names alone',
    get({ ...NAMES, AttributesToGet: ['a'], ProjectionExpression: 'a' }),
    `${MIXED}Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}`,
  ],
  ['names alone, beside AttributesToGet', get({ ...NAMES, AttributesToGet: ['a'] }), NAMES_ALONE],
  [
    'a bad key value before a bad projection',
    get({ Key: { pk: NaN, sk: 's' }, ProjectionExpression: 'a b' }),
    NAN,
  ],
  [
    'a bad projection before an unused name',
    get({ ...NAMES, ProjectionExpression: 'a b' }),
    'Invalid ProjectionExpression: Syntax error; token: "b", near: "a b"',
  ],
  [
    'an unused name before a missing table',
    get({ ...NOWHERE, ...NAMES, ProjectionExpression: 'a' }),
    UNUSED_NAME,
  ],
  ['a missing table before a key that does not match', get({ ...NOWHERE, Key: {} }), ...NOT_FOUND],
  ['an enum before Select: Query', query({ ...X, Select: 'X' }), ENVELOPE + RCC],
  [
    'Select before Limit: Query',
    query({ Select: 'X', Limit: 0 }),
    `${ENVELOPE}Value 'X' at 'select'${F}Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]`,
  ],
  [
    'Limit before a bad expression: Query',
    query({ Limit: 0, KeyConditionExpression: 'a b' }),
    `${ENVELOPE}Value at 'Limit'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'Limit before a bad expression: Scan',
    scan({ Limit: -1, FilterExpression: 'a b' }),
    `${ENVELOPE}Value '-1' at 'limit'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'the projection beside COUNT before the missing index: Query',
    query({ Select: 'COUNT', ProjectionExpression: 'a', IndexName: 'none' }),
    `${ENVELOPE}Cannot specify the ProjectionExpression when choosing to get only the Count`,
  ],
  [
    'the projection beside ALL_PROJECTED_ATTRIBUTES before the lacking IndexName',
    query({ Select: 'ALL_PROJECTED_ATTRIBUTES', ProjectionExpression: 'a' }),
    `${ENVELOPE}Cannot specify the ProjectionExpression when choosing to get ALL_PROJECTED_ATTRIBUTES`,
  ],
  [
    'SPECIFIC_ATTRIBUTES without a projection, before a missing table',
    scan({ ...NOWHERE, Select: 'SPECIFIC_ATTRIBUTES' }),
    'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
  ],
  [
    'an expression before a missing table: Scan',
    scan({ ...NOWHERE, FilterExpression: 'a b' }),
    'Invalid FilterExpression: Syntax error; token: "b", near: "a b"',
  ],
  [
    'the filter before the projection: Scan',
    scan({ FilterExpression: 'a b', ProjectionExpression: 'c d' }),
    'Invalid FilterExpression: Syntax error; token: "b", near: "a b"',
  ],
  [
    'a missing table before a missing index',
    query({ ...NOWHERE, IndexName: 'none' }),
    ...NOT_FOUND,
  ],
  [
    'a missing index before the key condition',
    query({ IndexName: 'none', KeyConditionExpression: 'a = :p' }),
    'The table does not have the specified index: none',
  ],
  [
    'the key condition before the start key',
    query({ KeyConditionExpression: 'a = :p', ExclusiveStartKey: {} }),
    'Query condition missed key schema element: pk',
  ],
  [
    'the shape of the start key before its partition',
    query({ ExclusiveStartKey: { pk: 'q' } }),
    'The provided starting key is invalid',
  ],
  ['an empty start key', query({ ExclusiveStartKey: {} }), 'The provided starting key is invalid'],
  [
    'a start key of a hash that is too long',
    query({ ExclusiveStartKey: { pk: 'p'.repeat(2049), sk: 's' } }),
    LONG_HASH,
  ],
  [
    'a start key of the wrong type: Scan',
    scan({ ExclusiveStartKey: { pk: 'p', sk: bytes(1) } }),
    `The provided starting key is invalid: ${NO_MATCH}`,
  ],
  [
    'a start key with an attribute too many: Scan',
    scan({ ExclusiveStartKey: { ...Key, a: 1 } }),
    `The provided starting key is invalid: ${NO_MATCH}`,
  ],
  [
    'Segment without TotalSegments before a missing table',
    scan({ ...NOWHERE, Segment: 1 }),
    'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
  ],
  [
    'a negative segment',
    scan({ Segment: -1, TotalSegments: 2 }),
    `${ENVELOPE}Value '-1' at 'segment'${F}Member must have value greater than or equal to 0`,
  ],
  [
    'a filter on a key before a start key',
    query({ FilterExpression: 'sk = :p', ExclusiveStartKey: {} }),
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
  ],
];

const singles = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ pk: `p${from + at}` }));

const BATCHES: readonly Refusal[] = [
  [
    'a bad value before a missing table: BatchGetItem',
    (door) => door.batchGet({ RequestItems: { Nowhere: { Keys: [{ pk: NaN }] } } }),
    NAN,
  ],
  [
    'a missing table before a repeated key: BatchGetItem',
    (door) =>
      door.batchGet({
        RequestItems: {
          Single: { Keys: [{ pk: 'p' }, { pk: 'p' }] },
          Nowhere: { Keys: [{ pk: 'p' }] },
        },
      }),
    ...NOT_FOUND,
  ],
  [
    'a missing table before a key that does not match: BatchGetItem',
    (door) =>
      door.batchGet({ RequestItems: { Single: { Keys: [{}] }, Nowhere: { Keys: [{ pk: 'p' }] } } }),
    ...NOT_FOUND,
  ],
  [
    'the number of keys before a bad value: BatchGetItem',
    (door) => door.batchGet({ RequestItems: { Single: { Keys: [...singles(100), { pk: NaN }] } } }),
    `${ENVELOPE}Value at 'RequestItems.Single.member.Keys'${F}Member must have length less than or equal to 100`,
  ],
  [
    'a bad value before a missing table: BatchWriteItem',
    (door) =>
      door.batchWrite({ RequestItems: { Nowhere: [{ PutRequest: { Item: { pk: NaN } } }] } }),
    NAN,
  ],
  [
    'a missing table before a key that does not match: BatchWriteItem',
    (door) =>
      door.batchWrite({
        RequestItems: {
          Single: [{ PutRequest: { Item: {} } }],
          Nowhere: [{ DeleteRequest: { Key: {} } }],
        },
      }),
    ...NOT_FOUND,
  ],
  [
    'the number of requests before a bad value: BatchWriteItem',
    (door) =>
      door.batchWrite({
        RequestItems: {
          Single: [...singles(25), { pk: NaN }].map((Item) => ({ PutRequest: { Item } })),
        },
      }),
    `${ENVELOPE}Value at 'RequestItems.Single.member'${F}Member must have length less than or equal to 25`,
  ],
  [
    'an empty key of an index in a batch',
    (door) =>
      door.batchWrite({ RequestItems: { Indexed: [{ PutRequest: { Item: { ...Key, l: '' } } }] } }),
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byLocal, IndexKey: l',
  ],
];

export function checkOrder(factory: DoorFactory): void {
  refusals('of two faults the first: a write', factory, [...WRITES, ...SINGLE], [INDEXED]);
  refusals('of two faults the first: a read', factory, READS);
  refusals('of two faults the first: a batch', factory, BATCHES, [INDEXED]);
}
