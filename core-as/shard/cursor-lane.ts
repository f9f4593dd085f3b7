// One source of a cursor call: a memtable, a table of level 0, or all tables of a deeper level.
//
// Relies on: the latch is held, and nothing is inserted into the cache during the call, so blocks
// stay where they are.
//
// A lane of tables stands on an entry of a data block (BlockCursor), which an entry of an index
// block names, which a partition of a table names. It knows the far bound of the cursor: forward,
// the block that would hold `high` is the last to look at, backward the one that would hold `low`;
// so no block beyond the range is ever asked for.
//
// Moves return 1 (stands on an entry), 0 (at its end) or a negative status: NEED_BLOCK, CORRUPT.
// After NEED_BLOCK the lane's key is still that of the entry before the move, and the call has to
// end.

import { BLOCK_DATA, BLOCK_INDEX, Entry, ENTRY_BYTES, NEED_BLOCK } from '../layout';
import { compareBytes } from '../memory/bytes';
import { Lane } from '../merge/lanes';
import {
  NO_POSITION, SEEK_ABOVE, SEEK_AT_LEAST, SEEK_AT_MOST, SEEK_BELOW, treeEntry, treeLast, treeNext,
  treePrev, treeSeek,
} from '../memtable/tree';
import {
  BlockCursor, blockLowerBound, cursorBackward, cursorEnd, cursorForward, cursorOpen, cursorSeek,
  entryValue, indexAfter, indexBefore,
} from '../table/block-reader';
import { BLOCK_HEADER_BYTES } from '../table/format';
import { topHeader, topPartition, topSeek } from '../table/top';
import { blockPayload } from '../version/cache';
import { blockOf, indexDisagrees } from '../version/get';
import { Table, tableAt } from '../version/version';

/**
 * Bytes of a lane with its cursor and its key buffer; LANES_MAX of them lie in VersionState.lanes.
 */
export const LANE_BYTES: u32 = 13312;
const KEY_BUFFER_AT: usize = 512;

/** The bounds of the call. A length of 0 is no bound. */
@unmanaged
export class Bounds {
  low: usize;
  lowLength: u32;
  high: usize;
  highLength: u32;
  lowExclusive: u32;
  highExclusive: u32;
}

@unmanaged
export class CursorLane extends Lane {
  position: u64; // memtable: position in its tree
  bounds: usize;
  isMemtable: u32;
  memtable: usize; // of a memtable
  firstTable: u32; // tables of the source, indexes into the version; tables: [firstTable, endTable)
  endTable: u32;
  table: u32; // the current one
  partition: u32;
  lastPartition: u32; // the one that would hold the far bound
  index: usize; // raw index block of the partition
  indexBytes: u32;
  indexEntry: u32; // offset of the entry that names the current data block
  // offset of the one that would hold the far bound, 0 if that lies in another partition
  lastEntry: u32;
  skipTried: u32; // the leaf or block that lane-skip.ts has looked at last
  skippedSequence: u64; // the highest one among what it stepped over last
}

const BLOCK_CURSOR_AT: usize = 256;

@inline
export function blockCursor(lane: CursorLane): BlockCursor {
  return changetype<BlockCursor>(changetype<usize>(lane) + BLOCK_CURSOR_AT);
}

@inline
export function boundsOf(lane: CursorLane): Bounds {
  return changetype<Bounds>(lane.bounds);
}

@inline
export function currentTable(lane: CursorLane): Table {
  return tableAt(lane.table);
}

export function laneOpen(lane: CursorLane, rank: u32, bounds: Bounds): void {
  lane.rank = rank;
  lane.skipTried = 0;
  lane.bounds = changetype<usize>(bounds);
  blockCursor(lane).key = changetype<usize>(lane) + KEY_BUFFER_AT;
}

// --- Memtables -----------------------------------------------------------------------------------

export function memtableSeek(lane: CursorLane, memtable: usize, reverse: bool): i32 {
  const bounds = boundsOf(lane);
  lane.isMemtable = 1;
  lane.memtable = memtable;
  if (!reverse) {
    const mode = bounds.lowExclusive != 0 ? SEEK_ABOVE : SEEK_AT_LEAST;
    lane.position = treeSeek(memtable, bounds.low, bounds.lowLength, mode);
  } else if (bounds.highLength == 0) {
    lane.position = treeLast(memtable);
  } else {
    const mode = bounds.highExclusive != 0 ? SEEK_BELOW : SEEK_AT_MOST;
    lane.position = treeSeek(memtable, bounds.high, bounds.highLength, mode);
  }
  return memtableTake(lane);
}

@inline
export function memtableTake(lane: CursorLane): i32 {
  if (lane.position == NO_POSITION) return 0;
  const at = treeEntry(lane.position);
  const entry = changetype<Entry>(at);
  lane.key = at + ENTRY_BYTES;
  lane.keyLength = entry.keyLength;
  lane.value = at + ENTRY_BYTES + entry.keyLength;
  lane.valueLength = entry.valueLength;
  lane.kind = entry.kind;
  lane.sequence = entry.sequence;
  return 1;
}

// --- Tables: seeking -----------------------------------------------------------------------------

/**
 * Stands on the first entry of the range (backwards: the last) in tables [first, end) of the
 * version.
 */
export function tablesSeek(lane: CursorLane, first: u32, end: u32, reverse: bool): i32 {
  lane.isMemtable = 0;
  lane.firstTable = first;
  lane.endTable = end;
  return reverse ? seekLast(lane) : seekFirst(lane);
}

function seekFirst(lane: CursorLane): i32 {
  const bounds = boundsOf(lane);
  let index = lane.firstTable;
  let high = lane.endTable; // the first table that ends at or behind the low bound
  while (index < high) {
    const middle = (index + high) >> 1;
    const table = tableAt(middle);
    if (compareBytes(table.maxKey, table.maxKeyLength, bounds.low, bounds.lowLength) < 0) {
      index = middle + 1;
    }
    else high = middle;
  }
  if (index == lane.endTable || !enterTable(lane, index, false)) return 0;
  lane.partition = topSeek(currentTable(lane).top, bounds.low, bounds.lowLength);
  let status = openPartition(lane, false);
  if (status <= 0) return status;
  lane.indexEntry = blockLowerBound(lane.index, lane.indexBytes, bounds.low, bounds.lowLength) >> 1;
  if (lane.indexEntry == 0) return disagrees(lane);
  status = openBlock(lane);
  if (status <= 0) return status;
  const cursor = blockCursor(lane);
  if (!cursorSeek(cursor, bounds.low, bounds.lowLength)) return nextBlock(lane);
  const order = compareBytes(cursor.key, cursor.keyLength, bounds.low, bounds.lowLength);
  return order == 0 && bounds.lowExclusive != 0 ? tablesForward(lane) : tablesTake(lane);
}

function seekLast(lane: CursorLane): i32 {
  const bounds = boundsOf(lane);
  const bounded = bounds.highLength != 0;
  let low = lane.firstTable;
  let index = lane.endTable; // tables from here on begin behind the high bound
  while (bounded && low < index) {
    const middle = (low + index) >> 1;
    const table = tableAt(middle);
    if (compareBytes(table.minKey, table.minKeyLength, bounds.high, bounds.highLength) <= 0) {
      low = middle + 1;
    }
    else index = middle;
  }
  if (index == lane.firstTable || !enterTable(lane, index - 1, true)) return 0;
  const top = <usize>currentTable(lane).top;
  const partitions = topHeader(top).partitionCount;
  lane.partition = bounded ? topSeek(top, bounds.high, bounds.highLength) : partitions;
  if (lane.partition == partitions) { // all of the table lies below the bound
    lane.partition = partitions - 1;
    return previousFrom(lane);
  }
  let status = openPartition(lane, true);
  if (status <= 0) return status;
  lane.indexEntry =
    blockLowerBound(lane.index, lane.indexBytes, bounds.high, bounds.highLength) >> 1;
  if (lane.indexEntry == 0) return disagrees(lane);
  status = openBlock(lane);
  if (status <= 0) return status;
  const cursor = blockCursor(lane);
  if (
    cursorSeek(cursor, bounds.high, bounds.highLength) && bounds.highExclusive == 0
    && compareBytes(cursor.key, cursor.keyLength, bounds.high, bounds.highLength) == 0
  ) {
    return tablesTake(lane);
  }
  return tablesBackward(lane);
}

/** Makes a table the current one; false if it begins (backwards: ends) beyond the far bound. */
function enterTable(lane: CursorLane, index: u32, reverse: bool): bool {
  lane.table = index;
  const bounds = boundsOf(lane);
  const table = tableAt(index);
  if (reverse) {
    if (compareBytes(table.maxKey, table.maxKeyLength, bounds.low, bounds.lowLength) < 0) {
      return false;
    }
    const beginsAbove =
      compareBytes(table.minKey, table.minKeyLength, bounds.low, bounds.lowLength) > 0;
    lane.lastPartition = beginsAbove
      // none: the tables before may reach into the range as well
      ? topHeader(table.top).partitionCount
      : topSeek(table.top, bounds.low, bounds.lowLength);
  } else if (bounds.highLength == 0) {
    lane.lastPartition = topHeader(table.top).partitionCount;
  } else {
    if (compareBytes(table.minKey, table.minKeyLength, bounds.high, bounds.highLength) > 0) {
      return false;
    }
    lane.lastPartition = topSeek(table.top, bounds.high, bounds.highLength);
  }
  return true;
}

/** Loads the index block of the current partition. 1, NEED_BLOCK, CORRUPT. */
function openPartition(lane: CursorLane, reverse: bool): i32 {
  const table = currentTable(lane);
  const partition = topPartition(table.top, lane.partition);
  const index = blockOf(table.file, partition.indexOffset8, partition.indexLength, BLOCK_INDEX);
  if (index == null) return NEED_BLOCK;
  lane.index = blockPayload(index);
  lane.indexBytes = index.rawBytes;
  lane.lastEntry = 0;
  if (lane.partition == lane.lastPartition) {
    const bounds = boundsOf(lane);
    const bound = reverse ? bounds.low : bounds.high;
    const boundLength = reverse ? bounds.lowLength : bounds.highLength;
    lane.lastEntry = blockLowerBound(lane.index, lane.indexBytes, bound, boundLength) >> 1;
    if (lane.lastEntry == 0) return disagrees(lane);
  }
  return 1;
}

/** To the first entry of another partition of the current table. 1, or a status and the lane is spoilt. */
export function enterPartition(lane: CursorLane, partition: u32): i32 {
  lane.partition = partition;
  let status = openPartition(lane, false);
  if (status <= 0) return status;
  lane.indexEntry = BLOCK_HEADER_BYTES;
  status = openBlock(lane);
  if (status <= 0) return status;
  cursorForward(blockCursor(lane));
  return tablesTake(lane);
}

/** The index of the partition does not fit its separator in TOP. */
function disagrees(lane: CursorLane): i32 {
  const table = currentTable(lane);
  return indexDisagrees(table.file, topPartition(table.top, lane.partition));
}

/** Loads the data block that the current index entry names. 1 or NEED_BLOCK. */
function openBlock(lane: CursorLane): i32 {
  const handle = entryValue(lane.index, lane.indexEntry);
  const block =
    blockOf(currentTable(lane).file, load<u32>(handle), load<u32>(handle, 4), BLOCK_DATA);
  if (block == null) return NEED_BLOCK;
  cursorOpen(blockCursor(lane), blockPayload(block), block.rawBytes);
  return 1;
}

// --- Tables: moving ------------------------------------------------------------------------------

@inline
export function tablesTake(lane: CursorLane): i32 {
  const cursor = blockCursor(lane);
  lane.key = cursor.key;
  lane.keyLength = cursor.keyLength;
  lane.value = cursor.value;
  lane.valueLength = cursor.valueLength;
  lane.kind = cursor.kind;
  lane.sequence = cursor.sequence;
  return 1;
}

function tablesForward(lane: CursorLane): i32 {
  return cursorForward(blockCursor(lane)) ? tablesTake(lane) : nextBlock(lane);
}

function tablesBackward(lane: CursorLane): i32 {
  return cursorBackward(blockCursor(lane)) ? tablesTake(lane) : previousBlock(lane);
}

/** To the first entry of the next data block. */
function nextBlock(lane: CursorLane): i32 {
  if (lane.indexEntry == lane.lastEntry) return 0;
  lane.indexEntry = indexAfter(lane.index, lane.indexBytes, lane.indexEntry);
  if (lane.indexEntry == 0) {
    if (lane.partition == lane.lastPartition) return disagrees(lane);
    lane.partition++;
    if (lane.partition == topHeader(currentTable(lane).top).partitionCount) {
      if (lane.table + 1 == lane.endTable || !enterTable(lane, lane.table + 1, false)) return 0;
      lane.partition = 0;
    }
    const status = openPartition(lane, false);
    if (status <= 0) return status;
    lane.indexEntry = BLOCK_HEADER_BYTES;
  }
  const status = openBlock(lane);
  if (status <= 0) return status;
  cursorForward(blockCursor(lane));
  return tablesTake(lane);
}

/** To the last entry of the data block before. */
function previousBlock(lane: CursorLane): i32 {
  if (lane.indexEntry == lane.lastEntry) return 0;
  lane.indexEntry = indexBefore(lane.index, lane.indexBytes, lane.indexEntry);
  if (lane.indexEntry != 0) return openLast(lane);
  if (lane.partition == lane.lastPartition) return disagrees(lane);
  if (lane.partition == 0) {
    if (lane.table == lane.firstTable || !enterTable(lane, lane.table - 1, true)) return 0;
    lane.partition = topHeader(currentTable(lane).top).partitionCount;
  }
  lane.partition--;
  return previousFrom(lane);
}

/** To the last entry of the current partition. */
function previousFrom(lane: CursorLane): i32 {
  const status = openPartition(lane, true);
  if (status <= 0) return status;
  lane.indexEntry = indexBefore(lane.index, lane.indexBytes, 0);
  return openLast(lane);
}

function openLast(lane: CursorLane): i32 {
  const status = openBlock(lane);
  if (status <= 0) return status;
  cursorEnd(blockCursor(lane));
  cursorBackward(blockCursor(lane));
  return tablesTake(lane);
}

// --- Any lane ------------------------------------------------------------------------------------

/** To the next entry in the direction of the cursor. */
@inline
export function laneMove(lane: CursorLane, reverse: bool): i32 {
  if (lane.isMemtable == 0) return reverse ? tablesBackward(lane) : tablesForward(lane);
  lane.position = reverse ? treePrev(lane.position) : treeNext(lane.position);
  return memtableTake(lane);
}

/** True while the lane's entry is not beyond the far bound. */
@inline
export function laneInRange(lane: CursorLane, reverse: bool): bool {
  const bounds = boundsOf(lane);
  if (reverse) {
    const order = compareBytes(lane.key, lane.keyLength, bounds.low, bounds.lowLength);
    return order > 0 || (order == 0 && bounds.lowExclusive == 0);
  }
  if (bounds.highLength == 0) return true;
  const order = compareBytes(lane.key, lane.keyLength, bounds.high, bounds.highLength);
  return order < 0 || (order == 0 && bounds.highExclusive == 0);
}
