// Runs one merge of the core to its end: feeds it blocks and runs, writes its output to new table files.
//
// Used by flushes (one source: the frozen memtable) and compactions (tables). A job in steps: it pauses between them.
// The files are whole and durable, their names too, when the metas are returned; if it fails or is given up, they are
// removed and the inputs are as they were.

import { corruption, StorageError } from '../../io/errors.js';
import type { File, FileSystem } from '../../io/disk/file-system.js';
import { MERGE, MERGE_FLAG, RESULT, STATUS, TABLE_INFO } from '../core/abi.js';
import type { ShardCore } from '../core/shard-core.js';
import { Workbench } from '../core/workbench.js';
import type { Job } from './keeper-requests.js';
import type { TableMeta } from './manifest.js';
import { tableDirectory, tablePath } from './table-files.js';

const MEMORY_BYTES = 40 * 1024 * 1024;
const ENTRIES_PER_STEP = 512;
/** Written bytes are synced this often, so that a large table never makes the log wait behind it (R14). */
const SYNC_EVERY_BYTES = 1024 * 1024;

/** A merge's inputs, newest first: the frozen memtable of a shard, or tables that follow each other by key. */
export type MergeSource =
  | { kind: 'frozen'; core: ShardCore }
  | { kind: 'tables'; tables: readonly TableMeta[] };

export interface MergeOrder {
  readonly fileSystem: FileSystem;
  readonly folder: string;
  readonly sources: readonly MergeSource[];
  readonly level: number;
  readonly targetBytes: number;
  readonly bottom: boolean;
  readonly compression: boolean;
  readonly droppedTables: readonly number[];
  readonly nextFile: () => number;
}

/** The private memory merges of one thread run in; made at the first one. */
export class MergeBench {
  readonly #module: WebAssembly.Module;
  #workbench: Workbench | undefined;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  get workbench(): Workbench {
    this.#workbench ??= new Workbench(this.#module, 0, 0, MEMORY_BYTES);
    return this.#workbench;
  }
}

export function* mergeTables(bench: MergeBench, order: MergeOrder): Job<TableMeta[]> {
  const merge = new Merge(bench.workbench, order);
  let done = false;
  try {
    while (!merge.step()) yield { kind: 'pause' };
    done = true;
    return merge.tables;
  } finally {
    merge.end(done);
  }
}

function flagsOf(order: MergeOrder): number {
  return (order.bottom ? MERGE_FLAG.BOTTOM : 0) | (order.compression ? 0 : MERGE_FLAG.PLAIN);
}

class Merge {
  readonly tables: TableMeta[] = [];
  readonly #bench: Workbench;
  readonly #order: MergeOrder;
  readonly #merge: number;
  readonly #inputs = new Map<number, File>();
  #output: File | undefined;
  #outputBytes = 0;
  #syncedBytes = 0;
  #file = 0;
  readonly #written: number[] = [];

  constructor(bench: Workbench, order: MergeOrder) {
    this.#bench = bench;
    this.#order = order;
    const { exports } = bench;
    const dropped = [...order.droppedTables].sort((a, b) => a - b);
    bench.u32.set(dropped, bench.inAt >>> 2);
    this.#merge = this.#expect(
      exports.mergeBegin(order.targetBytes, flagsOf(order), dropped.length),
    );
    for (const source of order.sources) {
      if (source.kind === 'frozen') {
        this.#expect(exports.mergeAddRun(this.#merge));
        continue;
      }
      this.#expect(exports.mergeAddSource(this.#merge));
      for (const { file, top8, topBytes } of source.tables) {
        this.#expect(exports.mergeAddTable(this.#merge, file, top8, topBytes));
      }
    }
  }

  /** Turns the crank once; true at the end. */
  step(): boolean {
    const status = this.#bench.exports.mergeStep(this.#merge, ENTRIES_PER_STEP);
    switch (status) {
      case STATUS.OK:
        this.#order.fileSystem.syncDirectory(tableDirectory(this.#order.folder));
        return true;
      case STATUS.CONTINUE:
        break;
      case STATUS.NEED_BLOCK:
        this.#provide(this.#readBlock());
        break;
      case MERGE.RUN:
        this.#provide(this.#readRun());
        break;
      case MERGE.VALUE:
        this.#provide(this.#readValue());
        break;
      case MERGE.FILE:
        this.#beginFile();
        break;
      case MERGE.OUTPUT:
        this.#writeOutput();
        break;
      case MERGE.TABLE:
        this.#finishFile();
        break;
      default:
        this.#expect(status);
    }
    return false;
  }

  end(done: boolean): void {
    this.#bench.exports.mergeEnd(this.#merge);
    for (const file of this.#inputs.values()) file.close();
    this.#output?.close();
    if (done) return;
    for (const file of this.#written) {
      const path = tablePath(this.#order.folder, file);
      if (this.#order.fileSystem.stat(path) !== undefined) this.#order.fileSystem.unlink(path);
    }
  }

  #result(field: number): number {
    return this.#bench.u32[(this.#bench.scratch >>> 2) + field];
  }

  #provide(bytes: number): void {
    this.#expect(this.#bench.exports.mergeProvide(this.#merge, bytes));
  }

  #readBlock(): number {
    const id = this.#result(RESULT.NEED_FILE);
    const length = this.#result(RESULT.NEED_LENGTH);
    const at = this.#result(RESULT.VALUE_PTR);
    let file = this.#inputs.get(id);
    if (file === undefined) {
      file = this.#order.fileSystem.open(tablePath(this.#order.folder, id), 'read');
      this.#inputs.set(id, file);
    }
    file.read(this.#bench.u8.subarray(at, at + length), this.#result(RESULT.NEED_OFFSET8) * 8);
    return length;
  }

  /** Copies the next piece of the frozen memtable from the shard's memory. */
  #readRun(): number {
    const core = this.#frozen();
    const at = this.#result(RESULT.VALUE_PTR);
    this.#expect(core.exports.frozenRun(this.#copyKey(core)));
    const bytes = core.result(RESULT.BYTES);
    this.#bench.u8.set(core.u8.subarray(core.outAt, core.outAt + bytes), at);
    return bytes;
  }

  /** Copies a large value of the frozen memtable piece by piece. */
  #readValue(): number {
    const core = this.#frozen();
    const at = this.#result(RESULT.VALUE_PTR);
    const length = this.#result(RESULT.BYTES);
    const keyLength = this.#copyKey(core);
    for (let offset = 0; offset < length; ) {
      const bytes = this.#expect(core.exports.frozenChunk(keyLength, offset));
      this.#bench.u8.set(core.u8.subarray(core.outAt, core.outAt + bytes), at + offset);
      offset += bytes;
    }
    return length;
  }

  #frozen(): ShardCore {
    const source = this.#order.sources[this.#result(RESULT.RESUME_SOURCE)];
    if (source?.kind !== 'frozen')
      throw new TypeError('a merge asked for a run of a source that is none');
    return source.core;
  }

  #copyKey(core: ShardCore): number {
    const at = this.#result(RESULT.LAST_KEY_PTR);
    const length = this.#result(RESULT.LAST_KEY_LENGTH);
    core.u8.set(this.#bench.u8.subarray(at, at + length), core.keyAt);
    return length;
  }

  #beginFile(): void {
    this.#file = this.#order.nextFile();
    this.#written.push(this.#file);
    this.#output = this.#order.fileSystem.open(tablePath(this.#order.folder, this.#file), 'create');
    this.#outputBytes = this.#syncedBytes = 0;
    this.#bench.exports.mergeFileId(this.#merge, this.#file);
  }

  #writeOutput(): void {
    const at = this.#result(RESULT.VALUE_PTR);
    const bytes = this.#result(RESULT.BYTES);
    this.#output?.write([this.#bench.u8.subarray(at, at + bytes)], this.#outputBytes);
    this.#outputBytes += bytes;
    if (this.#outputBytes - this.#syncedBytes < SYNC_EVERY_BYTES) return;
    this.#output?.sync();
    this.#syncedBytes = this.#outputBytes;
  }

  #finishFile(): void {
    this.#output?.sync();
    this.#output?.close();
    this.#output = undefined;
    this.tables.push(this.#readInfo(this.#result(RESULT.VALUE_PTR)));
  }

  #readInfo(at: number): TableMeta {
    const { u8, u32, f64 } = this.#bench;
    const word = (field: number): number => u32[(at >>> 2) + field];
    const double = (field: number): number => f64[(at >>> 3) + field];
    const key = (pointer: number, length: number): Uint8Array =>
      u8.slice(word(pointer), word(pointer) + word(length));
    const bytes = double(TABLE_INFO.FILE_BYTES_F64);
    return {
      file: word(TABLE_INFO.FILE),
      level: this.#order.level,
      bytes,
      entries: double(TABLE_INFO.ENTRIES_F64),
      tombstones: double(TABLE_INFO.TOMBSTONES_F64),
      contentBytes: double(TABLE_INFO.CONTENT_BYTES_F64),
      minKey: key(TABLE_INFO.MIN_KEY_PTR, TABLE_INFO.MIN_KEY_LENGTH),
      maxKey: key(TABLE_INFO.MAX_KEY_PTR, TABLE_INFO.MAX_KEY_LENGTH),
      maxSequence: double(TABLE_INFO.MAX_SEQUENCE_F64),
      top8: word(TABLE_INFO.TOP_OFFSET8),
      topBytes: word(TABLE_INFO.TOP_LENGTH),
      tailBytes: bytes - word(TABLE_INFO.TOP_OFFSET8) * 8,
    };
  }

  #expect(status: number): number {
    if (status >= 0) return status;
    if (status === STATUS.CORRUPT) {
      const path = tablePath(this.#order.folder, this.#result(RESULT.NEED_FILE));
      throw corruption(
        'A block does not match its checksum',
        path,
        this.#result(RESULT.NEED_OFFSET8) * 8,
      );
    }
    const why = status === STATUS.NO_MEMORY ? 'has no memory left' : `answered status ${status}`;
    throw new StorageError('EngineFailure', `A merge ${why}.`, { path: this.#order.folder });
  }
}
