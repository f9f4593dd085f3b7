// UpdateTable's members on replicas in other regions. No table has any, and none can be made: what
// is left once the rules have been checked is refused.

import type { TableDefinition } from '../engine/store.js';
import { ValidationException } from '../errors.js';
import { REGION } from '../table/definition.js';
import { refuse } from './refusal.js';

export interface ReplicaUpdate {
  readonly Create?: { readonly RegionName: string };
  readonly Update?: { readonly RegionName: string };
  readonly Delete?: { readonly RegionName: string };
}

/** What can be said without the table. */
export function checkReplicaUpdates(updates: readonly ReplicaUpdate[]): void {
  let madeOrGone = 0;
  for (const { Create: create, Update: update, Delete: remove } of updates) {
    if (create === undefined && update === undefined && remove === undefined) {
      throw new ValidationException(
        'There are no actions specified in the Replica Update Action of the request.',
      );
    }
    madeOrGone += (create === undefined ? 0 : 1) + (remove === undefined ? 0 : 1);
    if (create?.RegionName === REGION || remove?.RegionName === REGION) {
      throw new ValidationException(
        'Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.',
      );
    }
  }
  if (madeOrGone > 1) {
    throw new ValidationException(
      'Update table operation with more than one create or delete replica actions not allowed',
    );
  }
}

/** Of a table, which has no replicas. */
export function refuseReplicas(table: TableDefinition, updates: readonly ReplicaUpdate[]): never {
  const named = updates
    .map(({ Update: update, Delete: remove }) => (update ?? remove)?.RegionName)
    .filter((region) => region !== undefined);
  if (named.length > 0) {
    throw new ValidationException(
      'Update global table operation failed because one or more replicas were not part of the global table. ' +
        `Please retry the request without these replicas: [${named.join(', ')}].`,
    );
  }
  if (table.billingMode === 'PROVISIONED') {
    throw new ValidationException(
      'Table write capacity should either be Pay-Per-Request or AutoScaled.',
    );
  }
  return refuse('UpdateTable', table.arn, 'ReplicaUpdates');
}
