// What the store reads: ranges of a table or an index, how a page of one is asked for, and what it is.

import type { EncodedItem } from '../core/codec/encoded-item.js';
import type { ItemForm } from '../core/transcoder.js';
import type { Item, KeyValue } from '../table/item-types.js';
import type { IndexDefinition } from './store.js';

/**
 * A key condition, already checked against the key schema: values have the declared types and legal
 * sizes, and are not empty, not even the prefix of `beginsWith`.
 */
export interface SortCondition {
  readonly op: 'eq' | 'lt' | 'lte' | 'gt' | 'gte' | 'between' | 'beginsWith';
  readonly value: KeyValue;
  /**
   * The upper bound of `between`, inclusive like the lower one. May be below it: then nothing
   * matches.
   */
  readonly value2?: KeyValue;
}

export type { ItemForm };

export interface QueryRange {
  readonly kind: 'query';
  readonly partition: KeyValue;
  readonly sort?: SortCondition;
}

/**
 * A whole table, or one segment of it: segments split the hash range, so no partition key is in two
 * of them.
 */
export interface ScanRange {
  readonly kind: 'scan';
  readonly segment?: number;
  readonly totalSegments?: number;
}

/**
 * Entries of an index with one partition key. `partition` has a value for each HASH attribute,
 * `sortPrefix` equalities on the first RANGE attributes, `sort` a condition on the next one.
 */
export interface IndexQueryRange {
  readonly kind: 'indexQuery';
  readonly index: IndexDefinition;
  readonly partition: readonly KeyValue[];
  readonly sortPrefix: readonly KeyValue[];
  readonly sort?: SortCondition;
}

/** All entries of an index, or a segment of them, in the order of the hash of its partition key. */
export interface IndexScanRange {
  readonly kind: 'indexScan';
  readonly index: IndexDefinition;
  readonly segment?: number;
  readonly totalSegments?: number;
}

export type Range = QueryRange | ScanRange | IndexQueryRange | IndexScanRange;

export interface PageOptions {
  /** Rows at most. The page ends at the row that reaches it. */
  readonly limit?: number;
  /** Descending sort keys (queries only). */
  readonly reverse?: boolean;
  /**
   * A whole primary key, for an index with the index's key attributes too; the page begins after
   * it. The item it names need not exist.
   */
  readonly startKey?: Item;
  /** Rows it refuses are stepped over and counted, but not returned, and never decoded. */
  readonly filter?: (item: EncodedItem) => boolean;
  /** What a row gives; without it the whole item. Rows of an index are whole items of the table. */
  readonly project?: (item: EncodedItem) => Item;
  /** Range of an index: false says that neither filter nor project look beyond key attributes of table and index. */
  readonly wholeItems?: boolean;
  /** DynamoDB bytes. The row that reaches or crosses this is included and ends the page. */
  readonly bytesMax: number;
  /**
   * True: nothing is returned that a crash could still take back, and everything acknowledged
   * before is seen.
   */
  readonly consistent: boolean;
  /** `count` leaves `items` empty. */
  readonly select: 'items' | 'count';
  /**
   * Whole items come as bytes in this form, in `bytes` instead of `items`. A store may not know how, and with `project`
   * none does: then `items` has them.
   */
  readonly form?: ItemForm;
  readonly signal?: AbortSignal;
}

/** An item as a door sends it. */
export interface ItemBytes {
  readonly bytes: Uint8Array;
  /** DynamoDB bytes of the item. */
  readonly sizeBytes: number;
}

export type CountOptions = Partial<Pick<PageOptions, 'consistent' | 'signal'>>;

export interface Page {
  readonly items: Item[];
  /** The items in the form that was asked for: JSON with commas between, msgpack one behind the other. Private memory. */
  readonly bytes?: Uint8Array;
  /** Rows stepped over, whether or not they were asked for. */
  readonly count: number;
  /** Of those, rows that the filter kept. Equal to `count` without a filter. */
  readonly matched: number;
  /** DynamoDB bytes of the rows stepped over; of an index, of their views. */
  readonly sizeBytes: number;
  /**
   * Key of the last row. Present exactly when the limit or the byte bound ended the page, even at
   * the very end.
   */
  readonly lastKey?: Item;
}
