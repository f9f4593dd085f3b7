/**
 * The bytes of the manifest. All numbers little-endian.
 *
 * CURRENT is text; the checksum covers the lines before it:
 *
 *   FerriteDB
 *   format 1
 *   journal manifest-0000000001
 *   crc32c 89abcdef
 *
 * A journal, `manifest-<number, 10 digits>`, is a header and records, 8-aligned, one after the
 * other:
 *
 *   header   0       8         12      16       24      28       32
 *            | magic | version | zeros | number | zeros | crc32c |
 *            The checksum covers the 28 bytes before it.
 *
 *   record   0       4        8          16        20             24
 *            | magic | crc32c | sequence | journal | payloadBytes | payload, zeros to 8-alignment |
 *            The checksum covers everything after it, padding included.
 *
 *   seal     a record without payload whose payloadBytes is 2^32-1, written after each durable
 *            record without waiting for the disk: "all records up to `sequence` are durable". The
 *            next record is written over it; what tells the two apart is covered by the checksum,
 *            for a torn write may leave the first bytes of the one before the rest of the other.
 *
 * The payload is opaque here. Sequences rise by one through all journals of a database.
 */
import { align8, readU64, viewOf, writeU64 } from '../disk/bytes.js';
import type { Crc32c } from '../disk/bytes.js';

export const MANIFEST_FORMAT_VERSION = 1;

export const CURRENT_NAME = 'CURRENT';
export const CURRENT_BYTES_MAX = 4096;

export const JOURNAL_HEADER_BYTES = 32;
const JOURNAL_MAGIC_LOW = 0x52524546; // 'FERR'
const JOURNAL_MAGIC_HIGH = 0x4e414d2e; // '.MAN'
const JOURNAL_CRC_OFFSET = 28;

export const RECORD_HEADER_BYTES = 24;
export const RECORD_MAGIC = 0x4345524d; // 'MREC'
const SEAL_PAYLOAD_BYTES = 2 ** 32 - 1;
const RECORD_CRC_OFFSET = 4;
const RECORD_CRC_START = 8;
export const PAYLOAD_BYTES_MAX = 2 ** 26;

export interface JournalHeader {
  readonly version: number;
  readonly number: number;
}

export interface JournalRecord {
  readonly seal: boolean;
  readonly sequence: number;
  /** A view into the bytes it was read from. */
  readonly payload: Uint8Array;
  /** Bytes of the whole record. */
  readonly bytes: number;
}

export interface Current {
  readonly version: number;
  readonly journal: number;
}

export function journalName(number: number): string {
  return `manifest-${String(number).padStart(10, '0')}`;
}

/** undefined for names that are not journals. */
export function parseJournalName(name: string): number | undefined {
  const match = /^manifest-(\d{10,16})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

export function encodeCurrent(journal: number, crc32c: Crc32c): Uint8Array {
  const text = `FerriteDB\nformat ${MANIFEST_FORMAT_VERSION}\njournal ${journalName(journal)}\n`;
  const crc = crc32c(Buffer.from(text), 0) >>> 0;
  return Buffer.from(`${text}crc32c ${crc.toString(16).padStart(8, '0')}\n`);
}

/** undefined when the bytes are not a whole CURRENT of any version. */
export function decodeCurrent(bytes: Uint8Array, crc32c: Crc32c): Current | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  const sealed = /^(FerriteDB\nformat (\d{1,9})\n(?:[ -~]*\n)*?)crc32c ([0-9a-f]{8})\n$/.exec(text);
  if (sealed === null) return undefined;
  const crc = crc32c(Buffer.from(sealed[1], 'latin1'), 0) >>> 0;
  if (crc !== parseInt(sealed[3], 16)) return undefined;
  const version = Number(sealed[2]);
  const journal = /\njournal (\S+)\n$/.exec(sealed[1]);
  const number = journal === null ? undefined : parseJournalName(journal[1]);
  // A newer format may say other things: its version is all that matters here.
  if (number === undefined)
    return version > MANIFEST_FORMAT_VERSION ? { version, journal: 0 } : undefined;
  return { version, journal: number };
}

export function encodeJournalHeader(number: number, crc32c: Crc32c): Uint8Array {
  const bytes = new Uint8Array(JOURNAL_HEADER_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, JOURNAL_MAGIC_LOW, true);
  view.setUint32(4, JOURNAL_MAGIC_HIGH, true);
  view.setUint32(8, MANIFEST_FORMAT_VERSION, true);
  writeU64(view, 16, number);
  view.setUint32(JOURNAL_CRC_OFFSET, crc32c(bytes.subarray(0, JOURNAL_CRC_OFFSET), 0) >>> 0, true);
  return bytes;
}

/** undefined when the bytes are not a whole journal header of any version. */
export function decodeJournalHeader(bytes: Uint8Array, crc32c: Crc32c): JournalHeader | undefined {
  if (bytes.byteLength < JOURNAL_HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  if (
    view.getUint32(0, true) !== JOURNAL_MAGIC_LOW ||
    view.getUint32(4, true) !== JOURNAL_MAGIC_HIGH
  )
    return undefined;
  const crc = crc32c(bytes.subarray(0, JOURNAL_CRC_OFFSET), 0) >>> 0;
  if (crc !== view.getUint32(JOURNAL_CRC_OFFSET, true)) return undefined;
  return { version: view.getUint32(8, true), number: readU64(view, 16) };
}

export function encodeRecord(
  journal: number,
  sequence: number,
  payload: Uint8Array,
  crc32c: Crc32c,
): Uint8Array {
  return encode(journal, sequence, payload.byteLength, payload, crc32c);
}

export function encodeSeal(journal: number, sequence: number, crc32c: Crc32c): Uint8Array {
  return encode(journal, sequence, SEAL_PAYLOAD_BYTES, new Uint8Array(0), crc32c);
}

function encode(
  journal: number,
  sequence: number,
  payloadBytes: number,
  payload: Uint8Array,
  crc32c: Crc32c,
): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + align8(payload.byteLength));
  const view = viewOf(bytes);
  view.setUint32(0, RECORD_MAGIC, true);
  writeU64(view, 8, sequence);
  view.setUint32(16, journal, true);
  view.setUint32(20, payloadBytes, true);
  bytes.set(payload, RECORD_HEADER_BYTES);
  const crc = crc32c(bytes.subarray(RECORD_CRC_START), 0) >>> 0;
  view.setUint32(RECORD_CRC_OFFSET, crc, true);
  return bytes;
}

/** The whole, checked record or seal of this journal at an offset; undefined when there is none. */
export function readRecord(
  bytes: Uint8Array,
  offset: number,
  journal: number,
  crc32c: Crc32c,
): JournalRecord | undefined {
  if (offset + RECORD_HEADER_BYTES > bytes.byteLength) return undefined;
  const view = viewOf(bytes);
  if (view.getUint32(offset, true) !== RECORD_MAGIC) return undefined;
  if (view.getUint32(offset + 16, true) !== journal % 2 ** 32) return undefined;
  const lengthWord = view.getUint32(offset + 20, true);
  const seal = lengthWord === SEAL_PAYLOAD_BYTES;
  const payloadBytes = seal ? 0 : lengthWord;
  const end = offset + RECORD_HEADER_BYTES + align8(payloadBytes);
  if (payloadBytes > PAYLOAD_BYTES_MAX || end > bytes.byteLength) return undefined;
  const crc = crc32c(bytes.subarray(offset + RECORD_CRC_START, end), 0) >>> 0;
  if (crc !== view.getUint32(offset + RECORD_CRC_OFFSET, true)) return undefined;
  const start = offset + RECORD_HEADER_BYTES;
  return {
    seal,
    sequence: readU64(view, offset + 8),
    payload: bytes.subarray(start, start + payloadBytes),
    bytes: end - offset,
  };
}
