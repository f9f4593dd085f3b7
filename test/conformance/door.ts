// The conformance suite's idea of a database: DynamoDB's operations with lib-dynamodb's shapes,
// whatever is behind them. A runner (embedded.test.ts, later one for each door) gives a factory;
// cases/*.ts are functions over it.
//
// A case is a rule of the handbook and what shows it. Refusals compare name and text literally and
// may not change a thing; behaviours may do what they like, and each finds tables that are empty
// (shared-door.ts).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type {
  BatchGetItemOutput,
  BatchWriteItemOutput,
  CreateTableOutput,
  DeleteItemOutput,
  DeleteTableOutput,
  DescribeStreamOutput,
  DescribeTimeToLiveOutput,
  GetRecordsOutput,
  GetShardIteratorOutput,
  ListStreamsOutput,
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
import type { OperationName } from '../../host/api/operations.js';
import { sharedDoor } from './shared-door.js';

export interface Door {
  createTable(input: object): Promise<CreateTableOutput>;
  describeTable(input: object): Promise<DescribeTableOutput>;
  updateTable(input: object): Promise<UpdateTableOutput>;
  updateTimeToLive(input: object): Promise<UpdateTimeToLiveOutput>;
  describeTimeToLive(input: object): Promise<DescribeTimeToLiveOutput>;
  tagResource(input: object): Promise<object>;
  untagResource(input: object): Promise<object>;
  listTagsOfResource(input: object): Promise<ListTagsOfResourceOutput>;
  /**
   * Any operation as DynamoDB's own API has it: values are typed, `{ S: 'a' }`, whatever the door's
   * other methods take, and binary is bytes. For what documents cannot say, such as `{ N: 'abc' }`.
   */
  execute(operation: OperationName, input: object): Promise<object>;
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
  readonly streams: {
    listStreams(input: object): Promise<ListStreamsOutput>;
    describeStream(input: object): Promise<DescribeStreamOutput>;
    getShardIterator(input: object): Promise<GetShardIteratorOutput>;
    getRecords(input: object): Promise<GetRecordsOutput>;
  };
  close(): Promise<void>;
}

export type AccountOperation = OperationName;

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
const TABLES: readonly TableInput[] = [
  tableInput('Pairs', 'S', 'S'),
  tableInput('Numbers', 'S', 'N'),
  tableInput('Bytes', 'S', 'B'),
  tableInput('Single', 'S'),
  tableInput('ByNumber', 'N'),
  tableInput('ByBytes', 'B'),
];

/** `more`: inputs of CreateTable, for tables beside those that every suite finds. */
export function refusals(
  title: string,
  factory: DoorFactory,
  cases: readonly Refusal[],
  more: readonly TableInput[] = [],
): void {
  const database = sharedDoor(factory);
  const tables = [...TABLES, ...more];
  describe(`${title} refuses`, () => {
    let door: Door;
    before(async () => {
      door = await database.open(tables);
    });
    after(() => database.restore());
    for (const [rule, call, message, name = 'ValidationException'] of cases) {
      it(rule, async () => {
        await rejects(() => call(door), name, message);
      });
    }
    it('and changes nothing by it', async () => {
      const { TableNames } = await door.listTables({});
      assert.deepEqual(TableNames, tables.map(({ TableName: name }) => name).sort());
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
  const database = sharedDoor(factory);
  const tables = [...TABLES, ...more];
  describe(title, () => {
    for (const [rule, show] of cases) {
      it(rule, async () => {
        const door = await database.open(tables);
        try {
          await show(door);
        } finally {
          await database.restore();
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

/** CreateTable's input for a table with key `pk`, and `sk` if it has a sort key. */
export function tableInput(TableName: string, partition = 'S', sort?: string) {
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
