// PutItem: creates an item, or replaces the whole of it.

import { keyFaultInItem } from '../table/key-schema.js';
import { wantsCapacity } from './capacity.js';
import type { DocumentItem, OperationContext } from './context.js';
import { readSingleWrite, singleWriteOutput, type SingleWriteOutput } from './single-write.js';

export interface PutItemInput {
  /** Name or ARN. */
  TableName: string;
  /** The whole item: the key attributes and any others. At most 400 KB. */
  Item: DocumentItem;
  /** ALL_OLD: answer with the item that was replaced. Default NONE. */
  ReturnValues?: 'NONE' | 'ALL_OLD';
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
  ReturnItemCollectionMetrics?: 'SIZE' | 'NONE';
}

export type PutItemOutput = SingleWriteOutput;

export async function putItem(context: OperationContext, input: unknown): Promise<PutItemOutput> {
  const write = readSingleWrite('put', 'Item', input);
  const { item } = write;
  const { store } = context;
  const table = context.catalog.require(write.tableName);
  const keyProblem = keyFaultInItem(table.key, item);
  if (keyProblem !== undefined) throw keyProblem;
  const counts = wantsCapacity(write.capacityMode);
  const sizeBytes = counts ? store.itemSize(item) : 0;
  const returnOld = write.wantsOld || counts;
  const old = await store.put(table, item, returnOld ? { returnOld } : undefined);
  return singleWriteOutput(context, table.name, write, sizeBytes, old);
}
