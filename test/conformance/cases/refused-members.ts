// Members of CreateTable and UpdateTable about replicas in other regions and vector indexes: their
// rules hold, and what obeys them is refused. Handbook: operations-control.md 3 and 9,
// operations.md 11. Beside them the policy that comes with a new table.

import assert from 'node:assert/strict';
import { behaviours, refusals, type Behaviour, type DoorFactory, type Refusal } from '../door.js';
import { ENVELOPE as E, INVALID } from '../fixtures.js';

const F = ' failed to satisfy constraint: ';
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/';
const DENIED = 'AccessDeniedException';
const denied = (operation: string, table: string) =>
  `User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:${operation} on resource: ${TABLE}${table} ` +
  `because no identity-based policy allows the dynamodb:${operation} action`;

const VECTOR = {
  IndexName: 'byVector',
  VectorAttribute: { AttributeName: 'e' },
  Dimensions: 3,
  DistanceFunction: 'COSINE',
  Projection: { ProjectionType: 'ALL' },
};
const UNITS = { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } };
const PROVISIONED = {
  TableName: 'Units',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  ...UNITS,
};

const create =
  (more: object): Refusal[1] =>
  (door) =>
    door.createTable({
      TableName: 'New',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...more,
    });
const vectors = (...indexes: object[]): Refusal[1] =>
  create({ VectorIndexes: indexes.map((index) => ({ ...VECTOR, ...index })) });
const update =
  (more: object, TableName = 'Single'): Refusal[1] =>
  (door) =>
    door.updateTable({ TableName, ...more });
const replicas = (...ReplicaUpdates: object[]): Refusal[1] => update({ ReplicaUpdates });

const VECTORS: readonly Refusal[] = [
  [
    'a vector index of a provisioned table',
    create({ VectorIndexes: [VECTOR], BillingMode: 'PROVISIONED', ...UNITS }),
    `${INVALID}Vector indexes are only supported for PAY_PER_REQUEST tables`,
  ],
  [
    'a vector index without a name',
    vectors({ IndexName: undefined }),
    `${E}Value null at 'vectorIndexes.1.member.indexName'${F}Member must not be null`,
  ],
  [
    'a distance there is not',
    vectors({ DistanceFunction: 'FAR' }),
    `${E}Value 'FAR' at 'vectorIndexes.1.member.distanceFunction'${F}Member must satisfy enum value set: [COSINE, DOT_PRODUCT, EUCLIDEAN]`,
  ],
  [
    'more than 5 of them',
    vectors(...[1, 2, 3, 4, 5, 6].map((at) => ({ IndexName: `vector${at}` }))),
    `${INVALID}VectorIndex count exceeds the per-table limit of 5`,
  ],
  [
    'a search attribute that is not defined',
    vectors({ SearchSchema: [{ AttributeName: 'x', SearchSchemaElementType: 'HASH' }] }),
    `${INVALID}One element in SearchSchema is not defined in attribute definitions`,
  ],
  [
    'more than 4,096 dimensions',
    vectors({ Dimensions: 4_097 }),
    `${INVALID}Number of dimensions must be between 1 and 4096 inclusive.`,
  ],
  [
    'two sizes of one attribute',
    vectors({}, { IndexName: 'other', Dimensions: 4 }),
    `${INVALID}Conflicting attribute definition for 'e'. All VectorIndexes on the same vector attribute must use the same dimensions.`,
  ],
  ['a vector index', vectors({}), denied('CreateTable', 'New'), DENIED],
  [
    'a vector index more',
    update({ VectorIndexUpdates: [{ Create: VECTOR }] }),
    denied('UpdateTable', 'Single'),
    DENIED,
  ],
  [
    'to delete a vector index that is not there',
    update({ VectorIndexUpdates: [{ Delete: { IndexName: 'byVector' } }] }),
    'Requested resource not found: Index byVector for table Single',
    'ResourceNotFoundException',
  ],
];

const REPLICAS: readonly Refusal[] = [
  [
    'a list of no replicas',
    replicas(),
    `${E}Value '[]' at 'replicaUpdates'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'an element without an action',
    replicas({}),
    'There are no actions specified in the Replica Update Action of the request.',
  ],
  [
    'a replica without a region',
    replicas({ Create: {} }),
    `${E}Value null at 'replicaUpdates.1.member.create.regionName'${F}Member must not be null`,
  ],
  [
    'two replicas in one call',
    replicas({ Create: { RegionName: 'eu-west-1' } }, { Delete: { RegionName: 'ap-northeast-1' } }),
    'Update table operation with more than one create or delete replica actions not allowed',
  ],
  [
    'a replica in its own region',
    replicas({ Create: { RegionName: 'us-east-1' } }),
    'Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.',
  ],
  [
    'a replica beside another change',
    update({
      ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }],
      DeletionProtectionEnabled: true,
    }),
    `${INVALID}DeletionProtection modification must be the only operation in the request`,
  ],
  [
    'to delete a replica that is not there',
    replicas({ Delete: { RegionName: 'eu-west-1' } }),
    'Update global table operation failed because one or more replicas were not part of the global table. ' +
      'Please retry the request without these replicas: [eu-west-1].',
  ],
  [
    'a replica of a table with units of its own',
    update({ ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }] }, 'Units'),
    'Table write capacity should either be Pay-Per-Request or AutoScaled.',
  ],
  [
    'a replica',
    replicas({ Create: { RegionName: 'eu-west-1' } }),
    denied('UpdateTable', 'Single'),
    DENIED,
  ],
  [
    'a replica of a missing table',
    update({ ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }] }, 'Nowhere'),
    'Requested resource not found: Table: Nowhere not found',
    'ResourceNotFoundException',
  ],
  [
    'a consistency over regions',
    update({ MultiRegionConsistency: 'STRONG' }),
    denied('UpdateTable', 'Single'),
    DENIED,
  ],
  [
    'a table that is a replica',
    create({ GlobalTableSourceArn: `${TABLE}Single` }),
    denied('CreateTable', 'New'),
    DENIED,
  ],
];

const POLICY = { Version: '2012-10-17', Statement: [] };
const BEHAVIOURS: readonly Behaviour[] = [
  [
    'a policy that comes with a table is kept',
    async (door) => {
      await create({ ResourcePolicy: JSON.stringify(POLICY, null, 2) })(door);
      const answer = await door.execute('GetResourcePolicy', { ResourceArn: `${TABLE}New` });
      assert.equal((answer as { Policy: string }).Policy, JSON.stringify(POLICY));
    },
  ],
];

export function refusedMembers(factory: DoorFactory): void {
  refusals('vector indexes', factory, VECTORS);
  refusals('replicas', factory, REPLICAS, [PROVISIONED]);
  refusals('a policy with a table', factory, [
    [
      'a policy that is no JSON',
      create({ ResourcePolicy: '{' }),
      `${INVALID}Invalid policy document: Syntax errors in policy.`,
    ],
  ]);
  behaviours('a new table', factory, BEHAVIOURS);
}
