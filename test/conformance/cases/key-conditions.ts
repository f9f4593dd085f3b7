// KeyConditionExpression and its placeholders, through Query: expressions.md 2 to 8.

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

const X = 'Invalid KeyConditionExpression: ';
const INVALID = 'One or more parameter values were invalid: ';
const CONDITION = 'Invalid condition in KeyConditionExpression: ';
const SCHEMA_TYPE = `${INVALID}Condition parameter type does not match schema type`;
const EMPTY_KEY =
  'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty';
const OPERATOR = `${X}Invalid operator used in KeyConditionExpression: `;
const WRONG_TYPE = `${X}Incorrect operand type for operator or function; operator or function: `;
const NAMES = 'ExpressionAttributeNames';
const VALUES = 'ExpressionAttributeValues';

/** A query of Pairs (or another table) with values called :a, :b, … */
const query =
  (KeyConditionExpression: unknown, values: object = { ':p': 'p', ':s': 's' }, more: object = {}) =>
  (door: Door) =>
    door.query({
      TableName: 'Pairs',
      KeyConditionExpression,
      ExpressionAttributeValues: values,
      ...more,
    });

/**
 * Text, offending token, near. Every text is queried with no values, which a syntax error comes
 * before.
 */
const SYNTAX: readonly (readonly [string, string, string])[] = [
  ['pk = ', '<EOF>', '='],
  ['pk', '<EOF>', 'pk'],
  ['(', '<EOF>', '('],
  ['pk = :p AND', '<EOF>', 'AND'],
  ['pk = :p AND AND sk = :s', 'AND', 'AND AND sk'],
  ['pk = :p sk = :s', 'sk', ':p sk ='],
  ['pk == :p', '=', '== :p'],
  ['pk = :p)', ')', ':p)'],
  ['(pk = :p', '<EOF>', ':p'],
  ['= :p', '=', '= :p'],
  ['!!', '!', '!!'],
  ['pk != :p', '!', 'pk !='],
  ['_pk = :p', '_', '_pk'],
  ['pk = :p AND _sk = :s', '_', 'AND _sk'],
  ['1pk = :p', '1', '1pk'],
  ['pk = 5', '5', '= 5'],
  ['pk = "p"', '"', '= "p'],
  ['# = :p', '#', '# ='],
  ['pk = :', ':', '= :'],
  ['sk[:i] = :p', ':i', '[:i]'],
  ['sk[#i] = :p', '#i', '[#i]'],
  ['sk. = :p', '=', '. = :p'],
  ['begins_with() = :p', ')', '() ='],
  ['begins_with(sk, :p', '<EOF>', ':p'],
  ['pk = :p = :p', '=', ':p = :p'],
  ['pk BETWEEN :p', '<EOF>', ':p'],
  ['pk BETWEEN :p OR :s', 'OR', ':p OR :s'],
  ['pk IN :p', ':p', 'IN :p'],
  ['a AND b', 'AND', 'a AND b'],
  ['pk = (pk = :p)', '<EOF>', ')'],
  ['pk + :p', '+', 'pk + :p'],
];

const REFUSALS: readonly Refusal[] = [
  ...SYNTAX.map(
    ([text, token, near]): Refusal => [
      `as a syntax error: ${text}`,
      query(text),
      `${X}Syntax error; token: "${token}", near: "${near}"`,
    ],
  ),
  ['an empty expression', query(''), `${X}The expression can not be empty;`],
  ['an expression of white space', query(' \t\r\n'), `${X}The expression can not be empty;`],
  [
    '4,097 bytes, before the syntax is looked at',
    query('('.repeat(4097)),
    `${X}Expression size has exceeded the maximum allowed size; expression size: 4097`,
  ],
  [
    'a number for the expression',
    query(5),
    'NUMBER_VALUE cannot be converted to String',
    'SerializationException',
  ],
  [
    'doubled parentheses around a condition',
    query('((pk = :p))'),
    `${X}The expression has redundant parentheses;`,
  ],
  [
    'doubled parentheses around an operand',
    query('pk = ((:p))'),
    `${X}The expression has redundant parentheses;`,
  ],
  [
    'parentheses nested as deep as fits',
    query(`${'('.repeat(2000)}pk = :p${')'.repeat(2000)}`),
    `${X}The expression has redundant parentheses;`,
  ],
  [
    'more than 300 operators',
    query(Array.from({ length: 151 }, () => 'pk = :p').join(' AND ')),
    `${X}The expression contains too many operators; operator count: 301`,
  ],
  [
    'an unknown function',
    query('pk = :p AND starts_with(sk, :s)'),
    `${X}Invalid function name; function: starts_with`,
  ],
  [
    'a function in the wrong case',
    query('pk = :p AND BEGINS_WITH(sk, :s)'),
    `${X}Invalid function name; function: BEGINS_WITH`,
  ],
  [
    'a function of updates',
    query('pk = :p AND list_append(sk, :s)'),
    `${X}Invalid function name; function: list_append`,
  ],
  [
    'size as a condition',
    query('pk = :p AND size(sk)'),
    `${X}The function is not allowed to be used this way in an expression; function: size`,
  ],
  [
    'begins_with as an operand',
    query('pk = begins_with(sk, :s)'),
    `${X}The function is not allowed to be used this way in an expression; function: begins_with`,
  ],
  [
    'a reserved word, as written',
    query('Status = :p'),
    `${X}Attribute name is a reserved keyword; reserved keyword: Status`,
  ],
  [
    'a reserved word inside a path',
    query('pk.name = :p'),
    `${X}Attribute name is a reserved keyword; reserved keyword: name`,
  ],
  [
    'an undefined name',
    query('#x = :p'),
    `${X}An expression attribute name used in the document path is not defined; attribute name: #x`,
  ],
  [
    'an undefined value',
    query('pk = :x'),
    `${X}An expression attribute value used in expression is not defined; attribute value: :x`,
  ],
  [
    'an unused name',
    query('pk = :p AND sk = :s', undefined, { [NAMES]: { '#unused': 'a' } }),
    `Value provided in ${NAMES} unused in expressions: keys: {#unused}`,
  ],
  [
    'unused values',
    query('pk = :p', { ':p': 'p', ':a': 1, ':b': 2 }),
    `Value provided in ${VALUES} unused in expressions: keys: {:a, :b}`,
  ],
  [
    'no names',
    query('pk = :p AND sk = :s', undefined, { [NAMES]: {} }),
    `${NAMES} must not be empty`,
  ],
  ['no values', query('pk = :p', {}), `${VALUES} must not be empty`],
  [
    'a name without its sign',
    query('pk = :p', undefined, { [NAMES]: { s: 'a' } }),
    `${NAMES} contains invalid key: Syntax error; key: "s"`,
  ],
  [
    'a value without its sign',
    query('pk = :p', { v: 1 }),
    `${VALUES} contains invalid key: Syntax error; key: "v"`,
  ],
  [
    'an empty set among the values',
    query('pk = :p', { ':p': new Set() }),
    `${INVALID}An string set  may not be empty`,
  ],
  [
    'names without an expression',
    query(undefined, undefined, { [NAMES]: { '#a': 'a' } }),
    `${NAMES} can only be specified when using expressions`,
  ],
  [
    'values without an expression',
    query(undefined),
    `${VALUES} can only be specified when using expressions: FilterExpression and KeyConditionExpression are null`,
  ],
  [
    'no expression at all',
    (door) => door.query({ TableName: 'Pairs' }),
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
  ],
  ['OR', query('pk = :p OR sk = :s'), `${OPERATOR}OR`],
  ['NOT', query('NOT pk = :p'), `${OPERATOR}NOT`],
  ['IN', query('pk IN (:p, :s)'), `${OPERATOR}IN`],
  ['<>', query('pk <> :p'), `${OPERATOR}<>`],
  ['attribute_exists', query('pk = :p AND attribute_exists(sk)'), `${OPERATOR}attribute_exists`],
  ['contains', query('pk = :p AND contains(sk, :s)'), `${OPERATOR}contains`],
  [
    'size as an operand',
    query('pk = :p AND size(sk) > :s'),
    `${X}KeyConditionExpressions cannot contain nested operations`,
  ],
  [
    'a map path',
    query('pk = :p AND sk.a = :s'),
    `${X}KeyConditionExpressions cannot have conditions on nested attributes`,
  ],
  [
    'a list path',
    query('pk = :p AND sk[0] = :s'),
    `${X}KeyConditionExpressions cannot have conditions on nested attributes`,
  ],
  [
    'two conditions on one key',
    query('pk = :p AND pk = :s'),
    `${X}KeyConditionExpressions must only contain one condition per key`,
  ],
  [
    'two attributes in one condition',
    query('pk = sk'),
    `${CONDITION}Multiple attribute names used in one condition`,
  ],
  [
    'an attribute compared with itself',
    query('pk = pk'),
    `${X}The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [pk]`,
  ],
  ['no attribute in a condition', query(':p = :s'), `${CONDITION}No key attribute specified`],
  [
    'BETWEEN around a value',
    query('pk = :p AND :s BETWEEN sk AND :p'),
    `${CONDITION}BETWEEN operator must have the key attribute as its first operand`,
  ],
  [
    'begins_with with one operand',
    query('pk = :p AND begins_with(sk)'),
    `${X}Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1`,
  ],
  [
    'begins_with a number',
    query('pk = :p AND begins_with(sk, :s)', { ':p': 'p', ':s': 1 }),
    `${WRONG_TYPE}begins_with, operand type: N`,
  ],
  [
    '< with a boolean',
    query('pk = :p AND sk < :s', { ':p': 'p', ':s': true }),
    `${WRONG_TYPE}<, operand type: BOOL`,
  ],
  [
    'BETWEEN with a list',
    query('pk = :p AND sk BETWEEN :s AND :p', { ':p': 'p', ':s': [] }),
    `${WRONG_TYPE}BETWEEN, operand type: L`,
  ],
  [
    'bounds of two types',
    query('pk = :p AND sk BETWEEN :p AND :s', { ':p': 'p', ':s': 1 }),
    `${X}The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {S:p}, upper bound operand: AttributeValue: {N:1}`,
  ],
  [
    'bounds in the wrong order',
    query(
      'pk = :p AND sk BETWEEN :a AND :b',
      { ':p': 'p', ':a': 5, ':b': 1 },
      { TableName: 'Numbers' },
    ),
    `${X}The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {N:1}`,
  ],
  [
    'the first fault from the left',
    query('pk = :x AND sk < :t', { ':t': true }),
    `${X}An expression attribute value used in expression is not defined; attribute value: :x`,
  ],
  [
    'more attributes than keys',
    query('pk = :p AND sk = :s AND b = :p'),
    'The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)',
  ],
  [
    'a missing partition key',
    query('sk = :s', { ':s': 's' }),
    'Query condition missed key schema element: pk',
  ],
  [
    'a second attribute that is not the sort key',
    query('pk = :p AND b = :s'),
    'Query condition missed key schema element: sk',
  ],
  ['a range of partition keys of another type', query('pk > :p', { ':p': 1 }), SCHEMA_TYPE],
  [
    'a range of partition keys',
    query('pk > :p', { ':p': 'p' }),
    'Query key condition not supported',
  ],
  [
    'a sort condition on a table without a sort key',
    query('pk = :p AND sk = :s', undefined, { TableName: 'Single' }),
    'Query key condition not supported',
  ],
  [
    'three conditions on a table without a sort key',
    query('pk = :p AND sk = :s AND a = :p', undefined, { TableName: 'Single' }),
    'The number of query conditions (3) exceeds the number of key attributes defined in the schema (1)',
  ],
  [
    'attribute_not_exists',
    query('pk = :p AND attribute_not_exists(sk)'),
    `${OPERATOR}attribute_not_exists`,
  ],
  ['attribute_type', query('pk = :p AND attribute_type(sk, :s)'), `${OPERATOR}attribute_type`],
  ['OR under AND', query('pk = :p AND (sk = :s OR sk = :p)'), `${OPERATOR}OR`],
  ['NOT under AND', query('pk = :p AND NOT sk = :s'), `${OPERATOR}NOT`],
  [
    'two ranges of one key',
    query('pk = :p AND sk > :s AND sk < :p'),
    `${X}KeyConditionExpressions must only contain one condition per key`,
  ],
  [
    'size of the value',
    query('pk = size(:p)'),
    `${X}KeyConditionExpressions cannot contain nested operations`,
  ],
  [
    'a key that begins another way round',
    query('pk = :p AND begins_with(:s, sk)'),
    `${CONDITION}begins_with operator must have the key attribute as its first operand`,
  ],
  [
    'values alone in BETWEEN',
    query(':p BETWEEN :p AND :s'),
    `${CONDITION}No key attribute specified`,
  ],
  [
    'attributes for bounds',
    query('pk = :p AND sk BETWEEN a AND :s'),
    `${CONDITION}Multiple attribute names used in one condition`,
  ],
  [
    'a set for a key',
    query('pk = :p AND sk = :s', { ':p': 'p', ':s': new Set(['s']) }),
    SCHEMA_TYPE,
  ],
  ['null for a key', query('pk = :p', { ':p': null }), SCHEMA_TYPE],
  [
    'a wrong operand before a missing table is noticed',
    query('pk = :p AND sk < :s', { ':p': 'p', ':s': [] }, { TableName: 'Nowhere' }),
    `${WRONG_TYPE}<, operand type: L`,
  ],
  [
    'a wrong operand before the number of conditions',
    query('pk = :p AND a = :p AND sk < :s', { ':p': 'p', ':s': [] }),
    `${WRONG_TYPE}<, operand type: L`,
  ],
  [
    'a missing table before the number of conditions',
    query('pk = :p AND a = :p AND sk < :s', undefined, { TableName: 'Nowhere' }),
    'Requested resource not found',
    'ResourceNotFoundException',
  ],
  [
    'a fault of the key condition before one of the filter',
    query('pk = :x', { ':p': 'p' }, { FilterExpression: 'a = :y', ProjectionExpression: '#z' }),
    `${X}An expression attribute value used in expression is not defined; attribute value: :x`,
  ],
  [
    'a fault of the filter before one of the projection',
    query('pk = :p', { ':p': 'p' }, { FilterExpression: 'a = :y', ProjectionExpression: '#z' }),
    'Invalid FilterExpression: An expression attribute value used in expression is not defined; attribute value: :y',
  ],
  [
    'a value that only the filter could use and does not',
    query('pk = :p', { ':p': 'p', ':q': 1 }, { FilterExpression: 'a = b' }),
    `Value provided in ${VALUES} unused in expressions: keys: {:q}`,
  ],
  [
    'begins_with on the partition key',
    query('begins_with(pk, :p)', { ':p': 'p' }),
    'Query key condition not supported',
  ],
  ['a partition key of another type', query('pk = :p', { ':p': 1 }), SCHEMA_TYPE],
  ['a boolean for a key', query('pk = :p', { ':p': true }), SCHEMA_TYPE],
  ['a sort key of another type', query('pk = :p AND sk > :s', { ':p': 'p', ':s': 1 }), SCHEMA_TYPE],
  [
    'begins_with a string on a number key',
    query('pk = :p AND begins_with(sk, :s)', undefined, { TableName: 'Numbers' }),
    SCHEMA_TYPE,
  ],
  ['an empty partition key', query('pk = :p', { ':p': '' }), `${EMPTY_KEY} string value. Key: pk`],
  [
    'an empty sort key',
    query('pk = :p AND sk > :s', { ':p': 'p', ':s': '' }),
    `${EMPTY_KEY} string value. Key: sk`,
  ],
  [
    'a partition key of 2,049 bytes',
    query('pk = :p', { ':p': 'p'.repeat(2049) }),
    `${INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
  ],
  [
    'a sort key of 1,025 bytes',
    query('pk = :p AND sk = :s', { ':p': 'p', ':s': 's'.repeat(1025) }),
    `${INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
  ],
  [
    'a static fault before a missing table',
    query('pk = :x', { ':p': 1 }, { TableName: 'Nowhere' }),
    `${X}An expression attribute value used in expression is not defined; attribute value: :x`,
  ],
  [
    'a missing table before the schema',
    query('x = :p', { ':p': 1 }, { TableName: 'Nowhere' }),
    'Requested resource not found',
    'ResourceNotFoundException',
  ],
];

/** Expression, its values beside `:p`, and the sort keys found of 1 to 5. */
const NUMBER_RANGES: readonly (readonly [string, object, readonly number[]])[] = [
  ['pk = :p', {}, [1, 2, 3, 4, 5]],
  [':p = pk', {}, [1, 2, 3, 4, 5]],
  ['(pk = :p) AND (sk = :a)', { ':a': 3 }, [3]],
  ['(pk = :p AND sk = :a)', { ':a': 3 }, [3]],
  ['sk < :a and pk = :p', { ':a': 3 }, [1, 2]],
  ['pk = :p AND sk <= :a', { ':a': 3 }, [1, 2, 3]],
  ['pk = :p AND sk > :a', { ':a': 3 }, [4, 5]],
  ['pk = :p AND sk >= :a', { ':a': 3n }, [3, 4, 5]],
  ['pk = :p AND :a <= sk', { ':a': 4 }, [4, 5]],
  ['pk = :p AND :a > sk', { ':a': 2 }, [1]],
  ['pk = :p AND sk BETWEEN :a AND :b', { ':a': 2, ':b': 4 }, [2, 3, 4]],
  ['pk=:p AnD sk BeTween:a AND:b', { ':a': 2.5, ':b': 3 }, [3]],
  ['pk = :p AND sk BETWEEN (:a) AND :b', { ':a': 2, ':b': 2 }, [2]],
  ['pk = :p AND sk > :a', { ':a': 5 }, []],
];

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'every operator selects its range of numbers',
    async (door) => {
      for (const sk of [3, 1, 5, 2, 4])
        await door.put({ TableName: 'Numbers', Item: { pk: 'p', sk } });
      await door.put({ TableName: 'Numbers', Item: { pk: 'q', sk: 3 } });
      for (const [KeyConditionExpression, values, found] of NUMBER_RANGES) {
        const { Items } = await door.query({
          TableName: 'Numbers',
          KeyConditionExpression,
          ExpressionAttributeValues: { ':p': 'p', ...values },
        });
        assert.deepEqual(
          Items?.map(({ sk }) => sk),
          found,
          KeyConditionExpression,
        );
      }
    },
  ],
  [
    'begins_with takes a prefix of strings, and the empty one',
    async (door) => {
      for (const sk of ['a', 'ab', 'abc', 'b', '\uFFFF'])
        await door.put({ TableName: 'Pairs', Item: { pk: 'p', sk } });
      const found = async (prefix: string) => {
        const { Items } = await query('pk = :p AND begins_with(sk, :s)', {
          ':p': 'p',
          ':s': prefix,
        })(door);
        return Items?.map(({ sk }) => sk);
      };
      assert.deepEqual(await found('ab'), ['ab', 'abc']);
      assert.deepEqual(await found('\uFFFF'), ['\uFFFF']);
      assert.deepEqual(await found(''), ['a', 'ab', 'abc', 'b', '\uFFFF']);
      assert.deepEqual(await found('x'), []);
    },
  ],
  [
    'begins_with takes a prefix of bytes, 255 among them',
    async (door) => {
      for (const sk of [bytes(0), bytes(255), bytes(255, 255), bytes(255, 0)]) {
        await door.put({ TableName: 'Bytes', Item: { pk: 'p', sk } });
      }
      const values = { ':p': 'p', ':s': bytes(255) };
      const { Items } = await query('pk = :p AND begins_with(sk, :s)', values, {
        TableName: 'Bytes',
      })(door);
      assert.deepEqual(
        Items?.map(({ sk }) => sk),
        [bytes(255), bytes(255, 0), bytes(255, 255)],
      );
    },
  ],
  [
    'names stand for any attribute, reserved words too, and may begin with a digit',
    async (door) => {
      await door.put({ TableName: 'Pairs', Item: { pk: 'p', sk: 's' } });
      const names = { '#1': 'pk', '#_sk': 'sk' };
      const answer = await query('#1 = :p AND #_sk = :s', undefined, { [NAMES]: names })(door);
      assert.equal(answer.Count, 1);
    },
  ],
  [
    '4,096 bytes of expression are accepted',
    async (door) => {
      const text = `pk = :p${' '.repeat(4089)}`;
      assert.equal((await query(text, { ':p': 'p' })(door)).Count, 0);
    },
  ],
];

export function keyConditions(factory: DoorFactory): void {
  refusals('KeyConditionExpression', factory, REFUSALS);
  behaviours('KeyConditionExpression', factory, BEHAVIOURS);
}
