// How the list of a table's indexes changes, as a definition.

import type { IndexDefinition, TableDefinition } from '../engine/store.js';
import { settingsOf, withSettings } from './settings.js';

export function withIndexStatus(
  table: TableDefinition,
  name: string,
  status: IndexDefinition['status'],
): TableDefinition {
  const indexes = table.indexes?.map((index) =>
    index.name === name ? { ...index, status } : index,
  );
  return { ...table, indexes };
}

/** The table without an index, and without the definitions that only this one used. */
export function withoutIndex(table: TableDefinition, name: string): TableDefinition {
  const indexes = table.indexes?.filter((index) => index.name !== name) ?? [];
  const settings = settingsOf(table).indexes?.filter((index) => index.name !== name);
  const without = { ...table, indexes: indexes.length === 0 ? undefined : indexes };
  return withUsedDefinitions(withSettings(without, { indexes: settings }));
}

/** The table without definitions of attributes that no key has. */
export function withUsedDefinitions(table: TableDefinition): TableDefinition {
  const { partition, sort } = table.key;
  const keys = (table.indexes ?? []).flatMap((index) => [...index.partition, ...index.sort]);
  const all = [partition, ...(sort === undefined ? [] : [sort]), ...keys];
  const used = new Set(all.map(({ name }) => name));
  const attributeDefinitions = table.attributeDefinitions.filter(({ AttributeName }) =>
    used.has(AttributeName),
  );
  return { ...table, attributeDefinitions };
}
