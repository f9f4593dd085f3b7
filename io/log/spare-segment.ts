/**
 * The next segment, made before it is needed: a file under its final name, with its header, filled
 * with zeros (or taken over from a retired segment), all durable. So switching to it costs the log
 * nothing but a variable.
 *
 * A spare holds no group and so does not count: recovery removes it. Trouble while making one is no
 * failure of the log: the file is discarded and another is made later.
 */
import { join } from 'node:path';
import type { Crc32c, Id64 } from '../disk/bytes.js';
import { drawId } from '../disk/bytes.js';
import type { File, FileSystem } from '../disk/file-system.js';
import { StorageError } from '../errors.js';
import { removeIfPresent } from '../disk/atomic-file.js';
import { SEGMENT_HEADER_BYTES, encodeSegmentHeader, segmentFileName } from './format.js';

export interface SegmentPlace {
  readonly fileSystem: FileSystem;
  readonly directory: string;
  readonly crc32c: Crc32c;
  /** The random identity of this open of the database: the fence. */
  readonly owner: Id64;
  readonly random32: () => number;
}

/** Zeros are written in pieces this large. */
export const FILL_BYTES = 2 ** 18;
const ZEROS = new Uint8Array(FILL_BYTES);

/** Writes zeros from `start` up to `end`: space that the frames to come cannot lack. Not synced. */
export function fillWithZeros(file: File, start: number, end: number): void {
  for (let at = start; at < end; at += FILL_BYTES) {
    file.write([ZEROS.subarray(0, Math.min(FILL_BYTES, end - at))], at);
  }
}

export class SpareSegment {
  readonly file: File;
  readonly path: string;
  readonly number: number;
  readonly id: Id64;
  /** Bytes it may have. */
  readonly capacity: number;
  /** Bytes it has. */
  readonly filled: number;
  /** It was a retired segment. */
  readonly recycled: boolean;
  readonly #fileSystem: FileSystem;

  private constructor(
    place: SegmentPlace,
    name: { number: number; id: Id64 },
    file: File,
    bytes: { filled: number; capacity: number; recycled: boolean },
  ) {
    this.#fileSystem = place.fileSystem;
    this.file = file;
    this.path = file.path;
    this.number = name.number;
    this.id = name.id;
    this.filled = bytes.filled;
    this.capacity = bytes.capacity;
    this.recycled = bytes.recycled;
  }

  /** A new file with a durable name and header, its first bytes filled. */
  static create(place: SegmentPlace, number: number, capacity: number): SpareSegment {
    const id = drawId(place.random32);
    const path = segmentPath(place, number, id);
    const file = place.fileSystem.open(path, 'create');
    const filled = Math.min(capacity, FILL_BYTES);
    try {
      file.write([header(place, number, id, capacity, false)], 0);
      fillWithZeros(file, SEGMENT_HEADER_BYTES, filled);
      file.sync();
      place.fileSystem.syncDirectory(place.directory);
    } catch (error) {
      discardFile(place.fileSystem, file);
      throw error;
    }
    return new SpareSegment(place, { number, id }, file, { filled, capacity, recycled: false });
  }

  /**
   * Takes over the file of a retired segment. The new name is durable before the header changes,
   * for under its old name a file with a strange header would be damage.
   */
  static recycle(
    place: SegmentPlace,
    number: number,
    retiredPath: string,
    size: number,
  ): SpareSegment {
    const id = drawId(place.random32);
    const path = segmentPath(place, number, id);
    place.fileSystem.rename(retiredPath, path);
    place.fileSystem.syncDirectory(place.directory);
    const file = place.fileSystem.open(path, 'write');
    try {
      file.write([header(place, number, id, size, true)], 0);
      file.sync();
    } catch (error) {
      discardFile(place.fileSystem, file);
      throw error;
    }
    return new SpareSegment(place, { number, id }, file, {
      filled: size,
      capacity: size,
      recycled: true,
    });
  }

  /** Closes and removes it. */
  discard(): void {
    discardFile(this.#fileSystem, this.file);
  }
}

function header(
  place: SegmentPlace,
  number: number,
  id: Id64,
  capacity: number,
  recycled: boolean,
): Uint8Array {
  return encodeSegmentHeader({ number, owner: place.owner, id, capacity, recycled }, place.crc32c);
}

function segmentPath(place: SegmentPlace, number: number, id: Id64): string {
  return join(place.directory, segmentFileName({ number, owner: place.owner, id }));
}

/**
 * Never hides the failure that led here: a file that cannot be removed is a stray, removed before
 * the next is made.
 */
function discardFile(fileSystem: FileSystem, file: File): boolean {
  try {
    file.close();
    return removeIfPresent(fileSystem, file.path);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return false;
  }
}
