// The conformance suite's idea of a database: DynamoDB's operations with lib-dynamodb's shapes,
// whatever is behind them. A runner (embedded.test.ts, later one for each door) gives a factory;
// cases/*.ts are functions over it.
//
// A case is a rule of the handbook and what shows it. Refusals compare name and text literally and
// share one database, which must be as empty after them as before; behaviours may do what they
// like, each in tables of its own.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type {
  BatchGetItemOutput,
  BatchWriteItemOutput,
  CreateTableOutput,
  DeleteItemOutput,
  DeleteTableOutput,
  DescribeTimeToLiveOutput,
  ListTagsOfResourceOutput,
  UpdateTableOutput,
  UpdateTimeToLiveOutput,
  DescribeTableOutput,
  GetItemOutput,
  ListTablesOutput,
  PutItemOutput,
  QueryOutput,
  ScanOutput,
  TransactGetItemsOutput,
  TransactWriteItemsOutput,
  UpdateItemOutput,
} from '../../host/index.js';

export interface Door {
  createTable(input: object): Promise<CreateTableOutput>;
  describeTable(input: object): Promise<DescribeTableOutput>;
  updateTable(input: object): Promise<UpdateTableOutput>;
  updateTimeToLive(input: object): Promise<UpdateTimeToLiveOutput>;
  describeTimeToLive(input: object): Promise<DescribeTimeToLiveOutput>;
  tagResource(input: object): Promise<object>;
  untagResource(input: object): Promise<object>;
  listTagsOfResource(input: object): Promise<ListTagsOfResourceOutput>;
  /** Operations without a method of their own; none of them has items. */
  execute(operation: AccountOperation, input: object): Promise<object>;
  deleteTable(input: object): Promise<DeleteTableOutput>;
  listTables(input: object): Promise<ListTablesOutput>;
  put(input: object): Promise<PutItemOutput>;
  update(input: object): Promise<UpdateItemOutput>;
  get(input: object): Promise<GetItemOutput>;
  delete(input: object): Promise<DeleteItemOutput>;
  query(input: object): Promise<QueryOutput>;
  scan(input: object): Promise<ScanOutput>;
  batchGet(input: object): Promise<BatchGetItemOutput>;
  batchWrite(input: object): Promise<BatchWriteItemOutput>;
  transactWrite(input: object): Promise<TransactWriteItemsOutput>;
  transactGet(input: object): Promise<TransactGetItemsOutput>;
  close(): Promise<void>;
}

export type AccountOperation =
  | 'DeleteResourcePolicy'
  | 'DescribeContinuousBackups'
  | 'DescribeEndpoints'
  | 'DescribeLimits'
  | 'GetResourcePolicy'
  | 'PutResourcePolicy'
  | 'UpdateContinuousBackups';

export type DoorFactory = () => Promise<Door>;

/** Rule, call, text, and the exception's name if it is not ValidationException. */
export type Refusal = readonly [
  rule: string,
  call: (door: Door) => Promise<unknown>,
  message: string,
  name?: string,
];

export type Behaviour = readonly [rule: string, show: (door: Door) => Promise<void>];

/** Tables that every suite finds: keys S+S, S+N, S+B, and S, N, B alone. */
const TABLES: readonly (readonly [name: string, partition: string, sort?: string])[] = [
  ['Pairs', 'S', 'S'],
  ['Numbers', 'S', 'N'],
  ['Bytes', 'S', 'B'],
  ['Single', 'S'],
  ['ByNumber', 'N'],
  ['ByBytes', 'B'],
];

/** `more`: inputs of CreateTable, for tables beside those that every suite finds. */
export function refusals(
  title: string,
  factory: DoorFactory,
  cases: readonly Refusal[],
  more: readonly TableInput[] = [],
): void {
  describe(`${title} refuses`, () => {
    let door: Door;
    before(async () => {
      door = await withTables(factory, more);
    });
    after(() => door.close());
    for (const [rule, call, message, name = 'ValidationException'] of cases) {
      it(rule, async () => {
        await rejects(() => call(door), name, message);
      });
    }
    it('and changes nothing by it', async () => {
      const { TableNames } = await door.listTables({});
      assert.deepEqual(
        TableNames,
        [...TABLES.map(([table]) => table), ...more.map(({ TableName: name }) => name)].sort(),
      );
      for (const TableName of TableNames) assert.equal((await door.scan({ TableName })).Count, 0);
    });
  });
}

export function behaviours(
  title: string,
  factory: DoorFactory,
  cases: readonly Behaviour[],
  more: readonly TableInput[] = [],
): void {
  describe(title, () => {
    for (const [rule, show] of cases) {
      it(rule, async () => {
        const door = await withTables(factory, more);
        try {
          await show(door);
        } finally {
          await door.close();
        }
      });
    }
  });
}

export async function rejects(
  call: () => Promise<unknown>,
  name: string,
  message: string,
): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof Error);
    assert.equal(error.message, message);
    assert.equal(error.name, name);
    return true;
  });
}

export type TableInput = object & { readonly TableName: string };

async function withTables(factory: DoorFactory, more: readonly TableInput[]): Promise<Door> {
  const door = await factory();
  for (const [name, partition, sort] of TABLES)
    await door.createTable(tableInput(name, partition, sort));
  for (const input of more) await door.createTable(input);
  return door;
}

/** CreateTable's input for a table with key `pk`, and `sk` if it has a sort key. */
export function tableInput(TableName: string, partition = 'S', sort?: string): object {
  const KeySchema = [{ AttributeName: 'pk', KeyType: 'HASH' }];
  const AttributeDefinitions = [{ AttributeName: 'pk', AttributeType: partition }];
  if (sort !== undefined) {
    KeySchema.push({ AttributeName: 'sk', KeyType: 'RANGE' });
    AttributeDefinitions.push({ AttributeName: 'sk', AttributeType: sort });
  }
  return { TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' };
}

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** A value inside that many lists. */
export function nested(levels: number, inner: unknown = 'x'): unknown {
  let value = inner;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}
