// Clients of the AWS SDK, in this process and over HTTP: commands in both value forms, paginators, waiters, middleware,
// errors as their classes, aborting.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  ListTablesCommand,
  PutItemCommand,
  paginateListTables,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { open } from '../../host/index.js';
import { DOORS } from './doors.js';

const ORDERS = {
  TableName: 'Orders',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
} as const;

for (const [name, withConfig] of DOORS) {
  const test = (rule: string, show: (config: DynamoDBClientConfig) => Promise<void>): void => {
    it(rule, () =>
      withConfig(async (config) => {
        const client = new DynamoDBClient(config);
        await client.send(new CreateTableCommand(ORDERS as never));
        client.destroy();
        await show(config);
      }),
    );
  };

  describe(`The AWS SDK ${name}`, () => {
    test('document clients put, update and get', async (config) => {
      const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
      const Item = {
        pk: 'a',
        sk: 1,
        tags: new Set(['x', 'y']),
        bytes: Uint8Array.of(1, 2),
        n: 1.5,
      };
      const put = await documents.send(new PutCommand({ TableName: 'Orders', Item }));
      assert.equal(put.$metadata.httpStatusCode, 200);
      assert.match(put.$metadata.requestId ?? '', /^[0-9A-Z]{52}$/);
      const { Attributes } = await documents.send(
        new UpdateCommand({
          TableName: 'Orders',
          Key: { pk: 'a', sk: 1 },
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'ALL_NEW',
        }),
      );
      assert.deepEqual(Attributes, { ...Item, n: 2.5 });
      const got = await documents.send(
        new GetCommand({ TableName: 'Orders', Key: { pk: 'a', sk: 1 } }),
      );
      assert.deepEqual(got.Item, { ...Item, n: 2.5 });
    });

    test('paginators walk all pages', async (config) => {
      const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
      const puts = Array.from({ length: 25 }, (_, sk) => ({
        PutRequest: { Item: { pk: 'p', sk } },
      }));
      await documents.send(new BatchWriteCommand({ RequestItems: { Orders: puts } }));
      const found: unknown[] = [];
      let pages = 0;
      for await (const page of paginateQuery(
        { client: documents, pageSize: 10 },
        {
          TableName: 'Orders',
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': 'p' },
        },
      )) {
        pages++;
        found.push(...(page.Items ?? []).map(({ sk }) => sk));
      }
      assert.equal(pages, 3);
      assert.deepEqual(
        found,
        puts.map(({ PutRequest }) => PutRequest.Item.sk),
      );
      const names: string[] = [];
      for await (const page of paginateListTables({ client: new DynamoDBClient(config) }, {}))
        names.push(...(page.TableNames ?? []));
      assert.deepEqual(names, ['Orders']);
    });

    test('waiters see a table come and go', async (config) => {
      const client = new DynamoDBClient(config);
      const { state } = await waitUntilTableExists(
        { client, maxWaitTime: 5, minDelay: 1, maxDelay: 2 },
        { TableName: 'Orders' },
      );
      assert.equal(state, 'SUCCESS');
      await client.send(new DeleteTableCommand({ TableName: 'Orders' }));
      await waitUntilTableNotExists(
        { client, maxWaitTime: 5, minDelay: 1, maxDelay: 2 },
        { TableName: 'Orders' },
      );
    });

    test('errors are the classes of the SDK, with their members', async (config) => {
      const client = new DynamoDBClient(config);
      const Item = { pk: { S: 'a' }, sk: { N: '1' } };
      const TableName = 'Orders';
      await client.send(new PutItemCommand({ TableName, Item }));
      const put = {
        TableName,
        Item,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      } as const;
      await assert.rejects(client.send(new PutItemCommand(put)), (error) => {
        assert.ok(error instanceof ConditionalCheckFailedException);
        assert.equal(error.message, 'The conditional request failed');
        assert.deepEqual(error.Item, Item);
        assert.equal(error.$metadata.httpStatusCode, 400);
        return true;
      });
      const transaction = new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] });
      await assert.rejects(client.send(transaction), (error) => {
        assert.ok(error instanceof TransactionCanceledException);
        assert.equal(error.CancellationReasons?.[0].Code, 'ConditionalCheckFailed');
        assert.deepEqual(error.CancellationReasons?.[0].Item, Item);
        return true;
      });
      await assert.rejects(client.send(new PutItemCommand({ TableName: 'Absent', Item })), {
        name: 'ResourceNotFoundException',
        message: 'Requested resource not found',
      });
    });

    test('middleware sees requests and answers', async (config) => {
      const client = new DynamoDBClient(config);
      const seen: string[] = [];
      client.middlewareStack.add(
        (next, context) => async (args) => {
          seen.push(context.commandName ?? '');
          return next(args);
        },
        { step: 'build' },
      );
      await client.send(new ListTablesCommand({}));
      assert.deepEqual(seen, ['ListTablesCommand']);
    });

    test('an aborted call rejects', async (config) => {
      const client = new DynamoDBClient(config);
      const abort = new AbortController();
      abort.abort();
      await assert.rejects(client.send(new ListTablesCommand({}), { abortSignal: abort.signal }), {
        name: 'AbortError',
      });
    });

    test('the streams client reads what was written', async (config) => {
      const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
      for (const n of [1, 2])
        await documents.send(new PutCommand({ TableName: 'Orders', Item: { pk: 'a', sk: 1, n } }));
      const streams = new DynamoDBStreamsClient(config as never);
      const { Streams = [] } = await streams.send(new ListStreamsCommand({ TableName: 'Orders' }));
      const StreamArn = Streams[0].StreamArn as string;
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
      const names: unknown[] = [];
      for (const { ShardId } of StreamDescription?.Shards ?? []) {
        const { ShardIterator } = await streams.send(
          new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
        );
        const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
        for (const { eventName, dynamodb } of Records)
          names.push([
            eventName,
            dynamodb?.NewImage?.n.N,
            dynamodb?.ApproximateCreationDateTime instanceof Date,
          ]);
      }
      assert.deepEqual(names, [
        ['INSERT', '1', true],
        ['MODIFY', '2', true],
      ]);
    });
  });
}

describe('The AWS SDK in process', () => {
  it('says at once that the database is closed', async () => {
    const db = await open();
    const client = new DynamoDBClient(db.sdkConfig());
    await db.close();
    await assert.rejects(client.send(new ListTablesCommand({})), { code: 'DatabaseClosed' });
    assert.throws(() => db.sdkConfig(), { code: 'DatabaseClosed' });
  });
});
