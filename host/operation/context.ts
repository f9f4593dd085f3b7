// What an operation works with. One of these belongs to each open database and form of values.

import type { Clock } from '../clock.js';
import type { ItemForm, Store } from '../engine/store.js';
import type { Random } from '../random.js';
import type { Catalog } from '../table/catalog.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import { readAttributeMap } from './wire-types.js';

export interface OperationContext {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  /** Finishes what was begun with the indexes of a table, in the background. */
  readonly builder: { run(table: string): void };
  /** How long changes of tables are shown as under way after they are done. */
  readonly tableDelayMs: number;
  /** Stream records from before this moment are as good as gone. */
  readonly horizonMs: () => Promise<number>;
  readonly values: ValueForm;
}

/**
 * An item or key as callers type it: as lib-dynamodb does, so that code written for it compiles
 * unchanged. In typed shapes the values are AttributeValues.
 */
export type DocumentItem = Record<string, any>;

/**
 * How requests and answers write attribute values: as JavaScript values, or in DynamoDB's typed
 * shapes (api/attribute-value.ts). Operations read and write every one of them through this, and
 * see JavaScript values only.
 */
export interface ValueForm {
  /**
   * An item, a key or the values of placeholders; undefined if absent. JSON types only are checked:
   * values are by table/item-value.ts.
   */
  readMap(value: unknown, parameter: string): Item | undefined;
  /** One value of a legacy parameter; undefined if absent. */
  readValue(value: unknown, parameter: string): AttributeValue | undefined;
  /** An item that belongs to the operation, for the answer. */
  writeMap(item: Item): DocumentItem;
  /**
   * GetItem, Query and Scan may answer whole items as bytes in this form, under RAW_ITEMS instead of Item or Items.
   */
  readonly itemForm?: ItemForm;
}

/** Where an answer holds its item, or its items one behind the other (JSON: with commas between), as bytes. */
export const RAW_ITEMS = Symbol('items as bytes');

export interface RawItems {
  [RAW_ITEMS]?: Uint8Array;
}

export const DOCUMENT_VALUES: ValueForm = {
  readMap: (value, parameter) => readAttributeMap(value, parameter) as Item | undefined,
  readValue: (value) => value as AttributeValue | undefined,
  writeMap: (item) => item,
};
