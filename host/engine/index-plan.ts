// What a page of an index must step through: groups of pieces, one group after the other, the pieces of a group merged by
// key because each holds a part of the same keys.
//
// An index with the table's partition key lies as the table does: a partition in one shard, a scan shard by shard. Any
// other has entries of each of its partitions in every shard.

import { CURSOR } from '../core/abi.js';
import { setOwn } from '../core/codec/plain-object.js';
import type { KeyBounds } from '../core/cursor-request.js';
import { sortKeyBounds, withComponent } from '../core/key-writer.js';
import type { Item } from '../table/item-types.js';
import { InvalidArgument } from '../errors.js';
import type { IndexLayout } from './index-layout.js';
import type { KeyBuilder } from './key-builder.js';
import { narrow, type Piece, planScan, segmentBounds } from './scan-plan.js';
import type { IndexQueryRange, IndexScanRange } from './store.js';

export interface IndexPlan {
  readonly groups: readonly Piece[][];
  /** Bytes that all keys of the plan have in common: comparing them tells nothing. */
  readonly sharedBytes: number;
}

const NOTHING: IndexPlan = { groups: [], sharedBytes: 0 };

export function planIndexPage(
  keys: KeyBuilder,
  shards: number,
  layout: IndexLayout,
  range: IndexQueryRange | IndexScanRange,
  startKey: Item | undefined,
  reverse: boolean,
): IndexPlan {
  const start = startKey === undefined ? undefined : entryKey(keys, layout, startKey);
  if (range.kind === 'indexQuery') {
    const { shard, bounds, sharedBytes } = queryBounds(keys, layout, range, reverse);
    if (start !== undefined && !narrow(bounds, start.key, reverse)) return NOTHING;
    const pieces = layout.inOneShard ? [{ shard, ...bounds }] : inEveryShard(shards, bounds);
    return { groups: [pieces], sharedBytes };
  }
  if (!layout.inOneShard) {
    const bounds = segmentBounds(layout.index.id, range);
    if (start !== undefined && !narrow(bounds, start.key, false)) return NOTHING;
    return { groups: [inEveryShard(shards, bounds)], sharedBytes: 0 };
  }
  const pieces = planScan(Math.log2(shards), layout.index.id, range).filter(
    (piece) =>
      start === undefined ||
      piece.shard > start.shard ||
      (piece.shard === start.shard && narrow(piece, start.key, false)),
  );
  return { groups: pieces.map((piece) => [piece]), sharedBytes: 0 };
}

function inEveryShard(shards: number, bounds: KeyBounds): Piece[] {
  return Array.from({ length: shards }, (_, shard) => ({ shard, ...bounds }));
}

function queryBounds(
  keys: KeyBuilder,
  { index }: IndexLayout,
  range: IndexQueryRange,
  reverse: boolean,
): { shard: number; bounds: KeyBounds; sharedBytes: number } {
  const { partition, sort } = index;
  const values: Item = {};
  partition.forEach(({ name }, i) => {
    setOwn(values, name, range.partition[i]);
  });
  const shard = keys.components(index.id, partition, values, partition.length);
  if (shard < 0) throw new InvalidArgument('partition', 'a partition key of the index', values);
  let prefix = keys.bytes();
  range.sortPrefix.forEach((value, i) => {
    prefix = withComponent(prefix, sort[i].type, value);
  });
  const next = sort[range.sortPrefix.length]?.type ?? 'S';
  const { low, high, lowExclusive, highExclusive } = sortKeyBounds(prefix, next, range.sort);
  let flags = reverse ? CURSOR.REVERSE : 0;
  if (lowExclusive) flags |= CURSOR.LOW_EXCLUSIVE;
  if (highExclusive) flags |= CURSOR.HIGH_EXCLUSIVE;
  return { shard, bounds: { low, high, flags }, sharedBytes: prefix.length };
}

/** The key of the entry that a start key names. */
function entryKey(
  keys: KeyBuilder,
  { index, attributes }: IndexLayout,
  startKey: Item,
): { shard: number; key: Uint8Array } {
  const shard = keys.components(index.id, attributes, startKey, index.partition.length);
  if (shard < 0)
    throw new InvalidArgument('startKey', 'a key of the table and the index', startKey);
  return { shard, key: keys.bytes() };
}
