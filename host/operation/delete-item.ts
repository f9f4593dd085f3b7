// DeleteItem: deletes an item by its key. Deleting nothing is a success.

import { copyItem } from '../table/item-copy.js';
import type { Item } from '../table/item-types.js';
import { keyFault } from '../table/key-schema.js';
import { requireCondition } from './conditions.js';
import type { DocumentItem, OperationContext } from './context.js';
import {
  checkPlainWrite,
  needsOld,
  readSingleWrite,
  singleWriteOutput,
  type SingleWriteInput,
  type SingleWriteOutput,
} from './single-write.js';
import { writeAndTell } from './unconditional-write.js';

export interface DeleteItemInput extends SingleWriteInput {
  /** Exactly the key attributes. */
  Key: DocumentItem;
  /** ALL_OLD: answer with the item that was deleted. Default NONE. */
  ReturnValues?: 'NONE' | 'ALL_OLD';
}

export type DeleteItemOutput = SingleWriteOutput;

export async function deleteItem(
  context: OperationContext,
  input: unknown,
): Promise<DeleteItemOutput> {
  const write = readSingleWrite(context, 'delete', 'Key', input);
  const condition = checkPlainWrite(write, 'Key');
  const { store, values } = context;
  const table = context.catalog.require(write.tableName);
  const problem = keyFault(table.key, write.item);
  if (problem !== undefined) throw problem;
  const wantsOld = write.returnValues === 'ALL_OLD';
  const key = copyItem(write.item);
  if (condition === undefined) {
    if (!needsOld(write)) {
      await store.delete(table, write.item);
      return {};
    }
    const { result, old } = await writeAndTell(context, table, 'delete', write.item);
    return singleWriteOutput(context, table, write, key, result, wantsOld ? old : undefined);
  }
  let old: Item | undefined;
  const result = await store.write({
    table,
    key,
    decide: (found) => {
      requireCondition(condition, found, write.failureItem, values);
      old = wantsOld ? (found?.decode() as Item | undefined) : undefined;
      return { kind: 'delete' };
    },
  });
  return singleWriteOutput(context, table, write, key, result, old);
}
