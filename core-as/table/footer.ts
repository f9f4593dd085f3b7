// The last 128 bytes of a table file.
//
//   +0    u64 magic 'ferriteT'      +8   u32 format version    +12  u32 file id
//   +16   u32 TOP offset8           +20  u32 TOP length        +24  u64 bytes of the file
//   +32   u64 entries               +40  u64 tombstones
//   +48   u64 lowest sequence       +56  u64 highest sequence
//   +64   u64 bytes of keys and values (large ones included)
//   +72   u32 data blocks           +76  u32 value blocks      +80  u32 partitions
//   +84   zeros                     +124 u32 CRC32C of all before
//
// TOP lies directly in front of it: TOP and footer together are the *tail*, and all that a shard
// keeps of a table.

import { crc32c } from '../hash/crc32c';
import { BLOCK_TOP } from '../layout';
import {
  blockRawBytes, CODEC_RAW, FORMAT_VERSION, legalLength, Trailer, TRAILER_BYTES, verifyBlock,
} from './format';
import { topHeader, verifyTop } from './top';

export const FOOTER_BYTES: u32 = 128;
const FOOTER_MAGIC: u64 = 0x5465746972726566; // 'ferriteT' read as little-endian
const CRC_AT: u32 = 124;
const ZEROS_AT: u32 = 84;

@unmanaged
export class Footer {
  magic: u64;
  version: u32;
  file: u32;
  topOffset8: u32;
  topLength: u32;
  fileBytes: u64;
  entries: u64;
  tombstones: u64;
  minSequence: u64;
  maxSequence: u64;
  contentBytes: u64;
  dataBlocks: u32;
  valueBlocks: u32;
  partitions: u32;
}

@inline
export function footerAt(ptr: usize): Footer {
  return changetype<Footer>(ptr);
}

/** Fills in what does not vary; the caller has set the rest. */
export function footerSeal(footer: Footer): void {
  const ptr = changetype<usize>(footer);
  footer.magic = FOOTER_MAGIC;
  footer.version = FORMAT_VERSION;
  memory.fill(ptr + ZEROS_AT, 0, CRC_AT - ZEROS_AT);
  store<u32>(ptr + CRC_AT, crc32c(ptr, CRC_AT, 0));
}

/** True for a whole footer of this file whose sizes agree with each other. */
export function footerVerify(ptr: usize, file: u32, fileBytes: u64): bool {
  const footer = footerAt(ptr);
  if (load<u32>(ptr + CRC_AT) != crc32c(ptr, CRC_AT, 0)) return false;
  if (footer.magic != FOOTER_MAGIC || footer.version != FORMAT_VERSION) return false;
  if (footer.file != file) return false;
  for (let at = ZEROS_AT; at < CRC_AT; at += 4) if (load<u32>(ptr + at) != 0) return false;
  if (footer.fileBytes != fileBytes || !legalLength(BLOCK_TOP, footer.topLength)) return false;
  if ((<u64>footer.topOffset8 << 3) + footer.topLength + FOOTER_BYTES != fileBytes) return false;
  if (footer.entries == 0 || footer.tombstones > footer.entries) return false;
  if (footer.minSequence > footer.maxSequence) return false;
  return footer.maxSequence <= <u64>1 << 53;
}

/**
 * True if `bytes` bytes at `tail` are the TOP block and the footer of this file. TOP's raw bytes
 * then begin at `tail`.
 */
export function tailVerify(tail: usize, bytes: u32, file: u32, fileBytes: u64): bool {
  if (bytes <= FOOTER_BYTES + TRAILER_BYTES) return false;
  const topLength = bytes - FOOTER_BYTES;
  const footer = footerAt(tail + topLength);
  if (!footerVerify(tail + topLength, file, fileBytes)) return false;
  if (footer.topLength != topLength) return false;
  if (!topVerify(tail, topLength, file, footer.topOffset8)) return false;
  return topHeader(tail).partitionCount == footer.partitions;
}

/** True if the block is the TOP block of this file. Its raw bytes then begin at `block`. */
export function topVerify(block: usize, length: u32, file: u32, offset8: u32): bool {
  if (!verifyBlock(block, length, BLOCK_TOP, file, offset8)) return false;
  if (changetype<Trailer>(block + length - TRAILER_BYTES).codec != CODEC_RAW) return false;
  return verifyTop(block, blockRawBytes(block, length), offset8);
}
