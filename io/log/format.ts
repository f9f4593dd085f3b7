/**
 * The bytes of the log: one truth for writer and reader. All little-endian.
 *
 * A segment file, `<number, 10 digits>-<owner id, 16 hex>-<log id, 16 hex>.log`:
 *
 *   +--------------------+ 0
 *   | segment header     | 64 B; durable, with the name, before the first frame is written
 *   +--------------------+ 64
 *   | frame              | 8-aligned, 8-padded, one after the other
 *   | frame ...          |
 *   +--------------------+
 *   | space              | zeros, or in a recycled file frames of foreign log ids
 *   +--------------------+ capacity
 *
 * Segment header:
 *   0       8         12      16       24       32         40         44      48      60      64
 *   | magic | version | bytes | log id | number | owner id | capacity | flags | zeros | crc32c |
 *   flags bit 0: recycled. The checksum covers the 60 bytes before it.
 *
 * Frame:
 *   0       4        8        16      24               32           36     38        40
 *   | magic | crc32c | log id | group | durableThrough | frameBytes | kind | chunks  | chunk ... |
 *   The checksum covers everything after it, padding included. `durableThrough` is a promise: all
 *   groups up to it were durable when this frame was written.
 *   GROUP  carries the chunks of group number `group`.
 *   SEAL   no chunks: a promise about `group`, the last one; the next group is written over it.
 *   END    a seal that a clean close leaves.
 *
 * Chunk, 8-aligned:
 *   0       4       8
 *   | shard | bytes | log records of that shard, as they lay in its ring; zeros up to 8-alignment |
 *
 * Group numbers start at 1, rise by one and are never used twice for durable groups. Every use of a
 * file draws a new random log id, so what an earlier use left in it can never be taken for a frame.
 */
import { align8, idText, parseId, readU64, sameId, viewOf, writeU64 } from '../disk/bytes.js';
import type { Crc32c, Id64 } from '../disk/bytes.js';

export const LOG_FORMAT_VERSION = 1;

export const SEGMENT_HEADER_BYTES = 64;
const SEGMENT_MAGIC_LOW = 0x52524546; // 'FERR'
const SEGMENT_MAGIC_HIGH = 0x474f4c2e; // '.LOG'
const SEGMENT_CRC_OFFSET = 60;
const FLAG_RECYCLED = 1;

export const FRAME_HEADER_BYTES = 40;
export const CHUNK_HEADER_BYTES = 8;
export const FRAME_MAGIC = 0x50524746; // 'FGRP'
export const FRAME_CRC_OFFSET = 4;
/** The checksum covers the frame from here on. */
export const FRAME_CRC_START = 8;
/** A SEAL or END frame: every segment keeps room for one. */
export const MARK_BYTES = FRAME_HEADER_BYTES;
/**
 * All rings together stay below this, so that a group always fits a frame and a frame fits a
 * buffer.
 */
export const FRAME_BYTES_MAX = 2 ** 30;

export const FRAME_GROUP = 1;
export const FRAME_SEAL = 2;
export const FRAME_END = 3;

export interface SegmentName {
  readonly number: number;
  readonly owner: Id64;
  readonly id: Id64;
}

export interface SegmentHeader extends SegmentName {
  readonly version: number;
  readonly capacity: number;
  readonly recycled: boolean;
}

export interface FrameHeader {
  readonly id: Id64;
  readonly kind: number;
  readonly group: number;
  readonly durableThrough: number;
  readonly frameBytes: number;
  readonly chunkCount: number;
}

export function segmentFileName(name: SegmentName): string {
  return `${String(name.number).padStart(10, '0')}-${idText(name.owner)}-${idText(name.id)}.log`;
}

/** undefined for names that are not segments. */
export function parseSegmentFileName(text: string): SegmentName | undefined {
  const match = /^(\d{10,16})-([0-9a-f]{16})-([0-9a-f]{16})\.log$/.exec(text);
  if (match === null) return undefined;
  return { number: Number(match[1]), owner: parseId(match[2]), id: parseId(match[3]) };
}

export function encodeSegmentHeader(
  header: Omit<SegmentHeader, 'version'>,
  crc32c: Crc32c,
): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, SEGMENT_MAGIC_LOW, true);
  view.setUint32(4, SEGMENT_MAGIC_HIGH, true);
  view.setUint32(8, LOG_FORMAT_VERSION, true);
  view.setUint32(12, SEGMENT_HEADER_BYTES, true);
  writeId(view, 16, header.id);
  writeU64(view, 24, header.number);
  writeId(view, 32, header.owner);
  view.setUint32(40, header.capacity, true);
  view.setUint32(44, header.recycled ? FLAG_RECYCLED : 0, true);
  view.setUint32(SEGMENT_CRC_OFFSET, crc32c(bytes.subarray(0, SEGMENT_CRC_OFFSET), 0) >>> 0, true);
  return bytes;
}

/** undefined when the bytes are not a whole segment header of any version. */
export function decodeSegmentHeader(bytes: Uint8Array, crc32c: Crc32c): SegmentHeader | undefined {
  if (bytes.byteLength < SEGMENT_HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  if (
    view.getUint32(0, true) !== SEGMENT_MAGIC_LOW ||
    view.getUint32(4, true) !== SEGMENT_MAGIC_HIGH
  )
    return undefined;
  const expected = view.getUint32(SEGMENT_CRC_OFFSET, true);
  if (crc32c(bytes.subarray(0, SEGMENT_CRC_OFFSET), 0) >>> 0 !== expected) return undefined;
  return {
    version: view.getUint32(8, true),
    id: readId(view, 16),
    number: readU64(view, 24),
    owner: readId(view, 32),
    capacity: view.getUint32(40, true),
    recycled: (view.getUint32(44, true) & FLAG_RECYCLED) !== 0,
  };
}

/** Writes all of a frame header but the checksum. */
export function writeFrameHeader(view: DataView, offset: number, header: FrameHeader): void {
  view.setUint32(offset, FRAME_MAGIC, true);
  writeId(view, offset + 8, header.id);
  writeU64(view, offset + 16, header.group);
  writeU64(view, offset + 24, header.durableThrough);
  view.setUint32(offset + 32, header.frameBytes, true);
  view.setUint16(offset + 36, header.kind, true);
  view.setUint16(offset + 38, header.chunkCount, true);
}

/** A whole SEAL or END frame. */
export function encodeMark(kind: number, id: Id64, group: number, crc32c: Crc32c): Uint8Array {
  const bytes = new Uint8Array(MARK_BYTES);
  const view = viewOf(bytes);
  writeFrameHeader(view, 0, {
    id,
    kind,
    group,
    durableThrough: group,
    frameBytes: MARK_BYTES,
    chunkCount: 0,
  });
  view.setUint32(FRAME_CRC_OFFSET, crc32c(bytes.subarray(FRAME_CRC_START), 0) >>> 0, true);
  return bytes;
}

/** The whole, checked frame at an offset; undefined when there is none of this log id. */
export function readFrame(
  bytes: Uint8Array,
  offset: number,
  id: Id64,
  crc32c: Crc32c,
): FrameHeader | undefined {
  const header = peekFrame(bytes, offset, id);
  if (header === undefined) return undefined;
  const expected = viewOf(bytes).getUint32(offset + FRAME_CRC_OFFSET, true);
  const covered = bytes.subarray(offset + FRAME_CRC_START, offset + header.frameBytes);
  return crc32c(covered, 0) >>> 0 === expected ? header : undefined;
}

/**
 * Bytes of what claims to be a frame of this log id, as far as they are there; undefined when
 * nothing claims it.
 */
export function claimedFrameBytes(bytes: Uint8Array, offset: number, id: Id64): number | undefined {
  if (offset + 16 > bytes.byteLength) return undefined;
  const view = viewOf(bytes);
  if (view.getUint32(offset, true) !== FRAME_MAGIC || !sameId(readId(view, offset + 8), id))
    return undefined;
  const rest = bytes.byteLength - offset;
  return rest < FRAME_HEADER_BYTES
    ? rest
    : Math.min(rest, Math.max(16, view.getUint32(offset + 32, true)));
}

/** A frame header whose length fits, its checksum not looked at. */
function peekFrame(bytes: Uint8Array, offset: number, id: Id64): FrameHeader | undefined {
  if (offset + FRAME_HEADER_BYTES > bytes.byteLength) return undefined;
  if (claimedFrameBytes(bytes, offset, id) === undefined) return undefined;
  const view = viewOf(bytes);
  const frameBytes = view.getUint32(offset + 32, true);
  if (
    frameBytes < FRAME_HEADER_BYTES ||
    frameBytes % 8 !== 0 ||
    offset + frameBytes > bytes.byteLength
  )
    return undefined;
  return {
    id,
    kind: view.getUint16(offset + 36, true),
    group: readU64(view, offset + 16),
    durableThrough: readU64(view, offset + 24),
    frameBytes,
    chunkCount: view.getUint16(offset + 38, true),
  };
}

/**
 * Calls back for each chunk of a checked frame; false when the chunks do not add up to the frame.
 */
export function readChunks(
  bytes: Uint8Array,
  offset: number,
  frame: FrameHeader,
  onChunk: (shard: number, records: Uint8Array) => void,
): boolean {
  const view = viewOf(bytes);
  const end = offset + frame.frameBytes;
  let at = offset + FRAME_HEADER_BYTES;
  for (let chunk = 0; chunk < frame.chunkCount; chunk++) {
    if (at + CHUNK_HEADER_BYTES > end) return false;
    const count = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    if (start + align8(count) > end) return false;
    onChunk(view.getUint32(at, true), bytes.subarray(start, start + count));
    at = start + align8(count);
  }
  return at === end;
}

function writeId(view: DataView, offset: number, id: Id64): void {
  view.setUint32(offset, id.low, true);
  view.setUint32(offset + 4, id.high, true);
}

function readId(view: DataView, offset: number): Id64 {
  return { low: view.getUint32(offset, true), high: view.getUint32(offset + 4, true) };
}
