// What the engine writes keys with: components (key-component.ts), and here the ranges of keys that
// sort key conditions select among the keys with one prefix (table id, hash, partition key).
//
// Every bound here is the beginning of keys, not a whole one, so the ranges hold for tables, whose
// keys end with the sort key, and for indexes, whose keys go on: low is inclusive, high is
// exclusive. A component ends itself, so all keys with the bytes P in front, and no others, lie
// from P up to the successor of P.

import {
  KEY_COMPONENT_BYTES_MAX,
  KEY_EMPTY,
  KEY_TOO_LONG,
  type KeyComponentType,
  writeKeyComponent,
} from './key-component.js';
import { InvalidArgument } from '../errors.js';
import { SORT_KEY_BYTES_MAX } from '../limits.js';

export { KEY_EMPTY, KEY_TOO_LONG, KEY_TYPE_MISMATCH, writeKeyComponent } from './key-component.js';

/** A condition on the sort key. `value2` is the upper bound of between, inclusive. */
export interface SortKeyCondition {
  readonly op: 'eq' | 'lt' | 'lte' | 'gt' | 'gte' | 'between' | 'beginsWith';
  readonly value: unknown;
  readonly value2?: unknown;
}

export interface SortKeyBounds {
  readonly low: Uint8Array;
  readonly lowExclusive: boolean;
  readonly high: Uint8Array;
  readonly highExclusive: boolean;
}

/**
 * The bounds for a condition, whose values the caller has checked against the key schema: their
 * types, that they are not empty nor too long, that beginsWith has no number. Without a condition:
 * all keys with the prefix.
 */
export function sortKeyBounds(
  prefix: Uint8Array,
  type: KeyComponentType,
  condition?: SortKeyCondition,
): SortKeyBounds {
  if (condition === undefined) return range(prefix, successor(prefix));
  if (condition.op === 'beginsWith') {
    const start = beginning(prefix, type, condition.value);
    return range(start, successor(start));
  }
  const key = withComponent(prefix, type, condition.value);
  switch (condition.op) {
    case 'eq':
      return range(key, successor(key));
    case 'lt':
      return range(prefix, key);
    case 'lte':
      return range(prefix, successor(key));
    case 'gt':
      return range(successor(key), successor(prefix));
    case 'gte':
      return range(key, successor(prefix));
    case 'between':
      return range(key, successor(withComponent(prefix, type, condition.value2)));
  }
}

function range(low: Uint8Array, high: Uint8Array): SortKeyBounds {
  return { low, lowExclusive: false, high, highExclusive: true };
}

/**
 * The first bytes after everything that begins with these. A table id is never FFFFFFFF, so there
 * are some.
 */
function successor(bytes: Uint8Array): Uint8Array {
  let last = bytes.length - 1;
  while (bytes[last] === 0xff) last--;
  const next = bytes.slice(0, last + 1);
  next[last]++;
  return next;
}

/** The prefix and the component of a value. */
export function withComponent(
  prefix: Uint8Array,
  type: KeyComponentType,
  value: unknown,
): Uint8Array {
  const key = new Uint8Array(prefix.length + KEY_COMPONENT_BYTES_MAX);
  key.set(prefix);
  const end = writeKeyComponent(key, prefix.length, type, value, SORT_KEY_BYTES_MAX);
  if (end < 0) throw new InvalidArgument('sort key condition', expectation(end, type), value);
  return key.slice(0, end);
}

/** The same without the terminator. */
function beginning(prefix: Uint8Array, type: KeyComponentType, value: unknown): Uint8Array {
  if (type === 'N') throw new InvalidArgument('beginsWith', 'on a sort key of type S or B', value);
  const key = withComponent(prefix, type, value);
  return key.slice(0, -1);
}

function expectation(code: number, type: KeyComponentType): string {
  if (code === KEY_EMPTY) return 'a value that is not empty';
  if (code === KEY_TOO_LONG) return `a value of at most ${SORT_KEY_BYTES_MAX} bytes`;
  return `of type ${type}`;
}
