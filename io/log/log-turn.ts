/**
 * The log's turn: one group, from the rings to the disk.
 *
 *   raise the epoch -> take from every ring what is below it -> one write -> one fdatasync
 *   -> done() on every ring
 *
 * Knows nothing of threads: the host calls `turn` from its log thread, or inline in a simulation.
 *
 * Invariants:
 * - Groups are causal: a record whose writer saw the new epoch waits for the next group (R1).
 * - One group in flight, so group g is written only after g-1 is durable, and says so.
 * - A failed write or sync is final: `failure` is set, every later call throws it, the file is
 *   never touched again.
 * - No room on the disk for the next segment is not a failure: the turn is `stalled`, the rings
 *   keep their records.
 */
import { StorageError, engineFailure } from '../errors.js';
import type { Crc32c } from '../disk/bytes.js';
import { align8, viewOf } from '../disk/bytes.js';
import {
  CHUNK_HEADER_BYTES,
  FRAME_BYTES_MAX,
  FRAME_CRC_OFFSET,
  FRAME_CRC_START,
  FRAME_END,
  FRAME_GROUP,
  FRAME_HEADER_BYTES,
  FRAME_SEAL,
  encodeMark,
  writeFrameHeader,
} from './format.js';
import type { EpochSource, RingSource } from './ring-source.js';
import type { SegmentWriter } from './segment-writer.js';

export interface LogTurnOptions {
  readonly writer: SegmentWriter;
  readonly sources: readonly RingSource[];
  readonly epoch: EpochSource;
  readonly crc32c: Crc32c;
  /** The last group of the log as recovered; 0 for a new one. */
  readonly lastGroup: number;
}

export interface TurnResult {
  /**
   * 'written': a group is durable. 'idle': nothing to take. 'stalled': no room on the disk, try
   * again later.
   */
  readonly status: 'written' | 'idle' | 'stalled';
  /** Groups written: 1 or 0. */
  readonly groups: number;
  /** Bytes of the frame written. */
  readonly bytes: number;
  /** Why it stalled. */
  readonly error?: StorageError;
}

const IDLE: TurnResult = { status: 'idle', groups: 0, bytes: 0 };
const PADDING = new Uint8Array(8);

/** What one turn took from one ring. */
interface Taken {
  readonly source: RingSource;
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
}

export class LogTurn {
  readonly #writer: SegmentWriter;
  readonly #sources: readonly RingSource[];
  readonly #epoch: EpochSource;
  readonly #crc32c: Crc32c;
  /** Frame header, then one chunk header for each source. */
  readonly #headers: Uint8Array;
  readonly #headersView: DataView;
  #durableGroup: number;
  /** The last group that a seal of this open promises. */
  #sealedGroup = 0;
  #turnsBegun = 0;
  #turnsSettled = 0;
  #failure: StorageError | undefined;
  #spareError: StorageError | undefined;

  constructor(options: LogTurnOptions) {
    this.#writer = options.writer;
    this.#sources = options.sources;
    this.#epoch = options.epoch;
    this.#crc32c = options.crc32c;
    this.#durableGroup = options.lastGroup;
    this.#headers = new Uint8Array(
      FRAME_HEADER_BYTES + options.sources.length * CHUNK_HEADER_BYTES,
    );
    this.#headersView = viewOf(this.#headers);
  }

  /** The last durable group. */
  get durableGroup(): number {
    return this.#durableGroup;
  }

  /**
   * No record applied from now on lands in an earlier group than this one: what a new memtable
   * keeps (R4).
   */
  get currentGroup(): number {
    return this.#durableGroup + 1;
  }

  /**
   * Turns begun and turns settled (their group durable, or nothing found to take). What was in the
   * rings while `turnsBegun` was n is durable once `turnsSettled` is above n: the rule for flushes
   * (R4), also when nothing is written.
   */
  get turnsBegun(): number {
    return this.#turnsBegun;
  }

  get turnsSettled(): number {
    return this.#turnsSettled;
  }

  /** Set once the log failed; every call throws it from then on. */
  get failure(): StorageError | undefined {
    return this.#failure;
  }

  /**
   * Why the next segment cannot be made (disk full): writes should be refused before they change
   * anything.
   */
  get spareError(): StorageError | undefined {
    return this.#spareError;
  }

  turn(): TurnResult {
    this.#expectUsable();
    this.#turnsBegun++;
    const limit = this.#epoch.raise();
    const taken = this.#take(limit);
    if (taken.length === 0) {
      this.#turnsSettled = this.#turnsBegun;
      return IDLE;
    }
    const frameBytes = taken.reduce(
      (sum, { bytes }) => sum + CHUNK_HEADER_BYTES + align8(bytes),
      FRAME_HEADER_BYTES,
    );
    const stall = this.#makeRoom(frameBytes);
    if (stall !== undefined) return { status: 'stalled', groups: 0, bytes: 0, error: stall };
    this.#write(taken, frameBytes);
    this.#turnsSettled = this.#turnsBegun;
    for (const { source } of taken) source.done();
    if (this.#spareError === undefined && this.#writer.spareIsDue) this.#prepare();
    return { status: 'written', groups: 1, bytes: frameBytes };
  }

  /**
   * For quiet moments: promises that the last group is durable (unsynced: it reaches the disk when
   * it does), so that damage to it is told from a torn tail. Returns whether there was something to
   * promise.
   */
  seal(): boolean {
    this.#expectUsable();
    if (this.#sealedGroup === this.#durableGroup || !this.#writer.started) return false;
    this.#orFail('The log could not be sealed', () =>
      this.#writer.writeMark(this.#mark(FRAME_SEAL)),
    );
    this.#sealedGroup = this.#durableGroup;
    return true;
  }

  /**
   * For quiet moments: works on the next segment; false when there is nothing (more) to do or no
   * room.
   */
  prepareStep(): boolean {
    this.#expectUsable();
    return !this.#prepare() && this.#spareError === undefined;
  }

  /**
   * Removes segments whose groups are all below. Throws StorageError when the disk refuses; the log
   * goes on.
   */
  retire(belowGroup: number, mayRecycle = true): number {
    this.#expectUsable();
    return this.#writer.retire(Math.min(belowGroup, this.#durableGroup + 1), mayRecycle);
  }

  /**
   * For a caller who needs nothing of what is in the log: goes on in a new segment, which an empty
   * group begins, so that all before it may be retired. False if that would not pay, or there is no
   * room.
   */
  beginAnew(): boolean {
    this.#expectUsable();
    if (!this.#writer.holdsMuch) return false;
    try {
      this.#writer.makeNext(FRAME_HEADER_BYTES);
    } catch (error) {
      this.#spareError = asStorageError(error);
      return false;
    }
    this.#orFail('The log could not go on in a new segment', () => this.#writer.advance());
    this.#write([], FRAME_HEADER_BYTES);
    return true;
  }

  /**
   * A clean close leaves an end mark. The host has drained the rings before. After a failure it
   * only closes the files.
   */
  close(): void {
    try {
      if (this.#failure === undefined && this.#writer.started) {
        this.#orFail('The log could not be closed cleanly', () => {
          this.#writer.writeMark(this.#mark(FRAME_END));
          this.#writer.sync();
          this.#writer.trim();
        });
      }
    } finally {
      this.#failure ??= new StorageError('Closed', 'The log is closed.', {
        path: this.#writer.path,
      });
      this.#writer.close();
    }
  }

  #take(epochLimit: number): Taken[] {
    const taken: Taken[] = [];
    for (const source of this.#sources) {
      const pieces = source.take(epochLimit);
      const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
      if (bytes > 0) taken.push({ source, pieces, bytes });
    }
    return taken;
  }

  /**
   * Switches to the next segment if the frame needs it. Returns why it cannot; throws when the log
   * is over.
   */
  #makeRoom(frameBytes: number): StorageError | undefined {
    if (frameBytes > FRAME_BYTES_MAX) {
      this.#orFail('A group is too large for the log', () => {
        throw new Error(
          `${frameBytes} bytes, at most ${FRAME_BYTES_MAX}: the rings together must be smaller.`,
        );
      });
    }
    const fits = this.#writer.fits(frameBytes);
    try {
      this.#writer.makeRoom(frameBytes);
    } catch (error) {
      this.#spareError = asStorageError(error);
      if (fits && this.#spareError.code !== 'StorageFull') {
        this.#orFail('The log could not be extended', () => {
          throw error;
        });
      }
      return this.#spareError;
    }
    this.#spareError = undefined;
    if (fits) return undefined;
    this.#orFail('The log could not go on in its next segment', () => this.#writer.advance());
    return undefined;
  }

  /** One step of the next segment; returns whether it is ready. */
  #prepare(): boolean {
    try {
      const ready = this.#writer.prepareStep();
      this.#spareError = undefined;
      return ready;
    } catch (error) {
      this.#spareError = asStorageError(error);
      return false;
    }
  }

  /** The next group: written and durable. */
  #write(taken: readonly Taken[], frameBytes: number): void {
    const group = this.#durableGroup + 1;
    this.#orFail('The log could not be written', () => {
      this.#writer.write(this.#frame(taken, group, frameBytes), frameBytes, group);
      this.#writer.sync();
    });
    this.#durableGroup = group;
  }

  /** The pieces of the frame: headers of ours between bytes of the rings. */
  #frame(taken: readonly Taken[], group: number, frameBytes: number): Uint8Array[] {
    const view = this.#headersView;
    writeFrameHeader(view, 0, {
      id: this.#writer.logId,
      kind: FRAME_GROUP,
      group,
      durableThrough: this.#durableGroup,
      frameBytes,
      chunkCount: taken.length,
    });
    const frame = [this.#headers.subarray(0, FRAME_HEADER_BYTES)];
    let running = this.#crc32c(this.#headers.subarray(FRAME_CRC_START, FRAME_HEADER_BYTES), 0);
    let at = FRAME_HEADER_BYTES;
    for (const { source, pieces, bytes } of taken) {
      view.setUint32(at, source.shard, true);
      view.setUint32(at + 4, bytes, true);
      const chunkHeader = this.#headers.subarray(at, at + CHUNK_HEADER_BYTES);
      at += CHUNK_HEADER_BYTES;
      const padding = PADDING.subarray(0, align8(bytes) - bytes);
      running = this.#crc32c(chunkHeader, running);
      running = source.crc === undefined ? this.#crcOf(pieces, running) : source.crc(running);
      if (padding.byteLength > 0) running = this.#crc32c(padding, running);
      frame.push(chunkHeader, ...pieces, padding);
    }
    view.setUint32(FRAME_CRC_OFFSET, running >>> 0, true);
    return frame;
  }

  #crcOf(pieces: readonly Uint8Array[], running: number): number {
    for (const piece of pieces) running = this.#crc32c(piece, running);
    return running;
  }

  #mark(kind: number): Uint8Array {
    return encodeMark(kind, this.#writer.logId, this.#durableGroup, this.#crc32c);
  }

  #orFail(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failure = engineFailure(what, this.#writer.path, error);
      throw this.#failure;
    }
  }

  #expectUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  throw error;
}
