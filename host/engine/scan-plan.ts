// What a page must step through: pieces of key space, each inside one shard, in the order of the answer.
//
// A query is one piece. A scan is one piece a shard, in the order of hashes, because a shard is the top bits of the
// hash; a segment of a parallel scan is a range of hashes, so it starts and ends anywhere inside shards.

import { CURSOR } from '../core/abi.js';
import { sortKeyBounds } from '../core/key-writer.js';
import type { Item } from '../table/item-types.js';
import type { KeyBounds } from '../core/cursor-request.js';
import type { KeyBuilder } from './key-builder.js';
import { compareKeys } from './manifest.js';
import type { QueryRange, ScanRange } from './store.js';
import type { TableState } from './table-state.js';

export interface Piece extends KeyBounds {
  readonly shard: number;
}

/** Which part of the hashes a scan is for. */
type Segment = Pick<ScanRange, 'segment' | 'totalSegments'>;

const HASHES = 1n << 64n;

export function planPage(
  keys: KeyBuilder,
  shardBits: number,
  table: TableState,
  range: QueryRange | ScanRange,
  startKey: Item | undefined,
  reverse: boolean,
): Piece[] {
  let start: Uint8Array | undefined;
  let startShard = 0;
  if (startKey !== undefined) {
    startShard = keys.key(table, startKey);
    start = keys.bytes();
  }
  if (range.kind === 'query') {
    const piece = planQuery(keys, table, range, reverse);
    return start === undefined || narrow(piece, start, reverse) ? [piece] : [];
  }
  const pieces = planScan(shardBits, table.id, range);
  if (start === undefined) return pieces;
  const rest = pieces.filter((piece) => piece.shard >= startShard);
  if (rest[0]?.shard === startShard && !narrow(rest[0], start, false)) rest.shift();
  return rest;
}

/** The hash of a partition key that lies in the workbench, as the segment of `total` it belongs to. */
export function segmentOfKey(key: Uint8Array, total: number): number {
  const hash = new DataView(key.buffer, key.byteOffset).getBigUint64(4);
  return Number((hash * BigInt(total)) >> 64n);
}

function planQuery(
  keys: KeyBuilder,
  table: TableState,
  range: QueryRange,
  reverse: boolean,
): Piece {
  const shard = keys.partition(table.id, table.partitionType, range.partition);
  const bounds = sortKeyBounds(keys.bytes(), table.sortType, range.sort);
  let flags = reverse ? CURSOR.REVERSE : 0;
  if (bounds.lowExclusive) flags |= CURSOR.LOW_EXCLUSIVE;
  if (bounds.highExclusive) flags |= CURSOR.HIGH_EXCLUSIVE;
  return { shard, low: bounds.low, high: bounds.high, flags };
}

/** Pieces of a keyspace whose keys lie in the shards of their hashes. */
export function planScan(shardBits: number, keyspaceId: number, segment: Segment): Piece[] {
  const [low, high] = hashesOf(segment);
  const perShard = HASHES >> BigInt(shardBits);
  const pieces: Piece[] = [];
  for (let shard = low / perShard; shard * perShard < high; shard++) {
    const from = shard * perShard;
    const to = from + perShard;
    pieces.push({
      shard: Number(shard),
      low: hashKey(keyspaceId, low > from ? low : from),
      high: hashKey(keyspaceId, high < to ? high : to),
      flags: CURSOR.HIGH_EXCLUSIVE,
    });
  }
  return pieces;
}

/** The keys of a segment, whatever shard they lie in. */
export function segmentBounds(keyspaceId: number, segment: Segment): KeyBounds {
  const [low, high] = hashesOf(segment);
  return {
    low: hashKey(keyspaceId, low),
    high: hashKey(keyspaceId, high),
    flags: CURSOR.HIGH_EXCLUSIVE,
  };
}

/** The hashes of a segment, the upper bound exclusive. */
function hashesOf({ segment = 0, totalSegments = 1 }: Segment): [low: bigint, high: bigint] {
  const total = BigInt(totalSegments);
  const low = (BigInt(segment) * HASHES + total - 1n) / total;
  const high = ((BigInt(segment) + 1n) * HASHES + total - 1n) / total;
  return [low, high];
}

/** Table id and hash, the beginning of every key; a hash of 2^64 is the beginning of the next table. */
function hashKey(tableId: number, hash: bigint): Uint8Array {
  const key = new Uint8Array(12);
  const view = new DataView(key.buffer);
  view.setUint32(0, hash === HASHES ? tableId + 1 : tableId);
  view.setBigUint64(4, hash === HASHES ? 0n : hash);
  return key;
}

/** Begins bounds after `start`. False if nothing of them is left. */
export function narrow(piece: KeyBounds, start: Uint8Array, reverse: boolean): boolean {
  if (reverse) {
    if (compareKeys(start, piece.high) <= 0) {
      piece.high = start;
      piece.flags |= CURSOR.HIGH_EXCLUSIVE;
    }
  } else if (compareKeys(start, piece.low) >= 0) {
    piece.low = start;
    piece.flags |= CURSOR.LOW_EXCLUSIVE;
  }
  return compareKeys(piece.low, piece.high) <= 0;
}

/** Makes bounds go on behind a key that has been stepped over. */
export function moveBound(piece: KeyBounds, key: Uint8Array): void {
  if ((piece.flags & CURSOR.REVERSE) !== 0) {
    piece.high = key;
    piece.flags |= CURSOR.HIGH_EXCLUSIVE;
  } else {
    piece.low = key;
    piece.flags |= CURSOR.LOW_EXCLUSIVE;
  }
}
