// A database that another process has open, through its IPC door: the interface of `open`, call for call.
//
// Every method sends its input as it is and gives what the server's operation gave; errors are of the classes that the embedded
// door throws. What needs the engine in this process (getSync, share, the SDK in process) is not here.

import type { OperationName, OperationOutput } from '../api/operations.js';
import type * as shapes from '../api/shapes.js';
import type { Answer } from '../api/answer.js';
import type { StoreFigures } from '../engine/store.js';
import { SUCCESS_METADATA } from '../errors.js';
import type { DocumentItem } from '../operation/context.js';
import { StreamsDoor } from '../streams-door.js';
import { OPERATIONS } from '../api/operations.js';
import type { IpcClient } from './client.js';
import { RemoteTableHandle, type RemoteTable } from './remote-table.js';

/** Calls that change nothing: sent again if a connection failed before they were answered. */
const READS: ReadonlySet<string> = new Set(
  Object.keys(OPERATIONS).filter((name) =>
    /^(Get|Describe|List|Query|Scan|BatchGet|TransactGet)/.test(name),
  ),
);
const NAMES = new Map<unknown, string>(
  Object.entries(OPERATIONS).map(([name, run]) => [run, name]),
);

/**
 * A database in another process. Made by `connect`; close it, or declare it with `await using`.
 *
 * All calls of one tick travel together. A call that got no answer rejects with ConnectionLost or CallTimedOut, whose `outcome` says
 * what is known of it; reads, and transactions with a ClientRequestToken, are sent again by themselves.
 */
export class RemoteDatabase implements AsyncDisposable {
  readonly #client: IpcClient;
  /** The operations of DynamoDB's Streams API. */
  readonly streams: StreamsDoor;

  /** Use `connect`. */
  constructor(client: IpcClient) {
    this.#client = client;
    this.streams = new StreamsDoor((run, input) => this.#call(NAMES.get(run) ?? '', input));
  }

  createTable(input: shapes.CreateTableInput): Promise<Answer<shapes.CreateTableOutput>> {
    return this.#call('CreateTable', input);
  }

  updateTable(input: shapes.UpdateTableInput): Promise<Answer<shapes.UpdateTableOutput>> {
    return this.#call('UpdateTable', input);
  }

  updateTimeToLive(
    input: shapes.UpdateTimeToLiveInput,
  ): Promise<Answer<shapes.UpdateTimeToLiveOutput>> {
    return this.#call('UpdateTimeToLive', input);
  }

  describeTimeToLive(
    input: shapes.DescribeTimeToLiveInput,
  ): Promise<Answer<shapes.DescribeTimeToLiveOutput>> {
    return this.#call('DescribeTimeToLive', input);
  }

  tagResource(input: shapes.TagResourceInput): Promise<Answer<object>> {
    return this.#call('TagResource', input);
  }

  untagResource(input: shapes.UntagResourceInput): Promise<Answer<object>> {
    return this.#call('UntagResource', input);
  }

  listTagsOfResource(
    input: shapes.ListTagsOfResourceInput,
  ): Promise<Answer<shapes.ListTagsOfResourceOutput>> {
    return this.#call('ListTagsOfResource', input);
  }

  describeTable(input: shapes.DescribeTableInput): Promise<Answer<shapes.DescribeTableOutput>> {
    return this.#call('DescribeTable', input);
  }

  deleteTable(input: shapes.DeleteTableInput): Promise<Answer<shapes.DeleteTableOutput>> {
    return this.#call('DeleteTable', input);
  }

  listTables(input: shapes.ListTablesInput = {}): Promise<Answer<shapes.ListTablesOutput>> {
    return this.#call('ListTables', input);
  }

  put(input: shapes.PutItemInput): Promise<Answer<shapes.PutItemOutput>> {
    return this.#call('PutItem', input);
  }

  update(input: shapes.UpdateItemInput): Promise<Answer<shapes.UpdateItemOutput>> {
    return this.#call('UpdateItem', input);
  }

  get(input: shapes.GetItemInput): Promise<Answer<shapes.GetItemOutput>> {
    return this.#call('GetItem', input);
  }

  delete(input: shapes.DeleteItemInput): Promise<Answer<shapes.DeleteItemOutput>> {
    return this.#call('DeleteItem', input);
  }

  query(input: shapes.QueryInput): Promise<Answer<shapes.QueryOutput>> {
    return this.#call('Query', input);
  }

  scan(input: shapes.ScanInput): Promise<Answer<shapes.ScanOutput>> {
    return this.#call('Scan', input);
  }

  batchGet(input: shapes.BatchGetItemInput): Promise<Answer<shapes.BatchGetItemOutput>> {
    return this.#call('BatchGetItem', input);
  }

  batchWrite(input: shapes.BatchWriteItemInput): Promise<Answer<shapes.BatchWriteItemOutput>> {
    return this.#call('BatchWriteItem', input);
  }

  transactWrite(
    input: shapes.TransactWriteItemsInput,
  ): Promise<Answer<shapes.TransactWriteItemsOutput>> {
    return this.#call('TransactWriteItems', input);
  }

  transactGet(input: shapes.TransactGetItemsInput): Promise<Answer<shapes.TransactGetItemsOutput>> {
    return this.#call('TransactGetItems', input);
  }

  /** Any operation by its name, with attribute values in typed shapes: `{ S: 'a' }`, B as bytes. */
  execute<Name extends OperationName>(
    operation: Name,
    input: object,
  ): Promise<Answer<OperationOutput<Name>>> {
    return this.#call(`typed.${operation}`, input, READS.has(operation));
  }

  /** A handle of one table, as `db.table` of an embedded database gives, without `getSync`. */
  table<T extends object = DocumentItem, K extends keyof T = never>(
    name: string,
  ): RemoteTable<T, K> {
    return new RemoteTableHandle(this, name) as unknown as RemoteTable<T, K>;
  }

  /** Figures of the server's engine. */
  stats(): Promise<StoreFigures> {
    return this.#client.call('Stats', {}, true) as Promise<StoreFigures>;
  }

  /** Resolves when every write that was answered before is on the server's disk. */
  async sync(): Promise<void> {
    await this.#client.call('Sync', {}, true);
  }

  async flush(): Promise<void> {
    await this.#client.call('Flush', {}, true);
  }

  async compact(): Promise<void> {
    await this.#client.call('Compact', {}, true);
  }

  /** Waits for what is in flight, then closes the connection. The server's database stays open. */
  close(): Promise<void> {
    return this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #call<Output extends object>(
    operation: string,
    input: unknown,
    again = READS.has(operation) || hasToken(operation, input),
  ): Promise<Answer<Output>> {
    const output = (await this.#client.call(operation, input, again)) as Output;
    return Object.assign(output, { $metadata: SUCCESS_METADATA });
  }
}

/** A transaction that names a token is done once, however often it comes. */
function hasToken(operation: string, input: unknown): boolean {
  if (operation !== 'TransactWriteItems' || typeof input !== 'object' || input === null)
    return false;
  return typeof (input as { ClientRequestToken?: unknown }).ClientRequestToken === 'string';
}
