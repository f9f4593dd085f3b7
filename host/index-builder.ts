// Finishes what UpdateTable began with global indexes: fills a new one from the items there are,
// then calls it active; takes away a deleted one.
//
// The definition says what is left to do, so an open after a crash goes on with it. One builder of
// the process works at a table: the one of the thread that changed it, or of the thread that
// opened the database.

import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from '../io/errors.js';
import type { Clock } from './clock.js';
import type { IndexDefinition, Store, StoredTable } from './engine/store.js';
import { DatabaseClosed, ResourceNotFoundException } from './errors.js';
import type { Catalog } from './table/catalog.js';
import { withIndexStatus, withoutIndex } from './table/index-changes.js';
import { settingsOf } from './table/settings.js';

/** How long to wait when the disk is full, and how often a delay looks at the clock. */
const RETRY_MS = 100;
const LOOK_MS = 5;

export class IndexBuilder {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(store: Store, catalog: Catalog, clock: Clock, delayMs: number) {
    this.#store = store;
    this.#catalog = catalog;
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  /** Goes on with what an earlier process left. */
  resume(): void {
    for (const table of this.#store.catalog()) this.run(table.name);
  }

  /** Works at a table until all its indexes are active. */
  run(name: string): void {
    if (this.#stop.signal.aborted || this.#running.has(name)) return;
    const finished = Promise.resolve().then(() => this.#finish(name));
    this.#running.set(name, finished);
  }

  /** Stops, and resolves when nothing of it runs any more. What is unfinished waits for the next open. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  async #finish(name: string): Promise<void> {
    try {
      for (;;) {
        const left = this.#unfinished(name);
        if (left === undefined) return;
        try {
          await this.#step(left.table, left.index);
        } catch (error) {
          if (!(error instanceof StorageError && error.code === 'StorageFull')) throw error;
          await delay(RETRY_MS, undefined, { signal: this.#stop.signal });
        }
      }
    } catch (error) {
      if (!this.#isEnd(error)) throw error;
    } finally {
      // In one turn with the last look: a change that comes later runs anew.
      this.#running.delete(name);
    }
  }

  #unfinished(name: string): { table: StoredTable; index: IndexDefinition } | undefined {
    const table = this.#catalog.find(name);
    const index = table?.indexes?.find(({ status }) => status !== 'active');
    return table === undefined || index === undefined ? undefined : { table, index };
  }

  async #step(table: StoredTable, index: IndexDefinition): Promise<void> {
    const { id } = index;
    try {
      if (index.status === 'deleting') await this.#wait(this.#clock.nowMs() + this.#delayMs);
      else await this.#fill(table, index);
    } catch (error) {
      // The table is gone; there may be another of its name.
      if (error instanceof ResourceNotFoundException) return;
      throw error;
    }
    await this.#catalog.update(
      () => this.#live(table.name),
      (known) => {
        const now = known.indexes?.find((candidate) => candidate.id === id);
        if (now === undefined || now.status !== index.status) return undefined;
        return now.status === 'deleting'
          ? withoutIndex(known, now.name)
          : withIndexStatus(known, now.name, 'active');
      },
    );
  }

  /** Entries for every item, in each of the two phases for as long as they are to be seen. */
  async #fill(table: StoredTable, index: IndexDefinition): Promise<void> {
    const { pending } = settingsOf(table);
    if (pending?.index === index.name) await this.#wait(pending.untilMs);
    const shownMs = this.#clock.nowMs() + this.#delayMs;
    await this.#store.backfill(table, index, this.#stop.signal);
    await this.#wait(shownMs);
  }

  /** Until a moment of the injected clock. */
  async #wait(untilMs: number): Promise<void> {
    while (this.#clock.nowMs() < untilMs) {
      await delay(LOOK_MS, undefined, { signal: this.#stop.signal });
    }
  }

  #live(name: string): StoredTable {
    const table = this.#catalog.find(name);
    if (table === undefined) throw new ResourceNotFoundException('Requested resource not found');
    return table;
  }

  /** Errors that mean there is nothing to work on any more: stopped, dropped, closed or failed. */
  #isEnd(error: unknown): boolean {
    return (
      this.#stop.signal.aborted ||
      error instanceof ResourceNotFoundException ||
      error instanceof DatabaseClosed ||
      error instanceof StorageError
    );
  }
}
