// Database: the embedded door. DynamoDB's operations in lib-dynamodb's shapes, and the fast handles
// of tables.
//
// The engine behind it is a Store; this file knows nothing of how one works. Invariant: once
// `close` has been called every method fails with DatabaseClosed, those of handles included (the
// store refuses).

import {
  DatabaseClosed,
  InvalidArgument,
  SUCCESS_METADATA,
  type ResponseMetadata,
} from './errors.js';
import type { Store, StoreFigures } from './engine/store.js';
import {
  isOperationName,
  OPERATIONS,
  type Operation,
  type OperationName,
  type OperationOutput,
} from './api/operations.js';
import { typedValues } from './api/typed-values.js';
import type { BinaryForm } from './api/attribute-value.js';
import { DOCUMENT_VALUES, type DocumentItem, type OperationContext } from './operation/context.js';
import {
  batchGetItem,
  type BatchGetItemInput,
  type BatchGetItemOutput,
} from './operation/batch-get-item.js';
import {
  batchWriteItem,
  type BatchWriteItemInput,
  type BatchWriteItemOutput,
} from './operation/batch-write-item.js';
import {
  createTable,
  type CreateTableInput,
  type CreateTableOutput,
} from './operation/create-table.js';
import {
  deleteItem,
  type DeleteItemInput,
  type DeleteItemOutput,
} from './operation/delete-item.js';
import {
  deleteTable,
  type DeleteTableInput,
  type DeleteTableOutput,
} from './operation/delete-table.js';
import {
  describeTable,
  type DescribeTableInput,
  type DescribeTableOutput,
} from './operation/describe-table.js';
import { getItem, type GetItemInput, type GetItemOutput } from './operation/get-item.js';
import {
  listTables,
  type ListTablesInput,
  type ListTablesOutput,
} from './operation/list-tables.js';
import { putItem, type PutItemInput, type PutItemOutput } from './operation/put-item.js';
import { query, type QueryInput, type QueryOutput } from './operation/query.js';
import { scan, type ScanInput, type ScanOutput } from './operation/scan.js';
import {
  updateItem,
  type UpdateItemInput,
  type UpdateItemOutput,
} from './operation/update-item.js';
import { resolveOptions, type OpenOptions, type ResolvedOptions } from './options.js';
import {
  describeTimeToLive,
  updateTimeToLive,
  type DescribeTimeToLiveInput,
  type DescribeTimeToLiveOutput,
  type UpdateTimeToLiveInput,
  type UpdateTimeToLiveOutput,
} from './operation/time-to-live.js';
import {
  listTagsOfResource,
  tagResource,
  untagResource,
  type ListTagsOfResourceInput,
  type ListTagsOfResourceOutput,
  type TagResourceInput,
  type UntagResourceInput,
} from './operation/resource-tags.js';
import {
  updateTable,
  type UpdateTableInput,
  type UpdateTableOutput,
} from './operation/update-table.js';
import { IndexBuilder } from './index-builder.js';
import { Catalog } from './table/catalog.js';
import type { Item } from './table/item-types.js';
import { TableHandle, type Table } from './table/table-handle.js';

declare const shared: unique symbol;

const RESUME = Symbol('resume');

/** What `db.share()` gives and `attach` takes. Structured-cloneable; its content is the engine's. */
export interface SharedDatabase {
  readonly [shared]: true;
}

/** An answer, with the metadata that the SDK's answers have. */
export type Answer<Output> = Output & { $metadata: ResponseMetadata };

export interface ExecuteOptions {
  /** What holds binary values: bytes, as in the SDK's clients, or base64 text, as in JSON. Default bytes. */
  binary?: BinaryForm;
}

/** Opens the engine for a folder, or a temporary one without. */
export type StoreOpener = (path: string | undefined, options: ResolvedOptions) => Promise<Store>;

/**
 * Opens a database on a given engine. `open` of host/index.ts is this with the one engine there is.
 */
export async function openDatabase(
  openStore: StoreOpener,
  path?: string,
  options?: OpenOptions,
): Promise<Database> {
  if (path !== undefined && (typeof path !== 'string' || path === '')) {
    throw new InvalidArgument('open(path)', 'a folder, or left out for a temporary database', path);
  }
  const resolved = resolveOptions(options);
  const database = new Database(await openStore(path, resolved), resolved);
  database[RESUME]();
  return database;
}

/**
 * An open database. Close it, or declare it with `await using`.
 *
 * Methods named like those of `DynamoDBDocument` take the same inputs and give the same answers;
 * errors have DynamoDB's names and texts. Parameters that this version does not serve yet are
 * refused with UnsupportedParameter.
 *
 * @example
 * await using db = await open('./data');
 * await db.createTable({
 *   TableName: 'Orders',
 *   KeySchema: [
 *     { AttributeName: 'user_id', KeyType: 'HASH' },
 *     { AttributeName: 'order_id', KeyType: 'RANGE' },
 *   ],
 *   AttributeDefinitions: [
 *     { AttributeName: 'user_id', AttributeType: 'S' },
 *     { AttributeName: 'order_id', AttributeType: 'S' },
 *   ],
 *   BillingMode: 'PAY_PER_REQUEST',
 * });
 * await db.put({ TableName: 'Orders', Item: { user_id: 'u1', order_id: 'o1', total: 12.5 } });
 * const { Items } = await db.query({
 *   TableName: 'Orders',
 *   KeyConditionExpression: 'user_id = :u AND begins_with(order_id, :o)',
 *   ExpressionAttributeValues: { ':u': 'u1', ':o': 'o' },
 * });
 */
export class Database implements AsyncDisposable {
  readonly #context: OperationContext;
  readonly #store: Store;
  readonly #builder: IndexBuilder;
  #closing: Promise<void> | undefined;

  /** Use `open`. */
  constructor(
    store: Store,
    options: Pick<ResolvedOptions, 'clock' | 'random'> & Partial<ResolvedOptions>,
  ) {
    const { clock, random, tableDelayMs = 0 } = options;
    this.#store = store;
    const catalog = new Catalog(store, clock);
    const builder = new IndexBuilder(store, catalog, clock, tableDelayMs);
    this.#builder = builder;
    const values = DOCUMENT_VALUES;
    this.#context = { store, catalog, clock, random, builder, tableDelayMs, values };
  }

  /** Makes a table. It is ACTIVE (but for `tableDelayMs`), and durable, when the promise resolves. */
  createTable(input: CreateTableInput): Promise<Answer<CreateTableOutput>> {
    return this.#answer(createTable, input);
  }

  /**
   * Changes a table: billing, units, global indexes, stream, encryption, class, protection. It is done when the promise
   * resolves, but for an index that is created: DescribeTable shows how that goes.
   */
  updateTable(input: UpdateTableInput): Promise<Answer<UpdateTableOutput>> {
    return this.#answer(updateTable, input);
  }

  /** Names the attribute that says when an item expires, or stops expiry. */
  updateTimeToLive(input: UpdateTimeToLiveInput): Promise<Answer<UpdateTimeToLiveOutput>> {
    return this.#answer(updateTimeToLive, input);
  }

  /** Which attribute says when an item expires. */
  describeTimeToLive(input: DescribeTimeToLiveInput): Promise<Answer<DescribeTimeToLiveOutput>> {
    return this.#answer(describeTimeToLive, input);
  }

  /** Adds labels to a table, or replaces them. */
  tagResource(input: TagResourceInput): Promise<Answer<object>> {
    return this.#answer(tagResource, input);
  }

  /** Takes labels off a table. */
  untagResource(input: UntagResourceInput): Promise<Answer<object>> {
    return this.#answer(untagResource, input);
  }

  /** The labels of a table, 10 a page. */
  listTagsOfResource(input: ListTagsOfResourceInput): Promise<Answer<ListTagsOfResourceOutput>> {
    return this.#answer(listTagsOfResource, input);
  }

  /** What a table is and how it stands. */
  describeTable(input: DescribeTableInput): Promise<Answer<DescribeTableOutput>> {
    return this.#answer(describeTable, input);
  }

  /** Drops a table and all its items. Done, durably, when the promise resolves. */
  deleteTable(input: DeleteTableInput): Promise<Answer<DeleteTableOutput>> {
    return this.#answer(deleteTable, input);
  }

  /** The names of all tables, in byte order, 100 a page. */
  listTables(input: ListTablesInput = {}): Promise<Answer<ListTablesOutput>> {
    return this.#answer(listTables, input);
  }

  /** PutItem: creates an item, or replaces the whole of it. */
  put(input: PutItemInput): Promise<Answer<PutItemOutput>> {
    return this.#answer(putItem, input);
  }

  /**
   * UpdateItem: changes some attributes of an item, or creates it.
   *
   * @example
   * const { Attributes } = await db.update({
   *   TableName: 'Orders',
   *   Key: { user_id: 'u1', order_id: 'o1' },
   *   UpdateExpression: 'SET #s = :paid ADD version :one',
   *   ConditionExpression: '#s = :new',
   *   ExpressionAttributeNames: { '#s': 'status' },
   *   ExpressionAttributeValues: { ':paid': 'PAID', ':new': 'NEW', ':one': 1 },
   *   ReturnValues: 'ALL_NEW',
   * });
   */
  update(input: UpdateItemInput): Promise<Answer<UpdateItemOutput>> {
    return this.#answer(updateItem, input);
  }

  /** GetItem: reads one item by its key. `Item` is absent if there is none. */
  get(input: GetItemInput): Promise<Answer<GetItemOutput>> {
    return this.#answer(getItem, input);
  }

  /** DeleteItem: deletes an item by its key. Deleting nothing is a success. */
  delete(input: DeleteItemInput): Promise<Answer<DeleteItemOutput>> {
    return this.#answer(deleteItem, input);
  }

  /** Query: the items of one partition key in the order of their sort keys, a page at a time. */
  query(input: QueryInput): Promise<Answer<QueryOutput>> {
    return this.#answer(query, input);
  }

  /** Scan: the items of a table or of one segment of it, a page at a time. */
  scan(input: ScanInput): Promise<Answer<ScanOutput>> {
    return this.#answer(scan, input);
  }

  /** BatchGetItem: up to 100 items of any tables. */
  batchGet(input: BatchGetItemInput): Promise<Answer<BatchGetItemOutput>> {
    return this.#answer(batchGetItem, input);
  }

  /** BatchWriteItem: up to 25 puts and deletes in any tables, each atomic, not the whole. */
  batchWrite(input: BatchWriteItemInput): Promise<Answer<BatchWriteItemOutput>> {
    return this.#answer(batchWriteItem, input);
  }

  /**
   * Any operation by its name in DynamoDB's API, with attribute values in typed shapes as in
   * DynamoDB's JSON: `{ S: 'a' }`. B is a Uint8Array, or base64 text with `binary: 'base64'`.
   *
   * @example
   * const key = { user_id: { S: 'u1' }, order_id: { S: 'o1' } };
   * const { Item } = await db.execute('GetItem', { TableName: 'Orders', Key: key });
   * console.log(Item?.total.N);
   */
  async execute<Name extends OperationName>(
    operation: Name,
    input: object,
    { binary = 'bytes' }: ExecuteOptions = {},
  ): Promise<Answer<OperationOutput<Name>>> {
    if (!isOperationName(operation)) {
      throw new InvalidArgument('db.execute(operation)', "an operation's name", operation);
    }
    const context = { ...this.#context, values: typedValues(binary) };
    const run: Operation = OPERATIONS[operation];
    return this.#answer(run, input, context) as Promise<Answer<OperationOutput<Name>>>;
  }

  /**
   * A fast handle of one table, which may be made before the table exists. `T` is the type of its
   * items, `K` names its key attributes.
   *
   * @example
   * const orders = db.table<Order, 'user_id' | 'order_id'>('Orders');
   * const order = orders.getSync({ user_id: 'u1', order_id: 'o1' });
   */
  table<T extends object = DocumentItem, K extends keyof T = never>(name: string): Table<T, K> {
    if (typeof name !== 'string') throw new InvalidArgument('db.table(name)', 'a string', name);
    const handle: Table<Item> = new TableHandle(this.#store, this.#context.catalog, name);
    // What a table's items look like is the caller's word; at run time there is one kind of handle.
    return handle as unknown as Table<T, K>;
  }

  /** Figures of the engine, for tools and tests. */
  async stats(): Promise<StoreFigures> {
    this.#requireOpen();
    return this.#store.stats();
  }

  /**
   * Resolves when every write made before the call is on disk. Of use with `durability: 'relaxed'`.
   */
  async sync(): Promise<void> {
    this.#requireOpen();
    await this.#store.sync();
  }

  /** Resolves when every write made before the call is in a table file. The engine does this by itself in time. */
  async flush(): Promise<void> {
    this.#requireOpen();
    await this.#store.flush();
  }

  /** Merges all table files down to one level, without what was deleted. The engine does this bit by bit by itself. */
  async compact(): Promise<void> {
    this.#requireOpen();
    await this.#store.compact();
  }

  /**
   * A token with which other threads of this process get the same interface on the same memory: send it to a worker and
   * call `attach(token)` there. It is good until this database is closed; close those of other threads first.
   *
   * @example
   * const worker = new Worker(file, { workerData: db.share() });
   */
  share(): SharedDatabase {
    this.#requireOpen();
    return this.#store.share() as SharedDatabase;
  }

  /**
   * Finishes what is in flight, makes it durable and lets go of the folder. Calling it again is
   * harmless.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(): Promise<void> {
    const stopped = this.#builder.close();
    await this.#store.close();
    await stopped;
  }

  /** Goes on with indexes that were not finished when the database was last closed, or crashed. */
  [RESUME](): void {
    this.#builder.resume();
  }

  async #answer<Output extends object>(
    operation: (context: OperationContext, input: unknown) => Promise<Output>,
    input: unknown,
    context = this.#context,
  ): Promise<Answer<Output>> {
    this.#requireOpen();
    return Object.assign(await operation(context, input), { $metadata: SUCCESS_METADATA });
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new DatabaseClosed();
  }
}
