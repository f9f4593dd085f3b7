// Opens a database on real threads in a folder of the test, and starts threads on it.

import { Worker } from 'node:worker_threads';
import type { LsmStore } from '../../host/engine/lsm-store.js';
import {
  openEngine,
  type EngineSettings,
  type SharedEngine,
} from '../../host/engine/open-engine.js';
import type { IndexDefinition, StoredTable } from '../../host/engine/store.js';
import { systemRandom } from '../../host/random.js';
import { defineTable } from '../crash/support/tables.js';
import { seededRandom } from '../io/support/random.js';
import type { Task } from './task.js';

/** Flushes and compactions all the time. */
export const HOSTILE_SIZES = {
  memtableBytes: 256 * 1024,
  cacheBytes: 64 * 1024,
  tableBytes: 64 * 1024,
  levelBaseBytes: 256 * 1024,
  segmentBytesMax: 256 * 1024,
  logBytesMax: 1024 * 1024,
} as const;

export interface Opened {
  readonly store: LsmStore;
  readonly table: StoredTable;
}

export async function openThreads(
  folder: string,
  settings: Partial<EngineSettings> = {},
  indexes?: readonly IndexDefinition[],
): Promise<Opened> {
  const store = await openEngine(folder, {
    durability: 'sync',
    shards: 2,
    memoryMb: 64,
    random: systemRandom,
    sizes: HOSTILE_SIZES,
    ...settings,
  });
  const table =
    store.catalog()[0] ??
    (await store.createKeyspace({ ...defineTable('Single', seededRandom(1)), indexes }));
  return { store, table };
}

export interface Running {
  readonly worker: Worker;
  readonly attached: Promise<void>;
  /** What the thread returns; rejects with its error. */
  readonly report: Promise<unknown>;
}

export function startThread(
  { store }: Opened,
  task: Pick<Task, 'task' | 'name' | 'count' | 'seed'>,
): Running {
  const workerData: Task = { ...task, token: store.share() as SharedEngine };
  const file = new URL('./worker.ts', import.meta.url).href;
  // The loader of TypeScript is not inherited by threads of Node 20: the thread registers it itself.
  const boot = `import('tsx/esm/api').then((tsx) => { tsx.register(); return import(${JSON.stringify(file)}); });`;
  const worker = new Worker(boot, { eval: true, workerData });
  let attachedNow!: () => void;
  let neverAttached!: (error: Error) => void;
  const attached = new Promise<void>((resolve, reject) => {
    attachedNow = resolve;
    neverAttached = reject;
  });
  const report = new Promise<unknown>((resolve, reject) => {
    worker.on('message', (message: unknown) => {
      if (message === 'attached') return attachedNow();
      if (typeof message !== 'object' || message === null) return;
      if ('error' in message) reject(new Error(String(message.error)));
      else if ('report' in message) resolve(message.report);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
  });
  // Looked at by who wants to know.
  report.catch(neverAttached);
  attached.catch(() => undefined);
  return { worker, attached, report };
}

/** Fails when a promise takes longer: nobody may wait for ever. */
export async function within<Result>(
  ms: number,
  what: string,
  promise: Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
