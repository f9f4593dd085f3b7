// `open` and `attach`: the embedded door on the engine there is.

import { Database } from './database.js';
import type { SharedDatabase } from './shared-database.js';
import { attachEngine, openEngine, type SharedEngine } from './engine/open-engine.js';
import { openDatabase } from './open-database.js';
import { ManualClock } from './clock.js';
import { resolveOptions, type OpenOptions } from './options.js';

/**
 * Opens the database in a folder, made if it does not exist; without a folder a temporary one, in a private folder that
 * goes when the database is closed.
 *
 * One process at a time owns a folder. What was acknowledged before a crash is there again: the log is replayed first.
 *
 * @param path The folder. Relative to the working directory.
 * @throws StorageError with a `code`: `DatabaseLocked` (somebody has it open: says the process), `Corruption` (says the
 *   file and the offset; nothing was changed), `NotADatabase`, `NewerFormat`, `StorageFull`.
 * @throws InvalidOption for an option that does not exist or has the wrong value.
 *
 * @example
 * await using db = await open('./data', { durability: 'sync' });
 */
export function open(path?: string, options?: OpenOptions): Promise<Database> {
  return openDatabase(
    (folder, { durability, shards, memoryMb, compression, workers, random, clock }) =>
      openEngine(folder, { durability, shards, memoryMb, compression, workers, random, clock }),
    path,
    options,
  );
}

/**
 * The database that another thread of this process has open, on the same memory: every call runs on this thread, with no
 * hop. At most 64 threads, those of the engine included. `close()` here only lets go; the thread that opened it closes.
 *
 * @param token What `db.share()` gave, sent by `workerData` or `postMessage`.
 *
 * @example
 * import { workerData } from 'node:worker_threads';
 * const db = attach(workerData);
 * await db.table('Orders').put({ user_id: 'u1', order_id: 'o1' });
 */
export function attach(token: SharedDatabase): Database {
  // The token is opaque to users; its content is what LsmStore.share() gave.
  const engine = token as unknown as SharedEngine;
  const { clock } = engine.handles;
  return new Database(attachEngine(engine), {
    ...resolveOptions(),
    ...(clock === undefined ? {} : { clock: new ManualClock(clock) }),
  });
}
