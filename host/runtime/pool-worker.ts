// Entry of the pool's workers (Piscina). A worker runs one long-lived loop for background work of all databases, begun
// when the file is loaded, and tasks that callers hand to the pool, such as the pages of a parallel scan.
//
// The loop listens on the runtime's broadcast channel: databases are attached when they are announced and detached when
// they close. The worker's event loop is never blocked for longer than a step of a job.

import { BroadcastChannel, threadId, workerData } from 'node:worker_threads';
import { realFileSystem } from '../../io/disk/real-file-system.js';
import type { DatabaseHandles } from '../engine/attachment.js';
import { BackgroundDatabase } from '../engine/background-database.js';
import type { PageTask } from '../engine/raw-pages.js';
import { Doorbell } from './control.js';
import { packError } from './packed-error.js';
import {
  poolChannelName,
  type PoolOrder,
  type PoolReport,
  type PoolWorkerData,
} from './pool-channel.js';
import { waitForWork } from './waiting.js';

const databases = new Map<string, BackgroundDatabase>();

/** A Piscina task: one page of a scan, read here and decoded by who asked. */
export default async function run(task: PageTask): Promise<unknown> {
  const database = databases.get(task.database);
  if (database === undefined)
    throw new Error(`database ${task.database} is not attached in this worker`);
  return database.page(task);
}

const data = workerData as PoolWorkerData;
const doorbell = new Doorbell(data.doorbell);
const channel = new BroadcastChannel(poolChannelName(data.runtime));
channel.onmessage = (event) => obey((event as { data: PoolOrder }).data);
report({ kind: 'ready', thread: threadId });
void loop();

async function loop(): Promise<never> {
  for (;;) {
    const seen = doorbell.workSeen();
    let ran = false;
    for (const database of databases.values()) ran = (await database.runOne()) || ran;
    if (!ran) await waitForWork(doorbell, seen);
  }
}

function obey(order: PoolOrder): void {
  if (order.kind === 'attach') attach(order.handles);
  else if (order.kind === 'detach') void detach(order.database);
}

function attach(handles: DatabaseHandles): void {
  const answer = { kind: 'attached', thread: threadId, database: handles.id } as const;
  try {
    if (!databases.has(handles.id)) {
      databases.set(
        handles.id,
        new BackgroundDatabase(handles, realFileSystem(), doorbell, data.runtime),
      );
    }
    report(answer);
    doorbell.work();
  } catch (error) {
    report({ ...answer, error: packError(error) });
  }
}

async function detach(id: string): Promise<void> {
  const database = databases.get(id);
  databases.delete(id);
  await database?.close();
  report({ kind: 'detached', thread: threadId, database: id });
}

function report(message: PoolReport): void {
  channel.postMessage(message);
}
