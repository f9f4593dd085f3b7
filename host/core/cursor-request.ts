// Writes a cursor request into a thread's scratch (CursorRequest of core-as/layout.ts) and reads the run it gives.

import { RUN_ENTRY_BYTES, SCRATCH } from './abi.js';
import type { ShardCore } from './shard-core.js';

/** As countMax or bytesMax: as much as a run holds. */
export const NO_LIMIT = 0xffffffff;

export interface KeyBounds {
  low: Uint8Array;
  high: Uint8Array;
  /** CURSOR flags: which bounds are exclusive, direction. */
  flags: number;
}

export function writeCursorRequest(
  core: ShardCore,
  bounds: KeyBounds,
  countMax: number,
  bytesMax: number,
): void {
  core.u8.set(bounds.low, core.keyAt);
  core.u8.set(bounds.high, core.key2At);
  const at = (core.scratch + SCRATCH.PARAMS) >>> 2;
  core.u32[at] = bounds.low.length;
  core.u32[at + 1] = bounds.high.length;
  core.u32[at + 2] = bounds.flags;
  core.u32[at + 3] = countMax;
  core.u32[at + 4] = bytesMax;
  core.u32[at + 5] = 0;
}

/** One entry of a run, read in place: offsets into `core.u8`. Reused for every entry. */
export class RunReader {
  entryBytes = 0;
  keyAt = 0;
  keyLength = 0;
  kind = 0;
  valueAt = 0;
  valueLength = 0;

  /** Reads the entry at byte `at`; returns where the next one begins. */
  read({ u32 }: { readonly u32: Uint32Array }, at: number): number {
    const word = at >>> 2;
    this.entryBytes = u32[word];
    const packed = u32[word + 1];
    this.keyLength = packed & 0xffff;
    this.kind = (packed >>> 16) & 0xff;
    this.valueLength = u32[word + 2];
    this.keyAt = at + RUN_ENTRY_BYTES;
    this.valueAt = this.keyAt + this.keyLength;
    return at + this.entryBytes;
  }
}
