/**
 * The files of a running log: the current segment, the spare that comes next, and the retained ones
 * behind.
 *
 * Invariants:
 * - There may be no current segment: at the start, and while a disk is full that has no room for
 *   the next one.
 * - A frame never crosses a segment, and every segment keeps room for an end mark.
 * - Segment N+1 gets its first frame only after all of N is durable: the caller syncs each frame
 *   before the next.
 * - The newest segment that holds a durable group is never retired, so numbers of groups and
 *   segments carry on.
 * - Segments go oldest first, each removal durable before the next: a crash leaves no hole.
 * - A frame is written only where zeros (or an older use of the file) have taken the space before: a full disk is met
 *   then, when nothing has changed, not by a frame.
 * - Errors of `makeRoom`, `prepareStep` and `retire` leave the log as it was. Errors of `advance`,
 *   `write` and `sync` are final; the caller latches.
 */
import { join } from 'node:path';
import { StorageError } from '../errors.js';
import type { File } from '../disk/file-system.js';
import { MARK_BYTES, SEGMENT_HEADER_BYTES, parseSegmentFileName } from './format.js';
import type { Id64 } from '../disk/bytes.js';
import { FILL_BYTES, fillWithZeros, SpareSegment } from './spare-segment.js';
import type { SegmentPlace } from './spare-segment.js';

/** A closed segment that holds groups. */
export interface RetainedSegment {
  readonly number: number;
  readonly path: string;
  readonly size: number;
  readonly firstGroup: number;
  readonly lastGroup: number;
}

export interface SegmentWriterOptions extends SegmentPlace {
  /** Number of the first segment to write. */
  readonly firstNumber: number;
  /** What recovery found and keeps, oldest first. */
  readonly retained: readonly RetainedSegment[];
  /** Throws when the folder has another owner now; asked at each change of segment. */
  readonly checkOwner: () => void;
  /** Size of the first segment; each next is twice as large up to the maximum. */
  readonly segmentBytesFirst?: number;
  readonly segmentBytesMax?: number;
}

const SEGMENT_BYTES_FIRST = 2 ** 20;
const SEGMENT_BYTES_MAX = 2 ** 26;
/** The spare is made when the current segment is this full. */
const SPARE_START = 3 / 4;
/** Quiet moments fill so far ahead of the last frame: the file's length is durable before small frames come. */
const AHEAD_BYTES = 2 ** 20;
/** Small frames fill as far ahead, so that the next ones find the file's length durable. */
const SMALL_FRAME_BYTES = 2 ** 15;
/** Not worth a segment of its own. */
const SMALL_LOG_BYTES = 2 ** 12;
/** A retired segment as large as this is taken over, though the next would be larger: its space is there already. */
const RECYCLE_BYTES_MIN = 2 ** 24;

interface OpenSegment {
  readonly file: File;
  readonly number: number;
  readonly id: Id64;
  readonly capacity: number;
  /** Bytes of the file that are there: frames lie below. */
  filled: number;
  position: number;
  firstGroup: number;
  lastGroup: number;
}

export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #bytesFirst: number;
  readonly #bytesMax: number;
  readonly #retained: RetainedSegment[];
  #current: OpenSegment | undefined;
  #spare: SpareSegment | undefined;
  /** Number of the next segment while there is no current one. */
  #firstNumber: number;
  #nextBytes: number;
  /** All groups below may go. */
  #retiredBelow = 0;
  #retireFailure: StorageError | undefined;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#bytesMax = options.segmentBytesMax ?? SEGMENT_BYTES_MAX;
    this.#firstNumber = options.firstNumber;
    this.#bytesFirst = Math.min(this.#bytesMax, options.segmentBytesFirst ?? SEGMENT_BYTES_FIRST);
    this.#nextBytes = this.#bytesFirst;
    this.#retained = [...options.retained];
  }

  /** Makes the first segment. */
  start(): void {
    this.makeRoom(0);
    this.advance();
  }

  /** Identity that frames of the current segment carry. */
  get logId(): Id64 {
    return this.#open().id;
  }

  /** The file being written, for messages. */
  get path(): string {
    return this.#current?.file.path ?? this.#options.directory;
  }

  /** Closed segments, oldest first. */
  get retained(): readonly RetainedSegment[] {
    return this.#retained;
  }

  fits(frameBytes: number): boolean {
    if (this.#current === undefined) return false;
    const { position, capacity } = this.#current;
    return position + frameBytes + MARK_BYTES <= capacity;
  }

  /**
   * Makes sure that a frame of this size has its space: in the current segment if it fits, else in the spare. On an error
   * (disk full) nothing has changed: try later.
   */
  makeRoom(frameBytes: number): void {
    if (this.#current !== undefined && this.fits(frameBytes)) {
      this.#fillCurrent(frameBytes);
      return;
    }
    this.makeNext(frameBytes);
  }

  /** Makes sure that a frame of this size has its space in the spare, whether it fits the current segment or not. */
  makeNext(frameBytes: number): void {
    if (this.#current?.lastGroup === 0) this.#dropEmptyCurrent(this.#current);
    const needed = SEGMENT_HEADER_BYTES + frameBytes + MARK_BYTES;
    if (this.#spare !== undefined && this.#spare.capacity < needed) this.#dropSpare(this.#spare);
    this.#spare ??= this.#createSpare(needed);
    const spare = this.#spare;
    if (spare.filled >= needed) return;
    try {
      fillWithZeros(spare.file, spare.filled, needed);
    } catch (error) {
      this.#dropSpare(spare);
      throw error;
    }
  }

  /** Makes the spare the current segment; `makeRoom` came before. */
  advance(): void {
    const spare = this.#spare;
    if (spare === undefined) throw new Error('no spare segment: makeRoom comes before advance');
    this.#options.checkOwner();
    this.#closeCurrent();
    this.#spare = undefined;
    this.#current = {
      file: spare.file,
      number: spare.number,
      id: spare.id,
      capacity: spare.capacity,
      filled: spare.filled,
      position: SEGMENT_HEADER_BYTES,
      firstGroup: 0,
      lastGroup: 0,
    };
    if (spare.recycled) return;
    this.#nextBytes = Math.min(this.#bytesMax, Math.max(this.#nextBytes, spare.capacity) * 2);
  }

  /** Writes a frame of group `group` after the last one, over a seal if there is one. */
  write(pieces: readonly Uint8Array[], frameBytes: number, group: number): void {
    const current = this.#open();
    current.file.write(pieces, current.position);
    current.position += frameBytes;
    current.filled = Math.max(current.filled, current.position);
    if (current.firstGroup === 0) current.firstGroup = group;
    current.lastGroup = group;
  }

  /** Writes a seal or an end mark, which the next frame replaces. */
  writeMark(mark: Uint8Array): void {
    const current = this.#open();
    current.file.write([mark], current.position);
  }

  /** Whether there is a segment to write to. */
  get started(): boolean {
    return this.#current !== undefined;
  }

  sync(): void {
    this.#open().file.sync();
  }

  /** Whether the next segment should be made soon. */
  get spareIsDue(): boolean {
    if (this.#current === undefined || this.#spare !== undefined) return false;
    return this.#current.position > this.#current.capacity * SPARE_START;
  }

  /** Whether so much is in segments that count that it would pay to begin a new one, were none of it needed. */
  get holdsMuch(): boolean {
    const kept = this.#retained.some(({ lastGroup }) => lastGroup >= this.#retiredBelow);
    return kept || (this.#current !== undefined && this.#current.position > SMALL_LOG_BYTES);
  }

  /** One short piece of work on what comes next; returns whether all is ready. */
  prepareStep(): boolean {
    if (this.#current !== undefined && this.#fillAhead(this.#current)) return false;
    this.#spare ??= this.#createSpare(0);
    return true;
  }

  /**
   * Removes the oldest segments whose groups are all below `belowGroup`; returns how many went. One
   * that is large enough stays until it is taken over as a spare, if it may. After a failure of the disk in
   * here nothing more is removed until the database is opened again.
   */
  retire(belowGroup: number, mayRecycle = true): number {
    if (this.#retireFailure !== undefined) throw this.#retireFailure;
    this.#retiredBelow = Math.max(this.#retiredBelow, belowGroup);
    let removed = 0;
    while (this.#mayRetire(0) && (!mayRecycle || this.#mayRetire(1) || !this.#mayRecycle(0))) {
      this.#orRetireNoMore(() => {
        this.#options.fileSystem.unlink(this.#retained[0].path);
        this.#retained.shift();
        this.#options.fileSystem.syncDirectory(this.#options.directory);
      });
      removed++;
    }
    return removed;
  }

  /** Gives back the space behind the mark that was written last. */
  trim(): void {
    const current = this.#open();
    current.filled = current.position + MARK_BYTES;
    current.file.truncate(current.filled);
  }

  /** Closes the files; the spare is removed. Safe after a failure: nothing is written. */
  close(): void {
    this.#current?.file.close();
    this.#current = undefined;
    this.#spare?.discard();
    this.#spare = undefined;
  }

  /** Takes the space for a frame; a mark behind it always has its own. */
  #fillCurrent(frameBytes: number): void {
    const current = this.#open();
    const needed = current.position + frameBytes + MARK_BYTES;
    if (needed <= current.filled) return;
    const end = Math.min(
      current.capacity,
      needed + (frameBytes < SMALL_FRAME_BYTES ? AHEAD_BYTES : 0),
    );
    fillWithZeros(current.file, current.filled, end);
    current.filled = end;
  }

  /** Fills one piece ahead of the last frame; the next sync makes it durable. False when far enough ahead. */
  #fillAhead(current: OpenSegment): boolean {
    const end = Math.min(current.capacity, current.position + AHEAD_BYTES);
    if (current.filled >= end) return false;
    const filled = Math.min(end, current.filled + FILL_BYTES);
    fillWithZeros(current.file, current.filled, filled);
    current.filled = filled;
    return true;
  }

  #dropSpare(spare: SpareSegment): void {
    this.#spare = undefined;
    spare.discard();
  }

  /**
   * A segment too small for its first group would be a hole in the numbers: another takes its
   * number.
   */
  #dropEmptyCurrent(current: OpenSegment): void {
    this.#firstNumber = current.number;
    this.#current = undefined;
    this.#spare?.discard();
    this.#spare = undefined;
    current.file.close();
  }

  /** Whether the retained segment at an index and all before it may go. */
  #mayRetire(index: number): boolean {
    if (index >= this.#retained.length || this.#retained[index].lastGroup >= this.#retiredBelow)
      return false;
    const currentHolds = this.#current !== undefined && this.#current.lastGroup > 0;
    return index < this.#retained.length - 1 || currentHolds;
  }

  /** A removal that is not durable, followed by one that is, would leave a hole after a crash. */
  #orRetireNoMore<Result>(removal: () => Result): Result {
    try {
      return removal();
    } catch (error) {
      if (error instanceof StorageError) this.#retireFailure = error;
      throw error;
    }
  }

  #createSpare(needed: number): SpareSegment {
    this.#removeStrays();
    const spare = this.#mayRecycle(needed)
      ? this.#recycle()
      : SpareSegment.create(this.#options, this.#nextNumber(), Math.max(this.#nextBytes, needed));
    this.#spare = spare;
    return spare;
  }

  /** Whether the oldest segment may become the next one, which needs so many bytes. */
  #mayRecycle(needed: number): boolean {
    if (this.#retireFailure !== undefined || !this.#mayRetire(0)) return false;
    const bytes = Math.max(needed, Math.min(this.#nextBytes, RECYCLE_BYTES_MIN));
    return this.#retained[0].size >= bytes;
  }

  #recycle(): SpareSegment {
    const [oldest] = this.#retained;
    const spare = this.#orRetireNoMore(() =>
      SpareSegment.recycle(this.#options, this.#nextNumber(), oldest.path, oldest.size),
    );
    this.#retained.shift();
    return spare;
  }

  /** Spares that failed and could not be removed then. */
  #removeStrays(): void {
    const { fileSystem, directory } = this.#options;
    const next = this.#nextNumber();
    for (const name of fileSystem.list(directory)) {
      if ((parseSegmentFileName(name)?.number ?? 0) >= next)
        fileSystem.unlink(join(directory, name));
    }
  }

  #nextNumber(): number {
    return this.#current === undefined ? this.#firstNumber : this.#current.number + 1;
  }

  #closeCurrent(): void {
    const current = this.#current;
    if (current === undefined) return;
    current.file.close();
    const { number, firstGroup, lastGroup, capacity: size } = current;
    if (lastGroup > 0)
      this.#retained.push({ number, path: current.file.path, size, firstGroup, lastGroup });
  }

  #open(): OpenSegment {
    if (this.#current === undefined) {
      throw new StorageError('Closed', 'The log is not open.', { path: this.#options.directory });
    }
    return this.#current;
  }
}
