/** Rivals by name, each opened on a folder of its own. */
import { createFerrite, openFerrite } from './ferrite.js';
import { openLmdb } from './lmdb.js';
import { openClassicLevel } from './classic-level.js';
import { openRocksDb } from './rocksdb.js';
import type { Store, StoreOptions } from './store.js';

export type RivalName = 'ferritedb' | 'lmdb' | 'classic-level' | 'rocksdb-native';

/** A new, empty store. */
export async function createStore(
  name: RivalName,
  folder: string,
  options: StoreOptions = {},
): Promise<Store> {
  return name === 'ferritedb' ? createFerrite(folder, options) : openStore(name, folder, options);
}

/** The store that `folder` holds. */
export async function openStore(
  name: RivalName,
  folder: string,
  options: StoreOptions = {},
): Promise<Store> {
  switch (name) {
    case 'ferritedb':
      return openFerrite(folder, options);
    case 'lmdb':
      return openLmdb(folder, options);
    case 'classic-level':
      return openClassicLevel(folder, options);
    case 'rocksdb-native':
      return openRocksDb(folder, options);
  }
}
