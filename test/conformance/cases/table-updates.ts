// UpdateTable: operations-control.md 3. Each refusal is of a table of its own making, since what is
// refused depends on the table; those that do not are first.

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
const IN_USE = 'Attempt to change a resource which is still in use: ';
const ALL = { ProjectionType: 'ALL' };

const update =
  (more: object, TableName = 'Single') =>
  (door: Door): ReturnType<Door['updateTable']> =>
    door.updateTable({ TableName, ...more });
const units = (ReadCapacityUnits: unknown, WriteCapacityUnits: unknown) => ({
  ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits },
});
const actions = (...GlobalSecondaryIndexUpdates: object[]) => ({ GlobalSecondaryIndexUpdates });
const define = (...names: string[]) => ({
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
});
const creating = (IndexName: string, hash = 'g', more: object = {}) => ({
  Create: {
    IndexName,
    KeySchema: [{ AttributeName: hash, KeyType: 'HASH' }],
    Projection: ALL,
    ...more,
  },
});
const deleting = (IndexName: string) => ({ Delete: { IndexName } });
const updating = (IndexName: string, read = 1, write = 1) => ({
  Update: { IndexName, ...units(read, write) },
});
const stream = (StreamEnabled: boolean, StreamViewType?: string) => ({
  StreamSpecification: { StreamEnabled, StreamViewType },
});
const SSE = { SSESpecification: { Enabled: true } };
const WARM = { WarmThroughput: { ReadUnitsPerSecond: 13_000 } };
const PROTECTED = { DeletionProtectionEnabled: true };

const STATIC: readonly Refusal[] = [
  [
    'nothing to do, with definitions alone',
    update(define('pk')),
    'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
  ],
  [
    'a missing table',
    update(PROTECTED, 'Nowhere'),
    'Requested resource not found: Table: Nowhere not found',
    'ResourceNotFoundException',
  ],
  [
    'a missing name',
    (door) => door.updateTable(PROTECTED),
    "The parameter 'TableName' is required but was not present in the request",
  ],
  [
    'one of two units',
    update(units(5, undefined)),
    `${E}Value null at 'provisionedThroughput.writeCapacityUnits'${F}Member must not be null`,
  ],
  [
    'units on demand',
    update(units(5, 5)),
    `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    'PROVISIONED alone',
    update({ BillingMode: 'PROVISIONED' }),
    `${INVALID}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
  ],
  [
    'a stream switched on without a view type',
    update(stream(true)),
    `${INVALID}If stream is being enabled then UpdateViewType is required`,
  ],
  [
    'a stream switched off with a view type',
    update(stream(false, 'NEW_IMAGE')),
    `${INVALID}If stream is being disabled, then UpdateViewType must not be specified`,
  ],
  [
    'a stream switched off where there is none',
    update(stream(false)),
    'Table has no stream to disable: TableName: Single',
  ],
  [
    'encryption with another change',
    update({ ...SSE, ...PROTECTED }),
    `${INVALID}Server-Side Encryption modification must be the only operation in the request`,
  ],
  [
    'a class with another change',
    update({ TableClass: 'STANDARD', ...stream(false) }),
    `${INVALID}TableClass modification must be the only operation in the request`,
  ],
  [
    'protection with another change',
    update({ ...PROTECTED, ...stream(false) }),
    `${INVALID}DeletionProtection modification must be the only operation in the request`,
  ],
  [
    'warm throughput with another change',
    update({ ...WARM, ...stream(false) }),
    `${INVALID}WarmThroughput must be the only operation in the request`,
  ],
  [
    'maxima with more than the billing mode',
    update({ OnDemandThroughput: { MaxReadRequestUnits: 5 }, ...stream(false) }),
    `${INVALID}OnDemandThroughput can only be combined with BillingMode in an UpdateTable request`,
  ],
  [
    'a stream with units',
    update({ ...units(1, 1), ...stream(false) }),
    `${INVALID}You cannot modify stream status while updating table IOPS`,
  ],
  [
    'an index with units',
    update({ ...units(1, 1), ...actions(deleting('one')) }),
    `${INVALID}You cannot create or delete index while updating table IOPS`,
  ],
  [
    'an index with a stream',
    update({ ...stream(false), ...actions(deleting('one')) }),
    `${INVALID}You cannot create or delete index while changing stream status`,
  ],
  [
    'an empty list of index updates',
    update(actions()),
    `${INVALID}List of GlobalSecondaryIndexUpdates is empty`,
  ],
  [
    'an empty index update',
    update(actions({})),
    `${INVALID}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null`,
  ],
  [
    'two actions in one index update',
    update(actions({ ...deleting('one'), ...updating('one') })),
    `${INVALID}Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object`,
  ],
  [
    'one index twice',
    update(actions(updating('one'), deleting('one'))),
    `${INVALID}Only one global secondary index update per index is allowed simultaneously. Index: one`,
  ],
  [
    'two indexes created in one call',
    update({ ...define('g'), ...actions(creating('one'), creating('two')) }),
    'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    'LimitExceededException',
  ],
  [
    'a missing index',
    update(actions(deleting('one'))),
    'Requested resource not found: Index one for table Single',
    'ResourceNotFoundException',
  ],
  [
    'a new index whose key is not defined in the call',
    update({ ...define('h'), ...actions(creating('one')) }),
    `${INVALID}AttributeDefinitions is not specified for index: one`,
  ],
  [
    'a new index whose key is stored, but not in the call',
    update(actions(creating('one', 'pk'))),
    `${INVALID}AttributeDefinitions is not specified for index: one`,
  ],
  [
    'a new index without a projection type',
    update({ ...define('g'), ...actions(creating('one', 'g', { Projection: {} })) }),
    `${INVALID}Unknown ProjectionType: null`,
  ],
  [
    'units of a new index on demand',
    update({ ...define('g'), ...actions(creating('one', 'g', units(1, 1))) }),
    `${INVALID}ProvisionedThroughput should not be specified for index: one when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    'warm throughput below the least',
    update({ WarmThroughput: { ReadUnitsPerSecond: 11_999 } }),
    `${INVALID}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial`,
  ],
  [
    'a short index name',
    update(actions(deleting('xx'))),
    `${E}Value 'xx' at 'globalSecondaryIndexUpdates.1.member.delete.indexName'${F}Member must have length greater than or equal to 3`,
  ],
];

/** A provisioned table `New` of 5 and 5 units, keys pk and sk, an LSI `local` and a GSI `one`. */
async function provisioned(door: Door): Promise<void> {
  const definition = tableInput('New', 'S', 'S') as { AttributeDefinitions: object[] };
  await door.createTable({
    ...definition,
    BillingMode: 'PROVISIONED',
    ...units(5, 5),
    AttributeDefinitions: [...definition.AttributeDefinitions, ...define('g').AttributeDefinitions],
    LocalSecondaryIndexes: [
      {
        IndexName: 'local',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'g', KeyType: 'RANGE' },
        ],
        Projection: ALL,
      },
    ],
    GlobalSecondaryIndexes: [{ ...creating('one').Create, ...units(5, 5) }],
  });
}

const described = async (door: Door, TableName = 'New') =>
  (await door.describeTable({ TableName })).Table;

/** Waits until all indexes of a table are active. */
export async function indexesActive(door: Door, TableName: string): Promise<void> {
  for (;;) {
    const { GlobalSecondaryIndexes = [] } = await described(door, TableName);
    if (GlobalSecondaryIndexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE')) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const onNew = (more: object) => update(more, 'New');
const DYNAMIC: readonly (readonly [string, object, string, string?])[] = [
  [
    'the units there are',
    units(5, 5),
    'The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 5. Requested WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  ],
  [
    'the units an index has',
    actions(updating('one', 5, 5)),
    'The provisioned throughput for the index one will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the index: 5. Requested ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the index: 5. Requested WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  ],
  [
    'more units than the quota',
    units(40_001, 5),
    'The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
    'LimitExceededException',
  ],
  [
    'maxima when provisioned',
    { OnDemandThroughput: { MaxWriteRequestUnits: 5 } },
    `${INVALID}MaxWriteRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
  ],
  [
    'an index that exists, before its schema is looked at',
    actions(creating('one', 'x')),
    'Attempting to create an index which already exists',
  ],
  [
    'an index with the name of a local one',
    actions(creating('local', 'x')),
    'Attempting to create an index which already exists',
  ],
  [
    'to delete a local index',
    actions(deleting('local')),
    'Cannot delete an index that is not a GlobalSecondaryIndex: local',
  ],
  [
    'to update a local index',
    actions(updating('local')),
    'Cannot update an index that is not a GlobalSecondaryIndex: local',
  ],
  [
    'a new index without units',
    { ...define('h'), ...actions(creating('two', 'h')) },
    `${INVALID}ProvisionedThroughput is not specified for index: two`,
  ],
  [
    'warm throughput below the units',
    { WarmThroughput: { WriteUnitsPerSecond: 4 } },
    `${INVALID}Requested WriteUnitsPerSecond for WarmThroughput for table is lower than WriteCapacityUnits of ProvisionedThroughput`,
  ],
];

const BEHAVIOURS: readonly Behaviour[] = [
  ...DYNAMIC.map(
    ([rule, change, text, name = 'ValidationException']): Behaviour => [
      `UpdateTable of a provisioned table refuses ${rule}, and changes nothing`,
      async (door) => {
        await provisioned(door);
        const before = await described(door);
        await rejects(() => onNew(change)(door), name, text);
        assert.deepEqual(await described(door), before);
      },
    ],
  ),
  [
    'new units: the answer has the old ones and says UPDATING, then the new ones are there, with the date of the increase',
    async (door) => {
      await provisioned(door);
      const { TableDescription } = await onNew(units(7, 5))(door);
      assert.equal(TableDescription.TableStatus, 'UPDATING');
      assert.equal(TableDescription.ProvisionedThroughput.ReadCapacityUnits, 5);
      const { TableStatus, ProvisionedThroughput, WarmThroughput } = await described(door);
      assert.equal(TableStatus, 'ACTIVE');
      const { LastIncreaseDateTime, ...rest } = ProvisionedThroughput;
      assert.ok(LastIncreaseDateTime instanceof Date);
      assert.deepEqual(rest, {
        NumberOfDecreasesToday: 0,
        ReadCapacityUnits: 7,
        WriteCapacityUnits: 5,
      });
      assert.equal(WarmThroughput?.ReadUnitsPerSecond, 7);
    },
  ],
  [
    'units may be lowered four times a day; a call that lowers both counts once, and each index for itself',
    async (door) => {
      await provisioned(door);
      for (const next of [4, 3, 2, 1]) await onNew(units(next, next))(door);
      const { ProvisionedThroughput } = await described(door);
      assert.equal(ProvisionedThroughput.NumberOfDecreasesToday, 4);
      await onNew(units(3, 3))(door);
      await assert.rejects(onNew(units(2, 2))(door), (error: Error) => {
        assert.equal(error.name, 'LimitExceededException');
        assert.match(
          error.message,
          /^Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day\. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds\. Number of decreases today: 4\. Last decrease at /,
        );
        return true;
      });
      await onNew(actions(updating('one', 4, 5)))(door);
      const [index] = (await described(door)).GlobalSecondaryIndexes ?? [];
      assert.equal(index.ProvisionedThroughput.NumberOfDecreasesToday, 1);
      assert.equal(index.ProvisionedThroughput.ReadCapacityUnits, 4);
      assert.equal(index.IndexStatus, 'ACTIVE');
    },
  ],
  [
    'to on demand and back: units are 0, then must be given for the table and every global index',
    async (door) => {
      await provisioned(door);
      await onNew({ BillingMode: 'PAY_PER_REQUEST' })(door);
      let Table = await described(door);
      assert.equal(Table.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
      assert.equal(Table.ProvisionedThroughput.ReadCapacityUnits, 0);
      assert.equal(Table.GlobalSecondaryIndexes?.[0].ProvisionedThroughput.WriteCapacityUnits, 0);
      assert.equal(Table.WarmThroughput?.ReadUnitsPerSecond, 12_000);
      await onNew({ BillingMode: 'PAY_PER_REQUEST' })(door);
      await onNew({ OnDemandThroughput: { MaxReadRequestUnits: 9, MaxWriteRequestUnits: 8 } })(
        door,
      );
      await onNew({ OnDemandThroughput: { MaxWriteRequestUnits: -1 } })(door);
      Table = await described(door);
      assert.deepEqual(Table.OnDemandThroughput, { MaxReadRequestUnits: 9 });
      await rejects(
        () => onNew({ BillingMode: 'PROVISIONED', ...units(3, 3) })(door),
        'ValidationException',
        `${INVALID}ProvisionedThroughput must be specified for index: one`,
      );
      await onNew({
        BillingMode: 'PROVISIONED',
        ...units(3, 3),
        ...actions(updating('one', 2, 2)),
      })(door);
      Table = await described(door);
      assert.equal(Table.BillingModeSummary?.BillingMode, 'PROVISIONED');
      assert.equal(Table.OnDemandThroughput, undefined);
      assert.equal(Table.ProvisionedThroughput.ReadCapacityUnits, 3);
      assert.equal(Table.GlobalSecondaryIndexes?.[0].ProvisionedThroughput.ReadCapacityUnits, 2);
      assert.equal(Table.WarmThroughput?.ReadUnitsPerSecond, 5);
    },
  ],
  [
    'a stream is switched on, off and on again: a new label each time, and the last one stays',
    async (door) => {
      const on = await update(stream(true, 'KEYS_ONLY'))(door);
      assert.equal(on.TableDescription.TableStatus, 'UPDATING');
      const first = await described(door, 'Single');
      assert.deepEqual(first.StreamSpecification, {
        StreamEnabled: true,
        StreamViewType: 'KEYS_ONLY',
      });
      await rejects(
        () => update(stream(true, 'NEW_IMAGE'))(door),
        'ValidationException',
        'Table already has an enabled stream: TableName: Single',
      );
      await update(stream(false))(door);
      const off = await described(door, 'Single');
      assert.ok(!('StreamSpecification' in off));
      assert.equal(off.LatestStreamArn, first.LatestStreamArn);
      await update(stream(true, 'NEW_IMAGE'))(door);
      const again = await described(door, 'Single');
      assert.notEqual(again.LatestStreamLabel, first.LatestStreamLabel);
    },
  ],
  [
    'deletion protection is on at once, keeps the table, and is not changed twice within 15 seconds',
    async (door) => {
      const { TableDescription } = await update(PROTECTED)(door);
      assert.equal(TableDescription.TableStatus, 'ACTIVE');
      assert.equal(TableDescription.DeletionProtectionEnabled, true);
      await update(PROTECTED)(door);
      await rejects(
        () => door.deleteTable({ TableName: 'Single' }),
        'ValidationException',
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
      await assert.rejects(update({ DeletionProtectionEnabled: false })(door), {
        name: 'ThrottlingException',
        message:
          /^Deletion protection setting for table Single modified within the previous 15000 milliseconds\. Please try again after /,
      });
    },
  ],
  [
    'the class changes twice in 30 days, with its date',
    async (door) => {
      await update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })(door);
      const { TableClassSummary } = await described(door, 'Single');
      assert.equal(TableClassSummary?.TableClass, 'STANDARD_INFREQUENT_ACCESS');
      assert.ok(TableClassSummary?.LastUpdateDateTime instanceof Date);
      await update({ TableClass: 'STANDARD' })(door);
      await rejects(
        () => update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })(door),
        'LimitExceededException',
        'Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).',
      );
    },
  ],
  [
    'encryption comes and goes',
    async (door) => {
      const { TableDescription } = await update(SSE)(door);
      assert.equal(TableDescription.TableStatus, 'ACTIVE');
      assert.equal(TableDescription.SSEDescription?.Status, 'UPDATING');
      assert.equal((await described(door, 'Single')).SSEDescription?.Status, 'ENABLED');
      await update({ SSESpecification: { Enabled: false } })(door);
      assert.ok(!('SSEDescription' in (await described(door, 'Single'))));
    },
  ],
  [
    'warm throughput rises and does not fall',
    async (door) => {
      await update(WARM)(door);
      assert.equal((await described(door, 'Single')).WarmThroughput?.ReadUnitsPerSecond, 13_000);
      await rejects(
        () => update({ WarmThroughput: { ReadUnitsPerSecond: 12_500 } })(door),
        'ValidationException',
        `${INVALID}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported`,
      );
    },
  ],
  [
    'a new global index: the table is UPDATING, the index CREATING, then ACTIVE; its definitions come and go with it',
    async (door) => {
      const { TableDescription } = await update({
        ...define('g', 'unused', 'pk'),
        ...actions(creating('one')),
      })(door);
      assert.equal(TableDescription.TableStatus, 'UPDATING');
      const [index] = TableDescription.GlobalSecondaryIndexes ?? [];
      assert.equal(index.IndexStatus, 'CREATING');
      assert.equal(index.Backfilling, false);
      await indexesActive(door, 'Single');
      const Table = await described(door, 'Single');
      assert.equal(Table.TableStatus, 'ACTIVE');
      assert.ok(!('Backfilling' in (Table.GlobalSecondaryIndexes?.[0] ?? {})));
      const names = Table.AttributeDefinitions?.map(({ AttributeName }) => AttributeName).sort();
      assert.deepEqual(names, ['g', 'pk']);
      const removal = await update(actions(deleting('one')))(door);
      assert.equal(removal.TableDescription.TableStatus, 'UPDATING');
      assert.equal(removal.TableDescription.GlobalSecondaryIndexes?.[0].IndexStatus, 'DELETING');
      const after = await described(door, 'Single');
      assert.equal(after.TableStatus, 'ACTIVE');
      assert.ok(!('GlobalSecondaryIndexes' in after));
      assert.deepEqual(
        after.AttributeDefinitions?.map(({ AttributeName }) => AttributeName),
        ['pk'],
      );
    },
  ],
  [
    'a new index has the items there were, without those of the wrong type, and those that are written meanwhile',
    async (door) => {
      const TableName = 'Single';
      const put = (pk: string, g: unknown) => door.put({ TableName, Item: { pk, g } });
      for (let n = 0; n < 40; n++) await put(`p${n}`, n % 4 === 0 ? n : `g${n % 2}`);
      const read = () =>
        door.query({
          TableName,
          IndexName: 'one',
          KeyConditionExpression: 'g = :g',
          ExpressionAttributeValues: { ':g': 'g1' },
        });
      await update({ ...define('g'), ...actions(creating('one')) })(door);
      const early = [
        rejects(
          read,
          'ValidationException',
          'Cannot read from backfilling global secondary index: one',
        ),
        put('p1', 'g0'),
        put('p4', 'g1'),
        door.delete({ TableName, Key: { pk: 'p3' } }),
        rejects(
          () => put('new', 7),
          'ValidationException',
          `${INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: one`,
        ),
      ];
      await Promise.all(early);
      await indexesActive(door, TableName);
      const { Items = [] } = await read();
      const keys = Items.map(({ pk }) => pk as string).sort();
      const odd = Array.from({ length: 20 }, (_, n) => `p${2 * n + 1}`);
      assert.deepEqual(keys, [...odd.filter((pk) => pk !== 'p1' && pk !== 'p3'), 'p4'].sort());
      const [index] = (await described(door, TableName)).GlobalSecondaryIndexes ?? [];
      assert.equal(index.ItemCount, 30);
    },
  ],
  [
    'twenty global indexes, one after the other, and no more; a type that contradicts the stored one is ignored',
    async (door) => {
      for (let n = 0; n < 20; n++) {
        const AttributeDefinitions = [{ AttributeName: 'g', AttributeType: n === 0 ? 'N' : 'S' }];
        await update({ AttributeDefinitions, ...actions(creating(`gsi${n}`)) })(door);
        await indexesActive(door, 'Single');
      }
      await rejects(
        () => update({ ...define('g'), ...actions(creating('last')) })(door),
        'LimitExceededException',
        'Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20',
      );
      const { AttributeDefinitions } = await described(door, 'Single');
      assert.deepEqual(
        AttributeDefinitions?.find(({ AttributeName }) => AttributeName === 'g')?.AttributeType,
        'N',
      );
    },
  ],
  [
    'while an index is created no other is created or deleted, units stay, and the table cannot be deleted',
    async (door) => {
      await provisioned(door);
      const change = { ...define('h'), ...actions(creating('two', 'h', units(1, 1))) };
      const began = onNew(change)(door);
      // The calls below run before the index can be finished: their checks are synchronous.
      await began;
      const later = { ...define('h'), ...actions(creating('three', 'h', units(1, 1))) };
      const limit =
        'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table';
      await Promise.all([
        rejects(() => onNew(later)(door), 'LimitExceededException', limit),
        rejects(() => onNew(actions(deleting('one')))(door), 'LimitExceededException', limit),
        rejects(
          () => onNew(units(9, 9))(door),
          'ResourceInUseException',
          `${IN_USE}Can't change table IOPS when an index is being created. Table: New Index: two`,
        ),
        rejects(
          () => door.deleteTable({ TableName: 'New' }),
          'ResourceInUseException',
          `${IN_USE}Cannot delete table while indexes are being created, updated, or deleted.`,
        ),
      ]);
      await indexesActive(door, 'New');
    },
  ],
];

export function tableUpdates(factory: DoorFactory): void {
  refusals('UpdateTable', factory, STATIC);
  behaviours('UpdateTable', factory, BEHAVIOURS);
}
