// Steps through a hidden keyspace of one shard: stream records, TTL hints. Entries are copied out, so they survive an await.
//
// As everywhere nothing of the core survives a call: each one seeks again behind the last key (DESIGN R15).

import { ENTRY, RESULT, RUN_ENTRY_BYTES, STATUS } from '../core/abi.js';
import { RunReader, writeCursorRequest } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import type { BlockProvider, Held } from './block-provider.js';
import type { CatalogView } from './catalog-view.js';
import type { Reader } from './reader.js';
import { moveBound, type Piece } from './scan-plan.js';

const NO_MEMORY_TRIES = 200;
const SEQUENCE_AT = RUN_ENTRY_BYTES - 8;

export interface HiddenEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly sequence: number;
}

export interface HiddenRun {
  readonly entries: HiddenEntry[];
  /** There may be more behind them. */
  readonly more: boolean;
  /** The shard's last sequence at the call. */
  readonly readSequence: number;
}

interface TakenEntry extends HiddenEntry {
  /** Its value is not in the run. */
  readonly large: boolean;
}

interface TakenRun extends HiddenRun {
  readonly entries: TakenEntry[];
}

export class HiddenCursor {
  readonly #attachment: Attachment;
  readonly #catalog: CatalogView;
  readonly #reader: Reader;
  readonly #blocks: BlockProvider;
  readonly #run = new RunReader();

  constructor(attachment: Attachment, catalog: CatalogView, reader: Reader, blocks: BlockProvider) {
    this.#attachment = attachment;
    this.#catalog = catalog;
    this.#reader = reader;
    this.#blocks = blocks;
  }

  /** The next entries of a piece, whose bound moves behind them. Only the last run may be empty. */
  async next(piece: Piece, countMax: number, bytesMax: number): Promise<HiddenRun> {
    const core = this.#attachment.shards[piece.shard];
    for (;;) {
      const taken = await this.#fill(core, piece, countMax, bytesMax);
      const run = taken.entries.some(({ large }) => large) ? await this.#whole(core, taken) : taken;
      if (run.entries.length > 0 || !run.more) return run;
    }
  }

  /**
   * One cursor call. Its run is copied out before anybody else on this thread may call the core: an await in between, even
   * one that waits for nothing, lets another read of the shard write over it.
   */
  async #fill(
    core: ShardCore,
    piece: Piece,
    countMax: number,
    bytesMax: number,
  ): Promise<TakenRun> {
    const held: Held[] = [];
    for (let tries = 0; ; tries++) {
      this.#attachment.check();
      this.#blocks.provideHeld(core, held);
      writeCursorRequest(core, piece, countMax, bytesMax);
      const status = core.exports.cursorNext(this.#catalog.epoch);
      if (status === STATUS.NEED_BLOCK && this.#attachment.files.mayReadSync()) {
        this.#blocks.provideSync(core, core.need());
        continue;
      }
      const need = core.need();
      core.exports.blocksUnpin();
      if (status >= 0) return this.#take(core, piece);
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

  #take(core: ShardCore, piece: Piece): TakenRun {
    const readSequence = core.readSequence;
    const more = core.result(RESULT.MORE) !== 0;
    const lastAt = core.result(RESULT.LAST_KEY_PTR);
    if (more) moveBound(piece, core.u8.slice(lastAt, lastAt + core.result(RESULT.LAST_KEY_LENGTH)));
    const entries: TakenEntry[] = [];
    const end = core.outAt + core.result(RESULT.BYTES);
    for (let at = core.outAt; at < end; ) {
      const sequence = core.f64[(at + SEQUENCE_AT) >>> 3];
      at = this.#run.read(core, at);
      const { keyAt, keyLength, valueAt, valueLength, kind } = this.#run;
      entries.push({
        key: core.u8.slice(keyAt, keyAt + keyLength),
        value: core.u8.slice(valueAt, valueAt + valueLength),
        sequence,
        large: kind === ENTRY.LARGE_REF,
      });
    }
    return { entries, more, readSequence };
  }

  /** A value too long for a run is read by its key. */
  async #whole(core: ShardCore, taken: TakenRun): Promise<HiddenRun> {
    const whole: HiddenEntry[] = [];
    for (const entry of taken.entries) {
      const read = entry.large ? await this.#large(core, entry) : entry;
      if (read !== undefined) whole.push(read);
    }
    return { ...taken, entries: whole };
  }

  async #large(core: ShardCore, entry: HiddenEntry): Promise<HiddenEntry | undefined> {
    const looked = this.#reader.getEncoded(core, entry.key);
    const { view, at, length } = looked instanceof Promise ? await looked : looked;
    if (length < 0) return undefined; // trimmed meanwhile
    return { ...entry, value: view.slice(at, at + length) };
  }
}
