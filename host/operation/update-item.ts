// UpdateItem: changes some attributes of an item, or creates it.

import { ValidationException } from '../errors.js';
import type { Change, StoredTable } from '../engine/store.js';
import { compileAttributeUpdates, type AttributeUpdate } from '../expression/legacy-update.js';
import { checkParameters } from '../expression/parameters.js';
import { Placeholders } from '../expression/placeholders.js';
import { compileUpdate, type Update } from '../expression/update.js';
import {
  ITEM_SIZE_MAX,
  KEY_ATTRIBUTE_NAME_BYTES_MAX,
  PARTITION_KEY_BYTES_MAX,
  SORT_KEY_BYTES_MAX,
} from '../limits.js';
import { indexKeyFault } from '../table/index-keys.js';
import { copyItem } from '../table/item-copy.js';
import { itemSize } from '../table/item-size.js';
import type { Item } from '../table/item-types.js';
import { itemFault, valueFault } from '../table/item-value.js';
import { keyFault } from '../table/key-schema.js';
import { requireCondition, type Condition, type EncodedRow } from './conditions.js';
import { inEnvelope, throwFaults } from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { indexKeyNames, tableKeyNames } from './key-names.js';
import { readUpdates, type LegacyMap, type LegacyUpdate } from './legacy-parameters.js';
import {
  conditionOf,
  readSingleWrite,
  needsOld,
  singleWriteOutput,
  type SingleWrite,
  type SingleWriteInput,
  type SingleWriteOutput,
} from './single-write.js';
import { readInput, readString, type Structure } from './wire-types.js';

export interface UpdateItemInput extends SingleWriteInput {
  /** Exactly the key attributes. */
  Key: DocumentItem;
  /** `SET a = :a REMOVE b ADD n :one DELETE tags :gone`. Without it the item is just created. */
  UpdateExpression?: string;
  /** Legacy: use UpdateExpression. */
  AttributeUpdates?: Record<string, LegacyUpdate>;
  /**
   * ALL_OLD, ALL_NEW: the whole item before or after. UPDATED_OLD, UPDATED_NEW: of that only what
   * the update names. Default NONE.
   */
  ReturnValues?: 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW';
}

export type UpdateItemOutput = SingleWriteOutput;

/** Names and values of a key's two attributes. */
const KEY_SIZE_MAX =
  2 * KEY_ATTRIBUTE_NAME_BYTES_MAX + PARTITION_KEY_BYTES_MAX + SORT_KEY_BYTES_MAX;

export async function updateItem(
  context: OperationContext,
  rawInput: unknown,
): Promise<UpdateItemOutput> {
  const changes = readChanges(context, readInput('update', rawInput));
  const write = readSingleWrite(context, 'update', 'Key', rawInput);
  const { update, condition } = checkUpdate(write, changes);
  const table = context.catalog.require(write.tableName);
  const problem = keyFault(table.key, write.item);
  if (problem !== undefined) throw problem;
  update?.checkKeys(tableKeyNames(table), indexKeyNames(table));
  const key = copyItem(write.item);
  const mayBeLarge = update !== undefined && update.chargeMax > ITEM_SIZE_MAX;
  const decide = (found: EncodedRow | undefined, old: Item | undefined): Change => {
    // The charge is looked at before the condition, the item's size after it.
    if (mayBeLarge && update.charge(old) > ITEM_SIZE_MAX) throw tooLarge();
    requireCondition(condition, found, write.failureItem, context.values);
    return updated(table, key, update, old, found?.sizeBytes);
  };
  if (write.returnValues === 'NONE' && !needsOld(write)) {
    // Nothing of the request is kept while the write waits for the disk.
    const blind = (found: EncodedRow | undefined): Change => decide(found, decoded(found));
    return context.store.write({ table, key, decide: blind }).then(noOutput);
  }
  let attributes: Item | undefined;
  const result = await context.store.write({
    table,
    key,
    decide: (found) => {
      const old = decoded(found);
      const change = decide(found, old);
      attributes = returnedValues(write.returnValues, update, old, change);
      return change;
    },
  });
  return singleWriteOutput(context, table, write, key, result, attributes);
}

function decoded(found: EncodedRow | undefined): Item | undefined {
  return found?.decode() as Item | undefined;
}

function noOutput(): UpdateItemOutput {
  return {};
}

/** What an update makes of an item, checked as any item that is written. `oldSize` saves measuring the new one. */
export function updated(
  table: StoredTable,
  key: Item,
  update: Update | undefined,
  old: Item | undefined,
  oldSize = Infinity,
): Change {
  if (update === undefined) {
    return old === undefined ? { kind: 'put', item: key } : { kind: 'keep' };
  }
  const item = update.apply(old, key);
  if (old === undefined && update.onlyRemoves) return { kind: 'keep' };
  if (table.indexes !== undefined) {
    const touched = new Set(update.touchedPaths.map(([name]) => name));
    const fault = indexKeyFault(table, item, touched);
    if (fault !== undefined) throw fault;
  }
  for (const [name] of update.touchedPaths) {
    const nesting = Object.hasOwn(item, name) ? valueFault(item[name], name, 'current') : undefined;
    if (nesting !== undefined) throw new ValidationException(nesting);
  }
  const small = update.sizeMax(old === undefined ? 0 : oldSize, KEY_SIZE_MAX) <= ITEM_SIZE_MAX;
  if (!small && itemSize(item) > ITEM_SIZE_MAX) throw tooLarge();
  return { kind: 'put', item };
}

/** What to change, its JSON types checked: they come before the bounds of any member. */
interface Changes {
  readonly text: string | undefined;
  readonly legacy: LegacyMap<AttributeUpdate>;
}

function readChanges({ values }: OperationContext, input: Structure): Changes {
  return {
    text: readString(input.UpdateExpression, 'UpdateExpression'),
    legacy: readUpdates(values, input),
  };
}

function checkUpdate(
  write: SingleWrite,
  { text, legacy }: Changes,
): { readonly update: Update | undefined; readonly condition: Condition | undefined } {
  const { input, names, values } = write;
  throwFaults(legacy.faults);
  return inEnvelope(() => {
    checkParameters('UpdateItem', input);
    const fault = itemFault(write.item, 'Key');
    if (fault !== undefined) throw new ValidationException(fault);
    const placeholders = new Placeholders({ names, values });
    const update =
      text === undefined ? legacyUpdate(legacy.entries) : compileUpdate(text, placeholders);
    const condition = conditionOf(write, placeholders);
    placeholders.checkAllUsed();
    return { update, condition };
  });
}

/** AttributeUpdates without any is no update. */
function legacyUpdate(entries: LegacyMap<AttributeUpdate>['entries']): Update | undefined {
  return entries === undefined || Object.keys(entries).length === 0
    ? undefined
    : compileAttributeUpdates(entries, 'current');
}

function returnedValues(
  wanted: string,
  update: Update | undefined,
  old: Item | undefined,
  change: Change,
): Item | undefined {
  switch (wanted) {
    case 'ALL_OLD':
      return old;
    case 'ALL_NEW':
      return change.kind === 'put' ? change.item : old;
    case 'UPDATED_OLD':
      return update?.updatedOld(old);
    case 'UPDATED_NEW':
      return change.kind === 'put' ? update?.updatedNew(old) : undefined;
    default:
      return undefined;
  }
}

function tooLarge(): ValidationException {
  return new ValidationException('Item size to update has exceeded the maximum allowed size');
}
