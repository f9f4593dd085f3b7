// DynamoDB's operations as methods, in lib-dynamodb's shapes: the part of the embedded door that has a method for each.

import type { Answer } from './api/answer.js';
import { OPERATIONS } from './api/operations.js';
import type * as shapes from './api/shapes.js';
import type { OperationContext } from './operation/context.js';

export abstract class DocumentDoor {
  /** Runs an operation on plain JavaScript values. */
  protected abstract answer<Output extends object>(
    operation: (context: OperationContext, input: unknown) => Promise<Output>,
    input: unknown,
  ): Promise<Answer<Output>>;

  /** Makes a table. It is ACTIVE (but for `tableDelayMs`), and durable, when the promise resolves. */
  createTable(input: shapes.CreateTableInput): Promise<Answer<shapes.CreateTableOutput>> {
    return this.answer(OPERATIONS.CreateTable, input);
  }

  /**
   * Changes a table: billing, units, global indexes, stream, encryption, class, protection. It is done when the promise
   * resolves, but for an index that is created: DescribeTable shows how that goes.
   */
  updateTable(input: shapes.UpdateTableInput): Promise<Answer<shapes.UpdateTableOutput>> {
    return this.answer(OPERATIONS.UpdateTable, input);
  }

  /** Names the attribute that says when an item expires, or stops expiry. */
  updateTimeToLive(
    input: shapes.UpdateTimeToLiveInput,
  ): Promise<Answer<shapes.UpdateTimeToLiveOutput>> {
    return this.answer(OPERATIONS.UpdateTimeToLive, input);
  }

  /** Which attribute says when an item expires. */
  describeTimeToLive(
    input: shapes.DescribeTimeToLiveInput,
  ): Promise<Answer<shapes.DescribeTimeToLiveOutput>> {
    return this.answer(OPERATIONS.DescribeTimeToLive, input);
  }

  /** Adds labels to a table, or replaces them. */
  tagResource(input: shapes.TagResourceInput): Promise<Answer<object>> {
    return this.answer(OPERATIONS.TagResource, input);
  }

  /** Takes labels off a table. */
  untagResource(input: shapes.UntagResourceInput): Promise<Answer<object>> {
    return this.answer(OPERATIONS.UntagResource, input);
  }

  /** The labels of a table, 10 a page. */
  listTagsOfResource(
    input: shapes.ListTagsOfResourceInput,
  ): Promise<Answer<shapes.ListTagsOfResourceOutput>> {
    return this.answer(OPERATIONS.ListTagsOfResource, input);
  }

  /** What a table is and how it stands. */
  describeTable(input: shapes.DescribeTableInput): Promise<Answer<shapes.DescribeTableOutput>> {
    return this.answer(OPERATIONS.DescribeTable, input);
  }

  /** Drops a table and all its items. Done, durably, when the promise resolves. */
  deleteTable(input: shapes.DeleteTableInput): Promise<Answer<shapes.DeleteTableOutput>> {
    return this.answer(OPERATIONS.DeleteTable, input);
  }

  /** The names of all tables, in byte order, 100 a page. */
  listTables(input: shapes.ListTablesInput = {}): Promise<Answer<shapes.ListTablesOutput>> {
    return this.answer(OPERATIONS.ListTables, input);
  }

  /** PutItem: creates an item, or replaces the whole of it. */
  put(input: shapes.PutItemInput): Promise<Answer<shapes.PutItemOutput>> {
    return this.answer(OPERATIONS.PutItem, input);
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
  update(input: shapes.UpdateItemInput): Promise<Answer<shapes.UpdateItemOutput>> {
    return this.answer(OPERATIONS.UpdateItem, input);
  }

  /** GetItem: reads one item by its key. `Item` is absent if there is none. */
  get(input: shapes.GetItemInput): Promise<Answer<shapes.GetItemOutput>> {
    return this.answer(OPERATIONS.GetItem, input);
  }

  /** DeleteItem: deletes an item by its key. Deleting nothing is a success. */
  delete(input: shapes.DeleteItemInput): Promise<Answer<shapes.DeleteItemOutput>> {
    return this.answer(OPERATIONS.DeleteItem, input);
  }

  /** Query: the items of one partition key in the order of their sort keys, a page at a time. */
  query(input: shapes.QueryInput): Promise<Answer<shapes.QueryOutput>> {
    return this.answer(OPERATIONS.Query, input);
  }

  /** Scan: the items of a table or of one segment of it, a page at a time. */
  scan(input: shapes.ScanInput): Promise<Answer<shapes.ScanOutput>> {
    return this.answer(OPERATIONS.Scan, input);
  }

  /** BatchGetItem: up to 100 items of any tables. */
  batchGet(input: shapes.BatchGetItemInput): Promise<Answer<shapes.BatchGetItemOutput>> {
    return this.answer(OPERATIONS.BatchGetItem, input);
  }

  /** BatchWriteItem: up to 25 puts and deletes in any tables, each atomic, not the whole. */
  batchWrite(input: shapes.BatchWriteItemInput): Promise<Answer<shapes.BatchWriteItemOutput>> {
    return this.answer(OPERATIONS.BatchWriteItem, input);
  }

  /**
   * TransactWriteItems: up to 100 puts, updates, deletes and condition checks in any tables, all or
   * none of them. A cancelled transaction rejects with TransactionCanceledException, whose
   * CancellationReasons say why, action by action.
   *
   * @example
   * await db.transactWrite({
   *   TransactItems: [
   *     { Put: { TableName: 'Orders', Item: order, ConditionExpression: 'attribute_not_exists(order_id)' } },
   *     {
   *       Update: {
   *         TableName: 'Stock',
   *         Key: { sku: 'a' },
   *         UpdateExpression: 'SET amount = amount - :n',
   *         ConditionExpression: 'amount >= :n',
   *         ExpressionAttributeValues: { ':n': 1 },
   *       },
   *     },
   *   ],
   * });
   */
  transactWrite(
    input: shapes.TransactWriteItemsInput,
  ): Promise<Answer<shapes.TransactWriteItemsOutput>> {
    return this.answer(OPERATIONS.TransactWriteItems, input);
  }

  /** TransactGetItems: up to 100 items of any tables as they were at one moment. */
  transactGet(input: shapes.TransactGetItemsInput): Promise<Answer<shapes.TransactGetItemsOutput>> {
    return this.answer(OPERATIONS.TransactGetItems, input);
  }
}
