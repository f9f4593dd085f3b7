// Reads DATA and INDEX blocks (format.ts draws them).
//
// Relies on: verifyEntries (verify.ts) has looked at every byte of a block that came from a disk,
// so no bounds are checked. A point read (`blockLowerBound`) rebuilds no key: it keeps how much of
// the sought key the previous entry shared, and skips entries that share more than that with their
// predecessor. A BlockCursor holds the whole key of its entry in a buffer of its owner; backwards
// it decodes a restart group once and rebuilds of each key only what changes.
//
// The word of an entry is loaded as eight bytes; the delta is loaded as the eight bytes that end
// with it. Both stay inside the block: an entry is followed by a restart, and preceded by the
// header.

import { DELETE } from '../layout';
import { compareBytes, copyBytes } from '../memory/bytes';
import { commonPrefix } from './common-prefix';
import {
  BLOCK_HEADER_BYTES, DELTA_SHIFT, ENTRY_WORD_BYTES, KIND_SHIFT, RESTART_INTERVAL, RESTART_SHIFT,
  SHARED_MAX, UNSHARED_MASK, UNSHARED_SHIFT, VALUE_MASK, VALUE_SHIFT,
} from './format';

@inline
export function blockEntryCount(block: usize): u32 {
  return load<u16>(block, 8);
}

@inline
export function blockRestartCount(block: usize): u32 {
  return load<u16>(block, 10);
}

// --- The word of an entry ------------------------------------------------------------------------

@inline
export function sharedOf(word: u64): u32 {
  return <u32>word & SHARED_MAX;
}

@inline
export function unsharedOf(word: u64): u32 {
  return <u32>(word >> UNSHARED_SHIFT) & UNSHARED_MASK;
}

@inline
export function valueLengthOf(word: u64): u32 {
  return <u32>(word >> VALUE_SHIFT) & VALUE_MASK;
}

@inline
export function kindOf(word: u64): u32 {
  return <u32>(word >> KIND_SHIFT) & 7;
}

@inline
export function deltaBytesOf(word: u64): u32 {
  return <u32>(word >> DELTA_SHIFT) & 7;
}

/** Where the key suffix of the entry at `at` begins. */
@inline
export function suffixOf(at: usize, word: u64): usize {
  return at + ENTRY_WORD_BYTES + deltaBytesOf(word);
}

@inline
export function nextOf(at: usize, word: u64): usize {
  return suffixOf(at, word) + unsharedOf(word) + valueLengthOf(word);
}

/** sequence - baseSequence. */
@inline
export function deltaOf(at: usize, word: u64): u64 {
  const bytes = deltaBytesOf(word);
  const coded = load<u64>(at + ENTRY_WORD_BYTES + bytes - 8) >> (64 - (<u64>bytes << 3));
  return (coded >> 1) ^ (0 - (coded & 1));
}

// --- Point reads ---------------------------------------------------------------------------------

/**
 * Offset of entry `restart * RESTART_INTERVAL`; for the count of restarts, where the entries end.
 */
@inline
function restartOffset(block: usize, restartsAt: u32, restart: u32, restarts: u32): u32 {
  return restart == restarts ? restartsAt : <u32>load<u16>(block + restartsAt + (restart << 1));
}

/**
 * Touches every line of a group. Each entry tells where the next one is, so without this its lines
 * would come from memory one after the other.
 */
@inline
function fetchAhead(at: usize, end: usize): void {
  for (; at < end; at += 64) load<u8>(at);
}

/** The last restart whose key is not above `key`, or 0. */
@inline
function restartBefore(
  block: usize, restartsAt: u32, restarts: u32, key: usize, keyLength: u32,
): u32 {
  let low: u32 = 0;
  let high = restarts; // keys at and above `high` are above the key
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const at = block + <usize>load<u16>(block + restartsAt + (middle << 1));
    const word = load<u64>(at);
    if (compareBytes(suffixOf(at, word), unsharedOf(word), key, keyLength) <= 0) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The first entry not below `key`: (offset from the start of the block) * 2 + (1 if it is equal),
 * or 0 if none.
 */
export function blockLowerBound(block: usize, rawBytes: u32, key: usize, keyLength: u32): u32 {
  const restarts = blockRestartCount(block);
  const restartsAt = rawBytes - (restarts << 1);
  const restart = restartBefore(block, restartsAt, restarts, key, keyLength);
  const end = block + restartOffset(block, restartsAt, restart + 1, restarts);
  let at = block + <usize>load<u16>(block + restartsAt + (restart << 1));
  // bytes that the sought key shares with the entry before `at`, which is below it
  fetchAhead(at, end);
  let match: u32 = 0;
  while (at < end) {
    const word = load<u64>(at);
    const shared = sharedOf(word);
    if (shared <= match) {
      const suffix = suffixOf(at, word);
      const unshared = unsharedOf(word);
      const length = shared + unshared;
      match = shared + commonPrefix(suffix, key + shared, min<u32>(unshared, keyLength - shared));
      if (match == length) {
        if (match == keyLength) return (<u32>(at - block) << 1) | 1;
      } else if (match == keyLength || load<u8>(suffix + match - shared) > load<u8>(key + match)) {
        return <u32>(at - block) << 1;
      }
    }
    at = nextOf(at, word);
  }
  return at == block + restartsAt ? 0 : <u32>(at - block) << 1;
}

// --- Entries by offset, and walking an index block by them: its keys are never looked at ---------

@inline
export function entryValue(block: usize, offset: u32): usize {
  const at = block + offset;
  const word = load<u64>(at);
  return suffixOf(at, word) + unsharedOf(word);
}

@inline
export function entryValueLength(block: usize, offset: u32): u32 {
  return valueLengthOf(load<u64>(block + offset));
}

/** PUT, DELETE or LARGE_REF. */
@inline
export function entryKind(block: usize, offset: u32): u32 {
  return kindOf(load<u64>(block + offset));
}

@inline
export function entrySequence(block: usize, offset: u32): u64 {
  return load<u64>(block) + deltaOf(block + offset, load<u64>(block + offset));
}

/** Length of the key's part that lies in the entry: all of it at a restart. */
@inline
export function entryUnshared(block: usize, offset: u32): u32 {
  return unsharedOf(load<u64>(block + offset));
}

@inline
function entryAfter(block: usize, offset: u32): u32 {
  return <u32>(nextOf(block + offset, load<u64>(block + offset)) - block);
}

/** Offset of the next entry, or 0. */
export function indexAfter(block: usize, rawBytes: u32, offset: u32): u32 {
  const next = entryAfter(block, offset);
  return next == rawBytes - (blockRestartCount(block) << 1) ? 0 : next;
}

/** Offset of the entry before, or 0; with offset 0 the last one. */
export function indexBefore(block: usize, rawBytes: u32, offset: u32): u32 {
  const restarts = blockRestartCount(block);
  const restartsAt = rawBytes - (restarts << 1);
  const end = offset == 0 ? restartsAt : offset;
  if (end == BLOCK_HEADER_BYTES) return 0;
  let low: u32 = 0;
  let high = restarts; // restarts from here on are not before `end`
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (restartOffset(block, restartsAt, middle, restarts) < end) low = middle;
    else high = middle;
  }
  let at = restartOffset(block, restartsAt, low, restarts);
  while (true) {
    const next = entryAfter(block, at);
    if (next == end) return at;
    at = next;
  }
}

// --- Cursors -------------------------------------------------------------------------------------

@unmanaged
export class BlockCursor {
  sequence: u64;
  block: usize;
  restartsAt: u32;
  entryCount: i32;
  index: i32; // of the current entry; -1 before the first, entryCount behind the last
  next: u32; // offset behind the current entry
  key: usize; // buffer of the owner: KEY_BYTES_MAX bytes
  keyLength: u32;
  value: usize;
  valueLength: u32;
  kind: u32; // PUT, DELETE or LARGE_REF
  group: i32; // the restart group decoded below, -1 none
  at0: u64; // RESTART_INTERVAL u16: offsets of the entries,
  at1: u64;
  shared0: u64; // and their shared lengths
  shared1: u64;
}
const GROUP_AT: usize = offsetof<BlockCursor>('at0');
const GROUP_SHARED: usize = offsetof<BlockCursor>('shared0');

/** Puts the cursor before the first entry. Its key buffer is set once by the owner. */
export function cursorOpen(cursor: BlockCursor, block: usize, rawBytes: u32): void {
  cursor.block = block;
  cursor.restartsAt = rawBytes - (blockRestartCount(block) << 1);
  cursor.entryCount = blockEntryCount(block);
  cursor.index = -1;
  cursor.next = BLOCK_HEADER_BYTES;
  cursor.group = -1;
}

/** Reads the entry at an address, all but its key. */
@inline
function readEntry(cursor: BlockCursor, at: usize, word: u64): void {
  cursor.sequence = load<u64>(cursor.block) + deltaOf(at, word);
  cursor.value = suffixOf(at, word) + unsharedOf(word);
  cursor.valueLength = valueLengthOf(word);
  cursor.kind = kindOf(word);
  cursor.next = <u32>(nextOf(at, word) - cursor.block);
}

/** The next entry; false behind the last. */
@inline
export function cursorForward(cursor: BlockCursor): bool {
  const index = cursor.index + 1;
  if (index >= cursor.entryCount) {
    cursor.index = cursor.entryCount;
    return false;
  }
  cursor.index = index;
  const at = cursor.block + cursor.next;
  const word = load<u64>(at);
  const shared = sharedOf(word);
  const unshared = unsharedOf(word);
  copyBytes(cursor.key + shared, suffixOf(at, word), unshared);
  cursor.keyLength = shared + unshared;
  readEntry(cursor, at, word);
  return true;
}

/** The entry before; false before the first. */
export function cursorBackward(cursor: BlockCursor): bool {
  const before = cursor.index;
  if (before <= 0) {
    cursor.index = -1;
    return false;
  }
  const index = before - 1;
  const group = index >> RESTART_SHIFT;
  if (cursor.group != group) decodeGroup(cursor, group);
  // What the key of the entry behind shares with this one is in the buffer already.
  const sameGroup = before < cursor.entryCount && before >> RESTART_SHIFT == group;
  rebuildKey(cursor, index, sameGroup ? groupField(cursor, GROUP_SHARED, before) : 0);
  cursor.index = index;
  const at = cursor.block + groupField(cursor, GROUP_AT, index);
  readEntry(cursor, at, load<u64>(at));
  return true;
}

@inline
function groupField(cursor: BlockCursor, field: usize, index: i32): u32 {
  return load<u16>(
    changetype<usize>(cursor) + field + (<usize>(index & (RESTART_INTERVAL - 1)) << 1),
  );
}

function decodeGroup(cursor: BlockCursor, group: i32): void {
  const first = group << RESTART_SHIFT;
  const count = min<i32>(cursor.entryCount - first, RESTART_INTERVAL);
  const block = cursor.block;
  let at = block + <usize>load<u16>(block + cursor.restartsAt + (<u32>group << 1));
  const restarts = blockRestartCount(block);
  fetchAhead(at, block + restartOffset(block, cursor.restartsAt, <u32>group + 1, restarts));
  for (let index = 0; index < count; index++) {
    const field = changetype<usize>(cursor) + (<usize>index << 1);
    const word = load<u64>(at);
    store<u16>(field + GROUP_AT, <u16>(at - block));
    store<u16>(field + GROUP_SHARED, <u16>sharedOf(word));
    at = nextOf(at, word);
  }
  cursor.group = group;
}

/**
 * Writes the key of an entry of the decoded group from its byte `kept` on: each part from the entry
 * that brought it.
 */
function rebuildKey(cursor: BlockCursor, index: i32, kept: u32): void {
  const at = cursor.block + groupField(cursor, GROUP_AT, index);
  let end = groupField(cursor, GROUP_SHARED, index) + unsharedOf(load<u64>(at));
  cursor.keyLength = end;
  for (let source = index; end > kept; source--) {
    const shared = groupField(cursor, GROUP_SHARED, source);
    if (shared >= end) continue;
    const from = max<u32>(shared, kept);
    const entry = cursor.block + groupField(cursor, GROUP_AT, source);
    copyBytes(cursor.key + from, suffixOf(entry, load<u64>(entry)) + (from - shared), end - from);
    end = from;
  }
}

/** The first entry not below `key`; false (behind the last) when there is none. */
export function cursorSeek(cursor: BlockCursor, key: usize, keyLength: u32): bool {
  const restarts = blockRestartCount(cursor.block);
  const restart = restartBefore(cursor.block, cursor.restartsAt, restarts, key, keyLength);
  cursor.index = <i32>(restart << RESTART_SHIFT) - 1;
  cursor.next = restartOffset(cursor.block, cursor.restartsAt, restart, restarts);
  while (cursorForward(cursor)) {
    if (compareBytes(cursor.key, cursor.keyLength, key, keyLength) >= 0) return true;
  }
  return false;
}

/** To the last entry, whose restart group lies behind the current entry. */
export function cursorToLast(cursor: BlockCursor): void {
  const restart = (cursor.entryCount - 1) >> RESTART_SHIFT;
  const restarts = blockRestartCount(cursor.block);
  cursor.index = (restart << RESTART_SHIFT) - 1;
  cursor.next = restartOffset(cursor.block, cursor.restartsAt, <u32>restart, restarts);
  while (cursor.index < cursor.entryCount - 1) cursorForward(cursor);
}

/** How many of the next entries behind the current one are no tombstones. */
export function cursorLive(cursor: BlockCursor, entries: u32): u32 {
  let at = cursor.block + cursor.next;
  let live: u32 = 0;
  for (let index: u32 = 0; index < entries; index++) {
    const word = load<u64>(at);
    if (kindOf(word) != <u32>DELETE) live++;
    at = nextOf(at, word);
  }
  return live;
}

/** Behind the last entry, for walking backwards. */
@inline
export function cursorEnd(cursor: BlockCursor): void {
  cursor.index = cursor.entryCount;
}
