// BatchGetItem: up to 100 items of any tables. What does not fit into 16 MB comes back as
// UnprocessedKeys.

import { ValidationException } from '../errors.js';
import { BATCH_GET_BYTES_MAX, BATCH_GET_KEYS_MAX } from '../limits.js';
import { checkParameters } from '../expression/parameters.js';
import { Placeholders } from '../expression/placeholders.js';
import type { Projection } from '../expression/projection.js';
import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { keyFault } from '../table/key-schema.js';
import { SeenKeys, batchNameFault } from './batch.js';
import { Charge, readUnits, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import { compileReadProjection } from './conditions.js';
import {
  attributesToGetFault,
  capacityModeFault,
  enveloped,
  isBatchTableName,
  mustBeLonger,
  mustBeShorter,
  newFault,
  requiredFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { checkReadPaths } from './key-names.js';
import { itemJson } from './wire-text.js';
import {
  JAVA,
  readBoolean,
  readInput,
  readList,
  readNameMap,
  readString,
  readStrings,
  readStructure,
  type Structure,
} from './wire-types.js';

export interface KeysAndAttributes {
  /** 1 to 100 keys, none twice. */
  Keys: DocumentItem[];
  ConsistentRead?: boolean;
  /** The attributes, or parts of them, to return: `a, b.c, d[0]`. */
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  /** Legacy: use ProjectionExpression. */
  AttributesToGet?: string[];
}

export interface BatchGetItemInput {
  /** By table name or ARN; at most 100 keys in all. */
  RequestItems: Record<string, KeysAndAttributes>;
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
}

export interface BatchGetItemOutput {
  /** For each table asked, the items found, in no promised order. */
  Responses: Record<string, DocumentItem[]>;
  /** What to ask again; `{}` if nothing. */
  UnprocessedKeys: Record<string, KeysAndAttributes>;
  ConsumedCapacity?: ConsumedCapacity[];
}

interface TableRequest {
  readonly name: string;
  /** The request as it came in. */
  readonly members: Structure;
  readonly keys: readonly Item[];
  readonly consistent: boolean | undefined;
  readonly projection: Projection | undefined;
}

export async function batchGetItem(
  context: OperationContext,
  rawInput: unknown,
): Promise<BatchGetItemOutput> {
  const { requests, capacityMode } = readBatchGet(context, rawInput);
  const { store, values } = context;
  const tables = requests.map(({ name }) => context.catalog.require(name));
  const seen = new SeenKeys();
  requests.forEach(({ keys, projection }, index) => {
    const { id, key: schema } = tables[index];
    checkReadPaths(tables[index], projection?.paths);
    for (const key of keys) {
      const problem = keyFault(schema, key);
      if (problem !== undefined) throw problem;
      seen.add(id, schema, key);
    }
  });
  const found = await Promise.all(
    requests.map(({ keys, consistent = false }, index) =>
      Promise.all(keys.map((key) => store.get(tables[index], key, consistent))),
    ),
  );

  // Entries, not assignments: a table may be called `__proto__`.
  const responses: [string, DocumentItem[]][] = [];
  const unprocessed: [string, KeysAndAttributes][] = [];
  const capacities: ConsumedCapacity[] = [];
  let bytesLeft = BATCH_GET_BYTES_MAX;
  requests.forEach(({ name, members, keys, consistent, projection }, index) => {
    const items: DocumentItem[] = [];
    let units = 0;
    let processed = 0;
    for (const item of found[index]) {
      const sizeBytes = item === undefined ? 0 : store.itemSize(item);
      if (sizeBytes > bytesLeft) break;
      bytesLeft -= sizeBytes;
      units += readUnits(sizeBytes, consistent ?? false);
      if (item !== undefined) items.push(values.writeMap(projection?.pick(item) ?? item));
      processed++;
    }
    responses.push([name, items]);
    if (processed < keys.length) {
      bytesLeft = 0;
      const rest = keys.slice(processed).map((key) => values.writeMap(key));
      unprocessed.push([name, { ...members, Keys: rest }]);
    }
    if (wantsCapacity(capacityMode) && processed > 0) {
      capacities.push(new Charge(tables[index]).add(units).consumed(capacityMode));
    }
  });
  const output: BatchGetItemOutput = {
    Responses: Object.fromEntries(responses),
    UnprocessedKeys: Object.fromEntries(unprocessed),
  };
  if (wantsCapacity(capacityMode)) output.ConsumedCapacity = capacities;
  return output;
}

function readBatchGet(
  context: OperationContext,
  rawInput: unknown,
): {
  readonly requests: readonly TableRequest[];
  readonly capacityMode: CapacityMode | undefined;
} {
  const input = readInput('batchGet', rawInput);
  const requestItems = readStructure(
    input.RequestItems,
    'RequestItems',
    'java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.KeysAndAttributes>',
  );
  const capacityMode = readString(input.ReturnConsumedCapacity, 'ReturnConsumedCapacity');
  const entries = Object.entries(requestItems ?? {});
  const read = entries.map(([name, value]) => readTable(context, name, value));

  throwFaults([
    capacityModeFault(capacityMode),
    requiredFault(requestItems, 'requestItems'),
    nameFault(read),
    ...read.map(({ name, members }) =>
      requiredFault(members.Keys, `requestItems.${name}.member.keys`),
    ),
    ...read.map(({ name, attributes }) =>
      attributesToGetFault(attributes, `requestItems.${name}.member.attributesToGet`),
    ),
  ]);
  if (read.length === 0) throw enveloped(newFault('RequestItems', mustBeLonger(1)));
  const faults = read.map(({ name, keys }) => lengthFault(name, keys.length));
  throwFaults(faults.slice(0, faults.findIndex((fault) => fault !== undefined) + 1));
  const count = read.reduce((sum, { keys }) => sum + keys.length, 0);
  if (count > BATCH_GET_KEYS_MAX) {
    throw new ValidationException('Too many items requested for the BatchGetItem call');
  }
  // The two kinds of parameters do not even mix across tables.
  const all: Structure = Object.assign({}, ...read.map(({ members }) => definedOf(members)));
  checkParameters('BatchGetItem', { ...all, ExpressionAttributeNames: undefined });
  return {
    requests: read.map(compileTable),
    capacityMode: capacityMode as CapacityMode | undefined,
  };
}

function definedOf(members: Structure): Structure {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** The members of one table's request, types only. */
function readTable({ values }: OperationContext, name: string, value: unknown) {
  const path = `RequestItems.${name}`;
  const members = readStructure(value, path, `class ${JAVA}.KeysAndAttributes`) ?? {};
  const keys = (readList(members.Keys, `${path}.Keys`) ?? []).map(
    (key, index) => values.readMap(key, `${path}.Keys[${index}]`) ?? {},
  );
  return {
    name,
    members,
    keys,
    consistent: readBoolean(members.ConsistentRead, `${path}.ConsistentRead`),
    names: readNameMap(members.ExpressionAttributeNames, `${path}.ExpressionAttributeNames`),
    text: readString(members.ProjectionExpression, `${path}.ProjectionExpression`),
    attributes: readStrings(members.AttributesToGet, `${path}.AttributesToGet`),
  };
}

/** The values and expressions of one table's request. */
function compileTable(read: ReturnType<typeof readTable>): TableRequest {
  const { name, members, keys, consistent, names, text, attributes } = read;
  checkParameters('BatchGetItem', members);
  checkKeyValues(name, keys);
  const placeholders = new Placeholders({ names });
  const projection = compileReadProjection(text, attributes, placeholders);
  placeholders.checkAllUsed();
  return { name, members, keys, consistent, projection };
}

function lengthFault(name: string, count: number): string | undefined {
  const path = `RequestItems.${name}.member.Keys`;
  if (count > BATCH_GET_KEYS_MAX) return newFault(path, mustBeShorter(BATCH_GET_KEYS_MAX));
  return count === 0 ? newFault(path, mustBeLonger(1)) : undefined;
}

/** Its text quotes the keys, so it is told once they are known to be values. */
function nameFault(requests: readonly Pick<TableRequest, 'name' | 'keys'>[]): string | undefined {
  if (requests.every(({ name }) => isBatchTableName(name))) return undefined;
  for (const { name, keys } of requests) checkKeyValues(name, keys);
  return batchNameFault(requestJson(requests));
}

function checkKeyValues(name: string, keys: readonly Item[]): void {
  keys.forEach((key, index) => {
    const fault = itemFault(key, `RequestItems.${name}.Keys[${index}]`);
    if (fault !== undefined) throw new ValidationException(fault);
  });
}

function requestJson(requests: readonly Pick<TableRequest, 'name' | 'keys'>[]): object {
  return Object.fromEntries(requests.map(({ name, keys }) => [name, { Keys: keys.map(itemJson) }]));
}
