// PutItem: creates an item, or replaces the whole of it.

import { ValidationException } from '../errors.js';
import type { StoredTable } from '../engine/store.js';
import { ITEM_SIZE_MAX } from '../limits.js';
import { indexKeyFault } from '../table/index-keys.js';
import { copyItem } from '../table/item-copy.js';
import type { Item } from '../table/item-types.js';
import { keyFaultInItem, keyOfItem } from '../table/key-schema.js';
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

export interface PutItemInput extends SingleWriteInput {
  /** The whole item: the key attributes and any others. At most 400 KB. */
  Item: DocumentItem;
  /** ALL_OLD: answer with the item that was replaced. Default NONE. */
  ReturnValues?: 'NONE' | 'ALL_OLD';
}

export type PutItemOutput = SingleWriteOutput;

export async function putItem(context: OperationContext, input: unknown): Promise<PutItemOutput> {
  const write = readSingleWrite(context, 'put', 'Item', input);
  const condition = checkPlainWrite(write, 'Item');
  const { store, values } = context;
  const table = context.catalog.require(write.tableName);
  const wantsOld = write.returnValues === 'ALL_OLD';
  const keyProblem = itemKeyFault(table, write.item);
  if (keyProblem !== undefined) throw keyProblem;
  if (condition === undefined) {
    if (!needsOld(write)) {
      await store.put(table, write.item);
      return {};
    }
    const key = keyOfItem(table.key, write.item);
    const { result, old } = await writeAndTell(context, table, 'put', write.item);
    return singleWriteOutput(context, table, write, key, result, wantsOld ? old : undefined);
  }
  const item = copyItem(write.item);
  const key = keyOfItem(table.key, item);
  checkItemSize(store.itemSize(item));
  let old: Item | undefined;
  const result = await store.write({
    table,
    key,
    decide: (found) => {
      requireCondition(condition, found, write.failureItem, values);
      old = wantsOld ? (found?.decode() as Item | undefined) : undefined;
      return { kind: 'put', item };
    },
  });
  return singleWriteOutput(context, table, write, key, result, old);
}

/** What is wrong with the keys of an item that is put, the table's first. */
export function itemKeyFault(table: StoredTable, item: Item): ValidationException | undefined {
  return keyFaultInItem(table.key, item) ?? indexKeyFault(table, item);
}

export function checkItemSize(sizeBytes: number): void {
  if (sizeBytes > ITEM_SIZE_MAX) {
    throw new ValidationException('Item size has exceeded the maximum allowed size');
  }
}
