// What PutItem and DeleteItem have in common: every check that needs no table, in DynamoDB's order.

import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { consumedCapacity, wantsCapacity, writeUnits, type ConsumedCapacity } from './capacity.js';
import {
  capacityModeFault,
  checkTableName,
  enumFault,
  enveloped,
  itemCollectionMetricsFault,
  requiredFault,
  returnValuesFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { refuseMembers } from './unsupported.js';
import { readAttributeMap, readInput, readNameMap, readString } from './wire-types.js';

export interface SingleWrite {
  readonly tableName: string;
  /** The item or key: its values are legal, its key attributes not yet looked at. */
  readonly item: Item;
  /** ReturnValues ALL_OLD. */
  readonly wantsOld: boolean;
  readonly capacityMode: CapacityMode | undefined;
}

const LATER_MEMBERS = ['ConditionExpression', 'Expected', 'ConditionalOperator'];

/** `member` is the one that holds the item (`Item`) or its key (`Key`). */
export function readSingleWrite(
  operation: 'put' | 'delete',
  member: 'Item' | 'Key',
  rawInput: unknown,
): SingleWrite {
  const input = readInput(operation, rawInput);
  const tableName = readString(input.TableName, 'TableName');
  const item = readAttributeMap(input[member], member);
  const returnValues = readString(input.ReturnValues, 'ReturnValues');
  const capacityMode = readString(input.ReturnConsumedCapacity, 'ReturnConsumedCapacity');
  const metrics = readString(input.ReturnItemCollectionMetrics, 'ReturnItemCollectionMetrics');
  const onFailureName = 'ReturnValuesOnConditionCheckFailure';
  const onFailure = readString(input[onFailureName], onFailureName);
  const names = readNameMap(input.ExpressionAttributeNames, 'ExpressionAttributeNames');
  const values = readAttributeMap(input.ExpressionAttributeValues, 'ExpressionAttributeValues');

  checkTableName(tableName);
  throwFaults([requiredFault(item, member.toLowerCase())]);
  throwFaults([
    capacityModeFault(capacityMode),
    returnValuesFault(returnValues),
    itemCollectionMetricsFault(metrics),
    enumFault(onFailure, 'returnValuesOnConditionCheckFailure', ['ALL_OLD', 'NONE']),
  ]);
  refuseMembers(operation, input, LATER_MEMBERS);
  if (names !== undefined) throw onlyWithExpressions('ExpressionAttributeNames');
  if (values !== undefined) throw onlyWithExpressions('ExpressionAttributeValues');
  const fault = itemFault(item as Item, member);
  if (fault !== undefined) throw enveloped(fault);
  if (returnValues !== undefined && returnValues !== 'NONE' && returnValues !== 'ALL_OLD') {
    throw enveloped('ReturnValues can only be ALL_OLD or NONE');
  }
  return {
    tableName,
    item: item as Item,
    wantsOld: returnValues === 'ALL_OLD',
    capacityMode: capacityMode as CapacityMode | undefined,
  };
}

export interface SingleWriteOutput {
  /** The item as it was, for ALL_OLD; absent if there was none. */
  Attributes?: DocumentItem;
  ConsumedCapacity?: ConsumedCapacity;
}

/** The answer of a write that was asked for the old item, its capacity, or both. */
export function singleWriteOutput(
  context: OperationContext,
  tableName: string,
  write: SingleWrite,
  newSizeBytes: number,
  old: Item | undefined,
): SingleWriteOutput {
  const output: SingleWriteOutput = {};
  if (write.wantsOld && old !== undefined) output.Attributes = old;
  if (wantsCapacity(write.capacityMode)) {
    const units = writeUnits(newSizeBytes, old === undefined ? 0 : context.store.itemSize(old));
    output.ConsumedCapacity = consumedCapacity(write.capacityMode, tableName, units);
  }
  return output;
}

function onlyWithExpressions(member: string): Error {
  return enveloped(`${member} can only be specified when using expressions`);
}
