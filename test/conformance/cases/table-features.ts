// CreateTable with indexes, streams, encryption and limits: operations-control.md 1 and 2.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';

const E = '1 validation error detected: ';
const F = ' failed to satisfy constraint: ';
const INVALID = 'One or more parameter values were invalid: ';

/** `a:S` in short. */
const define = (...names: string[]) =>
  names.map((name) => ({ AttributeName: name, AttributeType: 'S' }));
/** Key schema in short: `h(a)`, `r(b)`. */
const h = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
const r = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' });
const ALL = { ProjectionType: 'ALL' };

interface IndexShape {
  readonly KeySchema?: object[];
  readonly Projection?: object;
  readonly [member: string]: unknown;
}

const index = (IndexName: string, KeySchema: object[], more: IndexShape = {}) => ({
  IndexName,
  KeySchema,
  Projection: ALL,
  ...more,
});

/** A table `New` with keys a, b, the definitions a, b, c, d that are needed, and what is given. */
const create =
  (more: object, definitions: string[] = ['a', 'b', 'c']) =>
  (door: Door) =>
    door.createTable({
      TableName: 'New',
      KeySchema: [h('a'), r('b')],
      AttributeDefinitions: define(...definitions),
      BillingMode: 'PAY_PER_REQUEST',
      ...more,
    });
const global = (list: object[], definitions?: string[], more: object = {}) =>
  create({ GlobalSecondaryIndexes: list, ...more }, definitions);
const local = (list: object[], definitions?: string[], more: object = {}) =>
  create({ LocalSecondaryIndexes: list, ...more }, definitions);
const projecting = (Projection: object) => global([index('one', [h('c')], { Projection })]);
const units = (read: number, write: number) => ({
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
});
const PROVISIONED = { BillingMode: 'PROVISIONED', ...units(5, 5) };

const INDEXES: readonly Refusal[] = [
  ['an empty list of local indexes', local([]), `${INVALID}List of LocalSecondaryIndexes is empty`],
  [
    'an index name of two characters',
    global([index('xx', [h('c')])]),
    `${E}Value 'xx' at 'globalSecondaryIndexes.1.member.indexName'${F}Member must have length greater than or equal to 3`,
  ],
  [
    'an index name with other characters',
    global([index('a b', [h('c')])]),
    `${E}Value 'a b' at 'globalSecondaryIndexes.1.member.indexName'${F}Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  ],
  [
    'an index without a key schema',
    global([index('one', undefined as never)]),
    `${E}Value null at 'globalSecondaryIndexes.1.member.keySchema'${F}Member must not be null`,
  ],
  [
    'an index without a projection',
    global([index('one', [h('c')], { Projection: undefined })]),
    `${E}Value null at 'globalSecondaryIndexes.1.member.projection'${F}Member must not be null`,
  ],
  [
    'faults of global indexes before those of local ones',
    create({
      LocalSecondaryIndexes: [index('xx', [h('a'), r('c')])],
      GlobalSecondaryIndexes: [index('yy', [h('c')])],
    }),
    `2 validation errors detected: Value 'yy' at 'globalSecondaryIndexes.1.member.indexName'${F}Member must have length greater than or equal to 3; Value 'xx' at 'localSecondaryIndexes.1.member.indexName'${F}Member must have length greater than or equal to 3`,
  ],
  [
    'a bad key type of an index',
    global([index('one', [{ ...h('c'), KeyType: 'X' }])]),
    `${E}Value 'X' at 'globalSecondaryIndexes.1.member.keySchema.1.member.keyType'${F}Member must satisfy enum value set: [HASH, RANGE]`,
  ],
  [
    'a bad projection type',
    projecting({ ProjectionType: 'SOME' }),
    `${E}Value 'SOME' at 'globalSecondaryIndexes.1.member.projection.projectionType'${F}Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]`,
  ],
  [
    'an index key that begins with RANGE',
    global([index('one', [r('c')])]),
    'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
  ],
  [
    'RANGE before HASH',
    global([index('one', [h('a'), r('b'), h('c')])]),
    `${INVALID}All HASH key attributes must precede RANGE key attributes in the KeySchema`,
  ],
  [
    'five HASH attributes',
    global([index('one', ['c', 'd', 'e', 'f', 'g'].map(h))], ['a', 'b', 'c', 'd', 'e', 'f', 'g']),
    `${INVALID}The KeySchema exceeds the maximum allowed number of HASH key attributes`,
  ],
  [
    'five RANGE attributes',
    global(
      [index('one', [h('a'), ...['c', 'd', 'e', 'f', 'g'].map(r)])],
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    ),
    `${INVALID}The KeySchema exceeds the maximum allowed number of RANGE key attributes`,
  ],
  [
    'one name for both keys of an index',
    global([index('one', [h('c'), r('c')])]),
    'Both the Hash Key and the Range Key element in the KeySchema have the same name',
  ],
  [
    'a name twice in a key of several attributes',
    global([index('one', [h('c'), h('a'), r('c')])]),
    'The KeySchema contains multiple key attributes with the same name',
  ],
  [
    'an index key without a definition',
    global([index('one', [h('c'), r('x')])]),
    `${INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [c, x], AttributeDefinitions: [a, b, c]`,
  ],
  [
    'a definition that neither table nor index uses, before any other rule of indexes',
    global([index('one', [r('c')])], ['a', 'b', 'c', 'd']),
    `${INVALID}Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c, d], keys used: [a, b, c]`,
  ],
  [
    'a local index on a table without a sort key',
    create({
      KeySchema: [h('a')],
      AttributeDefinitions: define('a', 'c'),
      LocalSecondaryIndexes: [index('one', [h('a'), r('c')])],
    }),
    `${INVALID}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
  ],
  [
    'a local index without a sort key',
    local([index('one', [h('a')])], ['a', 'b']),
    `${INVALID}Index KeySchema does not have a range key for index: one`,
  ],
  [
    'a local index with another partition key',
    local([index('one', [h('c'), r('b')])]),
    `${INVALID}Index KeySchema does not have the same leading hash key as table KeySchema for index: one. index hash key: c, table hash key: a`,
  ],
  [
    'a local index with two partition keys',
    local([index('one', [h('a'), h('c')])]),
    'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
  ],
  [
    'three keys of a local index',
    local([index('one', [h('a'), r('b'), r('c')])]),
    `${E}Value '[KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, keyType=RANGE)]' at 'localSecondaryIndexes.1.member.keySchema'${F}Member must have length less than or equal to 2`,
  ],
  ['no projection type', projecting({}), `${INVALID}Unknown ProjectionType: null`],
  [
    'KEYS_ONLY with attributes',
    projecting({ ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['x'] }),
    `${INVALID}ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified`,
  ],
  [
    'ALL with attributes',
    projecting({ ProjectionType: 'ALL', NonKeyAttributes: ['x'] }),
    `${INVALID}ProjectionType is ALL, but NonKeyAttributes is specified`,
  ],
  [
    'INCLUDE without attributes',
    projecting({ ProjectionType: 'INCLUDE' }),
    `${INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
  ],
  [
    'INCLUDE with an empty list',
    projecting({ ProjectionType: 'INCLUDE', NonKeyAttributes: [] }),
    `${E}Value '[]' at 'globalSecondaryIndexes.1.member.projection.nonKeyAttributes'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'INCLUDE with an attribute twice',
    projecting({ ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'y', 'x'] }),
    `${INVALID}Duplicate element in NonKeyAttributes: x`,
  ],
  [
    'one name for a global and a local index',
    create({
      GlobalSecondaryIndexes: [index('one', [h('c')])],
      LocalSecondaryIndexes: [index('one', [h('a'), r('c')])],
    }),
    `${INVALID}Duplicate index name: one`,
  ],
  [
    'six local indexes',
    local([1, 2, 3, 4, 5, 6].map((n) => index(`lsi${n}`, [h('a'), r('c')]))),
    `${INVALID}Number of LocalSecondaryIndexes exceeds per-table limit of 5`,
  ],
  [
    'twenty-one global indexes',
    global(Array.from({ length: 21 }, (_, n) => index(`gsi${n}`, [h('c')]))),
    `${INVALID}GlobalSecondaryIndex count exceeds the per-table limit of 20`,
  ],
  [
    'units of an index on demand',
    global([index('one', [h('c')], units(1, 1))]),
    `${INVALID}ProvisionedThroughput should not be specified for index: one when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    'no units of an index of a provisioned table',
    global([index('one', [h('c')])], undefined, PROVISIONED),
    `${INVALID}ProvisionedThroughput is not specified for index: one`,
  ],
  [
    '0 units of an index',
    global([index('one', [h('c')], units(1, 0))], undefined, PROVISIONED),
    `${E}Value '0' at 'globalSecondaryIndexes.1.member.provisionedThroughput.writeCapacityUnits'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'more units of an index than the quota',
    global([index('one', [h('c')], units(40_001, 1))], undefined, PROVISIONED),
    'The requested ReadCapacityUnits for index one, 40001, is above the per index maximum for the account in us-east-1. Per index maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
    'LimitExceededException',
  ],
];

const onTable = (more: object) => create(more, ['a', 'b']);
const FEATURES: readonly Refusal[] = [
  [
    'a stream without a view type',
    onTable({ StreamSpecification: { StreamEnabled: true } }),
    `${INVALID}Table is being created with a stream enabled, UpdateViewType is required`,
  ],
  [
    'a stream that says neither on nor off',
    onTable({ StreamSpecification: {} }),
    `${E}Value null at 'streamSpecification.streamEnabled'${F}Member must not be null`,
  ],
  [
    'maxima on demand of a provisioned table',
    onTable({ ...PROVISIONED, OnDemandThroughput: { MaxReadRequestUnits: 5 } }),
    `${INVALID}MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
  ],
  [
    'a maximum of 0',
    onTable({ OnDemandThroughput: { MaxReadRequestUnits: 0 } }),
    `${INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range`,
  ],
  [
    'warm throughput below the units',
    onTable({ ...PROVISIONED, WarmThroughput: { ReadUnitsPerSecond: 4 } }),
    `${INVALID}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than ReadCapacityUnits of ProvisionedThroughput`,
  ],
  [
    'SSEType without encryption',
    onTable({ SSESpecification: { Enabled: false, SSEType: 'KMS' } }),
    `${INVALID}SSEType can not be specified if Enabled is false`,
  ],
  [
    'a key without SSEType',
    onTable({ SSESpecification: { Enabled: true, KMSMasterKeyId: 'k' } }),
    `${INVALID}SSEType KMS is required if KMSMasterKeyId is specified`,
  ],
  [
    'AES256',
    onTable({ SSESpecification: { Enabled: true, SSEType: 'AES256' } }),
    `${INVALID}SSEType AES256 is not supported`,
  ],
];

const described = async (door: Door) => (await door.describeTable({ TableName: 'New' })).Table;

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'indexes are described in their order, with ARN, keys, projection and figures, and are ACTIVE with the table',
    async (door) => {
      await create(
        {
          ...PROVISIONED,
          LocalSecondaryIndexes: [
            index('by-c', [h('a'), r('c')], { Projection: { ProjectionType: 'KEYS_ONLY' } }),
          ],
          GlobalSecondaryIndexes: [
            index('zz.g', [h('c'), h('d'), r('b'), r('a')], units(2, 3)),
            index('New', [h('c')], {
              ...units(1, 1),
              Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'y'] },
            }),
          ],
        },
        ['a', 'b', 'c', 'd'],
      )(door);
      const { TableArn, LocalSecondaryIndexes, GlobalSecondaryIndexes } = await described(door);
      assert.deepEqual(LocalSecondaryIndexes, [
        {
          IndexArn: `${TableArn}/index/by-c`,
          IndexName: 'by-c',
          IndexSizeBytes: 0,
          ItemCount: 0,
          KeySchema: [h('a'), r('c')],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ]);
      const common = { IndexSizeBytes: 0, IndexStatus: 'ACTIVE', ItemCount: 0 };
      assert.deepEqual(GlobalSecondaryIndexes, [
        {
          ...common,
          IndexArn: `${TableArn}/index/zz.g`,
          IndexName: 'zz.g',
          KeySchema: [h('c'), h('d'), r('b'), r('a')],
          Projection: ALL,
          ProvisionedThroughput: {
            NumberOfDecreasesToday: 0,
            ReadCapacityUnits: 2,
            WriteCapacityUnits: 3,
          },
          WarmThroughput: { ReadUnitsPerSecond: 2, WriteUnitsPerSecond: 3, Status: 'ACTIVE' },
        },
        {
          ...common,
          IndexArn: `${TableArn}/index/New`,
          IndexName: 'New',
          KeySchema: [h('c')],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'y'] },
          ProvisionedThroughput: {
            NumberOfDecreasesToday: 0,
            ReadCapacityUnits: 1,
            WriteCapacityUnits: 1,
          },
          WarmThroughput: { ReadUnitsPerSecond: 1, WriteUnitsPerSecond: 1, Status: 'ACTIVE' },
        },
      ]);
    },
  ],
  [
    'a table without indexes, stream or limits has no member for them',
    async (door) => {
      await onTable({ StreamSpecification: { StreamEnabled: false } })(door);
      const Table = await described(door);
      for (const member of [
        'GlobalSecondaryIndexes',
        'LocalSecondaryIndexes',
        'StreamSpecification',
        'LatestStreamArn',
        'LatestStreamLabel',
        'SSEDescription',
        'OnDemandThroughput',
        'TableClassSummary',
      ]) {
        assert.ok(!(member in Table), member);
      }
    },
  ],
  [
    'a stream is described with its view, and an ARN that ends with its label',
    async (door) => {
      await onTable({
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      })(door);
      const { TableArn, StreamSpecification, LatestStreamArn, LatestStreamLabel } =
        await described(door);
      assert.deepEqual(StreamSpecification, { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' });
      assert.match(LatestStreamLabel ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
      assert.equal(LatestStreamArn, `${TableArn}/stream/${LatestStreamLabel}`);
    },
  ],
  [
    'encryption, class, maxima and warm throughput are described',
    async (door) => {
      await onTable({
        SSESpecification: { Enabled: true },
        TableClass: 'STANDARD',
        OnDemandThroughput: { MaxReadRequestUnits: 7, MaxWriteRequestUnits: -1 },
        WarmThroughput: { ReadUnitsPerSecond: 20_000 },
      })(door);
      const { SSEDescription, TableClassSummary, OnDemandThroughput, WarmThroughput } =
        await described(door);
      assert.equal(SSEDescription?.Status, 'ENABLED');
      assert.equal(SSEDescription?.SSEType, 'KMS');
      assert.match(SSEDescription?.KMSMasterKeyArn ?? '', /^arn:aws:kms:us-east-1:\d{12}:key\//);
      assert.deepEqual(TableClassSummary, { TableClass: 'STANDARD' });
      assert.deepEqual(OnDemandThroughput, { MaxReadRequestUnits: 7 });
      assert.deepEqual(WarmThroughput, {
        ReadUnitsPerSecond: 20_000,
        WriteUnitsPerSecond: 4_000,
        Status: 'ACTIVE',
      });
    },
  ],
];

export function tableFeatures(factory: DoorFactory): void {
  refusals('CreateTable with indexes', factory, INDEXES);
  refusals('CreateTable with features', factory, FEATURES);
  behaviours('features of tables', factory, BEHAVIOURS);
}
