/** A small table implementation of CRC-32C for tests; the engine's own lives in the core. */
const TABLE = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++)
    value = (value & 1) !== 0 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  TABLE[byte] = value;
}

export function crc32c(bytes: Uint8Array, running: number): number {
  let value = ~running;
  for (let at = 0; at < bytes.length; at++)
    value = TABLE[(value ^ bytes[at]) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}
