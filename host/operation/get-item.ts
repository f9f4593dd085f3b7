// GetItem: reads one item by its key.

import { ValidationException } from '../errors.js';
import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { keyFault } from '../table/key-schema.js';
import { consumedCapacity, readUnits, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import {
  capacityModeFault,
  checkTableName,
  requiredFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { refuseMembers } from './unsupported.js';
import { readAttributeMap, readBoolean, readInput, readNameMap, readString } from './wire-types.js';

export interface GetItemInput {
  /** Name or ARN. */
  TableName: string;
  /** Exactly the key attributes. */
  Key: DocumentItem;
  /**
   * True: sees every acknowledged write, and nothing that a crash could take back. Default false.
   */
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
}

export interface GetItemOutput {
  /** Absent if there is no such item. */
  Item?: DocumentItem;
  ConsumedCapacity?: ConsumedCapacity;
}

export async function getItem(
  context: OperationContext,
  rawInput: unknown,
): Promise<GetItemOutput> {
  const input = readInput('get', rawInput);
  const tableName = readString(input.TableName, 'TableName');
  const key = readAttributeMap(input.Key, 'Key') as Item | undefined;
  const consistent = readBoolean(input.ConsistentRead, 'ConsistentRead') ?? false;
  const capacityMode = readString(input.ReturnConsumedCapacity, 'ReturnConsumedCapacity') as
    | CapacityMode
    | undefined;
  const names = readNameMap(input.ExpressionAttributeNames, 'ExpressionAttributeNames');

  checkTableName(tableName);
  throwFaults([requiredFault(key, 'key')]);
  throwFaults([capacityModeFault(capacityMode)]);
  refuseMembers('get', input, ['ProjectionExpression', 'AttributesToGet']);
  if (names !== undefined) {
    throw new ValidationException(
      'ExpressionAttributeNames can only be specified when using expressions',
    );
  }
  const fault = itemFault(key as Item, 'Key');
  if (fault !== undefined) throw new ValidationException(fault);

  const { store } = context;
  const table = context.catalog.require(tableName);
  const problem = keyFault(table.key, key as Item);
  if (problem !== undefined) throw problem;
  const item = await store.get(table, key as Item, consistent);
  const output: GetItemOutput = item === undefined ? {} : { Item: item };
  if (wantsCapacity(capacityMode)) {
    const units = readUnits(item === undefined ? 0 : store.itemSize(item), consistent);
    output.ConsumedCapacity = consumedCapacity(capacityMode, table.name, units);
  }
  return output;
}
