// What the core reads and writes: statuses, kinds, the bytes of a batch and of a log record.
// The byte diagrams are in core-as/layout.ts.

export const OK = 0;
export const NOT_FOUND = -1;
export const BUSY = -3;
export const POISONED = -4;
export const LARGE = -5;
export const STALE_CATALOG = -6;
export const MEMTABLE_FULL = -7;
export const LOG_FULL = -8;
export const GUARD_FAILED = -9;
export const RETRY = -10;
export const LOCKED = -11;
export const NO_MEMORY = -12;
export const CORRUPT = -13;
export const CONTINUE = -14;
export const TOO_LARGE = -15;
export const SHAPES_FULL = -16;
export const BAD_INPUT = -17;
export const EXISTS = -18;
export const CLOSED = -19;

export const PUT = 1;
export const DELETE = 2;
export const CHECK = 3;
export const SHAPE = 4;
export const LARGE_REF = 5;

export const GUARD_SEQUENCE = 1;
export const GUARD_ABSENT = 2;
export const GUARD_UNLOCKED = 3;
export const GUARD_TRANSACTION = 4;

export const NO_LOG = 1;
export const BATCH_TRANSACTION = 1;
export const BATCH_DECISION = 2;
export const ENTRY_SHAPED = 1;
export const ENTRY_LOG_ONLY = 2;
export const ENTRY_SEQUENCED = 4;

export interface Guard {
  entryIndex: number;
  kind: number;
  sequence?: number;
  readSequence?: number;
}

export interface BatchEntry {
  kind: number;
  key?: Uint8Array;
  value?: Uint8Array;
  flags?: number;
  shapeRef?: number;
}

export interface Batch {
  entries: BatchEntry[];
  guards?: Guard[];
  flags?: number;
  transaction?: number;
  epoch?: number;
  catalogEpoch?: number;
}

export interface RunEntry {
  kind: number;
  key: Uint8Array;
  value: Uint8Array;
  sequence: number;
  largeLength: number;
}

export interface LogEntry {
  kind: number;
  flags: number;
  key: Uint8Array;
  value: Uint8Array;
}

export interface LogRecord {
  flags: number;
  firstSequence: number;
  epoch: number;
  transaction: number;
  entries: LogEntry[];
  bytes: Uint8Array;
}

/** Bytes of a batch as apply wants them. */
export function encodeBatch(batch: Batch): Uint8Array {
  const guards = [...(batch.guards ?? [])];
  let flags = batch.flags ?? 0;
  if (batch.transaction !== undefined) {
    guards.unshift({ entryIndex: 0, kind: GUARD_TRANSACTION, sequence: batch.transaction });
    flags |= BATCH_TRANSACTION;
  }
  const sizes = batch.entries.map((entry) =>
    align8(16 + (entry.key?.length ?? 0) + (entry.value?.length ?? 0)),
  );
  const entriesBytes = sizes.reduce((sum, size) => sum + size, 0);
  const bytes = new Uint8Array(16 + guards.length * 32 + entriesBytes);
  const view = new DataView(bytes.buffer);
  [batch.entries.length, entriesBytes, guards.length, flags].forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  let at = 16;
  for (const guard of guards) {
    view.setUint32(at, guard.entryIndex, true);
    view.setUint32(at + 4, guard.kind, true);
    view.setFloat64(at + 8, guard.sequence ?? 0, true);
    view.setFloat64(at + 16, guard.readSequence ?? 0, true);
    at += 32;
  }
  batch.entries.forEach((entry, index) => {
    const key = entry.key ?? new Uint8Array(0);
    const value = entry.value ?? new Uint8Array(0);
    view.setUint32(at, sizes[index]!, true);
    view.setUint8(at + 4, entry.kind);
    view.setUint8(at + 5, entry.flags ?? 0);
    view.setUint16(at + 6, key.length, true);
    view.setUint32(at + 8, value.length, true);
    view.setUint32(at + 12, entry.shapeRef ?? 0, true);
    bytes.set(key, at + 16);
    bytes.set(value, at + 16 + key.length);
    at += sizes[index]!;
  });
  return bytes;
}

export function decodeRecord(bytes: Uint8Array): LogRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint32(4, true);
  const tagged = (flags & 2) !== 0;
  const entries: LogEntry[] = [];
  let at = tagged ? 32 : 24;
  for (let index = view.getUint32(20, true); index > 0; index--) {
    const keyLength = view.getUint16(at + 6, true);
    const valueLength = view.getUint32(at + 8, true);
    entries.push({
      kind: view.getUint8(at + 4),
      flags: view.getUint8(at + 5),
      key: bytes.slice(at + 16, at + 16 + keyLength),
      value: bytes.slice(at + 16 + keyLength, at + 16 + keyLength + valueLength),
    });
    at += view.getUint32(at, true);
  }
  if (at !== bytes.length) throw new Error('a log record is not as long as its entries');
  return {
    flags,
    entries,
    bytes,
    firstSequence: Number(view.getBigUint64(8, true)),
    epoch: view.getUint32(16, true),
    transaction: tagged ? Number(view.getBigUint64(24, true)) : 0,
  };
}

function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}
