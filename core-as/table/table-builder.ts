// Writes a table: entries go in by ascending key, bytes of the file come out in order (format.ts
// draws the file).
//
// Lives in a private memory, on one run of pages:
//   page 0      TableBuilder . smallest key . separator . TableInfo
//   1, 2        block builders of the data and of the index block
//   3, 4        hashes of the keys of the open partition
//   5           raw filter          6       table of LZ4
//   7..14       partitions of TOP   15..23  their separators
//   24..57      output
//
// The owner takes the output away (`outputTaken`) whenever `outputReady`. Below OUTPUT_TARGET_BYTES
// there is room for whatever one call can add: a largest VALUE block, a data block, an index block
// and a filter; or the end of a table.
//
// Invariants: a partition's blocks lie together, its VALUE blocks in front of the data block that
// names them; an index entry is written when the next key is known (its separator lies between) or
// at the end (the last key itself).

import {
  BLOCK_DATA, BLOCK_FILTER, BLOCK_INDEX, BLOCK_TOP, BLOCK_VALUE, DELETE, KEY_BYTES_MAX, LARGE_REF,
  PAGE_BYTES, PAGE_LARGE, PUT,
} from '../layout';
import { copyBytes } from '../memory/bytes';
import { pageRun, pageRunFree } from '../memory/pages';
import {
  BlockBuilder, blockAdd, blockBegin, blockBytes, blockFinish, builtBytes, lastKey,
} from './block-builder';
import { filterBuild, filterHash, FILTER_KEYS_MAX } from './filter';
import { FOOTER_BYTES, footerAt, footerSeal } from './footer';
import {
  BLOCK_TARGET_BYTES, HANDLE_BYTES, LARGE_REF_BYTES, resealBlock, sealBlock,
  TOP_TARGET_BYTES,
} from './format';
import { separatorOf } from './separator';
import {
  TOP_HEADER_BYTES, TOP_PARTITION_BYTES, topHeader, topMaxKey, topMinKey, topPartition,
} from './top';

const PAGE: usize = <usize>PAGE_BYTES;
const MIN_KEY_AT: usize = 1024;
const SEPARATOR_AT: usize = MIN_KEY_AT + <usize>KEY_BYTES_MAX;
const INFO_OFFSET: usize = 512;
const DATA_PAGE: usize = 1;
const INDEX_PAGE: usize = 2;
const HASHES_PAGE: usize = 3;
const FILTER_PAGE: usize = 5;
const LZ4_PAGE: usize = 6;
const PARTITIONS_PAGE: usize = 7;
const SEPARATORS_PAGE: usize = 15;
const OUTPUT_PAGE: usize = 24;
const BUILDER_PAGES: u32 = 97;
const OUTPUT_BYTES: u32 = (BUILDER_PAGES - <u32>OUTPUT_PAGE) * PAGE_BYTES;
export const OUTPUT_TARGET_BYTES: u32 = 262144;

/**
 * An index block closes at the target, but not with very few (very long) separators, so that TOP
 * stays small.
 */
const INDEX_ENTRIES_MIN: u32 = 16;
const INDEX_BYTES_MAX: u32 = 24576;
const DATA_ENTRIES_MAX: u32 = 1024; // more than a block below its target can hold

@unmanaged
export class TableBuilder {
  offset: u64; // bytes of the file so far
  entries: u64;
  tombstones: u64;
  minSequence: u64;
  maxSequence: u64;
  contentBytes: u64;
  file: u32;
  outputUsed: u32;
  hashCount: u32;
  dataBlocks: u32;
  valueBlocks: u32;
  partitions: u32;
  separatorBytes: u32;
  minKeyLength: u32;
  isOpen: u32; // between tableBegin and tableFinish
  pending: u32; // a finished data block waits for its index entry
  pendingOffset8: u32;
  pendingLength: u32;
  plain: u32; // blocks are not compressed; kept from table to table
}

/** What the host puts into the manifest about a finished table. */
@unmanaged
export class TableInfo {
  file: u32; //         0
  topOffset8: u32; //   4
  topLength: u32; //    8  bytes on disk
  dataBlocks: u32; //   12
  fileBytes: f64; //    16
  entries: f64; //      24
  tombstones: f64; //   32
  minSequence: f64; //  40
  maxSequence: f64; //  48
  contentBytes: f64; // 56  of keys and values, large ones included
  minKeyPtr: u32; //    64
  minKeyLength: u32; // 68
  maxKeyPtr: u32; //    72
  maxKeyLength: u32; // 76
}

@inline
function region(builder: TableBuilder, page: usize): usize {
  return changetype<usize>(builder) + page * PAGE;
}

@inline
function dataBlock(builder: TableBuilder): BlockBuilder {
  return changetype<BlockBuilder>(region(builder, DATA_PAGE));
}

@inline
function indexBlock(builder: TableBuilder): BlockBuilder {
  return changetype<BlockBuilder>(region(builder, INDEX_PAGE));
}

/** A builder with no table open, or null when the memory is too small. */
export function tableBuilderNew(): TableBuilder | null {
  const run = pageRun(BUILDER_PAGES, PAGE_LARGE);
  if (run == 0) return null;
  memory.fill(run, 0, offsetof<TableBuilder>());
  return changetype<TableBuilder>(run);
}

export function tableBuilderFree(builder: TableBuilder): void {
  pageRunFree(changetype<usize>(builder));
}

// --- Output --------------------------------------------------------------------------------------

@inline
export function outputAt(builder: TableBuilder): usize {
  return region(builder, OUTPUT_PAGE);
}

@inline
export function outputReady(builder: TableBuilder): bool {
  return builder.outputUsed >= OUTPUT_TARGET_BYTES;
}

export function outputTaken(builder: TableBuilder): void {
  builder.outputUsed = 0;
}

/** Appends a block and returns its length on disk. */
function writeBlock(
  builder: TableBuilder, raw: usize, rawBytes: u32, kind: u32, compress: bool,
): u32 {
  const lz4Table = compress && builder.plain == 0 ? region(builder, LZ4_PAGE) : 0;
  const to = outputAt(builder) + builder.outputUsed;
  return wrote(
    builder, sealBlock(to, raw, rawBytes, kind, builder.file, offset8Of(builder), lz4Table),
  );
}

@inline
function offset8Of(builder: TableBuilder): u32 {
  return <u32>(builder.offset >> 3);
}

function wrote(builder: TableBuilder, bytes: u32): u32 {
  builder.outputUsed += bytes;
  builder.offset += bytes;
  assert(builder.outputUsed <= OUTPUT_BYTES);
  return bytes;
}

// --- Entries -------------------------------------------------------------------------------------

export function tableBegin(builder: TableBuilder, file: u32): void {
  assert(builder.isOpen == 0 && builder.outputUsed == 0);
  memory.fill(changetype<usize>(builder), 0, offsetof<TableBuilder>('plain'));
  builder.file = file;
  builder.isOpen = 1;
  builder.minSequence = u64.MAX_VALUE;
  blockBegin(dataBlock(builder));
  blockBegin(indexBlock(builder));
}

/** True when the table may end here and is big enough. */
export function tableIsFull(builder: TableBuilder, targetBytes: u64): bool {
  if (builder.pending == 0) return false;
  return builder.offset >= targetBytes || topBytes(builder) + KEY_BYTES_MAX >= TOP_TARGET_BYTES;
}

/** What TOP holds so far, with room for two longest keys. */
function topBytes(builder: TableBuilder): u32 {
  const partitions = builder.partitions * TOP_PARTITION_BYTES;
  return TOP_HEADER_BYTES + partitions + builder.separatorBytes + (KEY_BYTES_MAX << 1);
}

/** Adds an entry with its value inline. */
export function tableAdd(
  builder: TableBuilder, key: usize, keyLength: u32, kind: u32, sequence: u64, value: usize,
  valueLength: u32,
): void {
  indexPending(builder, key, keyLength);
  builder.contentBytes += valueLength;
  append(builder, key, keyLength, kind, sequence, value, valueLength);
}

/** Adds an entry and its large value in a VALUE block. */
export function tableAddLarge(
  builder: TableBuilder, key: usize, keyLength: u32, sequence: u64, value: usize, valueLength: u32,
): void {
  indexPending(builder, key, keyLength);
  const offset8 = offset8Of(builder);
  const length = writeBlock(builder, value, valueLength, BLOCK_VALUE, true);
  appendReference(builder, key, keyLength, sequence, offset8, length, valueLength);
}

/** Adds an entry whose VALUE block, verified, comes from another table. */
export function tableAddValueBlock(
  builder: TableBuilder, key: usize, keyLength: u32, sequence: u64, block: usize, length: u32,
  valueLength: u32,
): void {
  indexPending(builder, key, keyLength);
  const offset8 = offset8Of(builder);
  const to = outputAt(builder) + builder.outputUsed;
  memory.copy(to, block, length);
  resealBlock(to, length, builder.file, offset8);
  wrote(builder, length);
  appendReference(builder, key, keyLength, sequence, offset8, length, valueLength);
}

function appendReference(
  builder: TableBuilder, key: usize, keyLength: u32, sequence: u64, offset8: u32, length: u32,
  valueLength: u32,
): void {
  const reference = changetype<usize>(builder) + INFO_OFFSET;
  store<u32>(reference, offset8);
  store<u32>(reference, length, 4);
  store<u32>(reference, valueLength, 8);
  builder.valueBlocks++;
  builder.contentBytes += valueLength;
  append(builder, key, keyLength, LARGE_REF, sequence, reference, LARGE_REF_BYTES);
}

function append(
  builder: TableBuilder, key: usize, keyLength: u32, kind: u32, sequence: u64, value: usize,
  valueLength: u32,
): void {
  if (builder.entries == 0) {
    copyBytes(changetype<usize>(builder) + MIN_KEY_AT, key, keyLength);
    builder.minKeyLength = keyLength;
  }
  builder.entries++;
  builder.contentBytes += keyLength;
  if (kind == DELETE) builder.tombstones++;
  if (sequence < builder.minSequence) builder.minSequence = sequence;
  if (sequence > builder.maxSequence) builder.maxSequence = sequence;
  store<u64>(
    region(builder, HASHES_PAGE) + (<usize>builder.hashCount << 3), filterHash(key, keyLength),
  );
  builder.hashCount++;
  const data = dataBlock(builder);
  blockAdd(data, key, keyLength, kind, sequence, value, valueLength);
  if (builtBytes(data) >= BLOCK_TARGET_BYTES) closeData(builder);
}

// --- Blocks and partitions -----------------------------------------------------------------------

function closeData(builder: TableBuilder): void {
  const data = dataBlock(builder);
  builder.pendingOffset8 = offset8Of(builder);
  builder.pendingLength =
    writeBlock(builder, blockBytes(data), blockFinish(data), BLOCK_DATA, true);
  builder.pending = 1;
  builder.dataBlocks++;
  blockBegin(data);
}

/**
 * Writes the index entry of the data block that waits for it, with a separator below `next`; and
 * what then is full.
 */
function indexPending(builder: TableBuilder, next: usize, nextLength: u32): void {
  if (builder.pending == 0) return;
  const data = dataBlock(builder);
  const separator = changetype<usize>(builder) + SEPARATOR_AT;
  indexAdd(
    builder, separator, separatorOf(separator, lastKey(data), data.lastKeyLength, next, nextLength),
  );
  const index = indexBlock(builder);
  const bytes = builtBytes(index);
  const many = index.entryCount >= INDEX_ENTRIES_MIN || bytes >= INDEX_BYTES_MAX;
  const filterIsFull = builder.hashCount + DATA_ENTRIES_MAX > FILTER_KEYS_MAX;
  if ((many && bytes >= BLOCK_TARGET_BYTES) || filterIsFull) closePartition(builder);
}

function indexAdd(builder: TableBuilder, separator: usize, length: u32): void {
  const handle = changetype<usize>(builder) + INFO_OFFSET;
  store<u32>(handle, builder.pendingOffset8);
  store<u32>(handle, builder.pendingLength, 4);
  blockAdd(indexBlock(builder), separator, length, PUT, 0, handle, HANDLE_BYTES);
  builder.pending = 0;
}

function closePartition(builder: TableBuilder): void {
  const index = indexBlock(builder);
  const partition = topPartition(region(builder, PARTITIONS_PAGE), builder.partitions);
  partition.keyCount = builder.hashCount;
  partition.indexOffset8 = offset8Of(builder);
  partition.indexLength =
    writeBlock(builder, blockBytes(index), blockFinish(index), BLOCK_INDEX, true);
  const filter = region(builder, FILTER_PAGE);
  const bytes = filterBuild(filter, region(builder, HASHES_PAGE), builder.hashCount);
  partition.filterOffset8 = offset8Of(builder);
  partition.filterLength = writeBlock(builder, filter, bytes, BLOCK_FILTER, false);
  copyBytes(
    region(builder, SEPARATORS_PAGE) + builder.separatorBytes, lastKey(index), index.lastKeyLength,
  );
  builder.separatorBytes += index.lastKeyLength;
  partition.separatorEnd = builder.separatorBytes; // tableFinish adds where the separators begin
  builder.partitions++;
  builder.hashCount = 0;
  blockBegin(index);
}

// --- The end of a table --------------------------------------------------------------------------

/** Completes the file. The result lies in the builder until the next tableBegin. */
export function tableFinish(builder: TableBuilder): TableInfo {
  assert(builder.isOpen != 0 && builder.entries > 0);
  const data = dataBlock(builder);
  if (data.entryCount > 0) {
    assert(builder.pending == 0);
    closeData(builder);
  }
  const maxKey = lastKey(data);
  if (builder.pending != 0) indexAdd(builder, maxKey, data.lastKeyLength);
  closePartition(builder);
  const topOffset8 = offset8Of(builder);
  const topLength = writeTop(builder, maxKey, data.lastKeyLength);
  writeFooter(builder, topOffset8, topLength);
  builder.isOpen = 0;

  const info = changetype<TableInfo>(changetype<usize>(builder) + INFO_OFFSET);
  info.file = builder.file;
  info.topOffset8 = topOffset8;
  info.topLength = topLength;
  info.dataBlocks = builder.dataBlocks;
  info.fileBytes = <f64>builder.offset;
  info.entries = <f64>builder.entries;
  info.tombstones = <f64>builder.tombstones;
  info.minSequence = <f64>builder.minSequence;
  info.maxSequence = <f64>builder.maxSequence;
  info.contentBytes = <f64>builder.contentBytes;
  info.minKeyPtr = <u32>(changetype<usize>(builder) + MIN_KEY_AT);
  info.minKeyLength = builder.minKeyLength;
  info.maxKeyPtr = <u32>maxKey;
  info.maxKeyLength = data.lastKeyLength;
  return info;
}

/** Assembles TOP where it lies in the output and seals it in place. */
function writeTop(builder: TableBuilder, maxKey: usize, maxKeyLength: u32): u32 {
  const top = outputAt(builder) + builder.outputUsed;
  const header = topHeader(top);
  header.partitionCount = builder.partitions;
  header.minKeyLength = builder.minKeyLength;
  header.maxKeyLength = maxKeyLength;
  header.zero = 0;
  memory.copy(
    changetype<usize>(topPartition(top, 0)),
    changetype<usize>(topPartition(region(builder, PARTITIONS_PAGE), 0)),
    builder.partitions * TOP_PARTITION_BYTES,
  );
  copyBytes(topMinKey(top), changetype<usize>(builder) + MIN_KEY_AT, builder.minKeyLength);
  copyBytes(topMaxKey(top), maxKey, maxKeyLength);
  const separators = topMaxKey(top) + maxKeyLength;
  memory.copy(separators, region(builder, SEPARATORS_PAGE), builder.separatorBytes);
  const start = <u32>(separators - top);
  for (let index: u32 = 0; index < builder.partitions; index++) {
    topPartition(top, index).separatorEnd += start;
  }
  return writeBlock(builder, top, start + builder.separatorBytes, BLOCK_TOP, false);
}

function writeFooter(builder: TableBuilder, topOffset8: u32, topLength: u32): void {
  const footer = footerAt(outputAt(builder) + builder.outputUsed);
  footer.file = builder.file;
  footer.topOffset8 = topOffset8;
  footer.topLength = topLength;
  footer.fileBytes = builder.offset + FOOTER_BYTES;
  footer.entries = builder.entries;
  footer.tombstones = builder.tombstones;
  footer.minSequence = builder.minSequence;
  footer.maxSequence = builder.maxSequence;
  footer.contentBytes = builder.contentBytes;
  footer.dataBlocks = builder.dataBlocks;
  footer.valueBlocks = builder.valueBlocks;
  footer.partitions = builder.partitions;
  footerSeal(footer);
  wrote(builder, FOOTER_BYTES);
}
