// `open`: the embedded door on the engine there is.

import { openDatabase, type Database } from './database.js';
import { openEngine } from './engine/open-engine.js';
import type { OpenOptions } from './options.js';

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
    (folder, { durability, shards, memoryMb, random }) => openEngine(folder, { durability, shards, memoryMb, random }),
    path,
    options,
  );
}
