// Random attribute values in DynamoDB's JSON, nested, with faults.

import { oddity, oddText } from './oddities.js';
import { chance, pick, type Random } from './random.js';

const NUMBERS = ['0', '1', '-1', '3.14', '1E125', '-0', '00.10', '9'.repeat(38)];
const NO_NUMBERS = ['1E126', '9'.repeat(39), 'x', '', ' 1', '0x10', 'NaN'];
const BYTES = ['', 'AQID', 'AQ==', '/w=='];
const NO_BYTES = ['AQI', '====', '*', 'AR=='];
/** Of all that may be wrong with a value, each is rare: one is enough to refuse all of a request. */
const FAULT = 0.01;
const TYPES = ['S', 'S', 'S', 'N', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'] as const;
const NAMES = ['a', 'b', 'n', 'g', 'h', 'ttl', 'Size', '__proto__'];
const LEVELS_MAX = 4;

export function attributeValue(random: Random, level = 0): unknown {
  if (chance(random, 0.005)) return oddity(random);
  if (chance(random, 0.01)) return tower(pick(random, [31, 32, 33, 39, 40, 200]));
  const type = pick(random, TYPES);
  if (chance(random, 0.01)) return { [type]: content(random, type, level), S: 'two' };
  return { [type]: content(random, type, level) };
}

function content(random: Random, type: (typeof TYPES)[number], level: number): unknown {
  const count = level >= LEVELS_MAX ? 0 : pick(random, [0, 1, 2, 3]);
  const several = <Made>(one: () => Made): Made[] => Array.from({ length: count }, one);
  switch (type) {
    case 'S':
      return text(random);
    case 'N':
      return number(random);
    case 'B':
      return base64(random);
    case 'BOOL':
      return chance(random, 0.5);
    case 'NULL':
      return !chance(random, FAULT);
    case 'SS':
      return [...new Set(several(() => text(random)))];
    case 'NS':
      return [...new Set(several(() => number(random)))];
    case 'BS':
      return [...new Set(several(() => base64(random)))];
    case 'L':
      return several(() => attributeValue(random, level + 1));
    case 'M':
      return Object.fromEntries(
        several(() => [pick(random, NAMES), attributeValue(random, level + 1)]),
      );
  }
}

function text(random: Random): string {
  return chance(random, 0.3) ? oddText(random) : pick(random, ['x', 'yy', 'zzz']);
}

function number(random: Random): string {
  return pick(random, chance(random, FAULT) ? NO_NUMBERS : NUMBERS);
}

function base64(random: Random): string {
  return pick(random, chance(random, FAULT) ? NO_BYTES : BYTES);
}

export function attributeMap(random: Random): Record<string, unknown> {
  const count = pick(random, [0, 1, 2, 5]);
  return Object.fromEntries(
    Array.from({ length: count }, () => [pick(random, NAMES), attributeValue(random)]),
  );
}

/** A key of one of the tables, or nearly one. */
export function keyMap(random: Random): Record<string, unknown> {
  const key: Record<string, unknown> = { pk: { S: `p${Math.floor(random() * 5)}` } };
  if (chance(random, 0.6)) key.sk = { S: `s${Math.floor(random() * 20)}` };
  if (chance(random, 0.05)) key[oddText(random)] = attributeValue(random);
  if (chance(random, 0.03)) key.pk = attributeValue(random);
  return key;
}

function tower(levels: number): unknown {
  let value: unknown = { S: 'x' };
  for (let level = 1; level < levels; level++)
    value = level % 2 === 0 ? { L: [value] } : { M: { m: value } };
  return value;
}
