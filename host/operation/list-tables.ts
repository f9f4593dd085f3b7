// ListTables: the names of all tables, in byte order, a page at a time.

import { LIST_TABLES_LIMIT_MAX } from '../limits.js';
import type { OperationContext } from './context.js';
import { readModelInput } from './service-model/model-input.js';

export interface ListTablesInput {
  /** Names after this one, which need not exist. */
  ExclusiveStartTableName?: string;
  /** 1 to 100, the default. */
  Limit?: number;
}

export interface ListTablesOutput {
  TableNames: string[];
  /** Present only if more names follow. */
  LastEvaluatedTableName?: string;
}

export async function listTables(
  context: OperationContext,
  rawInput: unknown,
): Promise<ListTablesOutput> {
  const { ExclusiveStartTableName: after, Limit: limit = LIST_TABLES_LIMIT_MAX } =
    readModelInput<ListTablesInput>('ListTables', rawInput);
  const names = context.catalog.names().filter((name) => after === undefined || name > after);
  const page = names.slice(0, limit);
  if (page.length === names.length) return { TableNames: page };
  return { TableNames: page, LastEvaluatedTableName: page[page.length - 1] };
}
