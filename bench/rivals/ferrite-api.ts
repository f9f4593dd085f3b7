/**
 * What the benchmarks use of FerriteDB's public interface, and where they find it: the *built*
 * package (dist/esm), as a user would run it, not sources compiled on the fly.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Item } from '../data/items.js';

export interface FerriteKey {
  pk: string;
  sk: string;
}

/** Items one by one, or page by page, which saves a promise for each item. */
export interface FerriteStream extends AsyncIterable<Item> {
  pages(): AsyncIterable<Item[]>;
}

export interface FerriteTable {
  put(item: Item): Promise<void>;
  get(key: FerriteKey): Promise<Item | undefined>;
  getSync(key: FerriteKey): Item | undefined;
  query(range: { pk: string; sk?: { gte: string } }, options?: { limit?: number }): FerriteStream;
  scan(): FerriteStream;
}

/** Memory figures of E11; summed over all shards. */
export interface FerriteStats {
  /** Entries in memtables. */
  memtableEntries: number;
  /** Bytes of their keys and values as encoded. */
  memtablePayloadBytes: number;
  /** Bytes taken for them: entries, tree nodes, hash index. */
  memtableBytes: number;
}

export interface FerriteDatabase {
  createTable(input: object): Promise<unknown>;
  table(name: string): FerriteTable;
  /** Resolves when every write made before is on disk. */
  sync(): Promise<void>;
  /** Freezes and flushes every memtable. */
  flush(): Promise<void>;
  /** Merges all tables to their final shape. */
  compact(): Promise<void>;
  stats(): Promise<FerriteStats>;
  share(): unknown;
  close(): Promise<void>;
}

export interface FerriteModule {
  open(
    folder?: string,
    options?: {
      durability?: 'sync' | 'relaxed';
      memoryMb?: number;
      shards?: number;
      compression?: boolean;
    },
  ): Promise<FerriteDatabase>;
  attach(token: unknown): Promise<Pick<FerriteDatabase, 'table' | 'close'>>;
}

export const BUILT_MODULE = new URL('../../dist/esm/index.js', import.meta.url);

export async function loadFerrite(): Promise<FerriteModule> {
  if (!existsSync(fileURLToPath(BUILT_MODULE))) {
    throw new Error('FerriteDB is not built: run "npm run build" first (npm run bench does)');
  }
  return (await import(BUILT_MODULE.href)) as FerriteModule;
}
