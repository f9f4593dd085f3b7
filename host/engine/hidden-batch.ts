// Composes small batches of raw entries, keys and values as they are (core-as/shard/apply.ts draws the layout).

import { BATCH, ENTRY } from '../core/abi.js';
import type { Guard } from './batch-writer.js';

const GUARD_SEQUENCE = 1;
const ALIGNMENT = 7;

export interface RawEntry {
  readonly key: Uint8Array;
  /** Undefined: the entry is deleted. */
  readonly value?: Uint8Array;
}

/** A batch of these entries; with a guard, which is on the first of them. */
export function composeBatch(entries: readonly RawEntry[], guard?: Guard): Uint8Array {
  const guardBytes = guard === undefined ? 0 : BATCH.GUARD_BYTES;
  const entriesAt = BATCH.HEADER_BYTES + guardBytes;
  const end = entries.reduce((at, entry) => at + bytesOf(entry), entriesAt);
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, entries.length, true);
  view.setUint32(4, end - entriesAt, true);
  if (guard !== undefined) {
    view.setUint32(8, 1, true);
    view.setUint32(BATCH.HEADER_BYTES + 4, GUARD_SEQUENCE, true);
    view.setFloat64(BATCH.HEADER_BYTES + 8, guard.sequence, true);
    view.setFloat64(BATCH.HEADER_BYTES + 16, guard.readSequence, true);
  }
  let at = entriesAt;
  for (const entry of entries) {
    const { key, value } = entry;
    view.setUint32(at, bytesOf(entry), true);
    view.setUint8(at + 4, value === undefined ? ENTRY.DELETE : ENTRY.PUT);
    view.setUint16(at + 6, key.length, true);
    view.setUint32(at + 8, value?.length ?? 0, true);
    bytes.set(key, at + BATCH.ENTRY_HEADER_BYTES);
    if (value !== undefined) bytes.set(value, at + BATCH.ENTRY_HEADER_BYTES + key.length);
    at += bytesOf(entry);
  }
  return bytes;
}

function bytesOf({ key, value }: RawEntry): number {
  const length = BATCH.ENTRY_HEADER_BYTES + key.length + (value?.length ?? 0);
  return (length + ALIGNMENT) & ~ALIGNMENT;
}
