// The decision of a transaction over shards, as it lies in the log (DESIGN R2).
//
//   decision := parts                                    in the order in which they will be applied
//   part     := shard u32 . bytes u32 . batch            8-aligned; the batch of the part, for the core as it is
//
// It is cut into pieces, so that no record outgrows a ring and no latch is held for long (R13, R20): each is a record of one
// entry, log-only, in the ring of the coordinator's shard. Only the last one, marked as a decision, makes the transaction
// happen; those before it are there if it is there.
//
//   key   := KEYSPACE_DECISIONS u32 BE . 0 u64 . transaction u64 BE . attempt u32 BE . piece u32 BE
//   value := bytes of the piece
//
// An attempt is given up before its end when the schema changes: the next one has another number.

import { BATCH, ENTRY, ENTRY_FLAG, LOG_RECORD, RECORD_FLAG } from '../core/abi.js';
import type { BatchBuffer } from './batch-buffer.js';
import { KEYSPACE_DECISIONS } from './keyspace-ids.js';

const KEY_BYTES = 28;
const TRANSACTION_AT = 12;
const ATTEMPT_AT = 20;
const PIECE_AT = 24;
const PART_HEADER_BYTES = 8;
const PIECE_BYTES_MAX = 256 * 1024;
const U32 = 2 ** 32;

export interface DecidedPart {
  readonly shard: number;
  /** Whole, its guard naming the transaction and the part. */
  readonly batch: Uint8Array;
}

/** The pieces of a decision. */
export function cutDecision(parts: readonly DecidedPart[]): Uint8Array[] {
  const bytes = new Uint8Array(
    parts.reduce((sum, { batch }) => sum + PART_HEADER_BYTES + batch.length, 0),
  );
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { shard, batch } of parts) {
    view.setUint32(at, shard, true);
    view.setUint32(at + 4, batch.length, true);
    bytes.set(batch, at + PART_HEADER_BYTES);
    at += PART_HEADER_BYTES + batch.length;
  }
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += PIECE_BYTES_MAX) {
    pieces.push(bytes.subarray(from, from + PIECE_BYTES_MAX));
  }
  return pieces;
}

/** The parts of a whole decision. */
export function readDecision(pieces: readonly Uint8Array[]): DecidedPart[] {
  const bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: DecidedPart[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + PART_HEADER_BYTES + view.getUint32(at + 4, true);
    parts.push({
      shard: view.getUint32(at, true),
      batch: bytes.subarray(at + PART_HEADER_BYTES, end),
    });
    at = end;
  }
  return parts;
}

/** Makes the batch of a piece. */
export function composePiece(
  buffer: BatchBuffer,
  { transaction, attempt }: { readonly transaction: number; readonly attempt: number },
  pieces: readonly Uint8Array[],
  index: number,
): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  const view = new DataView(key.buffer);
  view.setUint32(0, KEYSPACE_DECISIONS);
  view.setUint32(TRANSACTION_AT, Math.floor(transaction / U32));
  view.setUint32(TRANSACTION_AT + 4, transaction % U32);
  view.setUint32(ATTEMPT_AT, attempt);
  view.setUint32(PIECE_AT, index);
  if (index + 1 < pieces.length) buffer.begin(0);
  else buffer.beginDecision();
  buffer.add(ENTRY.PUT, ENTRY_FLAG.LOG_ONLY, key, pieces[index]);
  return buffer.finish();
}

export interface FoundPiece {
  readonly transaction: number;
  readonly attempt: number;
  readonly index: number;
  /** The decision is whole with it. */
  readonly last: boolean;
  /** Looks into the record. */
  readonly bytes: Uint8Array;
}

/** The piece in a record of the log; undefined if it is any other. */
export function findPiece(record: Uint8Array): FoundPiece | undefined {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const flags = view.getUint32(4, true);
  if ((flags & RECORD_FLAG.TRANSACTION) !== 0) return undefined;
  const at = LOG_RECORD.HEADER_BYTES;
  const keyAt = at + BATCH.ENTRY_HEADER_BYTES;
  if (record.length < keyAt + KEY_BYTES || (record[at + 5] & ENTRY_FLAG.LOG_ONLY) === 0)
    return undefined;
  if (view.getUint16(at + 6, true) !== KEY_BYTES || view.getUint32(keyAt) !== KEYSPACE_DECISIONS)
    return undefined;
  const valueAt = keyAt + KEY_BYTES;
  return {
    transaction:
      view.getUint32(keyAt + TRANSACTION_AT) * U32 + view.getUint32(keyAt + TRANSACTION_AT + 4),
    attempt: view.getUint32(keyAt + ATTEMPT_AT),
    index: view.getUint32(keyAt + PIECE_AT),
    last: (flags & RECORD_FLAG.DECISION) !== 0,
    bytes: record.subarray(valueAt, valueAt + view.getUint32(at + 8, true)),
  };
}

/** The transaction and the part that a record is of; undefined if it belongs to none. */
export function tagOf(record: Uint8Array): { transaction: number; part: number } | undefined {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if ((view.getUint32(4, true) & RECORD_FLAG.TRANSACTION) === 0) return undefined;
  const high = view.getUint32(LOG_RECORD.HEADER_BYTES + 4, true);
  return {
    transaction: (high & 0x1fffff) * U32 + view.getUint32(LOG_RECORD.HEADER_BYTES, true),
    part: high >>> 21,
  };
}

/** The number of the part that a batch is. */
export function partOf(batch: Uint8Array): number {
  return new DataView(batch.buffer, batch.byteOffset).getFloat64(BATCH.HEADER_BYTES + 16, true);
}
