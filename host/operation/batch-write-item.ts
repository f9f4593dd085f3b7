// BatchWriteItem: up to 25 puts and deletes in any tables. Each is atomic, the batch is not; but a
// fault that can be seen beforehand refuses the whole batch with nothing written.

import {
  ThrottlingException,
  TransactionConflictException,
  ValidationException,
} from '../errors.js';
import { BATCH_WRITE_REQUESTS_MAX } from '../limits.js';
import type { StoredTable } from '../engine/store.js';
import { indexKeyFault } from '../table/index-keys.js';
import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import {
  KEY_DOES_NOT_MATCH,
  keyFault,
  keyIsTyped,
  keyOfItem,
  keyValuesFault,
} from '../table/key-schema.js';
import { SeenKeys, batchNameFault } from './batch.js';
import { Charge, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import {
  capacityModeFault,
  enveloped,
  isBatchTableName,
  itemCollectionMetricsFault,
  mustBeLonger,
  mustBeShorter,
  newFault,
  requiredFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { itemCollections, type ItemCollectionMetrics } from './item-collection.js';
import { checkItemSize } from './put-item.js';
import { chargeOfWrite } from './single-write.js';
import { writeAndTell, type Written } from './unconditional-write.js';
import { itemJson } from './wire-text.js';
import { JAVA, readInput, readList, readString, readStructure } from './wire-types.js';

/** Exactly one of the two. */
export interface WriteRequest {
  PutRequest?: { Item: DocumentItem };
  DeleteRequest?: { Key: DocumentItem };
}

export interface BatchWriteItemInput {
  /** By table name or ARN; 1 to 25 requests in all, no item twice. */
  RequestItems: Record<string, WriteRequest[]>;
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
  ReturnItemCollectionMetrics?: 'SIZE' | 'NONE';
}

export interface BatchWriteItemOutput {
  /** What to send again; `{}` if nothing. */
  UnprocessedItems: Record<string, WriteRequest[]>;
  /** By table: for each partition key written, once. */
  ItemCollectionMetrics?: Record<string, ItemCollectionMetrics[]>;
  ConsumedCapacity?: ConsumedCapacity[];
}

/** One request: a put's item or a delete's key. */
interface Write {
  readonly put: boolean;
  readonly item: Item;
}

/** The same as it came in, where the item may be missing. */
interface ReadWrite {
  readonly put: boolean;
  readonly item: Item | undefined;
}

interface TableWrites {
  readonly name: string;
  readonly writes: readonly Write[];
}

export async function batchWriteItem(
  context: OperationContext,
  rawInput: unknown,
): Promise<BatchWriteItemOutput> {
  const { requests, capacityMode, wantsMetrics } = readBatchWrite(context, rawInput);
  const tables = requests.map(({ name }) => context.catalog.require(name));
  const seen = new SeenKeys();
  requests.forEach(({ writes }, index) => {
    for (const write of writes) checkWrite(context, tables[index], write, seen);
  });

  // Every write is handed over before the first await, so the caller may reuse its objects.
  const counted = wantsCapacity(capacityMode);
  const pending = requests.map(({ writes }, index) =>
    writes.map((write) => startWrite(context, tables[index], write, counted)),
  );
  const settled = await Promise.all(pending.map((promises) => Promise.allSettled(promises)));
  throwUnlessPartial(settled.flat());

  const unprocessed: [string, WriteRequest[]][] = [];
  const metrics: [string, ItemCollectionMetrics[]][] = [];
  const capacities: ConsumedCapacity[] = [];
  requests.forEach(({ name, writes }, index) => {
    const table = tables[index];
    const outcomes = settled[index];
    const refused = writes.filter((_, at) => outcomes[at].status === 'rejected');
    const done = writes.filter((_, at) => outcomes[at].status === 'fulfilled');
    if (refused.length > 0) {
      unprocessed.push([name, refused.map((write) => toWriteRequest(context, write))]);
    }
    const collections = itemCollections(
      context,
      table,
      done.map(({ item }) => item),
    );
    if (collections.length > 0) metrics.push([table.name, collections]);
    if (!counted) return;
    const charge = new Charge(table);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') chargeOfWrite(charge, (outcome.value as Written).result);
    }
    capacities.push(charge.consumed(capacityMode));
  });
  const output: BatchWriteItemOutput = { UnprocessedItems: Object.fromEntries(unprocessed) };
  if (wantsMetrics && metrics.length > 0) {
    output.ItemCollectionMetrics = Object.fromEntries(metrics);
  }
  if (counted) output.ConsumedCapacity = capacities;
  return output;
}

/** What a write did is asked for only if somebody counts: then an old item has to be read. */
function startWrite(
  context: OperationContext,
  table: StoredTable,
  { put, item }: Write,
  counted: boolean,
): Promise<unknown> {
  if (counted) return writeAndTell(context, table, put ? 'put' : 'delete', item);
  return put ? context.store.put(table, item) : context.store.delete(table, item);
}

/**
 * Throttling of a part is an answer, of the whole an error. A write that met a transaction may be sent again like a
 * throttled one, so it is an answer in any case. Any other failure is an error.
 */
function throwUnlessPartial(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  const others = reasons.filter((reason) => !(reason instanceof TransactionConflictException));
  const final = others.find((reason) => !(reason instanceof ThrottlingException));
  if (final !== undefined) throw final;
  if (others.length > 0 && others.length === outcomes.length) throw others[0];
}

function checkWrite(
  context: OperationContext,
  table: StoredTable,
  write: Write,
  seen: SeenKeys,
): void {
  const { put, item } = write;
  if (!put) {
    const problem = keyFault(table.key, item);
    if (problem !== undefined) throw problem;
    seen.add(table.id, table.key, item);
    return;
  }
  if (!keyIsTyped(table.key, item)) throw new ValidationException(KEY_DOES_NOT_MATCH);
  const problem = keyValuesFault(table.key, item) ?? indexKeyFault(table, item);
  if (problem !== undefined) throw problem;
  seen.add(table.id, table.key, keyOfItem(table.key, item));
  checkItemSize(context.store.itemSize(item));
}

function readBatchWrite(
  context: OperationContext,
  rawInput: unknown,
): {
  readonly requests: readonly TableWrites[];
  readonly capacityMode: CapacityMode | undefined;
  readonly wantsMetrics: boolean;
} {
  const input = readInput('batchWrite', rawInput);
  const requestItems = readStructure(
    input.RequestItems,
    'RequestItems',
    'java.util.Map<java.lang.String, java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>',
  );
  const capacityMode = readString(input.ReturnConsumedCapacity, 'ReturnConsumedCapacity');
  const metrics = readString(input.ReturnItemCollectionMetrics, 'ReturnItemCollectionMetrics');
  const lists = Object.entries(requestItems ?? {}).map(([name, value]) => ({
    name,
    list: (readList(value, `RequestItems.${name}`) ?? []).map((request, index) =>
      readRequest(context, request, `RequestItems.${name}[${index}]`),
    ),
  }));

  throwFaults([capacityModeFault(capacityMode), itemCollectionMetricsFault(metrics)]);
  if (lists.length === 0) {
    throw new ValidationException('The requestItems parameter is required for BatchWriteItem');
  }
  for (const { name, list } of lists) checkLength(name, list.length);
  for (const { name, list } of lists) itemRequired(name, list);
  const requests = lists.map(({ name, list }) => ({ name, writes: list.map(requireOne) }));
  if (requests.reduce((sum, { writes }) => sum + writes.length, 0) > BATCH_WRITE_REQUESTS_MAX) {
    throw new ValidationException('Too many items requested for the BatchWriteItem call');
  }
  for (const { name, writes } of requests) {
    writes.forEach(({ item, put }, index) => {
      const path = `RequestItems.${name}[${index}].${put ? 'PutRequest.Item' : 'DeleteRequest.Key'}`;
      const fault = itemFault(item, path, 'older');
      if (fault !== undefined) throw new ValidationException(fault);
    });
  }
  if (!requests.every(({ name }) => isBatchTableName(name))) {
    throw enveloped(batchNameFault(requestJson(requests)));
  }
  return {
    requests,
    capacityMode: capacityMode as CapacityMode | undefined,
    wantsMetrics: metrics === 'SIZE',
  };
}

/**
 * One WriteRequest, types only. Neither or both members are found by `requireOne`, after the
 * lengths.
 */
function readRequest(
  { values }: OperationContext,
  value: unknown,
  path: string,
): readonly ReadWrite[] {
  const request = readStructure(value, path, `class ${JAVA}.WriteRequest`) ?? {};
  const writes: ReadWrite[] = [];
  for (const [member, field] of [
    ['PutRequest', 'Item'],
    ['DeleteRequest', 'Key'],
  ]) {
    const type = `class ${JAVA}.${member}`;
    const body = readStructure(request[member], `${path}.${member}`, type);
    if (body === undefined) continue;
    const item = values.readMap(body[field], `${path}.${member}.${field}`);
    writes.push({ put: member === 'PutRequest', item });
  }
  return writes;
}

function itemRequired(name: string, list: readonly (readonly ReadWrite[])[]): void {
  list.forEach((writes, index) => {
    const path = `requestItems.${name}.member.${index + 1}.member`;
    for (const { put, item } of writes) {
      throwFaults([
        requiredFault(item, `${path}.${put ? 'putRequest.item' : 'deleteRequest.key'}`),
      ]);
    }
  });
}

function requireOne(writes: readonly ReadWrite[]): Write {
  const [write] = writes;
  if (writes.length !== 1 || write.item === undefined) {
    throw new ValidationException(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return { put: write.put, item: write.item };
}

function checkLength(name: string, count: number): void {
  if (count > BATCH_WRITE_REQUESTS_MAX) {
    throw enveloped(
      newFault(`RequestItems.${name}.member`, mustBeShorter(BATCH_WRITE_REQUESTS_MAX)),
    );
  }
  if (count === 0) {
    throw enveloped(
      `Value '{${name}=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: ` +
        `[Member must ${mustBeShorter(BATCH_WRITE_REQUESTS_MAX)}, Member must ${mustBeLonger(1)}]`,
    );
  }
}

function toWriteRequest({ values }: OperationContext, { put, item }: Write): WriteRequest {
  const written = values.writeMap(item);
  return put ? { PutRequest: { Item: written } } : { DeleteRequest: { Key: written } };
}

function requestJson(requests: readonly TableWrites[]): object {
  return Object.fromEntries(
    requests.map(({ name, writes }) => [
      name,
      writes.map(({ put, item }) =>
        put ? { PutRequest: { Item: itemJson(item) } } : { DeleteRequest: { Key: itemJson(item) } },
      ),
    ]),
  );
}
