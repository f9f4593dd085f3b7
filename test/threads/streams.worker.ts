// A thread of the stream tests: attaches to the database, and does what it is told until it is told to close.

import { parentPort, workerData } from 'node:worker_threads';
import { attach } from '../../host/open.js';
import type { SharedDatabase } from '../../host/shared-database.js';

export interface StreamTask {
  readonly token: SharedDatabase;
  readonly task: 'write' | 'trigger';
  readonly count: number;
}

const { token, task, count } = workerData as StreamTask;
const db = attach(token);
const things = db.table('Things');
const port = parentPort!;

if (task === 'write') {
  for (let n = 0; n < count; n += 10) {
    const items = Array.from({ length: 10 }, (_, at) => ({ pk: `p${at}`, sk: 's', n: n + at }));
    await Promise.all(items.map((item) => things.put(item)));
  }
  await db.close();
  port.postMessage('closed');
} else {
  const trigger = things.on({ name: 't', batchSize: 5 }, async (records) => {
    port.postMessage(records.map(({ eventID }) => eventID));
    await new Promise((resolve) => setTimeout(resolve, 2));
  });
  await trigger.ready;
  port.postMessage('ready');
  port.on('message', async () => {
    await db.close();
    port.postMessage('closed');
    port.close();
  });
}
