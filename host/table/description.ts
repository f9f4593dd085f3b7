// What DynamoDB says of a table: the TableDescription of a definition at a moment. Features that a
// table does not have are left out, never null.

import type { IndexDefinition, TableDefinition, TableFigures } from '../engine/store.js';
import { ON_DEMAND_WARM_READS, ON_DEMAND_WARM_WRITES } from '../limits.js';
import {
  indexKeySchema,
  keySchemaElements,
  type AttributeDefinition,
  type KeySchemaElement,
} from './definition.js';
import {
  decreasesToday,
  indexesOf,
  indexSettingsOf,
  pendingAt,
  settingsOf,
  type OnDemandLimits,
  type PendingChange,
  type ThroughputSettings,
} from './settings.js';

export interface ProvisionedThroughputDescription {
  LastIncreaseDateTime?: Date;
  LastDecreaseDateTime?: Date;
  NumberOfDecreasesToday: number;
  ReadCapacityUnits: number;
  WriteCapacityUnits: number;
}

export interface WarmThroughputDescription {
  ReadUnitsPerSecond: number;
  WriteUnitsPerSecond: number;
  Status: 'ACTIVE' | 'UPDATING';
}

export interface OnDemandThroughputDescription {
  MaxReadRequestUnits?: number;
  MaxWriteRequestUnits?: number;
}

export interface ProjectionDescription {
  ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  NonKeyAttributes?: string[];
}

export interface LocalSecondaryIndexDescription {
  IndexArn: string;
  IndexName: string;
  IndexSizeBytes: number;
  ItemCount: number;
  KeySchema: KeySchemaElement[];
  Projection: ProjectionDescription;
}

export interface GlobalSecondaryIndexDescription extends LocalSecondaryIndexDescription {
  /** While IndexStatus is CREATING: whether its entries are being written. */
  Backfilling?: boolean;
  IndexStatus: 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE';
  OnDemandThroughput?: OnDemandThroughputDescription;
  ProvisionedThroughput: ProvisionedThroughputDescription;
  WarmThroughput: WarmThroughputDescription;
}

/** DynamoDB's TableDescription. Absent features are left out. */
export interface TableDescription {
  AttributeDefinitions?: AttributeDefinition[];
  BillingModeSummary?: {
    BillingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
    LastUpdateToPayPerRequestDateTime?: Date;
  };
  CreationDateTime?: Date;
  DeletionProtectionEnabled: boolean;
  GlobalSecondaryIndexes?: GlobalSecondaryIndexDescription[];
  ItemCount: number;
  KeySchema?: KeySchemaElement[];
  LatestStreamArn?: string;
  LatestStreamLabel?: string;
  LocalSecondaryIndexes?: LocalSecondaryIndexDescription[];
  OnDemandThroughput?: OnDemandThroughputDescription;
  ProvisionedThroughput: ProvisionedThroughputDescription;
  SSEDescription?: { Status: 'ENABLED' | 'UPDATING'; SSEType: 'KMS'; KMSMasterKeyArn: string };
  StreamSpecification?: { StreamEnabled: true; StreamViewType: string };
  TableArn: string;
  TableClassSummary?: {
    TableClass: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
    LastUpdateDateTime?: Date;
  };
  TableId: string;
  TableName: string;
  TableSizeBytes: number;
  TableStatus: TableStatus;
  WarmThroughput?: WarmThroughputDescription;
}

export type TableStatus = 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE';

/** The operation that answers: each leaves something out. */
export type Answer = 'create' | 'update' | 'describe' | 'delete';

const STATUS_OF_INDEX = { active: 'ACTIVE', creating: 'CREATING', deleting: 'DELETING' } as const;

/** The status of a table whose creation is durable and whose end has not been asked for. */
export function tableStatusAt(table: TableDefinition, nowMs: number): TableStatus {
  const pending = pendingAt(table, nowMs);
  if (pending?.kind === 'create') return 'CREATING';
  if (table.indexes?.some(({ status }) => status === 'deleting') === true) return 'UPDATING';
  // Units of an index and encryption change while the table is ACTIVE.
  if (pending === undefined || pending.kind === 'sse') return 'ACTIVE';
  return pending.kind === 'throughput' && pending.index !== undefined ? 'ACTIVE' : 'UPDATING';
}

export function describeDefinition(
  table: TableDefinition,
  status: TableStatus,
  figures: TableFigures,
  answer: Answer,
  nowMs: number,
): TableDescription {
  const settings = settingsOf(table);
  const pending = pendingAt(table, nowMs);
  const description: TableDescription = {
    DeletionProtectionEnabled: table.deletionProtection,
    ItemCount: figures.itemCount,
    ProvisionedThroughput: describeUnits(
      table.readUnits,
      table.writeUnits,
      settings,
      pending?.index === undefined ? pending : undefined,
      nowMs,
    ),
    TableArn: table.arn,
    TableId: table.tableId,
    TableName: table.name,
    TableSizeBytes: figures.sizeBytes,
    TableStatus: status,
  };
  if (answer !== 'delete') {
    description.AttributeDefinitions = table.attributeDefinitions.map((definition) => ({
      ...definition,
    }));
    description.CreationDateTime = new Date(table.createdAtMs);
    description.KeySchema = keySchemaElements(table.key);
  }
  if (table.onDemandSinceMs !== undefined) {
    description.BillingModeSummary = { BillingMode: table.billingMode };
    if (answer === 'describe' || answer === 'update') {
      description.BillingModeSummary.LastUpdateToPayPerRequestDateTime = new Date(
        table.onDemandSinceMs,
      );
    }
  }
  describeFeatures(table, description, pending);
  describeIndexes(table, description, figures, pending, nowMs);
  if (answer === 'describe') description.WarmThroughput = describeWarm(table, table, settings);
  return description;
}

function describeFeatures(
  table: TableDefinition,
  description: TableDescription,
  pending: PendingChange | undefined,
): void {
  const { sse, onDemand, classChangesMs } = settingsOf(table);
  const stream = table.streams?.at(-1);
  if (stream !== undefined) {
    if (stream.disabledAtMs === undefined) {
      description.StreamSpecification = { StreamEnabled: true, StreamViewType: stream.viewType };
    }
    description.LatestStreamArn = `${table.arn}/stream/${stream.label}`;
    description.LatestStreamLabel = stream.label;
  }
  if (sse !== undefined) {
    const Status = pending?.kind === 'sse' ? 'UPDATING' : 'ENABLED';
    description.SSEDescription = { Status, SSEType: 'KMS', KMSMasterKeyArn: sse.keyArn };
  }
  if (table.tableClass !== undefined) {
    const lastMs = classChangesMs?.at(-1);
    description.TableClassSummary = {
      TableClass: table.tableClass,
      ...(lastMs === undefined ? {} : { LastUpdateDateTime: new Date(lastMs) }),
    };
  }
  if (onDemand !== undefined) description.OnDemandThroughput = describeLimits(onDemand);
}

function describeIndexes(
  table: TableDefinition,
  description: TableDescription,
  figures: TableFigures,
  pending: PendingChange | undefined,
  nowMs: number,
): void {
  const common = (index: IndexDefinition): LocalSecondaryIndexDescription => {
    const { itemCount, sizeBytes } = figures.indexes?.get(index.name) ?? {
      itemCount: 0,
      sizeBytes: 0,
    };
    const { type, names } = index.projection;
    return {
      IndexArn: `${table.arn}/index/${index.name}`,
      IndexName: index.name,
      IndexSizeBytes: sizeBytes,
      ItemCount: itemCount,
      KeySchema: indexKeySchema(index),
      Projection:
        names === undefined
          ? { ProjectionType: type }
          : { ProjectionType: type, NonKeyAttributes: [...names] },
    };
  };
  const local = indexesOf(table, 'local');
  if (local.length > 0) description.LocalSecondaryIndexes = local.map(common);
  const global = indexesOf(table, 'global');
  if (global.length === 0) return;
  description.GlobalSecondaryIndexes = global.map((index) => {
    const settings = indexSettingsOf(table, index.name);
    const own = pending?.index === index.name ? pending : undefined;
    const described: GlobalSecondaryIndexDescription = {
      ...common(index),
      IndexStatus: own?.kind === 'throughput' ? 'UPDATING' : STATUS_OF_INDEX[index.status],
      ProvisionedThroughput: describeUnits(
        index.readUnits ?? 0,
        index.writeUnits ?? 0,
        settings,
        own,
        nowMs,
      ),
      WarmThroughput: describeWarm(table, index, settings),
    };
    // The resources of a new index are allocated before its entries are written.
    if (index.status === 'creating') described.Backfilling = own === undefined;
    if (settings.onDemand !== undefined) {
      described.OnDemandThroughput = describeLimits(settings.onDemand);
    }
    return described;
  });
}

function describeUnits(
  read: number,
  write: number,
  { history }: ThroughputSettings,
  pending: PendingChange | undefined,
  nowMs: number,
): ProvisionedThroughputDescription {
  const described: ProvisionedThroughputDescription = {
    NumberOfDecreasesToday: decreasesToday(history, nowMs),
    ReadCapacityUnits: pending?.units?.read ?? read,
    WriteCapacityUnits: pending?.units?.write ?? write,
  };
  if (history?.lastIncreaseMs !== undefined) {
    described.LastIncreaseDateTime = new Date(history.lastIncreaseMs);
  }
  if (history?.lastDecreaseMs !== undefined) {
    described.LastDecreaseDateTime = new Date(history.lastDecreaseMs);
  }
  return described;
}

function describeWarm(
  { billingMode }: TableDefinition,
  units: { readonly readUnits?: number; readonly writeUnits?: number },
  { warm }: ThroughputSettings,
): WarmThroughputDescription {
  const onDemand = billingMode === 'PAY_PER_REQUEST';
  const read = onDemand ? ON_DEMAND_WARM_READS : (units.readUnits ?? 0);
  const write = onDemand ? ON_DEMAND_WARM_WRITES : (units.writeUnits ?? 0);
  return {
    ReadUnitsPerSecond: Math.max(read, warm?.read ?? 0),
    WriteUnitsPerSecond: Math.max(write, warm?.write ?? 0),
    Status: 'ACTIVE',
  };
}

function describeLimits({ read, write }: OnDemandLimits): OnDemandThroughputDescription {
  return {
    ...(read === undefined ? {} : { MaxReadRequestUnits: read }),
    ...(write === undefined ? {} : { MaxWriteRequestUnits: write }),
  };
}
