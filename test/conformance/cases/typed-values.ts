// Values that only DynamoDB's typed shapes can say, in every operation that takes values: what is
// refused, in which of the two layers of wording, and what numbers look like when they come back.
// data-model.md 1, 2, 3 and 9.

import assert from 'node:assert/strict';
import type { OperationName } from '../../../host/api/operations.js';
import {
  behaviours,
  bytes,
  refusals,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';
import { ENVELOPE, INVALID } from '../fixtures.js';

const NAN = 'The parameter cannot be converted to a numeric value';
const OVERFLOW =
  'Number overflow. Attempting to store a number with magnitude larger than supported range';
const UNDERFLOW =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range';
const DIGITS = 'Attempting to store more than 38 significant digits in a Number';
const EMPTY =
  'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
const SEVERAL =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes';
const NULL_FALSE = `${INVALID}Null attribute value types must have the value of true`;

const run = (operation: OperationName, input: object) => (door: Door) =>
  door.execute(operation, input);
const TableName = 'Single';
const Key = { pk: { S: 'p' } };

/** [what, value, text of the current layer, text of the older one if it differs]. */
const FAULTS: readonly (readonly [string, unknown, string, string?])[] = [
  ['a value of no type', {}, EMPTY],
  ['a value of an unknown type', { X: 1 }, EMPTY],
  ['a value of two types', { S: 'a', N: '1' }, SEVERAL],
  ['NULL false', { NULL: false }, NULL_FALSE],
  ['an empty SS', { SS: [] }, `${INVALID}An string set  may not be empty`],
  ['an empty NS', { NS: [] }, `${INVALID}An number set  may not be empty`],
  ['an empty BS', { BS: [] }, `${INVALID}Binary sets should not be empty`],
  [
    'an empty set inside a map in a list',
    { L: [{ M: { a: { SS: [] } } }] },
    `${INVALID}An string set  may not be empty`,
  ],
  [
    'a repeated SS member',
    { SS: ['a', 'a'] },
    `${INVALID}Input collection ["a", "a"] contains duplicates.`,
    `${INVALID}Input collection [a, a] contains duplicates.`,
  ],
  [
    'a repeated SS member after others, in byte order up to the repeat',
    { SS: ['b', 'a', 'b'] },
    `${INVALID}Input collection ["a", "b", "b"] contains duplicates.`,
    `${INVALID}Input collection [b, a, b] contains duplicates.`,
  ],
  [
    'a repeated SS member before others, which stay as sent',
    { SS: ['a', 'a', 'z', 'c'] },
    `${INVALID}Input collection ["a", "a", "z", "c"] contains duplicates.`,
    `${INVALID}Input collection [a, a, z, c] contains duplicates.`,
  ],
  [
    'a repeated BS member',
    { BS: [bytes(0), bytes(0)] },
    `${INVALID}Input collection ["AA==","AA=="]of type BS contains duplicates.`,
    `${INVALID}Input collection [AA==, AA==]of type BS contains duplicates.`,
  ],
  [
    'an NS member twice by value',
    { NS: ['1', '1.0'] },
    `${INVALID}Input collection contains duplicates.`,
    'Input collection contains duplicates',
  ],
  ['an empty member of NS', { NS: [''] }, `${NAN}: `, NAN],
  ['a member of NS that is no number', { NS: ['1', 'abc'] }, `${NAN}: abc`],
  ['an empty number', { N: '' }, `${NAN}: `, NAN],
  ...[
    'abc',
    'NaN',
    'Infinity',
    '0x10',
    '1e',
    '+e2',
    '1+2',
    '1.2.3',
    '1,000',
    ' 1',
    '1 ',
    '.',
    '1e1.5',
    '--1',
  ].map((text) => [`the number "${text}"`, { N: text }, `${NAN}: ${text}`] as const),
  ['a number past the largest', { N: '1e126' }, OVERFLOW],
  ['a negative number past the largest', { N: '-1e126' }, OVERFLOW],
  ['a number past the smallest', { N: '1e-131' }, UNDERFLOW],
  ['a number of 39 digits', { N: `1${'0'.repeat(37)}1` }, DIGITS],
  ['a fraction of 39 digits', { N: `0.${'123456789'.repeat(4)}123` }, DIGITS],
  ['zero written past the largest', { N: '0e126' }, OVERFLOW],
  ['zero written past the smallest', { N: '0e-131' }, UNDERFLOW],
  ['an exponent of 32 bits', { N: '1e2147483647' }, OVERFLOW, UNDERFLOW],
  ['a negative exponent past 32 bits', { N: '1e-2147483650' }, UNDERFLOW],
  ['an exponent past 64 bits', { N: '1e9223372036854775808' }, `${NAN}: 1e9223372036854775808`],
  ['a map member without a name', { M: { '': { S: 'a' } } }, 'Empty attribute name'],
];

/** Where a value stands, with the text around its fault there. */
type Place = readonly [
  where: string,
  call: (value: unknown) => (door: Door) => Promise<unknown>,
  words: (current: string, older: string) => string,
];
const enveloped = (current: string) => ENVELOPE + current;
const bare = (current: string) => current;
const old = (_current: string, older: string) => older;
const valued = (value: unknown) => ({ ExpressionAttributeValues: { ':v': value } });

const PLACES: readonly Place[] = [
  ['PutItem', (a) => run('PutItem', { TableName, Item: { ...Key, a } }), enveloped],
  [
    'BatchWriteItem',
    (a) =>
      run('BatchWriteItem', {
        RequestItems: { Single: [{ PutRequest: { Item: { ...Key, a } } }] },
      }),
    old,
  ],
  [
    'a condition',
    (v) => run('PutItem', { TableName, Item: Key, ConditionExpression: 'a = :v', ...valued(v) }),
    enveloped,
  ],
  [
    'a filter of Scan',
    (v) => run('Scan', { TableName, FilterExpression: 'a = :v', ...valued(v) }),
    (_current, older) => `ExpressionAttributeValues contains invalid value: ${older} for key :v`,
  ],
  [
    'a key condition',
    (v) => run('Query', { TableName, KeyConditionExpression: 'pk = :v', ...valued(v) }),
    bare,
  ],
];

/** Every other place, shown with one fault. */
const MORE_PLACES: readonly Place[] = [
  ['UpdateItem, Key', (pk) => run('UpdateItem', { TableName, Key: { pk } }), enveloped],
  [
    'UpdateItem, an update',
    (v) => run('UpdateItem', { TableName, Key, UpdateExpression: 'SET a = :v', ...valued(v) }),
    enveloped,
  ],
  [
    'UpdateItem, AttributeUpdates',
    (Value) => run('UpdateItem', { TableName, Key, AttributeUpdates: { a: { Value } } }),
    enveloped,
  ],
  ['DeleteItem, Key', (pk) => run('DeleteItem', { TableName, Key: { pk } }), enveloped],
  [
    'DeleteItem, Expected',
    (Value) => run('DeleteItem', { TableName, Key, Expected: { a: { Value } } }),
    enveloped,
  ],
  ['GetItem', (pk) => run('GetItem', { TableName, Key: { pk } }), bare],
  [
    'BatchGetItem',
    (pk) => run('BatchGetItem', { RequestItems: { Single: { Keys: [{ pk }] } } }),
    bare,
  ],
  [
    'BatchWriteItem, a key',
    (pk) =>
      run('BatchWriteItem', { RequestItems: { Single: [{ DeleteRequest: { Key: { pk } } }] } }),
    old,
  ],
  [
    'Query, ExclusiveStartKey',
    (pk) =>
      run('Query', {
        TableName,
        KeyConditionExpression: 'pk = :v',
        ...valued({ S: 'p' }),
        ExclusiveStartKey: { pk },
      }),
    bare,
  ],
  [
    'Query, KeyConditions',
    (value) =>
      run('Query', {
        TableName,
        KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [value] } },
      }),
    bare,
  ],
  [
    'Query, QueryFilter',
    (value) =>
      run('Query', {
        TableName,
        KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'p' }] } },
        QueryFilter: { a: { ComparisonOperator: 'EQ', AttributeValueList: [value] } },
      }),
    bare,
  ],
  ['Scan, ExclusiveStartKey', (pk) => run('Scan', { TableName, ExclusiveStartKey: { pk } }), old],
  [
    'Scan, ScanFilter',
    (value) =>
      run('Scan', {
        TableName,
        ScanFilter: { a: { ComparisonOperator: 'EQ', AttributeValueList: [value] } },
      }),
    old,
  ],
];

const REPEATED = FAULTS.find(
  ([what]) => what === 'a repeated SS member',
) as (typeof FAULTS)[number];
const COLLECTION = 'Unrecognized collection type';
const STRUCTURE = 'Start of structure or map found where not expected';

/** [what, value, text]: JSON of the wrong type, found before anything else. */
const WIRE: readonly (readonly [string, unknown, string])[] = [
  ['a number for S', { S: 1 }, 'NUMBER_VALUE cannot be converted to String'],
  ['a fraction for S', { S: 1.5 }, 'DECIMAL_VALUE cannot be converted to String'],
  ['true for S', { S: true }, 'TRUE_VALUE cannot be converted to String'],
  ['false for S', { S: false }, 'FALSE_VALUE cannot be converted to String'],
  ['an object for S', { S: {} }, STRUCTURE],
  ['a list for S', { S: [] }, `${COLLECTION} class java.lang.String`],
  ['a number for N', { N: 1 }, 'NUMBER_VALUE cannot be converted to String'],
  ['a number for BOOL', { BOOL: 1 }, 'NUMBER_VALUE cannot be converted to Boolean'],
  ['an odd string for BOOL', { BOOL: 'maybe' }, 'Unexpected token received from parser'],
  ['a list for BOOL', { BOOL: [] }, `${COLLECTION} class java.lang.Boolean`],
  ['a number for NULL', { NULL: 0 }, 'NUMBER_VALUE cannot be converted to Boolean'],
  ['a number for B', { B: 1 }, 'only base-64-encoded strings are convertible to bytes'],
  ['true for B', { B: true }, 'only base-64-encoded strings are convertible to bytes'],
  ['a list for B', { B: [] }, `${COLLECTION} class java.nio.ByteBuffer`],
  ['a string for SS', { SS: 'a' }, 'Unexpected field type'],
  ['an object for SS', { SS: {} }, STRUCTURE],
  ['a number in SS', { SS: [1] }, 'NUMBER_VALUE cannot be converted to String'],
  ['an object for L', { L: {} }, STRUCTURE],
  ['a string for M', { M: 'a' }, 'Unexpected field type'],
  [
    'a list for M',
    { M: [] },
    `${COLLECTION} java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>`,
  ],
  ['a string for a value', 'a', 'Unexpected value type in payload'],
  ['a number for a value', 1, 'Unexpected value type in payload'],
  ['a list for a value', [], `${COLLECTION} class com.amazonaws.dynamodb.v20120810.AttributeValue`],
];

const REFUSALS: readonly Refusal[] = [
  ...PLACES.flatMap(([where, call, words]) =>
    FAULTS.map(
      ([what, value, current, older = current]): Refusal => [
        `${what}: ${where}`,
        call(value),
        words(current, older),
      ],
    ),
  ),
  ...MORE_PLACES.map(
    ([where, call, words]): Refusal => [
      `a repeated SS member: ${where}`,
      call(REPEATED[1]),
      words(REPEATED[2], REPEATED[3] as string),
    ],
  ),
  ...WIRE.map(
    ([what, a, text]): Refusal => [
      what,
      run('PutItem', { TableName: 'Nowhere', Item: { a } }),
      text,
      'SerializationException',
    ],
  ),
];

/** [written, read back]. */
const NUMBERS: readonly (readonly [string, string])[] = [
  ['0', '0'],
  ['-0', '0'],
  ['-0.0', '0'],
  ['+5', '5'],
  ['.5', '0.5'],
  ['-.5', '-0.5'],
  ['5.', '5'],
  ['1.e5', '100000'],
  ['00042', '42'],
  ['0042.1200', '42.12'],
  ['1.0', '1'],
  ['3.1400', '3.14'],
  ['1.5E2', '150'],
  ['1E+2', '100'],
  ['1e02', '100'],
  ['15e-1', '1.5'],
  ['0e125', '0'],
  ['0e-130', '0'],
  ['100', '100'],
  ['1E125', `1${'0'.repeat(125)}`],
  [`9.${'9'.repeat(37)}E125`, `${'9'.repeat(38)}${'0'.repeat(88)}`],
  [`-9.${'9'.repeat(37)}E125`, `-${'9'.repeat(38)}${'0'.repeat(88)}`],
  ['1E-10', '0.0000000001'],
  ['1E-100', `0.${'0'.repeat(99)}1`],
  ['1E-130', `0.${'0'.repeat(129)}1`],
  ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ['0.12345678901234567890123456789012345678', '0.12345678901234567890123456789012345678'],
  ['1234567890123456789.1234567890123456789', '1234567890123456789.1234567890123456789'],
  ['999999999999999999', '999999999999999999'],
  ['0.1', '0.1'],
];

const BEHAVIOURS: readonly Behaviour[] = [
  ...NUMBERS.map(
    ([written, read]): Behaviour => [
      `the number ${written} comes back as ${read.length > 40 ? `${read.length} characters` : read}`,
      async (door) => {
        const a = { L: [{ N: written }] };
        await door.execute('PutItem', { TableName, Item: { ...Key, n: { N: written }, a } });
        const answer = (await door.execute('GetItem', { TableName, Key })) as { Item: object };
        assert.deepEqual(answer.Item, { ...Key, n: { N: read }, a: { L: [{ N: read }] } });
      },
    ],
  ),
  ...['100', '100.0', '1E2', '+100', '0100'].map(
    (text): Behaviour => [
      `a number key is its value: ${text} finds 100`,
      async (door) => {
        await door.put({ TableName: 'ByNumber', Item: { pk: 100, a: 1 } });
        const input = { TableName: 'ByNumber', Key: { pk: { N: text } } };
        assert.deepEqual(((await door.execute('GetItem', input)) as { Item: object }).Item, {
          pk: { N: '100' },
          a: { N: '1' },
        });
      },
    ],
  ),
  [
    'unknown members of a value, and null ones, count as absent',
    async (door) => {
      const a = { S: 'x', N: null, Z: 5 };
      await door.execute('PutItem', { TableName, Item: { ...Key, a, gone: null } });
      const answer = (await door.execute('GetItem', { TableName, Key })) as { Item: object };
      assert.deepEqual(answer.Item, { ...Key, a: { S: 'x' } });
    },
  ],
  ...(['true', 'TRUE', '1', 'yes', 'false', 'No', '0'] as const).map(
    (text): Behaviour => [
      `the string ${text} is a boolean where one is expected`,
      async (door) => {
        await door.execute('PutItem', { TableName, Item: { ...Key, a: { BOOL: text } } });
        const answer = (await door.execute('GetItem', { TableName, Key })) as { Item: object };
        const BOOL = ['true', '1', 'yes'].includes(text.toLowerCase());
        assert.deepEqual(answer.Item, { ...Key, a: { BOOL } });
      },
    ],
  ),
  [
    'members of sets come back sorted: strings and binary by bytes, numbers by value',
    async (door) => {
      const Item = {
        ...Key,
        s: { SS: ['b', '', 'a', '\u{1F600}', '\uFFFD', 'B'] },
        n: { NS: ['10', '-1', '2', '1e-3'] },
        b: { BS: [bytes(255), bytes(1, 2), bytes(), bytes(1)] },
      };
      await door.execute('PutItem', { TableName, Item });
      const answer = (await door.execute('GetItem', { TableName, Key })) as { Item: object };
      assert.deepEqual(answer.Item, {
        ...Key,
        s: { SS: ['', 'B', 'a', 'b', '\uFFFD', '\u{1F600}'] },
        n: { NS: ['-1', '0.001', '2', '10'] },
        b: { BS: [bytes(), bytes(1), bytes(1, 2), bytes(255)] },
      });
    },
  ],
];

export function typedValues(factory: DoorFactory): void {
  refusals('a typed value', factory, REFUSALS);
  behaviours('a typed value', factory, BEHAVIOURS);
}
