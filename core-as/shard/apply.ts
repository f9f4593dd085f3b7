// apply: the one write into a shard. A batch takes effect whole or not at all.
//
//   before the latch   batch well-formed, keys hashed, upper bounds known (batch.ts)
//   under the latch    1. checks, which change nothing: locks, guards, shapes, ring, memtable
//                      2. room is reserved; from here on nothing can fail
//                      3. shapes get ids, the record goes to the ring, entries to the memtable
//
// Guards (R5): what the caller read earlier must still be so. An entry found in a memtable must
// equal the guard, a tombstone counting as absent; if none is found, the tables hold what the
// caller read, provided that it began to read after the last memtable was dropped (readSequence >=
// retiredSequence), else RETRY. apply never reads a table.
//
// Relies on: a guarded key that is in no memtable now and was in none when the caller read cannot
// have changed between.
import {
  BATCH_DECISION, BATCH_ENTRY_BYTES, BatchEntry, BatchHeader, CHECK, DELETE, ENTRY_LOG_ONLY,
  ENTRY_SEQUENCED, ENTRY_SHAPED, GUARD_ABSENT, GUARD_FAILED, GUARD_TRANSACTION, GUARD_UNLOCKED, Guard, LOCKED,
  LOG_FULL, LOG_RECORD_BYTES, LogRecord, MEMTABLE_FULL, OK, PAGE_BYTES, PUT, RECORD_DECISION,
  RECORD_TRANSACTION, RESULT_COLD, RESULT_FROZEN_WAITING, RESULT_MEMTABLE_SOFT, RETRY, SHAPE, SHAPES_FULL,
  SHAPE_KEY_BYTES, TRANSACTION_ID_BITS,
} from '../layout';
import { copyBytes } from '../memory/bytes';
import { pageState } from '../memory/pages';
import { result } from '../memory/thread';
import { pagesOfLarge, runReserve, runsRelease } from '../memtable/arena';
import { keyHash } from '../memtable/hash-index';
import {
  Memtable, entryBytesMax, memtableActive, memtableFind, memtableFits, memtableFrozen,
  memtablePages, memtablePut, memtableReserve, noPages,
} from '../memtable/memtable';
import {
  batchCheck, batchPart, batchPlan, batchTransaction, entryAfter, entryHash, entryKey, entrySequence,
  entryValue, firstEntry, guardAt, shapeRecordBytes,
} from './batch';
import {
  hasLog, lastSequenceSlot, leave, setLastSequence, shardEnterAt, shardInfo, writeState,
} from './header';
import { lockCount, lockOwner, unlockHash } from './locks';
import { ringBegin, ringCheck, ringCommit } from './ring';
import { shapeFind, shapeIntern, shapeKeyWrite, shapesFit } from './shapes';

// shapeRef of a SHAPE entry between check and commit: gets an id at commit
const SHAPE_NEW: u32 = 0xffffffff;

/**
 * Applies the batch at `batch`. OK: Result.sequence = the last sequence assigned, count = entries
 * recorded, flags. GUARD_FAILED, LOCKED: Result.count = index of the entry. Also RETRY,
 * MEMTABLE_FULL, LOG_FULL, SHAPES_FULL, TOO_LARGE, NO_MEMORY, BAD_INPUT, STALE_CATALOG, BUSY,
 * POISONED, CLOSED: nothing changed. On OK the shape ids in the batch are patched.
 */
export function apply(batch: usize, epoch: u32, catalogEpoch: u32): i32 {
  const checked = batchCheck(batch);
  if (checked != OK) return checked;
  const status = shardEnterAt(catalogEpoch);
  if (status != OK) return status;
  return leave(applyLatched(batch, epoch));
}

function applyLatched(batch: usize, epoch: u32): i32 {
  const header = changetype<BatchHeader>(batch);
  const memtable = changetype<Memtable>(memtableActive());
  let status = OK;
  if (lockCount() != 0) status = locksCheck(batch, header);
  if (status == OK && header.guardCount != 0) status = guardsHold(batch, header);
  if (status == OK && batchPlan().plain == 0) status = shapesCheck(batch, header);
  if (status == OK) status = roomReserve(batch, header, memtable);
  if (status != OK) return status;
  commit(batch, header, memtable, epoch);
  return OK;
}

/** Every key of the batch must be free, or locked by the transaction that the batch belongs to. */
function locksCheck(batch: usize, header: BatchHeader): i32 {
  const transaction = batchTransaction(batch);
  const seed = shardInfo().seed;
  let entry = changetype<BatchEntry>(firstEntry(batch));
  for (let index: u32 = 0; index < header.entryCount; index++) {
    if (entry.kind != SHAPE && (entry.flags & (ENTRY_LOG_ONLY | ENTRY_SEQUENCED)) == 0) {
      const owner = lockOwner(keyHash(seed, entryKey(entry), entry.keyLength));
      if (owner != 0 && owner != transaction) {
        result().count = index;
        return LOCKED;
      }
    }
    entry = entryAfter(entry);
  }
  return OK;
}

function guardsHold(batch: usize, header: BatchHeader): i32 {
  let entry = changetype<BatchEntry>(firstEntry(batch));
  let index: u32 = 0;
  for (let at: u32 = 0; at < header.guardCount; at++) {
    const guard = guardAt(batch, at);
    if (guard.kind == GUARD_TRANSACTION) continue;
    for (; index < guard.entryIndex; index++) entry = entryAfter(entry);
    const status = guardHolds(guard, entry, entryHash(index));
    if (status != OK) {
      result().count = index;
      return status;
    }
  }
  return OK;
}

function guardHolds(guard: Guard, target: BatchEntry, hash: u32): i32 {
  if (guard.kind == GUARD_UNLOCKED) return OK; // the lock check did it
  const key = entryKey(target);
  const length: u32 = target.keyLength;
  let entry = memtableFind(changetype<Memtable>(memtableActive()), hash, key, length);
  if (entry === null && memtableFrozen() != 0) {
    entry = memtableFind(changetype<Memtable>(memtableFrozen()), hash, key, length);
  }
  if (entry === null) return <u64>guard.readSequence >= writeState().retiredSequence ? OK : RETRY;
  if (entry.kind == DELETE) return guard.kind == GUARD_ABSENT ? OK : GUARD_FAILED;
  if (guard.kind == GUARD_ABSENT) return GUARD_FAILED;
  return entry.sequence == <u64>guard.sequence ? OK : GUARD_FAILED;
}

/** Finds the ids of the shapes that exist; the others must have room. */
function shapesCheck(batch: usize, header: BatchHeader): i32 {
  let entry = changetype<BatchEntry>(firstEntry(batch));
  let count: u32 = 0;
  let bytes: u32 = 0;
  for (let index: u32 = 0; index < header.entryCount; index++) {
    if (entry.kind == SHAPE) {
      const id = shapeFind(entryValue(entry), entry.valueLength);
      entry.shapeRef = id >= 0 ? id : SHAPE_NEW;
      if (id < 0) {
        count++;
        bytes += entry.valueLength;
      }
    }
    entry = entryAfter(entry);
  }
  return shapesFit(count, bytes) ? OK : SHAPES_FULL;
}

/** Ring and memtable: OK, or a status and nothing changed. */
function roomReserve(batch: usize, header: BatchHeader, memtable: Memtable): i32 {
  const plan = batchPlan();
  if (hasLog()) {
    const status = ringCheck(recordBytesMax(plan.recordBytes));
    if (status != OK) {
      if (status == LOG_FULL) writeState().logStalls++;
      return status;
    }
  }
  if (memtableFits(memtable, plan.puts, plan.bytesMax)) return OK;
  const status = memtableRoom(batch, header, memtable);
  if (status == MEMTABLE_FULL) writeState().fullStalls++;
  return status;
}

@inline
function recordBytesMax(entries: u32): u32 {
  return LOG_RECORD_BYTES + 8 + entries;
}

/**
 * Counts the pages that the batch may need, entry by entry as the arena will place them, and
 * reserves them.
 */
function memtableRoom(batch: usize, header: BatchHeader, memtable: Memtable): i32 {
  let room = memtable.entryEnd - memtable.entryAt;
  let pages: u32 = 0;
  let runPages: u32 = 0;
  let entry = changetype<BatchEntry>(firstEntry(batch));
  for (let index: u32 = 0; index < header.entryCount; index++) {
    const bytes = arenaBytes(entry);
    if (bytes > PAGE_BYTES) runPages += pagesOfLarge(bytes);
    else if (bytes <= room) room -= bytes;
    else {
      pages++;
      room = PAGE_BYTES - bytes;
    }
    entry = entryAfter(entry);
  }
  const status = memtableReserve(memtable, batchPlan().puts, pages, runPages);
  return status == OK && runPages > 0 ? runsReserve(batch, header, memtable) : status;
}

function runsReserve(batch: usize, header: BatchHeader, memtable: Memtable): i32 {
  let entry = changetype<BatchEntry>(firstEntry(batch));
  for (let index: u32 = 0; index < header.entryCount; index++) {
    const bytes = arenaBytes(entry);
    if (bytes > PAGE_BYTES && !runReserve(memtable, bytes)) {
      runsRelease(memtable);
      return noPages(memtable);
    }
    entry = entryAfter(entry);
  }
  return OK;
}

/** What the entry may take in the memtable. */
function arenaBytes(entry: BatchEntry): u32 {
  if (entry.kind == CHECK || (entry.flags & ENTRY_LOG_ONLY) != 0) return 0;
  return entryBytesMax(entry.kind == SHAPE ? SHAPE_KEY_BYTES : entry.keyLength, entry.valueLength);
}

/** Everything is checked and reserved. */
function commit(batch: usize, header: BatchHeader, memtable: Memtable, epoch: u32): void {
  const state = writeState();
  const first = firstEntry(batch);
  const firstSequence = state.lastSequence + 1;
  if (memtable.entries == 0 || <i32>(epoch - memtable.firstEpoch) < 0) memtable.firstEpoch = epoch;
  let recorded = header.entryCount;
  if (batchPlan().plain != 0) {
    if (recorded > 0) {
      if (batchPlan().sequenced != 0) sequencesWrite(first, recorded, firstSequence);
      if (hasLog()) recordPlain(batch, first, header.entriesBytes, firstSequence, epoch, recorded);
      insertAll(first, header.entryCount, memtable, firstSequence);
    }
  } else {
    recorded = shapesCommit(first, header.entryCount, memtable, firstSequence);
    if (recorded > 0 && hasLog()) {
      recordShaped(batch, first, header.entryCount, firstSequence, epoch, recorded);
    }
  }
  const lastSequence = firstSequence + recorded - 1;
  setLastSequence(lastSequence);
  state.applies++;
  if (batchTransaction(batch) != 0) unlockAll(batch, header);
  resultFill(memtable, lastSequence, recorded);
}

@inline
function resultFill(memtable: Memtable, lastSequence: u64, recorded: u32): void {
  const out = result();
  out.sequence = <f64><i64>lastSequence;
  out.readSequence = out.sequence;
  out.count = recorded;
  out.flags = (memtablePages(memtable) >= writeState().softPages ? RESULT_MEMTABLE_SOFT : 0)
    | (memtableFrozen() != 0 ? RESULT_FROZEN_WAITING : 0)
    | (pageState().cold != 0 ? RESULT_COLD : 0);
}

@inline
function recordHeader(
  batch: usize, at: usize, firstSequence: u64, epoch: u32, recorded: u32,
): usize {
  const record = changetype<LogRecord>(at);
  const transaction = batchTransaction(batch);
  record.firstSequence = firstSequence;
  record.epoch = epoch;
  record.entryCount = recorded;
  record.flags = (changetype<BatchHeader>(batch).flags & BATCH_DECISION) != 0 ? RECORD_DECISION : 0;
  if (transaction == 0) return at + LOG_RECORD_BYTES;
  record.flags |= RECORD_TRANSACTION;
  store<u64>(at + LOG_RECORD_BYTES, transaction | (batchPart(batch) << TRANSACTION_ID_BITS));
  return at + LOG_RECORD_BYTES + 8;
}

/** The usual record: the entries as they are. */
function recordPlain(
  batch: usize, first: usize, bytes: u32, firstSequence: u64, epoch: u32, recorded: u32,
): void {
  const at = ringBegin(recordBytesMax(bytes));
  const entries = recordHeader(batch, at, firstSequence, epoch, recorded);
  copyBytes(entries, first, bytes);
  changetype<LogRecord>(at).recordBytes = <u32>(entries + bytes - at);
  ringCommit(changetype<LogRecord>(at));
}

function sequencesWrite(first: usize, count: u32, firstSequence: u64): void {
  let entry = changetype<BatchEntry>(first);
  for (let index: u32 = 0; index < count; index++) {
    entrySequence(entry, index, firstSequence + index);
    entry = entryAfter(entry);
  }
}

function insertAll(first: usize, count: u32, memtable: Memtable, firstSequence: u64): void {
  let entry = changetype<BatchEntry>(first);
  for (let index: u32 = 0; index < count; index++) {
    insert(entry, entryHash(index), memtable, firstSequence + index);
    entry = entryAfter(entry);
  }
}

@inline
function insert(entry: BatchEntry, hash: u32, memtable: Memtable, sequence: u64): void {
  store<u64>(lastSequenceSlot(hash), sequence);
  if ((entry.flags & ENTRY_LOG_ONLY) != 0) return;
  memtablePut(
    memtable, hash, entryKey(entry), entry.keyLength, entry.kind, entryValue(entry),
    entry.valueLength, sequence,
  );
}

/**
 * A batch with shapes or check-only entries, first pass: interns and patches, and inserts. Returns
 * the entries that are recorded. A SHAPE that turned out to exist stays in the batch with its id in
 * shapeRef and is not recorded.
 */
function shapesCommit(first: usize, count: u32, memtable: Memtable, firstSequence: u64): u32 {
  let entry = changetype<BatchEntry>(first);
  let recorded: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const sequence = firstSequence + recorded;
    if (entry.kind == SHAPE) {
      if (shapeCommit(entry, memtable, sequence)) recorded++;
    } else if (entry.kind != CHECK) {
      if ((entry.flags & ENTRY_SHAPED) != 0) {
        const shape = changetype<BatchEntry>(<usize>entryHash(entry.shapeRef));
        store<u16>(entryValue(entry), <u16>shape.shapeRef);
        entry.flags &= ~ENTRY_SHAPED;
        entry.shapeRef = 0;
      }
      entrySequence(entry, index, sequence);
      insert(entry, entryHash(index), memtable, sequence);
      recorded++;
    }
    entry = entryAfter(entry);
  }
  return recorded;
}

/**
 * Interns a new shape; its definition goes to the memtable. False if it exists (an earlier entry
 * may have made it).
 */
function shapeCommit(entry: BatchEntry, memtable: Memtable, sequence: u64): bool {
  const names = entryValue(entry);
  if (entry.shapeRef != SHAPE_NEW) return false;
  const known = shapeFind(names, entry.valueLength);
  if (known >= 0) {
    entry.shapeRef = known;
    return false;
  }
  entry.shapeRef = shapeIntern(names, entry.valueLength);
  entry.flags |= ENTRY_SHAPED; // on a SHAPE: it is new and is to be recorded
  const key = scratchKey();
  shapeKeyWrite(key, entry.shapeRef);
  const hash = <u32>keyHash(shardInfo().seed, key, SHAPE_KEY_BYTES);
  store<u64>(lastSequenceSlot(hash), sequence);
  memtablePut(memtable, hash, key, SHAPE_KEY_BYTES, PUT, names, entry.valueLength, sequence);
  return true;
}

/**
 * Room for the 14 bytes of a shape's key: behind the Result, where nothing else of this call lies.
 */
@inline
function scratchKey(): usize {
  return changetype<usize>(result()) + 96;
}

/**
 * Second pass: the record. New shapes become PUTs, check-only entries and known shapes are left
 * out.
 */
function recordShaped(
  batch: usize, first: usize, count: u32, firstSequence: u64, epoch: u32, recorded: u32,
): void {
  const at = ringBegin(recordBytesMax(batchPlan().recordBytes));
  let to = recordHeader(batch, at, firstSequence, epoch, recorded);
  let entry = changetype<BatchEntry>(first);
  for (let index: u32 = 0; index < count; index++) {
    if (entry.kind == SHAPE) {
      if ((entry.flags & ENTRY_SHAPED) != 0) to += shapeRecord(to, entry);
    } else if (entry.kind != CHECK) {
      copyBytes(to, changetype<usize>(entry), entry.entryBytes);
      to += entry.entryBytes;
    }
    entry = entryAfter(entry);
  }
  changetype<LogRecord>(at).recordBytes = <u32>(to - at);
  ringCommit(changetype<LogRecord>(at));
}

function shapeRecord(at: usize, shape: BatchEntry): u32 {
  const bytes = shapeRecordBytes(shape.valueLength);
  const entry = changetype<BatchEntry>(at);
  entry.entryBytes = bytes;
  entry.kind = PUT;
  entry.flags = 0;
  entry.keyLength = <u16>SHAPE_KEY_BYTES;
  entry.valueLength = shape.valueLength;
  entry.shapeRef = 0;
  shapeKeyWrite(at + BATCH_ENTRY_BYTES, shape.shapeRef);
  copyBytes(at + BATCH_ENTRY_BYTES + SHAPE_KEY_BYTES, entryValue(shape), shape.valueLength);
  return bytes;
}

/** The part of a transaction is written: its keys are free again. */
function unlockAll(batch: usize, header: BatchHeader): void {
  const transaction = batchTransaction(batch);
  const seed = shardInfo().seed;
  let entry = changetype<BatchEntry>(firstEntry(batch));
  for (let index: u32 = 0; index < header.entryCount; index++) {
    if (entry.kind != SHAPE && (entry.flags & ENTRY_LOG_ONLY) == 0) {
      unlockHash(keyHash(seed, entryKey(entry), entry.keyLength), transaction);
    }
    entry = entryAfter(entry);
  }
}
