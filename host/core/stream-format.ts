// The stream record: an entry of a stream's hidden keyspace, written in the same apply as the change it tells of.
//
//   key   := stream id u32 BE . hash u64 = 0 . sequence u64 BE       the core fills the sequence in (ENTRY_SEQUENCED)
//   value := u8 version = 1 . u8 flags . u16 0 . f64 timeMs LE . u32 oldLength LE . old item . new item
//   flags := 1 there was an item before   2 there is one after   4 deleted by TTL
//            8 the new item is no image: it holds just the keys (of a view type without any image of this change)
//
// Items are encoded as everywhere (codec/format.ts), with shape ids of the shard; an image that the view type leaves out
// is empty. Whatever the view type, one of the two is there: the keys are read from it.
//
// Sequence 0 belongs to no record: there lies the trim mark, once something was trimmed.
//
//   value := u8 version = 1 . u8[7] 0 . f64 sequence LE              of the last record that was trimmed

import { copyBytes } from './copy-bytes.js';

export const STREAM_KEY_BYTES = 20;
const SEQUENCE_AT = 12;
export const STREAM_RECORD_HEADER_BYTES = 16;
export const STREAM_RECORD_VERSION = 1;
export const RECORD_HAD_OLD = 1;
export const RECORD_HAS_NEW = 2;
export const RECORD_BY_TTL = 4;
export const RECORD_KEYS = 8;
const TRIM_MARK_BYTES = 16;

/** A key of a stream; sequence 0 for a writer, whose sequence the core fills in. */
export function streamKey(streamId: number, sequence: number): Uint8Array {
  const key = new Uint8Array(STREAM_KEY_BYTES);
  const view = new DataView(key.buffer);
  view.setUint32(0, streamId);
  if (sequence > 0) view.setBigUint64(SEQUENCE_AT, BigInt(sequence));
  return key;
}

export function sequenceOfStreamKey(key: Uint8Array): number {
  return Number(viewOf(key).getBigUint64(SEQUENCE_AT));
}

/** Used within one call. */
const headerBytes = new Uint8Array(STREAM_RECORD_HEADER_BYTES);
const header = new DataView(headerBytes.buffer);

/** Writes what stands before the items; returns where the old item begins. */
export function writeRecordHeader(
  u8: Uint8Array,
  at: number,
  flags: number,
  timeMs: number,
  oldLength: number,
): number {
  header.setUint32(0, STREAM_RECORD_VERSION | (flags << 8), true);
  header.setFloat64(4, timeMs, true);
  header.setUint32(12, oldLength, true);
  copyBytes(u8, at, headerBytes, 0, STREAM_RECORD_HEADER_BYTES);
  return at + STREAM_RECORD_HEADER_BYTES;
}

export interface RecordHeader {
  readonly flags: number;
  readonly timeMs: number;
  readonly oldLength: number;
}

/** The header of a record's value; undefined if it is none of this version. */
export function readRecordHeader(value: Uint8Array): RecordHeader | undefined {
  if (value.length < STREAM_RECORD_HEADER_BYTES || value[0] !== STREAM_RECORD_VERSION) {
    return undefined;
  }
  const view = viewOf(value);
  const oldLength = view.getUint32(12, true);
  if (oldLength > value.length - STREAM_RECORD_HEADER_BYTES) return undefined;
  return { flags: value[1], timeMs: view.getFloat64(4, true), oldLength };
}

export function trimMark(sequence: number): Uint8Array {
  const value = new Uint8Array(TRIM_MARK_BYTES);
  value[0] = STREAM_RECORD_VERSION;
  new DataView(value.buffer).setFloat64(8, sequence, true);
  return value;
}

export function sequenceOfTrimMark(value: Uint8Array): number {
  return viewOf(value).getFloat64(8, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
