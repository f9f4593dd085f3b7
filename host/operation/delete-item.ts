// DeleteItem: deletes an item by its key. Deleting nothing is a success.

import { keyFault } from '../table/key-schema.js';
import { wantsCapacity } from './capacity.js';
import type { DocumentItem, OperationContext } from './context.js';
import { readSingleWrite, singleWriteOutput, type SingleWriteOutput } from './single-write.js';

export interface DeleteItemInput {
  /** Name or ARN. */
  TableName: string;
  /** Exactly the key attributes. */
  Key: DocumentItem;
  /** ALL_OLD: answer with the item that was deleted. Default NONE. */
  ReturnValues?: 'NONE' | 'ALL_OLD';
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
  ReturnItemCollectionMetrics?: 'SIZE' | 'NONE';
}

export type DeleteItemOutput = SingleWriteOutput;

export async function deleteItem(
  context: OperationContext,
  input: unknown,
): Promise<DeleteItemOutput> {
  const write = readSingleWrite('delete', 'Key', input);
  const { item: key } = write;
  const { catalog, store } = context;
  const table = catalog.require(write.tableName);
  const problem = keyFault(table.key, key);
  if (problem !== undefined) throw problem;
  const returnOld = write.wantsOld || wantsCapacity(write.capacityMode);
  const old = await store.delete(table, key, returnOld ? { returnOld } : undefined);
  return singleWriteOutput(context, table.name, write, 0, old);
}
