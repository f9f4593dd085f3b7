// The seam between the doors and the engine: what operations and the fast handle need, and nothing
// of how it is done. host/engine/lsm-store.ts implements it on the shards, test/model/memory-store.ts
// on sorted arrays.
//
// The doors check requests (names, limits, expressions, order of faults) and hand over plain items.
// The store checks what it must read anyway to encode an item:
//   put      the key attributes are there with the declared types (keyFaultInItem of
//            table/key-schema.ts), values are legal (table/item-value.ts has the rules and texts),
//            the size is at most ITEM_SIZE_MAX
//   keys     exactly the key attributes, of the declared types and legal sizes (keyFault of
//            table/key-schema.ts)
// A fault is a ValidationException with DynamoDB's bare text (no `1 validation error detected: `), or
// an UnsupportedValue for what no DynamoDB type can hold. A call that fails has changed nothing.
//
// Invariants of every implementation:
//  * Items and keys passed in are read before the first await and never kept; items handed out belong
//    to the caller.
//  * A dropped keyspace answers ResourceNotFoundException, a closed store DatabaseClosed.
//  * Asynchronous methods reject, they never throw. An aborted signal rejects with its reason.
//  * Sets come out sorted (strings and binary by bytes, numbers by value), numbers canonical.

import type { ByteSink } from '../core/byte-sink.js';
import type { EncodedItem } from '../core/codec/encoded-item.js';
import type { FrameBench } from '../core/frame-bench.js';
import type { Item, KeyAttribute, KeySchema } from '../table/item-types.js';
import type { CheckOptions, CheckReport } from './check-report.js';
import type { HiddenStore } from './hidden-store.js';
import type { CountOptions, ItemBytes, ItemForm, Page, PageOptions, Range } from './ranges.js';

export type * from './hidden-store.js';
export type * from './ranges.js';

/**
 * What names a table to the store. The store hands these out (from `createKeyspace` and `catalog`)
 * and may keep more in the object than is declared here; the doors keep that very object and pass
 * it back in each call.
 */
export interface TableKeyspace {
  /**
   * Unique for the life of the database: never given to another table, even after this one is
   * dropped.
   */
  readonly id: number;
  readonly name: string;
  readonly key: KeySchema;
  /**
   * True once the table is gone, also when another thread dropped it. Doors then look the name up
   * again.
   */
  readonly dropped?: boolean;
}

/** One attribute definition as DescribeTable shows it. */
export interface StoredAttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: 'S' | 'N' | 'B';
}

/**
 * A secondary index, local or global. Its entries live in the shard of their item and are written
 * in the same apply, so no crash and no other thread ever sees one without the other. An entry is
 * a key and the size of its view; attributes are read from the item.
 */
export interface IndexDefinition {
  /** Unique for the life of the database, from the same counter as table ids. The store fills it in. */
  readonly id: number;
  readonly name: string;
  readonly kind: 'local' | 'global';
  /** One attribute; a global index may have up to four. */
  readonly partition: readonly KeyAttribute[];
  /** None or one; a global index may have up to four. */
  readonly sort: readonly KeyAttribute[];
  readonly projection: {
    readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
    /** INCLUDE: the names beside all key attributes of table and index, as given. */
    readonly names?: readonly string[];
  };
  /** Only 'active' ones are read; 'creating' ones are written, and back-filled. Local: always active. */
  readonly status: 'active' | 'creating' | 'deleting';
  /** 0 and 0 on demand, absent for local ones. */
  readonly readUnits?: number;
  readonly writeUnits?: number;
  readonly ranked?: boolean;
}

/** The stream of a table. Disabled ones stay for 24 h so that they can be read to their end. */
export interface StreamDefinition {
  /** The keyspace of its records, unique like a table's id. The store fills it in. */
  readonly id: number;
  readonly viewType: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
  /** `2024-11-18T14:36:44.149`: the end of its ARN. */
  readonly label: string;
  readonly createdAtMs: number;
  readonly disabledAtMs?: number;
}

/** TimeToLive. `id` is the keyspace of the hints (expiry, key). */
export interface TtlDefinition {
  readonly id: number;
  readonly attribute: string;
  readonly enabled: boolean;
  readonly changedAtMs: number;
}

/**
 * Everything DescribeTable needs beside live figures. JSON-serialisable: it is what the manifest
 * keeps.
 */
export interface TableDefinition {
  readonly name: string;
  readonly key: KeySchema;
  readonly attributeDefinitions: readonly StoredAttributeDefinition[];
  /** A UUID, new for each creation: a table made again under one name has another. */
  readonly tableId: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  /** 0 and 0 on demand. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Set while the billing mode is, or once was, PAY_PER_REQUEST. */
  readonly onDemandSinceMs?: number;
  readonly tableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
  readonly deletionProtection: boolean;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  /** Local and global ones, in the order of their creation. Absent: none. */
  readonly indexes?: readonly IndexDefinition[];
  /** Newest last; at most the last one is not disabled. Absent: never had one. */
  readonly streams?: readonly StreamDefinition[];
  readonly ttl?: TtlDefinition;
  /** Counts of ranges are kept for the base table (`count` in logarithmic time). */
  readonly ranked?: boolean;
  /** What control operations keep and give back unread: table class dates, SSE, warm throughput, policies... */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Counts the changes of the definition. The store fills it in. */
  readonly revision?: number;
}

/**
 * A definition in the catalog. The entries of `catalog()` are the TableKeyspace objects of their
 * tables.
 */
export interface StoredTable extends TableKeyspace, TableDefinition {}

/** What a write makes of an item. */
export type Change =
  | { readonly kind: 'put'; readonly item: Item }
  | { readonly kind: 'delete' }
  | { readonly kind: 'keep' };

/**
 * Decides from the item as it is (undefined: there is none). Pure: it may be called several times,
 * as others may write meanwhile; the last call counts. The encoded item is good until it returns.
 * What it throws rejects the write, once what it looked at is durable.
 */
export type Decide = (old: EncodedItem | undefined) => Change;

export interface WriteRequest {
  readonly table: TableKeyspace;
  /** Exactly the key attributes. */
  readonly key: Item;
  readonly decide: Decide;
  /** The sweeper's deletes say so in the stream. */
  readonly byTtl?: boolean;
}

/** What a write did, for capacity units. Sizes in DynamoDB bytes, 0: no item. */
export interface WriteResult {
  readonly oldSizeBytes: number;
  readonly newSizeBytes: number;
  /** Indexes whose view of the item changed, with the write units of the change. */
  readonly indexUnits: ReadonlyMap<string, number>;
}

/** Why one action of a transaction failed. */
export type TransactionFault =
  | { readonly kind: 'conflict' }
  | { readonly kind: 'thrown'; readonly error: Error };

/** A transaction that changed nothing. `faults` has one entry for each action, by position. */
export class TransactionCancelled extends Error {
  override readonly name = 'TransactionCancelled';
  readonly faults: readonly (TransactionFault | undefined)[];

  constructor(faults: readonly (TransactionFault | undefined)[]) {
    super('The transaction was cancelled.');
    this.faults = faults;
  }
}

export interface TransactOptions {
  /** Remembered for 10 minutes with the body's digest: see operation/transact-write.ts. */
  readonly token?: { readonly text: string; readonly digest: string };
}

export interface PutOptions {
  /**
   * Resolve with the item that was replaced. Without it the store need not read, and resolves with
   * undefined.
   */
  readonly returnOld?: boolean;
}

export interface DeleteOptions {
  readonly returnOld?: boolean;
}

/**
 * Figures of one table. They may be estimates; right after a flush and with no overwrites they are
 * exact.
 */
export interface TableFigures extends KeyspaceFigures {
  /** By name: entries, and the DynamoDB bytes of their views. */
  readonly indexes?: ReadonlyMap<string, KeyspaceFigures>;
}

export interface KeyspaceFigures {
  readonly itemCount: number;
  readonly sizeBytes: number;
}

/** Figures of the whole store, for tools. Implementations add their own. */
export interface StoreFigures {
  readonly tables: number;
  readonly [figure: string]: unknown;
}

/**
 * Reads and writes of one item by a request's bytes in `bench`: a msgpack map from `at` to `limit`, a key or an item. Undefined:
 * not plainly legal, nothing has happened, let an operation look at it.
 */
export interface DirectAccess {
  readonly bench: FrameBench;
  /**
   * `found` is called with a function that appends the item as msgpack, to be called at once, or `absent`. True: it may be
   * told now; a promise: once it resolves.
   */
  get(
    table: TableKeyspace,
    at: number,
    limit: number,
    consistent: boolean,
    found: (write: (sink: ByteSink) => void) => void,
    absent: () => void,
  ): Promise<void> | true | undefined;
  put(table: TableKeyspace, at: number, limit: number): Promise<unknown> | undefined;
  delete(table: TableKeyspace, at: number, limit: number): Promise<unknown> | undefined;
}

export interface Store {
  /** Where it lives; absent for one that keeps nothing. */
  readonly folder?: string | undefined;
  /** Streams, TTL hints and the engine's notes. */
  readonly hidden: HiddenStore;
  /**
   * Durable when the promise resolves, as are all edits of the catalog. Names are unique: the
   * caller has checked.
   */
  createKeyspace(definition: TableDefinition): Promise<StoredTable>;
  /**
   * Replaces the definition of the table with this id; name and key stay. Indexes, streams and TTL
   * that say id 0 get theirs; entries of those that are left out are gone. Resolves with the new
   * catalog entry, or, having changed nothing, with undefined if the definition has changed since
   * the one with this `revision`.
   */
  updateKeyspace(id: number, definition: TableDefinition): Promise<StoredTable | undefined>;
  /** After this resolves no call sees an item of it again. */
  dropKeyspace(id: number): Promise<void>;
  /** All live tables, in no promised order. */
  catalog(): readonly StoredTable[];

  /** Reads without waiting for durability. Blocks on disk reads. Throws instead of rejecting. */
  getSync(table: TableKeyspace, key: Item): Item | undefined;
  get(
    table: TableKeyspace,
    key: Item,
    consistent: boolean,
    signal?: AbortSignal,
  ): Promise<Item | undefined>;
  /**
   * The same as bytes in the form of a door, in private memory, and its DynamoDB size. Absent where a store cannot.
   */
  getBytes?(
    table: TableKeyspace,
    key: Item,
    consistent: boolean,
    form: ItemForm,
  ): Promise<ItemBytes | undefined>;
  /** For a server of msgpack: a private memory and what can be done with requests that lie there. */
  direct?(): DirectAccess | undefined;
  /** Writes of one thread to one item take effect in the order of the calls. */
  put(table: TableKeyspace, item: Item, options?: PutOptions): Promise<Item | undefined>;
  /** Deleting nothing is a success. */
  delete(table: TableKeyspace, key: Item, options?: DeleteOptions): Promise<Item | undefined>;
  /** Read, decide, write if nobody came between, else again. Durable when it resolves. */
  write(request: WriteRequest): Promise<WriteResult>;
  /**
   * All of the writes or none. Resolves with 'replayed' where the token was seen with the same
   * digest, rejects with IdempotentParameterMismatchException for another, with
   * TransactionInProgressException while the first still runs, and with TransactionCancelled
   * (faults by position) if any decision throws or any item is locked.
   */
  transact(
    requests: readonly WriteRequest[],
    options?: TransactOptions,
  ): Promise<readonly WriteResult[] | 'replayed'>;
  /** One moment's items. Rejects with TransactionCancelled where one is locked or changed meanwhile. */
  transactGet(
    keys: readonly { readonly table: TableKeyspace; readonly key: Item }[],
  ): Promise<(Item | undefined)[]>;
  /**
   * Writes the entries that items there have in an index which is being created, each together with
   * a look that its item is still the one read; meanwhile all writes maintain the index. Items that
   * do not belong in it are skipped. Resolves when all are written and durable.
   */
  backfill(table: TableKeyspace, index: IndexDefinition, signal?: AbortSignal): Promise<void>;
  /** A startKey outside the range is legal: the page begins where the range does, or is empty. */
  page(table: TableKeyspace, range: Range, options: PageOptions): Promise<Page>;
  /** Rows of a range: keys are counted, no item is looked at. */
  count(table: TableKeyspace, range: Range, options?: CountOptions): Promise<number>;
  /** The segment (of `totalSegments`) of the table, or of an index, that an item or key belongs to. */
  segmentOf(
    table: TableKeyspace,
    key: Item,
    totalSegments: number,
    index?: IndexDefinition,
  ): number;

  /** DynamoDB size in bytes of a legal item. */
  itemSize(item: Item): number;
  tableFigures(table: TableKeyspace): TableFigures | Promise<TableFigures>;
  stats(): StoreFigures | Promise<StoreFigures>;
  /** Walks everything there is and says what is not as it must be; changes nothing. */
  check(options?: CheckOptions): Promise<CheckReport>;
  /** Resolves when every write made before the call is durable. */
  sync(): Promise<void>;
  /** Resolves when every write made before the call is in a table file. */
  flush(): Promise<void>;
  /** Flushes, then merges everything down to one level without tombstones. */
  compact(): Promise<void>;
  /** What another thread of the process needs for a store of its own on the same data: structured-cloneable. */
  share(): unknown;
  /** Finishes what is in flight, then refuses. A second call gives the same promise's result. */
  close(): Promise<void>;
}
