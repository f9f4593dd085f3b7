// The ids inside a definition: of the table's items, of each index, of each stream, of TTL hints.
// All come from one counter of the database and are never used twice.

import type { StoredTable, TableDefinition } from './store.js';

/** Ids below 16 are the engine's own. Keyspace 0 holds shapes (core-as/layout.ts). */
export const KEYSPACE_NOTES = 8;
/** Tokens of transactions, and when they were first seen (transaction-tokens.ts). */
export const KEYSPACE_TOKENS = 9;
export const KEYSPACE_TOKEN_TIMES = 10;
/** Decisions of transactions: in the log alone, in no memtable (decision.ts). */
export const KEYSPACE_DECISIONS = 11;

/** All keyspaces of a table, its items first. */
export function keyspaceIds(table: StoredTable): number[] {
  return [
    table.id,
    ...(table.indexes ?? []).map(({ id }) => id),
    ...(table.streams ?? []).map(({ id }) => id),
    ...(table.ttl === undefined ? [] : [table.ttl.id]),
  ];
}

/** The definition with an id drawn for every keyspace that has none yet, which says 0. */
export function withIds(definition: TableDefinition, draw: () => number): TableDefinition {
  const named = <Part extends { readonly id: number }>(part: Part): Part =>
    part.id === 0 ? { ...part, id: draw() } : part;
  return {
    ...definition,
    ...(definition.indexes === undefined ? {} : { indexes: definition.indexes.map(named) }),
    ...(definition.streams === undefined ? {} : { streams: definition.streams.map(named) }),
    ...(definition.ttl === undefined ? {} : { ttl: named(definition.ttl) }),
  };
}
