// CreateTable, DescribeTable, DeleteTable and ListTables: operations-control.md 1, 2, 6 and 11.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  rejects,
  tableInput,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';

const E = '1 validation error detected: ';
const F = ' failed to satisfy constraint: ';
const INVALID = 'One or more parameter values were invalid: ';
const hash = { AttributeName: 'a', KeyType: 'HASH' };
const range = { AttributeName: 'b', KeyType: 'RANGE' };
const a = { AttributeName: 'a', AttributeType: 'S' };
const b = { AttributeName: 'b', AttributeType: 'N' };

const create = (more: object) => (door: Door) =>
  door.createTable({
    TableName: 'New',
    KeySchema: [hash],
    AttributeDefinitions: [a],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  });
const provisioned = (ReadCapacityUnits: unknown, WriteCapacityUnits: unknown) =>
  create({
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits },
  });
const tags = (...Tags: object[]) => create({ Tags });

const CREATE: readonly Refusal[] = [
  [
    'a missing TableName',
    create({ TableName: undefined }),
    "The parameter 'TableName' is required but was not present in the request",
  ],
  [
    'a TableName of two characters',
    create({ TableName: 'ab' }),
    `${E}Value 'ab' at 'tableName'${F}Member must have length greater than or equal to 3`,
  ],
  [
    'a TableName with other characters',
    create({ TableName: 'a b c' }),
    `${E}Value 'a b c' at 'tableName'${F}Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  ],
  [
    'a table that exists, whatever the parameters',
    create({ TableName: 'Single', KeySchema: [] }),
    'Table already exists: Single',
    'ResourceInUseException',
  ],
  [
    'a missing KeySchema',
    create({ KeySchema: undefined }),
    `${E}Value null at 'keySchema'${F}Member must not be null`,
  ],
  [
    'a bad key type',
    create({ KeySchema: [{ ...hash, KeyType: 'X' }] }),
    `${E}Value 'X' at 'keySchema.1.member.keyType'${F}Member must satisfy enum value set: [HASH, RANGE]`,
  ],
  [
    'a bad attribute type',
    create({ AttributeDefinitions: [{ ...a, AttributeType: 'BOOL' }] }),
    `${E}Value 'BOOL' at 'attributeDefinitions.1.member.attributeType'${F}Member must satisfy enum value set: [B, N, S]`,
  ],
  [
    'a bad billing mode',
    create({ BillingMode: 'X' }),
    `${E}Value 'X' at 'billingMode'${F}Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]`,
  ],
  [
    'three table keys',
    create({ KeySchema: [hash, range, { AttributeName: 'c', KeyType: 'RANGE' }] }),
    `${E}Value '[KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, keyType=RANGE)]' at 'keySchema'${F}Member must have length less than or equal to 2`,
  ],
  [
    'throughput on demand',
    create({ ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }),
    `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    'no throughput when provisioned, which is the default',
    create({ BillingMode: undefined }),
    `${INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
  ],
  [
    '0 units, writes before reads',
    provisioned(0, 0),
    `2 validation errors detected: Value '0' at 'provisionedThroughput.writeCapacityUnits'${F}Member must have value greater than or equal to 1; Value '0' at 'provisionedThroughput.readCapacityUnits'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'faults of several members, in the order of the service',
    create({
      BillingMode: 'X',
      AttributeDefinitions: [{ ...a, AttributeType: 'X' }],
      KeySchema: [{ ...hash, KeyType: 'X' }],
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 1 },
    }),
    `4 validation errors detected: Value 'X' at 'attributeDefinitions.1.member.attributeType'${F}Member must satisfy enum value set: [B, N, S]; ` +
      `Value 'X' at 'billingMode'${F}Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]; ` +
      `Value '0' at 'provisionedThroughput.readCapacityUnits'${F}Member must have value greater than or equal to 1; ` +
      `Value 'X' at 'keySchema.1.member.keyType'${F}Member must satisfy enum value set: [HASH, RANGE]`,
  ],
  [
    'more than 10^12 units',
    provisioned(1_000_000_000_001, 1),
    'Given value 1000000000001 for ReadCapacityUnits is out of bounds',
  ],
  [
    'more units than the quota',
    provisioned(1, 40_001),
    'The requested WriteCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
    'LimitExceededException',
  ],
  [
    'a string for units',
    provisioned('1', 1),
    'STRING_VALUE cannot be converted to Long',
    'SerializationException',
  ],
  [
    'one name for both keys',
    create({ KeySchema: [hash, { ...range, AttributeName: 'a' }] }),
    'Both the Hash Key and the Range Key element in the KeySchema have the same name',
  ],
  [
    'a first key that is not HASH',
    create({ KeySchema: [{ ...hash, KeyType: 'RANGE' }] }),
    'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
  ],
  [
    'a second key that is not RANGE',
    create({ KeySchema: [hash, { ...range, KeyType: 'HASH' }], AttributeDefinitions: [a, b] }),
    'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
  ],
  [
    'more keys than definitions',
    create({ KeySchema: [hash, range] }),
    'Invalid KeySchema: Some index key attribute have no definition',
  ],
  [
    'a key without a definition',
    create({ KeySchema: [hash, range], AttributeDefinitions: [a, { ...b, AttributeName: 'c' }] }),
    `${INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [a, b], AttributeDefinitions: [a, c]`,
  ],
  [
    'a definition too many',
    create({ AttributeDefinitions: [a, b] }),
    `${INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
  ],
  [
    'a definition twice',
    create({ AttributeDefinitions: [a, a] }),
    'Attribute Name is duplicated: a',
  ],
  [
    'an empty list of indexes',
    create({ GlobalSecondaryIndexes: [] }),
    `${INVALID}List of GlobalSecondaryIndexes is empty`,
  ],
  [
    'a stream disabled with a view type',
    create({ StreamSpecification: { StreamEnabled: false, StreamViewType: 'KEYS_ONLY' } }),
    `${INVALID}Table is being created with a stream disabled, UpdateViewType should not be specified`,
  ],
  [
    'an unknown table class',
    create({ TableClass: 'X' }),
    'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].',
  ],
  ['no tags', tags(), 'Atleast one Tag needs to be provided as Input.'],
  [
    'a tag with an empty key',
    tags({ Key: '', Value: 'v' }),
    'The Tag Key provided is invalid, Key: ',
  ],
  [
    'a tag with other characters',
    tags({ Key: 'a#', Value: 'v' }),
    'The Tag Key provided is invalid, Key: a#',
  ],
  ['a tag without a value', tags({ Key: 'k' }), 'The Tag Value provided is invalid, Value: null'],
  [
    'a tag of aws:',
    tags({ Key: 'aws:k', Value: 'v' }),
    'Tag Key cannot be prefixed with aws:, Key: aws:k',
  ],
  [
    'a tag twice',
    tags({ Key: 'k', Value: 'v' }, { Key: 'k', Value: 'w' }),
    'Duplicate Tag Keys provided as input: Duplicate Tag Key found k',
  ],
];

const gone = (name: string) => `Requested resource not found: Table: ${name} not found`;
const OTHERS: readonly Refusal[] = [
  [
    'DescribeTable of a missing table',
    (door) => door.describeTable({ TableName: 'Nowhere' }),
    gone('Nowhere'),
    'ResourceNotFoundException',
  ],
  [
    'DeleteTable of a missing table',
    (door) => door.deleteTable({ TableName: 'Nowhere' }),
    gone('Nowhere'),
    'ResourceNotFoundException',
  ],
  [
    'DescribeTable without a name',
    (door) => door.describeTable({}),
    "The parameter 'TableName' is required but was not present in the request",
  ],
  [
    'DeleteTable without a name',
    (door) => door.deleteTable({}),
    "The parameter 'TableName' is required but was not present in the request",
  ],
  [
    'ListTables with Limit 0',
    (door) => door.listTables({ Limit: 0 }),
    `${E}Value '0' at 'limit'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'ListTables with Limit 101',
    (door) => door.listTables({ Limit: 101 }),
    `${E}Value '101' at 'limit'${F}Member must have value less than or equal to 100`,
  ],
];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'an on-demand table is described with 0 units and no absent feature',
    async (door) => {
      const { TableDescription } = await create({
        KeySchema: [hash, range],
        AttributeDefinitions: [a, b],
      })(door);
      assert.equal(TableDescription.TableName, 'New');
      const { Table } = await door.describeTable({ TableName: 'New' });
      assert.match(Table.TableId, UUID);
      assert.match(Table.TableArn, /^arn:aws:dynamodb:[a-z0-9-]+:\d{12}:table\/New$/);
      assert.ok(Table.CreationDateTime instanceof Date);
      const { TableId, TableArn, CreationDateTime, BillingModeSummary, ...rest } = Table;
      assert.equal(BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
      assert.ok(BillingModeSummary?.LastUpdateToPayPerRequestDateTime instanceof Date);
      assert.deepEqual(
        [TableId, TableArn, CreationDateTime],
        [TableDescription.TableId, TableDescription.TableArn, TableDescription.CreationDateTime],
      );
      assert.deepEqual(rest, {
        AttributeDefinitions: [a, b],
        DeletionProtectionEnabled: false,
        ItemCount: 0,
        KeySchema: [hash, range],
        ProvisionedThroughput: {
          NumberOfDecreasesToday: 0,
          ReadCapacityUnits: 0,
          WriteCapacityUnits: 0,
        },
        TableName: 'New',
        TableSizeBytes: 0,
        TableStatus: 'ACTIVE',
        WarmThroughput: {
          ReadUnitsPerSecond: 12_000,
          WriteUnitsPerSecond: 4_000,
          Status: 'ACTIVE',
        },
      });
    },
  ],
  [
    'a provisioned table shows its units, class and protection',
    async (door) => {
      await door.createTable({
        TableName: 'New',
        KeySchema: [hash],
        AttributeDefinitions: [a],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
        TableClass: 'STANDARD_INFREQUENT_ACCESS',
        DeletionProtectionEnabled: true,
        Tags: [{ Key: 'team', Value: 'a+b' }],
      });
      const { Table } = await door.describeTable({ TableName: 'New' });
      assert.deepEqual(Table.ProvisionedThroughput, {
        NumberOfDecreasesToday: 0,
        ReadCapacityUnits: 5,
        WriteCapacityUnits: 6,
      });
      assert.deepEqual(Table.TableClassSummary, { TableClass: 'STANDARD_INFREQUENT_ACCESS' });
      assert.equal(Table.DeletionProtectionEnabled, true);
      assert.equal(Table.BillingModeSummary, undefined);
      await rejects(
        () => door.deleteTable({ TableName: 'New' }),
        'ValidationException',
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    },
  ],
  [
    'DescribeTable counts the items and their bytes',
    async (door) => {
      await door.put({ TableName: 'Single', Item: { pk: 'p', a: 'xyz' } });
      await door.put({ TableName: 'Single', Item: { pk: 'q' } });
      const { Table } = await door.describeTable({ TableName: 'Single' });
      assert.equal(Table.ItemCount, 2);
      assert.equal(Table.TableSizeBytes, 10);
    },
  ],
  [
    'a deleted table is gone with its items; made again it has the same ARN and another id',
    async (door) => {
      await door.put({ TableName: 'Single', Item: { pk: 'p' } });
      const before = (await door.describeTable({ TableName: 'Single' })).Table;
      const { TableDescription } = await door.deleteTable({ TableName: 'Single' });
      assert.equal(TableDescription.TableStatus, 'DELETING');
      for (const member of ['KeySchema', 'AttributeDefinitions', 'CreationDateTime']) {
        assert.ok(!(member in TableDescription));
      }
      await rejects(
        () => door.scan({ TableName: 'Single' }),
        'ResourceNotFoundException',
        'Requested resource not found',
      );
      await door.createTable(tableInput('Single'));
      const after = (await door.describeTable({ TableName: 'Single' })).Table;
      assert.equal(after.TableArn, before.TableArn);
      assert.notEqual(after.TableId, before.TableId);
      assert.equal((await door.scan({ TableName: 'Single' })).Count, 0);
    },
  ],
  [
    'a table being created cannot be created, deleted or written; one being deleted cannot be deleted',
    async (door) => {
      const inUse = 'Attempt to change a resource which is still in use: ';
      const creating = door.createTable(tableInput('New'));
      await rejects(
        () => door.createTable(tableInput('New')),
        'ResourceInUseException',
        `${inUse}Table is being created: New`,
      );
      await creating;
      const deleting = door.deleteTable({ TableName: 'New' });
      await rejects(
        () => door.deleteTable({ TableName: 'New' }),
        'ResourceInUseException',
        `${inUse}Table is being deleted: New`,
      );
      await deleting;
      await rejects(
        () => door.deleteTable({ TableName: 'New' }),
        'ResourceNotFoundException',
        gone('New'),
      );
    },
  ],
  [
    'ListTables is in byte order, upper case first, and pages by name',
    async (door) => {
      for (const name of ['aaa', 'Zzz', '_under', 'a.b']) await door.createTable(tableInput(name));
      const { TableNames } = await door.listTables({});
      assert.deepEqual(TableNames, [
        'ByBytes',
        'ByNumber',
        'Bytes',
        'Numbers',
        'Pairs',
        'Single',
        'Zzz',
        '_under',
        'a.b',
        'aaa',
      ]);
      const first = await door.listTables({ Limit: 6 });
      assert.equal(first.LastEvaluatedTableName, 'Single');
      const second = await door.listTables({ Limit: 4, ExclusiveStartTableName: 'Single' });
      assert.deepEqual(second.TableNames, ['Zzz', '_under', 'a.b', 'aaa']);
      assert.equal(second.LastEvaluatedTableName, undefined);
      assert.deepEqual(
        (await door.listTables({ ExclusiveStartTableName: 'Tmissing' })).TableNames[0],
        'Zzz',
      );
    },
  ],
  [
    'a table may be called __proto__, in batches too',
    async (door) => {
      await door.createTable(tableInput('__proto__'));
      const key = { pk: 'p' };
      const put = JSON.parse('{"__proto__":[{"PutRequest":{"Item":{"pk":"p"}}}]}') as object;
      await door.batchWrite({ RequestItems: put });
      const get = JSON.parse('{"__proto__":{"Keys":[{"pk":"p"}]}}') as object;
      const { Responses } = await door.batchGet({ RequestItems: get });
      assert.deepEqual(Object.entries(Responses), [['__proto__', [key]]]);
    },
  ],
];

export function tables(factory: DoorFactory): void {
  refusals('CreateTable', factory, CREATE);
  refusals('a table operation', factory, OTHERS);
  behaviours('tables', factory, BEHAVIOURS);
}
