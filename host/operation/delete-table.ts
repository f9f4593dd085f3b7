// DeleteTable: drops a table and all its items. It is gone, durably, when the promise resolves.

import { describeDefinition, type TableDescription } from '../table/definition.js';
import { checkTableName } from './constraints.js';
import type { OperationContext } from './context.js';
import { readInput, readString } from './wire-types.js';

export interface DeleteTableInput {
  /** Name or ARN. */
  TableName: string;
}

export interface DeleteTableOutput {
  TableDescription: TableDescription;
}

export async function deleteTable(
  context: OperationContext,
  rawInput: unknown,
): Promise<DeleteTableOutput> {
  const input = readInput('deleteTable', rawInput);
  const name = readString(input.TableName, 'TableName');
  checkTableName(name);
  const table = context.catalog.requireDroppable(name);
  await context.catalog.drop(table);
  const figures = { itemCount: 0, sizeBytes: 0 };
  return { TableDescription: describeDefinition(table, 'DELETING', figures, 'delete') };
}
