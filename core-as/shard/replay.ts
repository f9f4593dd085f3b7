// Recovery: records of the log go back into the memtable, with the sequences they had.
//
// Replaying is idempotent, entry by entry: a sequence that was flushed (<= flushedSequence) or that
// the memtable already holds is skipped. So a record that stopped half way with MEMTABLE_FULL is
// simply replayed again after the flush.
//
// Relies on: one thread recovers, records come in ring order, and no apply happens before
// setSequence.
import {
  BAD_INPUT, BATCH_ENTRIES_MAX, BATCH_ENTRY_BYTES, BatchEntry, CORRUPT, DELETE, ENTRY_LOG_ONLY,
  Entry, KEY_BYTES_MAX, LOG_RECORD_BYTES, LogRecord, OK, PAGE_BYTES, PUT, RECORD_FILLER,
  RECORD_TRANSACTION, RESULT_COLD, RESULT_FROZEN_WAITING, RESULT_MEMTABLE_SOFT, SHAPES_FULL, VALUE_BYTES_MAX,
} from '../layout';
import { pageState } from '../memory/pages';
import { result } from '../memory/thread';
import { pagesOfLarge, runReserve } from '../memtable/arena';
import { keyHash } from '../memtable/hash-index';
import {
  Memtable, entryBytesMax, memtableActive, memtableFind, memtableFits, memtableFrozen,
  memtablePages, memtablePut, memtableReserve, noPages,
} from '../memtable/memtable';
import { entryKey, entryValue } from './batch';
import {
  lastSequenceSlot, leave, setLastSequence, shardEnter, shardInfo, writeState,
} from './header';
import { shapeKeyId, shapeLoadLatched } from './shapes';

/**
 * Replays the log record at `at` (in the IN area or a large run). OK: Result.count = entries that
 * took effect, flags as for apply. MEMTABLE_FULL: freeze, flush, and replay the record again.
 * CORRUPT: not a record, or a contradiction.
 */
export function replayRecord(at: usize, flushedSequence: f64): i32 {
  const checked = recordCheck(at);
  if (checked != OK) return checked;
  const status = shardEnter();
  if (status != OK) return status;
  return leave(replayLatched(changetype<LogRecord>(at), <u64>flushedSequence));
}

@inline
function recordEntries(record: LogRecord): usize {
  const tagged = (record.flags & RECORD_TRANSACTION) != 0;
  return changetype<usize>(record) + LOG_RECORD_BYTES + (tagged ? 8 : 0);
}

function recordCheck(at: usize): i32 {
  const memoryBytes: usize = shardInfo().memoryBytes;
  if ((at & 7) != 0 || at == 0 || at + LOG_RECORD_BYTES > memoryBytes) return BAD_INPUT;
  const record = changetype<LogRecord>(at);
  if ((record.flags & RECORD_FILLER) != 0) return BAD_INPUT;
  const end = at + record.recordBytes;
  if ((record.recordBytes & 7) != 0 || end > memoryBytes || end < at) return CORRUPT;
  if (record.entryCount > BATCH_ENTRIES_MAX) return CORRUPT;
  let entryAt = recordEntries(record);
  for (let index: u32 = 0; index < record.entryCount; index++) {
    if (entryAt + BATCH_ENTRY_BYTES > end) return CORRUPT;
    const entry = changetype<BatchEntry>(entryAt);
    const bytes = entry.entryBytes;
    const keyLength: u32 = entry.keyLength;
    if (entry.kind != PUT && entry.kind != DELETE) return CORRUPT;
    if (entry.valueLength > VALUE_BYTES_MAX || keyLength == 0 || keyLength > KEY_BYTES_MAX) {
      return CORRUPT;
    }
    if ((bytes & 7) != 0 || bytes < BATCH_ENTRY_BYTES + keyLength + entry.valueLength) {
      return CORRUPT;
    }
    if (bytes > <u32>(end - entryAt)) return CORRUPT;
    entryAt += bytes;
  }
  return entryAt == end ? OK : CORRUPT;
}

function replayLatched(record: LogRecord, flushedSequence: u64): i32 {
  const memtable = changetype<Memtable>(memtableActive());
  const out = result();
  let entryAt = recordEntries(record);
  out.count = 0;
  for (let index: u32 = 0; index < record.entryCount; index++) {
    const entry = changetype<BatchEntry>(entryAt);
    const sequence = record.firstSequence + index;
    const status = replayEntry(memtable, entry, sequence, flushedSequence, record.epoch);
    if (status != OK) return status;
    if (sequence > writeState().lastSequence) setLastSequence(sequence);
    entryAt += entry.entryBytes;
  }
  out.sequence = <f64><i64>writeState().lastSequence;
  out.flags = (memtablePages(memtable) >= writeState().softPages ? RESULT_MEMTABLE_SOFT : 0)
    | (memtableFrozen() != 0 ? RESULT_FROZEN_WAITING : 0)
    | (pageState().cold != 0 ? RESULT_COLD : 0);
  return OK;
}

function replayEntry(
  memtable: Memtable, entry: BatchEntry, sequence: u64, flushedSequence: u64, epoch: u32,
): i32 {
  const key = entryKey(entry);
  const keyLength: u32 = entry.keyLength;
  const shapeId = entry.kind == PUT ? shapeKeyId(key, keyLength) : -1;
  if (shapeId >= 0) {
    const loaded = shapeLoadLatched(shapeId, entryValue(entry), entry.valueLength);
    if (loaded == CORRUPT || loaded == SHAPES_FULL) return CORRUPT;
  }
  const hash = <u32>keyHash(shardInfo().seed, key, keyLength);
  const slot = lastSequenceSlot(hash);
  if (load<u64>(slot) < sequence) store<u64>(slot, sequence);
  if ((entry.flags & ENTRY_LOG_ONLY) != 0 || sequence <= flushedSequence) return OK;
  if (isHeld(memtable, hash, key, keyLength, sequence)) return OK;
  if (memtableFrozen() != 0) {
    const frozen = changetype<Memtable>(memtableFrozen());
    if (isHeld(frozen, hash, key, keyLength, sequence)) return OK;
  }
  const status = roomFor(memtable, entryBytesMax(keyLength, entry.valueLength));
  if (status != OK) return status;
  if (memtable.entries == 0 || <i32>(epoch - memtable.firstEpoch) < 0) memtable.firstEpoch = epoch;
  memtablePut(
    memtable, hash, key, keyLength, entry.kind, entryValue(entry), entry.valueLength, sequence,
  );
  result().count++;
  return OK;
}

/** Whether a memtable has this version of the key, or a newer one. */
function isHeld(memtable: Memtable, hash: u32, key: usize, keyLength: u32, sequence: u64): bool {
  const entry: Entry | null = memtableFind(memtable, hash, key, keyLength);
  return entry !== null && entry.sequence >= sequence;
}

function roomFor(memtable: Memtable, bytes: u32): i32 {
  if (memtableFits(memtable, 1, bytes)) return OK;
  const large = bytes > PAGE_BYTES;
  const status = memtableReserve(memtable, 1, large ? 0 : 1, large ? pagesOfLarge(bytes) : 0);
  if (status != OK || !large) return status;
  return runReserve(memtable, bytes) ? OK : noPages(memtable);
}
