// Plays the host of tables: files are byte arrays, blocks are fetched from them when the core asks.
//
// `Workbench` is a private memory: it builds tables by merges and checks them. `TableShard` is a
// shard whose reads go through its tables. Both count what they fetch. Everything is deterministic.

import {
  BAD_INPUT,
  CONTINUE,
  CORRUPT,
  instantiate,
  LARGE,
  LARGE_REF,
  memoryOf,
  NOT_FOUND,
  OK,
  RETRY,
  type Shard,
  shardOf,
} from './harness.js';
import type { Build, Core, RunEntry, ShardOptions } from './harness.js';

export const NEED_BLOCK = -2;
const MERGE_OUTPUT = 1;
const MERGE_TABLE = 2;
const MERGE_FILE = 3;
const MERGE_RUN = 4;
const MERGE_VALUE = 5;
export const MERGE_BOTTOM = 1;

export const BLOCK_DATA = 1;
export const BLOCK_INDEX = 2;
export const BLOCK_FILTER = 3;
export const BLOCK_VALUE = 4;
export const BLOCK_TOP = 5;

export const LOW_EXCLUSIVE = 1;
export const HIGH_EXCLUSIVE = 2;
export const REVERSE = 4;
/** Values are cut to the head of an item. */
export const HEADS = 8;
export const TOMBSTONES = 16;
export const COUNT = 32;

const PARAMS_AT = 256;
const KEY2_AT = 13568;
const OUT_AT = 147456;
const RUN_ENTRY_BYTES = 24;
const FOOTER_BYTES = 128;
export const INLINE_VALUE_MAX = 28672;
const PIECE_BYTES = 65536;

export interface TableCore extends Core {
  blockProvide(file: number, offset8: number, kind: number, bytes: number): number;
  blocksUnpin(): number;
  cursorNext(catalogEpoch: number): number;
  tableReserve(tailBytes: number): number;
  tableRegister(table: number, file: number, fileBytes: number, level: number): number;
  tableRelease(table: number): number;
  versionInstall(): number;
  flushInstall(): number;
  tableStats(): number;
  valueBlockRoom(): number;
  valueBlockOpen(bytes: number, file: number, offset8: number): number;
  mergeBegin(targetBytes: number, flags: number, droppedCount: number): number;
  mergeAddSource(merge: number): number;
  mergeAddRun(merge: number): number;
  mergeAddTable(merge: number, file: number, topOffset8: number, topLength: number): number;
  mergeFileId(merge: number, file: number): void;
  mergeStep(merge: number, entriesMax: number): number;
  mergeProvide(merge: number, bytes: number): number;
  mergeEnd(merge: number): void;
  checkBegin(file: number, fileBytes: number, tailBytes: number): number;
  checkStep(check: number): number;
  checkProvide(check: number, bytes: number): number;
  checkEnd(check: number): void;
  crc32c(ptr: number, length: number, running: number): number;
}

export interface Entry {
  key: Uint8Array;
  /** Undefined: a tombstone. */
  value: Uint8Array | undefined;
  sequence: number;
}

/** A table file and what the manifest would know of it. */
export interface TableFile {
  file: number;
  bytes: Uint8Array;
  topOffset8: number;
  topLength: number;
  entries: number;
  tombstones: number;
  minSequence: number;
  maxSequence: number;
  contentBytes: number;
  dataBlocks: number;
  minKey: Uint8Array;
  maxKey: Uint8Array;
}

/** Where the core says that it lacks or refuses a block. */
export interface Need {
  file: number;
  offset8: number;
  length: number;
  kind: number;
}

export class CorruptBlock extends Error {
  readonly need: Need;
  constructor(need: Need) {
    super(`corrupt block of kind ${need.kind} at ${need.offset8 * 8} of file ${need.file}`);
    this.need = need;
  }
}

export const tailBytesOf = (table: TableFile): number => table.topLength + FOOTER_BYTES;

export function readNeed(view: DataView, scratch: number): Need {
  return {
    file: view.getUint32(scratch + 24, true),
    offset8: view.getUint32(scratch + 28, true),
    length: view.getUint32(scratch + 32, true),
    kind: view.getUint32(scratch + 36, true),
  };
}

/** The bytes of a block as they lie in the file; a place outside of it is damage. */
function fetchBlock(files: ReadonlyMap<number, Uint8Array>, need: Need): Uint8Array {
  const bytes = files.get(need.file);
  if (bytes === undefined || need.offset8 * 8 + need.length > bytes.length) {
    throw new CorruptBlock(need);
  }
  return bytes.subarray(need.offset8 * 8, need.offset8 * 8 + need.length);
}

export interface MergeOptions {
  targetBytes?: number;
  bottom?: boolean;
  dropped?: number[];
  firstFile?: number;
  /** Entries per step. */
  budget?: number;
}

export type MergeSource = { run: Entry[] } | { tables: TableFile[] };

export class Workbench {
  readonly core: TableCore;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly scratch: number;
  fetched = 0;

  constructor(build: Build, memoryBytes = 64 << 20) {
    const memory = memoryOf(memoryBytes);
    this.core = instantiate(build, memory) as TableCore;
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.scratch = this.core.privateInit(memoryBytes, 1, 2);
  }

  u32(at: number): number {
    return this.view.getUint32(this.scratch + at, true);
  }
  get valuePtr(): number {
    return this.u32(60);
  }

  /** Runs a merge to its end. Sources newest first. Throws CorruptBlock. */
  merge(sources: MergeSource[], options: MergeOptions = {}): TableFile[] {
    const dropped = [...(options.dropped ?? [])].sort((a, b) => a - b);
    dropped.forEach((id, index) => this.view.setUint32(this.scratch + 40960 + index * 4, id, true));
    const merge = this.core.mergeBegin(
      options.targetBytes ?? 1 << 30,
      options.bottom === true ? 1 : 0,
      dropped.length,
    );
    if (merge < 0) throw new Error(`mergeBegin: ${merge}`);
    try {
      return this.run(merge, sources, options);
    } finally {
      this.core.mergeEnd(merge);
    }
  }

  private run(merge: number, sources: MergeSource[], options: MergeOptions): TableFile[] {
    const files = new Map<number, Uint8Array>();
    for (const source of sources) this.addSource(merge, source, files);
    let nextFile = options.firstFile ?? 1;
    const done: TableFile[] = [];
    let output: Uint8Array[] = [];
    for (;;) {
      const status = this.core.mergeStep(merge, options.budget ?? 1000);
      if (status === OK) return done;
      if (status === CONTINUE) continue;
      if (status === MERGE_FILE) {
        this.core.mergeFileId(merge, nextFile++);
      } else if (status === MERGE_OUTPUT) {
        output.push(this.bytes.slice(this.valuePtr, this.valuePtr + this.u32(44)));
      } else if (status === MERGE_TABLE) {
        done.push(this.tableInfo(Buffer.concat(output)));
        output = [];
      } else if (status === CORRUPT) {
        throw new CorruptBlock(readNeed(this.view, this.scratch));
      } else {
        this.provide(merge, status, sources, files);
      }
    }
  }

  private addSource(merge: number, source: MergeSource, files: Map<number, Uint8Array>): void {
    const index = 'run' in source ? this.core.mergeAddRun(merge) : this.core.mergeAddSource(merge);
    if (index < 0) throw new Error(`merge source: ${index}`);
    if ('run' in source) return;
    for (const table of source.tables) {
      files.set(table.file, table.bytes);
      const status = this.core.mergeAddTable(merge, table.file, table.topOffset8, table.topLength);
      if (status !== OK) throw new Error(`mergeAddTable: ${status}`);
    }
  }

  /** Does what the status asks for. */
  private provide(
    merge: number,
    status: number,
    sources: MergeSource[],
    files: Map<number, Uint8Array>,
  ): void {
    let bytes: Uint8Array;
    if (status === NEED_BLOCK) {
      bytes = fetchBlock(files, readNeed(this.view, this.scratch));
      this.fetched++;
    } else if (status === MERGE_RUN || status === MERGE_VALUE) {
      const source = sources[this.u32(64)];
      if (source === undefined || !('run' in source)) {
        throw new Error('a run is asked of a source of tables');
      }
      const last = this.bytes.slice(this.u32(68), this.u32(68) + this.u32(72));
      bytes = status === MERGE_RUN ? runPiece(source.run, last) : valueOfKey(source.run, last);
    } else {
      throw new Error(`mergeStep: ${status}`);
    }
    this.bytes.set(bytes, this.valuePtr);
    const provided = this.core.mergeProvide(merge, bytes.length);
    if (provided === CORRUPT) throw new CorruptBlock(readNeed(this.view, this.scratch));
    if (provided !== OK) throw new Error(`mergeProvide: ${provided}`);
  }

  private tableInfo(bytes: Uint8Array): TableFile {
    const at = this.valuePtr;
    const u32 = (offset: number) => this.view.getUint32(at + offset, true);
    const f64 = (offset: number) => this.view.getFloat64(at + offset, true);
    if (f64(16) !== bytes.length) {
      throw new Error(`a table of ${f64(16)} bytes came as ${bytes.length}`);
    }
    return {
      file: u32(0),
      topOffset8: u32(4),
      topLength: u32(8),
      dataBlocks: u32(12),
      bytes,
      entries: f64(24),
      tombstones: f64(32),
      minSequence: f64(40),
      maxSequence: f64(48),
      contentBytes: f64(56),
      minKey: this.bytes.slice(u32(64), u32(64) + u32(68)),
      maxKey: this.bytes.slice(u32(72), u32(72) + u32(76)),
    };
  }

  /** One table of these entries, in any order. */
  table(entries: Entry[], file = 1): TableFile {
    const tables = this.merge([{ run: sorted(entries) }], { firstFile: file });
    if (tables.length !== 1) throw new Error(`${tables.length} tables`);
    return tables[0]!;
  }

  /** The integrity walk of a file. Undefined: sound. */
  check(table: TableFile): Need | undefined {
    const files = new Map([[table.file, table.bytes]]);
    const tail = tailBytesOf(table);
    const check = this.core.checkBegin(table.file, table.bytes.length, tail);
    if (check < 0) throw new Error(`checkBegin: ${check}`);
    this.bytes.set(table.bytes.subarray(table.bytes.length - tail), this.valuePtr);
    try {
      for (;;) {
        let status = this.core.checkStep(check);
        if (status === OK) return undefined;
        if (status === NEED_BLOCK) {
          const block = fetchBlock(files, readNeed(this.view, this.scratch));
          this.bytes.set(block, this.valuePtr);
          status = this.core.checkProvide(check, block.length);
        }
        if (status === CORRUPT) return readNeed(this.view, this.scratch);
        if (status !== OK) throw new Error(`check: ${status}`);
      }
    } catch (error) {
      if (error instanceof CorruptBlock) return error.need;
      throw error;
    } finally {
      this.core.checkEnd(check);
    }
  }

  /** Opens a VALUE block as the host of a get does. */
  openValue(files: ReadonlyMap<number, Uint8Array>, need: Need): Uint8Array {
    const room = this.core.valueBlockRoom();
    const block = fetchBlock(files, need);
    this.bytes.set(block, room);
    const length = this.core.valueBlockOpen(block.length, need.file, need.offset8);
    if (length < 0) throw new CorruptBlock(need);
    return this.bytes.slice(this.valuePtr, this.valuePtr + length);
  }
}

/** The entries behind `last` as a run of at most a piece. */
export function runPiece(entries: Entry[], last: Uint8Array): Uint8Array {
  let index = lowerBound(entries, last);
  if (last.length > 0 && index < entries.length && Buffer.compare(entries[index]!.key, last) === 0)
    index++;
  const parts: Uint8Array[] = [];
  let used = 0;
  for (; index < entries.length; index++) {
    const part = encodeRunEntry(entries[index]!);
    if (used + part.length > PIECE_BYTES) break;
    parts.push(part);
    used += part.length;
  }
  return Buffer.concat(parts);
}

function encodeRunEntry(entry: Entry): Uint8Array {
  const large = entry.value !== undefined && entry.value.length > INLINE_VALUE_MAX;
  const value = entry.value === undefined || large ? new Uint8Array(0) : entry.value;
  const bytes = new Uint8Array((RUN_ENTRY_BYTES + entry.key.length + value.length + 7) & ~7);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, entry.key.length, true);
  view.setUint8(6, entry.value === undefined ? 2 : large ? 5 : 1);
  view.setUint32(8, value.length, true);
  view.setUint32(12, large ? entry.value!.length : 0, true);
  view.setFloat64(16, entry.sequence, true);
  bytes.set(entry.key, RUN_ENTRY_BYTES);
  bytes.set(value, RUN_ENTRY_BYTES + entry.key.length);
  return bytes;
}

function valueOfKey(entries: Entry[], key: Uint8Array): Uint8Array {
  const entry = entries[lowerBound(entries, key)];
  if (entry?.value === undefined || Buffer.compare(entry.key, key) !== 0) {
    throw new Error('no such value in the run');
  }
  return entry.value;
}

/** Index of the first entry whose key is not below `key`. */
export function lowerBound(entries: readonly { key: Uint8Array }[], key: Uint8Array): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(entries[middle]!.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function sorted(entries: Entry[]): Entry[] {
  return [...entries].sort((a, b) => Buffer.compare(a.key, b.key));
}

export interface ScanBounds {
  low?: Uint8Array;
  high?: Uint8Array;
  flags?: number;
  countMax?: number;
  bytesMax?: number;
}

export interface TableFigures {
  version: number;
  tables: number;
  levels: number[];
  entries: number;
  cachePages: number;
  cacheBlocks: number;
}

/** A shard with tables. */
export class TableShard {
  readonly shard: Shard;
  readonly core: TableCore;
  readonly files = new Map<number, Uint8Array>();
  fetched = 0;
  calls = 0;

  constructor(options: ShardOptions = {}) {
    this.shard = shardOf({
      flags: 1,
      ringBytes: 0,
      memtableBytes: 1 << 20,
      memoryBytes: 32 << 20,
      ...options,
    });
    this.core = this.shard.core as TableCore;
  }

  need(): Need {
    return readNeed(this.shard.view, this.shard.scratch);
  }

  /** Registers tables; their Table pointers. */
  register(tables: readonly TableFile[], level: number): number[] {
    return tables.map((table) => {
      const tail = tailBytesOf(table);
      const ptr = this.core.tableReserve(tail);
      if (ptr < 0) throw new Error(`tableReserve: ${ptr}`);
      this.shard.bytes.set(table.bytes.subarray(table.bytes.length - tail), this.shard.valuePtr);
      const status = this.core.tableRegister(ptr, table.file, table.bytes.length, level);
      if (status === CORRUPT) {
        throw new CorruptBlock({ file: table.file, offset8: 0, length: tail, kind: BLOCK_TOP });
      }
      if (status !== OK) throw new Error(`tableRegister: ${status}`);
      this.files.set(table.file, table.bytes);
      return ptr;
    });
  }

  writeEdit(tables: readonly number[], removed: readonly number[]): void {
    [tables.length, removed.length, ...tables, ...removed].forEach((word, index) => {
      this.shard.view.setUint32(this.shard.inPtr + index * 4, word, true);
    });
  }

  install(tables: readonly TableFile[], level: number, removed: readonly number[] = []): void {
    this.writeEdit(this.register(tables, level), removed);
    const status = this.core.versionInstall();
    if (status !== OK) throw new Error(`versionInstall: ${status}`);
  }

  /** Freezes, merges and installs the memtable, as a flush does. */
  flush(bench: Workbench, file: number): TableFile[] {
    const frozen = this.core.freeze();
    if (frozen === NOT_FOUND) return [];
    if (frozen !== OK) throw new Error(`freeze: ${frozen}`);
    const run: Entry[] = this.shard.frozen().map((entry) => ({
      key: entry.key,
      value: entry.kind === 2 ? undefined : entry.value,
      sequence: entry.sequence,
    }));
    const tables = bench.merge([{ run }], { firstFile: file });
    this.writeEdit(this.register(tables, 0), []);
    const status = this.core.flushInstall();
    if (status !== OK) throw new Error(`flushInstall: ${status}`);
    return tables;
  }

  /** Answers NEED_BLOCK until the call gives something else; then lets the blocks go. */
  drive(call: () => number): number {
    for (let tries = 0; ; tries++) {
      if (tries > 500) throw new Error('a call does not get further');
      this.calls++;
      const status = call();
      if (status !== NEED_BLOCK) {
        if (tries > 0) this.core.blocksUnpin();
        if (status === CORRUPT) throw new CorruptBlock(this.need());
        return status;
      }
      const need = this.need();
      const provided = this.provide(need, fetchBlock(this.files, need));
      if (provided === CORRUPT) {
        this.core.blocksUnpin();
        throw new CorruptBlock(need);
      }
      if (provided === RETRY) this.core.blocksUnpin();
      else if (provided !== OK) throw new Error(`blockProvide: ${provided}`);
    }
  }

  provide(need: Need, block: Uint8Array): number {
    if (block.length > 65536) return BAD_INPUT;
    this.shard.bytes.set(block, this.shard.inPtr);
    this.fetched++;
    return this.core.blockProvide(need.file, need.offset8, need.kind, block.length);
  }

  /** The value, or undefined when absent. */
  get(key: Uint8Array, bench?: Workbench): Uint8Array | undefined {
    const length = this.shard.setKey(key);
    const status = this.drive(() => this.core.get(length, 0));
    if (status === NOT_FOUND) return undefined;
    if (status >= 0) return this.shard.copy(this.shard.valuePtr, status);
    if (status !== LARGE) throw new Error(`get: ${status}`);
    if ((this.shard.flags & 4) !== 0) return bench!.openValue(this.files, this.need());
    const value = this.shard.get(key);
    return typeof value === 'number' ? undefined : value;
  }

  /** One call of a cursor, and its run. */
  step(bounds: ScanBounds): {
    run: RunEntry[];
    more: boolean;
    lastKey: Uint8Array;
    maxSequence: number;
  } {
    const { shard } = this;
    const params = shard.scratch + PARAMS_AT;
    const low = bounds.low ?? new Uint8Array(0);
    const high = bounds.high ?? new Uint8Array(0);
    [
      low.length,
      high.length,
      bounds.flags ?? 0,
      bounds.countMax ?? 0,
      bounds.bytesMax ?? 0,
      0,
    ].forEach((word, index) => {
      shard.view.setUint32(params + index * 4, word, true);
    });
    shard.setKey(low);
    shard.bytes.set(high, shard.scratch + KEY2_AT);
    const count = this.drive(() => this.core.cursorNext(0));
    if (count < 0) throw new Error(`cursorNext: ${count}`);
    const lastKeyPtr = shard.view.getUint32(shard.scratch + 68, true);
    const lastKeyLength = shard.view.getUint32(shard.scratch + 72, true);
    return {
      run: ((bounds.flags ?? 0) & COUNT) !== 0 ? [] : decodeRun(shard, count),
      more: shard.more === 1,
      lastKey: shard.copy(lastKeyPtr, lastKeyLength),
      maxSequence: shard.view.getFloat64(shard.scratch + 16, true),
    };
  }

  /** Entries of the whole range, counted call after call, and the calls that took. */
  count(bounds: ScanBounds): { entries: number; calls: number; maxSequence: number } {
    let at = { ...bounds, flags: (bounds.flags ?? 0) | COUNT };
    const sum = { entries: 0, calls: 0, maxSequence: 0 };
    for (;;) {
      const { more, lastKey, maxSequence } = this.step(at);
      sum.entries += this.shard.view.getUint32(this.shard.scratch + 40, true);
      sum.maxSequence = Math.max(sum.maxSequence, maxSequence);
      sum.calls++;
      if (!more) return sum;
      at = { ...at, low: lastKey, flags: at.flags | LOW_EXCLUSIVE };
    }
  }

  /** The whole range, call after call. */
  scan(bounds: ScanBounds): RunEntry[] {
    const all: RunEntry[] = [];
    const reverse = ((bounds.flags ?? 0) & REVERSE) !== 0;
    let at = { ...bounds };
    for (;;) {
      const { run, more, lastKey } = this.step(at);
      all.push(...run);
      if (!more) return all;
      if (lastKey.length === 0) throw new Error('more, but no last key');
      at = reverse
        ? { ...at, high: lastKey, flags: (at.flags ?? 0) | HIGH_EXCLUSIVE }
        : { ...at, low: lastKey, flags: (at.flags ?? 0) | LOW_EXCLUSIVE };
    }
  }

  stats(): TableFigures {
    const status = this.core.tableStats();
    if (status !== OK) throw new Error(`tableStats: ${status}`);
    const out = this.shard.scratch + OUT_AT;
    const u32 = (offset: number) => this.shard.view.getUint32(out + offset, true);
    return {
      version: u32(0),
      tables: u32(4),
      levels: Array.from({ length: 7 }, (_, level) => u32(8 + level * 4)),
      entries: this.shard.view.getFloat64(out + 40, true),
      cachePages: u32(64),
      cacheBlocks: u32(72),
    };
  }
}

function decodeRun(shard: Shard, count: number): RunEntry[] {
  const run: RunEntry[] = [];
  let at = shard.scratch + OUT_AT;
  for (let index = 0; index < count; index++) {
    const keyLength = shard.view.getUint16(at + 4, true);
    const valueLength = shard.view.getUint32(at + 8, true);
    run.push({
      kind: shard.view.getUint8(at + 6),
      key: shard.copy(at + RUN_ENTRY_BYTES, keyLength),
      value: shard.copy(at + RUN_ENTRY_BYTES + keyLength, valueLength),
      sequence: shard.view.getFloat64(at + 16, true),
      largeLength: shard.view.getUint32(at + 12, true),
    });
    at += shard.view.getUint32(at, true);
  }
  return run;
}

export { LARGE_REF };
