// Sizes to the byte: data-model.md 2.1 and 7. They are measured where they can be seen: an item of
// 1,024 bytes costs one write unit, one of 1,025 costs two.

import assert from 'node:assert/strict';
import { NumberValue } from '../../../host/index.js';
import {
  behaviours,
  bytes,
  rejects,
  type Behaviour,
  type Door,
  type DoorFactory,
} from '../door.js';

const TableName = 'Single';
const number = (text: string) => NumberValue.from(text);

/** [value, bytes]. */
const NUMBERS: readonly (readonly [string, number])[] = [
  ['0', 1],
  ['-0', 1],
  ['1', 2],
  ['12', 2],
  ['123', 3],
  ['1234', 3],
  ['12345678901234567890123456789012345678', 20],
  ['0042', 2],
  ['100', 2],
  ['1010', 3],
  ['0.0000001', 2],
  ['1E125', 2],
  ['1E-100', 2],
  ['1.5', 3],
  ['15', 2],
  ['1.2', 3],
  ['1.200', 3],
  ['1.234', 4],
  ['3.14159', 5],
  ['123456', 4],
  ['100.5', 4],
  ['0.15', 2],
  ['-42', 3],
  ['-1', 3],
  ['-0.15', 3],
  ['-100.5', 5],
  ['1.05', 3],
  ['1.005', 4],
  ['10.01', 3],
  ['1000000', 2],
  ['12300', 3],
  ['0.00123', 3],
  ['-9.9999999999999999999999999999999999999E125', 21],
];

const VALUES: readonly (readonly [string, unknown, number])[] = [
  ['an empty string', '', 0],
  ['a string', 'abc', 3],
  ['a string of two-byte letters', 'éé', 4],
  ['a string of three-byte letters', '\uFFFD', 3],
  ['a string of a surrogate pair', '\u{1F600}', 4],
  ['empty binary', bytes(), 0],
  ['binary', bytes(1, 2, 3), 3],
  ['a boolean', true, 1],
  ['null', null, 1],
  ['a set of strings', new Set(['a', 'bcd', '']), 4],
  ['a set of numbers', new Set([1, 100, 1.5]), 7],
  ['a set of binary', new Set([bytes(1), bytes(1, 2)]), 3],
  ['an empty list', [], 3],
  ['an empty map', {}, 3],
  ['a list', ['ab', 1], 3 + 1 + 2 + 1 + 2],
  ['a map', { key: 'ab', n: 1 }, 3 + 1 + 3 + 2 + 1 + 1 + 2],
  ['a map with a name of two bytes', { é: '' }, 3 + 1 + 2],
  ['lists in lists', [[], [[]]], 3 + 1 + 3 + 1 + (3 + 1 + 3)],
  ['a map in a list', [{ a: null }], 3 + 1 + (3 + 1 + 1 + 1)],
];

const units = async (door: Door, item: object): Promise<number | undefined> => {
  const input = { TableName, Item: item, ReturnConsumedCapacity: 'TOTAL' };
  const { ConsumedCapacity } = await door.put(input);
  await door.delete({ TableName, Key: { pk: 'p' } });
  return ConsumedCapacity?.CapacityUnits;
};

const sized = (what: string, value: unknown, size: number): Behaviour => [
  `${what} has ${size} bytes`,
  async (door) => {
    // pk 2 + 1, v 1 + size, z 1 + filling.
    const item = (total: number) => ({ pk: 'p', v: value, z: 'z'.repeat(total - 5 - size) });
    assert.equal(await units(door, item(1024)), 1);
    assert.equal(await units(door, item(1025)), 2);
  },
];

/** [rule, expression, values, what the clauses are charged beside the three of the whole update]. */
const CHARGES: readonly (readonly [string, string, (x: string) => object, number])[] = [
  ['SET of one attribute', 'SET a = :x', (x) => ({ ':x': x }), 19 + 1],
  ['SET of a longer name', 'SET abcde = :x', (x) => ({ ':x': x }), 19 + 5],
  ['SET of a member of a map', 'SET m.abc = :x', (x) => ({ ':x': x }), 19 + 1 + 4 + 3],
  ['SET of an element', 'SET l[10] = :x', (x) => ({ ':x': x }), 19 + 1 + 4 + 2],
  ['two SETs', 'SET a = :x, b = :y', (x) => ({ ':x': x, ':y': 'yy' }), 2 * (19 + 1) + 2],
  ['a REMOVE beside', 'SET a = :x REMOVE bc', (x) => ({ ':x': x }), 19 + 1 + (1 + 2)],
  [
    'a DELETE beside',
    'SET a = :x DELETE s :s',
    (x) => ({ ':x': x, ':s': new Set(['q']) }),
    19 + 1 + (1 + 1),
  ],
  ['an ADD beside', 'SET a = :x ADD n :n', (x) => ({ ':x': x, ':n': 100 }), 19 + 1 + (19 + 1 + 2)],
  [
    'a path operand beside',
    'SET a = :x, b = m.abc',
    (x) => ({ ':x': x }),
    19 + 1 + (19 + 1) + (1 + 14 + 1 + 14 + 3),
  ],
  [
    'a sum beside',
    'SET a = :x, b = n + :n',
    (x) => ({ ':x': x, ':n': 1 }),
    19 + 1 + (19 + 1) + 34 + (1 + 14 + 1) + 2,
  ],
  [
    'a difference beside',
    'SET a = :x, b = n - :n',
    (x) => ({ ':x': x, ':n': 1 }),
    19 + 1 + (19 + 1) + 37 + (1 + 14 + 1) + 2,
  ],
  [
    'if_not_exists',
    'SET a = if_not_exists(gone, :x)',
    (x) => ({ ':x': x }),
    19 + 1 + 39 + (1 + 14 + 4),
  ],
  [
    'list_append',
    'SET l = list_append(l, :x)',
    (x) => ({ ':x': [x] }),
    19 + 1 + 37 + (1 + 14 + 1) + 3 + 1,
  ],
];
const BASE = { l: [1], m: { abc: 'v' }, n: 1, s: new Set(['q', 'r']) };
const TOO_LARGE = 'Item size to update has exceeded the maximum allowed size';

const BEHAVIOURS: readonly Behaviour[] = [
  ...NUMBERS.map(([text, size]) => sized(`the number ${text}`, number(text), size)),
  ...VALUES.map(([what, value, size]) => sized(what, value, size)),
  ...CHARGES.map(
    ([rule, UpdateExpression, values, charge]): Behaviour => [
      `an update is measured by its clauses too: ${rule}`,
      async (door) => {
        const Key = { pk: 'p' };
        // The item itself stays below the charge: it has only what the update names.
        const named = Object.entries(BASE).filter(([name]) =>
          UpdateExpression.match(`\\b${name}\\b`),
        );
        await door.put({ TableName, Item: { ...Key, ...Object.fromEntries(named) } });
        const set = (size: number) => {
          const ExpressionAttributeValues = values('x'.repeat(size));
          return door.update({ TableName, Key, UpdateExpression, ExpressionAttributeValues });
        };
        const most = 409_600 - 3 - charge;
        await rejects(() => set(most + 1), 'ValidationException', TOO_LARGE);
        await set(most);
      },
    ],
  ),
  [
    'an attribute name of 65,535 bytes is accepted, one of 65,536 is not',
    async (door) => {
      const put = (bytesOfName: number) =>
        door.put({
          TableName,
          Item: { pk: 'p', ['é'.repeat(32_767) + 'n'.repeat(bytesOfName - 65_534)]: 1 },
        });
      await put(65_535);
      await assert.rejects(put(65_536), { name: 'ValidationException' });
    },
  ],
  [
    'an update is measured before its condition is looked at',
    async (door) => {
      const call = door.update({
        TableName,
        Key: { pk: 'p' },
        UpdateExpression: 'SET a = :a',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':a': 'x'.repeat(409_590) },
      });
      await rejects(() => call, 'ValidationException', TOO_LARGE);
    },
  ],
  [
    'a put is measured before its condition is looked at',
    async (door) => {
      const call = door.put({
        TableName,
        Item: { pk: 'p', a: 'x'.repeat(409_597) },
        ConditionExpression: 'attribute_exists(pk)',
      });
      await rejects(
        () => call,
        'ValidationException',
        'Item size has exceeded the maximum allowed size',
      );
    },
  ],
  [
    'an item that grows past the limit by its parts is refused, and stays',
    async (door) => {
      const Item = { pk: 'p', a: 'x'.repeat(300_000) };
      await door.put({ TableName, Item });
      const grow = (size: number) =>
        door.update({
          TableName,
          Key: { pk: 'p' },
          UpdateExpression: 'SET b = :b',
          ExpressionAttributeValues: { ':b': 'y'.repeat(size) },
        });
      // pk 3, a 300,001, b 1 + size.
      await rejects(() => grow(109_596), 'ValidationException', TOO_LARGE);
      assert.deepEqual((await door.get({ TableName, Key: { pk: 'p' } })).Item, Item);
      await grow(109_595);
    },
  ],
];

export function itemSizes(factory: DoorFactory): void {
  behaviours('sizes', factory, BEHAVIOURS);
}
