// UpdateTable's changes of the list of global indexes: at most one is created or deleted at a time.

import type { TableDefinition } from '../engine/store.js';
import { LimitExceededException, ResourceInUseException, ValidationException } from '../errors.js';
import { GLOBAL_INDEXES_MAX } from '../limits.js';
import { IN_USE } from '../table/catalog.js';
import type { AttributeDefinition } from '../table/definition.js';
import { withIndexStatus, withUsedDefinitions } from '../table/index-changes.js';
import { indexesOf, pendingAt } from '../table/settings.js';
import {
  checkIndexKeys,
  checkProjectedCount,
  checkProjection,
  indexDefinitionOf,
  INVALID,
} from './index-rules.js';
import { throughputSettings } from './create-table-rules.js';
import type { NewIndex } from './table-shapes.js';
import { checkIndexUnits, checkOnDemand, checkWarm } from './throughput-rules.js';
import { requireGlobalIndex, withIndexSettings } from './update-units.js';
import type { UpdateRequest } from './update-table-rules.js';

/** Creations and deletions, of which there may be one, while no other is under way. */
export function changeIndexes(
  table: TableDefinition,
  { creates, removes, attributeDefinitions }: UpdateRequest,
  nowMs: number,
): TableDefinition {
  for (const { name } of creates) {
    if (table.indexes?.some((index) => index.name === name) === true) {
      throw new ValidationException('Attempting to create an index which already exists');
    }
  }
  for (const name of removes) checkRemovable(table, name, nowMs);
  const busy = indexesOf(table, 'global').filter(
    ({ name, status }) => status !== 'active' && !removes.includes(name),
  );
  if (busy.length + creates.length + removes.length > 1) {
    throw new LimitExceededException(
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
  let changed = table;
  for (const index of creates) changed = withNewIndex(changed, index, attributeDefinitions);
  for (const name of removes) changed = withIndexStatus(changed, name, 'deleting');
  return changed;
}

function checkRemovable(table: TableDefinition, name: string, nowMs: number): void {
  const index = requireGlobalIndex(table, name, 'delete');
  if (index.status === 'deleting') {
    throw new ResourceInUseException(
      `${IN_USE}Index is being deleted. Table: ${table.name} Index: ${name}`,
    );
  }
  const pending = pendingAt(table, nowMs);
  if (pending?.index !== name) return;
  throw new ResourceInUseException(
    pending.kind === 'index'
      ? `${IN_USE}Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the ` +
          `index is active. Table: ${table.name} Index: ${name}`
      : `${IN_USE}Index is being updated. Table: ${table.name} Index: ${name}`,
  );
}

function withNewIndex(
  table: TableDefinition,
  index: NewIndex,
  given: readonly AttributeDefinition[] = [],
): TableDefinition {
  if (indexesOf(table, 'global').length >= GLOBAL_INDEXES_MAX) {
    throw new LimitExceededException(
      `Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of ${GLOBAL_INDEXES_MAX}`,
    );
  }
  const defined = given.map(({ AttributeName }) => AttributeName);
  const repeated = defined.find((name, at) => defined.indexOf(name) < at);
  if (repeated !== undefined) {
    throw new ValidationException(`Attribute Name is duplicated: ${repeated}`);
  }
  // New key attributes must be in the call, even if the table has a definition of them.
  if (!index.keySchema.every(({ AttributeName }) => defined.includes(AttributeName))) {
    throw new ValidationException(
      `${INVALID}AttributeDefinitions is not specified for index: ${index.name}`,
    );
  }
  // A type that contradicts the stored one is ignored.
  const stored = table.attributeDefinitions;
  const known = new Set(stored.map(({ AttributeName }) => AttributeName));
  const merged = [...stored, ...given.filter(({ AttributeName }) => !known.has(AttributeName))];
  checkIndexKeys(index, merged);
  checkProjection(index);
  const included = (table.indexes ?? []).map(({ projection }) => projection.names?.length ?? 0);
  const total = included.reduce((sum, count) => sum + count, 0);
  checkProjectedCount(total + (index.projection?.names?.length ?? 0));
  checkIndexUnits(index.throughput, index.name, table.billingMode);
  checkOnDemand(index.onDemand, table.billingMode, index.name);
  checkWarm(index.warm, table.billingMode, index.throughput, index.name);
  const definition = indexDefinitionOf(index, 'global', merged, 'creating');
  const indexes = [...(table.indexes ?? []), definition];
  const changed = { ...table, indexes, attributeDefinitions: merged };
  return withIndexSettings(withUsedDefinitions(changed), index.name, throughputSettings(index));
}
