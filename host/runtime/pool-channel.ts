// What the runtime and the pool's workers tell each other over their broadcast channel.

import type { DatabaseHandles } from '../engine/attachment.js';
import type { PackedError } from './packed-error.js';

/** Given to each worker at its birth. */
export interface PoolWorkerData {
  readonly runtime: string;
  readonly doorbell: SharedArrayBuffer;
}

/** What the runtime tells the workers. */
export type PoolOrder =
  | { kind: 'attach'; handles: DatabaseHandles }
  | { kind: 'detach'; database: string };

/** What a worker tells the runtime. */
export type PoolReport =
  | { kind: 'ready'; thread: number }
  | { kind: 'attached'; thread: number; database: string; error?: PackedError }
  | { kind: 'detached'; thread: number; database: string };

export function poolChannelName(runtime: string): string {
  return `ferritedb-pool:${runtime}`;
}
