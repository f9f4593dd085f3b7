// A database on the model's store, with tables `Pairs` (S + S) and `Numbers` (S + N): what the
// tests of the host start from.

import { Database } from '../../host/index.js';
import { systemClock } from '../../host/clock.js';
import { systemRandom } from '../../host/random.js';
import type { Store } from '../../host/engine/store.js';
import { MemoryStore } from '../model/memory-store.js';

export async function openMemory(store: Store = new MemoryStore()): Promise<Database> {
  const db = new Database(store, { clock: systemClock, random: systemRandom });
  await makeTable(db, 'Pairs', 'S');
  await makeTable(db, 'Numbers', 'N');
  return db;
}

export async function makeTable(
  db: Database,
  TableName: string,
  sortType: 'S' | 'N',
): Promise<void> {
  await db.createTable({
    TableName,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: sortType },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
}
