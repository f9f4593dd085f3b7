// The integrity walk of a table file: every byte of it is read, in a private memory, in steps.
//
//   checkBegin -> the tail goes to RESULT.valuePtr -> checkStep: NEED_BLOCK (read it to valuePtr,
//   then checkProvide) ... OK, or CORRUPT (RESULT.need* names the place) -> checkEnd
//
// Checked beside the checksums: blocks lie end to end in the order of format.ts, so no byte is
// outside of one; keys ascend through the whole file and stay within their separators; each filter
// holds exactly as many keys as were read and denies none; large values have the length that their
// entries say; all totals, the smallest and the largest key are those of footer and TOP.
//
//   phase:  TAIL -> per partition: INDEX -> FILTER -> per entry of the index: DATA -> VALUE blocks

import {
  BAD_INPUT, BLOCK_DATA, BLOCK_FILTER, BLOCK_INDEX, BLOCK_TOP, BLOCK_VALUE, CORRUPT, DELETE,
  KEY_BYTES_MAX, LARGE_REF, NEED_BLOCK, NO_MEMORY, OK, PAGE_BYTES, PAGE_LARGE,
} from '../layout';
import { compareBytes, copyBytes } from '../memory/bytes';
import { pageRun, pageRunFree } from '../memory/pages';
import { result } from '../memory/thread';
import { BlockCursor, cursorForward, cursorOpen } from './block-reader';
import { filterHash, filterKeyCount, filterMayHold } from './filter';
import { FOOTER_BYTES, Footer, footerAt, tailVerify } from './footer';
import { blockRawBytes, TOP_RAW_MAX, TRAILER_BYTES, unpackBlock, verifyBlock } from './format';
import { Partition, separatorStart, topHeader, topMaxKey, topMinKey, topPartition } from './top';
import { VALUE_DISK_PAGES, VALUE_PAGES } from './value-block';
import { verifyRaw } from './verify';

// One run of pages: TableCheck, cursors of data and index, key buffers; index, filter and data
// block; raw input; large value; tail.
const PAGE: usize = <usize>PAGE_BYTES;
const CURSOR_AT: usize = 512;
const INDEX_CURSOR_AT: usize = 768;
const LAST_KEY_AT: usize = 1024;
const CURSOR_KEY_AT: usize = LAST_KEY_AT + <usize>KEY_BYTES_MAX;
const VERIFY_KEY_AT: usize = CURSOR_KEY_AT + <usize>KEY_BYTES_MAX;
const INDEX_KEY_AT: usize = VERIFY_KEY_AT + <usize>KEY_BYTES_MAX;
const SEPARATOR_AT: usize = INDEX_KEY_AT + <usize>KEY_BYTES_MAX;
const INDEX_AT: usize = PAGE;
const FILTER_AT: usize = PAGE * 2;
const DATA_AT: usize = PAGE * 3;
const INPUT_AT: usize = PAGE * 4;
const VALUE_AT: usize = INPUT_AT + PAGE * <usize>VALUE_DISK_PAGES;
const TAIL_AT: usize = VALUE_AT + PAGE * <usize>VALUE_PAGES;
const TAIL_BYTES_MAX: u32 = TOP_RAW_MAX + TRAILER_BYTES + FOOTER_BYTES;

const TAIL: u32 = 0;
const INDEX: u32 = 1;
const FILTER: u32 = 2;
const DATA: u32 = 3;
const ENTRIES: u32 = 4;
const VALUE: u32 = 5;

@unmanaged
class TableCheck {
  fileBytes: u64;
  entries: u64;
  tombstones: u64;
  minSequence: u64;
  maxSequence: u64;
  contentBytes: u64;
  file: u32;
  tailBytes: u32;
  phase: u32;
  isWanted: u32; // the block below was asked for
  wantOffset8: u32;
  wantLength: u32;
  wantKind: u32;
  partition: u32;
  partitionKeys: u32;
  filterBytes: u32;
  offset8: u32; // where the next block must lie
  lastKeyLength: u32;
  separatorLength: u32; // of the data block before
  dataBlocks: u32;
  valueBlocks: u32;
}

@inline
function area(check: TableCheck, at: usize): usize {
  return changetype<usize>(check) + at;
}

@inline
function cursorOf(check: TableCheck): BlockCursor {
  return changetype<BlockCursor>(area(check, CURSOR_AT));
}

@inline
function indexCursorOf(check: TableCheck): BlockCursor {
  return changetype<BlockCursor>(area(check, INDEX_CURSOR_AT));
}

@inline
function footerOf(check: TableCheck): Footer {
  return footerAt(area(check, TAIL_AT) + check.tailBytes - FOOTER_BYTES);
}

@inline
function partitionOf(check: TableCheck): Partition {
  return topPartition(area(check, TAIL_AT), check.partition);
}

/**
 * A walk of this file, or NO_MEMORY, BAD_INPUT. The host puts its last tailBytes bytes (TOP and
 * footer) to RESULT.valuePtr.
 */
export function checkBegin(file: u32, fileBytes: f64, tailBytes: u32): i32 {
  if (tailBytes <= FOOTER_BYTES || tailBytes > TAIL_BYTES_MAX) return BAD_INPUT;
  const ptr =
    pageRun(<u32>(TAIL_AT / PAGE) + (tailBytes + PAGE_BYTES - 1) / PAGE_BYTES, PAGE_LARGE);
  if (ptr == 0) return NO_MEMORY;
  memory.fill(ptr, 0, offsetof<TableCheck>());
  const check = changetype<TableCheck>(ptr);
  check.file = file;
  check.fileBytes = <u64>fileBytes;
  check.tailBytes = tailBytes;
  check.minSequence = u64.MAX_VALUE;
  cursorOf(check).key = area(check, CURSOR_KEY_AT);
  indexCursorOf(check).key = area(check, INDEX_KEY_AT);
  result().valuePtr = <u32>area(check, TAIL_AT);
  return <i32>ptr;
}

export function checkEnd(checkPtr: u32): void {
  pageRunFree(checkPtr);
}

/** Goes on to the next block that is lacking: NEED_BLOCK; OK at the end; CORRUPT. */
export function checkStep(checkPtr: u32): i32 {
  const check = changetype<TableCheck>(<usize>checkPtr);
  while (true) {
    const phase = check.phase;
    if (phase == TAIL) {
      if (!tailIsSound(check)) {
        return fault(check, <u32>(check.fileBytes >> 3), check.tailBytes, BLOCK_TOP);
      }
      check.phase = INDEX;
    } else if (phase == INDEX) {
      if (check.partition == footerOf(check).partitions) {
        return totalsAgree(check) ? OK : fault(check, 0, 0, BLOCK_TOP);
      }
      return want(
        check, partitionOf(check).indexOffset8, partitionOf(check).indexLength, BLOCK_INDEX,
      );
    } else if (phase == FILTER) {
      return want(
        check, partitionOf(check).filterOffset8, partitionOf(check).filterLength, BLOCK_FILTER,
      );
    } else if (phase == DATA) {
      if (cursorForward(indexCursorOf(check))) {
        return want(
          check, load<u32>(indexCursorOf(check).value), load<u32>(indexCursorOf(check).value, 4),
          BLOCK_DATA,
        );
      }
      if (!partitionAgrees(check)) return fault(check, check.offset8, 0, BLOCK_INDEX);
      check.phase = INDEX;
    } else if (phase == ENTRIES) {
      const status = walkEntries(check);
      if (status != OK) return status;
      check.phase = DATA;
    } else {
      const reference = cursorOf(check).value;
      return want(check, load<u32>(reference), load<u32>(reference, 4), BLOCK_VALUE);
    }
  }
}

function want(check: TableCheck, offset8: u32, length: u32, kind: u32): i32 {
  check.isWanted = 1;
  check.wantOffset8 = offset8;
  check.wantLength = length;
  check.wantKind = kind;
  fault(check, offset8, length, kind);
  result().valuePtr = <u32>area(check, INPUT_AT);
  return NEED_BLOCK;
}

/** Says where it is. */
function fault(check: TableCheck, offset8: u32, length: u32, kind: u32): i32 {
  const answer = result();
  answer.needFile = check.file;
  answer.needOffset8 = offset8;
  answer.needLength = length;
  answer.needKind = kind;
  return CORRUPT;
}

/** Takes the block that checkStep asked for: OK or CORRUPT. */
export function checkProvide(checkPtr: u32, bytes: u32): i32 {
  const check = changetype<TableCheck>(<usize>checkPtr);
  if (check.isWanted == 0) return BAD_INPUT;
  check.isWanted = 0;
  const kind = check.wantKind;
  const input = area(check, INPUT_AT);
  const asked = bytes == check.wantLength;
  if (!asked || !verifyBlock(input, bytes, kind, check.file, check.wantOffset8)) {
    return fault(check, check.wantOffset8, check.wantLength, kind);
  }
  return take(check, kind, input, bytes) ? OK : fault(check, check.wantOffset8, bytes, kind);
}

function take(check: TableCheck, kind: u32, input: usize, bytes: u32): bool {
  const rawBytes = blockRawBytes(input, bytes);
  if (kind == BLOCK_VALUE) return takeValue(check, input, bytes, rawBytes);
  const raw =
    area(check, kind == BLOCK_INDEX ? INDEX_AT : kind == BLOCK_FILTER ? FILTER_AT : DATA_AT);
  if (unpackBlock(input, bytes, raw) != OK) return false;
  if (!verifyRaw(raw, rawBytes, kind, area(check, VERIFY_KEY_AT))) return false;
  if (kind == BLOCK_INDEX) {
    cursorOpen(indexCursorOf(check), raw, rawBytes);
    check.partitionKeys = 0;
    check.phase = FILTER;
  } else if (kind == BLOCK_FILTER) {
    check.filterBytes = rawBytes;
    check.phase = DATA;
  } else {
    check.dataBlocks++;
    cursorOpen(cursorOf(check), raw, rawBytes);
    check.phase = ENTRIES;
  }
  return true;
}

function takeValue(check: TableCheck, input: usize, bytes: u32, rawBytes: u32): bool {
  const reference = cursorOf(check).value;
  if (load<u32>(reference) != check.offset8 || load<u32>(reference, 8) != rawBytes) return false;
  if (unpackBlock(input, bytes, area(check, VALUE_AT)) != OK) return false;
  check.offset8 += bytes >> 3;
  check.valueBlocks++;
  check.contentBytes += rawBytes;
  check.phase = ENTRIES;
  return true;
}

/** The rest of the data block: OK at its end, NEED_BLOCK at a VALUE block, CORRUPT. */
function walkEntries(check: TableCheck): i32 {
  const cursor = cursorOf(check);
  while (cursorForward(cursor)) {
    if (!entryAgrees(check, cursor)) {
      return fault(check, check.wantOffset8, check.wantLength, BLOCK_DATA);
    }
    if (cursor.kind == LARGE_REF) {
      check.phase = VALUE;
      return want(check, load<u32>(cursor.value), load<u32>(cursor.value, 4), BLOCK_VALUE);
    }
    check.contentBytes += cursor.valueLength;
  }
  const index = indexCursorOf(check);
  const offset8 = load<u32>(index.value);
  const length = load<u32>(index.value, 4);
  const last = area(check, LAST_KEY_AT);
  const order = compareBytes(last, check.lastKeyLength, index.key, index.keyLength);
  if (offset8 != check.offset8 || order > 0) {
    return fault(check, offset8, length, BLOCK_DATA);
  }
  check.offset8 += length >> 3;
  copyBytes(area(check, SEPARATOR_AT), index.key, index.keyLength);
  check.separatorLength = index.keyLength;
  return OK;
}

function entryAgrees(check: TableCheck, cursor: BlockCursor): bool {
  const last = area(check, LAST_KEY_AT);
  if (compareBytes(cursor.key, cursor.keyLength, last, check.lastKeyLength) <= 0) return false;
  if (check.entries == 0) {
    const top = area(check, TAIL_AT);
    const minLength = topHeader(top).minKeyLength;
    if (compareBytes(cursor.key, cursor.keyLength, topMinKey(top), minLength) != 0) return false;
  }
  // Length 0 before the first block: below every key.
  const separator = area(check, SEPARATOR_AT);
  const order = compareBytes(cursor.key, cursor.keyLength, separator, check.separatorLength);
  if (order <= 0) return false;
  const hash = filterHash(cursor.key, cursor.keyLength);
  if (!filterMayHold(area(check, FILTER_AT), check.filterBytes, hash)) return false;
  copyBytes(last, cursor.key, cursor.keyLength);
  check.lastKeyLength = cursor.keyLength;
  check.entries++;
  check.partitionKeys++;
  check.contentBytes += cursor.keyLength;
  if (cursor.kind == DELETE) check.tombstones++;
  check.minSequence = min<u64>(check.minSequence, cursor.sequence);
  check.maxSequence = max<u64>(check.maxSequence, cursor.sequence);
  return true;
}

/**
 * At the end of a partition: its blocks follow, and it held what TOP and the filter say. Goes on to
 * the next one.
 */
function partitionAgrees(check: TableCheck): bool {
  const top = area(check, TAIL_AT);
  const partition = partitionOf(check);
  if (partition.indexOffset8 != check.offset8) return false;
  if (partition.keyCount != check.partitionKeys) return false;
  if (filterKeyCount(area(check, FILTER_AT), check.filterBytes) != check.partitionKeys) {
    return false;
  }
  const start = separatorStart(top, check.partition);
  const length = partition.separatorEnd - start;
  const separator = area(check, SEPARATOR_AT);
  if (compareBytes(separator, check.separatorLength, top + start, length) != 0) return false;
  check.offset8 = partition.filterOffset8 + (partition.filterLength >> 3);
  check.partition++;
  return true;
}

function tailIsSound(check: TableCheck): bool {
  return tailVerify(area(check, TAIL_AT), check.tailBytes, check.file, check.fileBytes);
}

function totalsAgree(check: TableCheck): bool {
  const footer = footerOf(check);
  const top = area(check, TAIL_AT);
  const maxLength = topHeader(top).maxKeyLength;
  if (compareBytes(area(check, LAST_KEY_AT), check.lastKeyLength, topMaxKey(top), maxLength) != 0) {
    return false;
  }
  if (footer.entries != check.entries || footer.tombstones != check.tombstones) return false;
  if (footer.minSequence != check.minSequence) return false;
  if (footer.maxSequence != check.maxSequence) return false;
  if (footer.contentBytes != check.contentBytes || footer.topOffset8 != check.offset8) return false;
  return footer.dataBlocks == check.dataBlocks && footer.valueBlocks == check.valueBlocks;
}
