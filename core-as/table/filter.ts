// The filter of one index partition: says of most keys that are not there that they are not.
//
//   FILTER := lines of 64 bytes, FILTER_BITS_PER_KEY bits a key . u32 keyCount . u32 lineCount
//
// A key touches one line: line = high half of its hash scaled to lineCount; bits = six 9-bit pieces
// of the hash mixed once more. A false answer "may be there" comes for about 1.3 % of absent keys;
// a false "is not there" never. The hash is XXH64 with seed FILTER_SEED over the whole key: one
// computation serves all tables.

import { xxh64 } from '../hash/xxh64';

export const FILTER_SEED: u64 = 0x6665727269746564;
export const FILTER_BITS_PER_KEY: u32 = 10;
/** A partition closes when it holds this many keys, so that its filter stays a small block. */
export const FILTER_KEYS_MAX: u32 = 16384;
const LINE_SHIFT: u32 = 6;
const LINE_BITS: u32 = 512;
const PROBES: u32 = 6;
const FILTER_TRAILER_BYTES: u32 = 8;

@inline
export function filterHash(key: usize, keyLength: u32): u64 {
  return xxh64(key, keyLength, FILTER_SEED);
}

@inline
function lineOf(filter: usize, lines: u32, hash: u64): usize {
  return filter + (<usize>(((hash >> 32) * <u64>lines) >> 32) << LINE_SHIFT);
}

@inline
function bitsOf(hash: u64): u64 {
  return (hash ^ (hash >> 29)) * 0x9e3779b97f4a7c15 >> 10;
}

function lineCountFor(keys: u32): u32 {
  return max<u32>((keys * FILTER_BITS_PER_KEY + LINE_BITS - 1) / LINE_BITS, 1);
}

/** Size of the filter of so many keys. */
export function filterBytes(keys: u32): u32 {
  return (lineCountFor(keys) << LINE_SHIFT) + FILTER_TRAILER_BYTES;
}

/** Writes the filter of the keys whose hashes (u64 each) lie at `hashes`; returns its size. */
export function filterBuild(to: usize, hashes: usize, keys: u32): u32 {
  assert(keys > 0 && keys <= FILTER_KEYS_MAX);
  const lines = lineCountFor(keys);
  const bytes = filterBytes(keys);
  memory.fill(to, 0, bytes);
  for (let index: u32 = 0; index < keys; index++) {
    const hash = load<u64>(hashes + (<usize>index << 3));
    const line = lineOf(to, lines, hash);
    let bits = bitsOf(hash);
    for (let probe: u32 = 0; probe < PROBES; probe++) {
      const word = line + (<usize>((bits >> 6) & 7) << 3);
      store<u64>(word, load<u64>(word) | (<u64>1 << (bits & 63)));
      bits >>= 9;
    }
  }
  store<u32>(to + bytes - FILTER_TRAILER_BYTES, keys);
  store<u32>(to + bytes - FILTER_TRAILER_BYTES, lines, 4);
  return bytes;
}

/** False if no key with this hash is in the partition. */
export function filterMayHold(filter: usize, rawBytes: u32, hash: u64): bool {
  const line = lineOf(filter, (rawBytes - FILTER_TRAILER_BYTES) >> LINE_SHIFT, hash);
  let bits = bitsOf(hash);
  for (let probe: u32 = 0; probe < PROBES; probe++) {
    if (((load<u64>(line + (<usize>((bits >> 6) & 7) << 3)) >> (bits & 63)) & 1) == 0) return false;
    bits >>= 9;
  }
  return true;
}

@inline
export function filterKeyCount(filter: usize, rawBytes: u32): u32 {
  return load<u32>(filter + rawBytes - FILTER_TRAILER_BYTES);
}

/** True if the raw bytes are a filter. */
export function verifyFilter(filter: usize, rawBytes: u32): bool {
  if (rawBytes < FILTER_TRAILER_BYTES) return false;
  const keys = filterKeyCount(filter, rawBytes);
  if (keys == 0 || keys > FILTER_KEYS_MAX || filterBytes(keys) != rawBytes) return false;
  return load<u32>(filter + rawBytes - FILTER_TRAILER_BYTES, 4) == lineCountFor(keys);
}
