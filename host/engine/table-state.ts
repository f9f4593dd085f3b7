// A table as one thread holds it: the stored definition with what the hot paths want at hand.
// The doors keep this very object and pass it back in each call; a dropped table's object stays and answers
// ResourceNotFoundException.

import type { KeySchema, KeyType } from '../table/item-types.js';
import type { StoredAttributeDefinition, StoredTable } from './store.js';

export class TableState implements StoredTable {
  readonly id: number;
  readonly name: string;
  readonly key: KeySchema;
  readonly attributeDefinitions: readonly StoredAttributeDefinition[];
  readonly tableId: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly onDemandSinceMs?: number;
  readonly tableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
  readonly deletionProtection: boolean;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];

  readonly partitionName: string;
  readonly partitionType: KeyType;
  readonly sortName: string | undefined;
  readonly sortType: KeyType;
  dropped = false;

  constructor(stored: StoredTable) {
    this.id = stored.id;
    this.name = stored.name;
    this.key = stored.key;
    this.attributeDefinitions = stored.attributeDefinitions;
    this.tableId = stored.tableId;
    this.arn = stored.arn;
    this.createdAtMs = stored.createdAtMs;
    this.billingMode = stored.billingMode;
    this.readUnits = stored.readUnits;
    this.writeUnits = stored.writeUnits;
    this.onDemandSinceMs = stored.onDemandSinceMs;
    this.tableClass = stored.tableClass;
    this.deletionProtection = stored.deletionProtection;
    this.tags = stored.tags;
    this.partitionName = stored.key.partition.name;
    this.partitionType = stored.key.partition.type;
    this.sortName = stored.key.sort?.name;
    this.sortType = stored.key.sort?.type ?? 'S';
  }
}
