// What an operation works with. One of these belongs to each open database.

import type { Clock } from '../clock.js';
import type { Store } from '../engine/store.js';
import type { Random } from '../random.js';
import type { Catalog } from '../table/catalog.js';

export interface OperationContext {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  /** Finishes what was begun with the indexes of a table, in the background. */
  readonly builder: { run(table: string): void };
  /** How long changes of tables are shown as under way after they are done. */
  readonly tableDelayMs: number;
}

/**
 * An item or key as callers type it: as lib-dynamodb does, so that code written for it compiles
 * unchanged.
 */
export type DocumentItem = Record<string, any>;
