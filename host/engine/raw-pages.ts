// Pages of a parallel scan, read on a pool worker: the encoded entries of a range, copied out, for the caller to decode.
//
//   RawPage.bytes := run entries (layout.ts), one after the other, as the cursor emits them
//
// Large items are appended whole, as entries of kind PUT. Pages travel as transferred buffers.

import { CURSOR, ENTRY, RESULT, RUN_ENTRY_BYTES, STATUS } from '../core/abi.js';
import { NO_LIMIT, RunReader, writeCursorRequest } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import { BlockProvider } from './block-provider.js';
import { CatalogView } from './catalog-view.js';
import { KeyBuilder } from './key-builder.js';
import { Reader } from './reader.js';
import type { Piece } from './scan-plan.js';

export interface PageTask {
  readonly database: string;
  readonly piece: Piece;
  readonly bytesMax: number;
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
    const parts: Uint8Array[] = [];
    let bytes = 0;
    let maxSequence = 0;
    for (;;) {
      this.#attachment.check();
      this.#fill(core, piece);
      maxSequence = Math.max(maxSequence, core.maxSequence);
      const more = core.result(RESULT.MORE) !== 0;
      const lastAt = core.result(RESULT.LAST_KEY_PTR);
      let last: Uint8Array | undefined = more
        ? core.u8.slice(lastAt, lastAt + core.result(RESULT.LAST_KEY_LENGTH))
        : undefined;
      const { part, large } = this.#take(core);
      parts.push(part);
      bytes += part.length;
      if (large !== undefined) {
        const entry = await this.#large(core, large);
        parts.push(entry);
        bytes += entry.length;
        last = large;
      }
      if (last === undefined || bytes >= task.bytesMax) {
        return { shard: piece.shard, bytes: joined(parts, bytes), lastKey: last, maxSequence };
      }
      piece.low = last;
      piece.flags |= CURSOR.LOW_EXCLUSIVE;
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
      else throw this.#attachment.fault(status, core.shard);
    }
  }

  /** Copies the run up to the first item that is not in it. */
  #take(core: ShardCore): { part: Uint8Array; large?: Uint8Array } {
    const end = core.outAt + core.result(RESULT.BYTES);
    for (let at = core.outAt; at < end; ) {
      const next = this.#run.read(core, at);
      if (this.#run.kind === ENTRY.LARGE_REF) {
        const { keyAt, keyLength } = this.#run;
        return {
          part: core.u8.slice(core.outAt, at),
          large: core.u8.slice(keyAt, keyAt + keyLength),
        };
      }
      at = next;
    }
    return { part: core.u8.slice(core.outAt, end) };
  }

  /** A large item as a run entry; empty if it has been deleted since. */
  async #large(core: ShardCore, key: Uint8Array): Promise<Uint8Array> {
    const looked = this.#reader.getEncoded(core, key);
    const found = looked instanceof Promise ? await looked : looked;
    if (found.length < 0) return new Uint8Array(0);
    const bytes = (RUN_ENTRY_BYTES + key.length + found.length + 7) & ~7;
    const entry = new Uint8Array(bytes);
    const view = new DataView(entry.buffer);
    view.setUint32(0, bytes, true);
    view.setUint16(4, key.length, true);
    view.setUint8(6, ENTRY.PUT);
    view.setUint32(8, found.length, true);
    entry.set(key, RUN_ENTRY_BYTES);
    entry.set(found.view.subarray(found.at, found.at + found.length), RUN_ENTRY_BYTES + key.length);
    return entry;
  }
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
