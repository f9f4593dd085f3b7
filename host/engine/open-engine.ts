// Opens a database on the runtime's threads: the keeper recovers it on the log thread, the pool is told, and the thread
// that called gets a store of its own. `attachEngine` gives another thread of the process a store on the same memory.

import { resolve } from 'node:path';
import {
  makeTemporaryFolder,
  realFileSystem,
  removeTemporaryFolder,
} from '../../io/disk/real-file-system.js';
import { ManualClock, systemClock, type Clock } from '../clock.js';
import { DatabaseClosed } from '../errors.js';
import { randomUuid, type Random } from '../random.js';
import { CONTROL, Control, Doorbell } from '../runtime/control.js';
import { KeeperClient } from '../runtime/keeper-channel.js';
import type { OpenReply } from '../runtime/log-thread.js';
import { Runtime } from '../runtime/runtime.js';
import { KeepAlive, waitForChange } from '../runtime/waiting.js';
import type { DatabaseHandles } from './attachment.js';
import type { OpenOptions, OpenRequest } from './keeper-requests.js';
import { LsmStore } from './lsm-store.js';
import { Maintenance } from './maintenance.js';
import type { TableDefinition } from './store.js';
import type { Services } from './services.js';

const MIB = 1024 * 1024;
const WAIT_MS = 250;

/** What an embedding program decides; sizes left out follow from `memoryMb`. */
export interface EngineSettings {
  readonly durability: 'sync' | 'relaxed';
  readonly shards?: number;
  readonly memoryMb: number;
  readonly compression?: boolean;
  /** Of the process's pool, if this is its first database. */
  readonly workers?: number;
  readonly random: Random;
  /** Default the system's. A manual one is shared with the threads that attach. */
  readonly clock?: Clock;
  /** The core with assertions and bounds. */
  readonly checked?: boolean;
  /** Sizes, for tests and benchmarks. */
  readonly sizes?: Partial<Omit<OpenOptions, 'durability' | 'temporary'>>;
}

/** Opens the database in a folder, or a temporary one. */
export async function openEngine(
  path: string | undefined,
  settings: EngineSettings,
): Promise<LsmStore> {
  const runtime = Runtime.get(() => randomUuid(settings.random), settings.workers ?? 1);
  await runtime.ready();
  const temporary = path === undefined;
  const folder = temporary ? makeTemporaryFolder() : resolve(path);
  const request: OpenRequest = {
    kind: 'open',
    folder,
    shards: settings.shards,
    memoryBytes: settings.memoryMb * MIB,
    checked: settings.checked ?? false,
    options: {
      logBytesMax: Math.max(64 * MIB, settings.memoryMb * MIB),
      ...settings.sizes,
      durability: settings.durability,
      compression: settings.compression,
      temporary,
    },
  };
  const id = randomUuid(settings.random);
  const keepAlive = new KeepAlive();
  const keeper = new KeeperClient(runtime.id, id, runtime.doorbell, keepAlive);
  try {
    const { clock = systemClock } = settings;
    const handles: DatabaseHandles = {
      ...(await recovered(runtime, keeper, request)),
      clock: clock instanceof ManualClock ? clock.buffer : undefined,
    };
    const services = new ThreadServices(
      runtime.id,
      handles,
      runtime.doorbell,
      keeper,
      keepAlive,
      async () => {
        await runtime.detach(id);
        await keeper.ask({ kind: 'close' });
        if (temporary) removeTemporaryFolder(folder);
      },
    );
    return new LsmStore(
      handles,
      realFileSystem(),
      false,
      services,
      (task) => runtime.page(task),
      clock,
    );
  } catch (error) {
    await runtime.detach(id);
    keeper.close();
    keepAlive.end();
    if (temporary) removeTemporaryFolder(folder);
    throw error;
  }
}

/** What `share` of a store gives. */
export interface SharedEngine {
  readonly runtime: string;
  readonly handles: DatabaseHandles;
}

/** A store of this thread on a database that another thread of the process opened. Closing it only detaches. */
export function attachEngine({ runtime, handles }: SharedEngine): LsmStore {
  const keepAlive = new KeepAlive();
  const doorbell = new Doorbell(handles.doorbell);
  const keeper = new KeeperClient(runtime, handles.id, doorbell, keepAlive);
  const services = new ThreadServices(
    runtime,
    handles,
    doorbell,
    keeper,
    keepAlive,
    async () => undefined,
  );
  const clock = handles.clock === undefined ? systemClock : new ManualClock(handles.clock);
  return new LsmStore(handles, realFileSystem(), false, services, undefined, clock);
}

/** The keeper answers twice; the pool must be there before it replays, because it may need flushes. */
async function recovered(
  runtime: Runtime,
  keeper: KeeperClient,
  request: OpenRequest,
): Promise<DatabaseHandles> {
  let attached: Promise<void> | undefined;
  let handles: DatabaseHandles | undefined;
  await keeper.ask(request, (reply) => {
    const prepared = reply as OpenReply;
    if (prepared.kind !== 'prepared') return;
    handles = prepared.handles;
    attached = runtime.attach(handles);
    attached.catch(() => undefined); // looked at below
  });
  await attached;
  if (handles === undefined) throw new DatabaseClosed();
  return handles;
}

class ThreadServices implements Services {
  readonly logElsewhere = true;
  readonly keepAlive: KeepAlive;
  readonly #control: Control;
  readonly #doorbell: Doorbell;
  readonly #keeper: KeeperClient;
  readonly #end: () => Promise<void>;
  readonly #maintenance: Maintenance;

  readonly #shared: SharedEngine;

  constructor(
    runtime: string,
    handles: DatabaseHandles,
    doorbell: Doorbell,
    keeper: KeeperClient,
    keepAlive: KeepAlive,
    end: () => Promise<void>,
  ) {
    this.#shared = { runtime, handles };
    this.keepAlive = keepAlive;
    this.#control = new Control(handles.control);
    this.#doorbell = doorbell;
    this.#keeper = keeper;
    this.#end = end;
    this.#maintenance = new Maintenance(this.#control, this);
  }

  ring(): void {
    this.#doorbell.ring();
  }

  work(): void {
    this.#doorbell.work();
  }

  async wait(): Promise<void> {
    this.keepAlive.hold();
    try {
      const seen = this.#control.load(CONTROL.PROGRESS_SIGNAL);
      await waitForChange(this.#control, CONTROL.PROGRESS_SIGNAL, seen, WAIT_MS);
    } finally {
      this.keepAlive.release();
    }
  }

  createTable(definition: TableDefinition): Promise<number> {
    return this.#keeper.ask({ kind: 'createTable', definition });
  }

  updateTable(id: number, definition: TableDefinition): Promise<boolean> {
    return this.#keeper.ask({ kind: 'updateTable', id, definition });
  }

  async dropTable(id: number, atMs: number): Promise<void> {
    await this.#keeper.ask({ kind: 'dropTable', id, atMs });
  }

  async forgetRetired(id: number): Promise<void> {
    await this.#keeper.ask({ kind: 'forgetRetired', id });
  }

  share(): SharedEngine {
    return this.#shared;
  }

  flush(store: LsmStore): Promise<void> {
    return this.#maintenance.flush(store.attachment);
  }

  compact(store: LsmStore): Promise<void> {
    return this.#maintenance.compact(store.attachment);
  }

  async close(store: LsmStore): Promise<void> {
    try {
      await this.#end();
    } finally {
      store.attachment.detach();
      this.#keeper.close();
      this.keepAlive.end();
    }
  }
}
