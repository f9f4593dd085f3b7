// All entries of one change of one item, in the order in which they lie in the batch:
//
//   the item itself, guarded . index entries that go . index entries that come or change size . the stream record . the TTL hint
//
// An index entry is written only where its key or the size of its view changes. A record of the stream is written only when
// the images differ.

import { ENTRY, KEY_BYTES_MAX } from '../core/abi.js';
import { sameItems } from '../core/codec/encoded-equality.js';
import type { EncodedItem } from '../core/codec/encoded-item.js';
import {
  FLAG_INLINE,
  FLAG_WIDE,
  ITEM_HEADER_BYTES,
  SHAPE_ID_INLINE,
} from '../core/codec/format.js';
import { encodeInlineItem } from '../core/codec/inline-item.js';
import { writeHeader } from '../core/codec/item-layout.js';
import { copyBytes } from '../core/copy-bytes.js';
import { KEY_COMPONENT_BYTES_MAX, writeKeyComponent } from '../core/key-component.js';
import {
  RECORD_BY_TTL,
  RECORD_HAD_OLD,
  RECORD_HAS_NEW,
  RECORD_KEYS,
  STREAM_RECORD_HEADER_BYTES,
  writeRecordHeader,
} from '../core/stream-format.js';
import type { Workbench } from '../core/workbench.js';
import type { Item, AttributeValue } from '../table/item-types.js';
import { keyAttributes } from '../table/key-schema.js';
import type { BatchBuffer } from './batch-buffer.js';
import type { IndexEntries } from './index-entries.js';
import { KEY_PREFIX_BYTES } from './row-key.js';
import type { StreamDefinition, TtlDefinition } from './store.js';
import type { TableState } from './table-state.js';

const SEQUENCED = 4; // flag of an entry: the core writes its sequence into the last bytes of its key
const CAPACITY_BYTES = 1024;
const EMPTY_ITEM_BYTES = ITEM_HEADER_BYTES + 4;
const KEYS_BYTES_MAX = 8192;
const NONE: ReadonlyMap<string, number> = new Map();
const NO_BYTES = new Uint8Array(0);

export interface ItemChange {
  readonly table: TableState;
  /** The item's encoded key. */
  readonly key: Uint8Array;
  readonly old: EncodedItem | undefined;
  readonly next: EncodedItem | undefined;
  readonly byTtl: boolean;
  readonly timeMs: number;
}

/** Appends what goes with the item's own entry. Returns the write units of the indexes whose view changed. */
export function addChange(
  buffer: BatchBuffer,
  workbench: Workbench,
  change: ItemChange,
): ReadonlyMap<string, number> {
  const { plan } = change.table;
  const { old, next } = change;
  const same = old !== undefined && next !== undefined && plan.reads && sameItems(old, next);
  const units = same ? NONE : addIndexEntries(buffer, workbench, change, plan.indexes);
  if (plan.stream !== undefined && !same) addRecord(buffer, change, plan.stream);
  if (plan.ttl !== undefined && next !== undefined) addHint(buffer, change, next, plan.ttl);
  return units;
}

/** The entry of an index for an item that lies there already: what a backfill writes. */
export function addIndexEntry(
  buffer: BatchBuffer,
  workbench: Workbench,
  entries: IndexEntries,
  item: EncodedItem,
  key: Uint8Array,
): void {
  const length = entries.keyOf(workbench, item, key, entryAfter);
  if (length < 0) return;
  buffer.add(ENTRY.PUT, 0, entryAfter, emptyItem(entries.sizeOf(item)), length);
}

function addIndexEntries(
  buffer: BatchBuffer,
  workbench: Workbench,
  { old, next, key }: ItemChange,
  indexes: readonly IndexEntries[],
): ReadonlyMap<string, number> {
  if (indexes.length === 0) return NONE;
  const units = new Map<string, number>();
  for (const entries of indexes) {
    const kept = old !== undefined && next !== undefined && entries.sameKey(old, next);
    const after = next === undefined ? -1 : entries.keyOf(workbench, next, key, entryAfter);
    const before = kept
      ? after
      : old === undefined
        ? -1
        : entries.keyOf(workbench, old, key, entryBefore);
    const oldSize = old === undefined || before < 0 ? 0 : entries.sizeOf(old);
    const newSize = next === undefined || after < 0 ? 0 : entries.sizeOf(next);
    if (kept) {
      if (after < 0) continue;
      if (oldSize !== newSize) buffer.add(ENTRY.PUT, 0, entryAfter, emptyItem(newSize), after);
      if (entries.sameView(old, next)) continue;
      units.set(entries.index.name, unitsOf(Math.max(oldSize, newSize)));
      continue;
    }
    if (before >= 0) buffer.add(ENTRY.DELETE, 0, entryBefore, NO_BYTES, before);
    if (after >= 0) buffer.add(ENTRY.PUT, 0, entryAfter, emptyItem(newSize), after);
    if (before < 0 && after < 0) continue;
    const gone = before < 0 ? 0 : unitsOf(oldSize);
    const come = after < 0 ? 0 : unitsOf(newSize);
    units.set(entries.index.name, gone + come);
  }
  return units;
}

function addRecord(buffer: BatchBuffer, change: ItemChange, stream: StreamDefinition): void {
  const { old, next, byTtl, timeMs, table } = change;
  const whole = next ?? old;
  if (whole === undefined) return;
  const { viewType } = stream;
  const oldImage = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? old : undefined;
  const newImage = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? next : undefined;
  const keysOnly = oldImage === undefined && newImage === undefined;
  const flags =
    (old === undefined ? 0 : RECORD_HAD_OLD) |
    (next === undefined ? 0 : RECORD_HAS_NEW) |
    (byTtl ? RECORD_BY_TTL : 0) |
    (keysOnly ? RECORD_KEYS : 0);
  const oldLength = oldImage?.length ?? 0;
  const newLength = newImage?.length ?? 0;
  const key = table.plan.streamKey;
  const room = STREAM_RECORD_HEADER_BYTES + oldLength + newLength + KEYS_BYTES_MAX;
  const at = buffer.open(key, room);
  const oldAt = writeRecordHeader(buffer.u8, at, flags, timeMs, oldLength);
  if (oldImage !== undefined) copyBytes(buffer.u8, oldAt, oldImage.u8, oldImage.at, oldLength);
  let end = oldAt + oldLength;
  if (keysOnly) {
    end += encodeInlineItem(buffer.u8, end, buffer.u8.length, keysOf(table, whole));
  } else if (newImage !== undefined) {
    copyBytes(buffer.u8, end, newImage.u8, newImage.at, newLength);
    end += newLength;
  }
  buffer.close(ENTRY.PUT, SEQUENCED, key.length, end - at);
}

function addHint(
  buffer: BatchBuffer,
  { key }: ItemChange,
  item: EncodedItem,
  ttl: TtlDefinition,
): void {
  const end = writeKeyComponent(component, 0, 'N', item.value(ttl.attribute));
  if (end < 0) return;
  const hint = new Uint8Array(end + key.length);
  new DataView(hint.buffer).setUint32(0, ttl.id);
  hint.set(component.subarray(0, end), KEY_PREFIX_BYTES);
  hint.set(key.subarray(KEY_PREFIX_BYTES), KEY_PREFIX_BYTES + end);
  buffer.add(ENTRY.PUT, 0, hint, emptyItem(0));
}

/** Used within one call. */
const component = new Uint8Array(KEY_COMPONENT_BYTES_MAX);

/** Keys of an index's entries: used within one call. */
const entryBefore = new Uint8Array(KEY_BYTES_MAX);
const entryAfter = new Uint8Array(KEY_BYTES_MAX);

/** An inline item without attributes that says another size. Good until the next call. */
function emptyItem(sizeBytes: number): Uint8Array {
  writeHeader(empty, 0, SHAPE_ID_INLINE, FLAG_WIDE | FLAG_INLINE, sizeBytes);
  return empty;
}
const empty = new Uint8Array(EMPTY_ITEM_BYTES);

function keysOf(table: TableState, item: EncodedItem): Item {
  return Object.fromEntries(
    keyAttributes(table.key).map(({ name }) => [name, item.value(name) as AttributeValue]),
  );
}

function unitsOf(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / CAPACITY_BYTES));
}
