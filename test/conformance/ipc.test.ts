// The conformance suite through the IPC door: a client on a Unix socket of a server on the real engine.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngine } from '../../host/engine/open-engine.js';
import { connect, openDatabase } from '../../host/index.js';
import { remoteDoor } from './remote-door.js';
import { conformance } from './suite.js';

/** Longer than a few requests on their way: a case looks at a table while its index is filled. */
const BACKFILL_MS = 200;
let doors = 0;

conformance(async () => {
  const database = await openDatabase(async (path, options) => {
    const store = await openEngine(path, options);
    const backfill = store.backfill.bind(store);
    store.backfill = async (...request) => {
      await delay(BACKFILL_MS);
      return backfill(...request);
    };
    return store;
  });
  const path = join(tmpdir(), `ferrite-${process.pid}-${++doors}.sock`);
  const door = await database.listen({ path });
  return remoteDoor(await connect(door.address), () => database.close());
});
