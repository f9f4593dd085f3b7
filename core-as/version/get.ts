// A point read in the tables of a shard: the newest version of one key, or a block that has to be
// fetched first.
//
// Relies on: the latch is held; the memtables were looked at before, in the same latched call.
//
// A call that lacks a block says which in RESULT and can simply be made again: blocks that the
// thread has provided stay pinned, so each try gets further, and a change of memtables or version
// between the tries needs no special care.

import { 
  BLOCK_DATA, BLOCK_FILTER, BLOCK_INDEX, CORRUPT, LARGE_REF, NEED_BLOCK, NOT_FOUND, OK,
} from '../layout';
import { compareBytes } from '../memory/bytes';
import { found, result } from '../memory/thread';
import {
  blockLowerBound, entryKind, entrySequence, entryValue, entryValueLength,
} from '../table/block-reader';
import { filterHash, filterMayHold } from '../table/filter';
import { Partition, topPartition, topSeek } from '../table/top';
import { blockPayload, CacheBlock, cacheFind } from './cache';
import { LEVELS, levelStart, Table, tableAt, tableSeek, versionState } from './version';

/** The block from the cache; null when it has to be fetched, which RESULT then describes. */
export function blockOf(file: u32, offset8: u32, length: u32, kind: u32): CacheBlock | null {
  const block = cacheFind(file, offset8);
  if (block == null) {
    const need = result();
    need.needFile = file;
    need.needOffset8 = offset8;
    need.needLength = length;
    need.needKind = kind;
  }
  return block;
}

/** The index block ends before its own separator in TOP: CORRUPT, and RESULT says where. */
export function indexDisagrees(file: u32, partition: Partition): i32 {
  const need = result();
  need.needFile = file;
  need.needOffset8 = partition.indexOffset8;
  need.needLength = partition.indexLength;
  need.needKind = BLOCK_INDEX;
  return CORRUPT;
}

/**
 * OK (a tombstone too) and found() of memory/thread.ts tells; NOT_FOUND; NEED_BLOCK and RESULT
 * tells; CORRUPT.
 */
export function versionGet(key: usize, keyLength: u32): i32 {
  result().version = versionState().number;
  if (levelStart(LEVELS) == 0) return NOT_FOUND;
  const hash = filterHash(key, keyLength);
  const level0 = levelStart(1);
  for (let index: u32 = 0; index < level0; index++) {
    const table = tableAt(index);
    if (compareBytes(table.maxKey, table.maxKeyLength, key, keyLength) < 0) continue;
    const status = tableGet(table, key, keyLength, hash);
    if (status != NOT_FOUND) return status;
  }
  for (let level: u32 = 1; level < LEVELS; level++) {
    const end = levelStart(level + 1);
    if (levelStart(level) == end) continue;
    const index = tableSeek(level, key, keyLength);
    if (index == end) continue;
    const status = tableGet(tableAt(index), key, keyLength, hash);
    if (status != NOT_FOUND) return status;
  }
  return NOT_FOUND;
}

/** The key is not above the table's largest. */
function tableGet(table: Table, key: usize, keyLength: u32, hash: u64): i32 {
  if (compareBytes(table.minKey, table.minKeyLength, key, keyLength) > 0) return NOT_FOUND;
  const file = table.file;
  const partition = topPartition(table.top, topSeek(table.top, key, keyLength));
  const filter = blockOf(file, partition.filterOffset8, partition.filterLength, BLOCK_FILTER);
  if (filter == null) return NEED_BLOCK;
  if (!filterMayHold(blockPayload(filter), filter.rawBytes, hash)) return NOT_FOUND;

  const index = blockOf(file, partition.indexOffset8, partition.indexLength, BLOCK_INDEX);
  if (index == null) return NEED_BLOCK;
  const indexEntry = blockLowerBound(blockPayload(index), index.rawBytes, key, keyLength) >> 1;
  if (indexEntry == 0) return indexDisagrees(file, partition);
  const handle = entryValue(blockPayload(index), indexEntry);

  const data = blockOf(file, load<u32>(handle), load<u32>(handle, 4), BLOCK_DATA);
  if (data == null) return NEED_BLOCK;
  const entry = blockLowerBound(blockPayload(data), data.rawBytes, key, keyLength);
  return (entry & 1) != 0 ? take(blockPayload(data), entry >> 1, file) : NOT_FOUND;
}

function take(block: usize, entry: u32, file: u32): i32 {
  const to = found();
  const value = entryValue(block, entry);
  to.sequence = entrySequence(block, entry);
  to.kind = entryKind(block, entry);
  to.valuePtr = <u32>value;
  to.valueLength = entryValueLength(block, entry);
  if (to.kind == LARGE_REF) {
    to.valueFile = file;
    to.valueOffset8 = load<u32>(value);
    to.valueBlockBytes = load<u32>(value, 4);
    to.valueLength = load<u32>(value, 8);
  }
  return OK;
}
