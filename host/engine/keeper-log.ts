// The keeper's log: groups from the rings to the disk, and what may go when their effects are in tables.
//
// Any failure but a full disk is final: control memory says so to everybody, and nothing is written any more. On a full
// disk the rings keep their records and writers are refused until there is room.

import { StorageError } from '../../io/errors.js';
import { LogTurn } from '../../io/log/log-turn.js';
import type { RecoveredLog } from '../../io/log/recovery.js';
import { SegmentWriter, type SegmentWriterOptions } from '../../io/log/segment-writer.js';
import { CoreRing } from '../core/core-ring.js';
import { CONTROL, FAILURE, FULL_LOG, REQUEST_FLUSH } from '../runtime/control.js';
import type { Attachment } from './attachment.js';
import { LogRetention } from './log-retention.js';
import { isOpenThrough, lastTicket } from './open-transactions.js';

export interface KeeperLogOptions {
  readonly place: Pick<
    SegmentWriterOptions,
    'fileSystem' | 'directory' | 'owner' | 'random32' | 'crc32c'
  >;
  readonly attachment: Attachment;
  readonly found: RecoveredLog;
  /** The highest sequence of each shard that was replayed. */
  readonly replayedThrough: readonly number[];
  readonly flushedSequence: (shard: number) => number;
  readonly checkOwner: () => void;
  /** What the manifest says: groups below are needed no more. */
  readonly neededGroup: () => number;
  /** Makes the manifest say so. */
  readonly forget: (neededGroup: number) => void;
}

export class KeeperLog {
  readonly #options: KeeperLogOptions;
  readonly #attachment: Attachment;
  readonly #turns: LogTurn;
  readonly #retention: LogRetention;
  #segments = 0;

  constructor(options: KeeperLogOptions) {
    const { place, attachment, found } = options;
    const { control, shards, handles } = attachment;
    this.#options = options;
    this.#attachment = attachment;
    const writer = new SegmentWriter({
      ...place,
      firstNumber: found.firstNumber,
      retained: found.retained,
      checkOwner: options.checkOwner,
      segmentBytesMax: handles.options.segmentBytesMax,
    });
    this.#turns = new LogTurn({
      writer,
      sources: shards.map(
        (core) => new CoreRing(core, (status) => attachment.fault(status, core.shard)),
      ),
      epoch: { raise: () => (control.add(CONTROL.EPOCH, 1) + 1) | 0 },
      crc32c: place.crc32c,
      lastGroup: found.lastGroup,
    });
    const started = shards.map((core) => core.exports.lastSequence());
    this.#retention = new LogRetention(writer, options.replayedThrough, started, {
      lastTicket: () => lastTicket(control),
      isOpenThrough: (ticket) => isOpenThrough(control, ticket),
      applied: () => shards.map((core) => core.exports.lastSequence()),
    });
  }

  get durableGroup(): number {
    return this.#turns.durableGroup;
  }

  /** One group. True if one was written: there may be more. */
  turn(): boolean {
    if (!this.#usable) return false;
    try {
      const { status, error } = this.#turns.turn();
      if (status === 'stalled' && error?.code !== 'StorageFull') throw error;
      if (status === 'written') {
        this.#attachment.control.signal(CONTROL.DURABLE_SIGNAL);
        this.#attachment.control.signal(CONTROL.PROGRESS_SIGNAL); // a ring that was full has room
        if (this.#retention.closedSegments !== this.#segments) this.retain();
      }
      this.#markFull();
      return status === 'written';
    } catch (error) {
      this.#attachment.control.failWith(FAILURE.LOG, error as Error);
      return false;
    }
  }

  /** Quiet moments: the log forgets what is in tables, seals its last group and prepares its next segment. True while there is more to do. */
  rest(): boolean {
    if (!this.#usable) return false;
    try {
      if (this.#beginAnew()) this.retain();
      this.#turns.seal();
      const more = this.#turns.prepareStep();
      this.#markFull();
      return more;
    } catch (error) {
      this.#attachment.control.failWith(FAILURE.LOG, error as Error);
      return false;
    }
  }

  /** What will be needed of the log once a shard has flushed so far. */
  neededAfter(shard: number, sequence: number): number {
    const { flushedSequence } = this.#options;
    const flushed = (other: number): number =>
      other === shard ? Math.max(sequence, flushedSequence(shard)) : flushedSequence(other);
    return this.#retention.belowGroup(flushed, this.#durable());
  }

  /** Removes log segments that the manifest says nothing needs; asks for flushes of what keeps a log too long. */
  retain(mayRecycle = true): void {
    const { control, shards, handles, doorbell } = this.#attachment;
    const { flushedSequence, neededGroup } = this.#options;
    this.#segments = this.#retention.closedSegments;
    const below = this.#retention.belowGroup(flushedSequence, this.#durable());
    try {
      this.#turns.retire(Math.min(below, neededGroup()), mayRecycle);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      control.store(CONTROL.LOG_RETIRE_FAILED, 1);
    }
    if (this.#retention.bytes() <= handles.options.logBytesMax) return;
    for (const shard of this.#retention.holders(flushedSequence)) {
      shards[shard].exports.freeze();
      if (control.request(shard, REQUEST_FLUSH)) doorbell.work();
    }
  }

  /** Leaves an end mark, unless the log has failed, and no more than what the next open needs. */
  close(): void {
    try {
      if (!this.#usable) return;
      this.#beginAnew();
      this.retain(false);
    } finally {
      this.#turns.close();
    }
  }

  #beginAnew(): boolean {
    const { flushedSequence, forget } = this.#options;
    if (!this.#retention.nothingNeeded(flushedSequence, this.#durable())) return false;
    if (!this.#turns.beginAnew()) return false;
    try {
      forget(this.#turns.durableGroup);
    } catch (error) {
      if (!(error instanceof StorageError && error.code === 'StorageFull')) throw error;
      return false;
    }
    return true;
  }

  #durable(): number[] {
    return this.#attachment.shards.map((core) => core.exports.durableSequence());
  }

  get #usable(): boolean {
    return this.#turns.failure === undefined && !this.#attachment.control.failed;
  }

  /** No room for the next segment. Any other trouble with it is tried again, and final only once it is needed. */
  #markFull(): void {
    const full = this.#turns.spareError?.code === 'StorageFull';
    this.#attachment.control.mark(CONTROL.STORAGE_FULL, FULL_LOG, full);
  }
}
