// The members of UpdateTable: their types, their constraints, and which of them may stand together.
// What depends on the table as it is comes in update-table-change.ts.

import { ValidationException } from '../errors.js';
import type { AttributeDefinition } from '../table/definition.js';
import { throwFaults } from './constraints.js';
import { INVALID, type NewIndex } from './index-rules.js';
import {
  attributeDefinitionFaults,
  billingModeFault,
  type Fault,
  indexFaults,
  indexNameFault,
  sseFaults,
  streamFaults,
  throughputFaults,
} from './table-constraints.js';
import {
  JAVA,
  readAttributeDefinitions,
  readIndex,
  readSse,
  readStream,
  readThroughput,
  type RawIndex,
  type RawSse,
  type RawStream,
  type RawUnits,
} from './table-shapes.js';
import type { BillingMode } from './throughput-rules.js';
import { refuseMembers } from './unsupported.js';
import { readBoolean, readList, readString, readStructure, type Structure } from './wire-types.js';

const LATER_MEMBERS = [
  'ReplicaUpdates',
  'MultiRegionConsistency',
  'GlobalTableWitnessUpdates',
  'GlobalTableSettingsReplicationMode',
  'VectorIndexUpdates',
];

/** New units, limits or warm throughput of a global index. */
export interface IndexUnitsUpdate {
  readonly name: string;
  readonly throughput?: RawUnits;
  readonly onDemand?: RawUnits;
  readonly warm?: RawUnits;
}

/** One element of GlobalSecondaryIndexUpdates: one of the three is there. */
interface RawIndexUpdate {
  readonly update: (Omit<IndexUnitsUpdate, 'name'> & { name: string | undefined }) | undefined;
  readonly create: RawIndex | undefined;
  readonly remove: { readonly name: string | undefined } | undefined;
}

/** The request once its constraints have passed. */
export interface UpdateRequest {
  readonly attributeDefinitions: readonly AttributeDefinition[] | undefined;
  readonly billingMode: BillingMode | undefined;
  readonly throughput?: RawUnits;
  readonly onDemand?: RawUnits;
  readonly warm?: RawUnits;
  readonly stream: RawStream | undefined;
  readonly sse: RawSse | undefined;
  readonly tableClass: string | undefined;
  readonly deletionProtection: boolean | undefined;
  readonly updates: readonly IndexUnitsUpdate[];
  readonly creates: readonly NewIndex[];
  /** Names of the global indexes to be deleted. */
  readonly removes: readonly string[];
}

export function readUpdateTable(input: Structure): UpdateRequest {
  const definitions = readAttributeDefinitions(input.AttributeDefinitions);
  const units = readThroughput(input);
  const billingMode = readString(input.BillingMode, 'BillingMode');
  const stream = readStream(input);
  const sse = readSse(input);
  const tableClass = readString(input.TableClass, 'TableClass');
  const deletionProtection = readBoolean(
    input.DeletionProtectionEnabled,
    'DeletionProtectionEnabled',
  );
  const actions = readActions(input);
  throwFaults([
    ...attributeDefinitionFaults(definitions),
    billingModeFault(billingMode),
    ...throughputFaults(units.throughput),
    ...(actions ?? []).flatMap(actionFaults),
    ...streamFaults(stream),
    ...sseFaults(sse),
  ]);
  refuseMembers('updateTable', input, LATER_MEMBERS);
  checkActions(actions);
  const present = <Value>(value: Value | undefined): value is Value => value !== undefined;
  const request: UpdateRequest = {
    ...units,
    attributeDefinitions: definitions as readonly AttributeDefinition[] | undefined,
    billingMode: billingMode as BillingMode | undefined,
    stream,
    sse,
    tableClass,
    deletionProtection,
    updates: (actions ?? []).map(({ update }) => update).filter(present) as IndexUnitsUpdate[],
    creates: (actions ?? []).map(({ create }) => create).filter(present) as NewIndex[],
    removes: (actions ?? []).map(({ remove }) => remove?.name).filter(present),
  };
  checkTogether(request);
  if (stream !== undefined) checkStreamChange(stream);
  return request;
}

function readActions(input: Structure): readonly RawIndexUpdate[] | undefined {
  const member = 'GlobalSecondaryIndexUpdates';
  return readList(input[member], member)?.map((entry, at) => {
    const path = `${member}[${at}]`;
    const element = readStructure(entry, path, `${JAVA}.GlobalSecondaryIndexUpdate`) ?? {};
    const part = (name: string): Structure | undefined =>
      readStructure(element[name], `${path}.${name}`, `${JAVA}.${name}GlobalSecondaryIndexAction`);
    const [update, create, remove] = [part('Update'), part('Create'), part('Delete')];
    return {
      update: update && {
        name: readString(update.IndexName, `${path}.Update.IndexName`),
        ...readThroughput(update, `${path}.Update.`),
      },
      create:
        create && readIndex(create, `${path}.Create`, `${JAVA}.CreateGlobalSecondaryIndexAction`),
      remove: remove && { name: readString(remove.IndexName, `${path}.Delete.IndexName`) },
    };
  });
}

function actionFaults({ update, create, remove }: RawIndexUpdate, at: number): Fault[] {
  const path = `globalSecondaryIndexUpdates.${at + 1}.member`;
  return [
    ...(update === undefined
      ? []
      : [
          indexNameFault(update.name, `${path}.update.indexName`),
          ...throughputFaults(update.throughput, `${path}.update.`),
        ]),
    ...(create === undefined ? [] : indexFaults(create, `${path}.create`, 'global')),
    ...(remove === undefined ? [] : [indexNameFault(remove.name, `${path}.delete.indexName`)]),
  ];
}

function checkActions(actions: readonly RawIndexUpdate[] | undefined): void {
  if (actions === undefined) return;
  if (actions.length === 0) {
    throw new ValidationException(`${INVALID}List of GlobalSecondaryIndexUpdates is empty`);
  }
  const names: string[] = [];
  for (const { update, create, remove } of actions) {
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
    names.push(given[0].name ?? '');
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
    ['WarmThroughput', request.warm],
  ] as const;
  const indexes = updates.length + creates.length + removes.length > 0 ? true : undefined;
  const all = [throughput, billingMode, stream, indexes, onDemand, ...alone.map(([, it]) => it)];
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
function checkStreamChange({ enabled, viewType }: RawStream): void {
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
