// Database: the embedded door. DynamoDB's operations in lib-dynamodb's shapes, and the fast handles
// of tables.
//
// The engine behind it is a Store; this file knows nothing of how one works. Invariant: once
// `close` has been called every method fails with DatabaseClosed, those of handles included (the
// store refuses).

import { DatabaseClosed, InvalidArgument, SUCCESS_METADATA } from './errors.js';
import type { CheckOptions, CheckReport } from './engine/check-report.js';
import { LaggingStore } from './engine/lagging-store.js';
import type { Store, StoreFigures } from './engine/store.js';
import {
  isOperationName,
  OPERATIONS,
  type Operation,
  type OperationName,
  type OperationOutput,
} from './api/operations.js';
import type { Answer, ExecuteOptions } from './api/answer.js';
import { typedContexts, type TypedContexts } from './api/typed-values.js';
import { Doors } from './api/doors.js';
import type { IpcDoor, ListenOptions } from './ipc/door.js';
import type { HttpDoor, HttpOptions } from './api/http-door.js';
import { sdkConfigOf, type SdkConfig } from './api/sdk/config.js';
import { DOCUMENT_VALUES, type DocumentItem, type OperationContext } from './operation/context.js';
import type { ResolvedOptions } from './options.js';
import { DocumentDoor } from './document-door.js';
import { DatabaseClock } from './database-clock.js';
import { IndexBuilder } from './index-builder.js';
import { Catalog } from './table/catalog.js';
import type { Item } from './table/item-types.js';
import { ChangeFeeds } from './stream/change-feeds.js';
import type { SharedDatabase } from './shared-database.js';
import { StreamsDoor } from './streams-door.js';
import { TableHandle, type Table } from './table/table-handle.js';
import { Upkeep } from './upkeep/upkeep.js';

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
export class Database extends DocumentDoor implements AsyncDisposable {
  readonly #context: OperationContext;
  /** The same for values in typed shapes, by what holds binary ones. */
  readonly #typed: TypedContexts;
  readonly #store: Store;
  readonly #builder: IndexBuilder;
  readonly #doors: Doors;
  readonly #upkeep: Upkeep;
  readonly #feeds: ChangeFeeds;
  #closing: Promise<void> | undefined;
  /** The operations of DynamoDB's Streams API. `db.table(name).stream()` is the comfortable way. */
  readonly streams: StreamsDoor;
  /** The time; with `clock: 'manual'` it can be advanced. */
  readonly clock: DatabaseClock;

  /** Use `open`. The owner goes on with indexes that were not finished when the database was last closed, or crashed. */
  constructor(
    engine: Store,
    options: Pick<ResolvedOptions, 'clock' | 'random'> & Partial<ResolvedOptions>,
    isOwner = false,
  ) {
    super();
    const { clock, random, tableDelayMs = 0, gsiDelayMs = 0 } = options;
    const store = gsiDelayMs > 0 ? new LaggingStore(engine, clock, gsiDelayMs) : engine;
    this.#store = store;
    const catalog = new Catalog(store, clock);
    const builder = new IndexBuilder(store, catalog, clock, tableDelayMs);
    this.#builder = builder;
    const values = DOCUMENT_VALUES;
    this.#upkeep = new Upkeep({ store, catalog, clock });
    this.clock = new DatabaseClock(clock, this.#upkeep);
    const horizonMs = (): Promise<number> => this.#upkeep.horizonMs();
    this.#feeds = new ChangeFeeds({ store, clock, random, horizonMs });
    this.#context = { store, catalog, clock, random, builder, tableDelayMs, horizonMs, values };
    this.#typed = typedContexts(this.#context);
    this.streams = new StreamsDoor((operation, input) => this.answer(operation, input));
    // While the database closes its doors still answer what they have taken.
    const execute = (operation: OperationName, input: object): Promise<object> =>
      OPERATIONS[operation](this.#typed.raw, input);
    this.#doors = new Doors({ database: () => ({ execute }), clock, random });
    if (isOwner) builder.resume();
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
    { binary = 'bytes', rawItems = false }: ExecuteOptions = {},
  ): Promise<Answer<OperationOutput<Name>>> {
    if (!isOperationName(operation)) {
      throw new InvalidArgument('db.execute(operation)', "an operation's name", operation);
    }
    if (!Object.hasOwn(this.#typed, binary)) {
      throw new InvalidArgument('db.execute(..., { binary })', "'bytes' or 'base64'", binary);
    }
    const run: Operation = OPERATIONS[operation];
    const context = this.#typed[rawItems ? 'raw' : binary];
    return this.answer(run, input, context) as Promise<Answer<OperationOutput<Name>>>;
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
    const handle: Table<Item> = new TableHandle(
      this.#store,
      this.#context.catalog,
      this.#feeds,
      name,
    );
    // What a table's items look like is the caller's word; at run time there is one kind of handle.
    return handle as unknown as Table<T, K>;
  }

  /** Figures of the engine, for tools and tests. */
  async stats(): Promise<StoreFigures> {
    this.#requireOpen();
    return this.#store.stats();
  }

  /**
   * Walks everything there is, beside readers and writers, and changes nothing: the memory of every shard, every byte of
   * every table file, indexes against their tables, streams. Damage is reported, not thrown.
   *
   * @example
   * const { ok, faults, items } = await db.check();
   */
  async check(options: CheckOptions = {}): Promise<CheckReport> {
    this.#requireOpen();
    return this.#store.check(options);
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
   * Serves DynamoDB's HTTP protocol to SDKs and tools until the door or the database is closed; on
   * loopback and a free port by default. Throws CannotListen if the address is taken.
   *
   * @example
   * const door = await db.serveHttp({ port: 8000 });
   * const client = new DynamoDBClient({ endpoint: door.url, region: 'us-east-1', credentials });
   */
  async serveHttp(options: HttpOptions = {}): Promise<HttpDoor> {
    this.#requireOpen();
    return this.#doors.http(options);
  }

  /**
   * Configuration with which clients of the AWS SDK for JavaScript v3 run on this database, in this process: no socket,
   * no signature. Paginators, waiters, middleware and retries are the SDK's own. Mappers that take a client (electrodb,
   * dynamodb-toolbox, dynamoose, dynamodb-onetable) run on it unchanged.
   *
   * @example
   * const client = new DynamoDBClient(db.sdkConfig());
   * const documents = DynamoDBDocumentClient.from(client);
   * await documents.send(new PutCommand({ TableName: 'Orders', Item: { user_id: 'u1', order_id: 'o1' } }));
   */
  sdkConfig(): SdkConfig {
    this.#requireOpen();
    return sdkConfigOf(this.#doors.sdk(() => this.#requireOpen()));
  }

  /**
   * Serves other processes over msgpack frames until the door or the database is closed: on a Unix socket in the folder by
   * default, or on TCP. `connect(door.address)` gives them the interface of `open`. Throws CannotListen.
   *
   * @example
   * const door = await db.listen();
   */
  async listen(options: ListenOptions = {}): Promise<IpcDoor> {
    this.#requireOpen();
    return this.#doors.ipc(this.#store, this.#context, options);
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
    await this.#doors.close();
    const stopped = this.#builder.close();
    await this.#feeds.close();
    await this.#upkeep.close();
    await this.#store.close();
    await stopped;
  }

  protected async answer<Output extends object>(
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
