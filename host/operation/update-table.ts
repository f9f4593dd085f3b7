// UpdateTable: changes a table, one thing a call. The change is durable when the promise resolves;
// a new global index is then filled in the background (index-builder.ts).
//
// Order of checks: name, types, constraints, what may stand together (update-table-rules.ts), the
// table, what is under way, then the rules of the change.

import type { StoredTable, StreamDefinition, TableDefinition } from '../engine/store.js';
import {
  LimitExceededException,
  ResourceInUseException,
  ThrottlingException,
  ValidationException,
} from '../errors.js';
import {
  CLASS_CHANGES_MAX,
  CLASS_CHANGE_INTERVAL_MS,
  PROTECTION_CHANGE_INTERVAL_MS,
} from '../limits.js';
import { IN_USE } from '../table/catalog.js';
import type { AttributeDefinition } from '../table/definition.js';
import { describeDefinition, tableStatusAt, type TableDescription } from '../table/description.js';
import { withoutIndex } from '../table/index-changes.js';
import { pendingAt, settingsOf, withSettings, type PendingChange } from '../table/settings.js';
import type { OperationContext } from './context.js';
import type { CreateTableInput, GlobalSecondaryIndex } from './create-table.js';
import { refuse } from './refusal.js';
import { refuseReplicas } from './replica-rules.js';
import { checkSse, checkTableClass, newStream } from './table-feature-rules.js';
import { changeIndexes } from './update-indexes.js';
import { changeUnits, changeWarm, type TableChange } from './update-units.js';
import { readUpdateTable, type UpdateRequest } from './update-table-rules.js';
import { refuseVectorUpdates } from './vector-index-rules.js';

/** One change a call: see the members for what may stand together. */
export interface UpdateTableInput
  extends Pick<
    CreateTableInput,
    | 'BillingMode'
    | 'ProvisionedThroughput'
    | 'StreamSpecification'
    | 'SSESpecification'
    | 'TableClass'
    | 'DeletionProtectionEnabled'
    | 'OnDemandThroughput'
    | 'WarmThroughput'
  > {
  /** Name or ARN. */
  TableName: string;
  /** The key attributes of an index that is created, even if the table has them. */
  AttributeDefinitions?: AttributeDefinition[];
  /** At most one Create or Delete, while no other is under way. */
  GlobalSecondaryIndexUpdates?: {
    Create?: GlobalSecondaryIndex;
    Update?: Pick<
      GlobalSecondaryIndex,
      'IndexName' | 'ProvisionedThroughput' | 'OnDemandThroughput' | 'WarmThroughput'
    >;
    Delete?: { IndexName: string };
  }[];
}

export interface UpdateTableOutput {
  TableDescription: TableDescription;
}

export async function updateTable(
  context: OperationContext,
  rawInput: unknown,
): Promise<UpdateTableOutput> {
  const request = readUpdateTable(rawInput);
  const { catalog, clock, tableDelayMs } = context;
  let nowMs = clock.nowMs();
  let answer: TableDefinition | undefined;
  const table = await catalog.update(
    () => requireChangeable(context, request),
    (known) => {
      nowMs = clock.nowMs();
      const { table: changed, pending } = planChange(known, request, nowMs);
      // The answer shows the change as under way, also where it is done in no time.
      answer = withPending(changed, pending, nowMs + Math.max(tableDelayMs, 1));
      return tableDelayMs > 0 ? answer : request.removes.reduce(removed, changed);
    },
  );
  if (request.creates.length + request.removes.length > 0) context.builder.run(table.name);
  const shown = answer ?? table;
  const figures = { itemCount: 0, sizeBytes: 0 };
  const status = tableStatusAt(shown, nowMs);
  return { TableDescription: describeDefinition(shown, status, figures, 'update', nowMs) };
}

const removed = (table: TableDefinition, index: string): TableDefinition =>
  withoutIndex(table, index);

function requireChangeable(
  { catalog }: OperationContext,
  { name, deletionProtection }: UpdateRequest,
): StoredTable {
  if (deletionProtection !== undefined && catalog.describe(name).status === 'CREATING') {
    throw new ResourceInUseException(
      `${IN_USE}Table needs to be in ACTIVE status to modify deletion protection setting.`,
    );
  }
  return catalog.requireChangeable(name);
}

function planChange(table: TableDefinition, request: UpdateRequest, nowMs: number): TableChange {
  checkNotBusy(table, request, nowMs);
  if (request.replicas !== undefined) refuseReplicas(table, request.replicas);
  if (request.vectors !== undefined) {
    refuseVectorUpdates(table, request.vectors, request.attributeDefinitions);
  }
  if (request.other !== undefined) refuse('UpdateTable', table.arn, request.other);
  if (request.sse !== undefined) {
    const keyArn = checkSse(request.sse);
    const sse = keyArn === undefined ? undefined : { keyArn };
    return { table: withSettings(table, { sse }), pending: { kind: 'sse' } };
  }
  if (request.tableClass !== undefined) return changeClass(table, request.tableClass, nowMs);
  if (request.deletionProtection !== undefined) {
    return { table: changeProtection(table, request.deletionProtection, nowMs) };
  }
  if (request.warm !== undefined) return changeWarm(table, request.warm);
  const { table: withUnits, pending } = changeUnits(table, request, nowMs);
  const changed = changeIndexes(withUnits, request, nowMs);
  const created: TableChange['pending'] =
    request.creates.length === 0 ? pending : { kind: 'index', index: request.creates[0].name };
  if (request.stream === undefined) return { table: changed, pending: created };
  return {
    table: changeStream(changed, request.stream, nowMs),
    pending: pending ?? { kind: 'stream' },
  };
}

/** What is shown as under way excludes further changes, but for those that take no time. */
function checkNotBusy(table: TableDefinition, request: UpdateRequest, nowMs: number): void {
  const pending = pendingAt(table, nowMs);
  if (pending === undefined || request.deletionProtection !== undefined) return;
  if (pending.kind === 'index' || pending.index !== undefined) return;
  throw new ResourceInUseException(`${IN_USE}${busyText(table, pending)}`);
}

function busyText(table: TableDefinition, { kind }: PendingChange): string {
  if (kind === 'stream') {
    const stream = table.streams?.at(-1);
    const operation = stream?.disabledAtMs === undefined ? 'ENABLE' : 'DISABLE';
    return `A stream status change is currently in progress. Table: ${table.name} Stream: ${stream?.label} Operation: ${operation}`;
  }
  if (kind === 'sse') return 'Server-Side Encryption is still being updated';
  if (kind === 'class') return `Table: ${table.name} is in the process of being updated.`;
  return `Table IOPS are currently being updated. Table: ${table.name}`;
}

/** The class that a table has already is no change. */
function changeClass(table: TableDefinition, tableClass: string, nowMs: number): TableChange {
  checkTableClass(tableClass);
  if (tableClass === (table.tableClass ?? 'STANDARD')) return { table };
  const since = nowMs - CLASS_CHANGE_INTERVAL_MS;
  const changes = (settingsOf(table).classChangesMs ?? []).filter((atMs) => atMs > since);
  if (changes.length >= CLASS_CHANGES_MAX) {
    throw new LimitExceededException(
      `Subscriber limit exceeded: Updates to TableClass are limited to ${CLASS_CHANGES_MAX} times in 30 day(s).`,
    );
  }
  const changed = withSettings(table, { classChangesMs: [...changes, nowMs] });
  return {
    table: { ...changed, tableClass: tableClass as TableDefinition['tableClass'] },
    pending: { kind: 'class' },
  };
}

function changeProtection(table: TableDefinition, on: boolean, nowMs: number): TableDefinition {
  if (on === table.deletionProtection) return table;
  const lastMs = settingsOf(table).protectionChangedMs;
  if (lastMs !== undefined && nowMs - lastMs < PROTECTION_CHANGE_INTERVAL_MS) {
    const again = new Date(lastMs + PROTECTION_CHANGE_INTERVAL_MS).toISOString();
    throw new ThrottlingException(
      `Deletion protection setting for table ${table.name} modified within the previous ` +
        `${PROTECTION_CHANGE_INTERVAL_MS} milliseconds. Please try again after ${again}`,
    );
  }
  return { ...withSettings(table, { protectionChangedMs: nowMs }), deletionProtection: on };
}

function changeStream(
  table: TableDefinition,
  { StreamEnabled: enabled, StreamViewType: viewType }: NonNullable<UpdateRequest['stream']>,
  nowMs: number,
): TableDefinition {
  const streams = table.streams ?? [];
  const last = streams.at(-1);
  const isOn = last !== undefined && last.disabledAtMs === undefined;
  if (enabled) {
    if (isOn) {
      throw new ValidationException(
        `Table already has an enabled stream: TableName: ${table.name}`,
      );
    }
    const view = viewType as StreamDefinition['viewType'];
    return { ...table, streams: [...streams, newStream(view, nowMs, streams)] };
  }
  if (!isOn) {
    throw new ValidationException(`Table has no stream to disable: TableName: ${table.name}`);
  }
  return { ...table, streams: [...streams.slice(0, -1), { ...last, disabledAtMs: nowMs }] };
}

function withPending(
  table: TableDefinition,
  pending: TableChange['pending'],
  untilMs: number,
): TableDefinition {
  return pending === undefined
    ? table
    : withSettings(table, { pending: { ...pending, untilMs } as PendingChange });
}
