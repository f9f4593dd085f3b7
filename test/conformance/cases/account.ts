// Limits, endpoints, continuous backups and resource policies: operations-control.md 2, 7 and 10.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  rejects,
  type AccountOperation,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';

const E = '1 validation error detected: ';
const F = ' failed to satisfy constraint: ';
const INVALID = 'One or more parameter values were invalid: ';
const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/Single';
const NOWHERE = ARN.replace('Single', 'Nowhere');
const NO_POLICY = `Resource-based policy not found for the provided ResourceArn: ${ARN}`;
const DOCUMENT = { Version: '2012-10-17', Statement: [] };

const run = (operation: AccountOperation, input: object) => (door: Door) =>
  door.execute(operation, input);
const put = (Policy: unknown, more: object = {}) =>
  run('PutResourcePolicy', { ResourceArn: ARN, Policy, ...more });
const recovery = (specification: object | undefined, TableName = 'Single') =>
  run('UpdateContinuousBackups', {
    TableName,
    PointInTimeRecoverySpecification: specification,
  });

const REFUSALS: readonly Refusal[] = [
  [
    'backups of a missing table',
    run('DescribeContinuousBackups', { TableName: 'Nowhere' }),
    'Table not found: Nowhere',
    'TableNotFoundException',
  ],
  [
    'to change backups of a missing table',
    recovery({ PointInTimeRecoveryEnabled: true }, 'Nowhere'),
    'Table not found: Nowhere',
    'TableNotFoundException',
  ],
  [
    'no specification',
    recovery(undefined),
    `${E}Value null at 'pointInTimeRecoverySpecification'${F}Member must not be null`,
  ],
  [
    'a period of 36 days',
    recovery({ PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 36 }),
    `${E}Value '36' at 'pointInTimeRecoverySpecification.recoveryPeriodInDays'${F}Member must have value less than or equal to 35`,
  ],
  [
    'a period for what is switched off',
    recovery({ PointInTimeRecoveryEnabled: false, RecoveryPeriodInDays: 5 }),
    'Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.',
  ],
  [
    'a policy of a missing table',
    run('GetResourcePolicy', { ResourceArn: NOWHERE }),
    'Requested resource not found: Table: Nowhere not found',
    'ResourceNotFoundException',
  ],
  [
    'a policy that is not there',
    run('GetResourcePolicy', { ResourceArn: ARN }),
    NO_POLICY,
    'PolicyNotFoundException',
  ],
  [
    'a revision that is not there',
    put(JSON.stringify(DOCUMENT), { ExpectedRevisionId: '1' }),
    NO_POLICY,
    'PolicyNotFoundException',
  ],
  ['no policy document', put(undefined), `${E}Value null at 'policy'${F}Member must not be null`],
  [
    'a policy of more than 20,480 bytes',
    put(' '.repeat(20_481)),
    `${INVALID}Maximum policy size of 20480 bytes exceeded`,
  ],
];

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'the limits are those of a new account',
    async (door) => {
      const { AccountMaxReadCapacityUnits, TableMaxWriteCapacityUnits } = (await door.execute(
        'DescribeLimits',
        {},
      )) as Record<string, unknown>;
      assert.deepEqual([AccountMaxReadCapacityUnits, TableMaxWriteCapacityUnits], [80_000, 40_000]);
    },
  ],
  [
    'there is one endpoint',
    async (door) => {
      const { Endpoints } = (await door.execute('DescribeEndpoints', {})) as Record<
        string,
        unknown
      >;
      assert.deepEqual(Endpoints, [
        { Address: 'dynamodb.us-east-1.amazonaws.com', CachePeriodInMinutes: 1_440 },
      ]);
    },
  ],
  [
    'point-in-time recovery is off, then on with its window, then off',
    async (door) => {
      const state = async () => {
        const answer = await door.execute('DescribeContinuousBackups', { TableName: 'Single' });
        const { ContinuousBackupsDescription } = answer as {
          ContinuousBackupsDescription: Record<string, unknown>;
        };
        assert.equal(ContinuousBackupsDescription.ContinuousBackupsStatus, 'ENABLED');
        return ContinuousBackupsDescription.PointInTimeRecoveryDescription as Record<
          string,
          unknown
        >;
      };
      assert.deepEqual(await state(), { PointInTimeRecoveryStatus: 'DISABLED' });
      await recovery({ PointInTimeRecoveryEnabled: true })(door);
      const on = await state();
      assert.equal(on.PointInTimeRecoveryStatus, 'ENABLED');
      assert.equal(on.RecoveryPeriodInDays, 35);
      assert.ok(on.EarliestRestorableDateTime instanceof Date);
      assert.deepEqual(on.LatestRestorableDateTime, on.EarliestRestorableDateTime);
      await recovery({ PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 2 })(door);
      assert.equal((await state()).RecoveryPeriodInDays, 2);
      await recovery({ PointInTimeRecoveryEnabled: false })(door);
      assert.deepEqual(await state(), { PointInTimeRecoveryStatus: 'DISABLED' });
    },
  ],
  [
    'a policy comes back without white space; the same document keeps its revision',
    async (door) => {
      const text = JSON.stringify(DOCUMENT, null, 2);
      const first = (await put(text, { ExpectedRevisionId: 'NO_POLICY' })(door)) as {
        RevisionId: string;
      };
      assert.match(first.RevisionId, /^\d{13}$/);
      const again = (await put(text)(door)) as { RevisionId: string };
      assert.equal(again.RevisionId, first.RevisionId);
      const { Policy, RevisionId } = (await door.execute('GetResourcePolicy', {
        ResourceArn: ARN,
      })) as Record<string, string>;
      assert.equal(Policy, JSON.stringify(DOCUMENT));
      assert.equal(RevisionId, first.RevisionId);
      await rejects(
        () => put(text, { ExpectedRevisionId: 'NO_POLICY' })(door),
        'PolicyNotFoundException',
        NO_POLICY,
      );
      await assert.rejects(run('DeleteResourcePolicy', { ResourceArn: ARN })(door), {
        name: 'ThrottlingException',
        message:
          /^Resource-based policy for table Single modified within the previous 15000 milliseconds\. Please try again after .*\.$/,
      });
    },
  ],
  [
    'to delete a policy that is not there is no fault',
    async (door) => {
      const answer = await door.execute('DeleteResourcePolicy', { ResourceArn: ARN });
      assert.ok(!('RevisionId' in answer));
    },
  ],
];

export function account(factory: DoorFactory): void {
  refusals('the account', factory, REFUSALS);
  behaviours('the account', factory, BEHAVIOURS);
}
