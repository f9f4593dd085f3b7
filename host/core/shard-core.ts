// One thread's view of one shard: the core instantiated on the shard's memory, the thread's scratch in it, and typed
// windows on both. Memory never grows, so the windows are made once.
//
// Everything in the scratch is valid only until the next await or call of user code (DESIGN R16).

import { RESULT, SCRATCH, STATUS } from './abi.js';
import type { CoreExports } from './exports.js';

/** A block the core wants: where it lies and what it is. */
export interface BlockNeed {
  file: number;
  offset8: number;
  length: number;
  kind: number;
}

export class ShardCore {
  readonly shard: number;
  readonly exports: CoreExports;
  /** The calls of hot paths, at hand: the export objects of several shards have different hidden classes. */
  readonly get: CoreExports['get'];
  readonly apply: CoreExports['apply'];
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  /** Byte offset of this thread's scratch. */
  readonly scratch: number;
  readonly keyAt: number;
  readonly key2At: number;
  readonly inAt: number;
  readonly outAt: number;
  readonly #result32: number;
  readonly #result64: number;

  constructor(shard: number, exports: CoreExports, memory: WebAssembly.Memory, scratch: number) {
    this.shard = shard;
    this.exports = exports;
    this.get = exports.get;
    this.apply = exports.apply;
    this.u8 = new Uint8Array(memory.buffer);
    this.u32 = new Uint32Array(memory.buffer);
    this.f64 = new Float64Array(memory.buffer);
    this.scratch = scratch;
    this.keyAt = scratch + SCRATCH.KEY;
    this.key2At = scratch + SCRATCH.KEY2;
    this.inAt = scratch + SCRATCH.IN;
    this.outAt = scratch + SCRATCH.OUT;
    this.#result32 = (scratch + SCRATCH.RESULT) >>> 2;
    this.#result64 = (scratch + SCRATCH.RESULT) >>> 3;
  }

  /** A u32 field of the result, by its index in RESULT. */
  result(field: number): number {
    return this.u32[this.#result32 + field];
  }

  get sequence(): number {
    return this.f64[this.#result64 + RESULT.SEQUENCE_F64];
  }

  get readSequence(): number {
    return this.f64[this.#result64 + RESULT.READ_SEQUENCE_F64];
  }

  get maxSequence(): number {
    return this.f64[this.#result64 + RESULT.MAX_SEQUENCE_F64];
  }

  need(): BlockNeed {
    return {
      file: this.result(RESULT.NEED_FILE),
      offset8: this.result(RESULT.NEED_OFFSET8),
      length: this.result(RESULT.NEED_LENGTH),
      kind: this.result(RESULT.NEED_KIND),
    };
  }

  /** Copies whole words of a key (its buffer is padded) from a private workbench to this shard's memory. */
  copyKey(from: Uint32Array, fromByte: number, toByte: number, length: number): void {
    const to = this.u32;
    let source = fromByte >>> 2;
    let target = toByte >>> 2;
    for (const end = source + ((length + 3) >>> 2); source < end; source++, target++) {
      to[target] = from[source];
    }
  }

  /** Runs a call that may say BUSY, blocking until the latch is free: for *Sync calls and worker threads. */
  blocking(call: () => number): number {
    for (;;) {
      const status = call();
      if (status !== STATUS.BUSY) return status;
      this.exports.latchWait();
    }
  }
}
