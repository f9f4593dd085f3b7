// The conformance suite through the HTTP door, over real sockets, on the engine: reads go from its bytes
// to JSON.

import { setTimeout as delay } from 'node:timers/promises';
import { openEngine } from '../../host/engine/open-engine.js';
import type { Store } from '../../host/engine/store.js';
import { openDatabase, type Database } from '../../host/index.js';
import type { Door } from './door.js';
import { conformance } from './suite.js';
import { typedDoor } from './typed-door.js';
import { WireClient } from './wire-client.js';

/** Longer than two requests on their way: cases look at what tables say meanwhile. */
const CHANGE_MS = 25;
const BACKFILL_MS = 200;

/** Changes of tables take a while, as they do on a slow disk. */
function unhurried(store: Store): Store {
  const after =
    <Args extends unknown[], Result>(ms: number, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await delay(ms);
      return call.apply(store, args);
    };
  return Object.assign(store, {
    createKeyspace: after(CHANGE_MS, store.createKeyspace),
    dropKeyspace: after(CHANGE_MS, store.dropKeyspace),
    backfill: after(BACKFILL_MS, store.backfill),
  });
}

conformance(async () => {
  const db = await openDatabase(async (path, { durability, random }) =>
    unhurried(await openEngine(path, { durability, random, shards: 2, memoryMb: 64 })),
  );
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
