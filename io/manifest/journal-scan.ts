/**
 * Reads a journal: its records in order, and where they end.
 *
 * After the last whole record there may be a seal for it, nothing, or a torn record. It is torn,
 * and dropped, only if behind that place nothing whole of this journal follows that shows a later
 * record or promises the missing one.
 */
import { corruption, newerFormat } from '../errors.js';
import type { Crc32c } from '../disk/bytes.js';
import { viewOf } from '../disk/bytes.js';
import type { FileSystem } from '../disk/file-system.js';
import {
  JOURNAL_HEADER_BYTES,
  MANIFEST_FORMAT_VERSION,
  RECORD_HEADER_BYTES,
  RECORD_MAGIC,
  decodeJournalHeader,
  readRecord,
} from './format.js';
import type { JournalRecord } from './format.js';

const JOURNAL_BYTES_MAX = 2 ** 30;

export interface JournalScan {
  readonly records: readonly JournalRecord[];
  readonly lastSequence: number;
  /** Where the next record goes. */
  readonly end: number;
  /** Bytes of a torn record behind the end. */
  readonly tornBytes: number;
}

export function scanJournal(
  fileSystem: FileSystem,
  path: string,
  number: number,
  crc32c: Crc32c,
): JournalScan {
  const bytes = readWhole(fileSystem, path);
  const header = decodeJournalHeader(bytes, crc32c);
  if (header === undefined || header.number !== number) {
    throw corruption('The header of the manifest is damaged', path, 0);
  }
  if (header.version > MANIFEST_FORMAT_VERSION)
    throw newerFormat(path, header.version, MANIFEST_FORMAT_VERSION);
  const records: JournalRecord[] = [];
  let end = JOURNAL_HEADER_BYTES;
  let lastSequence: number | undefined;
  for (;;) {
    const record = readRecord(bytes, end, number, crc32c);
    if (
      record === undefined ||
      record.seal ||
      (lastSequence !== undefined && record.sequence !== lastSequence + 1)
    )
      break;
    records.push(record);
    lastSequence = record.sequence;
    end += record.bytes;
  }
  const seal = readRecord(bytes, end, number, crc32c);
  const sealed =
    seal?.seal === true && (lastSequence === undefined || seal.sequence === lastSequence);
  const known = lastSequence ?? (sealed && seal !== undefined ? seal.sequence : 0);
  const restStart = sealed ? end + RECORD_HEADER_BYTES : end;
  expectNothingLater(bytes, restStart, known, { path, number, end, crc32c });
  return { records, lastSequence: known, end, tornBytes: usedBytes(bytes, restStart) };
}

function expectNothingLater(
  bytes: Uint8Array,
  start: number,
  lastSequence: number,
  journal: { path: string; number: number; end: number; crc32c: Crc32c },
): void {
  const view = viewOf(bytes);
  for (let at = start; at + RECORD_HEADER_BYTES <= bytes.byteLength; at += 8) {
    if (view.getUint32(at, true) !== RECORD_MAGIC) continue;
    const later = readRecord(bytes, at, journal.number, journal.crc32c);
    if (later === undefined || later.sequence <= lastSequence) continue;
    const what =
      `Record ${lastSequence + 1} of the manifest is damaged, ` +
      `record ${later.sequence} after it is whole`;
    throw corruption(what, journal.path, journal.end);
  }
}

function usedBytes(bytes: Uint8Array, start: number): number {
  let end = bytes.byteLength;
  while (end > start && bytes[end - 1] === 0) end--;
  return Math.max(0, end - start);
}

function readWhole(fileSystem: FileSystem, path: string): Uint8Array {
  if (fileSystem.stat(path) === undefined) {
    throw corruption('The manifest that CURRENT names is missing', path, 0);
  }
  const file = fileSystem.open(path, 'read');
  try {
    const size = file.size();
    if (size > JOURNAL_BYTES_MAX)
      throw corruption(`A manifest of ${size} bytes cannot be`, path, 0);
    const bytes = new Uint8Array(size);
    return bytes.subarray(0, file.read(bytes, 0));
  } finally {
    file.close();
  }
}
