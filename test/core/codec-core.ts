// The codec of the core, compiled, on a private memory: both builds, and a free region of memory
// for tests.
//
// CORE_DIR names another folder with core.wasm and core.checked.wasm than dist/core. SEED repeats a
// random test.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';

export interface CodecExports {
  privateInit(memoryBytes: number, seedLo: number, seedHi: number): number;
  crc32c(ptr: number, length: number, running: number): number;
  xxh64(ptr: number, length: number, seed: bigint): bigint;
  sealKey(tableId: number, pkBytes: number): number;
  writeBytesKey(ptr: number, length: number, out: number): number;
  writeValueKey(value: number, out: number): number;
  bytesKeyEnd(ptr: number, limit: number): number;
  readBytesKey(ptr: number, length: number, out: number): number;
  numberKeyEnd(ptr: number, limit: number): number;
  readNumberKey(ptr: number, outText: number): number;
  writeNumberKey(text: number, length: number, out: number): number;
  writeNumberKeyInt(value: number, out: number): number;
  attributeCount(item: number, length: number): number;
  attributeFind(item: number, index: number): number;
  attributeFindInline(item: number, name: number, nameBytes: number): number;
  itemValidate(item: number, length: number, shapeAttributes: number): number;
  valueEnd(value: number, limit: number): number;
  itemSize(item: number, length: number, shapeNamesBytes: number): number;
  valueSize(value: number): number;
  itemJson(item: number, length: number, names: number, out: number, outMax: number): number;
  itemMsgpack(item: number, length: number, names: number, out: number, outMax: number): number;
  openFrame(frame: number, length: number): number;
  packedEnd(at: number, limit: number, checkText: number): number;
  packedKey(map: number, limit: number, schema: number, tableId: number, exact: number): number;
  packedItem(map: number, limit: number, out: number, outMax: number, names: number): number;
  namesRepeat(names: number, bytes: number): number;
  valueSkip(value: number): number;
  valueCompare(a: number, b: number): number;
  valueEqual(a: number, b: number): number;
  numberCompare(a: number, b: number): number;
  numberParse(text: number, length: number, out: number): number;
  numberSize(value: number): number;
  numberText(value: number, out: number): number;
  lz4Compress(src: number, srcBytes: number, dst: number, dstMax: number, table: number): number;
  lz4Decompress(src: number, srcBytes: number, dst: number, rawBytes: number): number;
}

const MEMORY_PAGES = 512;
const PRIVATE_BYTES = 4 << 20;

/** What the core knows as its seed in these tests. */
export const SEED_LO = 0x01234567;
export const SEED_HI = 0x089abcde;

export const STATUS = { CORRUPT: -13, TOO_LARGE: -15, BAD_INPUT: -17 } as const;
export const NUMBER_FAULT = { OVERFLOW: -40, UNDERFLOW: -41, TOO_PRECISE: -42 } as const;
export const KEY_AT = 512;
export const OUT_AT = 147456;

export class CodecCore {
  readonly build: 'release' | 'checked';
  readonly exports: CodecExports;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly scratch: number;
  /**
   * First address of the test's own region; it reaches to `end`, where the memory ends: a read past
   * it traps.
   */
  readonly free = PRIVATE_BYTES;
  readonly end = MEMORY_PAGES * 65536;

  constructor(build: 'release' | 'checked') {
    this.build = build;
    const folder =
      process.env['CORE_DIR'] ?? fileURLToPath(new URL('../../dist/core', import.meta.url));
    const file = join(folder, build === 'release' ? 'core.wasm' : 'core.checked.wasm');
    const memory = new WebAssembly.Memory({
      initial: MEMORY_PAGES,
      maximum: MEMORY_PAGES,
      shared: true,
    });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {
      env: { memory },
    });
    this.exports = instance.exports as unknown as CodecExports;
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.scratch = this.exports.privateInit(PRIVATE_BYTES, SEED_LO, SEED_HI);
  }

  put(at: number, bytes: Uint8Array): number {
    this.bytes.set(bytes, at);
    return at;
  }

  /** A copy of `length` bytes. */
  take(at: number, length: number): Uint8Array {
    return this.bytes.slice(at, at + length);
  }

  text(at: number, length: number): string {
    return Buffer.from(this.take(at, length)).toString('latin1');
  }
}

const cores = (['release', 'checked'] as const).map((build) => new CodecCore(build));

/** One test for each build of the core. */
export function testBuilds(
  name: string,
  body: (core: CodecCore, context: TestContext) => void,
): void {
  for (const core of cores) test(`${name} (${core.build})`, (context) => body(core, context));
}

/** A random source that says its seed and takes it back from SEED. */
export class Random {
  #state: number;

  constructor(context: TestContext) {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
    context.diagnostic(`SEED=${seed}`);
    this.#state = seed;
  }

  /** A u32 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  }

  /** 0 <= result < bound. */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.next() / 2 ** 32 < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 255);
  }

  shuffle<T>(from: readonly T[]): T[] {
    const result = [...from];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }
}
