// BatchGetItem: up to 100 items of any tables. What does not fit into 16 MB comes back as
// UnprocessedKeys.

import { ValidationException } from '../errors.js';
import { BATCH_GET_BYTES_MAX, BATCH_GET_KEYS_MAX } from '../limits.js';
import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { keyFault } from '../table/key-schema.js';
import { SeenKeys, batchNameFault } from './batch.js';
import { consumedCapacity, readUnits, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import {
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
import { refuseMembers } from './unsupported.js';
import { itemJson } from './wire-text.js';
import {
  readAttributeMap,
  readBoolean,
  readInput,
  readList,
  readNameMap,
  readString,
  readStructure,
} from './wire-types.js';

export interface KeysAndAttributes {
  /** 1 to 100 keys, none twice. */
  Keys: DocumentItem[];
  ConsistentRead?: boolean;
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
  readonly keys: readonly Item[];
  readonly consistent: boolean | undefined;
}

export async function batchGetItem(
  context: OperationContext,
  rawInput: unknown,
): Promise<BatchGetItemOutput> {
  const { requests, capacityMode } = readBatchGet(rawInput);
  const { store } = context;
  const tables = requests.map(({ name }) => context.catalog.require(name));
  const seen = new SeenKeys();
  requests.forEach(({ keys }, index) => {
    const { id, key: schema } = tables[index];
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
  requests.forEach(({ name, keys, consistent }, index) => {
    const items: Item[] = [];
    let units = 0;
    let processed = 0;
    for (const item of found[index]) {
      const sizeBytes = item === undefined ? 0 : store.itemSize(item);
      if (sizeBytes > bytesLeft) break;
      bytesLeft -= sizeBytes;
      units += readUnits(sizeBytes, consistent ?? false);
      if (item !== undefined) items.push(item);
      processed++;
    }
    responses.push([name, items]);
    if (processed < keys.length) {
      bytesLeft = 0;
      const rest: KeysAndAttributes = { Keys: keys.slice(processed) };
      if (consistent !== undefined) rest.ConsistentRead = consistent;
      unprocessed.push([name, rest]);
    }
    if (wantsCapacity(capacityMode) && processed > 0) {
      capacities.push(consumedCapacity(capacityMode, tables[index].name, units));
    }
  });
  const output: BatchGetItemOutput = {
    Responses: Object.fromEntries(responses),
    UnprocessedKeys: Object.fromEntries(unprocessed),
  };
  if (wantsCapacity(capacityMode)) output.ConsumedCapacity = capacities;
  return output;
}

function readBatchGet(rawInput: unknown): {
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
  const requests = entries.map(([name, value]) => readTable(name, value));

  throwFaults([capacityModeFault(capacityMode), requiredFault(requestItems, 'requestItems')]);
  if (requests.length === 0) throw enveloped(newFault('RequestItems', mustBeLonger(1)));
  const faults = requests.map(({ name, keys }) => lengthFault(name, keys?.length ?? 0));
  throwFaults(faults.slice(0, faults.findIndex((fault) => fault !== undefined) + 1));
  const checked = requests.map(({ name, keys, consistent }) => ({
    name,
    keys: keys ?? [],
    consistent,
  }));
  const count = checked.reduce((sum, { keys }) => sum + keys.length, 0);
  if (count > BATCH_GET_KEYS_MAX) {
    throw new ValidationException('Too many items requested for the BatchGetItem call');
  }
  for (const { name, keys } of checked) {
    keys.forEach((key, index) => {
      const fault = itemFault(key, `RequestItems.${name}.Keys[${index}]`);
      if (fault !== undefined) throw new ValidationException(fault);
    });
  }
  if (!checked.every(({ name }) => isBatchTableName(name))) {
    throw enveloped(batchNameFault(requestJson(checked)));
  }
  return { requests: checked, capacityMode: capacityMode as CapacityMode | undefined };
}

/** The members of one table's request, types only. */
function readTable(name: string, value: unknown) {
  const path = `RequestItems.${name}`;
  const members =
    readStructure(value, path, 'com.amazonaws.dynamodb.v20120810.KeysAndAttributes') ?? {};
  const keys = readList(members.Keys, `${path}.Keys`)?.map(
    (key, index) => (readAttributeMap(key, `${path}.Keys[${index}]`) ?? {}) as Item,
  );
  const consistent = readBoolean(members.ConsistentRead, `${path}.ConsistentRead`);
  const names = readNameMap(members.ExpressionAttributeNames, `${path}.ExpressionAttributeNames`);
  refuseMembers('batchGet', members, ['ProjectionExpression', 'AttributesToGet']);
  if (names !== undefined) {
    throw new ValidationException(
      'ExpressionAttributeNames can only be specified when using expressions',
    );
  }
  return { name, keys, consistent };
}

function lengthFault(name: string, count: number): string | undefined {
  const path = `RequestItems.${name}.member.Keys`;
  if (count > BATCH_GET_KEYS_MAX) return newFault(path, mustBeShorter(BATCH_GET_KEYS_MAX));
  return count === 0 ? newFault(path, mustBeLonger(1)) : undefined;
}

function requestJson(requests: readonly TableRequest[]): object {
  return Object.fromEntries(requests.map(({ name, keys }) => [name, { Keys: keys.map(itemJson) }]));
}
