// A merge: its memory, its sources, its beginning and end. The work is done in compaction.ts.
//
// One run of pages: Merge . pointers to sources and lanes . key buffer . ids of dropped tables;
// then the input area, which holds the one block or value that was asked for.

import {
  BAD_INPUT, BLOCK_TOP, NO_MEMORY, PAGE_BYTES, PAGE_LARGE,
} from '../layout';
import { pageRun, pageRunFree } from '../memory/pages';
import { inPtr } from '../memory/thread';
import { legalLength } from '../table/format';
import { TableBuilder, tableBuilderFree, tableBuilderNew } from '../table/table-builder';
import { VALUE_DISK_PAGES } from '../table/value-block';
import { Source, sourceAddTable, sourceFree, sourceNew } from './source';

/**
 * Flag of mergeBegin: nothing older than the inputs holds any of their keys, so tombstones may go.
 */
export const MERGE_BOTTOM: u32 = 1;
/** Flag of mergeBegin: blocks are stored as they are, not compressed. */
export const MERGE_PLAIN: u32 = 2;
export const SOURCES_MAX: u32 = 64;
export const DROPPED_MAX: u32 = 8192;

const SOURCES_AT: usize = 512;
const LANES_AT: usize = SOURCES_AT + <usize>(SOURCES_MAX << 2);
const CHECK_KEY_AT: usize = 1024;
const DROPPED_AT: usize = 16384;
const INPUT_AT: usize = <usize>PAGE_BYTES;
const MERGE_PAGES: u32 = 1 + VALUE_DISK_PAGES;

@unmanaged
export class Merge {
  targetBytes: u64;
  flags: u32;
  phase: u32;
  builder: usize;
  sourceCount: u32;
  opened: u32; // sources that stand on their first entry or are at their end
  laneCount: u32;
  moving: i32; // STEP: the lane that is moved, 0 or 1; -1 to be decided
  droppedCount: u32;
  judgedTable: u32; // table id of the entry before,
  judgedDropped: u32; //  and whether it is dropped
  nextFile: u32; // supplied by the host, 0 none
  wanting: usize; // the source whose block is asked for, 0 none
  wantsValue: u32; // the value of the first lane is asked for
  valueBytes: u32; // it lies in the input area, 0 if not
  givesOutput: u32; // the host has been shown the output
  tableInfo: usize; // of the finished table that the host has not been told of, 0 none
}

@inline
export function lanesOf(merge: Merge): usize {
  return changetype<usize>(merge) + LANES_AT;
}

@inline
export function sourceAt(merge: Merge, index: u32): Source {
  return changetype<Source>(
    <usize>load<u32>(changetype<usize>(merge) + SOURCES_AT + (<usize>index << 2)),
  );
}

@inline
export function builderOf(merge: Merge): TableBuilder {
  return changetype<TableBuilder>(merge.builder);
}

/** KEY_BYTES_MAX bytes in which the keys of a block are rebuilt while it is verified. */
@inline
export function checkKeyOf(merge: Merge): usize {
  return changetype<usize>(merge) + CHECK_KEY_AT;
}

@inline
export function inputOf(merge: Merge): usize {
  return changetype<usize>(merge) + INPUT_AT;
}

// --- Setting up ----------------------------------------------------------------------------------

/**
 * A merge, or NO_MEMORY. A table of the output ends at the first block that reaches targetBytes.
 * The ids (u32, ascending) of dropped tables lie in the IN area. Then the sources, newest first:
 * mergeAddRun, or mergeAddSource and its tables.
 */
export function mergeBegin(targetBytes: f64, flags: u32, droppedCount: u32): i32 {
  if (droppedCount > DROPPED_MAX) return BAD_INPUT;
  for (let index: u32 = 1; index < droppedCount; index++) {
    const id = inPtr() + (<usize>index << 2);
    if (load<u32>(id - 4) >= load<u32>(id)) return BAD_INPUT;
  }
  const ptr = pageRun(MERGE_PAGES, PAGE_LARGE);
  if (ptr == 0) return NO_MEMORY;
  const builder = tableBuilderNew();
  if (builder == null) {
    pageRunFree(ptr);
    return NO_MEMORY;
  }
  builder.plain = flags & MERGE_PLAIN;
  memory.fill(ptr, 0, SOURCES_AT);
  const merge = changetype<Merge>(ptr);
  merge.builder = changetype<usize>(builder);
  merge.targetBytes = <u64>targetBytes;
  merge.flags = flags;
  merge.moving = -1;
  merge.droppedCount = droppedCount;
  memory.copy(ptr + DROPPED_AT, inPtr(), droppedCount << 2);
  merge.judgedDropped = isDropped(merge, 0) ? 1 : 0;
  return <i32>ptr;
}

function addSource(merge: Merge, isRun: bool): i32 {
  if (merge.sourceCount == SOURCES_MAX) return BAD_INPUT;
  const source = sourceNew(merge.sourceCount, isRun);
  if (source == null) return NO_MEMORY;
  store<u32>(
    changetype<usize>(merge) + SOURCES_AT + (<usize>merge.sourceCount << 2),
    <u32>changetype<usize>(source),
  );
  return merge.sourceCount++;
}

/** The next older source, of tables. Its index, or a status. */
export function mergeAddSource(mergePtr: u32): i32 {
  return addSource(changetype<Merge>(<usize>mergePtr), false);
}

/** The next older source, a run: the frozen memtable. Its index, or a status. */
export function mergeAddRun(mergePtr: u32): i32 {
  return addSource(changetype<Merge>(<usize>mergePtr), true);
}

/**
 * A table of the source added last; tables of one source are disjoint and given by ascending keys.
 */
export function mergeAddTable(mergePtr: u32, file: u32, topOffset8: u32, topLength: u32): i32 {
  const merge = changetype<Merge>(<usize>mergePtr);
  if (merge.sourceCount == 0 || !legalLength(BLOCK_TOP, topLength)) return BAD_INPUT;
  return sourceAddTable(sourceAt(merge, merge.sourceCount - 1), file, topOffset8, topLength);
}

/** The id of the next output file. */
export function mergeFileId(mergePtr: u32, file: u32): void {
  changetype<Merge>(<usize>mergePtr).nextFile = file;
}

/** Frees everything, at any time. */
export function mergeEnd(mergePtr: u32): void {
  const merge = changetype<Merge>(<usize>mergePtr);
  for (let index: u32 = 0; index < merge.sourceCount; index++) sourceFree(sourceAt(merge, index));
  tableBuilderFree(builderOf(merge));
  pageRunFree(mergePtr);
}

/** True for the id of a dropped table. */
export function isDropped(merge: Merge, table: u32): bool {
  const ids = changetype<usize>(merge) + DROPPED_AT;
  let low: u32 = 0;
  let high = merge.droppedCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(ids + (<usize>middle << 2)) < table) low = middle + 1;
    else high = middle;
  }
  return low < merge.droppedCount && load<u32>(ids + (<usize>low << 2)) == table;
}
