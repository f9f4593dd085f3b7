// CRC32C over JavaScript bytes, computed by the core on a private instance.

import type { Workbench } from './workbench.js';

const PART_BYTES = 65_536;

export function checksumOf(workbench: Workbench): (bytes: Uint8Array, running: number) => number {
  const { u8, inAt, exports } = workbench;
  return (bytes, running) => {
    let crc = running;
    for (let at = 0; at < bytes.length; at += PART_BYTES) {
      const part = bytes.subarray(at, Math.min(bytes.length, at + PART_BYTES));
      u8.set(part, inAt);
      crc = exports.crc32c(inAt, part.length, crc) >>> 0;
    }
    return crc;
  };
}
