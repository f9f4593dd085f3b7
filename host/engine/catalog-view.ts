// One thread's view of the catalog, read anew from catalog memory when a call answers STALE_CATALOG.
//
// Invariant: a TableState object lives as long as its table does, across reloads, because the doors keep it; a table
// that is gone is marked dropped.

import { ResourceNotFoundException } from '../errors.js';
import { readCatalog } from './catalog-memory.js';
import { TableState } from './table-state.js';
import type { RetiredTable, StoredTable, TableKeyspace } from './store.js';
import { WritePlan } from './write-plan.js';

/** What a definition may be without. */
const ABSENT: Partial<StoredTable> = {
  onDemandSinceMs: undefined,
  tableClass: undefined,
  indexes: undefined,
  streams: undefined,
  ttl: undefined,
  ranked: undefined,
  settings: undefined,
};

export class CatalogView {
  readonly #buffer: SharedArrayBuffer;
  #tables = new Map<number, TableState>();
  /** Dropped tables with streams that can still be read. */
  retired: readonly RetiredTable[] = [];
  /** The epoch that calls are planned with. */
  epoch = -1;

  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
    this.reload();
  }

  reload(): void {
    const { epoch, tables, retired = [] } = readCatalog(this.#buffer);
    if (epoch === this.epoch) return;
    const next = new Map<number, TableState>();
    for (const stored of tables) next.set(stored.id, this.#keep(stored));
    for (const [id, table] of this.#tables) if (!next.has(id)) table.dropped = true;
    this.#tables = next;
    this.retired = retired;
    this.epoch = epoch;
  }

  list(): readonly TableState[] {
    return [...this.#tables.values()];
  }

  get(id: number): TableState | undefined {
    return this.#tables.get(id);
  }

  /** The state behind what a door passes in. */
  stateOf(table: TableKeyspace): TableState {
    if (table instanceof TableState && !table.dropped) return table;
    const found = this.#tables.get(table.id);
    if (found === undefined) throw new ResourceNotFoundException('Requested resource not found');
    return found;
  }

  requireLive(table: TableState): void {
    if (table.dropped) throw new ResourceNotFoundException('Requested resource not found');
  }

  /** A changed definition gets the new fields in the same object, and loses those it has no more. */
  #keep(stored: StoredTable): TableState {
    const known = this.#tables.get(stored.id);
    if (known === undefined) return new TableState(stored);
    if (known.revision === stored.revision) return known;
    Object.assign(known, ABSENT, stored);
    known.plan = new WritePlan(known);
    return known;
  }
}
