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
 * - Errors of `makeRoom`, `prepareStep` and `retire` leave the log as it was. Errors of `advance`,
 *   `write` and `sync` are final; the caller latches.
 */
import { join } from 'node:path';
import { StorageError } from '../errors.js';
import type { File } from '../disk/file-system.js';
import { MARK_BYTES, SEGMENT_HEADER_BYTES, parseSegmentFileName } from './format.js';
import type { Id64 } from '../disk/bytes.js';
import { SpareSegment } from './spare-segment.js';
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
/**
 * The spare is begun when the current segment is this full, and then grows this many times as fast.
 */
const SPARE_START = 1 / 4;
const SPARE_LEAD = 2;

interface OpenSegment {
  readonly file: File;
  readonly number: number;
  readonly id: Id64;
  readonly capacity: number;
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
   * Makes sure that the spare takes a frame of this size. On an error (disk full) nothing has
   * changed: try later.
   */
  makeRoom(frameBytes: number): void {
    if (this.#current?.lastGroup === 0) this.#dropEmptyCurrent(this.#current);
    const needed = SEGMENT_HEADER_BYTES + frameBytes + MARK_BYTES;
    const spare = this.#spare ?? this.#createSpare(Math.max(this.#nextBytes, needed));
    this.#sparing(spare, () =>
      spare.fillTo(Math.max(needed, Math.min(spare.target, this.#bytesFirst))),
    );
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
      capacity: spare.filled,
      position: SEGMENT_HEADER_BYTES,
      firstGroup: 0,
      lastGroup: 0,
    };
    this.#nextBytes = Math.min(this.#bytesMax, Math.max(this.#nextBytes, spare.target) * 2);
  }

  /** Writes a frame of group `group` after the last one, over a seal if there is one. */
  write(pieces: readonly Uint8Array[], frameBytes: number, group: number): void {
    const current = this.#open();
    current.file.write(pieces, current.position);
    current.position += frameBytes;
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

  /** Whether the spare falls behind the pace at which the current segment fills. */
  get spareIsBehind(): boolean {
    if (this.#current === undefined) return false;
    const { position, capacity } = this.#current;
    const progress = this.#spare === undefined ? 0 : this.#spare.filled / this.#spare.target;
    return progress < 1 && progress < SPARE_LEAD * (position / capacity - SPARE_START);
  }

  /**
   * One short piece of work on the spare (at most 256 KiB written and synced); returns whether it
   * is ready.
   */
  prepareStep(): boolean {
    const spare = this.#spare ?? this.#createSpare(this.#nextBytes);
    this.#sparing(spare, () => spare.step());
    return spare.ready;
  }

  /**
   * Removes the oldest segments whose groups are all below `belowGroup`; returns how many went. One
   * that is large enough stays until it is taken over as a spare. After a failure of the disk in
   * here nothing more is removed until the database is opened again.
   */
  retire(belowGroup: number): number {
    if (this.#retireFailure !== undefined) throw this.#retireFailure;
    this.#retiredBelow = Math.max(this.#retiredBelow, belowGroup);
    let removed = 0;
    while (this.#mayRetire(0) && (this.#mayRetire(1) || this.#retained[0].size < this.#nextBytes)) {
      this.#orRetireNoMore(() => {
        this.#options.fileSystem.unlink(this.#retained[0].path);
        this.#retained.shift();
        this.#options.fileSystem.syncDirectory(this.#options.directory);
      });
      removed++;
    }
    return removed;
  }

  /** Closes the files; the spare is removed. Safe after a failure: nothing is written. */
  close(): void {
    this.#current?.file.close();
    this.#current = undefined;
    this.#spare?.discard();
    this.#spare = undefined;
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

  #createSpare(target: number): SpareSegment {
    this.#removeStrays();
    const mayRecycle =
      this.#retireFailure === undefined && this.#mayRetire(0) && this.#retained[0].size >= target;
    const spare = mayRecycle
      ? this.#recycle()
      : SpareSegment.create(this.#options, this.#nextNumber(), target);
    this.#spare = spare;
    return spare;
  }

  #recycle(): SpareSegment {
    const [oldest] = this.#retained;
    const spare = this.#orRetireNoMore(() =>
      SpareSegment.recycle(this.#options, this.#nextNumber(), oldest.path, oldest.size),
    );
    this.#retained.shift();
    return spare;
  }

  /** A spare that failed is removed; the next call makes another file. */
  #sparing(spare: SpareSegment, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#spare = undefined;
      spare.discard();
      throw error;
    }
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
