// Opens a database on a given engine. `open` of host/open.ts is this with the one engine there is; tests have another.

import { Database } from './database.js';
import type { Store } from './engine/store.js';
import { InvalidArgument } from './errors.js';
import { resolveOptions, type OpenOptions, type ResolvedOptions } from './options.js';

/** Opens the engine for a folder, or a temporary one without. */
export type StoreOpener = (path: string | undefined, options: ResolvedOptions) => Promise<Store>;

/** Opens a database on a given engine. */
export async function openDatabase(
  openStore: StoreOpener,
  path?: string,
  options?: OpenOptions,
): Promise<Database> {
  if (path !== undefined && (typeof path !== 'string' || path === '')) {
    throw new InvalidArgument('open(path)', 'a folder, or left out for a temporary database', path);
  }
  const resolved = resolveOptions(options);
  return new Database(await openStore(path, resolved), resolved, true);
}
