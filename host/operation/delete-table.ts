// DeleteTable: drops a table and all its items. It is gone, durably, when the promise resolves, or
// `tableDelayMs` later.

import { describeDefinition, type TableDescription } from '../table/description.js';
import type { OperationContext } from './context.js';
import { readModelInput } from './service-model/model-input.js';

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
  const { TableName: name } = readModelInput<DeleteTableInput>('DeleteTable', rawInput);
  const table = context.catalog.requireDroppable(name);
  const dropped = context.catalog.drop(table, context.tableDelayMs);
  if (context.tableDelayMs === 0) await dropped;
  // A database that is closed before the delay is over keeps the table.
  else dropped.catch(() => {});
  const figures = { itemCount: 0, sizeBytes: 0 };
  const nowMs = context.clock.nowMs();
  return { TableDescription: describeDefinition(table, 'DELETING', figures, 'delete', nowMs) };
}
