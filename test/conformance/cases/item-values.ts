// Values of attributes, through PutItem: data-model.md 1 to 3, 6 and 7.

import assert from 'node:assert/strict';
import { NumberValue } from '../../../host/index.js';
import {
  behaviours,
  bytes,
  nested,
  refusals,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';

const E = '1 validation error detected: ';
const INVALID = 'One or more parameter values were invalid: ';
const DEPTH =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
const OVERFLOW =
  'Number overflow. Attempting to store a number with magnitude larger than supported range';
const UNDERFLOW =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range';

const value = (a: unknown) => (door: Door) =>
  door.put({ TableName: 'Single', Item: { pk: 'p', a } });

/** An item of the table Single that has exactly this many bytes. */
const itemOf = (size: number) => ({ pk: 'p', a: 'x'.repeat(size - 4) });

const REFUSALS: readonly Refusal[] = [
  ['an empty set', value(new Set()), `${E}${INVALID}An string set  may not be empty`],
  [
    'an empty set inside a list',
    value([new Set()]),
    `${E}${INVALID}An string set  may not be empty`,
  ],
  [
    'a repeated binary member, listing members in byte order up to the repeat',
    value(new Set([bytes(255), bytes(0), bytes(0)])),
    `${E}${INVALID}Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.`,
  ],
  [
    'numbers of a set that are equal by value',
    value(new Set([1, 1n])),
    `${E}${INVALID}Input collection contains duplicates.`,
  ],
  ['NaN', value(NaN), `${E}The parameter cannot be converted to a numeric value: NaN`],
  [
    'infinity',
    value(Infinity),
    `${E}The parameter cannot be converted to a numeric value: Infinity`,
  ],
  ['a number over 9.99E+125', value(1e126), `${E}${OVERFLOW}`],
  ['a number under 1E-130', value(1e-131), `${E}${UNDERFLOW}`],
  [
    'a number of 39 digits',
    value(10n ** 38n + 1n),
    `${E}Attempting to store more than 38 significant digits in a Number`,
  ],
  ['32 lists around a scalar', value(nested(32)), `${E}${DEPTH}`],
  [
    'an attribute without a name',
    (door) => door.put({ TableName: 'Single', Item: { pk: 'p', '': 1 } }),
    `${E}Empty attribute name`,
  ],
  ['a map member without a name', value({ '': 1 }), `${E}Empty attribute name`],
  [
    '409,601 bytes',
    (door) => door.put({ TableName: 'Single', Item: itemOf(409_601) }),
    'Item size has exceeded the maximum allowed size',
  ],
];

/** [what, written, read back] */
const ROUND_TRIPS: readonly (readonly [string, unknown, unknown])[] = [
  ['an empty string', '', ''],
  ['empty binary', bytes(), bytes()],
  ['null', null, null],
  ['booleans', [true, false], [true, false]],
  ['an empty list and an empty map', [[], {}], [[], {}]],
  ['a set with an empty string, sorted by bytes', new Set(['b', '', 'a']), new Set(['', 'a', 'b'])],
  [
    'a set of strings sorted as UTF-8, not UTF-16',
    new Set(['\u{1F600}', '\uFFFD']),
    new Set(['\uFFFD', '\u{1F600}']),
  ],
  ['a set of numbers sorted by value', new Set([10, -1, 2]), new Set([-1, 2, 10])],
  [
    'a set of binary sorted by bytes',
    new Set([bytes(255), bytes(0), bytes()]),
    new Set([bytes(), bytes(0), bytes(255)]),
  ],
  ['minus zero, as zero', -0, 0],
  ['a bigint that a number shows exactly', 7n, 7],
  ['the largest exponent', 1e125, 1e125],
  ['the smallest exponent', 1e-130, 1e-130],
  ['31 lists around a scalar', nested(31), nested(31)],
  [
    'a map member called __proto__',
    JSON.parse('{"__proto__":{"a":1}}'),
    JSON.parse('{"__proto__":{"a":1}}'),
  ],
];

export function itemValues(factory: DoorFactory): void {
  refusals('a value', factory, REFUSALS);
  behaviours('a value', factory, [
    ...ROUND_TRIPS.map(
      ([what, written, read]) =>
        [
          `comes back: ${what}`,
          async (door: Door) => {
            await door.put({ TableName: 'Single', Item: { pk: 'p', a: written } });
            const { Item } = await door.get({ TableName: 'Single', Key: { pk: 'p' } });
            assert.deepEqual(Item?.a, read);
            if (read instanceof Set) assert.deepEqual([...(Item?.a as Set<unknown>)], [...read]);
          },
        ] as const,
    ),
    [
      'comes back exactly: numbers of 38 digits, as NumberValue',
      async (door) => {
        const digits = '12345678901234567890123456789012345.678';
        const a = NumberValue.from(digits);
        await door.put({ TableName: 'Single', Item: { pk: 'p', a, b: 2n ** 64n } });
        const { Item } = await door.get({ TableName: 'Single', Key: { pk: 'p' } });
        assert.equal(String(Item?.a), digits);
        assert.equal(String(Item?.b), '18446744073709551616');
      },
    ],
    [
      'may make an item of 409,600 bytes',
      async (door) => {
        await door.put({ TableName: 'Single', Item: itemOf(409_600) });
        const { Item } = await door.get({ TableName: 'Single', Key: { pk: 'p' } });
        assert.equal(Item?.a.length, 409_596);
      },
    ],
    [
      'is not tied to the object that was written or read',
      async (door) => {
        const list = [1, 2];
        const promise = door.put({ TableName: 'Single', Item: { pk: 'p', list } });
        list.push(3);
        await promise;
        const key = { TableName: 'Single', Key: { pk: 'p' } };
        const first = (await door.get(key)).Item;
        assert.deepEqual(first?.list, [1, 2]);
        first?.list.push(9);
        assert.deepEqual((await door.get(key)).Item?.list, [1, 2]);
      },
    ],
  ]);
}
