// What the entries of an index look like to those who read them.
//
//   entry key   := index id u32 BE . hash u64 BE . component(HASH attribute)+ . component(RANGE attribute)*
//                  . component(table's partition key) [ . component(table's sort key) ]
//   entry value := an inline item without attributes, whose size is that of the index's view of the item
//
// The hash is that of all HASH components together, seeded like a table's. An entry lies in the shard of its item,
// whatever its own hash: only an index with the table's partition key has all entries of one partition in one shard.

import {
  KEY_COMPONENT_BYTES_MAX,
  KEY_NUMBER_NEGATIVE,
  KEY_NUMBER_ZERO,
  writeKeyComponent,
} from '../core/key-component.js';
import type { EncodedItem } from '../core/codec/encoded-item.js';
import type { KeyAttribute } from '../table/item-types.js';
import { keyAttributes } from '../table/key-schema.js';
import { KEY_PREFIX_BYTES } from './row-key.js';
import type { IndexDefinition } from './store.js';
import type { TableState } from './table-state.js';

export class IndexLayout {
  readonly index: IndexDefinition;
  readonly table: TableState;
  /** The index's key attributes, HASH ones first. */
  readonly own: readonly KeyAttribute[];
  /** One for each component of an entry key: the index's attributes, then the table's key. */
  readonly attributes: readonly KeyAttribute[];
  /** Entries with one partition of the index lie in one shard, the one of their hash. */
  readonly inOneShard: boolean;

  constructor(table: TableState, index: IndexDefinition) {
    this.table = table;
    this.index = index;
    this.own = [...index.partition, ...index.sort];
    this.attributes = [...this.own, ...keyAttributes(table.key)];
    this.inOneShard =
      index.partition.length === 1 && index.partition[0].name === table.partitionName;
  }

  /** Where the components of the table's key begin in the entry key at [at, end). */
  tableKeyAt(u8: Uint8Array, at: number): number {
    let next = at + KEY_PREFIX_BYTES;
    for (const { type } of this.own) next = componentEnd(u8, next, type);
    return next;
  }

  /** Has the item the attributes that the entry key at `at` was made of? */
  belongs(item: EncodedItem, u8: Uint8Array, at: number): boolean {
    let next = at + KEY_PREFIX_BYTES;
    for (const { name, type } of this.own) {
      const value = item.value(name);
      const length = value === undefined ? -1 : writeKeyComponent(scratch, 0, type, value);
      if (length < 0) return false;
      for (let i = 0; i < length; i++) if (scratch[i] !== u8[next + i]) return false;
      next += length;
    }
    return true;
  }
}

/** Used within one call. */
const scratch = new Uint8Array(KEY_COMPONENT_BYTES_MAX);

/** Where the component at `at` ends: strings and binary at the first zero, numbers too, or at FF if negative. */
export function componentEnd(u8: Uint8Array, at: number, type: KeyAttribute['type']): number {
  let next = at;
  let last = 0;
  if (type === 'N') {
    next += 1 + (u8[at] === KEY_NUMBER_ZERO ? 0 : 1);
    if (u8[at] === KEY_NUMBER_NEGATIVE) last = 0xff;
  }
  while (u8[next] !== last) next++;
  return next + 1;
}
