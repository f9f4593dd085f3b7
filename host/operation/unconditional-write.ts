// Puts and deletes without a condition: the store does them on its own, and says what was there if
// somebody asks.

import type { StoredTable, WriteResult } from '../engine/store.js';
import { copyItem } from '../table/item-copy.js';
import type { Item } from '../table/item-types.js';
import { keyOfItem } from '../table/key-schema.js';
import type { OperationContext } from './context.js';

export interface Written {
  readonly result: WriteResult;
  readonly old: Item | undefined;
}

/**
 * Puts an item, or deletes that of a key, and tells what it did. The caller may reuse the object
 * once this returns its promise.
 */
export async function writeAndTell(
  { store }: OperationContext,
  table: StoredTable,
  kind: 'put' | 'delete',
  item: Item,
): Promise<Written> {
  if (table.indexes === undefined) {
    const newSizeBytes = kind === 'put' ? store.itemSize(item) : 0;
    const options = { returnOld: true };
    const old = await (kind === 'put'
      ? store.put(table, item, options)
      : store.delete(table, item, options));
    const oldSizeBytes = old === undefined ? 0 : store.itemSize(old);
    return { result: { oldSizeBytes, newSizeBytes, indexUnits: new Map() }, old };
  }
  // How the views of its indexes change is known to the store alone.
  const copy = copyItem(item);
  let old: Item | undefined;
  const result = await store.write({
    table,
    key: keyOfItem(table.key, copy),
    decide: (found) => {
      old = found?.decode() as Item | undefined;
      return kind === 'put' ? { kind, item: copy } : { kind };
    },
  });
  return { result, old };
}
