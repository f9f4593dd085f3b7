// The TOP block of a table: its partitions and its key range. Never compressed; resident in memory
// per live table.
//
//   +0   u32 partitionCount . u32 minKeyLength . u32 maxKeyLength . u32 0
//   +16  partitions x 24:  u32 separatorEnd . u32 keyCount . u32 index offset8 . u32 index length
//                          . u32 filter offset8 . u32 filter length
//        minKey . maxKey . separators, one behind the other; separatorEnd counts from +0
//
// Last key of a partition <= its separator < first key of the next; the last separator is the
// largest key of the table. `verifyTop` looks at every byte; everything else relies on it.

import { BLOCK_FILTER, BLOCK_INDEX, KEY_BYTES_MAX } from '../layout';
import { compareBytes } from '../memory/bytes';
import { legalLength } from './format';
import { FILTER_KEYS_MAX } from './filter';

export const TOP_HEADER_BYTES: u32 = 16;
export const TOP_PARTITION_BYTES: u32 = 24;

@unmanaged
export class TopHeader {
  partitionCount: u32;
  minKeyLength: u32;
  maxKeyLength: u32;
  zero: u32;
}

@unmanaged
export class Partition {
  separatorEnd: u32;
  keyCount: u32;
  indexOffset8: u32;
  indexLength: u32;
  filterOffset8: u32;
  filterLength: u32;
}

@inline
export function topHeader(top: usize): TopHeader {
  return changetype<TopHeader>(top);
}

@inline
export function topPartition(top: usize, index: u32): Partition {
  return changetype<Partition>(top + TOP_HEADER_BYTES + <usize>(index * TOP_PARTITION_BYTES));
}

@inline
export function topMinKey(top: usize): usize {
  return top + TOP_HEADER_BYTES + <usize>(topHeader(top).partitionCount * TOP_PARTITION_BYTES);
}

@inline
export function topMaxKey(top: usize): usize {
  return topMinKey(top) + topHeader(top).minKeyLength;
}

/** Where the separator of a partition begins, counted from the start of the block. */
@inline
export function separatorStart(top: usize, index: u32): u32 {
  return index == 0
    ? <u32>(topMaxKey(top) - top) + topHeader(top).maxKeyLength
    : topPartition(top, index - 1).separatorEnd;
}

/** The first partition whose separator is not below the key; partitionCount if there is none. */
export function topSeek(top: usize, key: usize, keyLength: u32): u32 {
  let low: u32 = 0;
  let high = topHeader(top).partitionCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = separatorStart(top, middle);
    const length = topPartition(top, middle).separatorEnd - start;
    if (compareBytes(top + start, length, key, keyLength) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True if the raw bytes are a TOP block whose handles lie before `offset8End`. */
export function verifyTop(top: usize, rawBytes: u32, offset8End: u32): bool {
  if (rawBytes < TOP_HEADER_BYTES) return false;
  const header = topHeader(top);
  const count = header.partitionCount;
  if (header.zero != 0 || count == 0) return false;
  if (count > (rawBytes - TOP_HEADER_BYTES) / TOP_PARTITION_BYTES) return false;
  if (header.minKeyLength == 0 || header.minKeyLength > KEY_BYTES_MAX) return false;
  if (header.maxKeyLength == 0 || header.maxKeyLength > KEY_BYTES_MAX) return false;
  let start =
    TOP_HEADER_BYTES + count * TOP_PARTITION_BYTES + header.minKeyLength + header.maxKeyLength;
  if (start > rawBytes) return false;
  if (compareBytes(topMinKey(top), header.minKeyLength, topMaxKey(top), header.maxKeyLength) > 0) {
    return false;
  }
  let before: usize = 0;
  let beforeLength: u32 = 0;
  let offset8: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const partition = topPartition(top, index);
    const end = partition.separatorEnd;
    if (end <= start || end > rawBytes || end - start > KEY_BYTES_MAX) return false;
    if (!legalLength(BLOCK_INDEX, partition.indexLength)) return false;
    if (!legalLength(BLOCK_FILTER, partition.filterLength)) return false;
    if (partition.keyCount == 0 || partition.keyCount > FILTER_KEYS_MAX) return false;
    // A partition is its data, then its index, then at once its filter; partitions follow each
    // other.
    if (partition.indexOffset8 <= offset8) return false;
    const filterAt = <u64>partition.indexOffset8 + (partition.indexLength >> 3);
    const end8 = filterAt + (partition.filterLength >> 3);
    if (filterAt != <u64>partition.filterOffset8 || end8 > <u64>offset8End) return false;
    offset8 = <u32>end8;
    if (before != 0 && compareBytes(before, beforeLength, top + start, end - start) >= 0) {
      return false;
    }
    before = top + start;
    beforeLength = end - start;
    start = end;
  }
  // The filter of the last partition ends where TOP begins.
  if (start != rawBytes || offset8 != offset8End) return false;
  return compareBytes(before, beforeLength, topMaxKey(top), header.maxKeyLength) == 0;
}
