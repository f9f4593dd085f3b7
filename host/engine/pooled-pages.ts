// Pages of parallel scans: workers of the pool read and merge, this thread decodes what they send.

import { RunReader } from '../core/cursor-request.js';
import { keyAttributes } from '../table/key-schema.js';
import type { Attachment } from './attachment.js';
import { PageBuilder } from './page-builder.js';
import type { PageTask, RawPage } from './raw-pages.js';
import { moveBound, type Piece } from './scan-plan.js';
import type { ShapeIds } from './shape-ids.js';
import type { Page, PageOptions } from './store.js';
import type { TableState } from './table-state.js';

/** Reads a raw page on some worker. */
export type PagePool = (task: PageTask) => Promise<RawPage>;

/** Bytes of entries that travel at once. */
const RAW_BYTES = 512 * 1024;

export class PooledPages {
  readonly #attachment: Attachment;
  readonly #shapes: ShapeIds;
  readonly #pool: PagePool;

  constructor(attachment: Attachment, shapes: ShapeIds, pool: PagePool) {
    this.#attachment = attachment;
    this.#shapes = shapes;
    this.#pool = pool;
  }

  /** `seen` as in PageReader.page. */
  async page(
    table: TableState,
    pieces: Piece[],
    options: PageOptions,
    seen: Float64Array,
  ): Promise<Page> {
    const builder = new PageBuilder(keyAttributes(table.key), options, this.#shapes);
    const heads = builder.countOnly;
    for (const piece of pieces) {
      for (let more = true; more && !builder.ended; ) {
        options.signal?.throwIfAborted();
        this.#attachment.checkReadable();
        const database = this.#attachment.handles.id;
        const sizeMax = builder.remainingBytes;
        const raw = await this.#pool({ database, piece, sizeMax, bytesMax: RAW_BYTES, heads });
        seen[raw.shard] = Math.max(seen[raw.shard], raw.maxSequence);
        this.#decode(raw, builder);
        more = raw.lastKey !== undefined;
        if (raw.lastKey !== undefined) moveBound(piece, raw.lastKey);
      }
      if (builder.ended) break;
    }
    return builder.page();
  }

  #decode(raw: RawPage, builder: PageBuilder): void {
    const core = this.#attachment.shards[raw.shard];
    const u32 = new Uint32Array(raw.bytes.buffer);
    const run = new RunReader();
    for (let at = 0; at < raw.bytes.length && !builder.ended; ) {
      at = run.read({ u32 }, at);
      const { valueAt, valueLength, keyAt, keyLength } = run;
      builder.add(core, raw.bytes, valueAt, valueLength, raw.bytes, keyAt, keyLength);
    }
  }
}
