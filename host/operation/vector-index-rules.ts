// The rules of vector indexes. There are none in this version: what obeys the rules is refused.

import type { TableDefinition } from '../engine/store.js';
import { ResourceNotFoundException, ValidationException } from '../errors.js';
import { VECTOR_DIMENSIONS_MAX, VECTOR_INDEXES_MAX } from '../limits.js';
import { INVALID } from './index-rules.js';
import { refuse } from './refusal.js';
import type { Definitions } from './table-shapes.js';
import type { BillingMode } from './throughput-rules.js';

export interface VectorIndex {
  readonly IndexName: string;
  readonly VectorAttribute: { readonly AttributeName: string };
  readonly Dimensions: number;
  readonly SearchSchema?: readonly { readonly AttributeName: string }[];
}

export interface VectorIndexUpdate {
  readonly Create?: VectorIndex;
  readonly Delete?: { readonly IndexName: string };
}

/** Indexes to be made with a table, or added to one. */
export function checkVectorIndexes(
  indexes: readonly VectorIndex[],
  billingMode: BillingMode,
  definitions: Definitions,
): void {
  if (billingMode !== 'PAY_PER_REQUEST') {
    throw new ValidationException(
      `${INVALID}Vector indexes are only supported for PAY_PER_REQUEST tables`,
    );
  }
  if (indexes.length > VECTOR_INDEXES_MAX) {
    throw new ValidationException(
      `${INVALID}VectorIndex count exceeds the per-table limit of ${VECTOR_INDEXES_MAX}`,
    );
  }
  const defined = new Set(definitions.map(({ AttributeName }) => AttributeName));
  const sizes = new Map<string, number>();
  for (const { SearchSchema: schema = [], Dimensions: size, VectorAttribute: vector } of indexes) {
    if (!schema.every(({ AttributeName }) => defined.has(AttributeName))) {
      throw new ValidationException(
        `${INVALID}One element in SearchSchema is not defined in attribute definitions`,
      );
    }
    if (size < 1 || size > VECTOR_DIMENSIONS_MAX) {
      throw new ValidationException(
        `${INVALID}Number of dimensions must be between 1 and ${VECTOR_DIMENSIONS_MAX} inclusive.`,
      );
    }
    const name = vector.AttributeName;
    if ((sizes.get(name) ?? size) !== size) {
      throw new ValidationException(
        `${INVALID}Conflicting attribute definition for '${name}'. ` +
          'All VectorIndexes on the same vector attribute must use the same dimensions.',
      );
    }
    sizes.set(name, size);
  }
}

/** Of a table, which has no vector indexes. */
export function refuseVectorUpdates(
  table: TableDefinition,
  updates: readonly VectorIndexUpdate[],
  definitions: Definitions = [],
): never {
  for (const { Create: create, Delete: remove } of updates) {
    if (create !== undefined) {
      const known = [...table.attributeDefinitions, ...definitions];
      checkVectorIndexes([create], table.billingMode, known);
    }
    if (remove === undefined) continue;
    throw new ResourceNotFoundException(
      `Requested resource not found: Index ${remove.IndexName} for table ${table.name}`,
    );
  }
  return refuse('UpdateTable', table.arn, 'VectorIndexUpdates');
}
