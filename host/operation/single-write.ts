// What PutItem, UpdateItem and DeleteItem have in common: every check that needs no table, in
// DynamoDB's order, and the answer.

import { ValidationException } from '../errors.js';
import type { StoredTable, WriteResult } from '../engine/store.js';
import type { ExpectedAttribute } from '../expression/legacy-condition.js';
import { checkParameters } from '../expression/parameters.js';
import { Placeholders } from '../expression/placeholders.js';
import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { Charge, wantsCapacity, writeUnits, type ConsumedCapacity } from './capacity.js';
import { compileWriteCondition, type Condition } from './conditions.js';
import {
  capacityModeFault,
  checkTableName,
  enumFault,
  inEnvelope,
  itemCollectionMetricsFault,
  requiredFault,
  returnValuesFault,
  tableFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { itemCollectionMetrics, type ItemCollectionMetrics } from './item-collection.js';
import { readExpected, type ExpectedCondition } from './legacy-parameters.js';
import { readInput, readNameMap, readString, type Structure } from './wire-types.js';

/** What the inputs of the three have in common. */
export interface SingleWriteInput {
  /** Name or ARN. */
  TableName: string;
  /** Nothing is written unless this holds for the item as it is: `attribute_not_exists(id)`. */
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: DocumentItem;
  /** ALL_OLD: a failed condition's error has the item as it is in `Item`. Default NONE. */
  ReturnValuesOnConditionCheckFailure?: 'NONE' | 'ALL_OLD';
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
  /** SIZE: answer with ItemCollectionMetrics if the table has local indexes. */
  ReturnItemCollectionMetrics?: 'SIZE' | 'NONE';
  /** Legacy: use ConditionExpression. */
  Expected?: Record<string, ExpectedCondition>;
  /** Legacy: use ConditionExpression. */
  ConditionalOperator?: 'AND' | 'OR';
}

export interface SingleWriteOutput {
  /** What ReturnValues asked for; absent if there is nothing of it. */
  Attributes?: DocumentItem;
  ConsumedCapacity?: ConsumedCapacity;
  ItemCollectionMetrics?: ItemCollectionMetrics;
}

/** The members of a request, their types and bounds checked. */
export interface SingleWrite {
  readonly input: Structure;
  readonly tableName: string;
  /** The item or key: nothing of it is checked yet. */
  readonly item: Item;
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly values: Item | undefined;
  readonly conditionText: string | undefined;
  readonly expected: Readonly<Record<string, ExpectedAttribute>> | undefined;
  readonly conditionalOperator: string | undefined;
  readonly returnValues: string;
  /** A failed condition tells the item. */
  readonly failureItem: boolean;
  readonly capacityMode: CapacityMode | undefined;
  readonly wantsMetrics: boolean;
}

/** `member` is the one that holds the item (`Item`) or its key (`Key`). */
export function readSingleWrite(
  context: OperationContext,
  operation: 'put' | 'update' | 'delete',
  member: 'Item' | 'Key',
  rawInput: unknown,
): SingleWrite {
  const input = readInput(operation, rawInput);
  const text = (name: string) => readString(input[name], name);
  const tableName = text('TableName');
  const item = context.values.readMap(input[member], member);
  const returnValues = text('ReturnValues');
  const capacityMode = text('ReturnConsumedCapacity');
  const metrics = text('ReturnItemCollectionMetrics');
  const onFailure = text('ReturnValuesOnConditionCheckFailure');
  const names = readNameMap(input.ExpressionAttributeNames, 'ExpressionAttributeNames');
  const values = context.values.readMap(
    input.ExpressionAttributeValues,
    'ExpressionAttributeValues',
  );
  const conditionText = text('ConditionExpression');
  const conditionalOperator = text('ConditionalOperator');
  const expected = readExpected(context.values, input);

  if (operation === 'update' && item === undefined) {
    if (tableName === '') checkTableName(tableName);
    throwFaults([
      capacityModeFault(capacityMode),
      tableFault(tableName, 'tableName'),
      enumFault(returnValues, 'returnValues', OLD_STYLE_RETURN_VALUES),
      requiredFault(item, 'key'),
    ]);
  }
  checkTableName(tableName);
  throwFaults([requiredFault(item, member.toLowerCase())]);
  if (operation === 'update') throwFaults([returnValuesFault(returnValues)]);
  throwFaults([
    capacityModeFault(capacityMode),
    returnValuesFault(returnValues),
    itemCollectionMetricsFault(metrics),
    enumFault(onFailure, 'returnValuesOnConditionCheckFailure', ['ALL_OLD', 'NONE']),
    ...expected.faults,
  ]);
  return {
    input,
    tableName,
    item: item as Item,
    names,
    values,
    conditionText,
    expected: expected.entries,
    conditionalOperator,
    returnValues: returnValues ?? 'NONE',
    failureItem: onFailure === 'ALL_OLD',
    capacityMode: capacityMode as CapacityMode | undefined,
    wantsMetrics: metrics === 'SIZE',
  };
}

const OLD_STYLE_RETURN_VALUES = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'];

/** Whether the answer tells of the item as it was, or of the write. */
export function needsOld(write: SingleWrite): boolean {
  return (
    write.returnValues === 'ALL_OLD' || wantsCapacity(write.capacityMode) || write.wantsMetrics
  );
}

/** The checks of PutItem and DeleteItem that come before the table; gives the condition. */
export function checkPlainWrite(write: SingleWrite, member: 'Item' | 'Key'): Condition | undefined {
  const { input, names, values, returnValues } = write;
  return inEnvelope(() => {
    checkParameters(member === 'Item' ? 'PutItem' : 'DeleteItem', input);
    const fault = itemFault(write.item, member);
    if (fault !== undefined) throw new ValidationException(fault);
    if (returnValues !== 'NONE' && returnValues !== 'ALL_OLD') {
      throw new ValidationException('ReturnValues can only be ALL_OLD or NONE');
    }
    const placeholders = new Placeholders({ names, values });
    const condition = conditionOf(write, placeholders);
    placeholders.checkAllUsed();
    return condition;
  });
}

export function conditionOf(
  { conditionText, expected, conditionalOperator }: SingleWrite,
  placeholders: Placeholders,
): Condition | undefined {
  return compileWriteCondition(conditionText, expected, conditionalOperator, placeholders);
}

export function singleWriteOutput(
  context: OperationContext,
  table: StoredTable,
  write: SingleWrite,
  key: Item,
  result: WriteResult,
  attributes: Item | undefined,
): SingleWriteOutput {
  const output: SingleWriteOutput = {};
  if (attributes !== undefined) output.Attributes = context.values.writeMap(attributes);
  if (wantsCapacity(write.capacityMode)) {
    output.ConsumedCapacity = chargeOfWrite(new Charge(table), result).consumed(write.capacityMode);
  }
  if (write.wantsMetrics) {
    const metrics = itemCollectionMetrics(context, table, key);
    if (metrics !== undefined) output.ItemCollectionMetrics = metrics;
  }
  return output;
}

/** Adds what a write costs; a transaction pays it `times` two. */
export function chargeOfWrite(charge: Charge, result: WriteResult, times = 1): Charge {
  charge.add(times * writeUnits(result.newSizeBytes, result.oldSizeBytes));
  for (const [name, units] of result.indexUnits) charge.addIndex(name, times * units);
  return charge;
}
