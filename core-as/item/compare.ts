// Order and equality of valid values, as in conditions and filters.

import { TOO_LARGE } from '../layout';
import { compareBytes, equalBytes } from '../memory/bytes';
import { numberCompare } from './number';
import {
  bodyAt,
  bodyBytes,
  bytesAt,
  bytesLength,
  isBinary,
  isContainer,
  isMap,
  isNumber,
  isString,
  memberCount,
  namedValue,
  tagOf,
  valueSkip,
} from './value';
import { LEVELS_MAX, pairsArea } from './workspace';

/** Of values that have no order: types that differ, or another type than S, N, B. */
export const UNORDERED: i32 = 2;

/** -1, 0 or 1 for two strings, two numbers or two binaries; else UNORDERED. */
export function valueCompare(a: usize, b: usize): i32 {
  const tagA = tagOf(a);
  const tagB = tagOf(b);
  if (isNumber(tagA)) return isNumber(tagB) ? numberCompare(a, b) : UNORDERED;
  if ((isString(tagA) && isString(tagB)) || (isBinary(tagA) && isBinary(tagB))) {
    return compareBytes(bytesAt(a), bytesLength(a), bytesAt(b), bytesLength(b));
  }
  return UNORDERED;
}

/** A list or map of a, its partner of b, and how far the walk is. */
@unmanaged
class Pair {
  remaining: u32; // members of a not yet passed
  a: u32; // the next of them (in a map: its entry)
  b: u32; // list: the partner of a. map: the entry of b where the search for the next name starts
  map: u32; // map: the partner as a whole; list: 0
}
const PAIR_BYTES: usize = 16;
const PAIRS_MAX: u32 = LEVELS_MAX - 1;

/** Entries that a search for names may step over before valueEqual gives up: some milliseconds. */
const STEPS_MAX: i32 = 1 << 20;

/**
 * 1 if equal, 0 if not, for any two valid values. Maps are equal by name, whatever their order.
 * TOO_LARGE: very large maps in very different orders, which the caller compares by its own means.
 */
export function valueEqual(a: usize, b: usize): i32 {
  let steps = STEPS_MAX;
  let depth: u32 = 0;
  while (true) {
    // Encodings of equal values have the same tag and length, and differ only in the order of some
    // map.
    const bytes = valueSkip(a) - a;
    if (tagOf(a) != tagOf(b) || bytes != valueSkip(b) - b) return 0;
    if (!equalBytes(a, b, <u32>bytes)) {
      const tag = tagOf(a);
      const count = isContainer(tag) ? memberCount(a) : 0;
      if (count == 0 || count != memberCount(b)) return 0;
      assert(depth < PAIRS_MAX);
      const pair = pairAt(depth++);
      pair.remaining = count;
      pair.a = <u32>bodyAt(a);
      pair.b = <u32>bodyAt(b);
      pair.map = isMap(tag) ? <u32>b : 0;
    }

    while (depth != 0 && pairAt(depth - 1).remaining == 0) depth--;
    if (depth == 0) return 1;
    const pair = pairAt(depth - 1);
    pair.remaining--;
    if (pair.map != 0) {
      steps = findName(pair, steps);
      if (steps < 0) return steps == STEPS_ABSENT ? 0 : TOO_LARGE;
      a = namedValue(pair.a);
      b = namedValue(pair.b);
    } else {
      a = pair.a;
      b = pair.b;
    }
    pair.a = <u32>valueSkip(a);
    pair.b = <u32>valueSkip(b);
  }
}

const STEPS_ABSENT: i32 = -1;
const STEPS_SPENT: i32 = -2;

/**
 * Moves pair.b to the entry with the name of pair.a, going round the map once. Steps left, or one
 * of the above.
 */
function findName(pair: Pair, steps: i32): i32 {
  const name = <usize>pair.a;
  const bytes = <u32>load<u16>(name);
  const map = <usize>pair.map;
  const end = bodyAt(map) + <usize>bodyBytes(map);
  let entry = <usize>pair.b;
  for (let i = memberCount(map); i > 0; i--) {
    if (entry == end) entry = bodyAt(map);
    if (<u32>load<u16>(entry) == bytes && equalBytes(entry + 2, name + 2, bytes)) {
      pair.b = <u32>entry;
      return steps;
    }
    if (--steps < 0) return STEPS_SPENT;
    entry = valueSkip(namedValue(entry));
  }
  return STEPS_ABSENT;
}

@inline
function pairAt(depth: u32): Pair {
  return changetype<Pair>(pairsArea() + <usize>depth * PAIR_BYTES);
}
