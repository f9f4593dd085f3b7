// Query and scan pages of tables: cursor calls over the pieces of a plan, runs taken as they come.
//
// No state of the core survives a call: each one seeks again from the last key (DESIGN R15), so flushes, compactions and
// other threads' writes between two calls cannot hurt. A run lies in the OUT area and is taken before anything
// else happens.

import { CURSOR, ENTRY, RESULT } from '../core/abi.js';
import { RunReader } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import { keyAttributes } from '../table/key-schema.js';
import type { Attachment } from './attachment.js';
import { type CursorCalls, nextTurn } from './cursor-calls.js';
import { PageBuilder } from './page-builder.js';
import type { Reader } from './reader.js';
import { moveBound, type Piece } from './scan-plan.js';
import type { ShapeIds } from './shape-ids.js';
import type { Page, PageOptions } from './store.js';
import type { TableState } from './table-state.js';

/** Cursor calls in a row after which the event loop gets its turn: each takes some 20 us at most. */
const CALLS_PER_TURN = 128;

export class PageReader {
  readonly #attachment: Attachment;
  readonly #calls: CursorCalls;
  readonly #reader: Reader;
  readonly #shapes: ShapeIds;
  readonly #run = new RunReader();

  constructor(attachment: Attachment, calls: CursorCalls, reader: Reader, shapes: ShapeIds) {
    this.#attachment = attachment;
    this.#calls = calls;
    this.#reader = reader;
    this.#shapes = shapes;
  }

  /** `seen[shard]` is raised to the highest sequence stepped over there, tombstones included. */
  async page(
    table: TableState,
    pieces: Piece[],
    options: PageOptions,
    seen: Float64Array,
  ): Promise<Page> {
    const builder = new PageBuilder(keyAttributes(table.key), options, this.#shapes);
    let calls = 0;
    for (const piece of pieces) {
      const core = this.#attachment.shards[piece.shard];
      if (builder.countOnly) piece.flags |= CURSOR.HEADS;
      for (let more = true; more && !builder.ended; ) {
        options.signal?.throwIfAborted();
        if (++calls % CALLS_PER_TURN === 0) await nextTurn();
        const take = (): Step => this.#take(core, piece, builder, seen);
        const countMax = builder.remaining;
        const step = this.#calls.fast(core, piece, countMax)
          ? take()
          : await this.#calls.slow(core, piece, countMax, take);
        more = step.more;
        if (step.large !== undefined) await this.#addLarge(core, step.large, builder, seen);
      }
      if (builder.ended) break;
    }
    return builder.page();
  }

  /** Takes the rows of the run in the OUT area and moves the piece's bound behind it. */
  #take(core: ShardCore, piece: Piece, builder: PageBuilder, seen: Float64Array): Step {
    seen[piece.shard] = Math.max(seen[piece.shard], core.maxSequence);
    const run = this.#run;
    const { u8 } = core;
    const more = core.result(RESULT.MORE) !== 0;
    const lastAt = core.result(RESULT.LAST_KEY_PTR);
    const last = more ? u8.slice(lastAt, lastAt + core.result(RESULT.LAST_KEY_LENGTH)) : undefined;
    const end = core.outAt + core.result(RESULT.BYTES);
    for (let at = core.outAt; at < end && !builder.ended; ) {
      at = run.read(core, at);
      if (run.kind === ENTRY.LARGE_REF) {
        const key = u8.slice(run.keyAt, run.keyAt + run.keyLength);
        moveBound(piece, key);
        return { more: true, large: key };
      }
      builder.add(core, u8, run.valueAt, run.valueLength, u8, run.keyAt, run.keyLength);
    }
    if (last !== undefined) moveBound(piece, last);
    return { more };
  }

  /** An item too long for a run is read by its key; it may have been replaced or deleted since. */
  async #addLarge(
    core: ShardCore,
    key: Uint8Array,
    builder: PageBuilder,
    seen: Float64Array,
  ): Promise<void> {
    const looked = this.#reader.getEncoded(core, key);
    const found = looked instanceof Promise ? await looked : looked;
    seen[core.shard] = Math.max(seen[core.shard], found.sequence);
    if (found.length < 0) return;
    builder.add(core, found.view, found.at, found.length, key, 0, key.length);
  }
}

interface Step {
  more: boolean;
  /** Key of an item that must be read on its own before the next step. */
  large?: Uint8Array;
}
