// The members of UpdateTable: their constraints, and which of them may stand together.
// What depends on the table as it is comes in update-table-change.ts.

import { ValidationException } from '../errors.js';
import { checkTableName, requireTableName, throwFaults } from './constraints.js';
import { INVALID } from './index-rules.js';
import { checkReplicaUpdates, type ReplicaUpdate } from './replica-rules.js';
import { constraintFaults } from './service-model/input-constraints.js';
import { readModelTypes } from './service-model/model-input.js';
import {
  newIndexOf,
  throughputOf,
  type Definitions,
  type NewIndex,
  type Throughput,
} from './table-shapes.js';
import type { BillingMode } from './throughput-rules.js';
import type { UpdateTableInput } from './update-table.js';
import type { VectorIndexUpdate } from './vector-index-rules.js';

/** New units, limits or warm throughput of a global index. */
export interface IndexUnitsUpdate extends Throughput {
  readonly name: string;
}

/** The request once what may be said without the table has been checked. */
export interface UpdateRequest extends Throughput {
  readonly name: string;
  readonly attributeDefinitions: Definitions | undefined;
  readonly billingMode: BillingMode | undefined;
  readonly stream: UpdateTableInput['StreamSpecification'];
  readonly sse: UpdateTableInput['SSESpecification'];
  readonly tableClass: UpdateTableInput['TableClass'];
  readonly deletionProtection: boolean | undefined;
  readonly updates: readonly IndexUnitsUpdate[];
  readonly creates: readonly NewIndex[];
  /** Names of the global indexes to be deleted. */
  readonly removes: readonly string[];
  readonly replicas: readonly ReplicaUpdate[] | undefined;
  readonly vectors: readonly VectorIndexUpdate[] | undefined;
  /** The name of a member that this version does nothing about. */
  readonly other: string | undefined;
}

/** What UpdateTable has, and nobody may use: it is checked, and then refused. */
interface RefusedMembers {
  ReplicaUpdates?: readonly ReplicaUpdate[];
  VectorIndexUpdates?: readonly VectorIndexUpdate[];
  MultiRegionConsistency?: string;
  GlobalTableWitnessUpdates?: unknown;
  GlobalTableSettingsReplicationMode?: string;
}
const OTHERS = [
  'MultiRegionConsistency',
  'GlobalTableWitnessUpdates',
  'GlobalTableSettingsReplicationMode',
] as const;

type Actions = NonNullable<UpdateTableInput['GlobalSecondaryIndexUpdates']>;

export function readUpdateTable(rawInput: unknown): UpdateRequest {
  const read = readModelTypes<UpdateTableInput & RefusedMembers>('UpdateTable', rawInput);
  requireTableName(read.TableName);
  checkTableName(read.TableName);
  const input = read as UpdateTableInput & RefusedMembers;
  throwFaults([...constraintFaults('UpdateTableInput', input, '')]);
  const actions = input.GlobalSecondaryIndexUpdates ?? [];
  checkActions(input.GlobalSecondaryIndexUpdates);
  const present = <Value>(value: Value | undefined): value is Value => value !== undefined;
  const request: UpdateRequest = {
    ...throughputOf(input),
    name: input.TableName,
    attributeDefinitions: input.AttributeDefinitions,
    billingMode: input.BillingMode,
    stream: input.StreamSpecification,
    sse: input.SSESpecification,
    tableClass: input.TableClass,
    deletionProtection: input.DeletionProtectionEnabled,
    updates: actions
      .map(({ Update: update }) => update)
      .filter(present)
      .map((update) => ({ name: update.IndexName, ...throughputOf(update) })),
    creates: actions
      .map(({ Create: create }) => create)
      .filter(present)
      .map(newIndexOf),
    removes: actions.map(({ Delete: remove }) => remove?.IndexName).filter(present),
    replicas: input.ReplicaUpdates,
    vectors: input.VectorIndexUpdates,
    other: OTHERS.find((member) => input[member] !== undefined),
  };
  checkTogether(request);
  if (request.stream !== undefined) checkStreamChange(request.stream);
  if (request.replicas !== undefined) checkReplicaUpdates(request.replicas);
  return request;
}

function checkActions(actions: Actions | undefined): void {
  if (actions === undefined) return;
  if (actions.length === 0) {
    throw new ValidationException(`${INVALID}List of GlobalSecondaryIndexUpdates is empty`);
  }
  const names: string[] = [];
  for (const { Update: update, Create: create, Delete: remove } of actions) {
    const given = [update, create, remove].filter((action) => action !== undefined);
    if (given.length === 0) {
      throw new ValidationException(
        `${INVALID}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ` +
          'GlobalSecondaryIndexUpdate.Delete must not be null',
      );
    }
    if (given.length > 1) {
      throw new ValidationException(
        `${INVALID}Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object`,
      );
    }
    names.push(given[0].IndexName);
  }
  const repeated = names.find((name, at) => names.indexOf(name) < at);
  if (repeated === undefined) return;
  throw new ValidationException(
    `${INVALID}Only one global secondary index update per index is allowed simultaneously. Index: ${repeated}`,
  );
}

/** One change a call, but for what belongs to the billing mode, and units of table and indexes. */
function checkTogether(request: UpdateRequest): void {
  const { throughput, stream, onDemand, billingMode, updates, creates, removes } = request;
  const alone = [
    ['Server-Side Encryption modification', request.sse],
    ['TableClass modification', request.tableClass],
    ['DeletionProtection modification', request.deletionProtection],
    ['Replica modification', request.replicas],
    ['WarmThroughput', request.warm],
  ] as const;
  const indexes = updates.length + creates.length + removes.length > 0 ? true : undefined;
  const all = [
    ...[throughput, billingMode, stream, indexes, onDemand, request.vectors, request.other],
    ...alone.map(([, member]) => member),
  ];
  const count = all.filter((member) => member !== undefined).length;
  if (count === 0) {
    throw new ValidationException(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, ' +
        'SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, ' +
        'DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
    );
  }
  for (const [name, value] of alone) {
    if (value !== undefined && count > 1) {
      throw new ValidationException(`${INVALID}${name} must be the only operation in the request`);
    }
  }
  if (onDemand !== undefined && count > (billingMode === undefined ? 1 : 2)) {
    throw new ValidationException(
      `${INVALID}OnDemandThroughput can only be combined with BillingMode in an UpdateTable request`,
    );
  }
  if (stream !== undefined && (throughput !== undefined || updates.length > 0)) {
    throw new ValidationException(
      `${INVALID}You cannot modify stream status while updating table IOPS`,
    );
  }
  if (creates.length + removes.length === 0) return;
  const busy =
    throughput !== undefined && billingMode === undefined
      ? 'updating table IOPS'
      : stream === undefined
        ? undefined
        : 'changing stream status';
  if (busy !== undefined) {
    throw new ValidationException(`${INVALID}You cannot create or delete index while ${busy}`);
  }
}

/** A stream switched on names its view type, one switched off does not. */
function checkStreamChange({
  StreamEnabled: enabled,
  StreamViewType: viewType,
}: NonNullable<UpdateTableInput['StreamSpecification']>): void {
  if (enabled === true && viewType === undefined) {
    throw new ValidationException(
      `${INVALID}If stream is being enabled then UpdateViewType is required`,
    );
  }
  if (enabled === false && viewType !== undefined) {
    throw new ValidationException(
      `${INVALID}If stream is being disabled, then UpdateViewType must not be specified`,
    );
  }
}
