// The input of apply, checked before the latch is taken: after batchCheck the batch is known to be
// well-formed.
//
//   BatchHeader 16 B . guards, 32 B each . entries                                  (layout.ts)
//   entry, 8-aligned: BatchEntry 16 B . key . value . padding
//
// The batch lies in the caller's own scratch or large run, so nobody changes it meanwhile. The hash
// of each entry's key is left in the KEY2 area, one u32 an entry. A key that is to hold its own
// sequence is whole, and hashed, only once the batch has its sequences (entrySequence).
import {
  BAD_INPUT, BATCH_ENTRIES_MAX, BATCH_ENTRY_BYTES, BATCH_HEADER_BYTES, BATCH_TRANSACTION,
  BatchEntry, BatchHeader, CHECK, ENTRY_LOG_ONLY, ENTRY_SEQUENCED, ENTRY_SHAPED, GUARD_BYTES, GUARD_TRANSACTION,
  GUARD_UNLOCKED, Guard, HEADER_AT, KEY_BYTES_MAX, OK, PLAN_AT, PUT, SHAPE, SHAPE_KEY_BYTES,
  TOO_LARGE, TRANSACTION_ID_BITS, TRANSACTION_PARTS_MAX, VALUE_BYTES_MAX,
} from '../layout';
import { alignUp8, storeU64BE } from '../memory/bytes';
import { key2Ptr, scratch } from '../memory/thread';
import { keyHash } from '../memtable/hash-index';
import { entryBytesMax } from '../memtable/memtable';
import { shardInfo } from './header';
import { shapeValid } from './shapes';

const SEQUENCE_BYTES: u32 = 8;

/** What batchCheck learned: upper bounds of what the batch needs. */
@unmanaged
export class BatchPlan {
  puts: u32; // entries for the memtable
  bytesMax: u32; // of them, in its arena
  recordBytes: u32; // entries of the log record
  sequenced: u32; // entries whose keys lack their sequence
  // the record's entries are those of the batch, byte for byte (once shape ids are patched)
  plain: u32;
}

@inline
export function batchPlan(): BatchPlan {
  return changetype<BatchPlan>(scratch + PLAN_AT);
}

@inline
export function guardAt(batch: usize, index: u32): Guard {
  return changetype<Guard>(batch + BATCH_HEADER_BYTES + index * GUARD_BYTES);
}

@inline
export function firstEntry(batch: usize): usize {
  return batch + BATCH_HEADER_BYTES + changetype<BatchHeader>(batch).guardCount * GUARD_BYTES;
}

@inline
export function entryKey(entry: BatchEntry): usize {
  return changetype<usize>(entry) + BATCH_ENTRY_BYTES;
}

@inline
export function entryValue(entry: BatchEntry): usize {
  return changetype<usize>(entry) + BATCH_ENTRY_BYTES + entry.keyLength;
}

@inline
export function entryAfter(entry: BatchEntry): BatchEntry {
  return changetype<BatchEntry>(changetype<usize>(entry) + entry.entryBytes);
}

/** Bytes of a SHAPE once it is a PUT with a key, in the log. */
@inline
export function shapeRecordBytes(valueLength: u32): u32 {
  return alignUp8(BATCH_ENTRY_BYTES + SHAPE_KEY_BYTES + valueLength);
}

/** Hash of the key of entry `index`, computed by batchCheck. For a SHAPE: its address. */
@inline
export function entryHash(index: u32): u32 {
  return load<u32>(key2Ptr() + ((<usize>index) << 2));
}

/** Writes an entry's sequence into its key, if it is to hold it, and leaves the key's hash. */
@inline
export function entrySequence(entry: BatchEntry, index: u32, sequence: u64): void {
  if ((entry.flags & ENTRY_SEQUENCED) == 0) return;
  const key = entryKey(entry);
  const keyLength: u32 = entry.keyLength;
  storeU64BE(key + keyLength - SEQUENCE_BYTES, sequence);
  entry.flags &= ~ENTRY_SEQUENCED;
  const hash = <u32>keyHash(shardInfo().seed, key, keyLength);
  store<u32>(key2Ptr() + ((<usize>index) << 2), hash);
}

/** The id of the transaction that the batch belongs to, 0 if none. */
@inline
export function batchTransaction(batch: usize): u64 {
  const flags = changetype<BatchHeader>(batch).flags;
  return (flags & BATCH_TRANSACTION) == 0 ? 0 : <u64>guardAt(batch, 0).sequence;
}

/** Which part of its transaction the batch is. */
@inline
export function batchPart(batch: usize): u64 {
  return <u64>guardAt(batch, 0).readSequence;
}

/** OK, BAD_INPUT or TOO_LARGE; fills the plan. */
export function batchCheck(batch: usize): i32 {
  const memoryBytes: usize = shardInfo().memoryBytes;
  if ((batch & 7) != 0 || batch < HEADER_AT || batch + BATCH_HEADER_BYTES > memoryBytes) {
    return BAD_INPUT;
  }
  const header = changetype<BatchHeader>(batch);
  if (header.entryCount > BATCH_ENTRIES_MAX || header.guardCount > BATCH_ENTRIES_MAX + 1) {
    return TOO_LARGE;
  }
  const first = firstEntry(batch);
  if (first > memoryBytes || <usize>header.entriesBytes > memoryBytes - first) return BAD_INPUT;
  const status = entriesCheck(first, first + header.entriesBytes, header.entryCount);
  return status == OK && header.guardCount > 0 ? guardsCheck(batch, header) : status;
}

function entriesCheck(first: usize, end: usize, count: u32): i32 {
  const seed = shardInfo().seed;
  const hashes = key2Ptr();
  let at = first;
  let recordBytes: u32 = 0;
  let bytesMax: u32 = 0;
  let puts: u32 = 0;
  let sequenced: u32 = 0;
  let plain = true;
  for (let index: u32 = 0; index < count; index++) {
    if (at + BATCH_ENTRY_BYTES > end) return BAD_INPUT;
    const entry = changetype<BatchEntry>(at);
    const bytes = entry.entryBytes;
    const valueLength = entry.valueLength;
    let keyLength: u32 = entry.keyLength;
    if (valueLength > VALUE_BYTES_MAX) return TOO_LARGE;
    if ((bytes & 7) != 0 || bytes > <u32>(end - at)) return BAD_INPUT;
    if (bytes < BATCH_ENTRY_BYTES + keyLength + valueLength) return BAD_INPUT;
    let word = <u32>at; // of a SHAPE
    if (entry.kind == SHAPE) {
      if (keyLength != 0 || entry.flags != 0 || !shapeValid(entryValue(entry), valueLength)) {
        return BAD_INPUT;
      }
      keyLength = SHAPE_KEY_BYTES;
      recordBytes += shapeRecordBytes(valueLength);
      plain = false;
    } else {
      if (keyLength == 0 || keyLength > KEY_BYTES_MAX || entry.kind > CHECK || entry.kind == 0) {
        return BAD_INPUT;
      }
      if ((entry.flags & ENTRY_SHAPED) != 0 && !shapedCheck(entry, index, first, at)) {
        return BAD_INPUT;
      }
      if ((entry.flags & ENTRY_SEQUENCED) != 0) {
        if (keyLength < SEQUENCE_BYTES || entry.kind == CHECK) return BAD_INPUT;
        sequenced++;
      } else {
        word = <u32>keyHash(seed, entryKey(entry), keyLength);
      }
      if (entry.kind == CHECK) plain = false;
      else recordBytes += bytes;
    }
    store<u32>(hashes + ((<usize>index) << 2), word);
    if (entry.kind != CHECK && (entry.flags & ENTRY_LOG_ONLY) == 0) {
      bytesMax += entryBytesMax(keyLength, valueLength);
      puts++;
    }
    at += bytes;
  }
  if (at != end) return BAD_INPUT;
  const plan = batchPlan();
  plan.puts = puts;
  plan.bytesMax = bytesMax;
  plan.recordBytes = recordBytes;
  plan.sequenced = sequenced;
  plan.plain = plain ? 1 : 0;
  return OK;
}

/** A shaped PUT has room for the id, and names a SHAPE before itself. */
function shapedCheck(entry: BatchEntry, index: u32, first: usize, at: usize): bool {
  if (entry.kind != PUT || entry.valueLength < 2 || entry.shapeRef >= index) return false;
  const shape: usize = entryHash(entry.shapeRef);
  if (shape < first || shape >= at || (shape & 7) != 0) return false;
  return changetype<BatchEntry>(shape).kind == SHAPE;
}

function guardsCheck(batch: usize, header: BatchHeader): i32 {
  const transaction = (header.flags & BATCH_TRANSACTION) != 0;
  let previous: u32 = 0;
  for (let index: u32 = 0; index < header.guardCount; index++) {
    const guard = guardAt(batch, index);
    if (index == 0 && transaction) {
      if (guard.kind != GUARD_TRANSACTION || !transactionSound(guard)) return BAD_INPUT;
      continue;
    }
    if (guard.entryIndex >= header.entryCount || guard.entryIndex < previous) return BAD_INPUT;
    if (guard.kind == 0 || guard.kind > GUARD_UNLOCKED) return BAD_INPUT;
    previous = guard.entryIndex;
  }
  return OK;
}

function transactionSound(guard: Guard): bool {
  const id = guard.sequence;
  const part = guard.readSequence;
  if (!(id >= 1) || id >= <f64>(<u64>1 << TRANSACTION_ID_BITS)) return false;
  return part >= 0 && part < <f64>TRANSACTION_PARTS_MAX;
}
