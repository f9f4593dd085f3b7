// CreateTable: makes a table. It is durable when the promise resolves, and ACTIVE unless the
// database was opened with `tableDelayMs`.
//
// Order of checks: types of members, name, existence (a table that exists hides every other fault),
// constraints (joined), then the rules between members (create-table-rules.ts).

import { randomUuid } from '../random.js';
import { keySchemaOf, tableArn } from '../table/definition.js';
import type { AttributeDefinition, KeySchemaElement } from '../table/definition.js';
import { describeDefinition, type TableDescription } from '../table/description.js';
import { tableStatusAt } from '../table/description.js';
import type { PendingChange, ResourcePolicy } from '../table/settings.js';
import type { StreamDefinition, TableDefinition } from '../engine/store.js';
import { checkNewTableName } from './constraints.js';
import type { OperationContext } from './context.js';
import { checkCreateTable } from './create-table-rules.js';
import { readModelTypes } from './service-model/model-input.js';
import { newStream } from './table-feature-rules.js';
import type { Tag } from './tags.js';

export interface CreateTableInput {
  /** 3 to 255 of `a-z A-Z 0-9 _ . -`. */
  TableName: string;
  /** A HASH element, and a RANGE element if items share partitions. */
  KeySchema: KeySchemaElement[];
  /** The type of each key attribute of table and indexes, and of nothing else. */
  AttributeDefinitions: AttributeDefinition[];
  /** Default PROVISIONED, which needs ProvisionedThroughput. Nothing is ever throttled for it. */
  BillingMode?: 'PROVISIONED' | 'PAY_PER_REQUEST';
  ProvisionedThroughput?: { ReadCapacityUnits: number; WriteCapacityUnits: number };
  /** Up to 5, with the table's partition key and a sort key of their own. */
  LocalSecondaryIndexes?: LocalSecondaryIndex[];
  /** Up to 20. */
  GlobalSecondaryIndexes?: GlobalSecondaryIndex[];
  StreamSpecification?: { StreamEnabled: boolean; StreamViewType?: StreamDefinition['viewType'] };
  /** Kept and described; nothing is encrypted by it. */
  SSESpecification?: { Enabled?: boolean; SSEType?: 'AES256' | 'KMS'; KMSMasterKeyId?: string };
  /** Kept and described, like WarmThroughput; nothing is ever throttled for it. */
  OnDemandThroughput?: { MaxReadRequestUnits?: number; MaxWriteRequestUnits?: number };
  WarmThroughput?: { ReadUnitsPerSecond?: number; WriteUnitsPerSecond?: number };
  TableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
  DeletionProtectionEnabled?: boolean;
  Tags?: Tag[];
  /** A resource policy of the table: JSON, kept and given back. */
  ResourcePolicy?: string;
  /** FerriteDB's own: counts of ranges of the table cost the logarithm of its size. */
  ranked?: boolean;
}

export interface LocalSecondaryIndex {
  /** 3 to 255 of `a-z A-Z 0-9 _ . -`; indexes of a table share one space of names. */
  IndexName: string;
  KeySchema: KeySchemaElement[];
  /** NonKeyAttributes with INCLUDE alone: 1 to 20 names. */
  Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] };
  /** FerriteDB's own: counts of ranges of the index cost the logarithm of its size. */
  ranked?: boolean;
}

/** Its key may have up to four HASH and up to four RANGE attributes. */
export interface GlobalSecondaryIndex extends LocalSecondaryIndex {
  /** Needed on a provisioned table, refused on demand. */
  ProvisionedThroughput?: { ReadCapacityUnits: number; WriteCapacityUnits: number };
  OnDemandThroughput?: { MaxReadRequestUnits?: number; MaxWriteRequestUnits?: number };
  WarmThroughput?: { ReadUnitsPerSecond?: number; WriteUnitsPerSecond?: number };
}

export interface CreateTableOutput {
  TableDescription: TableDescription;
}

export async function createTable(
  context: OperationContext,
  rawInput: unknown,
): Promise<CreateTableOutput> {
  const input = readModelTypes<CreateTableInput>('CreateTable', rawInput);
  const { TableName: name } = input;
  checkNewTableName(name);
  context.catalog.requireFree(name);
  const request = checkCreateTable(input as CreateTableInput);
  const nowMs = context.clock.nowMs();
  const definition: TableDefinition = {
    name,
    key: keySchemaOf(request.keySchema, request.attributeDefinitions),
    attributeDefinitions: request.attributeDefinitions,
    tableId: randomUuid(context.random),
    arn: tableArn(name),
    createdAtMs: nowMs,
    billingMode: request.billingMode,
    readUnits: request.readUnits,
    writeUnits: request.writeUnits,
    onDemandSinceMs: request.billingMode === 'PAY_PER_REQUEST' ? nowMs : undefined,
    tableClass: request.tableClass,
    deletionProtection: request.deletionProtection,
    tags: request.tags,
    indexes: request.indexes.length === 0 ? undefined : request.indexes,
    streams:
      request.streamView === undefined ? undefined : [newStream(request.streamView, nowMs, [])],
    ranked: request.ranked ? true : undefined,
    settings: {
      ...request.settings,
      pending: creation(context, nowMs),
      policies: policiesOf(request.policy, name, nowMs),
    },
  };
  const table = await context.catalog.create(definition);
  const figures = { itemCount: 0, sizeBytes: 0 };
  const status = tableStatusAt(table, nowMs);
  return { TableDescription: describeDefinition(table, status, figures, 'create', nowMs) };
}

/** A policy that comes with the table has been changed by nobody yet. */
function policiesOf(
  text: string | undefined,
  name: string,
  nowMs: number,
): readonly ResourcePolicy[] | undefined {
  if (text === undefined) return undefined;
  return [{ arn: tableArn(name), text, revision: String(Math.floor(nowMs)), changedMs: nowMs }];
}

function creation({ tableDelayMs }: OperationContext, nowMs: number): PendingChange | undefined {
  return tableDelayMs > 0 ? { kind: 'create', untilMs: nowMs + tableDelayMs } : undefined;
}
