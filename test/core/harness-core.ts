// The compiled module: its exports, and instances of it on memories.
//
// It compiles nothing: `npm run build:core` does. CORE_DIR may name another folder with core.wasm
// and core.checked.wasm.

import { readFileSync } from 'node:fs';

export const PAGE = 65536;

export type Build = 'release' | 'checked';
export const builds: Build[] = ['release', 'checked'];

/** The exports of the module that these tests use. */
export interface Core {
  abi(): number;
  shardInit(
    memoryBytes: number,
    ringBytes: number,
    memtableBytes: number,
    cacheBytes: number,
    seedLo: number,
    seedHi: number,
    flags: number,
  ): number;
  privateInit(memoryBytes: number, seedLo: number, seedHi: number): number;
  attach(slot: number, mayBlock: number): number;
  detach(slot: number): number;
  close(): number;
  latchOwner(): number;
  latchWait(): number;
  pagesWarm(): void;
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
  cursorNext(catalogEpoch: number): number;
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

/**
 * A shared memory of exactly `bytes`: it never grows. The module wants to see a maximum of at most
 * 1 GiB.
 */
export function memoryOf(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: bytes / PAGE, maximum: bytes / PAGE, shared: true });
}
