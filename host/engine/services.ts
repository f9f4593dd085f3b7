// What one thread's store needs of the rest of the database. On threads: messages to the keeper and wake-ups of the pool.
// In a simulation: everything runs inline, on the thread that asks.

import type { KeepAlive } from '../runtime/waiting.js';
import type { LsmStore } from './lsm-store.js';
import type { TableDefinition } from './store.js';

/** How a stalled caller gets others to make room. */
export interface Progress {
  /** Background work was requested in control memory. */
  work(): void;
  /** Resolves when something may have changed. */
  wait(): Promise<void>;
}

export interface Services extends Progress {
  /** Records wait in a ring: the log is wanted. */
  ring(): void;
  /** The log turns on another thread. */
  readonly logElsewhere: boolean;
  readonly keepAlive: KeepAlive;
  /** Resolves with the id, once the table is durable and visible. */
  createTable(definition: TableDefinition): Promise<number>;
  /** False: the definition had changed meanwhile. */
  updateTable(id: number, definition: TableDefinition): Promise<boolean>;
  /** Streams of the table stay readable from `atMs` on for their retention. */
  dropTable(id: number, atMs: number): Promise<void>;
  forgetRetired(id: number): Promise<void>;
  /** For `attach` in another thread. */
  share(): unknown;
  /** Freezes and flushes every memtable. */
  flush(store: LsmStore): Promise<void>;
  /** Merges everything down to one level. */
  compact(store: LsmStore): Promise<void>;
  /** Ends this thread's part; for the thread that opened it, the database's. Nothing of the store is in flight. */
  close(store: LsmStore): Promise<void>;
}
