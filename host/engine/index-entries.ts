// The entries of an index as writes see them: which one an item has, and what the index's view of an item is.
// index-layout.ts draws them.
//
// An item is in an index iff it has every key attribute of it, with the declared type, not empty, and the HASH and the
// RANGE attributes each within their bound. Doors refuse what is too long or empty; here such an item is not in the index.

import type { EncodedItem } from '../core/codec/encoded-item.js';
import { sameAttribute } from '../core/codec/encoded-equality.js';
import { copyBytes } from '../core/copy-bytes.js';
import { writeKeyComponent } from '../core/key-writer.js';
import type { Workbench } from '../core/workbench.js';
import { PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX } from '../limits.js';
import { textSize, valueSize } from '../table/item-size.js';
import type { AttributeValue, KeyAttribute } from '../table/item-types.js';
import { keyAttributes } from '../table/key-schema.js';
import { KEY_PREFIX_BYTES } from './row-key.js';
import type { IndexDefinition } from './store.js';
import type { TableState } from './table-state.js';

export class IndexEntries {
  readonly index: IndexDefinition;
  /** The attributes of its view; undefined: all of them. */
  readonly #projected: readonly string[] | undefined;

  constructor(table: TableState, index: IndexDefinition) {
    this.index = index;
    const { type, names = [] } = index.projection;
    const keys = [...index.partition, ...index.sort, ...keyAttributes(table.key)];
    const all = [...keys.map(({ name }) => name), ...names];
    this.#projected = type === 'ALL' ? undefined : [...new Set(all)];
  }

  /**
   * Writes the key of the item's entry to `to`, which has room for the longest, and gives its length; -1 if the item has
   * none. `tableKey` is the item's own encoded key. Uses the workbench.
   */
  keyOf(workbench: Workbench, item: EncodedItem, tableKey: Uint8Array, to: Uint8Array): number {
    const { index } = this;
    const start = workbench.keyAt + KEY_PREFIX_BYTES;
    const hashed = writeComponents(
      workbench,
      start,
      index.partition,
      item,
      PARTITION_KEY_BYTES_MAX,
    );
    if (hashed < 0) return -1;
    const own = writeComponents(workbench, hashed, index.sort, item, SORT_KEY_BYTES_MAX);
    if (own < 0) return -1;
    workbench.exports.sealKey(index.id, hashed - start);
    const ownBytes = own - workbench.keyAt;
    const tableBytes = tableKey.length - KEY_PREFIX_BYTES;
    copyBytes(to, 0, workbench.u8, workbench.keyAt, ownBytes);
    copyBytes(to, ownBytes, tableKey, KEY_PREFIX_BYTES, tableBytes);
    return ownBytes + tableBytes;
  }

  /** Whether two versions of an item have the same entry, or none. */
  sameKey(a: EncodedItem, b: EncodedItem): boolean {
    const { partition, sort } = this.index;
    return (
      partition.every(({ name }) => sameAttribute(a, b, name)) &&
      sort.every(({ name }) => sameAttribute(a, b, name))
    );
  }

  /** DynamoDB size of the index's view of an item. */
  sizeOf(item: EncodedItem): number {
    if (this.#projected === undefined) return item.sizeBytes;
    let size = 0;
    for (const name of this.#projected) {
      const value = item.value(name) as AttributeValue | undefined;
      if (value !== undefined) size += textSize(name) + valueSize(value);
    }
    return size;
  }

  /** Whether the view of two different versions of an item is the same. */
  sameView(a: EncodedItem, b: EncodedItem): boolean {
    return this.#projected?.every((name) => sameAttribute(a, b, name)) ?? false;
  }
}

/** Where the components end, or a negative number if one cannot be written. `bytesMax`: raw, of them all. */
function writeComponents(
  { u8 }: Workbench,
  at: number,
  attributes: readonly KeyAttribute[],
  item: EncodedItem,
  bytesMax: number,
): number {
  let end = at;
  let left = bytesMax;
  for (const { name, type } of attributes) {
    const value = item.value(name);
    if (value === undefined) return -1;
    const next = writeKeyComponent(u8, end, type, value, left);
    if (next < 0) return -1;
    left -= type === 'N' ? next - end : valueSize(value as AttributeValue);
    if (left < 0) return -1;
    end = next;
  }
  return end;
}
