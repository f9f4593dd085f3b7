// What a block of each kind must hold, once its checksum is right and it is unpacked. Every byte is
// looked at, and none outside of the block: readers rely on it and check no bounds.

import {
  BLOCK_DATA, BLOCK_FILTER, BLOCK_INDEX, BLOCK_VALUE, DELETE, INLINE_VALUE_MAX, KEY_BYTES_MAX,
  LARGE_REF, PUT, VALUE_BYTES_MAX,
} from '../layout';
import { compareBytes, copyBytes } from '../memory/bytes';
import {
  blockEntryCount, blockRestartCount, deltaBytesOf, deltaOf, kindOf, nextOf, sharedOf, suffixOf,
  unsharedOf, valueLengthOf,
} from './block-reader';
import { verifyFilter } from './filter';
import {
  BLOCK_HEADER_BYTES, ENTRY_WORD_BYTES, HANDLE_BYTES, LARGE_REF_BYTES, legalLength,
  RESTART_INTERVAL, RESTART_SHIFT,
} from './format';

const SEQUENCE_MAX: u64 = 1 << 53;

/** True if the unpacked bytes are what such a block must hold. `keyBuffer`: KEY_BYTES_MAX bytes. */
export function verifyRaw(raw: usize, rawBytes: u32, kind: u32, keyBuffer: usize): bool {
  if (kind == BLOCK_FILTER) return verifyFilter(raw, rawBytes);
  return verifyEntries(raw, rawBytes, kind, keyBuffer);
}

/**
 * True if the raw bytes are a well-formed block of this kind. `keyBuffer`: KEY_BYTES_MAX bytes,
 * ends with the last key.
 */
export function verifyEntries(block: usize, rawBytes: u32, kind: u32, keyBuffer: usize): bool {
  if (rawBytes < BLOCK_HEADER_BYTES + 2) return false;
  const count = blockEntryCount(block);
  const restarts = blockRestartCount(block);
  if (count == 0 || restarts != (count + RESTART_INTERVAL - 1) >> RESTART_SHIFT) return false;
  if (rawBytes <= BLOCK_HEADER_BYTES + (restarts << 1)) return false;
  const base = load<u64>(block);
  if (base > SEQUENCE_MAX) return false;
  const end = block + rawBytes - (restarts << 1);
  let at = block + BLOCK_HEADER_BYTES;
  let lastLength: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const isRestart = (index & (RESTART_INTERVAL - 1)) == 0;
    if (isRestart && load<u16>(end + ((index >> RESTART_SHIFT) << 1)) != at - block) return false;
    // The word and one byte of delta; the restarts make its load as eight bytes safe.
    if (<u32>(end - at) <= ENTRY_WORD_BYTES) return false;
    const word = load<u64>(at) & 0xffffffffffff;
    const shared = sharedOf(word);
    const unshared = unsharedOf(word);
    if (shared > lastLength || (isRestart && shared != 0)) return false;
    if (unshared == 0 || shared + unshared > KEY_BYTES_MAX) return false;
    if (ENTRY_WORD_BYTES + deltaBytesOf(word) + unshared + valueLengthOf(word) > <u32>(end - at)) {
      return false;
    }
    if (!legalDelta(at, word, base)) return false;
    const suffix = suffixOf(at, word);
    if (!legalValue(kind, word, base + deltaOf(at, word), suffix + unshared)) return false;
    const from = keyBuffer + shared;
    if (index > 0 && compareBytes(suffix, unshared, from, lastLength - shared) <= 0) return false;
    copyBytes(from, suffix, unshared);
    lastLength = shared + unshared;
    at = nextOf(at, word);
  }
  return at == end;
}

/** In the fewest bytes, and a legal sequence. */
function legalDelta(at: usize, word: u64, base: u64): bool {
  const bytes = deltaBytesOf(word);
  if (bytes == 0 || (bytes > 1 && load<u8>(at + ENTRY_WORD_BYTES + bytes - 1) == 0)) return false;
  return base + deltaOf(at, word) <= SEQUENCE_MAX;
}

function legalValue(blockKind: u32, word: u64, sequence: u64, value: usize): bool {
  const kind = kindOf(word);
  const length = valueLengthOf(word);
  if (blockKind == BLOCK_INDEX) {
    return kind == PUT && sequence == 0 && length == HANDLE_BYTES
      && legalLength(BLOCK_DATA, load<u32>(value, 4));
  }
  if (kind == DELETE) return length == 0;
  if (kind != LARGE_REF) return kind == PUT && length <= INLINE_VALUE_MAX;
  return length == LARGE_REF_BYTES && legalLength(BLOCK_VALUE, load<u32>(value, 4))
    && load<u32>(value, 8) <= VALUE_BYTES_MAX;
}
