// A table's definition in the three forms it has: DynamoDB's shapes, the stored definition, the
// description.

import type { TableDefinition, TableFigures } from '../engine/store.js';
import type { KeySchema } from './item-types.js';

/** Where the tables of an embedded database live, as far as ARNs go. */
export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

/** What an on-demand table serves from the start; shown as its warm throughput. */
const ON_DEMAND_WARM_READS = 12_000;
const ON_DEMAND_WARM_WRITES = 4_000;

export interface KeySchemaElement {
  AttributeName: string;
  KeyType: 'HASH' | 'RANGE';
}

export interface AttributeDefinition {
  AttributeName: string;
  AttributeType: 'S' | 'N' | 'B';
}

export interface ProvisionedThroughputDescription {
  NumberOfDecreasesToday: number;
  ReadCapacityUnits: number;
  WriteCapacityUnits: number;
}

/**
 * DynamoDB's TableDescription, as far as this version's tables go. Absent features are left out.
 */
export interface TableDescription {
  AttributeDefinitions?: AttributeDefinition[];
  BillingModeSummary?: {
    BillingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
    LastUpdateToPayPerRequestDateTime?: Date;
  };
  CreationDateTime?: Date;
  DeletionProtectionEnabled: boolean;
  ItemCount: number;
  KeySchema?: KeySchemaElement[];
  ProvisionedThroughput: ProvisionedThroughputDescription;
  TableArn: string;
  TableClassSummary?: { TableClass: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS' };
  TableId: string;
  TableName: string;
  TableSizeBytes: number;
  TableStatus: 'CREATING' | 'ACTIVE' | 'DELETING';
  WarmThroughput?: { ReadUnitsPerSecond: number; WriteUnitsPerSecond: number; Status: 'ACTIVE' };
}

export function tableArn(name: string): string {
  return `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
}

/** The key schema of a table, from checked shapes. */
export function keySchemaOf(
  elements: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): KeySchema {
  const attribute = (element: KeySchemaElement): KeySchema['partition'] => {
    const definition = definitions.find(
      ({ AttributeName }) => AttributeName === element.AttributeName,
    );
    if (definition === undefined) throw new Error(`no definition of ${element.AttributeName}`);
    return { name: definition.AttributeName, type: definition.AttributeType };
  };
  const partition = attribute(elements[0]);
  return elements.length > 1 ? { partition, sort: attribute(elements[1]) } : { partition };
}

/** What each answer says of a table. `answer` leaves out what that operation leaves out. */
export function describeDefinition(
  table: TableDefinition,
  status: TableDescription['TableStatus'],
  figures: TableFigures,
  answer: 'create' | 'describe' | 'delete',
): TableDescription {
  const description: TableDescription = {
    DeletionProtectionEnabled: table.deletionProtection,
    ItemCount: figures.itemCount,
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: table.readUnits,
      WriteCapacityUnits: table.writeUnits,
    },
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
    if (answer === 'describe') {
      description.BillingModeSummary.LastUpdateToPayPerRequestDateTime = new Date(
        table.onDemandSinceMs,
      );
    }
  }
  if (table.tableClass !== undefined)
    description.TableClassSummary = { TableClass: table.tableClass };
  if (answer === 'describe') {
    const onDemand = table.billingMode === 'PAY_PER_REQUEST';
    description.WarmThroughput = {
      ReadUnitsPerSecond: onDemand ? ON_DEMAND_WARM_READS : table.readUnits,
      WriteUnitsPerSecond: onDemand ? ON_DEMAND_WARM_WRITES : table.writeUnits,
      Status: 'ACTIVE',
    };
  }
  return description;
}

function keySchemaElements(key: KeySchema): KeySchemaElement[] {
  const elements: KeySchemaElement[] = [{ AttributeName: key.partition.name, KeyType: 'HASH' }];
  if (key.sort !== undefined) elements.push({ AttributeName: key.sort.name, KeyType: 'RANGE' });
  return elements;
}
