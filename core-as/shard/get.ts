// Point reads: the key at KEY is looked up in the active memtable, the frozen one, then the tables.
//
// Under the latch the value is copied to the OUT area, since the next writer may overwrite it in
// place. Larger values are fetched in pieces, each under the latch on its own; the sequence of the
// first read tells whether they belong together.
import {
  BAD_INPUT, DELETE, Entry, ENTRY_BYTES, KEY_BYTES_MAX, LARGE, LARGE_REF, BLOCK_VALUE, NOT_FOUND,
  OK, OUT_BYTES, RESULT_LOCKED, RESULT_VALUE_BLOCK, RETRY, RUN_BYTES_MAX,
} from '../layout';
import { copyBytes } from '../memory/bytes';
import { found, keyPtr, outPtr, result } from '../memory/thread';
import { keyHash } from '../memtable/hash-index';
import { Memtable, memtableActive, memtableFind, memtableFrozen } from '../memtable/memtable';
import { versionGet } from '../version/get';
import { leave, shardEnter, shardEnterAt, shardInfo, writeState } from './header';
import { lockCount, lockOwner } from './locks';

/**
 * The item of the key at KEY. >= 0: its length; the bytes are at Result.valuePtr (OUT). NOT_FOUND:
 * absent, with the tombstone's sequence if there is one, else 0. LARGE: Result.bytes long, to be
 * read by getChunk, or, with RESULT_VALUE_BLOCK, in the VALUE block of need*. NEED_BLOCK: provide
 * the block, make the same call again. Always: Result.readSequence; RESULT_LOCKED if a transaction
 * holds the key.
 */
export function get(keyLength: u32, catalogEpoch: u32): i32 {
  if (keyLength == 0 || keyLength > KEY_BYTES_MAX) return BAD_INPUT;
  const hash = keyHash(shardInfo().seed, keyPtr(), keyLength);
  const status = shardEnterAt(catalogEpoch);
  if (status != OK) return status;
  return leave(getLatched(keyLength, hash));
}

function getLatched(keyLength: u32, hash: u64): i32 {
  const out = result();
  out.readSequence = <f64><i64>writeState().lastSequence;
  out.flags = lockCount() != 0 && lockOwner(hash) != 0 ? RESULT_LOCKED : 0;
  const entry = entryFind(<u32>hash, keyPtr(), keyLength);
  if (entry !== null) return entryAnswer(entry);
  out.sequence = 0;
  const status = versionGet(keyPtr(), keyLength);
  return status == OK ? tableAnswer() : status;
}

/** The entry of a key in either memtable, or null. */
@inline
export function entryFind(hash: u32, key: usize, keyLength: u32): Entry | null {
  const entry = memtableFind(changetype<Memtable>(memtableActive()), hash, key, keyLength);
  if (entry !== null || memtableFrozen() == 0) return entry;
  return memtableFind(changetype<Memtable>(memtableFrozen()), hash, key, keyLength);
}

@inline
function entryAnswer(entry: Entry): i32 {
  result().sequence = <f64><i64>entry.sequence;
  if (entry.kind == DELETE) return NOT_FOUND;
  return valueAnswer(changetype<usize>(entry) + ENTRY_BYTES + entry.keyLength, entry.valueLength);
}

@inline
function valueAnswer(value: usize, length: u32): i32 {
  const out = result();
  out.bytes = length;
  if (length > OUT_BYTES) return LARGE;
  out.valuePtr = <u32>outPtr();
  copyBytes(outPtr(), value, length);
  return length;
}

function tableAnswer(): i32 {
  const out = result();
  const seen = found();
  out.sequence = <f64><i64>seen.sequence;
  if (seen.kind == DELETE) return NOT_FOUND;
  if (seen.kind != LARGE_REF) return valueAnswer(seen.valuePtr, seen.valueLength);
  out.bytes = seen.valueLength;
  out.flags |= RESULT_VALUE_BLOCK;
  out.needFile = seen.valueFile;
  out.needOffset8 = seen.valueOffset8;
  out.needLength = seen.valueBlockBytes;
  out.needKind = BLOCK_VALUE;
  return LARGE;
}

/**
 * Up to 64 KiB from `offset` of a large value in a memtable, copied to OUT: the bytes copied,
 * Result.valuePtr. RETRY when the entry is not the one of `sequence` any more (read from the
 * start), or lies in no memtable now.
 */
export function getChunk(keyLength: u32, offset: u32, sequence: f64): i32 {
  if (keyLength == 0 || keyLength > KEY_BYTES_MAX) return BAD_INPUT;
  const hash = keyHash(shardInfo().seed, keyPtr(), keyLength);
  const status = shardEnter();
  if (status != OK) return status;
  const entry = entryFind(<u32>hash, keyPtr(), keyLength);
  if (entry === null || entry.kind == DELETE || entry.sequence != <u64>sequence) {
    return leave(RETRY);
  }
  return leave(chunkCopy(entry, offset));
}

/** Copies a piece of the entry's value to OUT. */
export function chunkCopy(entry: Entry, offset: u32): i32 {
  if (offset > entry.valueLength) return BAD_INPUT;
  const bytes = min<u32>(entry.valueLength - offset, RUN_BYTES_MAX);
  memory.copy(outPtr(), changetype<usize>(entry) + ENTRY_BYTES + entry.keyLength + offset, bytes);
  result().valuePtr = <u32>outPtr();
  return <i32>bytes;
}
