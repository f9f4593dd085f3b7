// Drives the core alone, with no host above it: loads the compiled module, makes a shard of a fresh memory, and speaks
// the ABI of core-as/index.ts in terms of batches, runs and results. Everything is deterministic.
//
// It compiles nothing: `npm run build:core` does. CORE_DIR may name another folder with core.wasm and core.checked.wasm.

import { readFileSync } from 'node:fs';

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

export const PAGE = 65536;
const HEADER_AT = 65536;
const RING_AT = 1703936;
const PARAMS_AT = 256;
const KEY_AT = 512;
const IN_AT = 16384;
const IN_BYTES = 65536;
const OUT_AT = 81920;
const RUN_ENTRY_BYTES = 24;

export type Build = 'release' | 'checked';
export const builds: Build[] = ['release', 'checked'];

/** The exports of the module that these tests use. */
export interface Core {
  abi(): number;
  shardInit(
    memoryBytes: number, ringBytes: number, memtableBytes: number, cacheBytes: number, seedLo: number, seedHi: number,
    flags: number,
  ): number;
  privateInit(memoryBytes: number, seedLo: number, seedHi: number): number;
  attach(slot: number, mayBlock: number): number;
  detach(slot: number): number;
  close(): number;
  latchOwner(): number;
  latchWait(): number;
  setCatalogEpoch(epoch: number): number;
  largeReserve(bytes: number): number;
  largeRelease(): number;
  lastSequence(): number;
  durableSequence(): number;
  setSequence(sequence: number): number;
  poison(code: number): void;
  poisonCode(): number;
  get(keyLength: number, catalogEpoch: number): number;
  getChunk(keyLength: number, offset: number, sequence: number): number;
  apply(batch: number, epoch: number, catalogEpoch: number): number;
  replayRecord(record: number, flushedSequence: number): number;
  ringTake(epochLimit: number): number;
  ringDone(bytes: number, durableSequence: number): void;
  shapeFind(names: number, bytes: number): number;
  shapeLoad(id: number, names: number, bytes: number): number;
  shapeNames(id: number): number;
  lock(keyLength: number, transaction: number): number;
  unlock(keyLength: number, transaction: number): number;
  lockCheck(keyLength: number): number;
  lastSequenceOf(keyLength: number): number;
  freeze(): number;
  frozenRun(fromKeyLength: number): number;
  frozenChunk(keyLength: number, offset: number): number;
  frozenDrop(): number;
  stats(at: number): number;
  integrity(step: number): number;
  testHoldLatch(): number;
  testTrap(code: number): number;
  testPageRun(count: number): number;
  testPageRunFree(ptr: number): number;
  testPagesFree(): number;
  testHeapAlloc(bytes: number): number;
  testHeapFree(ptr: number): number;
  testCompare(a: number, aLength: number, b: number, bLength: number): number;
  testCopy(to: number, from: number, bytes: number): number;
  testKeyHash(seed: bigint, key: number, length: number): bigint;
}

const modules = new Map<Build, WebAssembly.Module>();

export function moduleOf(build: Build): WebAssembly.Module {
  let module = modules.get(build);
  if (module === undefined) {
    const name = build === 'release' ? 'core.wasm' : 'core.checked.wasm';
    const folder = process.env['CORE_DIR'] ?? new URL('../../dist/core', import.meta.url).pathname;
    module = new WebAssembly.Module(readFileSync(`${folder}/${name}`));
    modules.set(build, module);
  }
  return module;
}

export function instantiate(build: Build, memory: WebAssembly.Memory): Core {
  return new WebAssembly.Instance(moduleOf(build), { env: { memory } }).exports as unknown as Core;
}

export interface ShardOptions {
  build?: Build;
  memoryBytes?: number;
  ringBytes?: number;
  memtableBytes?: number;
  cacheBytes?: number;
  flags?: number;
  seed?: number;
}

/** A shared memory of exactly `bytes`: it never grows. The module wants to see a maximum of at most 1 GiB. */
export function memoryOf(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: bytes / PAGE, maximum: bytes / PAGE, shared: true });
}

/** A new shard and the first thread on it, in slot 0. */
export function shardOf(options: ShardOptions = {}): Shard {
  const memoryBytes = options.memoryBytes ?? 48 << 20;
  const build = options.build ?? 'checked';
  const memory = memoryOf(memoryBytes);
  const seed = options.seed ?? 12345;
  const status = instantiate(build, memory).shardInit(
    memoryBytes, options.ringBytes ?? 4 << 20, options.memtableBytes ?? 8 << 20, options.cacheBytes ?? 0,
    seed, seed ^ 0x55555555, options.flags ?? 0,
  );
  if (status !== OK) throw new Error(`shardInit: ${status}`);
  return new Shard(build, memory, 0);
}

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

export interface Stats {
  [name: string]: number;
}

const STATS_F64 = [
  'lastSequence', 'durableSequence', 'retiredSequence', 'activeMaxSequence', 'activeBytes', 'frozenMaxSequence',
  'frozenBytes',
];
const STATS_U32 = [
  'activeEntries', 'activeTombstones', 'activePages', 'activeFirstEpoch', 'frozenEntries', 'frozenTombstones',
  'frozenPages', 'frozenFirstEpoch', 'hasFrozen', 'softPages', 'hardPages', 'pageCount', 'pagesFree', 'pagesMemtable',
  'pagesCache', 'pagesHeap', 'pagesThread', 'pagesLarge', 'ringBytes', 'ringUsed', 'shapes', 'shapeNamesBytes', 'locks',
  'applies', 'freezes', 'memtableFullStalls', 'logFullStalls', 'catalogEpoch',
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
  get sequence(): number { return this.view.getFloat64(this.scratch, true); }
  get readSequence(): number { return this.view.getFloat64(this.scratch + 8, true); }
  get count(): number { return this.view.getUint32(this.scratch + 40, true); }
  get resultBytes(): number { return this.view.getUint32(this.scratch + 44, true); }
  get more(): number { return this.view.getUint32(this.scratch + 48, true); }
  get flags(): number { return this.view.getUint32(this.scratch + 56, true); }
  get valuePtr(): number { return this.view.getUint32(this.scratch + 60, true); }
  get inPtr(): number { return this.scratch + IN_AT; }

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
    for (let at = 0; at < value.length;) {
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
    for (let at = 0; at < value.length;) {
      const bytes = this.core.frozenChunk(length, at);
      if (bytes <= 0) throw new Error(`frozenChunk: ${bytes}`);
      value.set(this.copy(this.valuePtr, bytes), at);
      at += bytes;
    }
    return value;
  }

  // --- The log

  /** What the log thread would write next, decoded; `done` makes it durable. */
  take(epochLimit: number): { records: LogRecord[]; done: () => void } {
    const ready = this.core.ringTake(epochLimit);
    if (ready < 0) throw new Error(`ringTake: ${ready}`);
    const last = this.sequence;
    const records = [
      ...this.decodeRecords(this.view.getUint32(this.scratch + 76, true), this.view.getUint32(this.scratch + 80, true)),
      ...this.decodeRecords(this.view.getUint32(this.scratch + 84, true), this.view.getUint32(this.scratch + 88, true)),
    ];
    if (records.length !== this.count) throw new Error(`ringTake: ${records.length} records, not ${this.count}`);
    return { records, done: () => this.core.ringDone(ready, records.length > 0 ? last : this.core.durableSequence()) };
  }

  private decodeRecords(at: number, bytes: number): LogRecord[] {
    const records: LogRecord[] = [];
    for (const end = at + bytes; at < end;) {
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
    STATS_F64.forEach((name, index) => { stats[name] = this.view.getFloat64(at + index * 8, true); });
    const words = at + STATS_F64.length * 8;
    STATS_U32.forEach((name, index) => { stats[name] = this.view.getUint32(words + index * 4, true); });
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
    for (let at = tail; at !== head; at++) sum = (sum * 31 + this.bytes[RING_AT + (at & (size - 1))]!) | 0;
    return `${head} ${tail} ${sum}`;
  }
}

/** Bytes of a batch as apply wants them. */
export function encodeBatch(batch: Batch): Uint8Array {
  const guards = [...(batch.guards ?? [])];
  let flags = batch.flags ?? 0;
  if (batch.transaction !== undefined) {
    guards.unshift({ entryIndex: 0, kind: GUARD_TRANSACTION, sequence: batch.transaction });
    flags |= BATCH_TRANSACTION;
  }
  const sizes = batch.entries.map((entry) => align8(16 + (entry.key?.length ?? 0) + (entry.value?.length ?? 0)));
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
    flags, entries, bytes,
    firstSequence: Number(view.getBigUint64(8, true)),
    epoch: view.getUint32(16, true),
    transaction: tagged ? Number(view.getBigUint64(24, true)) : 0,
  };
}

function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}

// --- Randomness and keys

/** A seeded generator (mulberry32). `SEED` in the environment replays a run. */
export class Random {
  readonly seed: number;
  private state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.state = seed | 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.below(256);
    return bytes;
  }
}

export function seedOf(): number {
  const given = process.env['SEED'];
  return given === undefined ? (Math.random() * 0x7fffffff) | 0 : Number(given);
}

const encoder = new TextEncoder();

/** A key as the engine makes them: table id, hash of the partition, partition, sort key. */
export function keyOf(partition: string, sort = '', tableId = 1): Uint8Array {
  const pk = encoder.encode(partition);
  const sk = encoder.encode(sort);
  const key = new Uint8Array(12 + pk.length + 1 + (sort === '' ? 0 : sk.length + 1));
  const view = new DataView(key.buffer);
  view.setUint32(0, tableId, false);
  let hash = 0xcbf29ce484222325n;
  for (const byte of pk) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x9e3779b97f4a7c15n);
  view.setBigUint64(4, hash ^ (hash >> 31n), false);
  key.set(pk, 12);
  if (sort !== '') key.set(sk, 13 + pk.length);
  return key;
}

export function text(value: Uint8Array): string {
  return Buffer.from(value).toString('latin1');
}

export function valueOf(content: string): Uint8Array {
  return encoder.encode(content);
}

/** The request area and the key, where an integrity walk keeps its state: for tests that look at it. */
export function requestArea(shard: Shard): number {
  return shard.scratch + PARAMS_AT;
}

/** The list of names of a shape. */
export function namesOf(...names: string[]): Uint8Array {
  const parts = names.map((name) => encoder.encode(name));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 2 + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes[at] = part.length & 255;
    bytes[at + 1] = part.length >> 8;
    bytes.set(part, at + 2);
    at += 2 + part.length;
  }
  return bytes;
}
