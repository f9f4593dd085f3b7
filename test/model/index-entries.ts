// Index entries written beside the engine: what a write would put into the shard of its item.

import assert from 'node:assert/strict';
import type { InlineEngine } from '../../host/engine/inline-engine.js';
import type { IndexDefinition, StoredTable } from '../../host/engine/store.js';
import { ENTRY } from '../../host/core/abi.js';
import { writeKeyComponent } from '../../host/core/key-writer.js';
import { itemSize } from '../../host/table/item-size.js';
import type { Item } from '../../host/table/item-types.js';
import { keyAttributes } from '../../host/table/key-schema.js';
import { CONTROL } from '../../host/runtime/control.js';
import { drive } from '../crash/support/engine.js';
import { viewOf } from './memory-views.js';

interface Entry {
  readonly shard: number;
  readonly key: Uint8Array;
  readonly size: number;
}

export async function stageEntries(
  engine: InlineEngine,
  table: StoredTable,
  old: Item | undefined,
  now: Item | undefined,
): Promise<void> {
  for (const index of table.indexes ?? []) {
    const before = entryOf(engine, table, index, old);
    const after = entryOf(engine, table, index, now);
    const same =
      before !== undefined && after !== undefined && Buffer.compare(before.key, after.key) === 0;
    if (before !== undefined && !same) await apply(engine, before, ENTRY.DELETE);
    if (after !== undefined) await apply(engine, after, ENTRY.PUT);
  }
}

function entryOf(
  { store }: InlineEngine,
  table: StoredTable,
  index: IndexDefinition,
  item: Item | undefined,
): Entry | undefined {
  const view = viewOf(table.key, index, item);
  if (view === undefined || item === undefined) return undefined;
  const { workbench, shards } = store.attachment;
  const { u8, keyAt, exports } = workbench;
  const base = [...keyAttributes(table.key)];
  const at = keyAt + 12;
  const write = (from: number, { name, type }: (typeof base)[number]): number =>
    writeKeyComponent(u8, from, type, item[name]);
  const shard = exports.sealKey(0, write(at, base[0]) - at) >>> (16 - Math.log2(shards.length));
  let end = at;
  for (const attribute of index.partition) end = write(end, attribute);
  exports.sealKey(index.id, end - at);
  for (const attribute of [...index.sort, ...base]) end = write(end, attribute);
  return { shard, key: u8.slice(keyAt, end), size: itemSize(view) };
}

async function apply(engine: InlineEngine, entry: Entry, kind: number): Promise<void> {
  const { store } = engine;
  for (;;) {
    const status = applyOnce(engine, entry, kind);
    if (status >= 0) return;
    assert.ok(status === -7 || status === -8, `status ${status}`);
    await drive(engine, store.flush());
  }
}

function applyOnce({ store }: InlineEngine, { shard, key, size }: Entry, kind: number): number {
  const { control, shards } = store.attachment;
  const core = shards[shard];
  const valueLength = kind === ENTRY.PUT ? 12 : 0;
  const bytes = (16 + key.length + valueLength + 7) & ~7;
  const words = [1, bytes, 0, 0, bytes, kind | (key.length << 16), valueLength, 0];
  core.u32.set(words, core.inAt >>> 2);
  core.u8.set(key, core.inAt + 32);
  const value = new DataView(new ArrayBuffer(12));
  value.setUint32(0, 0x0003ffff, true); // no shape, wide and inline
  value.setUint32(4, size, true);
  core.u8.set(new Uint8Array(value.buffer, 0, valueLength), core.inAt + 32 + key.length);
  return core.exports.apply(
    core.inAt,
    control.load(CONTROL.EPOCH),
    control.load(CONTROL.CATALOG_EPOCH),
  );
}
