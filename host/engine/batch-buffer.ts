// Private memory in which a batch of any number of entries is put together in the layout of the core
// (core-as/layout.ts): header . guards . entries. It grows as needed; what was read through `u8` before stays readable.
//
// One user at a time: whoever runs user code meanwhile lends it (DESIGN R16).

import { BATCH, BATCH_FLAG, GUARD } from '../core/abi.js';
import { copyBytes } from '../core/copy-bytes.js';
import type { Guard } from './batch-writer.js';

const BYTES_FIRST = 64 * 1024;
const BYTES_KEPT = 8 * 1024 * 1024;
const GUARD_KIND = { sequence: GUARD.SEQUENCE, absent: GUARD.ABSENT } as const;

export class BatchBuffer {
  u8 = new Uint8Array(BYTES_FIRST);
  /** Where the next entry begins. */
  end = 0;
  #words = new Uint32Array(this.u8.buffer);
  #doubles = new Float64Array(this.u8.buffer);
  #entriesAt = 0;
  #entries = 0;
  #guards = 0;
  #flags = 0;

  /** `guards`: as many as will be given. */
  begin(guards: number): void {
    this.#entriesAt = this.end = BATCH.HEADER_BYTES + guards * BATCH.GUARD_BYTES;
    this.#entries = this.#guards = this.#flags = 0;
  }

  /** The same for a part of a transaction, all of whose items are locked for it. */
  beginPart(transaction: number, part: number): void {
    this.begin(1);
    this.#flags = BATCH_FLAG.TRANSACTION;
    this.#guard(GUARD.TRANSACTION, transaction, part);
  }

  /** The same for an end of a decision. */
  beginDecision(): void {
    this.begin(0);
    this.#flags = BATCH_FLAG.DECISION;
  }

  /** Index of the next entry. */
  get entries(): number {
    return this.#entries;
  }

  /** Guards the next entry. */
  guard({ kind, sequence, readSequence }: Guard): void {
    this.#guard(GUARD_KIND[kind], sequence, readSequence);
  }

  #guard(kind: number, sequence: number, readSequence: number): void {
    const at = BATCH.HEADER_BYTES + this.#guards++ * BATCH.GUARD_BYTES;
    const word = at >>> 2;
    this.#words[word] = this.#entries;
    this.#words[word + 1] = kind;
    const double = at >>> 3;
    this.#doubles[double + 1] = sequence;
    this.#doubles[double + 2] = readSequence;
    this.#doubles[double + 3] = 0;
  }

  /** Begins an entry with this key; returns where its value goes. `bytes`: room that the value needs at least. */
  open(key: Uint8Array, bytes: number, keyLength = key.length): number {
    const keyAt = this.end + BATCH.ENTRY_HEADER_BYTES;
    this.#reserve(keyAt + keyLength + bytes);
    copyBytes(this.u8, keyAt, key, 0, keyLength);
    return keyAt + keyLength;
  }

  /** Makes more room for the value of the open entry. */
  grow(): void {
    this.#reserve(2 * this.u8.length);
  }

  /** Ends the entry that `open` began, with a value of `valueLength` bytes. */
  close(kind: number, flags: number, keyLength: number, valueLength: number): void {
    const word = this.end >>> 2;
    const bytes = (BATCH.ENTRY_HEADER_BYTES + keyLength + valueLength + 7) & ~7;
    this.#words[word] = bytes;
    this.#words[word + 1] = kind | (flags << 8) | (keyLength << 16);
    this.#words[word + 2] = valueLength;
    this.#words[word + 3] = 0;
    this.end += bytes;
    this.#entries++;
  }

  /** An entry whose key is the first `keyLength` bytes of `key`. */
  add(
    kind: number,
    flags: number,
    key: Uint8Array,
    value: Uint8Array,
    keyLength = key.length,
  ): void {
    const at = this.open(key, value.length, keyLength);
    copyBytes(this.u8, at, value, 0, value.length);
    this.close(kind, flags, keyLength, value.length);
  }

  /** The finished batch, good until the next `begin`. */
  finish(): Uint8Array {
    this.#words[0] = this.#entries;
    this.#words[1] = this.end - this.#entriesAt;
    this.#words[2] = this.#guards;
    this.#words[3] = this.#flags;
    return this.u8.subarray(0, this.end);
  }

  #reserve(bytes: number): void {
    if (bytes + 8 <= this.u8.length) return;
    let size = this.u8.length;
    while (size < bytes + 8) size *= 2;
    const grown = new Uint8Array(size);
    grown.set(this.u8);
    this.u8 = grown;
    this.#words = new Uint32Array(grown.buffer);
    this.#doubles = new Float64Array(grown.buffer);
  }
}

/** Lends buffers: user code that comes back in here meanwhile gets another one. */
export class BatchBuffers {
  readonly #free: BatchBuffer[] = [];

  lend<Result>(use: (buffer: BatchBuffer) => Result): Result {
    const buffer = this.#free.pop() ?? new BatchBuffer();
    try {
      return use(buffer);
    } finally {
      if (buffer.u8.length <= BYTES_KEPT) this.#free.push(buffer);
    }
  }
}
