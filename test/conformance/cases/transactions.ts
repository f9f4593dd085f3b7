// TransactWriteItems and TransactGetItems: operations.md 7 and 8, data-model.md 1.2 and 6, pitfalls.md 30 to 34.

import assert from 'node:assert/strict';
import {
  behaviours,
  bytes,
  nested,
  refusals,
  rejects,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';
import {
  bare,
  ENVELOPE,
  FAILED,
  fill,
  INDEXED,
  INVALID,
  NO_MATCH,
  NOT_FOUND,
} from '../fixtures.js';

const F = ' failed to satisfy constraint: ';
const EMPTY_KEY =
  'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty';
const REPEATED = 'Transaction request cannot include multiple operations on one item';
const ONE_OF_FOUR = 'TransactItems can only contain one of Check, Put, Update or Delete';
const DEPTH =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
const RCC = `Value 'X' at 'returnConsumedCapacity'${F}Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`;
const METRICS = `Value 'X' at 'returnItemCollectionMetrics'${F}Member must satisfy enum value set: [SIZE, NONE]`;
const CANCELLED = 'Transaction cancelled, please refer cancellation reasons for specific reasons';

const pair = (sk: string) => ({ pk: 'p', sk });
const putOf = (Item: object, more: object = {}) => ({ Put: { TableName: 'Pairs', Item, ...more } });
const deleteOf = (Key: object, more: object = {}) => ({
  Delete: { TableName: 'Pairs', Key, ...more },
});
const checkOf = (Key: object, ConditionExpression: string, more: object = {}) => ({
  ConditionCheck: { TableName: 'Pairs', Key, ConditionExpression, ...more },
});
const updateOf = (Key: object, UpdateExpression: string, values?: object, more: object = {}) => ({
  Update: {
    TableName: 'Pairs',
    Key,
    UpdateExpression,
    ExpressionAttributeValues: values,
    ...more,
  },
});
const getOf = (Key: object, more: object = {}) => ({ Get: { TableName: 'Pairs', Key, ...more } });

const write =
  (TransactItems: unknown, more: object = {}) =>
  (door: Door) =>
    door.transactWrite({ TransactItems, ...more });
const get =
  (TransactItems: unknown, more: object = {}) =>
  (door: Door) =>
    door.transactGet({ TransactItems, ...more });

const there = async (door: Door, sk: string): Promise<unknown> =>
  (await door.get({ TableName: 'Pairs', Key: pair(sk), ConsistentRead: true })).Item;

/** Every action fits, so a request of them would succeed if the tested one did. */
const FINE = putOf(pair('fine'));

const WRITE: readonly Refusal[] = [
  [
    'a missing TransactItems',
    write(undefined),
    `${ENVELOPE}Value null at 'transactItems'${F}Member must not be null`,
  ],
  [
    'no actions',
    write([]),
    `${ENVELOPE}Value '[]' at 'transactItems'${F}Member must have length greater than or equal to 1`,
  ],
  ['an action that is none of the four', write([FINE, {}]), ONE_OF_FOUR],
  ['an action that is two of the four', write([{ ...FINE, ...deleteOf(pair('b')) }]), ONE_OF_FOUR],
  [
    'a token of 37 characters, together with a bad ReturnConsumedCapacity',
    write([FINE], { ClientRequestToken: 'x'.repeat(37), ReturnConsumedCapacity: 'X' }),
    `2 validation errors detected: Value '${'x'.repeat(37)}' at 'clientRequestToken'${F}Member must have length less than or equal to 36; ${RCC}`,
  ],
  [
    'an empty token',
    write([FINE], { ClientRequestToken: '' }),
    `${ENVELOPE}Value '' at 'clientRequestToken'${F}Member must have length greater than or equal to 1`,
  ],
  ['a bad ReturnConsumedCapacity', write([FINE], { ReturnConsumedCapacity: 'X' }), ENVELOPE + RCC],
  [
    'a bad ReturnItemCollectionMetrics',
    write([FINE], { ReturnItemCollectionMetrics: 'X' }),
    ENVELOPE + METRICS,
  ],
  [
    'a Put without an item',
    write([{ Put: { TableName: 'Pairs' } }]),
    `${ENVELOPE}Value null at 'transactItems.1.member.put.item'${F}Member must not be null`,
  ],
  [
    'a Delete without a key',
    write([FINE, { Delete: { TableName: 'Pairs' } }]),
    `${ENVELOPE}Value null at 'transactItems.2.member.delete.key'${F}Member must not be null`,
  ],
  [
    'an Update without an expression',
    write([{ Update: { TableName: 'Pairs', Key: pair('a') } }]),
    `${ENVELOPE}Value null at 'transactItems.1.member.update.updateExpression'${F}Member must not be null`,
  ],
  [
    'a ConditionCheck without a condition',
    write([{ ConditionCheck: { TableName: 'Pairs', Key: pair('a') } }]),
    `${ENVELOPE}Value null at 'transactItems.1.member.conditionCheck.conditionExpression'${F}Member must not be null`,
  ],
  [
    'a bad ReturnValuesOnConditionCheckFailure',
    write([putOf(pair('a'), { ReturnValuesOnConditionCheckFailure: 'X' })]),
    `${ENVELOPE}Value 'X' at 'transactItems.1.member.put.returnValuesOnConditionCheckFailure'${F}Member must satisfy enum value set: [ALL_OLD, NONE]`,
  ],
  ['an item twice', write([putOf(pair('a')), deleteOf(pair('a'))]), REPEATED],
  [
    'an item twice, its number in two forms',
    write([
      { Put: { TableName: 'ByNumber', Item: { pk: 1 } } },
      { Delete: { TableName: 'ByNumber', Key: { pk: 1n } } },
    ]),
    REPEATED,
  ],
  [
    'an item twice, once only checked',
    write([putOf(pair('a')), checkOf(pair('a'), 'attribute_exists(pk)')]),
    REPEATED,
  ],
  [
    'a missing table among others',
    write([FINE, { Put: { TableName: 'Nowhere', Item: { pk: 'p' } } }]),
    ...NOT_FOUND,
  ],
  [
    'a missing table before an item twice',
    write([
      putOf(pair('a')),
      putOf(pair('a')),
      { Put: { TableName: 'Nowhere', Item: { pk: 'p' } } },
    ]),
    ...NOT_FOUND,
  ],
  [
    'a bad expression before a missing table',
    write([
      { Put: { TableName: 'Nowhere', Item: { pk: 'p' } } },
      putOf(pair('a'), { ConditionExpression: 'a = = b' }),
    ]),
    'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"',
  ],
  [
    'a name that nothing uses',
    write([
      putOf(pair('a'), {
        ConditionExpression: 'attribute_exists(a)',
        ExpressionAttributeNames: { '#b': 'b' },
      }),
    ]),
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}',
  ],
  [
    'a value that is not defined',
    write([updateOf(pair('a'), 'SET a = :a')]),
    'Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :a',
  ],
  [
    'an update expression that does not parse',
    write([updateOf(pair('a'), 'SET a')]),
    'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "a"',
  ],
  [
    'an empty set in an item',
    write([putOf({ ...pair('a'), s: new Set() })]),
    `${INVALID}An string set  may not be empty`,
  ],
  [
    'a bad expression value, wrapped',
    write([updateOf(pair('a'), 'SET a = :v', { ':v': new Set() })]),
    `ExpressionAttributeValues contains invalid value: ${INVALID}An string set  may not be empty for key :v`,
  ],
  [
    'an empty string key of a Put',
    write([FINE, putOf({ pk: '', sk: 's' })]),
    `${EMPTY_KEY} string value. Key: pk`,
  ],
  [
    'an empty string key of a Delete',
    write([FINE, deleteOf({ pk: 'p', sk: '' })]),
    `${EMPTY_KEY} string value. Key: sk`,
  ],
  [
    'an empty binary key',
    write([{ Put: { TableName: 'ByBytes', Item: { pk: bytes() } } }]),
    `${EMPTY_KEY} binary value. Key: pk`,
  ],
  [
    'a Put over 400 KB',
    write([FINE, putOf({ ...pair('a'), a: 'x'.repeat(409_600) })]),
    'Item size has exceeded the maximum allowed size',
  ],
  ['a Put nested too deep', write([putOf({ ...pair('a'), a: nested(32) })]), DEPTH],
  [
    'a value of 40 levels in a condition',
    write([
      checkOf(pair('a'), 'a = :deep', { ExpressionAttributeValues: { ':deep': nested(40) } }),
    ]),
    `ExpressionAttributeValues contains invalid value: ${DEPTH} for key :deep`,
  ],
  [
    'more than 4 MB',
    write(Array.from({ length: 11 }, (_, n) => putOf({ ...pair(`${n}`), a: 'x'.repeat(390_000) }))),
    'Transaction size cannot exceed 4 MB',
  ],
];

const GET: readonly Refusal[] = [
  [
    'a missing TransactItems',
    get(undefined),
    `${ENVELOPE}Value null at 'transactItems'${F}Member must not be null`,
  ],
  [
    'no gets',
    get([]),
    `${ENVELOPE}Value '[]' at 'transactItems'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'an element without a Get',
    get([{}]),
    `${ENVELOPE}Value null at 'transactItems.1.member.get'${F}Member must not be null`,
  ],
  [
    'a Get without a key',
    get([{ Get: { TableName: 'Pairs' } }]),
    `${ENVELOPE}Value null at 'transactItems.1.member.get.key'${F}Member must not be null`,
  ],
  ['an item twice', get([getOf(pair('a')), getOf(pair('a'))]), REPEATED],
  [
    'a missing table among others',
    get([getOf(pair('a')), { Get: { TableName: 'Nowhere', Key: { pk: 'p' } } }]),
    ...NOT_FOUND,
  ],
  [
    'a bad projection before a missing table',
    get([
      { Get: { TableName: 'Nowhere', Key: { pk: 'p' } } },
      getOf(pair('a'), { ProjectionExpression: 'a b' }),
    ]),
    'Invalid ProjectionExpression: Syntax error; token: "b", near: "a b"',
  ],
  ['an empty string key', get([getOf({ pk: '', sk: 's' })]), `${EMPTY_KEY} string value. Key: pk`],
  [
    'a bad ReturnConsumedCapacity',
    get([getOf(pair('a'))], { ReturnConsumedCapacity: 'X' }),
    ENVELOPE + RCC,
  ],
];

/** A transaction is cancelled with these codes, and these reasons at the positions that say more. */
async function cancels(
  call: () => Promise<unknown>,
  codes: string,
  reasons: Readonly<Record<number, object>> = {},
): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'TransactionCanceledException');
    assert.equal(error.message, `${CANCELLED} [${codes}]`);
    const { CancellationReasons } = error as { CancellationReasons?: readonly object[] };
    const expected = codes
      .split(', ')
      .map((Code, at) => (Code === 'None' ? { Code } : { Code, ...reasons[at] }));
    assert.deepEqual(CancellationReasons?.map(bare), expected);
    return true;
  });
}

const validation = (Message: string) => ({ Message });
const CONDITION = validation(FAILED[0]);

const CANCELLATIONS: readonly Behaviour[] = [
  [
    'a failed condition cancels all, with a reason for each action by position',
    async (door) => {
      await fill(door, 'Pairs', [{ ...pair('a'), n: 1 }]);
      const call = write([
        putOf({ ...pair('b'), n: 1 }),
        putOf(pair('a'), { ConditionExpression: 'attribute_not_exists(pk)' }),
        deleteOf(pair('c')),
      ]);
      await cancels(() => call(door), 'None, ConditionalCheckFailed, None', { 1: CONDITION });
      assert.equal(await there(door, 'b'), undefined);
      assert.deepEqual(await there(door, 'a'), { ...pair('a'), n: 1 });
    },
  ],
  [
    'the reason has the item if ALL_OLD was asked and there is one',
    async (door) => {
      const Item = { ...pair('a'), n: 1, list: ['x', { y: true }] };
      await fill(door, 'Pairs', [Item]);
      const asked = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
      const never = { ConditionExpression: 'n > :n', ExpressionAttributeValues: { ':n': 5 } };
      const call = write([
        checkOf(pair('a'), 'n > :n', { ...never, ...asked }),
        putOf(pair('b'), { ...never, ...asked }),
        checkOf(pair('c'), 'attribute_exists(pk)'),
      ]);
      const failed = 'ConditionalCheckFailed';
      await cancels(() => call(door), `${failed}, ${failed}, ${failed}`, {
        0: { ...CONDITION, Item },
        1: CONDITION,
        2: CONDITION,
      });
    },
  ],
  [
    'every action is evaluated, whatever comes before it',
    async (door) => {
      const absent = 'attribute_exists(pk)';
      const call = write([checkOf(pair('a'), absent), FINE, checkOf(pair('b'), absent)]);
      await cancels(() => call(door), 'ConditionalCheckFailed, None, ConditionalCheckFailed', {
        0: CONDITION,
        2: CONDITION,
      });
      assert.equal(await there(door, 'fine'), undefined);
    },
  ],
  ...(
    [
      ['a Delete', deleteOf({ pk: 1, sk: 's' }), NO_MATCH],
      ['an Update', updateOf({ pk: 'p' }, 'SET a = :a', { ':a': 1 }), NO_MATCH],
      ['a ConditionCheck', checkOf({ ...pair('a'), x: 1 }, 'attribute_exists(pk)'), NO_MATCH],
      [
        'a Put of another type',
        putOf({ pk: 1, sk: 's' }),
        `${INVALID}Type mismatch for key pk expected: S actual: N`,
      ],
      ['a Put without the key', putOf({ pk: 'p' }), `${INVALID}Missing the key sk in the item`],
    ] as const
  ).map(
    ([what, action, message]): Behaviour => [
      `${what} whose key does not fit is a reason of its own`,
      async (door) => {
        const call = write([FINE, action]);
        await cancels(() => call(door), 'None, ValidationError', { 1: validation(message) });
        assert.equal(await there(door, 'fine'), undefined);
      },
    ],
  ),
  [
    'an index key of another type is a reason',
    async (door) => {
      const Item = { ...pair('a'), g: 5 };
      const call = write([{ Put: { TableName: 'Indexed', Item } }]);
      const text = `${INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: byGroup`;
      await cancels(() => call(door), 'ValidationError', { 0: validation(text) });
    },
  ],
  ...(
    [
      [
        'an update of a path that is not there',
        updateOf(pair('a'), 'SET m.x = :v', { ':v': 1 }),
        'The document path provided in the update expression is invalid for update',
      ],
      [
        'an update from an attribute that is not there',
        updateOf(pair('a'), 'SET b = c'),
        'The provided expression refers to an attribute that does not exist in the item',
      ],
      [
        'an update that makes too large an item',
        updateOf(pair('a'), 'SET b = :v', { ':v': 'x'.repeat(409_595) }),
        'Item size to update has exceeded the maximum allowed size',
      ],
      [
        'an update that nests too deep',
        updateOf(pair('a'), 'SET b = :v', { ':v': nested(32) }),
        DEPTH,
      ],
    ] as const
  ).map(
    ([what, action, message]): Behaviour => [
      `${what} cancels when it is executed`,
      async (door) => {
        const call = write([action, FINE]);
        await cancels(() => call(door), 'ValidationError, None', { 0: validation(message) });
        assert.equal(await there(door, 'fine'), undefined);
      },
    ],
  ),
  [
    'a key that does not fit stands beside conditions that fail',
    async (door) => {
      const call = write([deleteOf({ pk: 'p' }), checkOf(pair('a'), 'attribute_exists(pk)'), FINE]);
      await cancels(() => call(door), 'ValidationError, ConditionalCheckFailed, None', {
        0: validation(NO_MATCH),
        1: CONDITION,
      });
    },
  ],
  [
    'a TransactGet of a key that does not fit is cancelled',
    async (door) => {
      const call = get([getOf(pair('a')), getOf({ pk: 'p' })]);
      await cancels(() => call(door), 'None, ValidationError', { 1: validation(NO_MATCH) });
    },
  ],
];

const EFFECTS: readonly Behaviour[] = [
  [
    'puts, updates, deletes and checks take effect together, in several tables',
    async (door) => {
      await fill(door, 'Pairs', [
        { ...pair('old'), n: 1 },
        { ...pair('count'), n: 1 },
        pair('seen'),
      ]);
      const answer = await door.transactWrite({
        TransactItems: [
          putOf({ ...pair('new'), n: 7 }),
          deleteOf(pair('old'), {
            ConditionExpression: 'n = :n',
            ExpressionAttributeValues: { ':n': 1 },
          }),
          updateOf(pair('count'), 'ADD n :one', { ':one': 1 }),
          checkOf(pair('seen'), 'attribute_exists(pk)'),
          { Put: { TableName: 'ByNumber', Item: { pk: 5, from: 'elsewhere' } } },
          { Put: { TableName: 'Bytes', Item: { pk: 'p', sk: bytes(1, 2) } } },
        ],
      });
      assert.deepEqual(bare(answer), {});
      assert.deepEqual(await there(door, 'new'), { ...pair('new'), n: 7 });
      assert.equal(await there(door, 'old'), undefined);
      assert.deepEqual(await there(door, 'count'), { ...pair('count'), n: 2 });
      assert.deepEqual(await there(door, 'seen'), pair('seen'));
      const { Item } = await door.get({ TableName: 'ByNumber', Key: { pk: 5 } });
      assert.deepEqual(Item, { pk: 5, from: 'elsewhere' });
      assert.equal((await door.scan({ TableName: 'Bytes' })).Count, 1);
    },
  ],
  [
    'an update creates the item, and a check of a value nested too deep to be stored is evaluated',
    async (door) => {
      const deep = { ExpressionAttributeValues: { ':deep': nested(33) } };
      await door.transactWrite({
        TransactItems: [
          updateOf(pair('made'), 'SET a = if_not_exists(a, :v)', { ':v': 'x' }),
          checkOf(pair('none'), 'attribute_not_exists(a) OR a = :deep', deep),
        ],
      });
      assert.deepEqual(await there(door, 'made'), { ...pair('made'), a: 'x' });
      assert.equal(await there(door, 'none'), undefined);
    },
  ],
  [
    '100 actions are the most',
    async (door) => {
      const puts = (count: number) =>
        Array.from({ length: count }, (_, n) => putOf({ ...pair(`s${n}`), n }));
      await door.transactWrite({ TransactItems: puts(100) });
      assert.equal((await door.scan({ TableName: 'Pairs' })).Count, 100);
      await assert.rejects(door.transactWrite({ TransactItems: puts(101) }), (error: Error) => {
        assert.equal(error.name, 'ValidationException');
        assert.ok(error.message.startsWith(`${ENVELOPE}Value '[`), error.message.slice(0, 80));
        const end = `' at 'transactItems'${F}Member must have length less than or equal to 100`;
        assert.ok(error.message.endsWith(end));
        return true;
      });
    },
  ],
  [
    'items of 4 MB in all are written together',
    async (door) => {
      const large = (n: number) => ({ ...pair(`${n}`), a: 'x'.repeat(400_000) });
      const TransactItems = Array.from({ length: 10 }, (_, n) => putOf(large(n)));
      await door.transactWrite({ TransactItems });
      for (let n = 0; n < 10; n++) assert.deepEqual(await there(door, `${n}`), large(n));
    },
  ],
  [
    'indexes have the items of a transaction as soon as it is done',
    async (door) => {
      const item = (sk: string, g: string) => ({ ...pair(sk), g, l: sk, h: 1 });
      await door.transactWrite({
        TransactItems: ['a', 'b', 'c'].map((sk) => ({
          Put: { TableName: 'Indexed', Item: item(sk, sk === 'c' ? 'other' : 'group') },
        })),
      });
      await door.transactWrite({
        TransactItems: [
          { Delete: { TableName: 'Indexed', Key: pair('a') } },
          {
            Update: {
              TableName: 'Indexed',
              Key: pair('c'),
              UpdateExpression: 'SET g = :g',
              ExpressionAttributeValues: { ':g': 'group' },
            },
          },
        ],
      });
      const { Items } = await door.query({
        TableName: 'Indexed',
        IndexName: 'byGroup',
        KeyConditionExpression: 'g = :g',
        ExpressionAttributeValues: { ':g': 'group' },
      });
      assert.deepEqual(Items?.map(({ sk }) => sk).sort(), ['b', 'c']);
    },
  ],
  [
    'of many transactions that move an amount at the same time, each moves it whole',
    async (door) => {
      const accounts = ['a', 'b', 'c', 'd', 'e'];
      await fill(
        door,
        'Single',
        accounts.map((pk) => ({ pk, amount: 100 })),
      );
      const move = (n: number) => {
        const one = (pk: string, change: number) => ({
          Update: {
            TableName: 'Single',
            Key: { pk },
            UpdateExpression: 'ADD amount :c',
            ExpressionAttributeValues: { ':c': change },
          },
        });
        const from = accounts[n % 5];
        const to = accounts[(n + 1 + (n % 3)) % 5];
        return door.transactWrite({ TransactItems: [one(from, -1), one(to, 1)] });
      };
      const outcomes = await Promise.allSettled(Array.from({ length: 60 }, (_, n) => move(n)));
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected')
          assert.match(String(outcome.reason), /TransactionConflict/);
      }
      const { Items = [] } = await door.scan({ TableName: 'Single', ConsistentRead: true });
      assert.equal(
        Items.reduce((sum, { amount }) => sum + Number(amount), 0),
        500,
      );
    },
  ],
];

const READS: readonly Behaviour[] = [
  [
    'items come by position, of any tables, an absent one as an empty response',
    async (door) => {
      await fill(door, 'Pairs', [{ ...pair('a'), n: 1 }]);
      await fill(door, 'ByNumber', [{ pk: 5, x: 'y' }]);
      const { Responses } = await door.transactGet({
        TransactItems: [
          getOf(pair('none')),
          { Get: { TableName: 'ByNumber', Key: { pk: 5 } } },
          getOf(pair('a')),
        ],
      });
      assert.deepEqual(Responses, [
        {},
        { Item: { pk: 5, x: 'y' } },
        { Item: { ...pair('a'), n: 1 } },
      ]);
    },
  ],
  [
    'a projection leaves Item out where nothing of it is there',
    async (door) => {
      await fill(door, 'Pairs', [{ ...pair('a'), m: { x: 1, y: 2 } }, pair('b')]);
      const only = { ProjectionExpression: '#m.x', ExpressionAttributeNames: { '#m': 'm' } };
      const { Responses } = await door.transactGet({
        TransactItems: [getOf(pair('a'), only), getOf(pair('b'), only)],
      });
      assert.deepEqual(Responses, [{ Item: { m: { x: 1 } } }, {}]);
    },
  ],
  [
    '100 items are read at once',
    async (door) => {
      await fill(
        door,
        'Pairs',
        Array.from({ length: 100 }, (_, n) => ({ ...pair(`${n}`), n })),
      );
      const { Responses } = await door.transactGet({
        TransactItems: Array.from({ length: 100 }, (_, n) => getOf(pair(`${n}`))),
      });
      assert.deepEqual(
        Responses.map(({ Item }) => Item?.n),
        Array.from({ length: 100 }, (_, n) => n),
      );
    },
  ],
];

const token = (ClientRequestToken: string, more: object = {}) => ({ ClientRequestToken, ...more });

const TOKENS: readonly Behaviour[] = [
  [
    'the same request with the same token is written once',
    async (door) => {
      const again = write([updateOf(pair('a'), 'ADD n :n', { ':n': 1 })], token('t1'));
      await again(door);
      await again(door);
      assert.deepEqual(await there(door, 'a'), { ...pair('a'), n: 1 });
      await write([updateOf(pair('a'), 'ADD n :n', { ':n': 1 })], token('t2'))(door);
      assert.deepEqual(await there(door, 'a'), { ...pair('a'), n: 2 });
    },
  ],
  [
    'another request with the token is refused',
    async (door) => {
      await write([putOf(pair('a'))], token('t1'))(door);
      await rejects(
        () => write([putOf({ ...pair('a'), n: 1 })], token('t1'))(door),
        'IdempotentParameterMismatchException',
        'The request uses the same client token as a previous, but non-identical request.',
      );
      assert.deepEqual(await there(door, 'a'), pair('a'));
    },
  ],
  [
    'a replay succeeds although its condition would fail now',
    async (door) => {
      const once = write(
        [putOf(pair('a'), { ConditionExpression: 'attribute_not_exists(pk)' })],
        token('t1'),
      );
      await once(door);
      assert.deepEqual(bare(await once(door)), {});
    },
  ],
  [
    'a cancelled transaction leaves its token unused',
    async (door) => {
      const call = write([checkOf(pair('a'), 'attribute_exists(pk)'), FINE], token('t1'));
      await cancels(() => call(door), 'ConditionalCheckFailed, None', { 0: CONDITION });
      await fill(door, 'Pairs', [pair('a')]);
      await call(door);
      assert.deepEqual(await there(door, 'fine'), pair('fine'));
    },
  ],
  [
    'a replay is charged for reads, and may ask for them',
    async (door) => {
      const Item = { ...pair('a'), a: 'x'.repeat(5000) };
      await write([putOf(Item)], token('t1'))(door);
      const { ConsumedCapacity } = await write(
        [putOf(Item)],
        token('t1', { ReturnConsumedCapacity: 'TOTAL' }),
      )(door);
      assert.deepEqual(ConsumedCapacity, [
        { TableName: 'Pairs', CapacityUnits: 4, ReadCapacityUnits: 4 },
      ]);
    },
  ],
];

const CAPACITY: readonly Behaviour[] = [
  [
    'writes cost twice, each rounded on its own, deletes and checks of nothing too',
    async (door) => {
      const { ConsumedCapacity } = await write(
        [
          putOf({ ...pair('a'), a: 'x'.repeat(1500) }),
          deleteOf(pair('b')),
          checkOf(pair('c'), 'attribute_not_exists(pk)'),
          { Put: { TableName: 'ByNumber', Item: { pk: 1 } } },
        ],
        { ReturnConsumedCapacity: 'TOTAL' },
      )(door);
      assert.deepEqual(ConsumedCapacity, [
        { TableName: 'Pairs', CapacityUnits: 8, WriteCapacityUnits: 8 },
        { TableName: 'ByNumber', CapacityUnits: 2, WriteCapacityUnits: 2 },
      ]);
    },
  ],
  [
    'INDEXES lists the indexes that were touched, for twice their units',
    async (door) => {
      const Item = { ...pair('a'), g: 'x' };
      const { ConsumedCapacity } = await write([{ Put: { TableName: 'Indexed', Item } }], {
        ReturnConsumedCapacity: 'INDEXES',
      })(door);
      const units = (count: number) => ({ CapacityUnits: count, WriteCapacityUnits: count });
      assert.deepEqual(ConsumedCapacity, [
        {
          TableName: 'Indexed',
          ...units(4),
          Table: units(2),
          GlobalSecondaryIndexes: { byGroup: units(2) },
        },
      ]);
    },
  ],
  [
    'reads cost twice, a missing item too, summed by table',
    async (door) => {
      await fill(door, 'Pairs', [{ ...pair('a'), a: 'x'.repeat(5000) }]);
      const { ConsumedCapacity } = await get([getOf(pair('a')), getOf(pair('none'))], {
        ReturnConsumedCapacity: 'TOTAL',
      })(door);
      assert.deepEqual(ConsumedCapacity, [
        { TableName: 'Pairs', CapacityUnits: 6, ReadCapacityUnits: 6 },
      ]);
    },
  ],
  [
    'item collections are listed by table, those with local indexes alone',
    async (door) => {
      const { ItemCollectionMetrics } = await write(
        [
          FINE,
          { Put: { TableName: 'Indexed', Item: pair('a') } },
          { Put: { TableName: 'Indexed', Item: pair('b') } },
        ],
        { ReturnItemCollectionMetrics: 'SIZE' },
      )(door);
      assert.deepEqual(ItemCollectionMetrics, {
        Indexed: [{ ItemCollectionKey: { pk: 'p' }, SizeEstimateRangeGB: [0, 1] }],
      });
    },
  ],
];

export function transactions(factory: DoorFactory): void {
  refusals('TransactWriteItems', factory, WRITE);
  refusals('TransactGetItems', factory, GET);
  behaviours('Transactions: cancellations', factory, CANCELLATIONS, [INDEXED]);
  behaviours('Transactions: effects', factory, EFFECTS, [INDEXED]);
  behaviours('Transactions: reads', factory, READS);
  behaviours('Transactions: tokens', factory, TOKENS);
  behaviours('Transactions: capacity', factory, CAPACITY, [INDEXED]);
}
