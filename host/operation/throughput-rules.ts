// The rules of throughput: provisioned units, maxima on demand, warm throughput.

import { LimitExceededException, ValidationException } from '../errors.js';
import {
  CAPACITY_UNITS_BOUND,
  CAPACITY_UNITS_PER_TABLE_MAX,
  ON_DEMAND_WARM_READS,
  ON_DEMAND_WARM_WRITES,
} from '../limits.js';
import { REGION } from '../table/definition.js';
import type { OnDemandLimits } from '../table/settings.js';
import { INVALID } from './index-rules.js';
import type { UnitPair } from './table-shapes.js';

export type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST';

/** The bounds of one pair of provisioned units, of the table or of an index. */
export function checkUnitBounds(units: UnitPair, index?: string): void {
  const pairs = [
    ['ReadCapacityUnits', units.read ?? 0],
    ['WriteCapacityUnits', units.write ?? 0],
  ] as const;
  for (const [name, value] of pairs) {
    if (value > CAPACITY_UNITS_BOUND) {
      throw new ValidationException(`Given value ${value} for ${name} is out of bounds`);
    }
  }
  const [asked, place, bound] =
    index === undefined
      ? ['', 'table', 'Per table']
      : [` for index ${index}`, 'index', 'Per index'];
  for (const [name, value] of pairs) {
    if (value > CAPACITY_UNITS_PER_TABLE_MAX) {
      throw new LimitExceededException(
        `The requested ${name}${asked}, ${value}, is above the per ${place} maximum for the account in ${REGION}. ` +
          `${bound} maximum: ${CAPACITY_UNITS_PER_TABLE_MAX}. Refer to the Amazon DynamoDB Developer Guide for ` +
          'current limits and how to request higher limits.',
      );
    }
  }
}

export function refuseUnitsOnDemand(): never {
  throw new ValidationException(
    `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  );
}

/** Units of a table to be created. */
export function checkTableUnits(units: UnitPair | undefined, billingMode: BillingMode): void {
  if (billingMode === 'PAY_PER_REQUEST') {
    if (units !== undefined) refuseUnitsOnDemand();
    return;
  }
  if (units === undefined) {
    throw new ValidationException(
      `${INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
    );
  }
  checkUnitBounds(units);
}

/** Units of a global index to be created. */
export function checkIndexUnits(
  units: UnitPair | undefined,
  index: string,
  billingMode: BillingMode,
): void {
  if (billingMode === 'PAY_PER_REQUEST') {
    if (units === undefined) return;
    throw new ValidationException(
      `${INVALID}ProvisionedThroughput should not be specified for index: ${index} when BillingMode is PAY_PER_REQUEST`,
    );
  }
  if (units === undefined) {
    throw new ValidationException(
      `${INVALID}ProvisionedThroughput is not specified for index: ${index}`,
    );
  }
  checkUnitBounds(units, index);
}

/** Maxima on demand; -1 asks for none. `index`: of that index. */
export function checkOnDemand(
  limits: UnitPair | undefined,
  billingMode: BillingMode,
  index?: string,
): void {
  if (limits === undefined) return;
  const pairs = [
    ['MaxReadRequestUnits', limits.read],
    ['MaxWriteRequestUnits', limits.write],
  ] as const;
  for (const [name, value] of pairs) {
    if (value !== undefined && billingMode === 'PROVISIONED') {
      throw new ValidationException(
        `${INVALID}${name} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
      );
    }
  }
  for (const [name, value] of pairs) {
    if (value !== undefined && (value === 0 || value < -1)) {
      throw new ValidationException(
        `${INVALID}Requested ${name} for OnDemandThroughput for ${placeOf(index)} is outside of valid range`,
      );
    }
  }
}

/** Maxima with those of a request merged in: -1 clears one. Undefined: none is set. */
export function mergedLimits(
  known: OnDemandLimits | undefined,
  asked: UnitPair | undefined,
): OnDemandLimits | undefined {
  const merge = (old: number | undefined, next: number | undefined): number | undefined => {
    if (next === undefined) return old;
    return next === -1 ? undefined : next;
  };
  const read = merge(known?.read, asked?.read);
  const write = merge(known?.write, asked?.write);
  return read === undefined && write === undefined ? undefined : { read, write };
}

/** Warm throughput of a table or index to be created. */
export function checkWarm(
  warm: UnitPair | undefined,
  billingMode: BillingMode,
  provisioned: UnitPair | undefined,
  index?: string,
): void {
  const onDemand = billingMode === 'PAY_PER_REQUEST';
  const lowest = [
    [
      'ReadUnitsPerSecond',
      warm?.read,
      onDemand ? ON_DEMAND_WARM_READS : (provisioned?.read ?? 0),
      'ReadCapacityUnits',
    ],
    [
      'WriteUnitsPerSecond',
      warm?.write,
      onDemand ? ON_DEMAND_WARM_WRITES : (provisioned?.write ?? 0),
      'WriteCapacityUnits',
    ],
  ] as const;
  for (const [name, value, bound, units] of lowest) {
    if (value === undefined || value >= bound) continue;
    throw new ValidationException(
      `${INVALID}Requested ${name} for WarmThroughput for ${placeOf(index)} is lower than ` +
        (onDemand
          ? 'initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial'
          : `${units} of ProvisionedThroughput`),
    );
  }
}

function placeOf(index: string | undefined): string {
  return index === undefined ? 'table' : `index ${index}`;
}
