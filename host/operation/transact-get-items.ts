// TransactGetItems: up to 100 items of any tables as they were at one moment.

import { ValidationException } from '../errors.js';
import type { StoredTable } from '../engine/store.js';
import { checkParameters } from '../expression/parameters.js';
import { Placeholders } from '../expression/placeholders.js';
import { compileProjection, type Projection } from '../expression/projection.js';
import { TRANSACTION_BYTES_MAX } from '../limits.js';
import { copyItem } from '../table/item-copy.js';
import type { Item } from '../table/item-types.js';
import { itemFault } from '../table/item-value.js';
import { KEY_DOES_NOT_MATCH, keyMatches, keyValuesFault } from '../table/key-schema.js';
import { SeenKeys } from './batch.js';
import { cancellable, cancelled } from './cancellation.js';
import { Charge, readUnits, wantsCapacity, type ConsumedCapacity } from './capacity.js';
import {
  capacityModeFault,
  requiredFault,
  tableFault,
  throwFaults,
  type CapacityMode,
} from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { listLengthFault } from './transact-items.js';
import { JAVA, readInput, readList, readNameMap, readString, readStructure } from './wire-types.js';

export interface TransactGetItem {
  Get: {
    /** Name or ARN. */
    TableName: string;
    /** Exactly the key attributes. */
    Key: DocumentItem;
    ProjectionExpression?: string;
    ExpressionAttributeNames?: Record<string, string>;
  };
}

export interface TransactGetItemsInput {
  /** 1 to 100, no item twice. */
  TransactItems: TransactGetItem[];
  ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
}

export interface TransactGetItemsOutput {
  /** By position. `Item` is absent if there is none, or nothing of it in the projection. */
  Responses: { Item?: DocumentItem }[];
  /** One for each table. */
  ConsumedCapacity?: ConsumedCapacity[];
}

/** Transactions pay twice: to prepare and to commit. */
const TIMES = 2;

export async function transactGetItems(
  context: OperationContext,
  rawInput: unknown,
): Promise<TransactGetItemsOutput> {
  const { gets, capacityMode } = readTransaction(context, rawInput);
  const { store, values } = context;
  const tables = gets.map(({ tableName }) => context.catalog.require(tableName));
  checkKeys(tables, gets);
  const items = await cancellable(
    store.transactGet(gets.map(({ key }, at) => ({ table: tables[at], key }))),
  );
  const sizes = items.map((item) => (item === undefined ? 0 : store.itemSize(item)));
  if (sizes.reduce((sum, size) => sum + size, 0) > TRANSACTION_BYTES_MAX) {
    throw new ValidationException('Transaction size cannot exceed 4 MB');
  }
  const output: TransactGetItemsOutput = {
    Responses: items.map((item, at) => {
      const { projection } = gets[at];
      const shown = item === undefined ? undefined : (projection?.pick(item) ?? item);
      return shown === undefined || (projection !== undefined && Object.keys(shown).length === 0)
        ? {}
        : { Item: values.writeMap(shown) };
    }),
  };
  if (wantsCapacity(capacityMode)) {
    const charges = new Map<StoredTable, Charge>();
    tables.forEach((table, at) => {
      const charge = charges.get(table) ?? new Charge(table, 'ReadCapacityUnits');
      charges.set(table, charge.add(TIMES * readUnits(sizes[at], true)));
    });
    output.ConsumedCapacity = [...charges.values()].map((charge) => charge.consumed(capacityMode));
  }
  return output;
}

interface Get {
  readonly tableName: string;
  readonly key: Item;
  readonly projection: Projection | undefined;
}

/** Empty keys refuse the request, keys that fit no schema cancel it. */
function checkKeys(tables: readonly StoredTable[], gets: readonly Get[]): void {
  const matches = gets.map(({ key }, at) => keyMatches(tables[at].key, key));
  const seen = new SeenKeys('Transaction request cannot include multiple operations on one item');
  for (const [at, { key }] of gets.entries()) {
    const fault = matches[at] ? keyValuesFault(tables[at].key, key) : undefined;
    if (fault !== undefined) throw fault;
  }
  for (const [at, { key }] of gets.entries()) {
    if (matches[at]) seen.add(tables[at].id, tables[at].key, key);
  }
  if (matches.every(Boolean)) return;
  const error = new ValidationException(KEY_DOES_NOT_MATCH);
  throw cancelled(matches.map((fits) => (fits ? undefined : { kind: 'thrown', error })));
}

function readTransaction(
  context: OperationContext,
  rawInput: unknown,
): { readonly gets: readonly Get[]; readonly capacityMode: CapacityMode | undefined } {
  const input = readInput('transactGet', rawInput);
  const list = readList(input.TransactItems, 'TransactItems');
  const capacityMode = readString(input.ReturnConsumedCapacity, 'ReturnConsumedCapacity');
  const read = (list ?? []).map((element, index) => readGet(context, element, index));

  throwFaults([
    capacityModeFault(capacityMode),
    requiredFault(list, 'transactItems'),
    listLengthFault(list),
    ...read.flatMap(({ isThere, tableName, key }, index) => {
      const path = `transactItems.${index + 1}.member.get`;
      if (!isThere) return [requiredFault(undefined, path)];
      return [tableFault(tableName, `${path}.tableName`), requiredFault(key, `${path}.key`)];
    }),
  ]);
  return { gets: read.map(compileGet), capacityMode: capacityMode as CapacityMode | undefined };
}

/** The members of one Get, types only. */
function readGet({ values }: OperationContext, element: unknown, index: number) {
  const type = `class ${JAVA}`;
  const path = `TransactItems[${index}]`;
  const structure = readStructure(element, path, `${type}.TransactGetItem`) ?? {};
  const get = readStructure(structure.Get, `${path}.Get`, `${type}.Get`);
  const members = get ?? {};
  const names = 'ExpressionAttributeNames';
  return {
    path: `${path}.Get`,
    isThere: get !== undefined,
    tableName: readString(members.TableName, `${path}.Get.TableName`),
    key: values.readMap(members.Key, `${path}.Get.Key`),
    text: readString(members.ProjectionExpression, `${path}.Get.ProjectionExpression`),
    names: readNameMap(members[names], `${path}.Get.${names}`),
  };
}

/** Values and expressions; required members are there. */
function compileGet({ path, tableName, key, text, names }: ReturnType<typeof readGet>): Get {
  checkParameters('GetItem', { ProjectionExpression: text, ExpressionAttributeNames: names });
  const fault = itemFault(key as Item, `${path}.Key`, 'older');
  if (fault !== undefined) throw new ValidationException(fault);
  const placeholders = new Placeholders({ names }, { wording: 'older' });
  const projection = text === undefined ? undefined : compileProjection(text, placeholders);
  placeholders.checkAllUsed();
  return { tableName: tableName as string, key: copyItem(key as Item), projection };
}
