// Reads a staged batch of one item back: its key, and the item unless it is a delete.

import { BATCH, ENTRY } from '../core/abi.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import type { ShapeCodec } from '../core/codec/shape-codec.js';
import type { ShardCore } from '../core/shard-core.js';
import type { ShapeIds } from './shape-ids.js';

const SHAPE_DEFINED_HERE = 1;

export interface StagedItem {
  readonly key: Uint8Array;
  readonly item: EncodedItem | undefined;
}

/** Of `batch`, a private copy, which the result looks into. */
export function readStagedItem(core: ShardCore, shapes: ShapeIds, batch: Uint8Array): StagedItem {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  let at = BATCH.HEADER_BYTES + view.getUint32(8, true) * BATCH.GUARD_BYTES;
  let defined: ShapeCodec | undefined;
  if (batch[at + 4] === ENTRY.SHAPE) {
    const names = at + BATCH.ENTRY_HEADER_BYTES;
    defined = shapes.cache.codecOfNameBytes(batch, names, view.getUint32(at + 8, true));
    at += view.getUint32(at, true);
  }
  const valueAt = at + BATCH.ENTRY_HEADER_BYTES + view.getUint16(at + 6, true);
  const key = batch.slice(at + BATCH.ENTRY_HEADER_BYTES, valueAt);
  if (batch[at + 4] === ENTRY.DELETE) return { key, item: undefined };
  const shaped = (batch[at + 5] & SHAPE_DEFINED_HERE) !== 0;
  const codec = shaped ? defined : shapes.codecAt(core, batch, valueAt);
  const length = view.getUint32(at + 8, true);
  return { key, item: new EncodedItem(batch, valueAt, length, codec) };
}
