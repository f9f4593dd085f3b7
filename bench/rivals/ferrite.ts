/**
 * FerriteDB behind the interface of its rivals. The table is DynamoDB's usual one: partition key
 * `pk` and sort key `sk`, both strings; keys are plain objects, made ahead like the rivals'
 * strings.
 */
import type { Item } from '../data/items.js';
import { inFlight } from './store.js';
import type { Store, StoreOptions } from './store.js';
import { loadFerrite } from './ferrite-api.js';
import type { FerriteDatabase, FerriteKey, FerriteTable } from './ferrite-api.js';

export const TABLE = 'Items';
const LOAD_DEPTH = 1_000;

export async function openFerrite(
  folder: string,
  options: StoreOptions = {},
): Promise<FerriteStore> {
  const { open } = await loadFerrite();
  const db = await open(folder, {
    durability: options.durability ?? 'sync',
    ...(options.memoryMb ? { memoryMb: options.memoryMb } : {}),
    ...(options.shards ? { shards: options.shards } : {}),
    ...(options.compression === undefined ? {} : { compression: options.compression }),
  });
  return new FerriteStore(db);
}

export async function createItemsTable(db: FerriteDatabase): Promise<void> {
  await db.createTable({
    TableName: TABLE,
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
}

/** A new folder with its table. */
export async function createFerrite(
  folder: string,
  options: StoreOptions = {},
): Promise<FerriteStore> {
  const store = await openFerrite(folder, options);
  await createItemsTable(store.db);
  return store;
}

export function itemsTable(db: Pick<FerriteDatabase, 'table'>): FerriteTable {
  return db.table(TABLE);
}

export class FerriteStore implements Store<FerriteKey> {
  readonly name = 'ferritedb';
  readonly db: FerriteDatabase;
  #table: FerriteTable | undefined;

  constructor(db: FerriteDatabase) {
    this.db = db;
  }

  get table(): FerriteTable {
    return (this.#table ??= itemsTable(this.db));
  }

  key(pk: string, sk: string): FerriteKey {
    return { pk, sk };
  }

  getSync(key: FerriteKey): Item | undefined {
    return this.table.getSync(key);
  }

  get(key: FerriteKey): Promise<Item | undefined> {
    return this.table.get(key);
  }

  put(_key: FerriteKey, item: Item): Promise<void> {
    return this.table.put(item);
  }

  async load(count: number, make: (index: number) => Item): Promise<void> {
    const table = this.table;
    await inFlight(count, LOAD_DEPTH, (index) => table.put(make(index)));
    await this.flushed();
  }

  async query(pk: string, from?: string, limit?: number): Promise<number> {
    const range = from === undefined ? { pk } : { pk, sk: { gte: from } };
    let count = 0;
    for await (const page of this.table.query(range, { limit }).pages()) {
      for (const item of page) if (item.pk === pk) count++;
    }
    return count;
  }

  async scan(): Promise<number> {
    let count = 0;
    for await (const page of this.table.scan().pages()) {
      for (const item of page) if (item.pk !== '') count++;
    }
    return count;
  }

  async flushed(): Promise<void> {
    await this.db.sync();
  }

  async compact(): Promise<void> {
    await this.db.flush();
    await this.db.compact();
  }

  async close(): Promise<void> {
    await this.db.close();
  }
}
