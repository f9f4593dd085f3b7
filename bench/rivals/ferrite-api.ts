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
  /** How many items a range has, by keys alone; `index` names the attributes of an index. */
  count(range: object, options?: { index?: string }): Promise<number>;
}

/** A page of Query or Scan. */
export interface FerritePage {
  Items?: Item[];
  Count: number;
  ScannedCount: number;
  LastEvaluatedKey?: FerriteKey;
}

/** Figures of one shard's memtables, as `db.stats()` gives them. */
export interface FerriteShardStats {
  memtableEntries: number;
  /** Encoded keys and values alone. */
  memtableBytes: number;
  frozenEntries: number;
  frozenBytes: number;
  /** Pages of 64 KiB. `memtable`: all that memtables hold, their tree and hash index included. */
  pages: { memtable: number };
}

export const PAGE_BYTES = 65_536;

export interface FerriteStats {
  shards: FerriteShardStats[];
}

export interface FerriteDatabase {
  createTable(input: object): Promise<unknown>;
  table(name: string): FerriteTable;
  put(input: object): Promise<unknown>;
  update(input: object): Promise<unknown>;
  transactWrite(input: object): Promise<unknown>;
  query(input: object): Promise<FerritePage>;
  scan(input: object): Promise<FerritePage>;
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
