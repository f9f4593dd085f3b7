// Drives the core alone, with no host above it: loads the compiled module, makes a shard of a fresh
// memory, and speaks the ABI of core-as/index.ts in terms of batches, runs and results. Everything
// is deterministic.

import { instantiate, memoryOf } from './harness-core.js';
import type { Build, Core } from './harness-core.js';
import {
  CONTINUE,
  LARGE,
  LARGE_REF,
  OK,
  PUT,
  DELETE,
  decodeRecord,
  encodeBatch,
} from './harness-formats.js';
import type { Batch, LogRecord, RunEntry } from './harness-formats.js';

export * from './harness-core.js';
export * from './harness-formats.js';
export * from './harness-random.js';

const HEADER_AT = 65536;
const RING_AT = 1703936;
const KEY_AT = 512;
const IN_AT = 40960;
const IN_BYTES = 106496;
const OUT_AT = 147456;
const RUN_ENTRY_BYTES = 24;

export interface ShardOptions {
  build?: Build;
  memoryBytes?: number;
  ringBytes?: number;
  memtableBytes?: number;
  cacheBytes?: number;
  flags?: number;
  seed?: number;
}

/** A new shard and the first thread on it, in slot 0. */
export function shardOf(options: ShardOptions = {}): Shard {
  const memoryBytes = options.memoryBytes ?? 48 << 20;
  const build = options.build ?? 'checked';
  const memory = memoryOf(memoryBytes);
  const seed = options.seed ?? 12345;
  const status = instantiate(build, memory).shardInit(
    memoryBytes,
    options.ringBytes ?? 4 << 20,
    options.memtableBytes ?? 8 << 20,
    options.cacheBytes ?? 0,
    seed,
    seed ^ 0x55555555,
    options.flags ?? 0,
  );
  if (status !== OK) throw new Error(`shardInit: ${status}`);
  return new Shard(build, memory, 0);
}

export interface Stats {
  [name: string]: number;
}

const STATS_F64 = [
  'lastSequence',
  'durableSequence',
  'retiredSequence',
  'activeMaxSequence',
  'activeBytes',
  'frozenMaxSequence',
  'frozenBytes',
];
const STATS_U32 = [
  'activeEntries',
  'activeTombstones',
  'activePages',
  'activeFirstEpoch',
  'frozenEntries',
  'frozenTombstones',
  'frozenPages',
  'frozenFirstEpoch',
  'hasFrozen',
  'softPages',
  'hardPages',
  'pageCount',
  'pagesFree',
  'pagesMemtable',
  'pagesCache',
  'pagesHeap',
  'pagesThread',
  'pagesLarge',
  'ringBytes',
  'ringUsed',
  'shapes',
  'shapeNamesBytes',
  'locks',
  'applies',
  'freezes',
  'memtableFullStalls',
  'logFullStalls',
  'catalogEpoch',
];

/** One thread's view of a shard. */
export class Shard {
  readonly build: Build;
  readonly memory: WebAssembly.Memory;
  readonly core: Core;
  readonly slot: number;
  readonly scratch: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(build: Build, memory: WebAssembly.Memory, slot: number, mayBlock = true) {
    this.build = build;
    this.memory = memory;
    this.slot = slot;
    this.core = instantiate(build, memory);
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.scratch = this.core.attach(slot, mayBlock ? 1 : 0);
    if (this.scratch < 0) throw new Error(`attach: ${this.scratch}`);
  }

  /** A second thread's view, on this same thread of the process: it must not block. */
  sibling(slot: number): Shard {
    return new Shard(this.build, this.memory, slot, false);
  }

  // Result
  get sequence(): number {
    return this.view.getFloat64(this.scratch, true);
  }
  get readSequence(): number {
    return this.view.getFloat64(this.scratch + 8, true);
  }
  get count(): number {
    return this.view.getUint32(this.scratch + 40, true);
  }
  get resultBytes(): number {
    return this.view.getUint32(this.scratch + 44, true);
  }
  get more(): number {
    return this.view.getUint32(this.scratch + 48, true);
  }
  get flags(): number {
    return this.view.getUint32(this.scratch + 56, true);
  }
  get valuePtr(): number {
    return this.view.getUint32(this.scratch + 60, true);
  }
  get inPtr(): number {
    return this.scratch + IN_AT;
  }

  setKey(key: Uint8Array): number {
    this.bytes.set(key, this.scratch + KEY_AT);
    return key.length;
  }

  copy(at: number, length: number): Uint8Array {
    return this.bytes.slice(at, at + length);
  }

  // --- Writes

  /** Encodes the batch where it fits and applies it. */
  apply(batch: Batch): number {
    const encoded = encodeBatch(batch);
    let at = this.inPtr;
    if (encoded.length > IN_BYTES) {
      at = this.core.largeReserve(encoded.length);
      if (at < 0) return at;
    }
    this.bytes.set(encoded, at);
    const status = this.core.apply(at, batch.epoch ?? 1, batch.catalogEpoch ?? 0);
    if (at !== this.inPtr) this.core.largeRelease();
    return status;
  }

  put(key: Uint8Array, value: Uint8Array, epoch = 1): number {
    return this.apply({ entries: [{ kind: PUT, key, value }], epoch });
  }

  delete(key: Uint8Array, epoch = 1): number {
    return this.apply({ entries: [{ kind: DELETE, key }], epoch });
  }

  // --- Reads

  /** The value, or the status. Large values are put together from chunks. */
  get(key: Uint8Array, catalogEpoch = 0): Uint8Array | number {
    const length = this.setKey(key);
    const status = this.core.get(length, catalogEpoch);
    if (status >= 0) return this.copy(this.valuePtr, status);
    if (status !== LARGE) return status;
    const value = new Uint8Array(this.resultBytes);
    const sequence = this.sequence;
    for (let at = 0; at < value.length; ) {
      const bytes = this.core.getChunk(length, at, sequence);
      if (bytes < 0) return bytes;
      value.set(this.copy(this.valuePtr, bytes), at);
      at += bytes;
    }
    return value;
  }

  // --- The frozen memtable

  /** All entries of the frozen memtable in order, large values read by chunks. */
  frozen(): RunEntry[] {
    const entries: RunEntry[] = [];
    let last = new Uint8Array(0);
    do {
      const count = this.core.frozenRun(this.setKey(last));
      if (count < 0) throw new Error(`frozenRun: ${count}`);
      const more = this.more;
      const run = this.decodeRun(count);
      if (more === 1 && count === 0) throw new Error('frozenRun makes no progress');
      for (const entry of run) {
        if (entry.kind === LARGE_REF) entry.value = this.frozenValue(entry);
        entries.push(entry);
      }
      if (more === 0) break;
      last = Uint8Array.from(run[run.length - 1]!.key);
    } while (true);
    return entries;
  }

  private decodeRun(count: number): RunEntry[] {
    const run: RunEntry[] = [];
    let at = this.scratch + OUT_AT;
    for (let index = 0; index < count; index++) {
      const keyLength = this.view.getUint16(at + 4, true);
      const valueLength = this.view.getUint32(at + 8, true);
      run.push({
        kind: this.view.getUint8(at + 6),
        key: this.copy(at + RUN_ENTRY_BYTES, keyLength),
        value: this.copy(at + RUN_ENTRY_BYTES + keyLength, valueLength),
        sequence: this.view.getFloat64(at + 16, true),
        largeLength: this.view.getUint32(at + 12, true),
      });
      at += this.view.getUint32(at, true);
    }
    return run;
  }

  private frozenValue(entry: RunEntry): Uint8Array {
    const value = new Uint8Array(entry.largeLength);
    const length = this.setKey(entry.key);
    for (let at = 0; at < value.length; ) {
      const bytes = this.core.frozenChunk(length, at);
      if (bytes <= 0) throw new Error(`frozenChunk: ${bytes}`);
      value.set(this.copy(this.valuePtr, bytes), at);
      at += bytes;
    }
    return value;
  }

  // --- The log

  /** What the log thread would write next, decoded; `done` makes it durable. */
  /** Where the first piece of a take lies. */
  piece(): number {
    this.core.ringTake(0);
    return this.view.getUint32(this.scratch + 76, true);
  }

  take(epochLimit: number): { records: LogRecord[]; done: () => void } {
    const ready = this.core.ringTake(epochLimit);
    if (ready < 0) throw new Error(`ringTake: ${ready}`);
    const last = this.sequence;
    const records = [
      ...this.decodeRecords(
        this.view.getUint32(this.scratch + 76, true),
        this.view.getUint32(this.scratch + 80, true),
      ),
      ...this.decodeRecords(
        this.view.getUint32(this.scratch + 84, true),
        this.view.getUint32(this.scratch + 88, true),
      ),
    ];
    if (records.length !== this.count)
      throw new Error(`ringTake: ${records.length} records, not ${this.count}`);
    return {
      records,
      done: () =>
        this.core.ringDone(ready, records.length > 0 ? last : this.core.durableSequence()),
    };
  }

  private decodeRecords(at: number, bytes: number): LogRecord[] {
    const records: LogRecord[] = [];
    for (const end = at + bytes; at < end; ) {
      const recordBytes = this.view.getUint32(at, true);
      records.push(decodeRecord(this.copy(at, recordBytes)));
      at += recordBytes;
    }
    return records;
  }

  replay(record: Uint8Array, flushedSequence = 0): number {
    let at = this.inPtr;
    if (record.length > IN_BYTES) at = this.core.largeReserve(record.length);
    if (at < 0) return at;
    this.bytes.set(record, at);
    const status = this.core.replayRecord(at, flushedSequence);
    if (at !== this.inPtr) this.core.largeRelease();
    return status;
  }

  // --- What it says about itself

  stats(): Stats {
    const at = this.inPtr;
    const status = this.core.stats(at);
    if (status !== OK) throw new Error(`stats: ${status}`);
    const stats: Stats = {};
    STATS_F64.forEach((name, index) => {
      stats[name] = this.view.getFloat64(at + index * 8, true);
    });
    const words = at + STATS_F64.length * 8;
    STATS_U32.forEach((name, index) => {
      stats[name] = this.view.getUint32(words + index * 4, true);
    });
    return stats;
  }

  /** The integrity walk to its end: OK, or throws. */
  integrity(): void {
    let status = this.core.integrity(0);
    while (status === CONTINUE) status = this.core.integrity(1);
    if (status !== OK) throw new Error(`integrity: ${status} in phase ${this.count}`);
  }

  /** Slices of 10 ms without progress after which a waiter gives the latch's owner up. */
  setPatience(slices: number): void {
    this.view.setUint32(HEADER_AT + 128 + 12, slices, true);
  }

  /** Sets the latch word as if the thread of this slot were inside a call; -1 frees it. */
  setLatchOwner(slot: number): void {
    this.view.setUint32(HEADER_AT + 128, slot + 1, true);
  }

  poisonCode(): number {
    return this.core.poisonCode();
  }

  /** A copy of the ring's header words and of the records in it. */
  ringDump(): string {
    const head = this.view.getUint32(HEADER_AT + 256, true);
    const tail = this.view.getUint32(HEADER_AT + 384, true);
    const size = this.view.getUint32(HEADER_AT + 8, true);
    let sum = 0;
    for (let at = tail; at !== head; at++)
      sum = (sum * 31 + this.bytes[RING_AT + (at & (size - 1))]!) | 0;
    return `${head} ${tail} ${sum}`;
  }
}
