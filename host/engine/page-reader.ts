// Query and scan pages: cursor calls over the pieces of a plan, runs decoded as they come.
//
// No state of the core survives a call: each one seeks again from the last key (DESIGN R15), so flushes, compactions and
// other threads' writes between two calls cannot hurt. A run lies in the OUT area and is decoded before anything
// else happens.

import { ENTRY, RESULT, STATUS } from '../core/abi.js';
import { NO_LIMIT, RunReader, writeCursorRequest } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import type { CatalogView } from './catalog-view.js';
import type { BlockProvider, Held } from './block-provider.js';
import { PageBuilder } from './page-builder.js';
import type { Encoded, Reader } from './reader.js';
import { moveBound, type Piece } from './scan-plan.js';
import type { ShapeIds } from './shape-ids.js';
import type { Page, PageOptions } from './store.js';
import type { TableState } from './table-state.js';

const NO_MEMORY_TRIES = 200;

export class PageReader {
  readonly #attachment: Attachment;
  readonly #catalog: CatalogView;
  readonly #reader: Reader;
  readonly #shapes: ShapeIds;
  readonly #blocks: BlockProvider;
  readonly #run = new RunReader();

  constructor(
    attachment: Attachment,
    catalog: CatalogView,
    reader: Reader,
    shapes: ShapeIds,
    blocks: BlockProvider,
  ) {
    this.#blocks = blocks;
    this.#attachment = attachment;
    this.#catalog = catalog;
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
    const builder = new PageBuilder(table, options, this.#shapes);
    for (const piece of pieces) {
      const core = this.#attachment.shards[piece.shard];
      for (let more = true; more && !builder.ended; ) {
        options.signal?.throwIfAborted();
        const step =
          this.#step(core, piece, builder, seen) ??
          (await this.#stepSlow(core, piece, builder, seen));
        more = step.more;
        if (step.large !== undefined) await this.#addLarge(core, step.large, builder);
      }
      if (builder.ended) break;
    }
    return builder.page();
  }

  /** One cursor call and its run, if no block has to be waited for. Uses no await. */
  #step(core: ShardCore, piece: Piece, builder: PageBuilder, seen: Float64Array): Step | undefined {
    let status = this.#cursor(core, piece, builder);
    if (status < 0) {
      status = this.#provideWhileFast(core, piece, builder, status);
      core.exports.blocksUnpin();
    }
    return status < 0 ? undefined : this.#consume(core, piece, builder, seen);
  }

  /** The same, waiting for the disk; what it fetched stays with it until the run is there. */
  async #stepSlow(
    core: ShardCore,
    piece: Piece,
    builder: PageBuilder,
    seen: Float64Array,
  ): Promise<Step> {
    const held: Held[] = [];
    for (let tries = 0; ; tries++) {
      this.#attachment.check();
      this.#blocks.provideHeld(core, held);
      const status = this.#provideWhileFast(
        core,
        piece,
        builder,
        this.#cursor(core, piece, builder),
      );
      const need = core.need();
      core.exports.blocksUnpin();
      if (status >= 0) return this.#consume(core, piece, builder, seen);
      if (status === STATUS.NEED_BLOCK) {
        const bytes = await this.#attachment.files.readAsync(need);
        if (bytes === undefined) held.length = 0;
        else held.push({ need, bytes });
      } else if (status === STATUS.STALE_CATALOG) {
        this.#catalog.reload();
      } else if (
        status === STATUS.BUSY ||
        (status === STATUS.NO_MEMORY && tries < NO_MEMORY_TRIES)
      ) {
        await new Promise((resolve) => setImmediate(resolve));
      } else {
        throw this.#attachment.fault(status, core.shard);
      }
    }
  }

  #cursor(core: ShardCore, piece: Piece, builder: PageBuilder): number {
    writeCursorRequest(core, piece, builder.remaining, NO_LIMIT);
    return core.exports.cursorNext(this.#catalog.epoch);
  }

  #provideWhileFast(core: ShardCore, piece: Piece, builder: PageBuilder, first: number): number {
    let status = first;
    while (status === STATUS.NEED_BLOCK && this.#attachment.files.mayReadSync()) {
      this.#blocks.provideSync(core, core.need());
      status = this.#cursor(core, piece, builder);
    }
    return status;
  }

  /** Decodes the run in the OUT area and moves the piece's bound behind it. */
  #consume(core: ShardCore, piece: Piece, builder: PageBuilder, seen: Float64Array): Step {
    seen[piece.shard] = Math.max(seen[piece.shard], core.maxSequence);
    const run = this.#run;
    const more = core.result(RESULT.MORE) !== 0;
    const lastAt = core.result(RESULT.LAST_KEY_PTR);
    const last = more
      ? core.u8.slice(lastAt, lastAt + core.result(RESULT.LAST_KEY_LENGTH))
      : undefined;
    const end = core.outAt + core.result(RESULT.BYTES);
    for (let at = core.outAt; at < end && !builder.ended; ) {
      at = run.read(core, at);
      if (run.kind === ENTRY.LARGE_REF) {
        const key = core.u8.slice(run.keyAt, run.keyAt + run.keyLength);
        moveBound(piece, key);
        return { more: true, large: key };
      }
      builder.add(core, core.u8, run.valueAt, run.valueLength);
    }
    if (last !== undefined) moveBound(piece, last);
    return { more };
  }

  /** An item too long for a run is read by its key; it may have been deleted since. */
  async #addLarge(core: ShardCore, key: Uint8Array, builder: PageBuilder): Promise<void> {
    const looked = this.#reader.getEncoded(core, key);
    const found: Encoded = looked instanceof Promise ? await looked : looked;
    if (found.length >= 0) builder.add(core, found.view, found.at, found.length);
  }
}

interface Step {
  more: boolean;
  /** Key of an item that must be read on its own before the next step. */
  large?: Uint8Array;
}
