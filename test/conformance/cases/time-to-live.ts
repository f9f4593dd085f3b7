// UpdateTimeToLive and DescribeTimeToLive: operations-control.md 5.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  rejects,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';

const E = '1 validation error detected: ';
const F = ' failed to satisfy constraint: ';

const change =
  (Enabled: unknown, AttributeName: unknown = 'expires', TableName = 'Single') =>
  (door: Door) =>
    door.updateTimeToLive({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } });

const REFUSALS: readonly Refusal[] = [
  [
    'a missing table',
    change(true, 'expires', 'Nowhere'),
    'Requested resource not found: Table: Nowhere not found',
    'ResourceNotFoundException',
  ],
  [
    'to describe a missing table',
    (door) => door.describeTimeToLive({ TableName: 'Nowhere' }),
    'Requested resource not found: Table: Nowhere not found',
    'ResourceNotFoundException',
  ],
  [
    'no specification',
    (door) => door.updateTimeToLive({ TableName: 'Single' }),
    `${E}Value null at 'timeToLiveSpecification'${F}Member must not be null`,
  ],
  [
    'neither on nor off',
    change(undefined),
    `${E}Value null at 'timeToLiveSpecification.enabled'${F}Member must not be null`,
  ],
  [
    'an empty attribute name',
    change(true, ''),
    `${E}Value '' at 'timeToLiveSpecification.attributeName'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'a long attribute name',
    change(true, 'x'.repeat(256)),
    `${E}Value '${'x'.repeat(256)}' at 'timeToLiveSpecification.attributeName'${F}Member must have length less than or equal to 255`,
  ],
  ['to disable what was never enabled', change(false), 'TimeToLive is already disabled'],
];

const BEHAVIOURS: readonly Behaviour[] = [
  [
    'expiry is DISABLED without a name, then ENABLED with it; the answer echoes the specification',
    async (door) => {
      assert.deepEqual(
        (await door.describeTimeToLive({ TableName: 'Single' })).TimeToLiveDescription,
        { TimeToLiveStatus: 'DISABLED' },
      );
      const { TimeToLiveSpecification } = await change(true)(door);
      assert.deepEqual(TimeToLiveSpecification, { Enabled: true, AttributeName: 'expires' });
      assert.deepEqual(
        (await door.describeTimeToLive({ TableName: 'Single' })).TimeToLiveDescription,
        { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' },
      );
    },
  ],
  [
    'once enabled: not again, not for another attribute, and not changed again at once',
    async (door) => {
      await change(true)(door);
      const refused = 'ValidationException';
      await rejects(() => change(true)(door), refused, 'TimeToLive is already enabled');
      for (const on of [true, false]) {
        await rejects(
          () => change(on, 'other')(door),
          refused,
          'TimeToLive is active on a different AttributeName: current AttributeName is expires',
        );
      }
      await rejects(
        () => change(false)(door),
        refused,
        'Time to live has been modified multiple times within a fixed interval',
      );
    },
  ],
];

export function timeToLive(factory: DoorFactory): void {
  refusals('TimeToLive', factory, REFUSALS);
  behaviours('TimeToLive', factory, BEHAVIOURS);
}
