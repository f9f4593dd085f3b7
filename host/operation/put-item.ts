// PutItem: creates an item, or replaces the whole of it.

import { ValidationException } from '../errors.js';
import { ITEM_SIZE_MAX } from '../limits.js';
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
  const sizeBytes = store.itemSize(item);
  if (sizeBytes > ITEM_SIZE_MAX) {
    throw new ValidationException('Item size has exceeded the maximum allowed size');
  }
  const returnOld = write.wantsOld || wantsCapacity(write.capacityMode);
  const old = await store.put(table, item, returnOld ? { returnOld } : undefined);
  return singleWriteOutput(context, table.name, write, sizeBytes, old);
}
