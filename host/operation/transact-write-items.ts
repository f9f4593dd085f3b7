// TransactWriteItems: up to 100 puts, updates, deletes and condition checks in any tables, all or
// none of them.

import { ValidationException } from '../errors.js';
import {
  TransactionCancelled,
  type StoredTable,
  type TransactionFault,
  type WriteRequest,
  type WriteResult,
} from '../engine/store.js';
import { CLIENT_TOKEN_LENGTH_MAX, TRANSACTION_BYTES_MAX } from '../limits.js';
import { keyOfItem } from '../table/key-schema.js';
import { SeenKeys } from './batch.js';
import { cancellable, cancelled } from './cancellation.js';
import { Charge, readUnits, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import {
  capacityModeFault,
  itemCollectionMetricsFault,
  mustBeLonger,
  mustBeShorter,
  oldFault,
  requiredFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { OperationContext } from './context.js';
import { itemCollections, type ItemCollectionMetrics } from './item-collection.js';
import { digestOf } from './request-digest.js';
import { chargeOfWrite } from './single-write.js';
import {
  actionFaults,
  checkKeySizes,
  compileAction,
  readActions,
  requestOf,
  schemaFault,
  type Action,
  type TransactWriteItem,
} from './transact-actions.js';
import { listLengthFault } from './transact-items.js';
import { readInput, readList, readString } from './wire-types.js';

export interface TransactWriteItemsInput {
  /** 1 to 100 actions, no item twice. */
  TransactItems: TransactWriteItem[];
  /** The same token with the same request writes once in ten minutes. */
  ClientRequestToken?: string;
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
  ReturnItemCollectionMetrics?: 'SIZE' | 'NONE';
}

export interface TransactWriteItemsOutput {
  /** One for each table. */
  ConsumedCapacity?: ConsumedCapacity[];
  /** By table: for each partition key written, once. */
  ItemCollectionMetrics?: Record<string, ItemCollectionMetrics[]>;
}

/** Transactions pay twice: to prepare and to commit. */
const TIMES = 2;

interface Transaction {
  readonly actions: readonly Action[];
  readonly token: { readonly text: string; readonly digest: string } | undefined;
  readonly capacityMode: CapacityMode | undefined;
  readonly wantsMetrics: boolean;
}

export async function transactWriteItems(
  context: OperationContext,
  rawInput: unknown,
): Promise<TransactWriteItemsOutput> {
  const { actions, token, capacityMode, wantsMetrics } = readTransaction(context, rawInput);
  const tables = actions.map(({ tableName }) => context.catalog.require(tableName));
  actions.forEach((action, at) => checkKeySizes(tables[at], action));
  const faults = actions.map((action, at) => schemaFault(tables[at], action));
  refuseRepeated(tables, actions, faults);
  if (faults.some((fault) => fault !== undefined)) {
    throw await refusal(context, tables, actions, faults);
  }
  const requests = actions.map((action, at) => requestOf(context, tables[at], action));
  const results = await cancellable(context.store.transact(requests, { token }));

  const output: TransactWriteItemsOutput = {};
  if (wantsCapacity(capacityMode)) {
    output.ConsumedCapacity =
      results === 'replayed'
        ? await replayedCapacity(context, requests, tables, capacityMode)
        : writtenCapacity(tables, results, capacityMode);
  }
  const metrics = wantsMetrics ? metricsOf(context, tables, requests) : [];
  if (metrics.length > 0) output.ItemCollectionMetrics = Object.fromEntries(metrics);
  return output;
}

function readTransaction(context: OperationContext, rawInput: unknown): Transaction {
  const input = readInput('transactWrite', rawInput);
  const list = readList(input.TransactItems, 'TransactItems');
  const text = (member: string) => readString(input[member], member);
  const token = text('ClientRequestToken');
  const capacityMode = text('ReturnConsumedCapacity');
  const metrics = text('ReturnItemCollectionMetrics');
  const pathOf = (index: number) => `TransactItems[${index}]`;
  const read = (list ?? []).map((item, index) => readActions(context, item, pathOf(index)));

  throwFaults([
    tokenFault(token),
    capacityModeFault(capacityMode),
    itemCollectionMetricsFault(metrics),
    requiredFault(list, 'transactItems'),
    listLengthFault(list),
    ...read.flatMap((found, index) =>
      found.flatMap((action) => actionFaults(action, `transactItems.${index + 1}.member`)),
    ),
  ]);
  const actions = read.map((found, index) => {
    if (found.length !== 1) {
      throw new ValidationException(
        'TransactItems can only contain one of Check, Put, Update or Delete',
      );
    }
    return compileAction(context, found[0], pathOf(index));
  });
  const sizeBytes = actions.reduce((sum, action) => sum + action.sizeBytes, 0);
  if (sizeBytes > TRANSACTION_BYTES_MAX) {
    throw new ValidationException('Transaction size cannot exceed 4 MB');
  }
  return {
    actions,
    token: token === undefined ? undefined : { text: token, digest: digestOf(input) },
    capacityMode: capacityMode as CapacityMode | undefined,
    wantsMetrics: metrics === 'SIZE',
  };
}

function tokenFault(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const path = 'clientRequestToken';
  if (token === '') return oldFault(token, path, mustBeLonger(1));
  return token.length > CLIENT_TOKEN_LENGTH_MAX
    ? oldFault(token, path, mustBeShorter(CLIENT_TOKEN_LENGTH_MAX))
    : undefined;
}

/** Keys are compared where they are keys. */
function refuseRepeated(
  tables: readonly StoredTable[],
  actions: readonly Action[],
  faults: readonly (ValidationException | undefined)[],
): void {
  const seen = new SeenKeys('Transaction request cannot include multiple operations on one item');
  actions.forEach(({ item }, at) => {
    const { id, key } = tables[at];
    if (faults[at] === undefined) seen.add(id, key, keyOfItem(key, item));
  });
}

/**
 * Why a transaction with actions that fit no schema is cancelled: the others are evaluated too, in a
 * transaction whose first action always fails in the end.
 */
async function refusal(
  context: OperationContext,
  tables: readonly StoredTable[],
  actions: readonly Action[],
  schemaFaults: readonly (ValidationException | undefined)[],
): Promise<Error> {
  const sound = actions.map((_, at) => at).filter((at) => schemaFaults[at] === undefined);
  const requests = sound.map((at) => requestOf(context, tables[at], actions[at]));
  const evaluated = await evaluate(context, requests);
  return cancelled(
    schemaFaults.map((error, at): TransactionFault | undefined =>
      error === undefined ? evaluated[sound.indexOf(at)] : { kind: 'thrown', error },
    ),
  );
}

/** The faults of requests, none of which is carried out. */
async function evaluate(
  { store }: OperationContext,
  requests: readonly WriteRequest[],
): Promise<readonly (TransactionFault | undefined)[]> {
  if (requests.length === 0) return [];
  const stop = new Error('evaluated');
  const [first, ...rest] = requests;
  const last: WriteRequest = {
    ...first,
    decide: (found) => {
      first.decide(found);
      throw stop;
    },
  };
  try {
    await store.transact([last, ...rest]);
  } catch (error) {
    if (!(error instanceof TransactionCancelled)) throw error;
    return error.faults.map((fault) =>
      fault?.kind === 'thrown' && fault.error === stop ? undefined : fault,
    );
  }
  throw new Error('a transaction with an action that fails has not failed');
}

function writtenCapacity(
  tables: readonly StoredTable[],
  results: readonly WriteResult[],
  mode: 'TOTAL' | 'INDEXES',
): ConsumedCapacity[] {
  const charges = new Map<StoredTable, Charge>();
  results.forEach((result, at) => {
    const charge = charges.get(tables[at]) ?? new Charge(tables[at], 'WriteCapacityUnits');
    charges.set(tables[at], chargeOfWrite(charge, result, TIMES));
  });
  return [...charges.values()].map((charge) => charge.consumed(mode));
}

/** A request that has been served already is charged for looking. */
async function replayedCapacity(
  { store }: OperationContext,
  requests: readonly WriteRequest[],
  tables: readonly StoredTable[],
  mode: 'TOTAL' | 'INDEXES',
): Promise<ConsumedCapacity[]> {
  const items = await Promise.all(requests.map(({ table, key }) => store.get(table, key, true)));
  const charges = new Map<StoredTable, Charge>();
  items.forEach((item, at) => {
    const charge = charges.get(tables[at]) ?? new Charge(tables[at], 'ReadCapacityUnits');
    const sizeBytes = item === undefined ? 0 : store.itemSize(item);
    charges.set(tables[at], charge.add(TIMES * readUnits(sizeBytes, true)));
  });
  return [...charges.values()].map((charge) => charge.consumed(mode));
}

function metricsOf(
  context: OperationContext,
  tables: readonly StoredTable[],
  requests: readonly WriteRequest[],
): [string, ItemCollectionMetrics[]][] {
  return [...new Set(tables)]
    .map((table): [string, ItemCollectionMetrics[]] => {
      const keys = requests.filter((_, at) => tables[at] === table).map(({ key }) => key);
      return [table.name, itemCollections(context, table, keys)];
    })
    .filter(([, collections]) => collections.length > 0);
}
