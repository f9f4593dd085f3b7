/**
 * rocksdb-native: Facebook's RocksDB as Holepunch binds it. Values are msgpack by msgpackr, plain
 * maps.
 *
 * Limits of the binding (3.18), stated in every comparison: writes go to the log without fsync and
 * cannot be asked for one, so it is compared at `relaxed` only; the block cache is RocksDB's 32 MiB
 * and cannot be set, so the memory budget goes to its write buffers; tables are not compressed;
 * reads are asynchronous only.
 */
import RocksDB from 'rocksdb-native';
import { Packr } from 'msgpackr';
import type { Item } from '../data/items.js';
import { inBatches, joinKey, partitionRange } from './store.js';
import type { Store, StoreOptions } from './store.js';

const MIB = 1024 * 1024;
const BLOCK_CACHE_MB = 32;
const WRITE_BUFFERS = 2;
const LOAD_BATCH = 1_000;
/** Rows a native call brings; its default of 8 is 2x slower in long scans. */
const SCAN_ROWS = 256;

export async function openRocksDb(
  folder: string,
  options: StoreOptions = {},
): Promise<Store<string>> {
  if (options.durability === 'sync') {
    throw new Error('rocksdb-native cannot sync a write: compare it at durability relaxed');
  }
  const forBuffers = Math.max(8, (options.memoryMb ?? BLOCK_CACHE_MB + 128) - BLOCK_CACHE_MB);
  const db = new RocksDB(folder, {
    writeBufferSize: Math.floor((forBuffers / WRITE_BUFFERS) * MIB),
    maxWriteBufferNumber: WRITE_BUFFERS,
  });
  await db.ready();
  return new RocksDbStore(db);
}

class RocksDbStore implements Store<string> {
  readonly name = 'rocksdb-native';
  readonly #db: RocksDB;
  readonly #codec = new Packr({ useRecords: false });

  constructor(db: RocksDB) {
    this.#db = db;
  }

  key(pk: string, sk: string): string {
    return joinKey(pk, sk);
  }

  async get(key: string): Promise<Item | undefined> {
    const value = await this.#db.get(key);
    return value === null ? undefined : (this.#codec.unpack(value) as Item);
  }

  put(key: string, item: Item): Promise<void> {
    return this.#db.put(key, this.#codec.pack(item));
  }

  async load(count: number, make: (index: number) => Item): Promise<void> {
    await inBatches(count, LOAD_BATCH, make, (items) => {
      const batch = this.#db.write({ capacity: LOAD_BATCH, autoDestroy: true });
      for (const item of items) batch.tryPut(joinKey(item.pk, item.sk), this.#codec.pack(item));
      return batch.flush();
    });
    await this.flushed();
  }

  async query(pk: string, from?: string, limit?: number): Promise<number> {
    const range = partitionRange(pk, from);
    const rows = this.#db.iterator({ gte: range.from, lt: range.to }, { limit, capacity: 128 });
    let count = 0;
    for await (const { value } of rows) if ((this.#codec.unpack(value) as Item).pk === pk) count++;
    return count;
  }

  async scan(): Promise<number> {
    let count = 0;
    for await (const { value } of this.#db.iterator({}, { capacity: SCAN_ROWS })) {
      if ((this.#codec.unpack(value) as Item).pk !== '') count++;
    }
    return count;
  }

  /** Memtables to table files: the only way this binding has to put data on the device for sure. */
  async flushed(): Promise<void> {
    await this.#db.flush();
  }

  async compact(): Promise<void> {
    await this.#db.flush();
    await this.#db.compactRange();
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
