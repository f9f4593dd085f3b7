// A source of a merge: tables that follow each other by key (one table of level 0, or any of a
// deeper level), or a run.
//
//   two pages:  Source . key buffer . index block . data block       tables
//               Source . key buffer . piece of the run               run
//
// A source never waits: it says which block it lacks (phase WANT_*), the owner provides it, and the
// move is made again. Every block is verified before a byte of it is used; that keys ascend from
// block to block, and that each partition has as many as TOP says, is checked on the way.
//
//   phase        lacks     provided ->
//   WANT_TOP     TOP       BEFORE_PARTITION: the next partition, or the next table, or END
//   WANT_INDEX   INDEX     BEFORE_BLOCK: the next entry of the index, or the next partition
//   WANT_DATA    DATA      READING: the next entry, or BEFORE_BLOCK
//   WANT_RUN     a piece   READING: the next entry, or WANT_RUN; an empty piece is the END

import {
  BLOCK_DATA, BLOCK_INDEX, BLOCK_TOP, CORRUPT, DELETE, INLINE_VALUE_MAX, VALUE_BYTES_MAX,
  KEY_BYTES_MAX, LARGE_REF, NO_MEMORY, OK, OUT_BYTES, PAGE_LARGE, PUT, RUN_ENTRY_BYTES, RunEntry,
} from '../layout';
import { alignUp8, compareBytes, copyBytes } from '../memory/bytes';
import { heapAlloc, heapFree } from '../memory/heap';
import { pageRun, pageRunFree } from '../memory/pages';
import {
  BlockCursor, cursorForward, cursorOpen, entryUnshared, entryValue, indexAfter,
} from '../table/block-reader';
import { topVerify } from '../table/footer';
import { BLOCK_HEADER_BYTES, blockRawBytes, unpackBlock, verifyBlock } from '../table/format';
import { topHeader, topPartition } from '../table/top';
import { verifyEntries } from '../table/verify';
import { Lane } from './lanes';

export const BEFORE_TABLE: u32 = 0;
export const BEFORE_PARTITION: u32 = 1;
export const BEFORE_BLOCK: u32 = 2;
export const READING: u32 = 3;
export const END: u32 = 4;
export const WANT_TOP: u32 = 5;
export const WANT_INDEX: u32 = 6;
export const WANT_DATA: u32 = 7;
export const WANT_RUN: u32 = 8;

/** Result of sourceMove when the block described by want* is lacking. */
export const SOURCE_WANTS: i32 = 2;
export const SOURCE_ENTRY: i32 = 1;
export const SOURCE_END: i32 = 0;

const SOURCE_PAGES: u32 = 2;
const CURSOR_AT: usize = 256;
const KEY_BUFFER_AT: usize = 512;
const INDEX_AT: usize = 16384;
const DATA_AT: usize = 65536;
const RUN_AT: usize = 16384;
const TABLES_FIRST: u32 = 8;
const TABLE_REF_BYTES: u32 = 12;

@unmanaged
export class Source extends Lane {
  phase: u32;
  isRun: u32;
  tables: usize; // tableCount x (file, TOP offset8, TOP length)
  tableCount: u32;
  tableCapacity: u32;
  table: u32; // the next one to open
  file: u32; // of the open one
  top: usize; // its TOP block, 0 none
  partition: u32; // the next one to open
  partitionKeys: u32; // left to read of the open one
  indexBytes: u32;
  indexEntry: u32;
  runBytes: u32;
  runAt: u32; // the next entry
  wantFile: u32;
  wantOffset8: u32;
  wantLength: u32;
  wantKind: u32;
}

/** A source with no table, or null without memory. */
export function sourceNew(rank: u32, isRun: bool): Source | null {
  const ptr = pageRun(SOURCE_PAGES, PAGE_LARGE);
  if (ptr == 0) return null;
  memory.fill(ptr, 0, KEY_BUFFER_AT);
  const source = changetype<Source>(ptr);
  source.rank = rank;
  source.isRun = isRun ? 1 : 0;
  source.phase = isRun ? WANT_RUN : BEFORE_TABLE;
  source.key = ptr + KEY_BUFFER_AT;
  cursorOf(source).key = ptr + KEY_BUFFER_AT;
  return source;
}

export function sourceFree(source: Source): void {
  if (source.tables != 0) heapFree(source.tables);
  if (source.top != 0) heapFree(source.top);
  pageRunFree(changetype<usize>(source));
}

/** Appends a table, whose keys lie behind those of the tables before. */
export function sourceAddTable(source: Source, file: u32, topOffset8: u32, topLength: u32): i32 {
  if (source.tableCount == source.tableCapacity) {
    const capacity = max<u32>(source.tableCapacity << 1, TABLES_FIRST);
    const tables = heapAlloc(capacity * TABLE_REF_BYTES);
    if (tables == 0) return NO_MEMORY;
    if (source.tables != 0) {
      memory.copy(tables, source.tables, source.tableCount * TABLE_REF_BYTES);
      heapFree(source.tables);
    }
    source.tables = tables;
    source.tableCapacity = capacity;
  }
  const table = source.tables + <usize>(source.tableCount * TABLE_REF_BYTES);
  store<u32>(table, file);
  store<u32>(table, topOffset8, 4);
  store<u32>(table, topLength, 8);
  source.tableCount++;
  return OK;
}

@inline
function cursorOf(source: Source): BlockCursor {
  return changetype<BlockCursor>(changetype<usize>(source) + CURSOR_AT);
}

@inline
function indexOf(source: Source): usize {
  return changetype<usize>(source) + INDEX_AT;
}

@inline
export function runRoom(source: Source): usize {
  return changetype<usize>(source) + RUN_AT;
}

// --- Moving --------------------------------------------------------------------------------------

/** To the next entry: SOURCE_ENTRY, SOURCE_END, SOURCE_WANTS or CORRUPT. */
export function sourceMove(source: Source): i32 {
  while (true) {
    const phase = source.phase;
    if (phase == READING) {
      if (source.isRun != 0) {
        if (runNext(source)) return SOURCE_ENTRY;
        source.phase = WANT_RUN;
        continue;
      }
      if (cursorForward(cursorOf(source))) return takeEntry(source);
      source.phase = BEFORE_BLOCK;
    } else if (phase == BEFORE_BLOCK) {
      if (!nextBlock(source)) {
        if (source.partitionKeys != 0) return CORRUPT;
        source.phase = BEFORE_PARTITION;
      }
    } else if (phase == BEFORE_PARTITION) {
      nextPartition(source);
    } else if (phase == BEFORE_TABLE) {
      nextTable(source);
    } else {
      return phase == END ? SOURCE_END : SOURCE_WANTS;
    }
  }
}

@inline
function takeEntry(source: Source): i32 {
  if (source.partitionKeys == 0) return CORRUPT;
  source.partitionKeys--;
  const cursor = cursorOf(source);
  source.keyLength = cursor.keyLength;
  source.value = cursor.value;
  source.valueLength = cursor.valueLength;
  source.kind = cursor.kind;
  source.sequence = cursor.sequence;
  return SOURCE_ENTRY;
}

function want(source: Source, phase: u32, kind: u32, offset8: u32, length: u32): void {
  source.phase = phase;
  source.wantFile = source.file;
  source.wantOffset8 = offset8;
  source.wantLength = length;
  source.wantKind = kind;
}

/** False at the end of the partition. */
function nextBlock(source: Source): bool {
  const index = indexOf(source);
  const entry = source.indexEntry;
  source.indexEntry = entry == 0 ? BLOCK_HEADER_BYTES : indexAfter(index, source.indexBytes, entry);
  if (source.indexEntry == 0) return false;
  const handle = entryValue(index, source.indexEntry);
  want(source, WANT_DATA, BLOCK_DATA, load<u32>(handle), load<u32>(handle, 4));
  return true;
}

function nextPartition(source: Source): void {
  if (source.partition == topHeader(source.top).partitionCount) {
    source.phase = BEFORE_TABLE;
    return;
  }
  const partition = topPartition(source.top, source.partition);
  source.partition++;
  source.partitionKeys = partition.keyCount;
  want(source, WANT_INDEX, BLOCK_INDEX, partition.indexOffset8, partition.indexLength);
}

function nextTable(source: Source): void {
  if (source.top != 0) heapFree(source.top);
  source.top = 0;
  if (source.table == source.tableCount) {
    source.phase = END;
    return;
  }
  const table = source.tables + <usize>(source.table * TABLE_REF_BYTES);
  source.table++;
  source.file = load<u32>(table);
  source.partition = 0;
  want(source, WANT_TOP, BLOCK_TOP, load<u32>(table, 4), load<u32>(table, 8));
}

// --- Providing -----------------------------------------------------------------------------------

/**
 * Takes the block that the source wants. OK, CORRUPT or NO_MEMORY. `keyBuffer`: KEY_BYTES_MAX bytes
 * for the check.
 */
export function sourceProvide(source: Source, block: usize, bytes: u32, keyBuffer: usize): i32 {
  if (bytes != source.wantLength) return CORRUPT;
  if (source.phase == WANT_TOP) return provideTop(source, block, bytes);
  if (!verifyBlock(block, bytes, source.wantKind, source.file, source.wantOffset8)) return CORRUPT;
  const rawBytes = blockRawBytes(block, bytes);
  const raw = source.phase == WANT_INDEX ? indexOf(source) : changetype<usize>(source) + DATA_AT;
  if (unpackBlock(block, bytes, raw) != OK) return CORRUPT;
  if (!verifyEntries(raw, rawBytes, source.wantKind, keyBuffer)) return CORRUPT;
  if (source.phase == WANT_INDEX) {
    source.indexBytes = rawBytes;
    source.indexEntry = 0;
    source.phase = BEFORE_BLOCK;
    return OK;
  }
  return provideData(source, raw, rawBytes);
}

function provideTop(source: Source, block: usize, bytes: u32): i32 {
  if (!topVerify(block, bytes, source.file, source.wantOffset8)) return CORRUPT;
  const rawBytes = blockRawBytes(block, bytes);
  const top = heapAlloc(rawBytes);
  if (top == 0) return NO_MEMORY;
  memory.copy(top, block, rawBytes);
  source.top = top;
  source.phase = BEFORE_PARTITION;
  return OK;
}

function provideData(source: Source, raw: usize, rawBytes: u32): i32 {
  const cursor = cursorOf(source);
  const lastLength = source.keyLength; // 0 before the first entry of all
  cursorOpen(cursor, raw, rawBytes);
  source.phase = READING;
  // The first key is whole where it lies: compare it with the last one of the block before.
  const length = entryUnshared(raw, BLOCK_HEADER_BYTES);
  const first = entryValue(raw, BLOCK_HEADER_BYTES) - length;
  return compareBytes(first, length, source.key, lastLength) > 0 ? OK : CORRUPT;
}

// --- Runs ----------------------------------------------------------------------------------------

/**
 * Takes the next piece of a run, which lies at runRoom; 0 bytes: there is no more. OK or CORRUPT.
 */
export function runProvide(source: Source, bytes: u32): i32 {
  if (bytes > OUT_BYTES || !verifyRun(source, bytes)) return CORRUPT;
  source.runBytes = bytes;
  source.runAt = 0;
  source.phase = bytes == 0 ? END : READING;
  return OK;
}

/** Whole entries with sane lengths whose keys ascend, from the last one of the piece before on. */
function verifyRun(source: Source, bytes: u32): bool {
  const run = runRoom(source);
  let last = source.key;
  let lastLength = source.keyLength;
  let at: u32 = 0;
  while (at < bytes) {
    if (bytes - at < RUN_ENTRY_BYTES) return false;
    const entry = changetype<RunEntry>(run + at);
    const keyLength: u32 = entry.keyLength;
    if (keyLength == 0 || keyLength > KEY_BYTES_MAX) return false;
    if (entry.valueLength > INLINE_VALUE_MAX) return false;
    if (entry.entryBytes != alignUp8(RUN_ENTRY_BYTES + keyLength + entry.valueLength)) return false;
    if (entry.entryBytes > bytes - at) return false;
    if (entry.kind == LARGE_REF) {
      if (entry.valueLength != 0 || entry.largeLength == 0) return false;
      if (entry.largeLength > VALUE_BYTES_MAX) return false;
    } else if (entry.kind == DELETE ? entry.valueLength != 0 : entry.kind != PUT) {
      return false;
    }
    const key = run + at + RUN_ENTRY_BYTES;
    if (compareBytes(key, keyLength, last, lastLength) <= 0) return false;
    last = key;
    lastLength = keyLength;
    at += entry.entryBytes;
  }
  return true;
}

@inline
function runNext(source: Source): bool {
  if (source.runAt == source.runBytes) return false;
  const at = runRoom(source) + source.runAt;
  const entry = changetype<RunEntry>(at);
  source.keyLength = entry.keyLength;
  copyBytes(source.key, at + RUN_ENTRY_BYTES, source.keyLength); // stays when the next piece comes
  source.value = at + RUN_ENTRY_BYTES + source.keyLength;
  source.valueLength = entry.kind == LARGE_REF ? entry.largeLength : entry.valueLength;
  source.kind = entry.kind;
  source.sequence = <u64>entry.sequence;
  source.runAt += entry.entryBytes;
  return true;
}
