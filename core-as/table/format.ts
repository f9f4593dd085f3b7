// The table file: the one truth that builders and readers share.
//
//   file      := { VALUE* DATA }* of an index partition, its INDEX, its FILTER; after the last one
//                TOP, then the footer
//   block     := payload . zeros up to a multiple of 8 . trailer
//                so every block begins at a multiple of 8 (offset8 = offset / 8), and no byte of a
//                file is outside of a block or the footer
//   trailer   := u8 codec(0 raw 1 LZ4) . u8 kind . u16 0 . u32 rawBytes . u32 payloadBytes
//                . u32 crc, 16 bytes in all
//   crc       := CRC32C over payload, zeros and the first 12 bytes of the trailer, continued from
//                blockSeed(file, offset8)
//
//   DATA, INDEX (raw)                                          block-builder.ts, block-reader.ts
//     +0   u64 baseSequence        sequence of the first entry
//     +8   u16 entryCount          at least 1
//     +10  u16 restartCount        every RESTART_INTERVAL-th entry has its whole key
//     +12  entries
//          u16 restarts[restartCount], offsets of those entries from the start of the block
//     entry := u48 word . sequence delta . key suffix . value
//     word  := shared 13 bits . unshared 14 . valueLength 15 . kind 3 (PUT, DELETE, LARGE_REF)
//              . deltaBytes 3, the low bits first
//     What a key shares beyond 8,191 bytes is written out all the same.
//     delta := zigzag(sequence - baseSequence), little-endian in deltaBytes: the fewest, at least 1
//     LARGE_REF value := u32 offset8 . u32 length on disk . u32 value bytes: a VALUE block
//     In an INDEX block the key is a separator (last key of the data block <= separator < first key
//     of the next) and the value is the handle: u32 offset8 . u32 length on disk. Kind is PUT,
//     sequence 0.
//   VALUE     one large value and nothing else
//   FILTER    bloom-class over the keys of its partition       filter.ts
//   TOP       the partitions of the file, resident in memory   top.ts
//   footer    128 bytes                                        footer.ts
//
// Keys within a file ascend strictly. An entry has no variable-length number: one load tells where
// the next one begins.
//
// A block is verified once, when it comes from the disk (checksum, sizes, then the whole
// structure), and trusted from then on: readers check no bounds. Bounds that hold for every legal
// block are given below, so a length can be refused before anything is allocated.

import { crc32c } from '../hash/crc32c';
import {
  BLOCK_DATA, BLOCK_FILTER, BLOCK_INDEX, BLOCK_TOP, BLOCK_VALUE, CORRUPT, VALUE_BYTES_MAX,
} from '../layout';
import { lz4Compress, lz4Decompress } from './lz4';

export const FORMAT_VERSION: u32 = 1;

export const TRAILER_BYTES: u32 = 16;
export const CODEC_RAW: u8 = 0;
export const CODEC_LZ4: u8 = 1;

export const BLOCK_HEADER_BYTES: u32 = 12;
export const RESTART_INTERVAL: u32 = 8;
export const RESTART_SHIFT: u32 = 3;
/** A data or index block closes once it holds this much. */
export const BLOCK_TARGET_BYTES: u32 = 4096;
/**
 * What a data, index or filter block holds at most: a closed one below the target, one largest
 * entry, restarts.
 */
export const BLOCK_RAW_MAX: u32 = 49152;
/** The same on disk; such a block fits the IN area. */
export const BLOCK_DISK_MAX: u32 = BLOCK_RAW_MAX + TRAILER_BYTES;
export const VALUE_DISK_MAX: u32 = VALUE_BYTES_MAX + TRAILER_BYTES;
export const HANDLE_BYTES: u32 = 8;
export const LARGE_REF_BYTES: u32 = 12;

/**
 * A table ends when its TOP block holds this much, whatever its size (only absurdly long keys come
 * here).
 */
export const TOP_TARGET_BYTES: u32 = 524288;
export const TOP_RAW_MAX: u32 = TOP_TARGET_BYTES + 65536;

// Fields of the word of an entry.
export const ENTRY_WORD_BYTES: u32 = 6;
export const UNSHARED_SHIFT: u64 = 13;
export const VALUE_SHIFT: u64 = 27;
export const KIND_SHIFT: u64 = 42;
export const DELTA_SHIFT: u64 = 45;
export const SHARED_MAX: u32 = 0x1fff;
export const UNSHARED_MASK: u32 = 0x3fff;
export const VALUE_MASK: u32 = 0x7fff;

@unmanaged
export class Trailer {
  codec: u8;
  kind: u8;
  zero: u16;
  rawBytes: u32;
  payloadBytes: u32;
  crc: u32;
}

/** Bytes on disk of a block with this payload. */
@inline
export function blockDiskBytes(payloadBytes: u32): u32 {
  return ((payloadBytes + 7) & ~7) + TRAILER_BYTES;
}

/** Room that sealBlock needs, whether or not the block compresses. */
@inline
export function blockDiskMax(kind: u32): u32 {
  return blockRawMax(kind) + TRAILER_BYTES;
}

@inline
function blockRawMax(kind: u32): u32 {
  return kind == BLOCK_VALUE ? VALUE_BYTES_MAX : kind == BLOCK_TOP ? TOP_RAW_MAX : BLOCK_RAW_MAX;
}

/**
 * Where the checksum of a block starts: different for every offset of one file and for one offset
 * of every file.
 */
@inline
function blockSeed(file: u32, offset8: u32): u32 {
  return file ^ (offset8 * 0x9e3779b1);
}

/**
 * Writes the block at `to` (room for blockDiskMax(kind)): `raw` compressed if that saves an eighth,
 * else as it is. `lz4Table` 0 never compresses. Returns the bytes on disk.
 */
export function sealBlock(
  to: usize, raw: usize, rawBytes: u32, kind: u32, file: u32, offset8: u32, lz4Table: usize,
): u32 {
  assert(rawBytes > 0 && rawBytes <= blockRawMax(kind));
  let payload: u32 = 0;
  if (lz4Table != 0) payload = lz4Compress(raw, rawBytes, to, rawBytes - (rawBytes >> 3), lz4Table);
  let codec = CODEC_LZ4;
  if (payload == 0) {
    codec = CODEC_RAW;
    payload = rawBytes;
    memory.copy(to, raw, rawBytes);
  }
  const bytes = blockDiskBytes(payload);
  for (let at = payload; at < bytes - TRAILER_BYTES; at++) store<u8>(to + at, 0);
  const trailer = changetype<Trailer>(to + bytes - TRAILER_BYTES);
  trailer.codec = codec;
  trailer.kind = <u8>kind;
  trailer.zero = 0;
  trailer.rawBytes = rawBytes;
  trailer.payloadBytes = payload;
  trailer.crc = crc32c(to, bytes - 4, blockSeed(file, offset8));
  return bytes;
}

/**
 * Gives a verified block a new place: the same bytes under the checksum of another file and offset.
 */
export function resealBlock(block: usize, bytes: u32, file: u32, offset8: u32): void {
  const trailer = changetype<Trailer>(block + bytes - TRAILER_BYTES);
  trailer.crc = crc32c(block, bytes - 4, blockSeed(file, offset8));
}

/**
 * True if these bytes are a whole block of this kind written for this place; its sizes are then
 * within bounds.
 */
export function verifyBlock(block: usize, bytes: u32, kind: u32, file: u32, offset8: u32): bool {
  if (bytes < TRAILER_BYTES || bytes > blockDiskMax(kind) || (bytes & 7) != 0) return false;
  const trailer = changetype<Trailer>(block + bytes - TRAILER_BYTES);
  if (trailer.crc != crc32c(block, bytes - 4, blockSeed(file, offset8))) return false;
  if (trailer.kind != kind || trailer.zero != 0 || trailer.codec > CODEC_LZ4) return false;
  const payload = trailer.payloadBytes;
  const raw = trailer.rawBytes;
  if (raw == 0 || raw > blockRawMax(kind) || payload > raw) return false;
  if (blockDiskBytes(payload) != bytes) return false;
  for (let at = payload; at < bytes - TRAILER_BYTES; at++) {
    if (load<u8>(block + at) != 0) return false;
  }
  return trailer.codec == CODEC_LZ4 ? payload < raw : payload == raw;
}

/** Uncompressed size of a verified block. */
@inline
export function blockRawBytes(block: usize, bytes: u32): u32 {
  return changetype<Trailer>(block + bytes - TRAILER_BYTES).rawBytes;
}

/** Writes the raw bytes of a verified block to `to`. OK (0) or CORRUPT. */
export function unpackBlock(block: usize, bytes: u32, to: usize): i32 {
  const trailer = changetype<Trailer>(block + bytes - TRAILER_BYTES);
  if (trailer.codec == CODEC_RAW) {
    memory.copy(to, block, trailer.rawBytes);
    return 0;
  }
  const raw = trailer.rawBytes;
  return lz4Decompress(block, trailer.payloadBytes, to, raw) == <i32>raw ? 0 : CORRUPT;
}

/** True for the length of a block that the file may name: nothing longer is ever asked for. */
@inline
export function legalLength(kind: u32, length: u32): bool {
  return length > TRAILER_BYTES && length <= blockDiskMax(kind) && (length & 7) == 0;
}

/** Kinds that the cache of a shard holds. */
@inline
export function isCacheable(kind: u32): bool {
  return kind == BLOCK_DATA || kind == BLOCK_INDEX || kind == BLOCK_FILTER;
}
