// DescribeTable: what a table is and how it stands.

import { describeDefinition, type TableDescription } from '../table/description.js';
import type { OperationContext } from './context.js';
import { readModelInput } from './service-model/model-input.js';

export interface DescribeTableInput {
  /** Name or ARN. */
  TableName: string;
}

export interface DescribeTableOutput {
  Table: TableDescription;
}

export async function describeTable(
  context: OperationContext,
  rawInput: unknown,
): Promise<DescribeTableOutput> {
  const { TableName: name } = readModelInput<DescribeTableInput>('DescribeTable', rawInput);
  const { live } = context.catalog.describe(name);
  const figures =
    live === undefined ? { itemCount: 0, sizeBytes: 0 } : await context.store.tableFigures(live);
  // Much may have happened while it was counted.
  const { status, table } = context.catalog.describe(name);
  const nowMs = context.clock.nowMs();
  return { Table: describeDefinition(table, status, figures, 'describe', nowMs) };
}
