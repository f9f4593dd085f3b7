// The lock table of transactions over shards: hash of a key -> the transaction that holds it.
//
//   slot, 24 B:  key hash u64 . transaction u64 (0 = empty slot) . unused u64
//   LOCK_SLOTS slots, linear probing
//
// How a transaction over shards uses it (R2, R19):
// 1. lock() each key in its shard. It never waits: a key that is taken, or a full table, is a
//    TransactionConflict, and the coordinator unlocks what it has.
// 2. Check the conditions; one apply with BATCH_DECISION in the coordinator's shard writes it all
//    as log-only entries; wait until it is durable. From here on the transaction happens.
// 3. In each shard one apply with BATCH_TRANSACTION, whose guard 0 carries the id: its keys may be
//    locked by this id, the record is tagged with it, and the locks of its keys are released in the
//    same latched call.
// Every other apply fails with LOCKED on a locked key, so nothing comes between decision and part.
// Locks live in memory only: recovery finishes each decision whose tagged record is missing before
// anyone can write.
//
// Keys are known by a 64-bit hash under the database's secret seed: equal hashes would be a
// conflict too many, no harm. Relies on: the latch is held. Invariant: no empty slot between a lock
// and its home slot.
import {
  BAD_INPUT, KEY_BYTES_MAX, LOCKED, LOCK_SLOTS, LOCK_STATE_AT, LOCK_TABLE_AT, OK,
} from '../layout';
import { keyPtr } from '../memory/thread';
import { keyHash } from '../memtable/hash-index';
import { lastSequenceSlot, leave, shardEnter, shardInfo } from './header';

const SLOT_BYTES: usize = 24;
const LOCKS_MAX: u32 = (LOCK_SLOTS / 4) * 3;
const TRANSACTION: usize = 8;

export function locksInit(): void {
  store<u32>(LOCK_STATE_AT, 0);
  memory.fill(LOCK_TABLE_AT, 0, <usize>LOCK_SLOTS * SLOT_BYTES);
}

@inline
export function lockCount(): u32 {
  return load<u32>(LOCK_STATE_AT);
}

@inline
function slotAt(index: u32): usize {
  return LOCK_TABLE_AT + <usize>(index & (LOCK_SLOTS - 1)) * SLOT_BYTES;
}

/** The slot of this key's lock, or the empty one where it would go. */
function slotOf(hash: u64): usize {
  let index = <u32>(hash >> 32);
  while (true) {
    const slot = slotAt(index);
    if (load<u64>(slot, TRANSACTION) == 0 || load<u64>(slot) == hash) return slot;
    index++;
  }
}

/** The transaction that holds this key, 0 if none does. */
@inline
export function lockOwner(hash: u64): u64 {
  return lockCount() == 0 ? 0 : load<u64>(slotOf(hash), TRANSACTION);
}

/**
 * Locks the key at KEY for `transaction`. OK also if it has it already; LOCKED if another has it or
 * the table is full.
 */
export function lock(keyLength: u32, transaction: f64): i32 {
  if (keyLength == 0 || keyLength > KEY_BYTES_MAX || !(transaction >= 1)) return BAD_INPUT;
  const hash = keyHash(shardInfo().seed, keyPtr(), keyLength);
  const status = shardEnter();
  if (status != OK) return status;
  const slot = slotOf(hash);
  const owner = load<u64>(slot, TRANSACTION);
  if (owner == <u64>transaction) return leave(OK);
  if (owner != 0 || lockCount() >= LOCKS_MAX) return leave(LOCKED);
  store<u64>(slot, hash);
  store<u64>(slot, <u64>transaction, TRANSACTION);
  store<u32>(LOCK_STATE_AT, lockCount() + 1);
  return leave(OK);
}

/** Releases the key at KEY if `transaction` holds it. */
export function unlock(keyLength: u32, transaction: f64): i32 {
  if (keyLength == 0 || keyLength > KEY_BYTES_MAX) return BAD_INPUT;
  const hash = keyHash(shardInfo().seed, keyPtr(), keyLength);
  const status = shardEnter();
  if (status != OK) return status;
  unlockHash(hash, <u64>transaction);
  return leave(OK);
}

export function unlockHash(hash: u64, transaction: u64): void {
  if (lockCount() == 0) return;
  const slot = slotOf(hash);
  if (load<u64>(slot, TRANSACTION) != transaction) return;
  store<u64>(slot, 0, TRANSACTION);
  store<u32>(LOCK_STATE_AT, lockCount() - 1);
  closeGap(slot);
}

/**
 * Moves later locks of the same probe sequence into the emptied slot, so that none is behind a gap.
 */
function closeGap(empty: usize): void {
  let gap = <u32>((empty - LOCK_TABLE_AT) / SLOT_BYTES);
  let index = gap;
  while (true) {
    index = (index + 1) & (LOCK_SLOTS - 1);
    const slot = slotAt(index);
    if (load<u64>(slot, TRANSACTION) == 0) return;
    const home = <u32>(load<u64>(slot) >> 32) & (LOCK_SLOTS - 1);
    if (((index - home) & (LOCK_SLOTS - 1)) < ((index - gap) & (LOCK_SLOTS - 1))) continue;
    memory.copy(slotAt(gap), slot, SLOT_BYTES);
    store<u64>(slot, 0, TRANSACTION);
    gap = index;
  }
}

/** Who holds the key at KEY: a transaction id, 0 for nobody, or a negative status. */
export function lockCheck(keyLength: u32): f64 {
  if (keyLength == 0 || keyLength > KEY_BYTES_MAX) return BAD_INPUT;
  const hash = keyHash(shardInfo().seed, keyPtr(), keyLength);
  const status = shardEnter();
  if (status != OK) return status;
  const owner = lockOwner(hash);
  leave(OK);
  return <f64><i64>owner;
}

/**
 * An upper bound of the last sequence written to the key at KEY, present or not (R19): the highest
 * one of all keys that share its slot. Or a negative status.
 */
export function lastSequenceOf(keyLength: u32): f64 {
  if (keyLength == 0 || keyLength > KEY_BYTES_MAX) return BAD_INPUT;
  const hash = keyHash(shardInfo().seed, keyPtr(), keyLength);
  const status = shardEnter();
  if (status != OK) return status;
  const sequence = load<u64>(lastSequenceSlot(<u32>hash));
  leave(OK);
  return <f64><i64>sequence;
}
