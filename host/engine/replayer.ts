// Recovery's second half: records of the log go back into the shards' memtables, in order.
//
// A chunk is what one group took from one ring: whole records, fillers left out by the ring or skipped here. Pieces of
// it are copied to the IN area (or a run of pages for a large record) and replayed there record by record.

import { StorageError } from '../../io/errors.js';
import { RESULT, RESULT_FLAG, SCRATCH, STATUS } from '../core/abi.js';
import type { ShardCore } from '../core/shard-core.js';
import { REQUEST_WARM } from '../runtime/control.js';
import type { Attachment } from './attachment.js';
import type { ManifestState } from './manifest.js';
import { UnfinishedDecisions } from './unfinished-decisions.js';

const FILLER = 1;

export class Replayer {
  /** Records read, flushed ones included. */
  records = 0;
  /** Highest sequence met, by shard. */
  readonly through: number[];
  /** Of transactions over shards. */
  readonly decisions = new UnfinishedDecisions();
  readonly #attachment: Attachment;
  readonly #state: ManifestState;
  readonly #makeRoom: (shard: number) => void;
  readonly #breathe: () => void;

  constructor(
    attachment: Attachment,
    state: ManifestState,
    makeRoom: (shard: number) => void,
    breathe: () => void,
  ) {
    this.#attachment = attachment;
    this.#state = state;
    this.#makeRoom = makeRoom;
    this.#breathe = breathe;
    this.through = attachment.shards.map(() => 0);
  }

  readonly onChunk = (shard: number, chunk: Uint8Array): void => {
    const core = this.#attachment.shards[shard];
    if (core === undefined)
      throw new StorageError('Corruption', `The log names shard ${shard}, which there is not.`);
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < chunk.length; ) {
      const end = this.#partEnd(view, at);
      this.#replayPart(core, chunk.subarray(at, end));
      at = end;
    }
    this.#breathe();
  };

  /** As many whole records as fit the IN area, at least one. */
  #partEnd(view: DataView, start: number): number {
    let end = start;
    while (end < view.byteLength) {
      const bytes = view.getUint32(end, true);
      if (bytes < 8 || (bytes & 7) !== 0 || end + bytes > view.byteLength) {
        throw new StorageError(
          'Corruption',
          'A group of the log holds what is no record, though its checksum is right.',
        );
      }
      if (end > start && end + bytes - start > SCRATCH.IN_BYTES) break;
      end += bytes;
    }
    return end;
  }

  #replayPart(core: ShardCore, part: Uint8Array): void {
    const large = part.length > SCRATCH.IN_BYTES;
    const base = large ? this.#reserve(core, part.length) : core.inAt;
    core.u8.set(part, base);
    const end = base + part.length;
    for (let at = base; at < end; at += core.u32[at >>> 2]) {
      if ((core.u32[(at + 4) >>> 2] & FILLER) !== 0) continue;
      if (this.#replay(core, at)) continue;
      if (large) core.exports.largeRelease();
      this.#makeRoom(core.shard);
      return this.#replayPart(core, part.subarray(at - base));
    }
    if (large) core.exports.largeRelease();
  }

  /** False: the memtable is full. */
  #replay(core: ShardCore, at: number): boolean {
    const { flushedSequence } = this.#state.shards[core.shard];
    const last = readU64(core, at + 8) + core.u32[(at + 20) >>> 2] - 1;
    const status = core.exports.replayRecord(at, flushedSequence);
    if (status === STATUS.MEMTABLE_FULL || status === STATUS.NO_MEMORY) return false;
    if (status < 0) {
      throw new StorageError(
        'Corruption',
        `A log record of shard ${core.shard} cannot be replayed: status ${status}.`,
      );
    }
    this.records++;
    this.decisions.note(core.u8.subarray(at, at + core.u32[at >>> 2]));
    this.through[core.shard] = Math.max(this.through[core.shard], last);
    const flags = core.result(RESULT.FLAGS);
    if ((flags & RESULT_FLAG.MEMTABLE_SOFT) !== 0) this.#freeze(core);
    if ((flags & RESULT_FLAG.COLD) !== 0) this.#warm(core.shard);
    return true;
  }

  /** The pool touches the memory that comes next. */
  #warm(shard: number): void {
    const { control, doorbell } = this.#attachment;
    if (control.request(shard, REQUEST_WARM)) doorbell.work();
  }

  /** Freezes early, so that the flush runs beside the replay. */
  #freeze(core: ShardCore): void {
    if ((core.result(RESULT.FLAGS) & RESULT_FLAG.FROZEN_WAITING) === 0) core.exports.freeze();
  }

  #reserve(core: ShardCore, bytes: number): number {
    for (;;) {
      const at = core.blocking(() => core.exports.largeReserve(bytes));
      if (at > 0) return at;
      if (at !== STATUS.NO_MEMORY) throw this.#attachment.fault(at, core.shard);
      this.#makeRoom(core.shard);
    }
  }
}

function readU64(core: ShardCore, at: number): number {
  return core.u32[at >>> 2] + core.u32[(at >>> 2) + 1] * 2 ** 32;
}
