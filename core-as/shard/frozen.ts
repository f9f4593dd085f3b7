// The life of a memtable after it is full: frozen, read out in order by a flush, dropped.
//
// Relies on: one flush at a time, and it alone drops the frozen memtable. So it reads it without
// the latch (frozenRun, frozenChunk): nobody changes it, and its pages go only when the flush
// itself says so. Between threads the freeze is made visible by the latch that freeze() took, and
// by whatever handed the flush its task.
//
// Invariant (R5): retiredSequence covers every sequence of every dropped memtable. The tables that
// replace a memtable are installed before it is dropped.
import {
  BAD_INPUT, DELETE, EXISTS, Entry, ENTRY_BYTES, INLINE_VALUE_MAX, KEY_BYTES_MAX, LARGE_REF,
  NOT_FOUND, NO_MEMORY, OK, POISONED, RUN_BYTES_MAX, RUN_ENTRY_BYTES, RunEntry, WRITE_AT,
} from '../layout';
import { alignUp8, copyBytes } from '../memory/bytes';
import { poisonCode } from '../memory/fail';
import { keyPtr, outPtr, result } from '../memory/thread';
import { keyHash } from '../memtable/hash-index';
import {
  Memtable, memtableActive, memtableCreate, memtableDrop, memtableFind, memtableFrozen,
} from '../memtable/memtable';
import {
  NO_POSITION, SEEK_ABOVE, treeEntry, treeFirst, treeNext, treeSeek,
} from '../memtable/tree';
import { chunkCopy } from './get';
import { WriteState, leave, shardEnter, shardInfo, writeState } from './header';

/**
 * Freezes the active memtable and starts an empty one. NOT_FOUND: it is empty, nothing to do.
 * EXISTS: one is frozen already. NO_MEMORY: no page for the new one. OK: Result.sequence = the
 * highest sequence it holds.
 */
export function freeze(): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  const state = writeState();
  const active = changetype<Memtable>(memtableActive());
  if (state.frozen != 0) return leave(EXISTS);
  if (active.entries == 0) return leave(NOT_FOUND);
  const fresh = memtableCreate();
  if (fresh == 0) return leave(NO_MEMORY);
  active.frozen = 1;
  atomic.store<u32>(WRITE_AT + offsetof<WriteState>('frozen'), state.active);
  state.active = <u32>fresh;
  state.freezes++;
  result().sequence = <f64><i64>active.maxSequence;
  return leave(OK);
}

/**
 * The next entries of the frozen memtable after the key at KEY (`fromKeyLength` 0: from the first),
 * as a run in OUT: RunEntry . key . value, tombstones included; a value above INLINE_VALUE_MAX is
 * left out and marked LARGE_REF with its length, to be read by frozenChunk. Returns the entries;
 * Result: count, bytes, more, lastKeyPtr, lastKeyLength. NOT_FOUND: nothing is frozen. Takes no
 * latch.
 */
export function frozenRun(fromKeyLength: u32): i32 {
  if (poisonCode() != 0) return POISONED;
  if (fromKeyLength > KEY_BYTES_MAX) return BAD_INPUT;
  const memtable = frozenPtr();
  if (memtable == 0) return NOT_FOUND;
  let position = fromKeyLength == 0
    ? treeFirst(memtable)
    : treeSeek(memtable, keyPtr(), fromKeyLength, SEEK_ABOVE);
  const out = result();
  let at = outPtr();
  const end = at + RUN_BYTES_MAX;
  out.count = 0;
  out.lastKeyLength = 0;
  while (position != NO_POSITION) {
    const entry = changetype<Entry>(treeEntry(position));
    const bytes = runEntryBytes(entry);
    if (at + bytes > end) break;
    runEntryWrite(at, entry, bytes);
    out.lastKeyPtr = <u32>(at + RUN_ENTRY_BYTES);
    out.lastKeyLength = entry.keyLength;
    out.count++;
    at += bytes;
    position = treeNext(position);
  }
  out.bytes = <u32>(at - outPtr());
  out.more = position != NO_POSITION ? 1 : 0;
  return <i32>out.count;
}

@inline
function frozenPtr(): usize {
  return atomic.load<u32>(WRITE_AT + offsetof<WriteState>('frozen'));
}

@inline
function isLarge(entry: Entry): bool {
  return entry.valueLength > INLINE_VALUE_MAX;
}

function runEntryBytes(entry: Entry): u32 {
  return alignUp8(RUN_ENTRY_BYTES + entry.keyLength + (isLarge(entry) ? 0 : entry.valueLength));
}

/** Writes `entry` as a run entry of `bytes` bytes. */
function runEntryWrite(at: usize, entry: Entry, bytes: u32): void {
  const run = changetype<RunEntry>(at);
  const large = isLarge(entry);
  run.entryBytes = bytes;
  run.keyLength = entry.keyLength;
  run.kind = large ? LARGE_REF : entry.kind;
  run.zero = 0;
  run.valueLength = large ? 0 : entry.valueLength;
  run.largeLength = large ? entry.valueLength : 0;
  run.sequence = <f64><i64>entry.sequence;
  const keyAndValue = <u32>entry.keyLength + run.valueLength;
  copyBytes(at + RUN_ENTRY_BYTES, changetype<usize>(entry) + ENTRY_BYTES, keyAndValue);
}

/**
 * Up to 64 KiB from `offset` of the value of the frozen entry at KEY, copied to OUT: the bytes
 * copied. No latch.
 */
export function frozenChunk(keyLength: u32, offset: u32): i32 {
  if (poisonCode() != 0) return POISONED;
  if (keyLength == 0 || keyLength > KEY_BYTES_MAX) return BAD_INPUT;
  const memtable = frozenPtr();
  if (memtable == 0) return NOT_FOUND;
  const hash = <u32>keyHash(shardInfo().seed, keyPtr(), keyLength);
  const entry = memtableFind(changetype<Memtable>(memtable), hash, keyPtr(), keyLength);
  if (entry === null || entry.kind == DELETE) return NOT_FOUND;
  return chunkCopy(entry, offset);
}

/**
 * Drops the frozen memtable: its tables are in the manifest and installed. O(1). NOT_FOUND: there
 * is none.
 */
export function frozenDrop(): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  if (memtableFrozen() == 0) return leave(NOT_FOUND);
  frozenRetire();
  return leave(OK);
}

/** The same under the caller's latch, when there is one. */
export function frozenRetire(): void {
  const memtable = changetype<Memtable>(memtableFrozen());
  const state = writeState();
  state.retiredSequence = max<u64>(state.retiredSequence, memtable.maxSequence);
  atomic.store<u32>(WRITE_AT + offsetof<WriteState>('frozen'), 0);
  memtableDrop(memtable);
}
