// The fast door to one table: no request objects, no text to parse, one call down to the store.
//
// Invariants: the table is resolved once and looked up again only after it was dropped, so a handle
// may be made before its table and outlive it. Nothing is copied and nothing is validated here that
// the store validates anyway; methods return the store's own promises.

import { InvalidArgument } from '../errors.js';
import type { PageOptions, Range, Store, StoredTable } from '../engine/store.js';
import { STREAM_PAGE_BYTES, STREAM_SEGMENTS_MAX } from '../limits.js';
import type { Catalog } from './catalog.js';
import type { Item } from './item-types.js';
import { ItemStream, type PageSource } from './item-stream.js';
import type { ChangeFeeds, StreamOptions } from '../stream/change-feeds.js';
import type { RecordStream } from '../stream/record-stream.js';
import type { Subscription } from '../stream/trigger.js';
import type { TriggerHandler, TriggerOptions } from '../stream/trigger-options.js';
import { isPlainObject } from './item-value.js';
import { readRange, type SortOperators } from './range.js';

export interface GetOptions {
  /**
   * True: sees every acknowledged write, and returns nothing that a crash could take back. Default
   * false, which never waits for the disk's log.
   */
  consistent?: boolean;
  /** Rejects with the signal's reason once it is aborted. */
  signal?: AbortSignal;
}

export interface QueryOptions extends GetOptions {
  /** Descending sort keys. Default false. */
  reverse?: boolean;
  /** Items at most. Default: all. */
  limit?: number;
}

export interface ScanOptions extends GetOptions {
  /**
   * Read that many parts of the table side by side, 1 to 1,024; items come as they arrive. Default
   * 1.
   */
  segments?: number;
  /** Items at most. Default: all. */
  limit?: number;
}

/** A key of a table of `T`: its key attributes if they are named in `K`, else any part of `T`. */
export type KeyOf<T, K extends keyof T> = [K] extends [never] ? Partial<T> : Pick<T, K>;

/** A range of one partition: its key's value, and a condition on the sort key. */
export type RangeOf<T, K extends keyof T> = [K] extends [never]
  ? { readonly [P in keyof T]?: T[P] | SortOperators<T[P]> }
  : { readonly [P in K]?: T[P] | SortOperators<T[P]> };

/**
 * One table, fast. Made by `db.table(name)`; name the key attributes to have keys and ranges typed.
 *
 * Methods reject (and `getSync` throws) with ValidationException and DynamoDB's text for items and
 * keys that break a rule, ResourceNotFoundException if there is no such table, DatabaseClosed after
 * `close()`.
 *
 * @example
 * interface Order { user_id: string; order_id: string; total: number }
 * const orders = db.table<Order, 'user_id' | 'order_id'>('Orders');
 * await orders.put({ user_id: 'u1', order_id: '2024-01-07#1', total: 12.5 });
 * const order = await orders.get({ user_id: 'u1', order_id: '2024-01-07#1' });
 * const range = { user_id: 'u1', order_id: { beginsWith: '2024-' } };
 * for await (const o of orders.query(range)) console.log(o.total);
 */
export interface Table<T extends object = Item, K extends keyof T = never> {
  readonly name: string;
  /**
   * Creates an item, or replaces the whole of it. Durable when it resolves (with `durability:
   * 'sync'`).
   */
  put(item: T): Promise<void>;
  /** The item with this key, or undefined. The key holds exactly the key attributes. */
  get(key: KeyOf<T, K>, options?: GetOptions): Promise<T | undefined>;
  /**
   * The same without a promise, eventually consistent. Blocks the thread if the item is only on
   * disk.
   */
  getSync(key: KeyOf<T, K>): T | undefined;
  /** Deletes an item. Deleting nothing is a success. */
  delete(key: KeyOf<T, K>): Promise<void>;
  /**
   * The items of one partition in the order of their sort keys. The range names the table's own key
   * attributes; a sort key takes a value, or one of `lt`, `lte`, `gt`, `gte`, `between: [a, b]`,
   * `beginsWith`.
   *
   * @example
   * const range = { user_id: 'u1', order_id: { between: ['2024-01', '2024-02'] } } as const;
   * const latest = await orders.query(range, { reverse: true, limit: 10 }).toArray();
   */
  query(range: RangeOf<T, K>, options?: QueryOptions): ItemStream<T>;
  /**
   * All items, in the order of the partition keys' hash; with several segments, as they come.
   *
   * @example
   * for await (const order of orders.scan({ segments: 4 })) console.log(order);
   */
  scan(options?: ScanOptions): ItemStream<T>;
  /**
   * How many items a range has. Keys are counted, items are not read: with an index of points, the rank of a player is
   * one more than the count of the points above.
   *
   * @example
   * const above = await scores.count({ game: 'chess', points: { gt: 2400 } }, { index: 'byPoints' });
   */
  count(range: object, options?: CountRangeOptions): Promise<number>;
  /**
   * The changes of the table from now on, or from a place further back, each with its checkpoint; those of one item in their
   * order. Nothing is read ahead of who takes them. It ends when the signal is aborted, the database is closed, or the
   * table's stream is disabled and read to its end.
   *
   * Rejects with ResourceNotFoundException if the table has no stream (StreamSpecification), with
   * TrimmedDataAccessException if records were more than 24 hours old before they were read.
   *
   * @example
   * for await (const record of orders.stream({ from: lastSeen ?? 'TRIM_HORIZON', signal })) {
   *   console.log(record.eventName, record.dynamodb.Keys, record.dynamodb.NewImage);
   *   lastSeen = record.checkpoint;
   * }
   */
  stream(options?: StreamOptions): RecordStream<T>;
  /**
   * Calls a handler with the changes of the table, batch after batch, and remembers durably how far it has come: opened
   * again, the database goes on behind the last batch whose handler resolved. Batches of one name are handled one at a time,
   * by one thread, those of one item in their order. A batch that fails is tried again, after a pause that grows, in halves.
   *
   * At least once: after a crash between a handler and its checkpoint the batch is handled again. Records can be told again
   * by their `eventID`. Throws InvalidArgument for options, ResourceNotFoundException for a table without a stream.
   *
   * @example
   * const subscription = orders.on({ name: 'mail', batchSize: 25, deadLetter: 'Failed' }, async (records) => {
   *   for (const { eventName, dynamodb } of records) {
   *     if (eventName === 'INSERT') await sendMail(dynamodb.NewImage);
   *   }
   * });
   * await subscription.close();
   */
  on(options: TriggerOptions<T>, handler: TriggerHandler<T>): Subscription;
}

export interface CountRangeOptions {
  /** Counts in this secondary index; the range then names its key attributes. */
  readonly index?: string;
  readonly consistent?: boolean;
  readonly signal?: AbortSignal;
}

export class TableHandle implements Table<Item> {
  readonly name: string;
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #feeds: ChangeFeeds;
  #table: StoredTable | undefined;

  constructor(store: Store, catalog: Catalog, feeds: ChangeFeeds, name: string) {
    this.name = name;
    this.#feeds = feeds;
    this.#store = store;
    this.#catalog = catalog;
  }

  put(item: Item): Promise<void> {
    const table = this.#table;
    if (table === undefined || table.dropped === true || !isObject(item))
      return this.#slowPut(item);
    // Without returnOld the store resolves with undefined.
    return this.#store.put(table, item) as Promise<undefined>;
  }

  get(key: Item, options?: GetOptions): Promise<Item | undefined> {
    const table = this.#table;
    if (table === undefined || table.dropped === true || options !== undefined || !isObject(key)) {
      return this.#slowGet(key, options);
    }
    return this.#store.get(table, key, false);
  }

  getSync(key: Item): Item | undefined {
    const table = this.#table;
    if (table === undefined || table.dropped === true || !isObject(key)) {
      return this.#store.getSync(this.#resolve(), requireObject('The key', key));
    }
    return this.#store.getSync(table, key);
  }

  delete(key: Item): Promise<void> {
    const table = this.#table;
    if (table === undefined || table.dropped === true || !isObject(key))
      return this.#slowDelete(key);
    return this.#store.delete(table, key) as Promise<undefined>;
  }

  query(range: unknown, options: QueryOptions = {}): ItemStream {
    return this.#stream(() => {
      const { reverse, consistent, limit, signal } = requireObject('The options of query', options);
      const table = this.#resolve();
      const read = readRange(table.key, range);
      return { ranges: [read], page: { reverse, consistent: consistent ?? false }, limit, signal };
    });
  }

  scan(options: ScanOptions = {}): ItemStream {
    return this.#stream(() => {
      const {
        segments = 1,
        consistent,
        limit,
        signal,
      } = requireObject('The options of scan', options);
      requireCount('segments', segments, STREAM_SEGMENTS_MAX);
      const ranges = Array.from(
        { length: segments },
        (_, segment): Range =>
          segments === 1 ? { kind: 'scan' } : { kind: 'scan', segment, totalSegments: segments },
      );
      return { ranges, page: { consistent: consistent ?? false }, limit, signal };
    });
  }

  async count(range: unknown, options: CountRangeOptions = {}): Promise<number> {
    const { index, consistent, signal } = requireObject('The options of count', options);
    requireSignal(signal);
    const table = this.#resolve();
    const read =
      index === undefined ? readRange(table.key, range) : indexRange(table, index, range);
    return this.#store.count(table, read, { consistent, signal });
  }

  stream(options: StreamOptions = {}): RecordStream<Item> {
    const { signal } = requireObject('The options of stream', options);
    requireSignal(signal);
    return this.#feeds.stream(this.name, options) as RecordStream<Item>;
  }

  on(options: TriggerOptions<Item>, handler: TriggerHandler<Item>): Subscription {
    requireObject('The options of on', options);
    return this.#feeds.on(this.name, options as TriggerOptions, handler as TriggerHandler);
  }

  /**
   * A stream over ranges. A fault in what was asked for is the stream's first answer: streams only
   * ever reject.
   */
  #stream(plan: () => StreamPlan): ItemStream {
    try {
      const { ranges, page, limit, signal } = plan();
      requireCount('limit', limit, Infinity);
      requireSignal(signal);
      const table = this.#resolve();
      const options = { ...page, bytesMax: STREAM_PAGE_BYTES, select: 'items', signal } as const;
      const sources = ranges.map(
        (range): PageSource =>
          (startKey, rows) =>
            this.#store.page(table, range, { ...options, startKey, limit: rows }),
      );
      return new ItemStream(sources, limit, signal);
    } catch (error) {
      return new ItemStream([() => Promise.reject(error as Error)], undefined, undefined);
    }
  }

  /** The live table; throws if there is none. */
  #resolve(): StoredTable {
    if (this.#table === undefined || this.#table.dropped === true) {
      this.#table = this.#catalog.require(this.name);
    }
    return this.#table;
  }

  // The slow ways: first calls, calls after a drop, calls with options, wrong arguments.

  async #slowPut(item: Item): Promise<void> {
    await this.#store.put(this.#resolve(), requireObject('The item', item));
  }

  async #slowGet(key: Item, options: GetOptions = {}): Promise<Item | undefined> {
    const { consistent, signal } = requireObject('The options of get', options);
    requireSignal(signal);
    return this.#store.get(
      this.#resolve(),
      requireObject('The key', key),
      consistent ?? false,
      signal,
    );
  }

  async #slowDelete(key: Item): Promise<void> {
    await this.#store.delete(this.#resolve(), requireObject('The key', key));
  }
}

interface StreamPlan {
  readonly ranges: readonly Range[];
  readonly page: Pick<PageOptions, 'reverse' | 'consistent'>;
  readonly limit: number | undefined;
  readonly signal: AbortSignal | undefined;
}

function indexRange(table: StoredTable, name: string, range: unknown): Range {
  const index = table.indexes?.find((each) => each.name === name && each.status === 'active');
  if (index === undefined) throw new InvalidArgument('index', 'the name of an active index', name);
  const [partition, ...others] = index.partition;
  if (others.length > 0 || index.sort.length > 1) {
    throw new InvalidArgument(
      'index',
      'one with a single HASH and at most one RANGE attribute',
      name,
    );
  }
  const read = readRange({ partition, sort: index.sort[0] }, range);
  return {
    kind: 'indexQuery',
    index,
    partition: [read.partition],
    sortPrefix: [],
    sort: read.sort,
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function requireObject<Value extends object>(parameter: string, value: Value): Value {
  if (!isPlainObject(value)) throw new InvalidArgument(parameter, 'a plain object', value);
  return value;
}

function requireCount(option: string, value: number | undefined, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= max)) return;
  const bounds = max === Infinity ? 'a whole number from 1' : `a whole number from 1 to ${max}`;
  throw new InvalidArgument(option, bounds, value);
}

function requireSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidArgument('signal', 'an AbortSignal', signal);
  }
}
