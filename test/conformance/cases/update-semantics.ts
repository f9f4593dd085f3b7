// What updates make of items, and what they answer: expressions.md 10 and 11.2, operations.md 3,
// data-model.md 2, 3 and 6.

import assert from 'node:assert/strict';
import { NumberValue } from '../../../host/index.js';
import {
  behaviours,
  bytes,
  nested,
  rejects,
  type Behaviour,
  type Door,
  type DoorFactory,
} from '../door.js';
import { bare, ENVELOPE, INDEXED, INVALID } from '../fixtures.js';

const Key = { pk: 'p', sk: 's' };
const big = (text: string) => NumberValue.from(text);
const set = (...members: unknown[]) => new Set(members);
const PATH = 'The document path provided in the update expression is invalid for update';
const ABSENT = 'The provided expression refers to an attribute that does not exist in the item';
const TYPE = 'An operand in the update expression has an incorrect data type';
const DIGITS = 'Attempting to store more than 38 significant digits in a Number';
const OVERFLOW =
  'Number overflow. Attempting to store a number with magnitude larger than supported range';
const UNDERFLOW =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range';
const DEPTH =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
const SCALAR =
  "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ";

const update = (
  door: Door,
  UpdateExpression: string | undefined,
  values?: object,
  more: object = {},
) =>
  door.update({
    TableName: 'Pairs',
    Key,
    UpdateExpression,
    ExpressionAttributeValues: values,
    ...more,
  });
const itemOf = async (door: Door, TableName = 'Pairs') =>
  (await door.get({ TableName, Key, ConsistentRead: true })).Item;

/** [before or undefined, expression, values, after or the text of the fault]. */
type Change = readonly [
  before: object | undefined,
  expression: string,
  values: object | undefined,
  after: object | string | undefined,
];

const CHANGES: readonly Change[] = [
  // SET of paths.
  [{ m: {} }, 'SET m.a = :v', { ':v': null }, { m: { a: null } }],
  [{ m: { a: { b: 1 } } }, 'SET m.a.b = :v, m.a.c = :v', { ':v': 2 }, { m: { a: { b: 2, c: 2 } } }],
  [{ m: { l: [1, { k: 1 }] } }, 'SET m.l[1].k = :v', { ':v': 2 }, { m: { l: [1, { k: 2 }] } }],
  [{ l: [] }, 'SET l[0] = :v', { ':v': 1 }, { l: [1] }],
  [{ l: [1] }, 'SET l[1] = :v', { ':v': 2 }, { l: [1, 2] }],
  [{ l: [1] }, 'SET l[99] = :v', { ':v': 2 }, { l: [1, 2] }],
  [
    { l: [1, 2] },
    'SET l[9] = :a, l[3] = :b, l[0] = :c',
    { ':a': 'a', ':b': 'b', ':c': 'c' },
    { l: ['c', 2, 'b', 'a'] },
  ],
  [{ l: [0, 1, 2] }, 'SET l[5] = :v REMOVE l[0], l[1]', { ':v': 'v' }, { l: [2, 'v'] }],
  [{ l: [0, 1, 2] }, 'SET l[1] = :v REMOVE l[0]', { ':v': 'v' }, { l: ['v', 2] }],
  [{ l: [[1, 2], [3]] }, 'REMOVE l[0][0], l[1]', undefined, { l: [[2]] }],
  [{ a: 1, b: 2, c: 3 }, 'SET a = b, b = c, c = a', undefined, { a: 2, b: 3, c: 1 }],
  [{ a: 1 }, 'SET a = :v, b = a', { ':v': 2 }, { a: 2, b: 1 }],
  [{ a: 1 }, 'REMOVE a SET b = a', undefined, { b: 1 }],
  [{ a: 1 }, 'SET b = a ADD a :v', { ':v': 5 }, { a: 6, b: 1 }],
  [{ s: set('a', 'b') }, 'DELETE s :s SET t = s', { ':s': set('a', 'b') }, { t: set('a', 'b') }],
  [{ m: { a: 1 } }, 'SET n = m, m.a = :v', { ':v': 2 }, { m: { a: 2 }, n: { a: 1 } }],
  [{ a: 1 }, 'SET a.b = :v', { ':v': 1 }, PATH],
  [{ a: 1 }, 'SET a[0] = :v', { ':v': 1 }, PATH],
  [{ m: {} }, 'SET m.a.b = :v', { ':v': 1 }, PATH],
  [{ l: [] }, 'SET l[0].a = :v', { ':v': 1 }, PATH],
  [{ l: [] }, 'SET l.a = :v', { ':v': 1 }, PATH],
  [{ m: {} }, 'SET m[0] = :v', { ':v': 1 }, PATH],
  [{ s: set('a') }, 'SET s[0] = :v', { ':v': 1 }, PATH],
  [{ n: null }, 'SET n.a = :v', { ':v': 1 }, PATH],
  [undefined, 'SET m.a = :v', { ':v': 1 }, PATH],
  [undefined, 'SET l[0] = :v', { ':v': 1 }, PATH],
  [undefined, 'SET a = :v, m.a = :v', { ':v': 1 }, PATH],
  // Operands.
  [{ a: 1 }, 'SET b = c', undefined, ABSENT],
  [{ m: {} }, 'SET b = m.c', undefined, ABSENT],
  [{ l: [1] }, 'SET b = l[1]', undefined, ABSENT],
  [undefined, 'SET b = pk', undefined, ABSENT],
  [{ a: null }, 'SET b = a', undefined, { a: null, b: null }],
  [{ m: { n: null } }, 'SET b = m.n', undefined, { m: { n: null }, b: null }],
  [{ a: null }, 'SET b = a + :v', { ':v': 1 }, TYPE],
  [{ a: null }, 'SET b = list_append(a, :v)', { ':v': [] }, TYPE],
  [{ a: 1 }, 'SET b = pk', undefined, { a: 1, b: 'p' }],
  [{ a: null }, 'SET b = if_not_exists(a, :v)', { ':v': 1 }, { a: null, b: null }],
  [{ m: { a: 0 } }, 'SET b = if_not_exists(m.a, :v)', { ':v': 1 }, { m: { a: 0 }, b: 0 }],
  [undefined, 'SET b = if_not_exists(a, :v)', { ':v': 1 }, { b: 1 }],
  [{}, 'SET b = if_not_exists(a, if_not_exists(c, :v))', { ':v': 1 }, { b: 1 }],
  [{ d: 2 }, 'SET b = if_not_exists(a, d)', undefined, { b: 2, d: 2 }],
  [{ a: 1 }, 'SET b = if_not_exists(a, c)', undefined, { a: 1, b: 1 }],
  [{}, 'SET b = if_not_exists(a, c)', undefined, ABSENT],
  [{}, 'SET n = if_not_exists(n, :z) + :v', { ':z': 0, ':v': 5 }, { n: 5 }],
  [{ n: 1 }, 'SET n = if_not_exists(n, :z) + :v', { ':z': 0, ':v': 5 }, { n: 6 }],
  [{ n: 1, m: 4 }, 'SET n = n + m', undefined, { n: 5, m: 4 }],
  [{ n: 1, m: 4 }, 'SET n = n - m', undefined, { n: -3, m: 4 }],
  [{ n: 1 }, 'SET n = (n + :v)', { ':v': 1 }, { n: 2 }],
  [{ n: 1 }, 'SET n = :v - n', { ':v': 10 }, { n: 9 }],
  [{}, 'SET n = n + :v', { ':v': 1 }, ABSENT],
  [{ n: '1' }, 'SET n = n + :v', { ':v': 1 }, TYPE],
  [{ n: set(1) }, 'SET n = n - :v', { ':v': 1 }, TYPE],
  [{}, 'SET l = list_append(if_not_exists(l, :e), :v)', { ':e': [], ':v': [1] }, { l: [1] }],
  [
    { l: [1] },
    'SET l = list_append(if_not_exists(l, :e), :v)',
    { ':e': [], ':v': [2] },
    { l: [1, 2] },
  ],
  [{ l: [1], k: [2] }, 'SET l = list_append(l, k)', undefined, { l: [1, 2], k: [2] }],
  [{ l: [1] }, 'SET l = list_append(l, l)', undefined, { l: [1, 1] }],
  [{ m: { l: [] } }, 'SET m.l = list_append(m.l, :v)', { ':v': [[]] }, { m: { l: [[]] } }],
  [{}, 'SET l = list_append(l, :v)', { ':v': [1] }, ABSENT],
  [{ l: set(1) }, 'SET l = list_append(l, :v)', { ':v': [1] }, TYPE],
  [{ l: 'x' }, 'SET l = list_append(:v, l)', { ':v': [1] }, TYPE],
  // REMOVE.
  [{ a: 1 }, 'REMOVE b', undefined, { a: 1 }],
  [{ m: {} }, 'REMOVE m.a', undefined, { m: {} }],
  [{ m: { a: 1 } }, 'REMOVE m.a', undefined, { m: {} }],
  [{ l: [1, 2, 3, 4] }, 'REMOVE l[1], l[2]', undefined, { l: [1, 4] }],
  [{ l: [1] }, 'REMOVE l[1]', undefined, { l: [1] }],
  [{ l: [1] }, 'REMOVE l[0]', undefined, { l: [] }],
  [{ a: 1 }, 'REMOVE m.a', undefined, PATH],
  [{ a: 1 }, 'REMOVE a.b', undefined, PATH],
  [{ a: 1 }, 'REMOVE l[0]', undefined, PATH],
  [undefined, 'REMOVE a, m.b, l[0]', undefined, undefined],
  [undefined, 'REMOVE a SET b = :v', { ':v': 1 }, { b: 1 }],
  // ADD.
  [undefined, 'ADD n :v', { ':v': -5 }, { n: -5 }],
  [{ n: 5 }, 'ADD n :v', { ':v': -5 }, { n: 0 }],
  [{ m: {} }, 'ADD m.n :v', { ':v': 1 }, { m: { n: 1 } }],
  [{ l: [1] }, 'ADD l[0] :v', { ':v': 1 }, { l: [2] }],
  [{ l: [1] }, 'ADD l[7] :v', { ':v': 1 }, { l: [1, 1] }],
  [{}, 'ADD s :s', { ':s': set('b', 'a') }, { s: set('a', 'b') }],
  [{ s: set('a') }, 'ADD s :s', { ':s': set('a', 'b') }, { s: set('a', 'b') }],
  [{ s: set(1) }, 'ADD s :s', { ':s': set(1, 2) }, { s: set(1, 2) }],
  [
    { s: set(bytes(1)) },
    'ADD s :s',
    { ':s': set(bytes(1), bytes(0)) },
    { s: set(bytes(0), bytes(1)) },
  ],
  [{ s: set('a') }, 'ADD s :s', { ':s': set(1) }, TYPE],
  [{ n: 'x' }, 'ADD n :v', { ':v': 1 }, TYPE],
  [{ n: 1 }, 'ADD n :s', { ':s': set(1) }, TYPE],
  [{ l: [1] }, 'ADD l :s', { ':s': set(1) }, TYPE],
  [{ n: null }, 'ADD n :v', { ':v': 1 }, TYPE],
  [{ a: 1 }, 'ADD m.n :v', { ':v': 1 }, PATH],
  // DELETE.
  [{ s: set('a', 'b', 'c') }, 'DELETE s :s', { ':s': set('a', 'z') }, { s: set('b', 'c') }],
  [{ s: set('a') }, 'DELETE s :s', { ':s': set('a') }, {}],
  [{ s: set(bytes(1), bytes(2)) }, 'DELETE s :s', { ':s': set(bytes(2)) }, { s: set(bytes(1)) }],
  [{ m: { s: set(1) } }, 'DELETE m.s :s', { ':s': set(1) }, { m: {} }],
  [{ l: [set(1), 2] }, 'DELETE l[0] :s', { ':s': set(1) }, { l: [2] }],
  [{ a: 1 }, 'DELETE s :s', { ':s': set('a') }, { a: 1 }],
  [{ s: set('a') }, 'DELETE s :s', { ':s': set(1) }, TYPE],
  [{ s: 'a' }, 'DELETE s :s', { ':s': set('a') }, TYPE],
  [{ s: ['a'] }, 'DELETE s :s', { ':s': set('a') }, TYPE],
  [undefined, 'DELETE s :s', { ':s': set('a') }, undefined],
  [undefined, 'DELETE s :s SET a = :v', { ':s': set('a'), ':v': 1 }, { a: 1 }],
  // Numbers, exactly.
  [{ n: 0.1 }, 'SET n = n + :v', { ':v': 0.2 }, { n: 0.3 }],
  [{ n: 0.3 }, 'SET n = n - :v', { ':v': 0.1 }, { n: 0.2 }],
  [
    { n: big('12345678901234567890123456789012345677') },
    'ADD n :v',
    { ':v': 1 },
    { n: big('12345678901234567890123456789012345678') },
  ],
  [{ n: big('9007199254740993') }, 'ADD n :v', { ':v': 1 }, { n: 9_007_199_254_740_994 }],
  [{ n: 1e-130 }, 'ADD n :v', { ':v': 1e-130 }, { n: 2e-130 }],
  [{ n: 5e-130 }, 'SET n = n - :v', { ':v': 5e-130 }, { n: 0 }],
  [{ n: 1e125 }, 'ADD n :v', { ':v': 8e125 }, { n: 9e125 }],
  [{ n: 9e125 }, 'ADD n :v', { ':v': 1e125 }, OVERFLOW],
  [{ n: -9e125 }, 'SET n = n - :v', { ':v': 9e125 }, OVERFLOW],
  [{ n: 1e38 }, 'ADD n :v', { ':v': 1 }, DIGITS],
  [{ n: 1 }, 'SET n = n + :v', { ':v': 1e-38 }, DIGITS],
  [
    { n: 1 },
    'SET n = n + :v',
    { ':v': 1e-37 },
    { n: big('1.0000000000000000000000000000000000001') },
  ],
  [{ n: 1e125 }, 'ADD n :v', { ':v': 1e-130 }, DIGITS],
  [{ n: 1.5e-130 }, 'SET n = n - :v', { ':v': 1e-130 }, UNDERFLOW],
  // Names.
  [{ 'a.b': 1, a: { b: 2 } }, 'SET a.b = :v REMOVE #d', { ':v': 3 }, { a: { b: 3 } }],
  [{ m: {} }, 'SET m.#d = :v', { ':v': 3 }, { m: { 'a.b': 3 } }],
];
const NAMES = { '#d': 'a.b' };

const shown = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) => {
    if (member instanceof Set) return [...(member as Set<unknown>)];
    return member instanceof NumberValue ? String(member) : member;
  });

const changes = CHANGES.map(
  ([before, expression, values, after]): Behaviour => [
    `${expression} on ${before === undefined ? 'nothing' : shown(before)} ${typeof after === 'string' ? 'is refused' : `gives ${after === undefined ? 'nothing' : shown(after)}`}`,
    async (door) => {
      const Item = before && { ...Key, ...before };
      if (Item !== undefined) await door.put({ TableName: 'Pairs', Item });
      const more = expression.includes('#d') ? { ExpressionAttributeNames: NAMES } : {};
      const call = () => update(door, expression, values, { ReturnValues: 'ALL_NEW', ...more });
      if (typeof after === 'string') {
        await rejects(call, 'ValidationException', after);
        assert.deepEqual(shown(await itemOf(door)), shown(Item));
        return;
      }
      const expected = after && { ...Key, ...after };
      const { Attributes } = await call();
      const sorted = (item: object | undefined) =>
        item && Object.fromEntries(Object.entries(item).sort());
      const text = (item: object | undefined) => shown(sorted(item)) ?? 'none';
      assert.equal(text(Attributes), text(expected), 'ALL_NEW');
      assert.equal(text(await itemOf(door)), text(expected), 'read');
    },
  ],
);

/** On { a: 1, m: { x: 1, y: { z: 2 } }, l: [10, 20, 30], s: {p q} }: [expression, values, UPDATED_OLD, UPDATED_NEW]. */
const OLD = { a: 1, m: { x: 1, y: { z: 2 } }, l: [10, 20, 30], s: set('p', 'q') };
const RETURNED: readonly (readonly [
  string,
  object | undefined,
  object | undefined,
  object | undefined,
])[] = [
  ['SET a = :v', { ':v': 1 }, { a: 1 }, { a: 1 }],
  ['SET n = :v', { ':v': 1 }, undefined, { n: 1 }],
  ['SET a = :v, n = :v', { ':v': 2 }, { a: 1 }, { a: 2, n: 2 }],
  ['SET m.x = :v', { ':v': 2 }, { m: { x: 1 } }, { m: { x: 2 } }],
  ['SET m.fresh = :v', { ':v': 2 }, undefined, { m: { fresh: 2 } }],
  [
    'SET m.x = :v, m.y.z = :v',
    { ':v': 5 },
    { m: { x: 1, y: { z: 2 } } },
    { m: { x: 5, y: { z: 5 } } },
  ],
  ['SET l[0] = :v, l[2] = :v', { ':v': 5 }, { l: [10, 30] }, { l: [5, 5] }],
  ['SET m = :v', { ':v': {} }, { m: { x: 1, y: { z: 2 } } }, { m: {} }],
  ['REMOVE a', undefined, { a: 1 }, undefined],
  ['REMOVE n', undefined, undefined, undefined],
  ['REMOVE m.x', undefined, { m: { x: 1 } }, undefined],
  ['REMOVE l[1]', undefined, { l: [20] }, undefined],
  ['REMOVE a SET n = :v', { ':v': 2 }, { a: 1 }, { n: 2 }],
  ['ADD a :v', { ':v': 4 }, { a: 1 }, { a: 5 }],
  ['ADD n :v', { ':v': 4 }, undefined, { n: 4 }],
  ['ADD s :s', { ':s': set('r') }, { s: set('p', 'q') }, { s: set('p', 'q', 'r') }],
  ['DELETE s :s', { ':s': set('p') }, { s: set('p', 'q') }, { s: set('q') }],
  ['DELETE s :s', { ':s': set('p', 'q') }, { s: set('p', 'q') }, undefined],
  ['DELETE t :s', { ':s': set('p') }, undefined, undefined],
];

const returned = RETURNED.flatMap(([expression, values, old, now]) =>
  (
    [
      ['NONE', undefined],
      ['ALL_OLD', { ...Key, ...OLD }],
      ['UPDATED_OLD', old],
      ['UPDATED_NEW', now],
    ] as const
  ).map(
    ([ReturnValues, attributes]): Behaviour => [
      `${ReturnValues} of ${expression}${values === undefined ? '' : ` with ${shown(values)}`}`,
      async (door) => {
        await door.put({ TableName: 'Pairs', Item: { ...Key, ...OLD } });
        const answer = bare(await update(door, expression, values, { ReturnValues }));
        assert.deepEqual(answer, attributes === undefined ? {} : { Attributes: attributes });
      },
    ],
  ),
);

/** AttributeUpdates: [before, updates, after or fault]. */
const LEGACY: readonly (readonly [object | undefined, object, object | string | undefined])[] = [
  [{ a: 1 }, { a: { Value: 2 } }, { a: 2 }],
  [{ a: 1 }, { a: { Action: 'PUT', Value: [1] } }, { a: [1] }],
  [undefined, { a: { Value: 2 } }, { a: 2 }],
  [undefined, { a: { Action: 'ADD', Value: 2 } }, { a: 2 }],
  [{ a: 1 }, { a: { Action: 'ADD', Value: 2 } }, { a: 3 }],
  [{ a: set('x') }, { a: { Action: 'ADD', Value: set('y') } }, { a: set('x', 'y') }],
  [{ a: [1] }, { a: { Action: 'ADD', Value: [2] } }, { a: [1, 2] }],
  [undefined, { a: { Action: 'ADD', Value: [2] } }, { a: [2] }],
  [{ a: 1, b: 1 }, { a: { Action: 'DELETE' } }, { b: 1 }],
  [{ b: 1 }, { a: { Action: 'DELETE' } }, { b: 1 }],
  [{ a: set('x', 'y') }, { a: { Action: 'DELETE', Value: set('x') } }, { a: set('y') }],
  [{ a: set('x') }, { a: { Action: 'DELETE', Value: set('x') } }, {}],
  [undefined, { a: { Action: 'DELETE' } }, undefined],
  [undefined, { a: { Action: 'DELETE', Value: set('x') } }, undefined],
  [undefined, {}, {}],
  [{ m: { x: 1 } }, { 'm.x': { Value: 2 } }, { m: { x: 1 }, 'm.x': 2 }],
  [{ a: 'x' }, { a: { Action: 'ADD', Value: 1 } }, 'Type mismatch for attribute to update'],
  [{ a: 1 }, { a: { Action: 'ADD', Value: set(1) } }, 'Type mismatch for attribute to update'],
  [
    { a: set('x') },
    { a: { Action: 'DELETE', Value: set(1) } },
    'Type mismatch for attribute to update',
  ],
  [
    { a: 1 },
    { pk: { Value: 'q' } },
    `${INVALID}Cannot update attribute pk. This attribute is part of the key`,
  ],
];

const legacy = LEGACY.map(
  ([before, AttributeUpdates, after]): Behaviour => [
    `AttributeUpdates ${shown(AttributeUpdates)} on ${before === undefined ? 'nothing' : shown(before)} ${typeof after === 'string' ? 'is refused' : `gives ${shown(after) ?? 'nothing'}`}`,
    async (door) => {
      if (before !== undefined) await door.put({ TableName: 'Pairs', Item: { ...Key, ...before } });
      const call = () => update(door, undefined, undefined, { AttributeUpdates });
      if (typeof after === 'string') return rejects(call, 'ValidationException', after);
      await call();
      assert.deepEqual(await itemOf(door), after && { ...Key, ...after });
    },
  ],
);

const refused = (rule: string, show: (door: Door) => Promise<unknown>, text: string): Behaviour => [
  `is refused: ${rule}`,
  (door) => rejects(() => show(door), 'ValidationException', text),
];
const indexed = { TableName: 'Indexed' };
const GONE = { ConditionExpression: 'attribute_exists(gone)' };
const KEY = (name: string) =>
  `${INVALID}Cannot update attribute ${name}. This attribute is part of the key`;

const KEYS: readonly Behaviour[] = [
  refused('ADD to a key', (door) => update(door, 'ADD sk :v', { ':v': 1 }), KEY('sk')),
  refused(
    'DELETE from a key',
    (door) => update(door, 'DELETE pk :v', { ':v': set('a') }),
    KEY('pk'),
  ),
  refused(
    'a key set to what it is',
    (door) => update(door, 'SET pk = :v', { ':v': 'p' }),
    KEY('pk'),
  ),
  refused(
    'a key behind a name',
    (door) =>
      update(door, 'SET #d = :v', { ':v': 'p' }, { ExpressionAttributeNames: { '#d': 'sk' } }),
    KEY('sk'),
  ),
  refused(
    'a key, before a condition that fails',
    (door) => update(door, 'REMOVE pk', undefined, GONE),
    KEY('pk'),
  ),
  refused(
    'a path into the partition key',
    (door) => update(door, 'SET pk.a = :v', { ':v': 1 }),
    `${SCALAR}Key: pk`,
  ),
  refused('an index into the sort key', (door) => update(door, 'REMOVE sk[0]'), `${SCALAR}Key: sk`),
  refused(
    'a path into an index key',
    (door) => update(door, 'SET h[1] = :v', { ':v': 1 }, indexed),
    `${SCALAR}IndexKey: h`,
  ),
  refused(
    'an index key that ADD makes a set',
    (door) => update(door, 'ADD h :v', { ':v': set(1) }, indexed),
    `${INVALID}Type mismatch for Index Key h Expected: N Actual: NS IndexName: byMany`,
  ),
  refused(
    'an index key of AttributeUpdates',
    (door) =>
      update(door, undefined, undefined, { ...indexed, AttributeUpdates: { l: { Value: 5 } } }),
    `${INVALID}Type mismatch for Index Key l Expected: S Actual: N IndexName: byLocal`,
  ),
  refused(
    'an index key over 2,048 bytes',
    (door) => update(door, 'SET g = :v', { ':v': 'g'.repeat(2049) }, indexed),
    `${INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
  ),
  [
    'a condition that fails comes before the type of an index key',
    (door) =>
      rejects(
        () => update(door, 'SET g = :v', { ':v': 1 }, { ...indexed, ...GONE }),
        'ConditionalCheckFailedException',
        'The conditional request failed',
      ),
  ],
  [
    'an index key takes any legal value, and may be removed',
    async (door) => {
      await update(door, 'SET g = :g, h = :h', { ':g': 'g', ':h': big('1e125') }, indexed);
      await update(door, 'ADD h :h', { ':h': -1e125 }, indexed);
      assert.deepEqual(await itemOf(door, 'Indexed'), { ...Key, g: 'g', h: 0 });
      await update(door, 'REMOVE g, h', undefined, indexed);
      assert.deepEqual(await itemOf(door, 'Indexed'), Key);
    },
  ],
  [
    'a value within its limit may make an item that is nested too deep',
    async (door) => {
      await update(door, 'SET a = :a', { ':a': { k: nested(29) } });
      await update(door, 'SET a.k[0] = :a', { ':a': nested(29) });
      await rejects(
        () => update(door, 'SET a.k[0] = :a', { ':a': nested(30) }),
        'ValidationException',
        DEPTH,
      );
      await update(door, 'SET a.k[0] = :a', { ':a': nested(29, 'y') });
    },
  ],
  [
    'a value nested too deep is refused before a condition that fails',
    (door) =>
      rejects(
        () => update(door, 'SET a = :a', { ':a': nested(32) }, GONE),
        'ValidationException',
        ENVELOPE + DEPTH,
      ),
  ],
  [
    'a name like those of objects is a name like others',
    async (door) => {
      const ExpressionAttributeNames = { '#p': '__proto__', '#c': 'constructor', '#t': 'toString' };
      const more = { ExpressionAttributeNames, ReturnValues: 'UPDATED_NEW' };
      const { Attributes } = await update(
        door,
        'SET #p = :v, #c = :v, #t = :v',
        { ':v': { a: 1 } },
        more,
      );
      assert.deepEqual(Object.keys(Attributes ?? {}).sort(), [
        '__proto__',
        'constructor',
        'toString',
      ]);
      const nestedMore = { ExpressionAttributeNames: { '#p': '__proto__' } };
      await update(door, 'SET #p.#p = :v', { ':v': 5 }, nestedMore);
      const item = (await itemOf(door)) as object;
      assert.equal(
        JSON.stringify(Object.getOwnPropertyDescriptor(item, '__proto__')?.value),
        '{"a":1,"__proto__":5}',
      );
      const shownOnly = await door.get({
        TableName: 'Pairs',
        Key,
        ProjectionExpression: '#p.#p, hasOwnProperty',
        ...nestedMore,
      });
      assert.equal(JSON.stringify(shownOnly.Item), '{"__proto__":{"__proto__":5}}');
    },
  ],
];

export function updateSemantics(factory: DoorFactory): void {
  behaviours('an update', factory, changes);
  behaviours('what an update returns', factory, returned);
  behaviours('a legacy update', factory, legacy);
  behaviours('an update and keys', factory, KEYS, [INDEXED]);
}
