// A process whose trigger dies in its handler: it notes in a table what it was called with, and is killed by itself, with no
// warning, after so many batches, between the end of the handler's work and the checkpoint.

import { open } from '../../../host/open.js';
import { KILL_FOLDER_OPTIONS, type TriggerOrder } from './trigger-order.js';

const order = JSON.parse(process.argv[2]) as TriggerOrder;
const db = await open(order.folder, KILL_FOLDER_OPTIONS);
const done = db.table('Done');
let batches = 0;
db.table('Things').on({ name: 't', batchSize: order.batchSize }, async (records) => {
  for (const { eventID, dynamodb } of records) {
    await done.put({ pk: `${order.run}`, sk: eventID, n: dynamodb.NewImage?.n ?? null });
  }
  if (++batches === order.batches) process.kill(process.pid, 'SIGKILL');
});
// The trigger keeps no process alive.
setInterval(() => undefined, 1_000);
