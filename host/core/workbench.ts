// A private instance of the core for one thread: keys are built and sealed here, VALUE blocks are opened here.
// Its memory belongs to this thread alone, so nothing in it needs a latch; like all scratch it is valid only until the
// next await or call of user code.

import { PAGE_BYTES, SCRATCH } from './abi.js';
import type { CoreExports } from './exports.js';
import { instantiate } from './instantiate.js';

/** Room for the largest raw VALUE block beside its value; untouched pages cost nothing. */
const MEMORY_BYTES = 16 * 1024 * 1024;

/** The compiled module. Its own type does not exist in every program that reads the types of this package. */
export type CompiledCore = object;

export class Workbench {
  readonly exports: CoreExports;
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly scratch: number;
  readonly keyAt: number;
  readonly inAt: number;
  readonly outAt: number;

  constructor(module: CompiledCore, seedLow: number, seedHigh: number, memoryBytes = MEMORY_BYTES) {
    const pages = Math.ceil(memoryBytes / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.exports = instantiate(module as WebAssembly.Module, memory);
    this.scratch = this.exports.privateInit(pages * PAGE_BYTES, seedLow, seedHigh);
    this.u8 = new Uint8Array(memory.buffer);
    this.u32 = new Uint32Array(memory.buffer);
    this.f64 = new Float64Array(memory.buffer);
    this.keyAt = this.scratch + SCRATCH.KEY;
    this.inAt = this.scratch + SCRATCH.IN;
    this.outAt = this.scratch + SCRATCH.OUT;
  }
}
