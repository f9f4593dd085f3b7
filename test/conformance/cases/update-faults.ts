// What updates and projections refuse before a table is looked at: expressions.md 2 to 6, 9 and 10.
// Every refusal is asked of a table that is not there.

import { bytes, nested, refusals, type Door, type DoorFactory, type Refusal } from '../door.js';
import { ENVELOPE, NOT_FOUND } from '../fixtures.js';

const TableName = 'Nowhere';
const update =
  (UpdateExpression: string, more: object = {}) =>
  (door: Door) =>
    door.update({ TableName, Key: { pk: 'p' }, UpdateExpression, ...more });
const project =
  (ProjectionExpression: string, more: object = {}) =>
  (door: Door) =>
    door.get({ TableName, Key: { pk: 'p' }, ProjectionExpression, ...more });

const names = (ExpressionAttributeNames: object) => ({ ExpressionAttributeNames });
const values = (ExpressionAttributeValues: object) => ({ ExpressionAttributeValues });
const one = values({ ':a': 1 });
const two = values({ ':a': 1, ':b': 2 });
const list = values({ ':l': [] });
const set = values({ ':s': new Set(['x']) });

const PATHS = ' with each other; must remove or rewrite one of these paths; ';
const overlap = (first: string, second: string) =>
  `Two document paths overlap${PATHS}path one: [${first}], path two: [${second}]`;
const conflict = (first: string, second: string) =>
  `Two document paths conflict${PATHS}path one: [${first}], path two: [${second}]`;
const syntax = (token: string, near: string) => `Syntax error; token: "${token}", near: "${near}"`;
const TYPE = 'Incorrect operand type for operator or function; operator or function: ';
const COUNT = 'Incorrect number of operands for operator or function; operator or function: ';
const clauseType = (action: string, type: string) =>
  `Incorrect operand type for operator or function; operator: ${action}, operand type: ${type}`;
const MISUSED = 'The function is not allowed to be used this way in an expression; function: ';
const REQUIRES = 'Operator or function requires a document path; operator or function: ';
const RESERVED = 'Attribute name is a reserved keyword; reserved keyword: ';
const NO_NAME =
  'An expression attribute name used in the document path is not defined; attribute name: ';
const NO_VALUE =
  'An expression attribute value used in expression is not defined; attribute value: ';
const PARENTHESES = 'The expression has redundant parentheses;';
const once = (section: string) =>
  `The "${section}" section can only be used once in an update expression;`;
const unknown = (name: string) => `Invalid function name; function: ${name}`;

type Fault = readonly [text: string, more: object, fault: string, rule?: string];

const UPDATES: readonly Fault[] = [
  ['', {}, 'The expression can not be empty;', 'nothing'],
  [' \r\n', {}, 'The expression can not be empty;', 'white space'],
  [
    `SET a = :a${' '.repeat(4087)}`,
    one,
    'Expression size has exceeded the maximum allowed size;',
    '4,097 bytes',
  ],
  [
    '('.repeat(5000),
    {},
    'Expression size has exceeded the maximum allowed size;',
    '5,000 parentheses, by their size',
  ],
  ['INVALID SYNTAX', {}, syntax('INVALID', 'INVALID SYNTAX')],
  ['SET _123 = :a', one, syntax('_', 'SET _123')],
  ['SET 1a = :a', one, syntax('1', 'SET 1a')],
  ['SET', {}, syntax('<EOF>', 'SET')],
  ['SET a', {}, syntax('<EOF>', 'a')],
  ['SET a :a', one, syntax(':a', 'a :a')],
  ['SET a = :a,', one, syntax('<EOF>', ',')],
  ['SET a = :a, REMOVE b', one, syntax('REMOVE', ', REMOVE b')],
  ['SET a = :a + :a + :a', one, syntax('+', ':a + :a')],
  ['SET a = list_append(b, :a + :a)', one, syntax('+', ':a + :a')],
  ['SET :a = a', one, syntax(':a', 'SET :a =')],
  ['SET a = -:a', one, syntax('-', '= -:a')],
  ['SET a = 1', {}, syntax('1', '= 1')],
  ['SET a = :a SET', one, syntax('<EOF>', 'SET')],
  ['SET a = :a; REMOVE b', one, syntax(';', ':a; REMOVE')],
  ['SET a[:a] = :a', one, syntax(':a', '[:a]')],
  ['SET a[#a] = :a', one, syntax('#a', '[#a]')],
  ['SET a.5 = :a', one, syntax('5', '.5 =')],
  ['SET # = :a', one, syntax('#', 'SET # =')],
  ['SET a = :', one, syntax(':', '= :')],
  ['REMOVE', {}, syntax('<EOF>', 'REMOVE')],
  ['REMOVE a b', {}, syntax('b', 'a b')],
  ['ADD a', {}, syntax('<EOF>', 'a')],
  ['ADD a b', {}, syntax('b', 'a b')],
  ['ADD a = :a', one, syntax('=', 'a = :a')],
  ['ADD a (:a)', one, syntax('(', 'a (:a')],
  ['DELETE a, b', {}, syntax(',', 'a, b')],
  ['SET a = ((b))', {}, PARENTHESES],
  ['SET a = ((b + :a))', one, PARENTHESES],
  ['SET a = list_append(((b)), c)', {}, PARENTHESES],
  ['SET name = ((b))', {}, PARENTHESES, 'redundant parentheses before a reserved word'],
  ['SET name = :a', one, `${RESERVED}name`],
  ['SET a.Value = :a', one, `${RESERVED}Value`],
  ['SET a = b.Key', {}, `${RESERVED}Key`],
  ['REMOVE a, list', {}, `${RESERVED}list`],
  ['ADD Count :a', one, `${RESERVED}Count`],
  ['DELETE sets :s', set, `${RESERVED}sets`],
  ['SET a = if_not_exists(Data, :a)', one, `${RESERVED}Data`],
  ['SET name = nope(:a)', one, `${RESERVED}name`, 'a reserved word before an unknown function'],
  ['SET a = nope(:a)', one, unknown('nope')],
  ['SET a = size(b)', {}, unknown('size')],
  ['SET a = contains(b, :a)', one, unknown('contains')],
  ['SET a = attribute_exists(b)', {}, unknown('attribute_exists')],
  ['SET a = IF_NOT_EXISTS(b, :a)', one, unknown('IF_NOT_EXISTS')],
  [
    'SET a = nope(:a) SET b = :a',
    one,
    unknown('nope'),
    'an unknown function before a repeated section',
  ],
  ['SET a = :a SET b = :a', one, once('SET')],
  ['REMOVE a REMOVE b', {}, once('REMOVE')],
  ['ADD a :a ADD b :a', one, once('ADD')],
  ['DELETE a :s DELETE b :s', set, once('DELETE')],
  ['REMOVE a SET b = :a remove c', one, once('REMOVE')],
  ['SET a = :x SET #b = :a', one, once('SET'), 'a repeated section before undefined placeholders'],
  ['SET #a = :x', {}, `${NO_NAME}#a`, 'an undefined name before an undefined value'],
  [
    'SET a = :x, b = #b',
    {},
    `${NO_NAME}#b`,
    'an undefined name before an undefined value to its left',
  ],
  ['SET a = :x, a = :y', {}, `${NO_VALUE}:x`, 'an undefined value before an overlap'],
  ['SET a = if_not_exists(b, :x)', {}, `${NO_VALUE}:x`],
  ['ADD a :x', {}, `${NO_VALUE}:x`],
  ['SET a = :a, a = :b', two, overlap('a', 'a')],
  ['SET a = :a REMOVE a', one, overlap('a', 'a')],
  ['SET a.b = :a, a = :b', two, overlap('a, b', 'a')],
  ['SET a = :a ADD a.b :b', two, overlap('a', 'a, b')],
  ['SET a.b.c = :a REMOVE a.b', one, overlap('a, b, c', 'a, b')],
  ['SET a[1] = :a REMOVE a', one, overlap('a, [1]', 'a')],
  ['REMOVE a[0], a[0]', {}, overlap('a, [0]', 'a, [0]')],
  [
    'SET #a = :a REMOVE a',
    { ...one, ...names({ '#a': 'a' }) },
    overlap('a', 'a'),
    'paths that overlap by a name',
  ],
  ['SET a.b = :a, a[0] = :b', two, conflict('a, b', 'a, [0]')],
  ['SET a[0].b = :a REMOVE a.c', one, conflict('a, [0], b', 'a, c')],
  [
    'SET a.b = :a, a[0] = :a, c = :a, c = :a',
    one,
    overlap('c', 'c'),
    'an overlap before a conflict to its left',
  ],
  [
    'SET a.b = :a REMOVE a[0] ADD b :s',
    { ...values({ ':a': 1, ':s': 'x' }) },
    conflict('a, b', 'a, [0]'),
    'a conflict before the type of ADD',
  ],
  ...(
    [
      ['a string', 'x', 'STRING'],
      ['binary', bytes(1), 'BINARY'],
      ['null', null, 'NULL'],
      ['a boolean', true, 'BOOLEAN'],
      ['a list', [1], 'LIST'],
      ['a map', {}, 'MAP'],
    ] as const
  ).flatMap(([what, value, type]): Fault[] => [
    ['ADD a :v', values({ ':v': value }), clauseType('ADD', type), `ADD of ${what}`],
    ['DELETE a :v', values({ ':v': value }), clauseType('DELETE', type), `DELETE of ${what}`],
  ]),
  ['DELETE a :a', one, clauseType('DELETE', 'NUMBER'), 'DELETE of a number'],
  [
    'SET a = :a + :x ADD b :x',
    values({ ':a': 1, ':x': 'x' }),
    clauseType('ADD', 'STRING'),
    'the type of ADD before that of a function',
  ],
  ['SET a = :a + :x', values({ ':a': 1, ':x': 'x' }), `${TYPE}+, operand type: S`],
  ['SET a = :x - b', values({ ':x': true }), `${TYPE}-, operand type: BOOL`],
  ['SET a = b - :x', values({ ':x': new Set([1]) }), `${TYPE}-, operand type: NS`],
  ['SET a = list_append(b, :l) + :a', values({ ':l': [], ':a': 1 }), `${TYPE}+, operand type: L`],
  ['SET a = list_append(b, :a)', one, `${TYPE}list_append, operand type: N`],
  ['SET a = list_append(:a, b)', values({ ':a': 'x' }), `${TYPE}list_append, operand type: S`],
  ['SET a = list_append(b)', {}, `${COUNT}list_append, number of operands: 1`],
  ['SET a = list_append(b, c, :l)', list, `${COUNT}list_append, number of operands: 3`],
  ['SET a = if_not_exists(b)', {}, `${COUNT}if_not_exists, number of operands: 1`],
  ['SET a = if_not_exists(b, :a, :b)', two, `${COUNT}if_not_exists, number of operands: 3`],
  ['SET a = if_not_exists(:a, :b)', two, `${REQUIRES}if_not_exists`],
  [
    'SET a = if_not_exists(list_append(b, :l), :a)',
    values({ ':l': [], ':a': 1 }),
    `${REQUIRES}if_not_exists`,
  ],
  ['SET a = list_append(list_append(a, :l), :l)', list, `${MISUSED}list_append`],
];

const PROJECTIONS: readonly Fault[] = [
  ['', {}, 'The expression can not be empty;', 'nothing'],
  ['\t', {}, 'The expression can not be empty;', 'white space'],
  [
    `a${' '.repeat(4096)}`,
    {},
    'Expression size has exceeded the maximum allowed size;',
    '4,097 bytes',
  ],
  ['a,', {}, syntax('<EOF>', ',')],
  [',a', {}, syntax(',', ',a')],
  ['a,,b', {}, syntax(',', ',,b')],
  ['a b', {}, syntax('b', 'a b')],
  ['a.', {}, syntax('<EOF>', '.')],
  ['a[', {}, syntax('<EOF>', '[')],
  ['a[x]', {}, syntax('x', '[x]')],
  ['a[1', {}, syntax('<EOF>', '1')],
  [':a', {}, syntax(':a', ':a')],
  ['(a)', {}, syntax('(', '(a')],
  ['size(a)', {}, syntax('(', 'size(a')],
  ['a = b', {}, syntax('=', 'a = b')],
  ['_a', {}, syntax('_', '_a')],
  ['a, Name', {}, `${RESERVED}Name`],
  ['a.b[0].Items', {}, `${RESERVED}Items`],
  [
    Array(33).fill('a').join('.'),
    {},
    'Document path has exceeded maximum nesting',
    'a path of 33 elements',
  ],
  ['Name, #a', {}, `${RESERVED}Name`, 'a reserved word before an undefined name'],
  ['#a, name', {}, `${RESERVED}name`, 'a reserved word before an undefined name to its left'],
  ['#a', {}, `${NO_NAME}#a`],
  ['a, a, #b', {}, `${NO_NAME}#b`, 'an undefined name before an overlap'],
  ['a, a', {}, overlap('a', 'a')],
  ['a, b.c, b', {}, overlap('b, c', 'b')],
  ['a, a.b', {}, overlap('a', 'a, b')],
  ['l, l[0]', {}, overlap('l', 'l, [0]')],
  ['l[0].a, l[0]', {}, overlap('l, [0], a', 'l, [0]')],
  ['#a, a', names({ '#a': 'a' }), overlap('a', 'a'), 'paths that overlap by a name'],
  ['a.b, a[1]', {}, conflict('a, b', 'a, [1]')],
  ['a.b, a[1], c, c', {}, overlap('c', 'c'), 'an overlap before a conflict'],
];

/** Sound, so that the missing table is all there is to tell: [text, parameters, rule]. */
const SOUND_UPDATES: readonly (readonly [string, object, string?])[] = [
  [`SET a = :a${' '.repeat(4086)}`, one, '4,096 bytes'],
  ['set a = :a remove b add c :a', one],
  ['DELETE a :s REMOVE b', set],
  ['ADD a :s', set],
  ['ADD a.b :a, c[0] :a', one],
  ['SET a = (:a)', one],
  ['SET a = (b + :a)', one],
  ['SET a = (b) + (:a)', one],
  ['SET a = if_not_exists(b, :a) + :a', one],
  ['SET a = if_not_exists(b, if_not_exists(c, :a))', one],
  ['SET a = if_not_exists(b, :a) - if_not_exists(c, :a)', one],
  ['SET a = list_append(if_not_exists(a, :l), :l)', list],
  ['SET a = list_append(if_not_exists(a, list_append(b, :l)), :l)', list],
  ['SET a.b = :a, a.c = :a', one],
  ['SET l[0] = :a, l[1] = :a', one],
  ['SET a.b = c, d = a.b', {}],
  ['SET a = :a', values({ ':a': nested(31) }), 'a value inside 31 lists'],
  ['SET #a = :a', { ...one, ...names({ '#a': 'name' }) }],
  ['SET #a.#b = :a', { ...one, ...names({ '#a': 'a.b', '#b': 'name' }) }],
  ['SET a = :a, b = :a, c = :a', one],
];
const SOUND_PROJECTIONS: readonly (readonly [string, object, string?])[] = [
  [`a${' '.repeat(4095)}`, {}, '4,096 bytes'],
  ['a, b.c, d[0], d[1].e', {}],
  ['a.b, a.c', {}],
  ['l[2], l[0]', {}],
  ['#a, a', names({ '#a': 'a.b' })],
];

const shown = (more: object) => {
  const { ExpressionAttributeValues: given = {} } = more as { ExpressionAttributeValues?: object };
  return Object.values(given)
    .map((value) => JSON.stringify(value))
    .join(' ');
};

export function updateFaults(factory: DoorFactory): void {
  refusals('an update expression', factory, [
    ...UPDATES.map(
      ([text, more, fault, rule]): Refusal => [
        rule ?? `${text} ${shown(more)}`,
        update(text, more),
        `${ENVELOPE}Invalid UpdateExpression: ${fault}`,
      ],
    ),
    ...SOUND_UPDATES.map(
      ([text, more, rule]): Refusal => [
        `only the missing table beside ${rule ?? text}`,
        update(text, more),
        ...NOT_FOUND,
      ],
    ),
  ]);
  refusals('a projection', factory, [
    ...PROJECTIONS.map(
      ([text, more, fault, rule]): Refusal => [
        rule ?? text,
        project(text, more),
        `Invalid ProjectionExpression: ${fault}`,
      ],
    ),
    ...SOUND_PROJECTIONS.map(
      ([text, more, rule]): Refusal => [
        `only the missing table beside ${rule ?? text}`,
        project(text, more),
        ...NOT_FOUND,
      ],
    ),
  ]);
}
