// The shard as a whole: its header words, its birth, and the threads attached to it.
//
//   ShardInfo +0           what shardInit was told, constant from then on
//     +64 poison u32       atomic (memory/fail.ts)
//     +68 never u32        always 0 (memory/probe.ts)
//     +72 closed u32
//   WriteState +512        under the latch
//     lastSequence         also read without it (atomic)
//     retiredSequence      highest sequence in any dropped memtable (R5)
//     active, frozen       memtables, 0 = none
//     catalogEpoch         epoch of the schema (R8)
//
// thread table: THREADS_MAX x { scratch u32, large run u32 }, 0 = none.
//
// Invariants: sequences only grow; every sequence in the active memtable is above every one that
// retired before its first write; a thread slot has scratch exactly while a thread is attached.
import {
  BUSY, CLOSED, EXISTS, INFO_AT, LAST_SEQUENCE_AT, LAST_SEQUENCE_SLOTS, LATCH_AT, NO_MEMORY, OK,
  PAGE_LARGE, PAGE_THREAD, PRIVATE_PAGES_AT, RING_AT, RING_BYTES_MIN, SCRATCH_PAGES, STALE_CATALOG,
  THREADS_MAX, THREAD_TABLE_AT, WRITE_AT, BAD_INPUT, HEADER_AT, PAGE_BYTES,
} from '../layout';
import { heapInit } from '../memory/heap';
import { assertLatched, latchAcquire, latchInit, latchRelease } from '../memory/latch';
import { pageRun, pageRunFree, pagesInit } from '../memory/pages';
import { scratch, slot, threadSet } from '../memory/thread';
import { memtablesInit } from '../memtable/memtable';
import { cacheInit, cacheUnpin } from '../version/cache';
import { versionInit } from '../version/version';
import { locksInit } from './locks';
import { ringInit } from './ring';
import { shapesInit } from './shapes';

const MAGIC: u32 = 0x45525246; // 'FRRE'
// flag of shardInit: a temporary database, durable as soon as applied
export const SHARD_NO_LOG: u32 = 1;
const PRIVATE_BYTES_MIN: u32 = 1 << 20;

@unmanaged
export class ShardInfo {
  magic: u32;
  memoryBytes: u32;
  ringBytes: u32; // a power of two
  memtableBytes: u32; // soft limit
  cacheBytes: u32;
  flags: u32;
  seed: u64;
}
const CLOSED_AT: usize = INFO_AT + 72;

@unmanaged
export class WriteState {
  lastSequence: u64;
  retiredSequence: u64;
  active: u32;
  frozen: u32;
  catalogEpoch: u32;
  softPages: u32;
  hardPages: u32;
  freezes: u32; // counters, for stats
  applies: u32;
  fullStalls: u32;
  logStalls: u32;
}

@inline
export function shardInfo(): ShardInfo {
  return changetype<ShardInfo>(INFO_AT);
}

@inline
export function writeState(): WriteState {
  return changetype<WriteState>(WRITE_AT);
}

@inline
export function hasLog(): bool {
  return (shardInfo().flags & SHARD_NO_LOG) == 0;
}

@inline
function isClosed(): bool {
  return load<u32>(CLOSED_AT) != 0;
}

/** Takes the latch of an open shard. */
@inline
export function shardEnter(): i32 {
  const status = latchAcquire();
  if (status != OK) return status;
  if (isClosed()) return leave(CLOSED);
  return OK;
}

/** Takes the latch, if the caller planned with the present schema (R8). */
@inline
export function shardEnterAt(catalogEpoch: u32): i32 {
  const status = latchAcquire();
  if (status != OK) return status;
  if (isClosed()) return leave(CLOSED);
  if (writeState().catalogEpoch != catalogEpoch) return leave(STALE_CATALOG);
  return OK;
}

/**
 * Releases the latch and passes `status` on, so that a call can end with `return leave(status)`.
 */
@inline
export function leave(status: i32): i32 {
  latchRelease();
  return status;
}

@inline
export function lastSequenceSlot(keyHash: u32): usize {
  // the low bits pick the memtable's bucket
  return LAST_SEQUENCE_AT + (<usize>(keyHash >> 20) << 3);
}

/** Publishes the last sequence assigned. */
@inline
export function setLastSequence(sequence: u64): void {
  assertLatched();
  atomic.store<u64>(WRITE_AT + offsetof<WriteState>('lastSequence'), sequence);
}

/**
 * Makes a shard of this memory, which may have held another one that no thread is attached to any
 * more (R21).
 */
export function shardInit(
  memoryBytes: u32, ringBytes: u32, memtableBytes: u32, cacheBytes: u32, seedLo: u32, seedHi: u32,
  flags: u32,
): i32 {
  const log = (flags & SHARD_NO_LOG) == 0;
  if (log && (ringBytes < RING_BYTES_MIN || popcnt<u32>(ringBytes) != 1)) return BAD_INPUT;
  const pagesAt = <u32>RING_AT + (log ? ringBytes : 0);
  if (memoryBytes < pagesAt || ((memoryBytes - pagesAt) >> 16) < 8 + (memtableBytes >> 16)) {
    return NO_MEMORY;
  }
  headerInit(memoryBytes, pagesAt, seedLo, seedHi);
  const info = shardInfo();
  info.ringBytes = ringBytes;
  info.memtableBytes = memtableBytes;
  info.cacheBytes = cacheBytes;
  info.flags = flags;
  memory.fill(LAST_SEQUENCE_AT, 0, LAST_SEQUENCE_SLOTS << 3);
  locksInit();
  shapesInit();
  ringInit();
  return memtablesInit() && cacheInit(cacheBytes) && versionInit() ? OK : NO_MEMORY;
}

function headerInit(memoryBytes: u32, pagesAt: u32, seedLo: u32, seedHi: u32): void {
  memory.fill(HEADER_AT, 0, PAGE_BYTES);
  const info = shardInfo();
  info.magic = MAGIC;
  info.memoryBytes = memoryBytes;
  info.seed = (<u64>seedHi << 32) | seedLo;
  latchInit();
  pagesInit(pagesAt, memoryBytes);
  heapInit();
}

/**
 * Makes a workbench of a private memory: pages, heap and scratch, no latch, no memtable. Its
 * scratch, or a status.
 */
export function privateInit(memoryBytes: u32, seedLo: u32, seedHi: u32): i32 {
  if (memoryBytes < <u32>PRIVATE_PAGES_AT + PRIVATE_BYTES_MIN) return NO_MEMORY;
  threadSet(0, 0, false, true);
  headerInit(memoryBytes, <u32>PRIVATE_PAGES_AT, seedLo, seedHi);
  const scratchPtr = pageRun(SCRATCH_PAGES, PAGE_THREAD);
  threadSet(scratchPtr, 0, false, true);
  return <i32>scratchPtr;
}

@inline
function threadEntry(index: u32): usize {
  return THREAD_TABLE_AT + ((<usize>index) << 3);
}

/** Gives this instance the thread slot `index`: its scratch pointer, or a status. */
export function attach(index: u32, mayBlock: bool): i32 {
  if (index >= THREADS_MAX || shardInfo().magic != MAGIC) return BAD_INPUT;
  threadSet(0, index, mayBlock, false);
  let status = shardEnter();
  if (status == BUSY) {
    threadSet(0, index, true, false); // attaching is rare and may wait on any thread
    status = shardEnter();
    threadSet(0, index, mayBlock, false);
  }
  if (status != OK) return status;
  const entry = threadEntry(index);
  if (load<u32>(entry) != 0) return leave(EXISTS);
  const scratchPtr = pageRun(SCRATCH_PAGES, PAGE_THREAD);
  if (scratchPtr == 0) return leave(NO_MEMORY);
  memory.fill(scratchPtr, 0, 512);
  store<u32>(entry, <u32>scratchPtr);
  threadSet(scratchPtr, index, mayBlock, false);
  return leave(<i32>scratchPtr);
}

/** Frees a slot, one's own or that of a thread that ended. */
export function detach(index: u32): i32 {
  if (index >= THREADS_MAX) return BAD_INPUT;
  const status = latchAcquire(); // a closed shard is still left in order
  if (status != OK) return status;
  const entry = threadEntry(index);
  const scratchPtr: usize = load<u32>(entry);
  if (scratchPtr == 0) return leave(OK);
  cacheUnpin(index);
  largeFree(index);
  pageRunFree(scratchPtr);
  store<u32>(entry, 0);
  leave(OK);
  if (scratchPtr == scratch) threadSet(0, -1, false, false);
  return OK;
}

/**
 * The slot whose thread holds the latch now, or -1: asked when a thread ended without detaching
 * (R7).
 */
export function latchOwner(): i32 {
  return atomic.load<u32>(LATCH_AT) - 1;
}

/** Contiguous room for a batch or block that does not fit in the IN area; one run a thread. */
export function largeReserve(bytes: u32): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  largeFree(slot);
  const run = pageRun((bytes + PAGE_BYTES - 1) >> 16, PAGE_LARGE);
  if (run == 0) return leave(NO_MEMORY);
  store<u32>(threadEntry(slot), <u32>run, 4);
  return leave(<i32>run);
}

export function largeRelease(): i32 {
  const status = latchAcquire();
  if (status != OK) return status;
  largeFree(slot);
  return leave(OK);
}

function largeFree(index: u32): void {
  const run: usize = load<u32>(threadEntry(index), 4);
  if (run != 0) pageRunFree(run);
  store<u32>(threadEntry(index), 0, 4);
}

/** Refuses every later call with CLOSED, except detach and largeRelease. */
export function close(): i32 {
  const status = latchAcquire();
  if (status != OK) return status;
  store<u32>(CLOSED_AT, 1);
  return leave(OK);
}

/** The schema changed: calls planned with another epoch get STALE_CATALOG from now on. */
export function setCatalogEpoch(epoch: u32): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  writeState().catalogEpoch = epoch;
  return leave(OK);
}

/**
 * After recovery: everything up to `sequence` (the highest seen + 2^20, R4) counts as assigned and
 * durable.
 */
export function setSequenceLatched(sequence: u64): void {
  if (sequence > writeState().lastSequence) setLastSequence(sequence);
}

export function lastSequence(): f64 {
  return <f64>atomic.load<u64>(WRITE_AT + offsetof<WriteState>('lastSequence'));
}
