// The catalog as every thread of a database sees it: the definitions as JSON in a growable shared buffer, written by the
// keeper alone, read by any thread when the catalog epoch it planned with is stale (DESIGN R8).
//
//   word 0  version: odd while the keeper writes      word 1  bytes of JSON      byte 8..  the JSON
//
// A reader copies, then looks at the version again; on a change it reads anew.

import type { RetiredTable, StoredTable } from './store.js';

const BYTES_MAX = 64 * 1024 * 1024;
const HEADER_BYTES = 8;

export interface CatalogSnapshot {
  epoch: number;
  tables: StoredTable[];
  /** Absent: none. */
  retired?: RetiredTable[];
}

export function createCatalogMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(65536, { maxByteLength: BYTES_MAX });
}

export function writeCatalog(buffer: SharedArrayBuffer, snapshot: CatalogSnapshot): void {
  const json = new TextEncoder().encode(JSON.stringify(snapshot));
  const needed = HEADER_BYTES + json.length;
  if (needed > BYTES_MAX)
    throw new RangeError(`the catalog needs ${needed} bytes, the most is ${BYTES_MAX}`);
  if (buffer.byteLength < needed) buffer.grow(Math.min(BYTES_MAX, needed * 2));
  const words = new Int32Array(buffer, 0, 2);
  Atomics.add(words, 0, 1);
  Atomics.store(words, 1, json.length);
  new Uint8Array(buffer).set(json, HEADER_BYTES);
  Atomics.add(words, 0, 1);
}

export function readCatalog(buffer: SharedArrayBuffer): CatalogSnapshot {
  const words = new Int32Array(buffer, 0, 2);
  for (;;) {
    const before = Atomics.load(words, 0);
    if ((before & 1) === 0) {
      const length = Atomics.load(words, 1);
      const copy = Uint8Array.from(new Uint8Array(buffer, HEADER_BYTES, length));
      if (Atomics.load(words, 0) === before)
        return JSON.parse(new TextDecoder().decode(copy)) as CatalogSnapshot;
    }
  }
}
