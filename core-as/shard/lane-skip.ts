// Counting without walking: what a count may step over at once, because nothing else lies there.
//
// The first lane of a count has the entries before the second lane's key to itself: nobody shadows them and they shadow
// nobody. So whole stretches of them can be counted by what is known of them:
//
//   leaf of a memtable    its entries, only looked at for tombstones; their number where the memtable has none
//   data block            the words of its entries, or just their number where the table has no tombstones
//   partition of a table  its count of keys in TOP, if the table has no tombstones: nothing of it is read
//
// A skip ends on the last entry of the leaf or block, which is then counted and left as always, so blocks that are not
// there and the end of a call mean what they always mean. A leap ends on the first entry of a later partition, not counted.
//
// Relies on: forward, no tombstones asked for. The area of the last key is free until the call ends.

import { DELETE, ENTRY_BYTES, Entry, KEY_BYTES_MAX, LAST_KEY_AT } from '../layout';
import { compareBytes, copyBytes } from '../memory/bytes';
import { result, scratch } from '../memory/thread';
import { Memtable } from '../memtable/memtable';
import { treeEntry, treeLeafLast } from '../memtable/tree';
import { Lane } from '../merge/lanes';
import { BlockCursor, cursorLive, cursorToLast } from '../table/block-reader';
import { BLOCK_HEADER_BYTES } from '../table/format';
import { topHeader, topPartition, topSeek } from '../table/top';
import {
  blockCursor, boundsOf, currentTable, CursorLane, enterPartition, memtableTake, tablesTake,
} from './cursor-lane';

/** Fewer entries are walked. At least a restart group, so that the last one lies in another. */
const SKIP_MIN: i32 = 8;
const SAVED_AT: usize = LAST_KEY_AT + <usize>KEY_BYTES_MAX;

/** Whether a key lies before the limit and inside the range. */
function isBefore(key: usize, length: u32, lane: CursorLane, limit: Lane | null): bool {
  if (limit !== null && compareBytes(key, length, limit.key, limit.keyLength) >= 0) return false;
  const bounds = boundsOf(lane);
  return bounds.highLength == 0 || compareBytes(key, length, bounds.high, bounds.highLength) < 0;
}

/**
 * Steps to the last entry of the leaf or block if all of it lies before the limit. Gives the live entries stepped over in
 * the high half, those that were looked at in the low one; 0: none.
 */
export function laneSkip(lane: CursorLane, limit: Lane | null): u32 {
  return lane.isMemtable != 0 ? leafSkip(lane, limit) : blockSkip(lane, limit);
}

function leafSkip(lane: CursorLane, limit: Lane | null): u32 {
  const leaf = <u32>(lane.position >> 32);
  if (lane.skipTried == leaf) return 0;
  lane.skipTried = leaf;
  const last = treeLeafLast(lane.position);
  const end = treeEntry(last);
  if (!isBefore(end + ENTRY_BYTES, changetype<Entry>(end).keyLength, lane, limit)) return 0;
  const entries = <u32>(last - lane.position);
  const memtable = changetype<Memtable>(lane.memtable);
  if (memtable.tombstones == 0) {
    // Not one entry is touched: the highest sequence of all stands for theirs.
    lane.skippedSequence = memtable.maxSequence;
    lane.position = last;
    memtableTake(lane);
    return entries << 16;
  }
  let live: u32 = 0;
  let sequence: u64 = 0;
  for (let at = lane.position; at < last; at++) {
    const entry = changetype<Entry>(treeEntry(at));
    if (entry.kind != DELETE) live++;
    if (entry.sequence > sequence) sequence = entry.sequence;
  }
  lane.skippedSequence = sequence;
  lane.position = last;
  memtableTake(lane);
  return (live << 16) | entries;
}

function blockSkip(lane: CursorLane, limit: Lane | null): u32 {
  const cursor = blockCursor(lane);
  const entries = cursor.entryCount - 1 - cursor.index;
  if (lane.skipTried == <u32>cursor.block || entries < SKIP_MIN) return 0;
  lane.skipTried = <u32>cursor.block;
  const saved = scratch + SAVED_AT;
  const own = cursor.key;
  memory.copy(saved, changetype<usize>(cursor), offsetof<BlockCursor>());
  cursor.key = scratch + LAST_KEY_AT;
  cursorToLast(cursor);
  if (!isBefore(cursor.key, cursor.keyLength, lane, limit)) {
    memory.copy(changetype<usize>(cursor), saved, offsetof<BlockCursor>());
    return 0;
  }
  copyBytes(own, cursor.key, cursor.keyLength);
  cursor.key = own;
  tablesTake(lane);
  if (currentTable(lane).tombstones == 0) return <u32>entries << 16;
  const first = changetype<BlockCursor>(saved);
  const live = (first.kind != <u32>DELETE ? 1 : 0) + cursorLive(first, entries - 1);
  return (live << 16) | <u32>entries;
}

/**
 * From the first entry of a partition to that of the last one that may hold the limit or the end of the range: the keys of
 * all partitions passed, 0 if there is none to pass or its blocks are not there.
 */
export function laneLeap(lane: CursorLane, limit: Lane | null): u32 {
  if (lane.isMemtable != 0 || lane.indexEntry != BLOCK_HEADER_BYTES) return 0;
  const table = currentTable(lane);
  if (blockCursor(lane).index != 0 || table.tombstones != 0) return 0;
  const top = <usize>table.top;
  const from = lane.partition;
  let to = min<u32>(lane.lastPartition, topHeader(top).partitionCount - 1);
  if (limit !== null) to = min<u32>(to, topSeek(top, limit.key, limit.keyLength));
  if (to <= from) return 0;
  let keys: u32 = 0;
  for (let partition = from; partition < to; partition++) keys += topPartition(top, partition).keyCount;
  const index = lane.index;
  const indexBytes = lane.indexBytes;
  const lastEntry = lane.lastEntry;
  const saved = scratch + SAVED_AT;
  memory.copy(saved, changetype<usize>(blockCursor(lane)), offsetof<BlockCursor>());
  if (enterPartition(lane, to) > 0) return keys;
  // What it is to stand on must be read first: walking will come there.
  memory.copy(changetype<usize>(blockCursor(lane)), saved, offsetof<BlockCursor>());
  lane.partition = from;
  lane.index = index;
  lane.indexBytes = indexBytes;
  lane.indexEntry = BLOCK_HEADER_BYTES;
  lane.lastEntry = lastEntry;
  result().needKind = 0;
  return 0;
}
