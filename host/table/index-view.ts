// What an index shows of its table's items.

import type { IndexDefinition, TableDefinition } from '../engine/store.js';
import { keyAttributes } from './key-schema.js';

/** The key attributes of an index and of its table. */
export function indexKeyNames(table: TableDefinition, index: IndexDefinition): ReadonlySet<string> {
  const attributes = [...index.partition, ...index.sort, ...keyAttributes(table.key)];
  return new Set(attributes.map(({ name }) => name));
}

/** The attributes that an index projects; undefined: all. */
export function projectedNames(
  table: TableDefinition,
  index: IndexDefinition,
): ReadonlySet<string> | undefined {
  const { type, names = [] } = index.projection;
  if (type === 'ALL') return undefined;
  const keys = indexKeyNames(table, index);
  return type === 'KEYS_ONLY' ? keys : new Set([...keys, ...names]);
}
