// The end of a shard's life: the poison word, and fail(), which sets it and traps.
//
// A trap does not roll back. Whatever was half changed stays so, the poison word is read by every
// entry after the latch was taken and in every slice of a wait for it, and the database is
// recovered from its log. The first code stays.
import { INFO_AT, LATCH_AT } from '../layout';

export const POISON_AT: usize = INFO_AT + 64; // u32, atomic; a word of ShardInfo
export const POISON_DEAD_OWNER: u32 = 1; // the latch's owner made no progress for 5 s
export const POISON_INVARIANT: u32 = 2; // fail() in the core; codes from 16 are the host's

@inline
export function poisonCode(): u32 {
  return atomic.load<u32>(POISON_AT);
}

/** Marks the shard as unusable and wakes whoever waits for its latch. */
export function poison(code: u32): void {
  atomic.cmpxchg<u32>(POISON_AT, 0, code == 0 ? POISON_INVARIANT : code);
  atomic.notify(LATCH_AT, -1);
}

/** For a condition that must hold in the release build too. Does not return. */
export function fail(code: u32): void {
  poison(code);
  unreachable();
}
