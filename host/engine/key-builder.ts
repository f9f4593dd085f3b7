// Builds encoded keys: components written by JavaScript into the thread's private workbench, sealed (table id, hash) by
// the core there, and copied as words to where a shard wants them.
//
//   key := table id u32 BE . hash u64 BE . component(partition key) [ . component(sort key) ]
//
// One key at a time lives in the workbench: use it before the next await or call of user code (R16).

import { writeKeyComponent } from '../core/key-writer.js';
import type { Workbench } from '../core/workbench.js';
import { SORT_KEY_BYTES_MAX } from '../limits.js';
import type { Item, KeyAttribute, KeyType } from '../table/item-types.js';
import { keyFault, keyFaultInItem } from '../table/key-schema.js';
import type { TableState } from './table-state.js';

const PARTITION_AT = 12; // after table id and hash

export class KeyBuilder {
  readonly workbench: Workbench;
  readonly #shift: number;
  /** Length of the key that lies in the workbench. */
  length = 0;
  /** Length of its part up to the end of the partition key. */
  prefixLength = 0;

  constructor(workbench: Workbench, shards: number) {
    this.workbench = workbench;
    this.#shift = 16 - Math.log2(shards);
  }

  /** The key of a whole item; returns its shard. Throws PutItem's texts for what is no key. */
  itemKey(table: TableState, item: Item): number {
    const shard = this.#build(table, item);
    if (shard < 0) throw keyFaultInItem(table.key, item) ?? unexplained(table);
    return shard;
  }

  /** A key given as an object of exactly the key attributes; returns its shard. */
  key(table: TableState, key: Item): number {
    let count = 0;
    for (const _name in key) count++;
    const shard = count === (table.sortName === undefined ? 1 : 2) ? this.#build(table, key) : -1;
    if (shard < 0) throw keyFault(table.key, key) ?? unexplained(table);
    return shard;
  }

  /** Takes over a sealed key that lies in the key area of another private memory; returns its shard. */
  adopt(from: Workbench, hashTop: number, length: number, prefixLength: number): number {
    const to = this.workbench;
    let source = from.keyAt >>> 2;
    let target = to.keyAt >>> 2;
    for (const end = source + ((length + 3) >>> 2); source < end; source++, target++)
      to.u32[target] = from.u32[source];
    this.length = length;
    this.prefixLength = prefixLength;
    return hashTop >>> this.#shift;
  }

  /** Writes table id, hash and partition key; returns the shard they belong to, or a negative code of key-writer.ts. */
  partition(tableId: number, type: KeyType, value: unknown): number {
    const { u8, keyAt, exports } = this.workbench;
    const start = keyAt + PARTITION_AT;
    const end = writeKeyComponent(u8, start, type, value);
    if (end < 0) return end;
    this.length = this.prefixLength = end - keyAt;
    return exports.sealKey(tableId, end - start) >>> this.#shift;
  }

  /**
   * Writes components of these attributes one after the other, the first `hashed` of them as what the hash is made of.
   * Returns the hash's shard, or a negative code of key-writer.ts.
   */
  components(
    keyspaceId: number,
    attributes: readonly KeyAttribute[],
    values: Item,
    hashed: number,
  ): number {
    const { u8, keyAt, exports } = this.workbench;
    let at = keyAt + PARTITION_AT;
    let shard = 0;
    for (let i = 0; i < attributes.length; i++) {
      const { name, type } = attributes[i];
      at = writeKeyComponent(u8, at, type, values[name]);
      if (at < 0) return at;
      if (i + 1 !== hashed) continue;
      this.prefixLength = at - keyAt;
      shard = exports.sealKey(keyspaceId, this.prefixLength - PARTITION_AT) >>> this.#shift;
    }
    this.length = at - keyAt;
    return shard;
  }

  /** Makes a table's key of components that were written earlier: `partitionBytes` of them are hashed. */
  copied(
    tableId: number,
    from: Uint8Array,
    at: number,
    partitionBytes: number,
    bytes: number,
  ): void {
    const { u8, keyAt, exports } = this.workbench;
    const start = keyAt + PARTITION_AT;
    for (let i = 0; i < bytes; i++) u8[start + i] = from[at + i];
    this.prefixLength = PARTITION_AT + partitionBytes;
    this.length = PARTITION_AT + bytes;
    exports.sealKey(tableId, partitionBytes);
  }

  /** A private copy of the key in the workbench. */
  bytes(): Uint8Array {
    const { u8, keyAt } = this.workbench;
    return u8.slice(keyAt, keyAt + this.length);
  }

  #build(table: TableState, attributes: Item): number {
    const shard = this.partition(table.id, table.partitionType, attributes[table.partitionName]);
    if (shard < 0 || table.sortName === undefined) return shard;
    const { u8, keyAt } = this.workbench;
    const at = keyAt + this.prefixLength;
    const end = writeKeyComponent(
      u8,
      at,
      table.sortType,
      attributes[table.sortName],
      SORT_KEY_BYTES_MAX,
    );
    if (end < 0) return end;
    this.length = end - keyAt;
    return shard;
  }
}

function unexplained(table: TableState): TypeError {
  return new TypeError(
    `a key of table ${table.name} cannot be written, though it matches the schema`,
  );
}
