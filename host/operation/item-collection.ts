// ItemCollectionMetrics: how large the items of one partition key are together, in tables with
// local indexes. The estimate is the lowest there is: nothing here is near the limit of 10 GB.

import type { StoredTable } from '../engine/store.js';
import type { Item } from '../table/item-types.js';
import { keyIdentity } from '../table/key-schema.js';
import type { DocumentItem, OperationContext } from './context.js';

export interface ItemCollectionMetrics {
  /** The partition key. */
  ItemCollectionKey: DocumentItem;
  SizeEstimateRangeGB: [number, number];
}

/** Of several items or keys of one table: each partition key once. */
export function itemCollections(
  context: OperationContext,
  table: StoredTable,
  keys: readonly Item[],
): ItemCollectionMetrics[] {
  const schema = { partition: table.key.partition };
  const byPartition = new Map(keys.map((key) => [keyIdentity(schema, key), key]));
  return [...byPartition.values()]
    .map((key) => itemCollectionMetrics(context, table, key))
    .filter((metrics) => metrics !== undefined);
}

/** Undefined for tables without local indexes. */
export function itemCollectionMetrics(
  context: OperationContext,
  table: StoredTable,
  key: Item,
): ItemCollectionMetrics | undefined {
  if (table.indexes?.some(({ kind }) => kind === 'local') !== true) return undefined;
  const { name } = table.key.partition;
  return {
    ItemCollectionKey: context.values.writeMap({ [name]: key[name] }),
    SizeEstimateRangeGB: [0, 1],
  };
}
