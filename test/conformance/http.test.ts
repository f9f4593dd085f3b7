// The conformance suite through the HTTP door, over real sockets.

import { setTimeout as delay } from 'node:timers/promises';
import type { StoredTable, TableDefinition, TableKeyspace } from '../../host/engine/store.js';
import { openDatabase, type Database } from '../../host/index.js';
import { MemoryStore } from '../model/memory-store.js';
import type { Door } from './door.js';
import { conformance } from './suite.js';
import { typedDoor } from './typed-door.js';
import { WireClient } from './wire-client.js';

/** Longer than two requests on their way: cases look at what tables say meanwhile. */
const CHANGE_MS = 25;
const BACKFILL_MS = 200;

/** Changes of tables take a while, as they do where there is a disk. */
class UnhurriedStore extends MemoryStore {
  override async createKeyspace(definition: TableDefinition): Promise<StoredTable> {
    await delay(CHANGE_MS);
    return super.createKeyspace(definition);
  }

  override async dropKeyspace(id: number): Promise<void> {
    await delay(CHANGE_MS);
    return super.dropKeyspace(id);
  }

  override async backfill(table: TableKeyspace): Promise<void> {
    await delay(BACKFILL_MS);
    return super.backfill(table);
  }
}

conformance(async () => {
  const db = await openDatabase(async () => new UnhurriedStore());
  const { url } = await db.serveHttp();
  const client = new WireClient(url);
  const close = async (): Promise<void> => {
    client.close();
    await db.close();
  };
  // What the typed door needs of a database, the client has.
  const remote = Object.assign(Object.create(client), client, { close }) as unknown;
  return typedDoor(remote as Database) as Door;
});
