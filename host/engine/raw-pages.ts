// Pages of a parallel scan, read on a pool worker: the encoded entries of a range, copied out, for the caller to decode.
//
//   RawPage.bytes := run entries (layout.ts), one after the other, as the cursor emits them
//
// Large items are appended whole, as entries of kind PUT. Pages travel as transferred buffers.

import { CURSOR, ENTRY, RESULT, RUN_ENTRY_BYTES, STATUS } from '../core/abi.js';
import { itemSizeOf } from '../core/codec/item-layout.js';
import { NO_LIMIT, RunReader, writeCursorRequest } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import { BlockProvider } from './block-provider.js';
import { CatalogView } from './catalog-view.js';
import { KeyBuilder } from './key-builder.js';
import { Reader } from './reader.js';
import { moveBound, type Piece } from './scan-plan.js';

export interface PageTask {
  readonly database: string;
  readonly piece: Piece;
  /** DynamoDB bytes: the row that reaches or crosses them is the last one, so nothing is read twice. */
  readonly sizeMax: number;
  /** Bytes of entries after which the page is sent. */
  readonly bytesMax: number;
  /** Rows are only counted: of each item its head suffices. */
  readonly heads: boolean;
}

export interface RawPage {
  readonly shard: number;
  readonly bytes: Uint8Array;
  /** Where to go on; undefined at the end of the piece. */
  readonly lastKey: Uint8Array | undefined;
  readonly maxSequence: number;
}

export class RawPages {
  readonly #attachment: Attachment;
  readonly #blocks: BlockProvider;
  readonly #catalog: CatalogView;
  readonly #reader: Reader;
  readonly #run = new RunReader();

  constructor(attachment: Attachment) {
    this.#attachment = attachment;
    this.#blocks = new BlockProvider(attachment);
    this.#catalog = new CatalogView(attachment.handles.catalog);
    const keys = new KeyBuilder(attachment.workbench, attachment.shards.length);
    this.#reader = new Reader(attachment, this.#catalog, keys, this.#blocks);
  }

  /** Reads on this worker's thread, blocking it on the disk: that is what the pool is for. */
  async page(task: PageTask): Promise<RawPage> {
    const core = this.#attachment.shards[task.piece.shard];
    const piece = { ...task.piece };
    if (task.heads) piece.flags |= CURSOR.HEADS;
    const page: Growing = { parts: [], bytes: 0, size: 0, maxSequence: 0 };
    for (;;) {
      this.#attachment.checkReadable();
      this.#fill(core, piece);
      page.maxSequence = Math.max(page.maxSequence, core.maxSequence);
      const step = this.#take(core, page, task.sizeMax);
      const { lastKey, large } = step;
      if (large && lastKey !== undefined) await this.#addLarge(core, lastKey, page);
      if (lastKey === undefined || page.bytes >= task.bytesMax || page.size >= task.sizeMax) {
        const { bytes, maxSequence } = page;
        return { shard: piece.shard, bytes: joined(page.parts, bytes), lastKey, maxSequence };
      }
      moveBound(piece, lastKey);
    }
  }

  #fill(core: ShardCore, piece: Piece): void {
    for (;;) {
      writeCursorRequest(core, piece, NO_LIMIT, 0);
      const status = core.exports.cursorNext(this.#catalog.epoch);
      if (status >= 0) return core.exports.blocksUnpin();
      if (status === STATUS.NEED_BLOCK) this.#blocks.provideSync(core, core.need());
      else if (status === STATUS.STALE_CATALOG) this.#catalog.reload();
      else if (status === STATUS.BUSY) core.exports.latchWait();
      else throw this.#blocks.fault(status, core);
    }
  }

  /** Copies the run up to the row that ends the page, or to the first item that is not in it. */
  #take(core: ShardCore, page: Growing, sizeMax: number): Step {
    const run = this.#run;
    const { u8 } = core;
    const end = core.outAt + core.result(RESULT.BYTES);
    for (let at = core.outAt; at < end; ) {
      const next = run.read(core, at);
      const large = run.kind === ENTRY.LARGE_REF;
      if (!large) page.size += itemSizeOf(u8, run.valueAt);
      if (large || page.size >= sizeMax) {
        add(page, u8.slice(core.outAt, large ? at : next));
        return { lastKey: u8.slice(run.keyAt, run.keyAt + run.keyLength), large };
      }
      at = next;
    }
    add(page, u8.slice(core.outAt, end));
    if (core.result(RESULT.MORE) === 0) return { lastKey: undefined, large: false };
    const lastAt = core.result(RESULT.LAST_KEY_PTR);
    const lastKey = u8.slice(lastAt, lastAt + core.result(RESULT.LAST_KEY_LENGTH));
    return { lastKey, large: false };
  }

  /** A large item as a run entry; nothing if it has been deleted since. */
  async #addLarge(core: ShardCore, key: Uint8Array, page: Growing): Promise<void> {
    const looked = this.#reader.getEncoded(core, key);
    const found = looked instanceof Promise ? await looked : looked;
    page.maxSequence = Math.max(page.maxSequence, found.sequence);
    if (found.length < 0) return;
    page.size += itemSizeOf(found.view, found.at);
    const bytes = (RUN_ENTRY_BYTES + key.length + found.length + 7) & ~7;
    const entry = new Uint8Array(bytes);
    const view = new DataView(entry.buffer);
    view.setUint32(0, bytes, true);
    view.setUint16(4, key.length, true);
    view.setUint8(6, ENTRY.PUT);
    view.setUint32(8, found.length, true);
    entry.set(key, RUN_ENTRY_BYTES);
    entry.set(found.view.subarray(found.at, found.at + found.length), RUN_ENTRY_BYTES + key.length);
    add(page, entry);
  }
}

interface Step {
  /** Where to go on; undefined at the end of the piece. */
  readonly lastKey: Uint8Array | undefined;
  /** It is the key of an item that must be read on its own first. */
  readonly large: boolean;
}

/** A page while it is read: copied entries, their bytes and DynamoDB bytes. */
interface Growing {
  readonly parts: Uint8Array[];
  bytes: number;
  size: number;
  maxSequence: number;
}

function add(page: Growing, part: Uint8Array): void {
  if (part.length === 0) return;
  page.parts.push(part);
  page.bytes += part.length;
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
