// Private memory that grows: bytes on their way from linear memory to a socket, which must never look into shared memory
// (DESIGN R16).

const BYTES_FIRST = 1024;
/** Up to here a copy, in Node's pool, costs less than memory of its own. */
const COPIED_BYTES_MAX = 4_000;
/** A word loop is faster than a view and a `set` up to about here. */
const LOOP_BYTES_MAX = 512;

export class ByteSink {
  u8: Uint8Array;
  /** Bytes written. */
  length = 0;
  #words: Uint32Array;

  constructor(bytesFirst = BYTES_FIRST) {
    this.u8 = new Uint8Array((bytesFirst + 7) & ~7);
    this.#words = new Uint32Array(this.u8.buffer);
  }

  /** Room for `bytes` more, behind `length`. */
  reserve(bytes: number): void {
    if (this.length + bytes + 4 <= this.u8.length) return;
    let size = this.u8.length * 2;
    while (size < this.length + bytes + 4) size *= 2;
    const grown = new Uint8Array(size);
    grown.set(this.u8.subarray(0, this.length));
    this.u8 = grown;
    this.#words = new Uint32Array(grown.buffer);
  }

  /**
   * Appends `bytes` bytes from `at` of a linear memory, which lies as far behind a word's begin as `length` does, so that
   * whole words can be copied.
   */
  appendFrom(u8: Uint8Array, u32: Uint32Array, at: number, bytes: number): void {
    this.reserve(bytes);
    const to = this.length;
    if (bytes > LOOP_BYTES_MAX) this.u8.set(u8.subarray(at, at + bytes), to);
    else copyWords(u8, u32, at, this.u8, this.#words, to, bytes);
    this.length = to + bytes;
  }

  /** Writes a u32, big-endian, over four bytes that were appended before. */
  patchU32(at: number, value: number): void {
    const { u8 } = this;
    u8[at] = value >>> 24;
    u8[at + 1] = value >>> 16;
    u8[at + 2] = value >>> 8;
    u8[at + 3] = value;
  }

  appendByte(byte: number): void {
    this.reserve(1);
    this.u8[this.length++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.u8.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Begins anew in the same memory: what was written has been copied or sent. */
  reset(): void {
    this.length = 0;
  }

  /**
   * What was written, in memory that is the caller's: the sink begins anew. Little of it is copied, so that a sink may
   * serve many reads without an allocation of its own for each.
   */
  take(): Uint8Array {
    const { length } = this;
    this.length = 0;
    if (length <= COPIED_BYTES_MAX) {
      const copy = Buffer.allocUnsafe(length);
      copy.set(length === this.u8.length ? this.u8 : this.u8.subarray(0, length));
      return copy;
    }
    const taken = this.u8.subarray(0, length);
    this.u8 = new Uint8Array(BYTES_FIRST);
    this.#words = new Uint32Array(this.u8.buffer);
    return taken;
  }
}

/**
 * Copies between memories where both places are equally far behind a word's begin. Up to three bytes behind the end of
 * the target are overwritten.
 */
export function copyWords(
  from8: Uint8Array,
  from32: Uint32Array,
  from: number,
  to8: Uint8Array,
  to32: Uint32Array,
  to: number,
  bytes: number,
): void {
  const end = from + bytes;
  let source = from;
  let target = to;
  while ((source & 3) !== 0 && source < end) to8[target++] = from8[source++];
  if (source >= end) return;
  let word = source >>> 2;
  let targetWord = target >>> 2;
  for (const last = (end + 3) >>> 2; word < last; word++, targetWord++)
    to32[targetWord] = from32[word];
}
