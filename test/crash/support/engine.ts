// A whole database over a simulated disk, as the crash tests drive it: opened inline, on one thread, under a seed.
//
// Invariant: an engine that is given up (`kill`) writes nothing any more and lets nobody wait.

import { compileCore } from '../../../host/core/compile.js';
import { openInline, type InlineEngine } from '../../../host/engine/inline-engine.js';
import type { OpenOptions, OpenRequest } from '../../../host/engine/keeper-requests.js';
import type { Random } from '../../../host/random.js';
import { FAILURE } from '../../../host/runtime/control.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { below } from '../../io/support/random.js';

export const FOLDER = '/data/db';
const MIB = 1024 * 1024;

export interface EngineShape {
  readonly shards?: number;
  readonly checked?: boolean;
  readonly sizes?: Partial<Omit<OpenOptions, 'durability' | 'temporary'>>;
  readonly durability?: 'sync' | 'relaxed';
  /** MiB a shard. */
  readonly shardMb?: number;
  /** Another core than the one that is built: one with a planted bug. */
  readonly module?: WebAssembly.Module;
}

/** Everything happens early with these: rotation, flushes, several levels. */
export const TINY_SIZES = {
  memtableBytes: 256 * 1024,
  cacheBytes: 0,
  tableBytes: 8 * 1024,
  levelBaseBytes: 16 * 1024,
  segmentBytesMax: 8 * 1024,
  logBytesMax: 64 * 1024,
} as const;

/** The engine's randomness from a seeded source. */
export function randomFrom(random: () => number): Random {
  return { bytes: (count) => Uint8Array.from({ length: count }, () => below(random, 256)) };
}

export function openEngineOn(
  fileSystem: FileSystem,
  random: () => number,
  shape: EngineShape,
): Promise<InlineEngine> {
  const request: OpenRequest = {
    kind: 'open',
    folder: FOLDER,
    shards: shape.shards,
    memoryBytes: (shape.shards ?? 8) * (shape.shardMb ?? 13) * MIB,
    checked: shape.checked ?? false,
    options: {
      logBytesMax: 64 * MIB,
      ...shape.sizes,
      durability: shape.durability ?? 'sync',
      temporary: false,
    },
  };
  return openInline(
    request,
    shape.module ?? compileCore(request.checked),
    fileSystem,
    randomFrom(random),
    'manual',
  );
}

/** Nobody answers: a call waits for as long as things are as they are. */
export class Stuck extends Error {
  override readonly name = 'Stuck';
}

/** Drives log and background work until the promise settles: what the threads would do meanwhile. */
export async function drive<Result>(
  engine: InlineEngine,
  promise: Promise<Result>,
): Promise<Result> {
  let settled = false;
  const watched = promise.finally(() => (settled = true));
  watched.catch(() => undefined); // awaited below
  for (let turns = 0; !settled; turns++) {
    engine.turn();
    engine.work();
    await new Promise((resolve) => setImmediate(resolve));
    if (turns > 300) throw new Stuck();
  }
  return watched;
}

/** The process dies: nothing is closed, whoever waits is told. */
export function kill(engine: InlineEngine): void {
  engine.store.attachment.control.fail(FAILURE.THREAD);
  engine.store.durability.settle();
}
