// Whether a map names a member twice. Members are entries `u16 nameBytes . name . value`, one
// behind the other.
//
// Small maps compare each name with those before it. Large ones use a hash table of 64 KiB in the
// thread's OUT area, in as many rounds as it takes, each looking at the names of one range of
// hashes: time in proportion to the members, whoever chose the names (the hash is seeded). So the
// item under test must not lie in the OUT area.

import { OUT_BYTES } from '../layout';
import { xxh64 } from '../hash/xxh64';
import { equalBytes } from '../memory/bytes';
import { outPtr } from '../memory/thread';
import { shardInfo } from '../shard/header';
import { namedValue, valueSkip } from './value';

const PAIRWISE_MAX: u32 = 16;
const SLOTS_MAX: u32 = 16384;
const NAMES_PER_ROUND: u32 = 8192;

/** The members must be valid, apart from what is asked here. */
export function hasRepeatedName(first: usize, count: u32): bool {
  if (count <= PAIRWISE_MAX) return repeatedPairwise(first, count);
  const rounds = (count + NAMES_PER_ROUND - 1) / NAMES_PER_ROUND;
  for (let turn: u32 = 0; turn < rounds; turn++) {
    if (repeatedInRound(first, count, turn, rounds)) return true;
  }
  return false;
}

@inline
function sameName(a: usize, b: usize): bool {
  return load<u16>(a) == load<u16>(b) && equalBytes(a + 2, b + 2, load<u16>(a));
}

function repeatedPairwise(first: usize, count: u32): bool {
  let entry = first;
  for (let i: u32 = 0; i < count; i++) {
    let earlier = first;
    for (let j: u32 = 0; j < i; j++) {
      if (sameName(earlier, entry)) return true;
      earlier = valueSkip(namedValue(earlier));
    }
    entry = valueSkip(namedValue(entry));
  }
  return false;
}

function repeatedInRound(first: usize, count: u32, turn: u32, rounds: u32): bool {
  let slots: u32 = 64;
  while (slots < SLOTS_MAX && slots < count << 1) slots <<= 1;
  const table = outPtr();
  assert(slots << 2 <= OUT_BYTES && (first < table || first >= table + <usize>OUT_BYTES));
  const seed = shardInfo().seed;
  memory.fill(table, 0, slots << 2);

  let stored: u32 = 0;
  let entry = first;
  for (let i: u32 = 0; i < count; i++) {
    const hash = xxh64(entry + 2, load<u16>(entry), seed);
    if ((hash >> 32) % rounds == turn) {
      let slot = (<u32>hash) & (slots - 1);
      let other: usize;
      while ((other = load<u32>(table + ((<usize>slot) << 2))) != 0) {
        if (sameName(other, entry)) return true;
        slot = (slot + 1) & (slots - 1);
      }
      // Twice the expected number in one range does not happen by chance; then the item is refused.
      if (++stored == slots) return true;
      store<u32>(table + ((<usize>slot) << 2), <u32>entry);
    }
    entry = valueSkip(namedValue(entry));
  }
  return false;
}
