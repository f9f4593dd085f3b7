// `ferritedb/testing` as a test file uses it: tables from inputs and templates, seeds, reset, the environment for SDKs.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { DynamoDBClient, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { TemplateError, testDatabase } from '../../host/testing.js';
import { tablesOfTemplate } from '../../host/testing/template.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';

const USERS = {
  TableName: 'Users',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};

const TEMPLATE = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: dev }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: !Sub '\${AWS::StackName}-\${Stage}-orders'
      BillingMode: !If [IsProd, PROVISIONED, PAY_PER_REQUEST]
      ProvisionedThroughput: !If
        - IsProd
        - { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }
        - !Ref AWS::NoValue
      AttributeDefinitions:
        - { AttributeName: user, AttributeType: S }
        - { AttributeName: id, AttributeType: N }
        - { AttributeName: status, AttributeType: S }
      KeySchema:
        - { AttributeName: user, KeyType: HASH }
        - { AttributeName: id, KeyType: RANGE }
      GlobalSecondaryIndexes:
        - IndexName: byStatus
          KeySchema: [{ AttributeName: status, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
          ContributorInsightsSpecification: { Enabled: true }
      StreamSpecification: { StreamViewType: NEW_IMAGE }
      TimeToLiveSpecification: { AttributeName: expires, Enabled: true }
      SSESpecification: { SSEEnabled: true }
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
  Sessions:
    Type: AWS::Serverless::SimpleTable
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Environment: { Variables: { TABLE: !Ref Orders, ARN: !GetAtt Orders.Arn } }
`;

describe('testDatabase', () => {
  it('has the tables and seeds that were given, and has them again after a reset', async () => {
    const seeds = { Users: Array.from({ length: 30 }, (_, n) => ({ id: `u${n}`, n })) };
    await using fixture = await testDatabase({
      tables: [{ ...USERS, DeletionProtectionEnabled: true }],
      seeds,
    });
    const { db } = fixture;
    await db.put({ TableName: 'Users', Item: { id: 'new' } });
    await db.delete({ TableName: 'Users', Key: { id: 'u1' } });
    await db.createTable({ ...USERS, TableName: 'Another' } as never);
    await fixture.reset();
    assert.deepEqual((await db.listTables()).TableNames, ['Users']);
    const { Items = [] } = await db.scan({ TableName: 'Users' });
    assert.equal(Items.length, 30);
    assert.deepEqual(
      Items.find(({ id }) => id === 'u1'),
      { id: 'u1', n: 1 },
    );
  });

  it('makes the tables of a template, and reads seeds from a file', async (context) => {
    const folder = temporaryFolder(context as never);
    writeFileSync(join(folder, 'template.yaml'), TEMPLATE);
    writeFileSync(join(folder, 'seeds.json'), '{"Sessions":[{"id":"s1"}]}');
    await using fixture = await testDatabase({
      template: join(folder, 'template.yaml'),
      seeds: join(folder, 'seeds.json'),
    });
    const { db, sdkConfig } = fixture;
    assert.deepEqual((await db.listTables()).TableNames, ['Sessions', 'test-dev-orders']);
    const { Table } = await db.describeTable({ TableName: 'test-dev-orders' });
    assert.equal(Table?.GlobalSecondaryIndexes?.[0].IndexName, 'byStatus');
    assert.equal(Table?.StreamSpecification?.StreamViewType, 'NEW_IMAGE');
    assert.equal(Table?.SSEDescription?.Status, 'ENABLED');
    const { TimeToLiveDescription } = await db.describeTimeToLive({ TableName: 'test-dev-orders' });
    assert.equal(TimeToLiveDescription?.AttributeName, 'expires');
    const client = new DynamoDBClient(sdkConfig);
    const { Item } = await client.send(
      new GetItemCommand({ TableName: 'Sessions', Key: { id: { S: 's1' } } }),
    );
    assert.deepEqual(Item, { id: { S: 's1' } });
  });

  it('lets clients of the code under test find it by their environment', async () => {
    const before = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
    {
      await using fixture = await testDatabase({ tables: [USERS], http: true });
      assert.equal(process.env['AWS_ENDPOINT_URL_DYNAMODB'], fixture.url);
      const { TableNames } = await new DynamoDBClient({}).send(new ListTablesCommand({}));
      assert.deepEqual(TableNames, ['Users']);
    }
    assert.equal(process.env['AWS_ENDPOINT_URL_DYNAMODB'], before);
  });

  it('is there in some milliseconds', async (context) => {
    await (await testDatabase()).close(); // the threads of the process start once
    const beganMs = performance.now();
    await using _fixture = await testDatabase({ tables: [USERS] });
    context.diagnostic(
      `a fresh database with a table: ${(performance.now() - beganMs).toFixed(1)} ms`,
    );
  });
});

test('functions of a template: parameters, maps, joins, and what cannot be known', () => {
  const table = (name: string): string =>
    `Mappings: { Names: { dev: { table: mapped } } }\nParameters: { P: { Type: String } }\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: ${name}\n      KeySchema: []\n`;
  const nameOf = (name: string): string =>
    tablesOfTemplate(table(name), { P: 'given' })[0].table.TableName;
  assert.equal(nameOf('!Ref P'), 'given');
  assert.equal(nameOf('!Join [ "-", [a, !Ref P, c]]'), 'a-given-c');
  assert.equal(nameOf('!FindInMap [Names, dev, table]'), 'mapped');
  assert.equal(nameOf('!Select [1, !Split ["/", "x/y/z"]]'), 'y');
  assert.equal(
    nameOf('{ "Fn::Sub": ["${Own}.${AWS::Region}", { Own: !Ref P }] }'),
    'given.us-east-1',
  );
  for (const name of ['!Ref Nothing', '!GetAtt A.Arn', '!ImportValue x'])
    assert.throws(() => nameOf(name), TemplateError, name);
});
