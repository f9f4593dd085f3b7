// Reads the key attributes of a row back from its encoded key: what a page's last key and rows that need no item are made of.

import { setOwn } from '../core/codec/plain-object.js';
import { readKeyComponent } from '../core/key-reader.js';
import type { Item, KeyAttribute } from '../table/item-types.js';

/** Bytes of a key before its first component: keyspace id and hash. */
export const KEY_PREFIX_BYTES = 12;

/** The key attributes of the key that lies at [at, end); `attributes` in the order of its components. */
export function readRowKey(
  attributes: readonly KeyAttribute[],
  u8: Uint8Array,
  at: number,
  end: number,
): Item {
  const key: Item = {};
  let next = at + KEY_PREFIX_BYTES;
  for (const { name, type } of attributes) {
    const component = readKeyComponent(u8, next, end, type);
    setOwn(key, name, component.value);
    next = component.end;
  }
  return key;
}
