// A table as one thread holds it: the stored definition with what the hot paths want at hand.
// The doors keep this very object and pass it back in each call; a dropped table's object stays and answers
// ResourceNotFoundException.

import type { KeyType } from '../table/item-types.js';
import type { StoredTable } from './store.js';
import { WritePlan } from './write-plan.js';

/** The fields of the definition are the object's own; the constructor copies them. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface TableState extends StoredTable {
  readonly id: number;
}

export class TableState {
  readonly partitionName: string;
  readonly partitionType: KeyType;
  readonly sortName: string | undefined;
  readonly sortType: KeyType;
  dropped = false;
  /** What its writes take: another object after each change of the definition. */
  plan: WritePlan;

  constructor(stored: StoredTable) {
    Object.assign(this, stored);
    this.partitionName = stored.key.partition.name;
    this.partitionType = stored.key.partition.type;
    this.sortName = stored.key.sort?.name;
    this.sortType = stored.key.sort?.type ?? 'S';
    this.plan = new WritePlan(this);
  }
}
