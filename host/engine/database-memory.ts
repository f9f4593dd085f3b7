// The shared memory of a database: one WebAssembly.Memory a shard, control words, catalog.
//
// How a shard's share of the budget is split (all from one page allocator, so the limits below are limits, not
// reservations, but for the ring):
//   ring        1/16, a power of two, 4 to 16 MiB; the smallest for a temporary database, which writes no log
//   memtable    1/5 of what the ring and fixed tables leave: the active one may overshoot by a quarter, and a frozen one as
//               large may wait to be flushed beside it, so together they stay at about a half
//   cache       what remains, given back page by page as memtables need it

import { StorageError } from '../../io/errors.js';
import { PAGE_BYTES, STATUS } from '../core/abi.js';
import { instantiate } from '../core/instantiate.js';
import { Control } from '../runtime/control.js';
import { createCatalogMemory } from './catalog-memory.js';
import type { DatabaseHandles } from './attachment.js';
import type { OpenRequest } from './keeper-requests.js';
import type { Identity } from './manifest.js';

const MIB = 1024 * 1024;
const RING_MIN = 4 * MIB;
const RING_MAX = 16 * MIB;
const FIXED_BYTES = 3 * MIB; // tables, scratch of a few threads
/** An empty memtable takes two pages: with less than twice that every write would be followed by a flush. */
const MEMTABLE_MIN = 256 * 1024;
const SHARD_MAX = 1024 * MIB;
const NO_LOG = 1;

/** The least memory that works: what `open` names when it refuses. */
export function memoryBytesMin(shards: number): number {
  return shards * (RING_MIN + FIXED_BYTES + 5 * MIB);
}

type MemoryHandles = Omit<DatabaseHandles, 'id' | 'folder' | 'doorbell'>;

export function createDatabaseMemory(
  request: OpenRequest,
  module: WebAssembly.Module,
  identity: Identity,
): MemoryHandles {
  const { options, memoryBytes } = request;
  const { shards, seedLow, seedHigh } = identity;
  if (memoryBytes < memoryBytesMin(shards)) {
    throw new StorageError(
      'IoFailure',
      `memoryMb is ${memoryBytes / MIB}, but ${shards} shards need at least ${memoryBytesMin(shards) / MIB}: raise it`,
      { path: request.folder },
    );
  }
  const shardBytes = Math.min(
    SHARD_MAX,
    Math.floor(memoryBytes / shards / PAGE_BYTES) * PAGE_BYTES,
  );
  const ringBytes = options.temporary ? RING_MIN : ringBytesFor(shardBytes);
  const memtableBytes = Math.max(
    MEMTABLE_MIN,
    options.memtableBytes ?? Math.floor((shardBytes - ringBytes - FIXED_BYTES) / 5),
  );
  const cacheBytes = options.cacheBytes ?? shardBytes;
  const memories = Array.from({ length: shards }, () => {
    const pages = shardBytes / PAGE_BYTES;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { shardInit } = instantiate(module, memory);
    const flags = options.temporary ? NO_LOG : 0;
    const status = shardInit(
      shardBytes,
      ringBytes,
      memtableBytes,
      cacheBytes,
      seedLow,
      seedHigh,
      flags,
    );
    if (status !== STATUS.OK) {
      throw new StorageError(
        'EngineFailure',
        `a shard of ${shardBytes} bytes could not be made: status ${status}`,
      );
    }
    return memory;
  });
  return {
    module,
    memories,
    control: Control.create().buffer,
    catalog: createCatalogMemory(),
    seedLow,
    seedHigh,
    options: {
      ...options,
      compression: options.compression ?? true,
      memtableBytes,
      cacheBytes,
      tableBytes: options.tableBytes ?? Math.min(16 * MIB, Math.max(1 * MIB, memtableBytes / 4)),
      levelBaseBytes: options.levelBaseBytes ?? Math.max(4 * MIB, memtableBytes * 4),
    },
  };
}

function ringBytesFor(shardBytes: number): number {
  let bytes = RING_MIN;
  while (bytes * 2 <= shardBytes / 16 && bytes < RING_MAX) bytes *= 2;
  return bytes;
}
