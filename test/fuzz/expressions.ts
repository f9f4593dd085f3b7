// Random expressions: words of their language in some order, good ones with a word changed, and bombs.

import { chance, pick, type Random } from './random.js';

const GOOD = [
  'attribute_exists(pk)',
  'attribute_not_exists(pk) OR a = :v',
  'a > :v AND NOT contains(b, :w)',
  'size(#a) BETWEEN :v AND :w',
  'g IN (:v, :w)',
  'begins_with(#b, :v)',
  'SET a = if_not_exists(a, :v) + :w',
  'SET #a.b[0] = list_append(#a, :v) REMOVE b ADD n :w DELETE s :v',
  'a, b[0].c, #a',
];
const WORDS =
  'a #a b.c :v :w AND OR NOT ( ) = <> < >= BETWEEN IN , . [0] [99999999999] SET REMOVE ADD DELETE + - size ' +
  'begins_with contains attribute_type if_not_exists list_append #missing :missing status "x" 1 \u00e9 __proto__';
const TOKENS = WORDS.split(' ');

export function expression(random: Random): string {
  if (chance(random, 0.02)) return bomb(random);
  if (chance(random, 0.5)) return pick(random, GOOD);
  if (chance(random, 0.5)) {
    const words = pick(random, GOOD).split(' ');
    words[Math.floor(random() * words.length)] = pick(random, TOKENS);
    return words.join(' ');
  }
  return Array.from({ length: 1 + Math.floor(random() * 12) }, () => pick(random, TOKENS)).join(
    ' ',
  );
}

function bomb(random: Random): string {
  return pick(random, [
    '('.repeat(4_000),
    `${'NOT '.repeat(1_000)}a = :v`,
    Array.from({ length: 400 }, () => 'a = :v').join(' OR '),
    `a IN (${Array.from({ length: 500 }, () => ':v').join(',')})`,
    `a${'.b'.repeat(1_500)}`,
    `a${'[0]'.repeat(1_300)}`,
    'size('.repeat(600),
    'x'.repeat(100_000),
  ]);
}
