/**
 * classic-level: Google's LevelDB. Values are msgpack by msgpackr (plain maps: LevelDB has no place
 * to keep shared record structures; `records: true` keeps them in this process all the same, to
 * show what they would give).
 *
 * Durability `sync`: every put with `{ sync: true }`. Memory: two write buffers of a sixteenth each
 * (LevelDB fills one while it flushes the other), the rest block cache.
 */
import { ClassicLevel } from 'classic-level';
import { Packr } from 'msgpackr';
import type { Item } from '../data/items.js';
import { inBatches, joinKey, partitionRange } from './store.js';
import type { Store, StoreOptions } from './store.js';

const MIB = 1024 * 1024;
const LOAD_BATCH = 1_000;
const SCAN_BATCH = 1_000;

export interface LevelOptions extends StoreOptions {
  records?: boolean;
}

function memory(memoryMb: number | undefined): { cacheSize?: number; writeBufferSize?: number } {
  if (!memoryMb) return {};
  const writeBufferSize = Math.max(4 * MIB, Math.floor((memoryMb * MIB) / 16));
  return { writeBufferSize, cacheSize: Math.max(MIB, memoryMb * MIB - 2 * writeBufferSize) };
}

export async function openClassicLevel(
  folder: string,
  options: LevelOptions = {},
): Promise<Store<string>> {
  const db = new ClassicLevel(folder, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
    compression: options.compression ?? true,
    ...memory(options.memoryMb),
  });
  await db.open();
  return new ClassicLevelStore(db, options);
}

class ClassicLevelStore implements Store<string> {
  readonly name = 'classic-level';
  readonly #db: ClassicLevel;
  readonly #codec: Packr;
  readonly #write: { sync: boolean };

  constructor(db: ClassicLevel, options: LevelOptions) {
    this.#db = db;
    this.#codec = options.records
      ? new Packr({ structures: [] })
      : new Packr({ useRecords: false });
    this.#write = { sync: (options.durability ?? 'sync') === 'sync' };
  }

  key(pk: string, sk: string): string {
    return joinKey(pk, sk);
  }

  getSync(key: string): Item | undefined {
    const value = this.#db.getSync(key);
    return value === undefined ? undefined : (this.#codec.unpack(value) as Item);
  }

  async get(key: string): Promise<Item | undefined> {
    const value = await this.#db.get(key);
    return value === undefined ? undefined : (this.#codec.unpack(value) as Item);
  }

  put(key: string, item: Item): Promise<void> {
    return this.#db.put(key, this.#codec.pack(item), this.#write);
  }

  async load(count: number, make: (index: number) => Item): Promise<void> {
    await inBatches(count, LOAD_BATCH, make, (items) =>
      this.#db.batch(
        items.map((item) => ({
          type: 'put' as const,
          key: joinKey(item.pk, item.sk),
          value: this.#codec.pack(item),
        })),
      ),
    );
    await this.flushed();
  }

  async query(pk: string, from?: string, limit?: number): Promise<number> {
    const range = partitionRange(pk, from);
    const rows = await this.#db.iterator({ gte: range.from, lt: range.to, limit }).all();
    let count = 0;
    for (const [, value] of rows) if ((this.#codec.unpack(value) as Item).pk === pk) count++;
    return count;
  }

  async scan(): Promise<number> {
    const iterator = this.#db.iterator();
    let count = 0;
    for (;;) {
      const rows = await iterator.nextv(SCAN_BATCH);
      if (rows.length === 0) break;
      for (const [, value] of rows) if ((this.#codec.unpack(value) as Item).pk !== '') count++;
    }
    await iterator.close();
    return count;
  }

  /** A synced write carries everything logged before it to the disk. */
  async flushed(): Promise<void> {
    await this.#db.batch([], { sync: true });
  }

  async compact(): Promise<void> {
    await this.#db.compactRange('', '\uffff');
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
