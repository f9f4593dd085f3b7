// What conditions and filters refuse before a table is looked at, in the words of both kinds:
// expressions.md 2 to 6, data-model.md 10. Every refusal is asked of a table that is not there.

import { bytes, nested, refusals, type Door, type DoorFactory, type Refusal } from '../door.js';
import { ENVELOPE, NOT_FOUND } from '../fixtures.js';

const NOWHERE = { TableName: 'Nowhere' };

/** A condition of PutItem, and a filter of Scan. */
const KINDS = {
  Condition: (ConditionExpression: string, more: object) => (door: Door) =>
    door.put({ ...NOWHERE, Item: { pk: 'p' }, ConditionExpression, ...more }),
  Filter: (FilterExpression: string, more: object) => (door: Door) =>
    door.scan({ ...NOWHERE, FilterExpression, ...more }),
} as const;

const names = (ExpressionAttributeNames: object) => ({ ExpressionAttributeNames });
const values = (ExpressionAttributeValues: object) => ({ ExpressionAttributeValues });
const one = values({ ':a': 1 });
const two = values({ ':a': 1, ':b': 2 });
const TYPE = 'Incorrect operand type for operator or function; operator or function: ';
const COUNT = 'Incorrect number of operands for operator or function; operator or function: ';
const MISUSED = 'The function is not allowed to be used this way in an expression; function: ';
const DISTINCT =
  'The first operand must be distinct from the remaining operands for this operator or function; operator: ';
const PATH = 'Operator or function requires a document path; operator or function: ';
const PARENTHESES = 'The expression has redundant parentheses;';
const RESERVED = 'Attribute name is a reserved keyword; reserved keyword: ';
const NO_NAME =
  'An expression attribute name used in the document path is not defined; attribute name: ';
const NO_VALUE =
  'An expression attribute value used in expression is not defined; attribute value: ';
const SAME_TYPE = 'The BETWEEN operator requires same data type for lower and upper bounds;';
const ORDER =
  'The BETWEEN operator requires upper bound to be greater than or equal to lower bound;';
const bounds = (lower: string, upper: string) =>
  ` lower bound operand: AttributeValue: {${lower}}, upper bound operand: AttributeValue: {${upper}}`;
const syntax = (token: string, near: string) => `Syntax error; token: "${token}", near: "${near}"`;
const operators = (count: number) =>
  Array.from({ length: (count + 1) / 2 }, () => 'a = :a').join(' AND ');

/** [text of the expression, other parameters, text after the kind, rule if the text does not say it]. */
const FAULTS: readonly (readonly [string, object, string, string?])[] = [
  ['', {}, 'The expression can not be empty;', 'nothing'],
  ['  \t\n', {}, 'The expression can not be empty;', 'white space'],
  [
    `a = :a${' '.repeat(4091)}`,
    one,
    'Expression size has exceeded the maximum allowed size; expression size: 4097',
    '4,097 bytes',
  ],
  [
    `é${'é'.repeat(2048)}`,
    {},
    'Expression size has exceeded the maximum allowed size; expression size: 4098',
    'bytes, not characters, over the limit; before syntax',
  ],
  ['a', {}, syntax('<EOF>', 'a')],
  [':a', one, syntax('<EOF>', ':a')],
  ['a =', {}, syntax('<EOF>', '=')],
  ['a = :a AND', one, syntax('<EOF>', 'AND')],
  ['a = :a b', one, syntax('b', ':a b')],
  ['a = 5', {}, syntax('5', '= 5')],
  ["a = 'x'", {}, syntax("'", "= 'x")],
  ['a == :a', one, syntax('=', '== :a')],
  ['_a = :a', one, syntax('_', '_a')],
  ['a-b = :a', one, syntax('-', 'a-b')],
  ['a[-1] = :a', one, syntax('-', '[-1')],
  ['a[b] = :a', one, syntax('b', '[b]')],
  ['a..b = :a', one, syntax('.', '..b')],
  ['a BETWEEN :a', one, syntax('<EOF>', ':a')],
  ['a BETWEEN :a OR :a', one, syntax('OR', ':a OR :a')],
  ['a IN ()', {}, syntax(')', '()')],
  ['a IN :a', one, syntax(':a', 'IN :a')],
  ['a IN (:a', one, syntax('<EOF>', ':a')],
  ['NOT', {}, syntax('<EOF>', 'NOT')],
  ['attribute_exists()', {}, syntax(')', '()')],
  ['size(a) + :a', one, syntax('+', ') + :a')],
  ['((a = :a))', one, PARENTHESES],
  ['(((a = :a) AND b = :a))', one, PARENTHESES],
  ['NOT ((a = :a))', one, PARENTHESES],
  ['a = ((:a))', one, PARENTHESES],
  ['size(((a))) = :a', one, PARENTHESES],
  ['((attribute_exists(a)))', {}, PARENTHESES],
  ['((a = :a)) AND', one, syntax('<EOF>', 'AND'), 'a syntax error before redundant parentheses'],
  ['((nope(a)))', {}, PARENTHESES, 'redundant parentheses before an unknown function'],
  [
    operators(301),
    one,
    'The expression contains too many operators; operator count: 301',
    '301 operators',
  ],
  ['nope(a)', {}, 'Invalid function name; function: nope'],
  ['SIZE(a) = :a', one, 'Invalid function name; function: SIZE'],
  ['Attribute_exists(a)', {}, 'Invalid function name; function: Attribute_exists'],
  ['if_not_exists(a, :a)', one, 'Invalid function name; function: if_not_exists'],
  ['list_append(a, :a) = :a', one, 'Invalid function name; function: list_append'],
  [
    'size(a) AND nope(b)',
    {},
    'Invalid function name; function: nope',
    'an unknown function before a misused one',
  ],
  [
    'status = nope(:x)',
    {},
    'Invalid function name; function: nope',
    'an unknown function before a reserved word',
  ],
  ['size(a)', {}, `${MISUSED}size`],
  ['NOT size(a)', {}, `${MISUSED}size`],
  ['attribute_exists(a) = :a', one, `${MISUSED}attribute_exists`],
  ['a = begins_with(b, :a)', one, `${MISUSED}begins_with`],
  ['contains(a, contains(b, :a))', one, `${MISUSED}contains`],
  ['a IN (:a, attribute_type(b, :a))', one, `${MISUSED}attribute_type`],
  ['size(status)', {}, `${MISUSED}size`, 'a misused function before a reserved word'],
  ['Status = :x', {}, `${RESERVED}Status`, 'a reserved word, before an undefined value'],
  ['a.b.SIZE = :a', one, `${RESERVED}SIZE`],
  ['a[0].Name = :a', one, `${RESERVED}Name`],
  ['attribute_exists(ttl)', {}, `${RESERVED}ttl`],
  ['contains(a, data)', {}, `${RESERVED}data`],
  ['#a = :a', one, `${NO_NAME}#a`],
  ['a.#b = :a', one, `${NO_NAME}#b`],
  ['a = :x', {}, `${NO_VALUE}:x`],
  ['a = :a AND b = :b', one, `${NO_VALUE}:b`],
  ['attribute_exists(a, b)', {}, `${COUNT}attribute_exists, number of operands: 2`],
  ['attribute_not_exists(a, b)', {}, `${COUNT}attribute_not_exists, number of operands: 2`],
  ['attribute_type(a)', {}, `${COUNT}attribute_type, number of operands: 1`],
  ['begins_with(a)', {}, `${COUNT}begins_with, number of operands: 1`],
  ['begins_with(a, b, c)', {}, `${COUNT}begins_with, number of operands: 3`],
  ['contains(a)', {}, `${COUNT}contains, number of operands: 1`],
  ['contains(a, b, c)', {}, `${COUNT}contains, number of operands: 3`],
  ['size(a, b) = :a', one, `${COUNT}size, number of operands: 2`],
  ['attribute_exists(:a)', one, `${PATH}attribute_exists`],
  ['attribute_not_exists(:a)', one, `${PATH}attribute_not_exists`],
  ['attribute_exists(size(a))', {}, `${PATH}attribute_exists`],
  ...(['=', '<>', '<', '<=', '>', '>='] as const).map(
    (operator) => [`a ${operator} a`, {}, `${DISTINCT}${operator}, first operand: [a]`] as const,
  ),
  ['a.b[2] = #a.b[2]', names({ '#a': 'a' }), `${DISTINCT}=, first operand: [a, b, [2]]`],
  ['contains(data_, data_)', {}, `${DISTINCT}contains, first operand: [data_]`],
  ['begins_with(a, a)', {}, `${DISTINCT}begins_with, first operand: [a]`],
  ['a BETWEEN a AND :a', one, `${DISTINCT}BETWEEN, first operand: [a]`],
  ['a IN (b, a)', {}, `${DISTINCT}IN, first operand: [a]`],
  ...(['<', '<=', '>', '>='] as const).flatMap((operator) =>
    (
      [
        ['BOOL', true],
        ['NULL', null],
        ['L', []],
        ['M', {}],
        ['SS', new Set(['a'])],
        ['NS', new Set([1])],
        ['BS', new Set([bytes(1)])],
      ] as const
    ).map(
      ([type, value]) =>
        [
          `a ${operator} :a`,
          values({ ':a': value }),
          `${TYPE}${operator}, operand type: ${type}`,
          `${operator} with a constant ${type}`,
        ] as const,
    ),
  ),
  [
    ':a < a',
    values({ ':a': true }),
    `${TYPE}<, operand type: BOOL`,
    'an ordering constant on the left',
  ],
  ['a BETWEEN :a AND :b', values({ ':a': 1, ':b': null }), `${TYPE}BETWEEN, operand type: NULL`],
  ['a BETWEEN :a AND :b', values({ ':a': [], ':b': [] }), `${TYPE}BETWEEN, operand type: L`],
  ['a BETWEEN :a AND :b', values({ ':a': 1, ':b': 'x' }), SAME_TYPE + bounds('N:1', 'S:x')],
  [
    'a BETWEEN :a AND :b',
    values({ ':a': 'x', ':b': bytes(0) }),
    SAME_TYPE + bounds('S:x', 'B:AA=='),
  ],
  ['a BETWEEN :a AND :b', values({ ':a': 5, ':b': 1 }), ORDER + bounds('N:5', 'N:1')],
  ['a BETWEEN :a AND :b', values({ ':a': 'b', ':b': 'a' }), ORDER + bounds('S:b', 'S:a')],
  [
    'a BETWEEN :a AND :b',
    values({ ':a': bytes(1), ':b': bytes(0) }),
    ORDER + bounds('B:AQ==', 'B:AA=='),
  ],
  [
    'a BETWEEN :a AND :b',
    values({ ':a': '\u{1F600}', ':b': '\uFFFD' }),
    ORDER + bounds('S:\u{1F600}', 'S:\uFFFD'),
  ],
  ['begins_with(a, :a)', one, `${TYPE}begins_with, operand type: N`],
  ['begins_with(:a, a)', values({ ':a': [] }), `${TYPE}begins_with, operand type: L`],
  ['begins_with(a, size(b))', {}, `${TYPE}begins_with, operand type: N`],
  ['size(:a) = a', one, `${TYPE}size, operand type: N`],
  ['size(:a) = a', values({ ':a': true }), `${TYPE}size, operand type: BOOL`],
  ['size(:a) = a', values({ ':a': null }), `${TYPE}size, operand type: NULL`],
  ['size(size(a)) = :a', one, `${TYPE}size, operand type: N`],
  ['attribute_type(a, :a)', one, `${TYPE}attribute_type, operand type: N`],
  [
    'attribute_type(a, b)',
    {},
    `${TYPE}attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}`,
  ],
  [
    'attribute_type(a, :a)',
    values({ ':a': 'STRING' }),
    'Invalid attribute type name found; type: STRING, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
  ],
  [
    'attribute_type(a, :a)',
    values({ ':a': 's' }),
    'Invalid attribute type name found; type: s, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
  ],
  [
    'a < :a AND b = :x',
    values({ ':a': true }),
    `${TYPE}<, operand type: BOOL`,
    'the first clause in fault',
  ],
  [
    'b = :x AND a < :a',
    values({ ':a': true }),
    `${NO_VALUE}:x`,
    'the first clause in fault, turned round',
  ],
];

/** Faults of the placeholders of a request, without a kind: [rule, expression, parameters, text]. */
const MAPS: readonly (readonly [string, string, object, string])[] = [
  ['no names', 'a = :a', { ...one, ...names({}) }, 'ExpressionAttributeNames must not be empty'],
  ['no values', 'a = b', values({}), 'ExpressionAttributeValues must not be empty'],
  [
    'no names, before no values',
    'a = b',
    { ...names({}), ...values({}) },
    'ExpressionAttributeNames must not be empty',
  ],
  ...['s', '#', '#a-b', '#a b', '##a', ':a'].map(
    (key) =>
      [
        `the name placeholder ${key}`,
        'a = b',
        names({ [key]: 'a' }),
        `ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`,
      ] as const,
  ),
  ...['v', ':', ':a.b', '::v', '#v'].map(
    (key) =>
      [
        `the value placeholder ${key}`,
        'a = b',
        values({ [key]: 1 }),
        `ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`,
      ] as const,
  ),
  [
    'an unused name',
    'a = b',
    names({ '#x': 'x' }),
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}',
  ],
  [
    'unused names, joined, and before unused values',
    '#a = b',
    { ...names({ '#a': 'a', '#x': 'x', '#y': 'y' }), ...one },
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#x, #y}',
  ],
  [
    'unused values, joined',
    'a = :a',
    values({ ':a': 1, ':b': 2, ':c': 3 }),
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:b, :c}',
  ],
  ['a fault of the expression before an unused value', 'a = = :a', two, ''],
];

const REFUSALS: readonly Refusal[] = (['Condition', 'Filter'] as const).flatMap((kind) => {
  const around = kind === 'Condition' ? ENVELOPE : '';
  return [
    ...FAULTS.map(
      ([text, more, fault, rule]): Refusal => [
        `${rule ?? `${text} ${shown(more)}`}: ${kind}`,
        KINDS[kind](text, more),
        `${around}Invalid ${kind}Expression: ${fault}`,
      ],
    ),
    ...MAPS.map(
      ([rule, text, more, fault]): Refusal => [
        `${rule}: ${kind}`,
        KINDS[kind](text, more),
        around + (fault === '' ? `Invalid ${kind}Expression: ${syntax('=', '= = :a')}` : fault),
      ],
    ),
  ];
});

function shown(more: object): string {
  const { ExpressionAttributeValues: given } = more as { ExpressionAttributeValues?: object };
  return given === undefined
    ? ''
    : Object.values(given)
        .map((value) => JSON.stringify(value))
        .join(' ');
}

/** Accepted: the table is all that is missing. [expression, parameters, rule]. */
const SOUND: readonly (readonly [string, object, string?])[] = [
  [`a = :a${' '.repeat(4090)}`, one, '4,096 bytes'],
  [
    `#a${'_'.repeat(253)} = :a${'_'.repeat(253)}`,
    { ...names({ [`#a${'_'.repeat(253)}`]: 'a' }), ...values({ [`:a${'_'.repeat(253)}`]: 1 }) },
    'placeholders of 255 characters',
  ],
  [operators(299), one, '299 operators'],
  [`NOT ${operators(299)}`, one, '300 operators'],
  [`a IN (${Array.from({ length: 100 }, () => ':a').join(', ')})`, one, '100 values of IN'],
  ['a\t=\r\n:a', one, 'white space of every kind'],
  ['a=:a AND(b=:a)', one, 'no white space'],
  ['NOT NOT NOT a = :a', one],
  ['not a = :a and b between :a and :a Or c iN (:a)', one, 'keywords in any case'],
  ['(a = :a)', one],
  ['(a = :a) AND (b = :a)', one],
  ['(a = :a AND (b = :a))', one],
  ['((a = :a) AND b = :a)', one],
  ['(a) = (:a)', one],
  ['size((a)) > :a', one],
  ['attribute_exists((a))', {}],
  [':a = a', one],
  [':a = :b', two],
  ['a = b', {}],
  ['a = a.b', {}],
  ['a = a[0]', {}],
  ['contains(a, :a)', values({ ':a': [1] })],
  ['contains(:a, b)', values({ ':a': new Set([1]) })],
  ['begins_with(:a, b)', values({ ':a': 'x' })],
  ['begins_with(a, b)', {}],
  ['attribute_type(:a, :b)', values({ ':a': 1, ':b': 'N' })],
  ['size(:a) > b', values({ ':a': 'text' })],
  ['a = :a', values({ ':a': nested(31) }), 'a value inside 31 lists'],
  ['a BETWEEN :a AND b', one],
  ['a BETWEEN b AND c', {}],
  ['a IN (b, :a, size(c))', one],
  ['a IN (:a, :b)', values({ ':a': 1, ':b': 'x' })],
  ['#1.b = :0', { ...names({ '#1': 'a' }), ...values({ ':0': 1 }) }, 'placeholders of digits'],
  ['#name = :a', { ...names({ '#name': 'name' }), ...one }, 'a reserved word behind a placeholder'],
  ['sets_ = :a', one],
  [
    Array.from({ length: 32 }, () => 'a')
      .join('.')
      .concat(' = :a'),
    one,
    'a path of 32 elements',
  ],
];

export function expressionFaults(factory: DoorFactory): void {
  refusals('an expression', factory, [
    ...REFUSALS,
    ...(['Condition', 'Filter'] as const).flatMap((kind) =>
      SOUND.map(
        ([text, more, rule]): Refusal => [
          `only the missing table beside ${rule ?? `${text} ${shown(more)}`}: ${kind}`,
          KINDS[kind](text, more),
          ...NOT_FOUND,
        ],
      ),
    ),
  ]);
}
