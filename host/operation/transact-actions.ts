// The actions of TransactWriteItems: Put, Update, Delete and ConditionCheck, from a request to what
// the store is asked to do.
//
// Three steps, as DynamoDB checks: `readAction` the JSON types and bounds of members, `compileAction`
// what needs no table (throws for the whole request), `requestOf` what a table makes of it.

import { ValidationException } from '../errors.js';
import type { Change, StoredTable, WriteRequest } from '../engine/store.js';
import { checkParameters } from '../expression/parameters.js';
import { Placeholders } from '../expression/placeholders.js';
import { compileUpdate, type Update } from '../expression/update.js';
import { compileCondition, type Condition } from '../expression/condition.js';
import { TRANSACTION_VALUE_LEVELS_MAX } from '../limits.js';
import { indexKeyFault, indexKeyValueFault } from '../table/index-keys.js';
import { copyItem } from '../table/item-copy.js';
import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import {
  KEY_DOES_NOT_MATCH,
  keyFaultInItem,
  keyIsTyped,
  keyMatches,
  keyOfItem,
  keyValuesFault,
} from '../table/key-schema.js';
import { requireCondition } from './conditions.js';
import { enumFault, requiredFault, tableFault } from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { indexKeyNames, tableKeyNames } from './key-names.js';
import { checkItemSize } from './put-item.js';
import { updated } from './update-item.js';
import { JAVA, readNameMap, readString, readStructure, type Structure } from './wire-types.js';

/** What the four have in common. */
interface ActionInput {
  /** Name or ARN. */
  TableName: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: DocumentItem;
  /** ALL_OLD: the reason of a failed condition has the item as it is. Default NONE. */
  ReturnValuesOnConditionCheckFailure?: 'NONE' | 'ALL_OLD';
}

/** One action: exactly one of the four. */
export interface TransactWriteItem {
  Put?: ActionInput & { Item: DocumentItem };
  Update?: ActionInput & { Key: DocumentItem; UpdateExpression: string };
  Delete?: ActionInput & { Key: DocumentItem };
  ConditionCheck?: ActionInput & { Key: DocumentItem; ConditionExpression: string };
}

const KINDS = ['ConditionCheck', 'Put', 'Delete', 'Update'] as const;
type Kind = (typeof KINDS)[number];

/** The members of one action, their types checked. */
export interface RawAction {
  readonly kind: Kind;
  readonly members: Structure;
  readonly tableName: string | undefined;
  /** The item of a Put, the key of the others. */
  readonly item: Item | undefined;
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly values: Item | undefined;
  readonly condition: string | undefined;
  readonly update: string | undefined;
  readonly onFailure: string | undefined;
}

/** The actions of one element of TransactItems: to be legal it has one. */
export function readActions(
  { values }: OperationContext,
  element: unknown,
  path: string,
): readonly RawAction[] {
  const type = `class ${JAVA}`;
  const structure = readStructure(element, path, `${type}.TransactWriteItem`) ?? {};
  return KINDS.flatMap((kind) => {
    const at = `${path}.${kind}`;
    const members = readStructure(structure[kind], at, `${type}.${kind}`);
    if (members === undefined) return [];
    const text = (name: string) => readString(members[name], `${at}.${name}`);
    const item = kind === 'Put' ? 'Item' : 'Key';
    const maps = ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const;
    return {
      kind,
      members,
      tableName: text('TableName'),
      item: values.readMap(members[item], `${at}.${item}`),
      names: readNameMap(members[maps[0]], `${at}.${maps[0]}`),
      values: values.readMap(members[maps[1]], `${at}.${maps[1]}`),
      condition: text('ConditionExpression'),
      update: kind === 'Update' ? text('UpdateExpression') : undefined,
      onFailure: text('ReturnValuesOnConditionCheckFailure'),
    };
  });
}

/** Faults of the members' bounds, for joining. */
export function actionFaults(action: RawAction, path: string): (string | undefined)[] {
  const { kind, tableName, item, condition, update, onFailure } = action;
  const at = `${path}.${kind[0].toLowerCase()}${kind.slice(1)}`;
  return [
    tableFault(tableName, `${at}.tableName`),
    requiredFault(item, `${at}.${kind === 'Put' ? 'item' : 'key'}`),
    kind === 'Update' ? requiredFault(update, `${at}.updateExpression`) : undefined,
    kind === 'ConditionCheck' ? requiredFault(condition, `${at}.conditionExpression`) : undefined,
    enumFault(onFailure, `${at}.returnValuesOnConditionCheckFailure`, ['ALL_OLD', 'NONE']),
  ];
}

export interface Action {
  readonly kind: Kind;
  readonly tableName: string;
  /** The caller's objects are its own once the store is asked, so this is a copy. */
  readonly item: Item;
  /** DynamoDB bytes of it. */
  readonly sizeBytes: number;
  readonly condition: Condition | undefined;
  readonly update: Update | undefined;
  readonly failureItem: boolean;
}

/** Values and expressions. `action` has its required members. */
export function compileAction(context: OperationContext, action: RawAction, path: string): Action {
  const { kind, members, names, values } = action;
  const item = action.item as Item;
  checkParameters(kind === 'Update' ? 'UpdateItem' : 'PutItem', {
    ConditionExpression: members.ConditionExpression,
    UpdateExpression: members.UpdateExpression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  });
  const fault = itemFault(item, `${path}.${kind}.${kind === 'Put' ? 'Item' : 'Key'}`, 'older');
  if (fault !== undefined) throw new ValidationException(fault);
  const sizeBytes = context.store.itemSize(item);
  if (kind === 'Put') checkItemSize(sizeBytes);
  const placeholders = new Placeholders(
    { names, values },
    { wording: 'older', valueLevelsMax: TRANSACTION_VALUE_LEVELS_MAX },
  );
  const update =
    action.update === undefined ? undefined : compileUpdate(action.update, placeholders);
  const condition =
    action.condition === undefined
      ? undefined
      : compileCondition('Condition', action.condition, placeholders);
  placeholders.checkAllUsed();
  return {
    kind,
    tableName: action.tableName as string,
    item: copyItem(item),
    sizeBytes,
    condition,
    update,
    failureItem: action.onFailure === 'ALL_OLD',
  };
}

/** Empty and oversize keys refuse the whole request. */
export function checkKeySizes(table: StoredTable, { kind, item }: Action): void {
  const typed = kind === 'Put' ? keyIsTyped(table.key, item) : keyMatches(table.key, item);
  const fault =
    (typed ? keyValuesFault(table.key, item) : undefined) ??
    (kind === 'Put' ? indexKeyValueFault(table, item) : undefined);
  if (fault !== undefined) throw fault;
}

/** What is wrong with an action that cancels the transaction before its item is looked at. */
export function schemaFault(
  table: StoredTable,
  { kind, item, update }: Action,
): ValidationException | undefined {
  if (kind === 'Put') return keyFaultInItem(table.key, item) ?? indexKeyFault(table, item);
  if (!keyMatches(table.key, item)) return new ValidationException(KEY_DOES_NOT_MATCH);
  try {
    update?.checkKeys(tableKeyNames(table), indexKeyNames(table));
    return undefined;
  } catch (error) {
    if (error instanceof ValidationException) return error;
    throw error;
  }
}

/** For an action without a schema fault. */
export function requestOf(
  { values }: OperationContext,
  table: StoredTable,
  action: Action,
): WriteRequest {
  const { kind, item, condition, update, failureItem } = action;
  const key = kind === 'Put' ? keyOfItem(table.key, item) : item;
  return {
    table,
    key,
    decide: (found): Change => {
      requireCondition(condition, found, failureItem, values);
      switch (kind) {
        case 'Put':
          return { kind: 'put', item };
        case 'Delete':
          return { kind: 'delete' };
        case 'ConditionCheck':
          return { kind: 'keep' };
        case 'Update':
          return updated(table, key, update, found?.decode() as Item | undefined);
      }
    },
  };
}
