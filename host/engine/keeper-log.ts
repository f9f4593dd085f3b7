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
    this.#retention = new LogRetention(writer, options.replayedThrough, started);
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

  /** Quiet moments: the log seals its last group and prepares its next segment. True while there is more to do. */
  rest(): boolean {
    if (!this.#usable) return false;
    try {
      this.#turns.seal();
      const more = this.#turns.prepareStep();
      this.#markFull();
      return more;
    } catch (error) {
      this.#attachment.control.failWith(FAILURE.LOG, error as Error);
      return false;
    }
  }

  /** Removes log segments that nothing needs; asks for flushes of what keeps a log too long. */
  retain(): void {
    const { control, shards, handles, doorbell } = this.#attachment;
    const { flushedSequence } = this.#options;
    this.#segments = this.#retention.closedSegments;
    const durable = shards.map((core) => core.exports.durableSequence());
    try {
      this.#turns.retire(this.#retention.belowGroup(flushedSequence, durable));
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

  /** Leaves an end mark, unless the log has failed. */
  close(): void {
    this.#turns.close();
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
