// Cursor calls of a thread that may not block: while blocks come fast they are read at once, otherwise the disk is waited
// for without stopping the event loop (DESIGN R23).
//
// What a slow call fetched stays with it until its run is there, so every retry makes progress with a cache of 0 (R11).

import { STATUS } from '../core/abi.js';
import { type KeyBounds, NO_LIMIT, writeCursorRequest } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import type { BlockProvider, Held } from './block-provider.js';
import type { CatalogView } from './catalog-view.js';

const NO_MEMORY_TRIES = 200;

export class CursorCalls {
  readonly #attachment: Attachment;
  readonly #catalog: CatalogView;
  readonly #blocks: BlockProvider;

  constructor(attachment: Attachment, catalog: CatalogView, blocks: BlockProvider) {
    this.#attachment = attachment;
    this.#catalog = catalog;
    this.#blocks = blocks;
  }

  /** True: the run lies in the OUT area of the shard. False: ask with `slow`. */
  fast(core: ShardCore, bounds: KeyBounds, countMax: number): boolean {
    let status = this.#call(core, bounds, countMax);
    if (status < 0) {
      status = this.#provideWhileFast(core, bounds, countMax, status);
      core.exports.blocksUnpin();
    }
    return status >= 0;
  }

  /** Waits for what the call needs, then takes the run in the same stretch. */
  async slow<Taken>(
    core: ShardCore,
    bounds: KeyBounds,
    countMax: number,
    take: () => Taken,
  ): Promise<Taken> {
    const held: Held[] = [];
    for (let tries = 0; ; tries++) {
      this.#attachment.checkReadable();
      this.#blocks.provideHeld(core, held);
      const first = this.#call(core, bounds, countMax);
      const status = this.#provideWhileFast(core, bounds, countMax, first);
      const need = core.need();
      core.exports.blocksUnpin();
      if (status >= 0) return take();
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
        await nextTurn();
      } else {
        throw this.#blocks.fault(status, core);
      }
    }
  }

  #call(core: ShardCore, bounds: KeyBounds, countMax: number): number {
    writeCursorRequest(core, bounds, countMax, NO_LIMIT);
    return core.exports.cursorNext(this.#catalog.epoch);
  }

  #provideWhileFast(core: ShardCore, bounds: KeyBounds, countMax: number, first: number): number {
    let status = first;
    while (status === STATUS.NEED_BLOCK && this.#attachment.files.mayReadSync()) {
      this.#blocks.provideSync(core, core.need());
      status = this.#call(core, bounds, countMax);
    }
    return status;
  }
}

/** Lets the event loop turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
