// What conditions hold for: data-model.md 8, expressions.md 7. Every row is asked three times: as the
// condition of a write, as a filter of Query, and as a filter of Scan.

import assert from 'node:assert/strict';
import { NumberValue } from '../../../host/index.js';
import { behaviours, bytes, type Behaviour, type Door, type DoorFactory } from '../door.js';

const TableName = 'Pairs';
const Key = { pk: 'p', sk: 's' };
const big = (text: string) => NumberValue.from(text);

const ITEM = {
  ...Key,
  s: 'abc',
  blank: '',
  n: 5,
  big: big('12345678901234567890.5'),
  b: bytes(1, 2, 255),
  yes: true,
  nay: false,
  nil: null,
  ss: new Set(['a', 'b', '']),
  ns: new Set([1, 2.5]),
  bs: new Set([bytes(1), bytes(2)]),
  l: [1, 'x', null, [1, 2], { k: 'v' }, new Set([1, 2])],
  m: { k: 'v', n: { deep: [1, { x: true }] } },
  'dot.ted': 1,
  wide: 'ééé',
  face: '\u{1F600}',
  utmost: '\uFFFD',
};

/** [condition, values, names]. */
type Row = readonly [condition: string, values?: object, names?: object];

const HOLD: readonly Row[] = [
  ['s = :v', { ':v': 'abc' }],
  ['blank = :v', { ':v': '' }],
  ['n = :v', { ':v': big('5.00') }],
  ['big = :v', { ':v': big('12345678901234567890.50') }],
  ['big > :v', { ':v': big('12345678901234567890.4') }],
  ['b = :v', { ':v': bytes(1, 2, 255) }],
  ['yes = :v', { ':v': true }],
  ['nil = :v', { ':v': null }],
  ['ss = :v', { ':v': new Set(['', 'b', 'a']) }],
  ['ns = :v', { ':v': new Set([2.5, 1]) }],
  ['bs = :v', { ':v': new Set([bytes(2), bytes(1)]) }],
  ['l[3] = :v', { ':v': [1, 2] }],
  ['l[5] = :v', { ':v': new Set([2, 1]) }],
  ['l = :v', { ':v': [1, 'x', null, [1, 2], { k: 'v' }, new Set([2, 1])] }],
  ['m.n = :v', { ':v': { deep: [1, { x: true }] } }],
  ['m.n.deep[1].x = :v', { ':v': true }],
  ['l[4].k = m.k'],
  ['#d = :v', { ':v': 1 }, { '#d': 'dot.ted' }],
  ['s <> :v', { ':v': 5 }],
  ['s <> :v', { ':v': 'abd' }],
  ['n <> :v', { ':v': '5' }],
  ['ss <> :v', { ':v': new Set(['a', 'b']) }],
  ['l[3] <> :v', { ':v': [2, 1] }],
  ['m <> :v', { ':v': { k: 'v' } }],
  ['gone <> :v', { ':v': 1 }],
  ['gone <> lacking'],
  ['m.gone <> l[9]'],
  ['s < :v', { ':v': 'abd' }],
  ['s < :v', { ':v': 'abc\0' }],
  ['blank < s'],
  [':v < s', { ':v': 'ab' }],
  ['n <= :v', { ':v': 5 }],
  ['n >= :v', { ':v': -5 }],
  ['b > :v', { ':v': bytes(1, 2, 127) }],
  ['b > :v', { ':v': bytes(1, 2) }],
  ['face > utmost'],
  ['n BETWEEN :v AND :w', { ':v': 5, ':w': 6 }],
  ['n BETWEEN :v AND :w', { ':v': 4, ':w': 5 }],
  ['s BETWEEN :v AND :w', { ':v': 'abc', ':w': 'abc' }],
  [':v BETWEEN n AND big', { ':v': 7 }],
  ['NOT n BETWEEN :v AND :w', { ':v': 6, ':w': 7 }],
  ['NOT s BETWEEN n AND big'],
  ['n IN (:v, :w)', { ':v': 'x', ':w': 5 }],
  ['ss IN (:v)', { ':v': new Set(['b', 'a', '']) }],
  [':v IN (s, n)', { ':v': 5 }],
  ['NOT gone IN (:v)', { ':v': 1 }],
  ['NOT gone = :v', { ':v': 1 }],
  ['NOT gone < :v', { ':v': 1 }],
  ['NOT s < n'],
  ['NOT NOT n = :v', { ':v': 5 }],
  ['n = :v OR gone = :v AND gone = :v', { ':v': 5 }],
  ['NOT gone = :v AND n = :v', { ':v': 5 }],
  ['NOT (gone = :v AND n = :v)', { ':v': 5 }],
  ['attribute_exists(nil)'],
  ['attribute_exists(m.n.deep[1].x)'],
  ['attribute_exists(l[5])'],
  ['attribute_not_exists(l[6])'],
  ['attribute_not_exists(m.x)'],
  ['attribute_not_exists(s.x)'],
  ['attribute_not_exists(n[0])'],
  ['attribute_not_exists(ss[0])'],
  ['attribute_not_exists(m[0])'],
  ['attribute_not_exists(l.a)'],
  ...Object.entries({
    s: 'S',
    n: 'N',
    b: 'B',
    yes: 'BOOL',
    nil: 'NULL',
    ss: 'SS',
    ns: 'NS',
    bs: 'BS',
    l: 'L',
    m: 'M',
  }).map(([name, type]): Row => [`attribute_type(${name}, :v)`, { ':v': type }]),
  ['attribute_type(:w, :v)', { ':w': [1], ':v': 'L' }],
  ['begins_with(s, :v)', { ':v': 'ab' }],
  ['begins_with(s, :v)', { ':v': 'abc' }],
  ['begins_with(s, :v)', { ':v': '' }],
  ['begins_with(s, blank)'],
  ['begins_with(b, :v)', { ':v': bytes(1, 2) }],
  ['begins_with(:v, s)', { ':v': 'abcdef' }],
  ['contains(s, :v)', { ':v': 'bc' }],
  ['contains(s, :v)', { ':v': '' }],
  ['contains(s, blank)'],
  ['contains(b, :v)', { ':v': bytes(2, 255) }],
  ['contains(ss, :v)', { ':v': 'a' }],
  ['contains(ss, :v)', { ':v': '' }],
  ['contains(ns, :v)', { ':v': big('2.50') }],
  ['contains(bs, :v)', { ':v': bytes(2) }],
  ['contains(l, :v)', { ':v': null }],
  ['contains(l, :v)', { ':v': [1, 2] }],
  ['contains(l, :v)', { ':v': { k: 'v' } }],
  ['contains(l, :v)', { ':v': new Set([2, 1]) }],
  ['contains(:v, n)', { ':v': [4, 5] }],
  ['contains(:v, s)', { ':v': 'xabcx' }],
  ['size(s) = :v', { ':v': 3 }],
  ['size(blank) = :v', { ':v': 0 }],
  ['size(wide) = :v', { ':v': 3 }],
  ['size(face) = :v', { ':v': 2 }],
  ['size(b) = :v', { ':v': 3 }],
  ['size(ss) = :v', { ':v': 3 }],
  ['size(ns) = :v', { ':v': 2 }],
  ['size(bs) = :v', { ':v': 2 }],
  ['size(l) = :v', { ':v': 6 }],
  ['size(m) = :v', { ':v': 2 }],
  ['size(:w) = :v', { ':w': 'ab', ':v': 2 }],
  ['size(s) BETWEEN :v AND :w', { ':v': 1, ':w': 3 }],
  ['size(s) IN (:v, :w)', { ':v': 1, ':w': 3 }],
  ['size(s) = size(b)'],
  ['size(s) < n'],
  ['NOT size(n) = :v', { ':v': 1 }],
  ['NOT size(gone) >= :v', { ':v': 0 }],
];

const FAIL: readonly Row[] = [
  ['s = :v', { ':v': 'ABC' }],
  ['s = :v', { ':v': 'abc ' }],
  ['n = :v', { ':v': '5' }],
  ['big = :v', { ':v': big('12345678901234567890.4') }],
  ['yes = nay'],
  ['yes = :v', { ':v': 'true' }],
  ['nil = :v', { ':v': 'null' }],
  ['gone = :v', { ':v': null }],
  ['gone = lacking'],
  ['blank = nil'],
  ['ss = :v', { ':v': new Set(['a', 'b']) }],
  ['ss = :v', { ':v': new Set(['a', 'b', 'c']) }],
  ['ns = :v', { ':v': [1, 2.5] }],
  ['l[3] = :v', { ':v': [2, 1] }],
  ['l[3] = :v', { ':v': [1, 2, 3] }],
  ['m.n = :v', { ':v': { deep: [1, { x: false }] } }],
  ['m = m.n'],
  ['s <> :v', { ':v': 'abc' }],
  ['n <> :v', { ':v': big('5.0') }],
  ['s < :v', { ':v': 'abc' }],
  ['s < :v', { ':v': 5 }],
  ['n < s'],
  ['n > :v', { ':v': big('5.00000000000000000001') }],
  ['yes > nay'],
  ['nil < :v', { ':v': 1 }],
  ['ss > :v', { ':v': 'a' }],
  ['l >= :v', { ':v': 1 }],
  ['m <= :v', { ':v': 'x' }],
  ['gone < :v', { ':v': 1 }],
  ['gone >= lacking'],
  ['face < utmost'],
  ['n BETWEEN :v AND :w', { ':v': 6, ':w': 7 }],
  ['s BETWEEN :v AND :w', { ':v': 1, ':w': 7 }],
  ['gone BETWEEN :v AND :w', { ':v': 1, ':w': 7 }],
  ['n BETWEEN big AND n_'],
  ['n IN (:v)', { ':v': '5' }],
  ['gone IN (:v, lacking)', { ':v': 1 }],
  ['NOT n = :v', { ':v': 5 }],
  ['NOT gone <> :v', { ':v': 1 }],
  ['n = :v AND gone = :v OR gone = :v', { ':v': 5 }],
  ['(n = :v OR gone = :v) AND gone = :v', { ':v': 5 }],
  ['attribute_exists(gone)'],
  ['attribute_exists(m.gone)'],
  ['attribute_exists(l[6])'],
  ['attribute_exists(dot.ted)'],
  ['attribute_not_exists(nil)'],
  ['attribute_not_exists(blank)'],
  ['attribute_type(n, :v)', { ':v': 'S' }],
  ['attribute_type(ss, :v)', { ':v': 'NS' }],
  ['attribute_type(gone, :v)', { ':v': 'NULL' }],
  ['begins_with(s, :v)', { ':v': 'bc' }],
  ['begins_with(s, :v)', { ':v': 'abcd' }],
  ['begins_with(s, :v)', { ':v': bytes(97) }],
  ['begins_with(n, :v)', { ':v': '5' }],
  ['begins_with(gone, :v)', { ':v': '' }],
  ['begins_with(l, :v)', { ':v': 'x' }],
  ['contains(s, :v)', { ':v': 'ac' }],
  ['contains(s, :v)', { ':v': bytes(97) }],
  ['contains(ss, :v)', { ':v': 'c' }],
  ['contains(ss, :v)', { ':v': 1 }],
  ['contains(ns, :v)', { ':v': '1' }],
  ['contains(ss, :v)', { ':v': new Set(['a']) }],
  ['contains(l, :v)', { ':v': 2 }],
  ['contains(l, :v)', { ':v': [2, 1] }],
  ['contains(m, :v)', { ':v': 'k' }],
  ['contains(n, :v)', { ':v': 5 }],
  ['contains(gone, :v)', { ':v': '' }],
  ['contains(s, gone)'],
  ['size(n) >= :v', { ':v': 0 }],
  ['size(yes) >= :v', { ':v': 0 }],
  ['size(nil) >= :v', { ':v': 0 }],
  ['size(gone) = :v', { ':v': 0 }],
  ['size(wide) = :v', { ':v': 6 }],
  ['size(s) = :v', { ':v': '3' }],
];

async function outcomes(door: Door, row: Row): Promise<boolean[]> {
  const [expression, values, ExpressionAttributeNames] = row;
  const placeholders = { ExpressionAttributeNames, ExpressionAttributeValues: values };
  const written = await door
    .update({ TableName, Key, ConditionExpression: expression, ...placeholders })
    .then(
      () => true,
      (error: Error) => {
        assert.equal(error.name, 'ConditionalCheckFailedException', error.message);
        return false;
      },
    );
  const filter = { TableName, FilterExpression: expression };
  const scanned = await door.scan({ ...filter, ...placeholders });
  const queried = await door.query({
    ...filter,
    KeyConditionExpression: 'pk = :key',
    ExpressionAttributeNames,
    ExpressionAttributeValues: { ...values, ':key': 'p' },
  });
  assert.deepEqual([scanned.ScannedCount, queried.ScannedCount], [1, 1]);
  return [written, scanned.Count === 1, queried.Count === 1];
}

const shown = ([text, values]: Row) =>
  `${text}${Object.entries(values ?? {})
    .map(([name, value]) => `, ${name} ${describe(value)}`)
    .join('')}`;

function describe(value: unknown): string {
  if (value instanceof Set) return `{${[...(value as Set<unknown>)].map(describe).join(' ')}}`;
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  return value instanceof NumberValue ? String(value) : JSON.stringify(value);
}

const behaviour =
  (holds: boolean) =>
  (row: Row): Behaviour => [
    `${holds ? 'holds' : 'fails'}: ${shown(row)}`,
    async (door) => {
      await door.put({ TableName, Item: ITEM });
      assert.deepEqual(await outcomes(door, row), [holds, holds, holds]);
    },
  ];

export function conditionSemantics(factory: DoorFactory): void {
  behaviours('a condition or filter', factory, [
    ...HOLD.map(behaviour(true)),
    ...FAIL.map(behaviour(false)),
  ]);
}
