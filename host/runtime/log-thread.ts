// Entry of the log thread: one per process, it runs the keepers of all databases (DESIGN 4).
//
// It sleeps on the doorbell. When rung it answers what was asked over the channel and gives every keeper a turn: one
// group of log records each, written and synced. It turns again only when rung again: writers ring for a burst, and a
// group that began in the middle of one would make its end wait for another sync. While a keeper opens or closes, the thread's event loop must turn
// (sockets of the folder lock), so then it yields instead of sleeping.

import {
  BroadcastChannel,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { realFileSystem } from '../../io/disk/real-file-system.js';
import { ensureDirectory } from '../../io/disk/atomic-file.js';
import { compileCore } from '../core/compile.js';
import { Keeper } from '../engine/keeper.js';
import type { KeeperRequest, OpenRequest } from '../engine/keeper-requests.js';
import { systemRandom } from '../random.js';
import { Doorbell } from './control.js';
import { channelName, type KeeperAnswer, type KeeperMessage } from './keeper-channel.js';
import { packError } from './packed-error.js';

/** Given to the thread at its birth. */
export interface LogThreadData {
  readonly runtime: string;
  readonly doorbell: SharedArrayBuffer;
}

/** What an open answers: first the handles, so that the pool can help, then that all is recovered. */
export type OpenReply = { kind: 'prepared'; handles: Keeper['handles'] } | { kind: 'opened' };

const IDLE_MS = 1000;
/** So long without a write counts as a quiet moment: what can wait is done then, not between two awaited writes. */
const QUIET_MS = 3;
const BREATHE_MS = 1;

const { runtime, doorbell: doorbellBuffer } = workerData as LogThreadData;
const doorbell = new Doorbell(doorbellBuffer);
const channel = new BroadcastChannel(channelName(runtime));
// receiveMessageOnPort takes broadcast channels too; its types do not say so.
const port = channel as unknown as MessagePort;
const keepers = new Map<string, Keeper>();
let working = 0; // locks being taken or released: the event loop must turn
// While the event loop turns it takes messages out of the channel itself: without a listener they would be lost.
channel.onmessage = (event) => receive((event as { data: KeeperMessage | KeeperAnswer }).data);

// From here on nothing that is said over the channel is missed.
parentPort?.postMessage('ready');
void run();

async function run(): Promise<never> {
  let restless = true; // something was written since the keepers had a quiet moment
  for (;;) {
    const wrote = turn();
    restless ||= wrote;
    if (working > 0) await new Promise((resolve) => setImmediate(resolve));
    else if (!doorbell.sleep(restless ? QUIET_MS : IDLE_MS) && !wrote) restless = rest();
  }
}

/** Answers what was asked and gives every keeper a turn. True if there may be more to do. */
function turn(): boolean {
  for (
    let message = receiveMessageOnPort(port);
    message !== undefined;
    message = receiveMessageOnPort(port)
  ) {
    receive(message.message as KeeperMessage | KeeperAnswer);
  }
  let wrote = false;
  for (const keeper of keepers.values()) wrote = keeper.turn() || wrote;
  return wrote;
}

function rest(): boolean {
  let more = false;
  for (const keeper of keepers.values()) more = keeper.rest() || more;
  return more;
}

function receive(message: KeeperMessage | KeeperAnswer): void {
  if (!('request' in message)) return;
  const { request } = message;
  if (request.kind === 'open') slowly(message, () => open(message, request));
  else if (request.kind === 'close') slowly(message, () => close(message));
  else answer(message, request);
}

function slowly(message: KeeperMessage, work: () => Promise<void>): void {
  working++;
  void work()
    .catch((error: unknown) => send(message, { error: packError(error) }))
    .finally(() => working--);
}

async function open(message: KeeperMessage, request: OpenRequest): Promise<void> {
  const fileSystem = realFileSystem();
  const module = compileCore(request.checked);
  Keeper.inspect(fileSystem, request.folder, module);
  ensureDirectory(fileSystem, request.folder);
  const lock = request.options.temporary ? undefined : await fileSystem.lock(request.folder);
  const keeper = new Keeper(request, module, fileSystem, systemRandom, lock);
  try {
    const handles = keeper.prepare(message.database, doorbellBuffer);
    keepers.set(message.database, keeper);
    send(message, { reply: { kind: 'prepared', handles } satisfies OpenReply, more: true });
    keeper.recover(makeRoom, () => void turn());
    send(message, { reply: { kind: 'opened' } satisfies OpenReply });
  } catch (error) {
    keepers.delete(message.database);
    keeper.abandon();
    await lock?.release();
    throw error;
  }

  /** The pool flushes; what it asks of this thread meanwhile is answered here. */
  function makeRoom(shard: number): void {
    for (keeper.requestFlush(shard); keeper.memtableIsFull(shard); ) {
      if (!turn()) doorbell.sleep(BREATHE_MS);
    }
  }
}

async function close(message: KeeperMessage): Promise<void> {
  const keeper = keeperOf(message.database);
  try {
    keeper.close();
  } finally {
    keepers.delete(message.database);
    await keeper.unlock();
  }
  send(message, {});
}

function keeperOf(database: string): Keeper {
  const keeper = keepers.get(database);
  if (keeper === undefined) throw new Error('the database is closed');
  return keeper;
}

function answer(message: KeeperMessage, request: KeeperRequest): void {
  try {
    send(message, { reply: keeperOf(message.database).handle(request) });
  } catch (error) {
    send(message, { error: packError(error) });
  }
}

function send(message: KeeperMessage, result: Omit<KeeperAnswer, 'to' | 'id'>): void {
  channel.postMessage({ to: message.from, id: message.id, ...result } satisfies KeeperAnswer);
}
