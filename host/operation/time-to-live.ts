// UpdateTimeToLive and DescribeTimeToLive: which attribute says when an item expires. Expired items
// are removed by the sweeper; reads give them until then.

import { ResourceInUseException, ValidationException } from '../errors.js';
import type { TableDefinition } from '../engine/store.js';
import { TTL_CHANGE_INTERVAL_MS } from '../limits.js';
import { IN_USE } from '../table/catalog.js';
import type { OperationContext } from './context.js';
import { readModelInput } from './service-model/model-input.js';

export interface TimeToLiveSpecification {
  Enabled: boolean;
  /** A top-level attribute: of type N, seconds since 1970. 1 to 255 bytes. */
  AttributeName: string;
}

export interface UpdateTimeToLiveInput {
  /** Name or ARN. */
  TableName: string;
  TimeToLiveSpecification: TimeToLiveSpecification;
}

export interface UpdateTimeToLiveOutput {
  TimeToLiveSpecification: TimeToLiveSpecification;
}

export interface DescribeTimeToLiveInput {
  /** Name or ARN. */
  TableName: string;
}

export interface DescribeTimeToLiveOutput {
  TimeToLiveDescription: {
    TimeToLiveStatus: 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED';
    /** Absent while DISABLED. */
    AttributeName?: string;
  };
}

export async function updateTimeToLive(
  context: OperationContext,
  rawInput: unknown,
): Promise<UpdateTimeToLiveOutput> {
  const { TableName: name, TimeToLiveSpecification: specification } =
    readModelInput<UpdateTimeToLiveInput>('UpdateTimeToLive', rawInput);
  const { catalog, clock } = context;
  if (catalog.describe(name).status === 'CREATING') {
    throw new ResourceInUseException(`${IN_USE}Table ${name} is being created`);
  }
  await catalog.update(
    () => catalog.requireChangeable(name),
    (table) => withTimeToLive(table, specification, clock.nowMs()),
  );
  return { TimeToLiveSpecification: specification };
}

/**
 * Every time expiry is switched on it has a keyspace of hints of its own: those of an earlier time
 * would lack what was written since.
 */
function withTimeToLive(
  table: TableDefinition,
  { Enabled: enabled, AttributeName: attribute }: TimeToLiveSpecification,
  nowMs: number,
): TableDefinition {
  const known = table.ttl;
  const isEnabled = known?.enabled === true;
  if (isEnabled && known.attribute !== attribute) {
    throw new ValidationException(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${known.attribute}`,
    );
  }
  if (isEnabled === enabled) {
    throw new ValidationException(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
  }
  if (known !== undefined && nowMs - known.changedAtMs < TTL_CHANGE_INTERVAL_MS) {
    throw new ValidationException(
      'Time to live has been modified multiple times within a fixed interval',
    );
  }
  const id = enabled ? 0 : (known?.id ?? 0);
  return { ...table, ttl: { id, attribute, enabled, changedAtMs: nowMs } };
}

export async function describeTimeToLive(
  context: OperationContext,
  rawInput: unknown,
): Promise<DescribeTimeToLiveOutput> {
  const { TableName: name } = readModelInput<DescribeTimeToLiveInput>(
    'DescribeTimeToLive',
    rawInput,
  );
  const { status, table } = context.catalog.describe(name);
  if (status === 'CREATING') {
    throw new ValidationException(
      'Cannot describe time to live while table is in CREATING state: Current table state is CREATING',
    );
  }
  const { ttl } = table;
  return {
    TimeToLiveDescription:
      ttl?.enabled === true
        ? { TimeToLiveStatus: 'ENABLED', AttributeName: ttl.attribute }
        : { TimeToLiveStatus: 'DISABLED' },
  };
}
