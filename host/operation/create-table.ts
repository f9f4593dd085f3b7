// CreateTable: makes a table. It is ACTIVE, and durable, when the promise resolves.
//
// Order of checks: name, existence (a table that exists hides every other fault), types of members,
// constraints (joined), what this version does not serve, then the rules between members
// (create-table-rules.ts).

import { randomUuid } from '../random.js';
import {
  keySchemaOf,
  describeDefinition,
  tableArn,
  type AttributeDefinition,
} from '../table/definition.js';
import type { KeySchemaElement, TableDescription } from '../table/definition.js';
import type { TableDefinition } from '../engine/store.js';
import { checkNewTableName } from './constraints.js';
import type { OperationContext } from './context.js';
import { checkCreateTable, readCreateTable } from './create-table-rules.js';
import type { Tag } from './tags.js';
import { readInput, readString } from './wire-types.js';

export interface CreateTableInput {
  /** 3 to 255 of `a-z A-Z 0-9 _ . -`. */
  TableName: string;
  /** A HASH element, and a RANGE element if items share partitions. */
  KeySchema: KeySchemaElement[];
  /** The type of each key attribute, and of nothing else. */
  AttributeDefinitions: AttributeDefinition[];
  /** Default PROVISIONED, which needs ProvisionedThroughput. Nothing is ever throttled for it. */
  BillingMode?: 'PROVISIONED' | 'PAY_PER_REQUEST';
  ProvisionedThroughput?: { ReadCapacityUnits: number; WriteCapacityUnits: number };
  TableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
  DeletionProtectionEnabled?: boolean;
  Tags?: Tag[];
}

export interface CreateTableOutput {
  TableDescription: TableDescription;
}

export async function createTable(
  context: OperationContext,
  rawInput: unknown,
): Promise<CreateTableOutput> {
  const input = readInput('createTable', rawInput);
  const name = readString(input.TableName, 'TableName');
  checkNewTableName(name);
  context.catalog.requireFree(name);
  const request = checkCreateTable(readCreateTable(input), input);
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
  };
  const table = await context.catalog.create(definition);
  const figures = { itemCount: 0, sizeBytes: 0 };
  return { TableDescription: describeDefinition(table, 'ACTIVE', figures, 'create') };
}
