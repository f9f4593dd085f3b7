/**
 * One segment as found on the disk, read whole and checked as far as asked.
 *
 * A segment is at most as large as its largest frame or the configured maximum, so reading it whole
 * is bounded; a file beyond that bound is refused before memory is spent.
 */
import { join } from 'node:path';
import { corruption, newerFormat } from '../errors.js';
import { sameId } from '../disk/bytes.js';
import type { Crc32c } from '../disk/bytes.js';
import type { FileSystem } from '../disk/file-system.js';
import {
  FRAME_BYTES_MAX,
  FRAME_GROUP,
  FRAME_MAGIC,
  LOG_FORMAT_VERSION,
  SEGMENT_HEADER_BYTES,
  claimedFrameBytes,
  decodeSegmentHeader,
  parseSegmentFileName,
  readFrame,
} from './format.js';
import type { FrameHeader, SegmentHeader, SegmentName } from './format.js';

const SEGMENT_FILE_BYTES_MAX = FRAME_BYTES_MAX + 2 ** 20;

export interface SegmentFile {
  readonly name: SegmentName;
  readonly path: string;
}

export interface FoundFrame {
  readonly offset: number;
  readonly frame: FrameHeader;
}

/** The segments of a folder by number; names that are not segments are left out. */
export function listSegments(fileSystem: FileSystem, directory: string): SegmentFile[] {
  const files: SegmentFile[] = [];
  for (const text of fileSystem.list(directory)) {
    const name = parseSegmentFileName(text);
    if (name !== undefined) files.push({ name, path: join(directory, text) });
  }
  return files.sort((a, b) => a.name.number - b.name.number);
}

/**
 * Memory for readers whose bytes are looked at no more once the next segment stands: touching new memory for each
 * segment of a long log costs more than reading it.
 */
export class SegmentBuffers {
  #free = new ArrayBuffer(0);

  take(size: number): Uint8Array {
    const buffer = this.#free.byteLength >= size ? this.#free : new ArrayBuffer(size);
    if (buffer === this.#free) this.#free = new ArrayBuffer(0);
    return new Uint8Array(buffer, 0, size);
  }

  /** The reader's bytes belong to the next reader from now on, and nobody else keeps a part of them. */
  release(reader: SegmentReader): void {
    const buffer = reader.bytes.buffer as ArrayBuffer;
    if (buffer.byteLength > this.#free.byteLength) this.#free = buffer;
  }
}

export class SegmentReader {
  readonly name: SegmentName;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly #crc32c: Crc32c;

  private constructor(file: SegmentFile, bytes: Uint8Array, crc32c: Crc32c) {
    this.name = file.name;
    this.path = file.path;
    this.bytes = bytes;
    this.#crc32c = crc32c;
  }

  static read(
    fileSystem: FileSystem,
    segment: SegmentFile,
    crc32c: Crc32c,
    buffers = new SegmentBuffers(),
  ): SegmentReader {
    const file = fileSystem.open(segment.path, 'read');
    try {
      const size = file.size();
      if (size > SEGMENT_FILE_BYTES_MAX)
        throw corruption(`A log segment of ${size} bytes cannot be`, segment.path, 0);
      const bytes = buffers.take(size);
      return new SegmentReader(segment, bytes.subarray(0, file.read(bytes, 0)), crc32c);
    } finally {
      file.close();
    }
  }

  /** The header, if it is whole and belongs to this file; throws when a newer version wrote it. */
  header(): SegmentHeader | undefined {
    const header = decodeSegmentHeader(this.bytes, this.#crc32c);
    if (header === undefined) return undefined;
    if (header.version > LOG_FORMAT_VERSION)
      throw newerFormat(this.path, header.version, LOG_FORMAT_VERSION);
    const { number, owner, id } = this.name;
    const own = header.number === number && sameId(header.owner, owner) && sameId(header.id, id);
    return own ? header : undefined;
  }

  /** The whole, checked frame of this segment's log id at an offset. */
  frameAt(offset: number): FrameHeader | undefined {
    return readFrame(this.bytes, offset, this.name.id, this.#crc32c);
  }

  /** The group this segment begins with; undefined when it holds none at its first place. */
  firstGroup(): number | undefined {
    const frame = this.frameAt(SEGMENT_HEADER_BYTES);
    return frame?.kind === FRAME_GROUP ? frame.group : undefined;
  }

  /**
   * Bytes of what claims to be a frame of this segment at an offset, checked or not; undefined if
   * nothing does.
   */
  claimedAt(offset: number): number | undefined {
    return claimedFrameBytes(this.bytes, offset, this.name.id);
  }

  /**
   * The first checked frame at or after an offset that `wanted` accepts, wherever it lies
   * (8-aligned).
   */
  findFrame(offset: number, wanted: (frame: FrameHeader) => boolean): FoundFrame | undefined {
    const words = new Uint32Array(this.bytes.buffer, 0, this.bytes.byteLength >>> 2);
    const idLow = this.name.id.low;
    for (let word = Math.ceil(offset / 8) * 2; word + 2 < words.length; word += 2) {
      if (words[word] !== FRAME_MAGIC || words[word + 2] !== idLow) continue;
      const frame = this.frameAt(word * 4);
      if (frame !== undefined && wanted(frame)) return { offset: word * 4, frame };
    }
    return undefined;
  }

  /** Bytes from an offset to the last one that is not zero. */
  usedAfter(offset: number): number {
    let end = this.bytes.byteLength;
    const words = new Uint32Array(this.bytes.buffer, 0, end >>> 2);
    while (end > offset && end % 4 !== 0 && this.bytes[end - 1] === 0) end--;
    while (end - 4 >= offset && end % 4 === 0 && words[(end >>> 2) - 1] === 0) end -= 4;
    while (end > offset && this.bytes[end - 1] === 0) end--;
    return Math.max(0, end - offset);
  }
}
