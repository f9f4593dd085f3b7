// The JSON type of every member, looked at before anything else: data-model.md 9. Every request names a
// table that is not there, and lacks what it may lack.

import assert from 'node:assert/strict';
import {
  behaviours,
  nested,
  refusals,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';
import { ENVELOPE, fill } from '../fixtures.js';

const STRUCTURE = 'Start of structure or map found where not expected';
const COLLECTION = 'Unrecognized collection type';
const FIELD = 'Unexpected field type';
const mapOf = (type: string) =>
  `${COLLECTION} java.util.Map<java.lang.String, ${type.includes('.') ? type : `com.amazonaws.dynamodb.v20120810.${type}`}>`;

type Call = (more: object) => (door: Door) => Promise<unknown>;
const CALLS = {
  PutItem: (more) => (door) => door.put({ TableName: 'Nowhere', ...more }),
  UpdateItem: (more) => (door) => door.update({ TableName: 'Nowhere', ...more }),
  DeleteItem: (more) => (door) => door.delete({ TableName: 'Nowhere', ...more }),
  GetItem: (more) => (door) => door.get({ TableName: 'Nowhere', ...more }),
  Query: (more) => (door) => door.query({ TableName: 'Nowhere', ...more }),
  Scan: (more) => (door) => door.scan({ TableName: 'Nowhere', ...more }),
  BatchGetItem: (more) => (door) => door.batchGet(more),
  BatchWriteItem: (more) => (door) => door.batchWrite(more),
} as const satisfies Record<string, Call>;
type Name = keyof typeof CALLS;

const WRITES: readonly Name[] = ['PutItem', 'UpdateItem', 'DeleteItem'];
const PAGES: readonly Name[] = ['Query', 'Scan'];

/** Members that are strings, by who has them. */
const STRINGS: readonly (readonly [readonly Name[], readonly string[]])[] = [
  [[...WRITES, 'GetItem', ...PAGES, 'BatchGetItem', 'BatchWriteItem'], ['ReturnConsumedCapacity']],
  [
    WRITES,
    [
      'ReturnValues',
      'ConditionExpression',
      'ReturnItemCollectionMetrics',
      'ConditionalOperator',
      'ReturnValuesOnConditionCheckFailure',
    ],
  ],
  [['UpdateItem'], ['UpdateExpression']],
  [['GetItem', ...PAGES], ['ProjectionExpression']],
  [PAGES, ['FilterExpression', 'Select', 'IndexName']],
  [['Query'], ['KeyConditionExpression']],
];
const strings = STRINGS.flatMap(([names, members]) =>
  names.flatMap((name) => members.map((member) => [name, member] as const)),
);

const WRONG_STRINGS: readonly (readonly [string, unknown, string])[] = [
  ['a number', 1, 'NUMBER_VALUE cannot be converted to String'],
  ['true', true, 'TRUE_VALUE cannot be converted to String'],
  ['a list', [], `${COLLECTION} class java.lang.String`],
  ['an object', {}, STRUCTURE],
];

/** [operations, members of the request, text]. */
const OTHERS: readonly (readonly [readonly Name[], string, object, string])[] = [
  [
    ['GetItem', ...PAGES],
    'a number for ConsistentRead',
    { ConsistentRead: 1 },
    'NUMBER_VALUE cannot be converted to Boolean',
  ],
  [
    ['GetItem', ...PAGES],
    'an odd string for ConsistentRead',
    { ConsistentRead: 'maybe' },
    'Unexpected token received from parser',
  ],
  [
    ['GetItem', ...PAGES],
    'a list for ConsistentRead',
    { ConsistentRead: [] },
    `${COLLECTION} class java.lang.Boolean`,
  ],
  [
    ['Query'],
    'a number for ScanIndexForward',
    { ScanIndexForward: 0 },
    'NUMBER_VALUE cannot be converted to Boolean',
  ],
  [PAGES, 'a string for Limit', { Limit: '1' }, 'STRING_VALUE cannot be converted to Integer'],
  [PAGES, 'true for Limit', { Limit: true }, 'TRUE_VALUE cannot be converted to Integer'],
  [PAGES, 'a list for Limit', { Limit: [] }, `${COLLECTION} class java.lang.Integer`],
  [PAGES, 'an object for Limit', { Limit: {} }, STRUCTURE],
  [
    ['Scan'],
    'a string for Segment',
    { Segment: '1' },
    'STRING_VALUE cannot be converted to Integer',
  ],
  [
    ['Scan'],
    'false for TotalSegments',
    { TotalSegments: false },
    'FALSE_VALUE cannot be converted to Integer',
  ],
  [['GetItem', ...PAGES], 'a string for AttributesToGet', { AttributesToGet: 'a' }, FIELD],
  [['GetItem', ...PAGES], 'an object for AttributesToGet', { AttributesToGet: {} }, STRUCTURE],
  [
    ['GetItem', ...PAGES],
    'a number in AttributesToGet',
    { AttributesToGet: [1] },
    'NUMBER_VALUE cannot be converted to String',
  ],
  [
    [...WRITES, ...PAGES, 'GetItem'],
    'a list for ExpressionAttributeNames',
    { ExpressionAttributeNames: [] },
    mapOf('java.lang.String'),
  ],
  [
    [...WRITES, ...PAGES, 'GetItem'],
    'a string for ExpressionAttributeNames',
    { ExpressionAttributeNames: 'a' },
    FIELD,
  ],
  [
    [...WRITES, ...PAGES, 'GetItem'],
    'a number among the names',
    { ExpressionAttributeNames: { '#a': 1 } },
    'NUMBER_VALUE cannot be converted to String',
  ],
  [
    [...WRITES, ...PAGES],
    'a list for ExpressionAttributeValues',
    { ExpressionAttributeValues: [] },
    mapOf('AttributeValue'),
  ],
  [
    [...WRITES, ...PAGES],
    'a number for ExpressionAttributeValues',
    { ExpressionAttributeValues: 5 },
    FIELD,
  ],
  [PAGES, 'a list for ExclusiveStartKey', { ExclusiveStartKey: [] }, mapOf('AttributeValue')],
  [WRITES, 'a list for Expected', { Expected: [] }, mapOf('ExpectedAttributeValue')],
  [WRITES, 'a string for Expected', { Expected: 'a' }, FIELD],
  [
    WRITES,
    'a string for Exists',
    { Expected: { a: { Exists: 'maybe' } } },
    'Unexpected token received from parser',
  ],
  [
    WRITES,
    'a string for AttributeValueList',
    { Expected: { a: { AttributeValueList: 'x' } } },
    FIELD,
  ],
  [
    ['UpdateItem'],
    'a list for AttributeUpdates',
    { AttributeUpdates: [] },
    mapOf('AttributeValueUpdate'),
  ],
  [
    ['UpdateItem'],
    'a number for Action',
    { AttributeUpdates: { a: { Action: 1 } } },
    'NUMBER_VALUE cannot be converted to String',
  ],
  [['Query'], 'a list for KeyConditions', { KeyConditions: [] }, mapOf('Condition')],
  [['Query'], 'a list for QueryFilter', { QueryFilter: [] }, mapOf('Condition')],
  [['Scan'], 'a list for ScanFilter', { ScanFilter: [] }, mapOf('Condition')],
  [
    ['Scan'],
    'a number for ComparisonOperator',
    { ScanFilter: { a: { ComparisonOperator: 1 } } },
    'NUMBER_VALUE cannot be converted to String',
  ],
  [['BatchGetItem', 'BatchWriteItem'], 'a string for RequestItems', { RequestItems: 'a' }, FIELD],
  [['BatchGetItem'], 'a string for Keys', { RequestItems: { Nowhere: { Keys: 'a' } } }, FIELD],
  [
    ['BatchGetItem'],
    'a list for a key',
    { RequestItems: { Nowhere: { Keys: [[]] } } },
    mapOf('AttributeValue'),
  ],
  [['BatchWriteItem'], 'a string for the requests', { RequestItems: { Nowhere: 'a' } }, FIELD],
  [
    ['BatchWriteItem'],
    'a list for a request',
    { RequestItems: { Nowhere: [[]] } },
    `${COLLECTION} class com.amazonaws.dynamodb.v20120810.WriteRequest`,
  ],
  [
    ['BatchWriteItem'],
    'a list for PutRequest',
    { RequestItems: { Nowhere: [{ PutRequest: [] }] } },
    `${COLLECTION} class com.amazonaws.dynamodb.v20120810.PutRequest`,
  ],
  [
    ['BatchGetItem'],
    'a list for the keys of a table',
    { RequestItems: { Nowhere: [] } },
    `${COLLECTION} class com.amazonaws.dynamodb.v20120810.KeysAndAttributes`,
  ],
  [
    ['Query'],
    'a list for a key condition',
    { KeyConditions: { a: [] } },
    `${COLLECTION} class com.amazonaws.dynamodb.v20120810.Condition`,
  ],
  [
    WRITES,
    'a list for an expectation',
    { Expected: { a: [] } },
    `${COLLECTION} class com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue`,
  ],
  [['BatchWriteItem'], 'an object for the requests', { RequestItems: { Nowhere: {} } }, STRUCTURE],
  [['BatchWriteItem'], 'a string for a request', { RequestItems: { Nowhere: ['a'] } }, FIELD],
  [
    ['BatchWriteItem'],
    'a list for an item',
    { RequestItems: { Nowhere: [{ PutRequest: { Item: [] } }] } },
    mapOf('AttributeValue'),
  ],
];

const DEPTH = `${ENVELOPE}Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit`;
const Key = { pk: 'p', sk: 's' };
const deep = nested(32);

const REFUSALS: readonly Refusal[] = [
  ...strings.flatMap(([name, member], at): Refusal[] => {
    // Each member meets one of the four in its turn, and a number always.
    const [what, value, text] = WRONG_STRINGS[1 + (at % 3)];
    const [first, one, firstText] = WRONG_STRINGS[0];
    return [
      [
        `${first} for ${member}: ${name}`,
        CALLS[name]({ [member]: one }),
        firstText,
        'SerializationException',
      ],
      [
        `${what} for ${member}: ${name}`,
        CALLS[name]({ [member]: value }),
        text,
        'SerializationException',
      ],
    ];
  }),
  ...OTHERS.flatMap(([names, rule, more, text]) =>
    names.map(
      (name): Refusal => [`${rule}: ${name}`, CALLS[name](more), text, 'SerializationException'],
    ),
  ),
  ...(
    [
      ['KeyConditionExpression', 5, 'Query', 'NUMBER_VALUE cannot be converted to String'],
      ['ScanIndexForward', 1, 'Query', 'NUMBER_VALUE cannot be converted to Boolean'],
      ['QueryFilter', [], 'Query', mapOf('Condition')],
      ['Segment', 'a', 'Scan', 'STRING_VALUE cannot be converted to Integer'],
      ['ScanFilter', [], 'Scan', mapOf('Condition')],
      ['UpdateExpression', 5, 'UpdateItem', 'NUMBER_VALUE cannot be converted to String'],
    ] as const
  ).map(
    ([member, value, name, text]): Refusal => [
      `the type of ${member} before a missing TableName and a bad enum`,
      CALLS[name]({ [member]: value, TableName: undefined, ReturnConsumedCapacity: 'X' }),
      text,
      'SerializationException',
    ],
  ),
  [
    'a value of Expected that is nested too deep',
    CALLS.DeleteItem({ Key, Expected: { a: { Value: deep } } }),
    DEPTH,
  ],
  [
    'a value of AttributeUpdates that is nested too deep',
    CALLS.UpdateItem({ Key, AttributeUpdates: { a: { Value: deep } } }),
    DEPTH,
  ],
  [
    'a value of a condition that is nested too deep',
    CALLS.PutItem({
      Item: Key,
      ConditionExpression: 'a = :a',
      ExpressionAttributeValues: { ':a': deep },
    }),
    DEPTH,
  ],
];

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'a fraction for Limit is cut off',
    async (door) => {
      await fill(
        door,
        'Pairs',
        ['1', '2', '3'].map((sk) => ({ pk: 'p', sk })),
      );
      assert.equal((await door.scan({ TableName: 'Pairs', Limit: 2.9 })).Count, 2);
    },
  ],
  [
    'a string for a boolean is read, whatever its case',
    async (door) => {
      await fill(
        door,
        'Pairs',
        ['1', '2'].map((sk) => ({ pk: 'p', sk })),
      );
      const request = {
        TableName: 'Pairs',
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': 'p' },
        ConsistentRead: 'Yes',
        ScanIndexForward: 'FALSE',
      };
      const { Items } = await door.query(request);
      assert.deepEqual(
        Items?.map(({ sk }) => sk as string),
        ['2', '1'],
      );
    },
  ],
  [
    'null members count as absent, everywhere',
    async (door) => {
      await door.update({
        TableName: 'Pairs',
        Key,
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: { ':a': 1 },
        ExpressionAttributeNames: null,
        Expected: null,
        AttributeUpdates: null,
        ReturnValues: null,
      });
      const page = await door.scan({
        TableName: 'Pairs',
        Limit: null,
        ExclusiveStartKey: null,
        AttributesToGet: null,
        Segment: null,
        Unknown: [{}],
      });
      assert.deepEqual(page.Items, [{ ...Key, a: 1 }]);
    },
  ],
];

export function memberTypes(factory: DoorFactory): void {
  refusals('a member of the wrong type', factory, REFUSALS);
  behaviours('members', factory, BEHAVIOURS);
}
