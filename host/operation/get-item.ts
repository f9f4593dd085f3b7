// GetItem: reads one item by its key.

import { ValidationException } from '../errors.js';
import { checkParameters } from '../expression/parameters.js';
import { Placeholders } from '../expression/placeholders.js';
import type { Projection } from '../expression/projection.js';
import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { keyFault } from '../table/key-schema.js';
import { Charge, readUnits, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import { compileReadProjection } from './conditions.js';
import {
  attributesToGetFault,
  capacityModeFault,
  checkTableName,
  requiredFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import { RAW_ITEMS, type DocumentItem, type OperationContext, type RawItems } from './context.js';
import { checkReadPaths } from './key-names.js';
import { readBoolean, readInput, readNameMap, readString, readStrings } from './wire-types.js';

export interface GetItemInput {
  /** Name or ARN. */
  TableName: string;
  /** Exactly the key attributes. */
  Key: DocumentItem;
  /**
   * True: sees every acknowledged write, and nothing that a crash could take back. Default false.
   */
  ConsistentRead?: boolean;
  /** The attributes, or parts of them, to return: `a, b.c, d[0]`. */
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
  /** Legacy: use ProjectionExpression. */
  AttributesToGet?: string[];
}

export interface GetItemOutput {
  /** Absent if there is no such item; `{}` if the projection finds nothing in it. */
  Item?: DocumentItem;
  ConsumedCapacity?: ConsumedCapacity;
}

export async function getItem(
  context: OperationContext,
  rawInput: unknown,
): Promise<GetItemOutput & RawItems> {
  const { tableName, key, consistent, capacityMode, projection } = readGet(context, rawInput);
  const { store, values } = context;
  const table = context.catalog.require(tableName);
  const problem = keyFault(table.key, key);
  if (problem !== undefined) throw problem;
  checkReadPaths(table, projection?.paths);
  const output: GetItemOutput & RawItems = {};
  let sizeBytes = 0;
  if (values.itemForm !== undefined && projection === undefined && store.getBytes !== undefined) {
    const found = await store.getBytes(table, key, consistent, values.itemForm);
    if (found !== undefined) output[RAW_ITEMS] = found.bytes;
    sizeBytes = found?.sizeBytes ?? 0;
  } else {
    const item = await store.get(table, key, consistent);
    if (item !== undefined) {
      output.Item = values.writeMap(projection?.pick(item) ?? item);
      if (wantsCapacity(capacityMode)) sizeBytes = store.itemSize(item);
    }
  }
  if (wantsCapacity(capacityMode)) {
    const units = readUnits(sizeBytes, consistent);
    output.ConsumedCapacity = new Charge(table).add(units).consumed(capacityMode);
  }
  return output;
}

interface GetRequest {
  readonly tableName: string;
  readonly key: Item;
  readonly consistent: boolean;
  readonly capacityMode: CapacityMode | undefined;
  readonly projection: Projection | undefined;
}

function readGet(context: OperationContext, rawInput: unknown): GetRequest {
  const input = readInput('get', rawInput);
  const tableName = readString(input.TableName, 'TableName');
  const key = context.values.readMap(input.Key, 'Key');
  const consistent = readBoolean(input.ConsistentRead, 'ConsistentRead') ?? false;
  const capacityMode = readString(input.ReturnConsumedCapacity, 'ReturnConsumedCapacity');
  const names = readNameMap(input.ExpressionAttributeNames, 'ExpressionAttributeNames');
  const text = readString(input.ProjectionExpression, 'ProjectionExpression');
  const attributes = readStrings(input.AttributesToGet, 'AttributesToGet');

  checkTableName(tableName);
  throwFaults([requiredFault(key, 'key')]);
  throwFaults([capacityModeFault(capacityMode)]);
  throwFaults([attributesToGetFault(attributes)]);
  checkParameters('GetItem', input);
  const fault = itemFault(key as Item, 'Key');
  if (fault !== undefined) throw new ValidationException(fault);
  const placeholders = new Placeholders({ names });
  const projection = compileReadProjection(text, attributes, placeholders);
  placeholders.checkAllUsed();
  return {
    tableName,
    key: key as Item,
    consistent,
    capacityMode: capacityMode as CapacityMode | undefined,
    projection,
  };
}
