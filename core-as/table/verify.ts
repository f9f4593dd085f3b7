// What a block of each kind must hold, once its checksum is right and it is unpacked.

import { BLOCK_FILTER } from '../layout';
import { verifyEntries } from './block-reader';
import { verifyFilter } from './filter';

/** True if the unpacked bytes are what such a block must hold. `keyBuffer`: KEY_BYTES_MAX bytes. */
export function verifyRaw(raw: usize, rawBytes: u32, kind: u32, keyBuffer: usize): bool {
  if (kind == BLOCK_FILTER) return verifyFilter(raw, rawBytes);
  return verifyEntries(raw, rawBytes, kind, keyBuffer);
}
