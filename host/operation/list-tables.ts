// ListTables: the names of all tables, in byte order, a page at a time.

import { LIST_TABLES_LIMIT_MAX, TABLE_NAME_LENGTH_MIN } from '../limits.js';
import { rangeFault, tableNameFault, throwFaults } from './constraints.js';
import type { OperationContext } from './context.js';
import { readInput, readInteger, readString } from './wire-types.js';

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
  const input = readInput('listTables', rawInput);
  const after = readString(input.ExclusiveStartTableName, 'ExclusiveStartTableName');
  const limit = readInteger(input.Limit, 'Limit');
  const path = 'exclusiveStartTableName';
  throwFaults([
    after === undefined ? undefined : tableNameFault(after, path, TABLE_NAME_LENGTH_MIN),
  ]);
  throwFaults([rangeFault(limit, 'limit', 1, LIST_TABLES_LIMIT_MAX)]);
  const names = context.catalog.names().filter((name) => after === undefined || name > after);
  const page = names.slice(0, limit ?? LIST_TABLES_LIMIT_MAX);
  if (page.length === names.length) return { TableNames: page };
  return { TableNames: page, LastEvaluatedTableName: page[page.length - 1] };
}
