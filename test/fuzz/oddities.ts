// Values that programs stumble over.

import { pick, type Random } from './random.js';

const TEXTS: readonly string[] = [
  'x',
  'a',
  'id-1',
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  '😀',
  'é'.repeat(128),
  '%s%n',
  '"\\\n',
  '-1',
  '1e400',
  '../../x',
  'x'.repeat(256),
  'x'.repeat(3_000),
  '2026-10-09T12:00:00Z',
];

export function oddText(random: Random): string {
  return pick(random, TEXTS);
}

export function oddNumber(random: Random): number {
  return pick(random, [0, -1, 1.5, 2 ** 31, -(2 ** 31), 2 ** 53, 1e21, 1e308, -0.1]);
}

/** Of any type, the wrong one as a rule. */
export function oddity(random: Random): unknown {
  return pick(random, [
    null,
    true,
    false,
    0,
    oddNumber(random),
    oddText(random),
    [],
    {},
    [null],
    [[[]]],
    { '': null },
    { S: 'x' },
    deep(pick(random, [40, 900])),
  ]);
}

function deep(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { L: value };
  return value;
}
