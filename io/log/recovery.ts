/**
 * What an open finds of the log: whole groups in order, and one decision about where they end.
 *
 * Segments are walked by number from the lowest one. At each place there is the next group, or the
 * log ends here and the question is whether it may. The cases (`g` is the group that is missing, F
 * the place where it should be):
 *
 *   found at F                            elsewhere after F            verdict
 *   ------------------------------------  ---------------------------  -------------------------
 *   A zeros, end of file, old content     no frame promises g          the end; nothing dropped
 *   B torn header or body, bad checksum   no frame promises g          torn tail: cut and reported
 *   C a SEAL or END for g-1               no frame promises g          the end (END: clean close)
 *   D anything                            a frame promises g           Corruption at F
 *   E nothing for g in this segment       g begins the next segment    go on there
 *   F nothing for g                       groups in a later segment    Corruption: one is missing
 *   G a segment without a first group     (it does not count)          removed, unless D or F
 *   H groups, broken segment header       -                            Corruption at 0
 *   I no segment holds a group            no group, no promise         a new log
 *   J the end                             the manifest knows of more   Corruption at F
 *   K segments before a missing one       all below what the manifest  removed: a removal that was
 *                                         needs, groups go on behind   not durable came back
 *
 * "Promises g": a whole frame of that segment's own log id whose `durableThrough` is g or more, at
 * any 8-aligned place after F. A whole frame in a segment that is not walked counts as evidence too
 * if it is a group.
 *
 * Relies on: the folder lock is held. All is synced before it is read, so what is decided on is
 * what is on the disk. After the decision: the last segment is cut at its end and synced, files
 * that do not count are removed. The log goes on in a new segment. A crash anywhere in here leads
 * to the same decision next time.
 */
import { dirname } from 'node:path';
import { corruption } from '../errors.js';
import type { Crc32c } from '../disk/bytes.js';
import type { FileSystem } from '../disk/file-system.js';
import { FRAME_END, FRAME_GROUP, FRAME_SEAL, SEGMENT_HEADER_BYTES, readChunks } from './format.js';
import type { FrameHeader } from './format.js';
import { SegmentBuffers, SegmentReader, listSegments } from './segment-reader.js';
import type { FoundFrame, SegmentFile } from './segment-reader.js';
import type { RetainedSegment } from './segment-writer.js';

export interface RecoveryOptions {
  readonly fileSystem: FileSystem;
  /** The folder of the log; must exist. */
  readonly directory: string;
  readonly crc32c: Crc32c;
  /** Called for each chunk in order of groups. The view is valid during the call only. */
  readonly onChunk: (shard: number, records: Uint8Array, group: number) => void;
  /** The first group that must still be there, when the manifest knows; it knew before one below was removed. */
  readonly neededGroup?: number;
  /** A group that the manifest knows to have been durable. */
  readonly durableGroup?: number;
}

export interface TornTail {
  readonly path: string;
  readonly offset: number;
  /** What was recognisable of the group that was never acknowledged. */
  readonly bytes: number;
}

export interface RecoveredLog {
  /** The last group; 0 when there is none. */
  readonly lastGroup: number;
  /** The log's last open closed it cleanly. */
  readonly clean: boolean;
  readonly torn: TornTail | undefined;
  /** For the segment writer. */
  readonly retained: readonly RetainedSegment[];
  readonly firstNumber: number;
}

/** Where the walk stands. */
interface Walk {
  readonly retained: RetainedSegment[];
  /** The last segment walked, and where its frames end. */
  last: SegmentReader | undefined;
  end: number;
  lastGroup: number;
  mark: FrameHeader | undefined;
}

export function recoverLog(options: RecoveryOptions): RecoveredLog {
  const files = listSegments(options.fileSystem, options.directory);
  syncAll(options, files);
  const walk: Walk = { retained: [], last: undefined, end: 0, lastGroup: 0, mark: undefined };
  const walked = files.slice(returnedCount(options, files));
  walkSegments(options, walked, walk);
  const spares = walked.filter((file) =>
    walk.retained.every((segment) => segment.path !== file.path),
  );
  const readers = spares.map((file) =>
    SegmentReader.read(options.fileSystem, file, options.crc32c),
  );
  expectNoEvidence(walk, readers);
  expectKnownGroups(options, walk);
  const torn = tornTail(walk, readers);
  cutAndClean(options, walk, [...files.slice(0, files.length - walked.length), ...spares]);
  const lastNumber =
    walk.retained.at(-1)?.number ?? (files.length > 0 ? files[0].name.number - 1 : 0);
  return {
    lastGroup: walk.lastGroup,
    clean: torn === undefined && (walk.mark?.kind === FRAME_END || walk.last === undefined),
    torn,
    retained: walk.retained,
    firstNumber: lastNumber + 1,
  };
}

function syncAll({ fileSystem, directory }: RecoveryOptions, files: readonly SegmentFile[]): void {
  for (const { path } of files) {
    const file = fileSystem.open(path, 'write');
    try {
      file.sync();
    } finally {
      file.close();
    }
  }
  fileSystem.syncDirectory(directory);
}

/** Case K: how many segments, from the oldest on, had been removed before and came back. */
function returnedCount(options: RecoveryOptions, files: readonly SegmentFile[]): number {
  const { neededGroup } = options;
  const hole = files.findLastIndex(
    ({ name }, index) => index > 0 && name.number > files[index - 1].name.number + 1,
  );
  if (neededGroup === undefined || hole < 0) return 0;
  const first = SegmentReader.read(options.fileSystem, files[hole], options.crc32c).firstGroup();
  return first !== undefined && first <= neededGroup ? hole : 0;
}

function walkSegments(options: RecoveryOptions, files: readonly SegmentFile[], walk: Walk): void {
  if (files.length === 0) return;
  const buffers = new SegmentBuffers();
  for (let number = files[0].name.number; ; number++) {
    const next = findNext(
      options,
      buffers,
      files,
      number,
      walk.retained.length === 0 ? undefined : walk.lastGroup + 1,
    );
    if (next === undefined) return;
    if (walk.last !== undefined) buffers.release(walk.last);
    replaySegment(options, next, walk);
  }
}

/** The segment of that number that begins with the wanted group (with any, for the first). */
function findNext(
  options: RecoveryOptions,
  buffers: SegmentBuffers,
  files: readonly SegmentFile[],
  number: number,
  group: number | undefined,
): SegmentReader | undefined {
  for (const file of files) {
    if (file.name.number !== number) continue;
    const reader = SegmentReader.read(options.fileSystem, file, options.crc32c, buffers);
    const header = reader.header();
    const first = reader.firstGroup();
    if (first === undefined || (group !== undefined && first !== group)) {
      buffers.release(reader);
      continue;
    }
    if (header === undefined)
      throw corruption('The header of a log segment is damaged', file.path, 0);
    return reader;
  }
  return undefined;
}

function replaySegment(options: RecoveryOptions, reader: SegmentReader, walk: Walk): void {
  const firstGroup = reader.firstGroup() ?? 0;
  let expected = firstGroup;
  let at = SEGMENT_HEADER_BYTES;
  walk.mark = undefined;
  for (;;) {
    const frame = reader.frameAt(at);
    if (frame === undefined) break;
    if (frame.kind === FRAME_GROUP && frame.group === expected) {
      const { group } = frame;
      const whole = readChunks(reader.bytes, at, frame, (shard, records) =>
        options.onChunk(shard, records, group),
      );
      if (!whole)
        throw corruption(
          `Group ${group} of the log has a right checksum and wrong lengths`,
          reader.path,
          at,
        );
      expected++;
      at += frame.frameBytes;
      continue;
    }
    if ((frame.kind === FRAME_SEAL || frame.kind === FRAME_END) && frame.group === expected - 1) {
      walk.mark = frame;
      at += frame.frameBytes;
    }
    break;
  }
  const lastGroup = expected - 1;
  walk.last = reader;
  walk.end = at;
  walk.lastGroup = lastGroup;
  walk.retained.push({
    number: reader.name.number,
    path: reader.path,
    size: reader.bytes.byteLength,
    firstGroup,
    lastGroup,
  });
}

/** Cases D, F and I: nothing on the disk may show that the log went on behind its end. */
function expectNoEvidence(walk: Walk, spares: readonly SegmentReader[]): void {
  const missing = walk.lastGroup + 1;
  const promised = walk.last?.findFrame(walk.end, (frame) => frame.durableThrough >= missing);
  if (walk.last !== undefined && promised !== undefined)
    throw lost(walk.last, walk.end, missing, promised.frame);
  for (const spare of spares) {
    const found = spare.findFrame(
      SEGMENT_HEADER_BYTES,
      (frame) => frame.kind === FRAME_GROUP || frame.durableThrough >= missing,
    );
    if (found !== undefined) throw gap(walk, spares, spare, found);
  }
}

/** A segment that is not walked holds frames that count: says where what leads to it is gone. */
function gap(
  walk: Walk,
  spares: readonly SegmentReader[],
  shows: SegmentReader,
  found: FoundFrame,
): Error {
  const missing = walk.lastGroup + 1;
  const { last } = walk;
  if (last === undefined) return lost(spares[0], SEGMENT_HEADER_BYTES, missing, found.frame);
  const nextNumber = last.name.number + 1;
  const next = spares.find(({ name }) => name.number === nextNumber);
  if (shows.name.number > nextNumber && next === undefined) {
    const what = `Segment ${nextNumber} of the log is missing (${shows.path} shows it was there)`;
    return corruption(what, dirname(shows.path), 0);
  }
  const lostItsStart = shows.name.number > nextNumber || found.offset > SEGMENT_HEADER_BYTES;
  if (next !== undefined && lostItsStart)
    return lost(next, SEGMENT_HEADER_BYTES, missing, found.frame);
  return lost(last, walk.end, missing, found.frame);
}

/** Case J, and the same for the beginning. */
function expectKnownGroups(
  { directory, neededGroup, durableGroup }: RecoveryOptions,
  walk: Walk,
): void {
  const firstGroup = walk.retained.at(0)?.firstGroup ?? 1;
  if (neededGroup !== undefined && firstGroup > neededGroup) {
    throw corruption(
      `The log begins with group ${firstGroup}, but group ${neededGroup} is needed`,
      directory,
      0,
    );
  }
  if (durableGroup !== undefined && walk.lastGroup < durableGroup) {
    const path = walk.last?.path ?? directory;
    throw corruption(
      `The log ends with group ${walk.lastGroup}, but group ${durableGroup} was durable`,
      path,
      walk.end,
    );
  }
}

function lost(at: SegmentReader, offset: number, group: number, evidence: FrameHeader): Error {
  return corruption(
    `Group ${group} of the log is damaged or missing; a later frame (${evidence.group}) says ` +
      `that groups up to ${Math.max(evidence.durableThrough, evidence.group - 1)} were durable`,
    at.path,
    offset,
  );
}

/**
 * Case B. In a fresh segment all that is not zero behind the end was being written; in a recycled
 * one it may be old content, so only what still has its frame header is recognised. The torn group
 * may be the first of its segment.
 */
function tornTail(walk: Walk, spares: readonly SegmentReader[]): TornTail | undefined {
  const places = spares.map((reader) => ({ reader, offset: SEGMENT_HEADER_BYTES }));
  if (walk.last !== undefined) places.unshift({ reader: walk.last, offset: walk.end });
  for (const { reader, offset } of places) {
    const fresh = reader.header()?.recycled === false && reader.frameAt(offset) === undefined;
    const bytes = fresh ? reader.usedAfter(offset) : brokenFrameBytes(reader, offset);
    if (bytes > 0) return { path: reader.path, offset, bytes };
  }
  return undefined;
}

/** A seal or end mark of a segment without groups is whole: nothing is torn there. */
function brokenFrameBytes(reader: SegmentReader, offset: number): number {
  return reader.frameAt(offset) === undefined ? (reader.claimedAt(offset) ?? 0) : 0;
}

function cutAndClean(
  { fileSystem, directory }: RecoveryOptions,
  walk: Walk,
  spares: readonly SegmentFile[],
): void {
  const { last, end } = walk;
  if (last !== undefined && last.bytes.byteLength > end) {
    const file = fileSystem.open(last.path, 'write');
    try {
      file.truncate(end);
      file.sync();
    } finally {
      file.close();
    }
    const retained = walk.retained[walk.retained.length - 1];
    walk.retained[walk.retained.length - 1] = { ...retained, size: end };
  }
  for (const { path } of spares) fileSystem.unlink(path);
  if (spares.length > 0) fileSystem.syncDirectory(directory);
}
