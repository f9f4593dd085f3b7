// Copies between views without making one more: a view of a part costs about 100 ns and work for the collector.

/** Above this the call of TypedArray.set, view included, beats a loop. */
const LOOP_BYTES_MAX = 256;

/** Copies `length` bytes of `from` at `fromAt` to `to` at `toAt`. */
export function copyBytes(
  to: Uint8Array,
  toAt: number,
  from: Uint8Array,
  fromAt: number,
  length: number,
): void {
  if (length > LOOP_BYTES_MAX) {
    to.set(from.subarray(fromAt, fromAt + length), toAt);
    return;
  }
  for (let i = 0; i < length; i++) to[toAt + i] = from[fromAt + i];
}
