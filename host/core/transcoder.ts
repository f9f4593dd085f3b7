// Encoded items to the bytes that a door sends: DynamoDB JSON or msgpack, made by the core in linear memory with no
// JavaScript value on the way (core-as/item/json.ts, msgpack.ts).
//
// An item in a shard's memory is transcoded there, into the thread's IN area, and copied out at once: nothing of a
// Transcoder is valid in shared memory after a call (DESIGN R16). What lies in JavaScript's memory, or is too long for the
// IN area, goes through a private memory that is made when the first such item comes.

import { SCRATCH, STATUS } from './abi.js';
import type { ByteSink } from './byte-sink.js';
import type { CoreExports } from './exports.js';
import type { ShardCore } from './shard-core.js';
import { Workbench } from './workbench.js';

/** How a door writes items: `{"a":{"S":"x"}}`, or a msgpack map. */
export type ItemForm = 'json' | 'msgpack';

/**
 * 400 KB of single digits as numbers of 126 places is the longest JSON there is: below 20 MB. Untouched pages cost
 * nothing.
 */
const MEMORY_BYTES = 32 * 1024 * 1024;
const OUT_BYTES = 24 * 1024 * 1024;
const ITEM_AND_NAMES_BYTES = 4 * 1024 * 1024;

export class Transcoder {
  readonly #makeBench: () => Workbench;
  #bench: Workbench | undefined;
  #itemAt = 0;

  constructor(module: WebAssembly.Module) {
    this.#makeBench = () => new Workbench(module, 0, 0, MEMORY_BYTES);
  }

  /**
   * Appends the valid item of `length` bytes at `at` of `view` to `sink`. `names`: the name list of its shape, for an item
   * outside the shard's memory. Uses the IN area of the shard's scratch.
   */
  append(
    sink: ByteSink,
    form: ItemForm,
    core: ShardCore,
    view: Uint8Array,
    at: number,
    length: number,
    names: () => Uint8Array | undefined,
  ): void {
    if (view === core.u8) {
      const outAt = core.inAt + (sink.length & 3);
      const written = transcode(core.exports, form, at, length, 0, outAt, SCRATCH.IN_BYTES - 4);
      if (written > 0) return sink.appendFrom(core.u8, core.u32, outAt, written);
      if (written !== STATUS.TOO_LARGE) throw new Error(`transcoding an item: status ${written}`);
    }
    this.#appendAside(sink, form, view, at, length, names());
  }

  #appendAside(
    sink: ByteSink,
    form: ItemForm,
    view: Uint8Array,
    at: number,
    length: number,
    names: Uint8Array | undefined,
  ): void {
    const bench = this.#benchInPlace();
    const { u8, u32, exports } = bench;
    const itemAt = this.#itemAt;
    const namesAt = itemAt + ((length + 7) & ~7);
    const outAt = itemAt + ITEM_AND_NAMES_BYTES + (sink.length & 3);
    u8.set(view.subarray(at, at + length), itemAt);
    if (names !== undefined) u8.set(names, namesAt);
    const written = transcode(exports, form, itemAt, length, namesAt, outAt, OUT_BYTES - 4);
    if (written < 0) throw new Error(`transcoding an item of ${length} bytes: status ${written}`);
    sink.appendFrom(u8, u32, outAt, written);
  }

  #benchInPlace(): Workbench {
    if (this.#bench === undefined) {
      this.#bench = this.#makeBench();
      this.#itemAt = this.#bench.exports.largeReserve(ITEM_AND_NAMES_BYTES + OUT_BYTES);
      if (this.#itemAt <= 0) throw new Error(`transcoder memory: status ${this.#itemAt}`);
    }
    return this.#bench;
  }
}

function transcode(
  exports: CoreExports,
  form: ItemForm,
  item: number,
  length: number,
  names: number,
  out: number,
  outMax: number,
): number {
  return form === 'json'
    ? exports.itemJson(item, length, names, out, outMax)
    : exports.itemMsgpack(item, length, names, out, outMax);
}
