/**
 * The few byte conventions the file formats of io share: 64-bit counters as two little-endian words
 * (exact below 2^53), random 64-bit identities as two words, 8-byte alignment, and the checksum
 * function that the host injects.
 */

/**
 * CRC-32C in its usual finished form: crc32c("123456789", 0) is 0xE3069283, and chaining works:
 * crc32c(b, crc32c(a, 0)) is the checksum of a followed by b. The sign of the result does not
 * matter.
 */
export type Crc32c = (bytes: Uint8Array, running: number) => number;

/** A random 64-bit identity. */
export interface Id64 {
  readonly low: number;
  readonly high: number;
}

const WORD = 2 ** 32;

export function writeU64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value % WORD, true);
  view.setUint32(offset + 4, Math.floor(value / WORD), true);
}

export function readU64(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * WORD + view.getUint32(offset, true);
}

/**
 * Draws an identity from a source of random 32-bit words; never all zero, which is what empty space
 * looks like.
 */
export function drawId(random32: () => number): Id64 {
  const low = random32() >>> 0;
  const high = random32() >>> 0;
  return low === 0 && high === 0 ? { low: 1, high: 0 } : { low, high };
}

export function sameId(a: Id64, b: Id64): boolean {
  return a.low === b.low && a.high === b.high;
}

export function idText(id: Id64): string {
  return hexWord(id.high) + hexWord(id.low);
}

export function parseId(text: string): Id64 {
  return { high: parseInt(text.slice(0, 8), 16), low: parseInt(text.slice(8, 16), 16) };
}

function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

export function align8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
