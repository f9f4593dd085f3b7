// The hash index of a memtable: full key -> entry, for point reads. Linear hashing.
//
//   bucket, 64 B, one cache line
//   +0                        +28      +32                       +60
//   | hash u32 x 7            | count  | entry u32 x 7           | overflow |
//
// Bucket number b lies in segment b >> 10 (one page of 1,024 buckets; addresses in the memtable's
// directory). The table grows by one bucket at an insert once the load passes BUCKET_LOAD: the
// bucket `count - 2^k` is split in two by the next bit of the hash. So no insert ever rehashes the
// table (R20), and no key is read for a split: the hash is stored.
//
// Relies on: the latch is held, or the memtable is frozen and the call only reads. Keys are hashed
// with the database's secret seed by a folded multiplication, so that nobody can choose keys that
// meet in one bucket.
//
// Invariant: a split frees at least the overflow buckets it needs, so an insert takes at most one
// new overflow bucket.
import { Entry, ENTRY_BYTES } from '../layout';
import { equalBytes } from '../memory/bytes';
import { nodeAllocate, spareTake } from './arena';
import { INDEX_DIRECTORY_AT, INDEX_SPLIT_AT, Memtable } from './memtable';

export const BUCKET_BYTES: u32 = 64;
export const BUCKET_SLOTS: u32 = 7;
const BUCKET_LOAD: u32 = 5; // entries a bucket, on average, at which the table grows
const BUCKETS_FIRST: u32 = 16;
const COUNT: usize = 28;
const ENTRIES: usize = 32;
const OVERFLOW: usize = 60;

const SECRET_1: u64 = 0xa0761d6478bd642f;
const SECRET_2: u64 = 0xe7037ed1a0b428db;

/** The full 128-bit product, folded. */
@inline
function fold(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = ((aLow * bLow) >> 32) + ((aHigh * bLow) & 0xffffffff) + aLow * bHigh;
  return (a * b) ^ (aHigh * bHigh + ((aHigh * bLow) >> 32) + (middle >> 32));
}

/**
 * Hash of a whole key under the shard's seed. The low half picks the bucket, the high half other
 * tables' slots.
 */
export function keyHash(seed: u64, key: usize, length: u32): u64 {
  const secret = seed ^ SECRET_1;
  let hash = fold(secret, length ^ SECRET_2);
  if (length < 16) return fold(shortLow(key, length) ^ secret, shortHigh(key, length) ^ hash);
  const last = key + length - 16;
  for (; key < last; key += 16) hash = fold(load<u64>(key) ^ secret, load<u64>(key, 8) ^ hash);
  return fold(load<u64>(last) ^ secret, load<u64>(last, 8) ^ hash);
}

function shortLow(key: usize, length: u32): u64 {
  if (length >= 8) return load<u64>(key);
  let word: u64 = 0;
  for (let at: u32 = 0; at < length; at++) word = (word << 8) | load<u8>(key + at);
  return word;
}

function shortHigh(key: usize, length: u32): u64 {
  return length >= 8 ? load<u64>(key + length - 8) : 0;
}

@inline
function bucketAt(memtable: Memtable, number: u32): usize {
  const directory = changetype<usize>(memtable) + INDEX_DIRECTORY_AT;
  return <usize>load<u32>(directory + ((<usize>number >> 10) << 2)) + ((<usize>number & 1023) << 6);
}

@inline
export function bucketOf(memtable: Memtable, hash: u32): usize {
  const mask = memtable.bucketMask;
  const number = hash & mask;
  return bucketAt(memtable, number < memtable.buckets ? number : number & (mask >> 1));
}

/** Address of the word that holds the entry of this key, or 0. */
@inline
export function indexFind(memtable: Memtable, hash: u32, key: usize, length: u32): usize {
  let bucket = bucketOf(memtable, hash);
  const wanted = i32x4.splat(hash);
  do {
    let hits = <u32>i32x4.bitmask(i32x4.eq(v128.load(bucket), wanted))
      | (<u32>i32x4.bitmask(i32x4.eq(v128.load(bucket, 16), wanted)) << 4);
    hits &= ((<u32>1) << load<u32>(bucket, COUNT)) - 1;
    while (hits != 0) {
      const at = bucket + ENTRIES + ((<usize>ctz<u32>(hits)) << 2);
      const entry = changetype<Entry>(<usize>load<u32>(at));
      const found = changetype<usize>(entry) + ENTRY_BYTES;
      if (entry.keyLength == length && equalBytes(found, key, length)) return at;
      hits &= hits - 1;
    }
    bucket = load<u32>(bucket, OVERFLOW);
  } while (bucket != 0);
  return 0;
}

export function indexInit(memtable: Memtable, firstSegment: usize): void {
  store<u32>(changetype<usize>(memtable) + INDEX_DIRECTORY_AT, <u32>firstSegment);
  memtable.buckets = BUCKETS_FIRST;
  memtable.bucketMask = BUCKETS_FIRST - 1;
  memory.fill(firstSegment, 0, BUCKETS_FIRST * BUCKET_BYTES);
}

/** Adds an entry whose key is not in the index yet. Called before memtable.entries counts it. */
export function indexInsert(memtable: Memtable, hash: u32, entry: usize): void {
  if (memtable.entries >= memtable.buckets * BUCKET_LOAD) split(memtable);
  append(memtable, bucketOf(memtable, hash), hash, <u32>entry);
}

function append(memtable: Memtable, bucket: usize, hash: u32, entry: u32): void {
  let count = load<u32>(bucket, COUNT);
  while (count == BUCKET_SLOTS) {
    let next: usize = load<u32>(bucket, OVERFLOW);
    if (next == 0) {
      next = overflowTake(memtable);
      store<u32>(bucket, <u32>next, OVERFLOW);
    }
    bucket = next;
    count = load<u32>(bucket, COUNT);
  }
  store<u32>(bucket + ((<usize>count) << 2), hash);
  store<u32>(bucket + ENTRIES + ((<usize>count) << 2), entry);
  store<u32>(bucket, count + 1, COUNT);
}

function overflowTake(memtable: Memtable): usize {
  let bucket: usize = memtable.freeBucket;
  if (bucket != 0) memtable.freeBucket = load<u32>(bucket, OVERFLOW);
  else bucket = nodeAllocate(memtable, BUCKET_BYTES);
  bucketClear(bucket);
  return bucket;
}

function bucketClear(bucket: usize): void {
  store<u32>(bucket, 0, COUNT);
  store<u32>(bucket, 0, OVERFLOW);
}

/** Grows the table by one bucket, taking its entries from the one it splits. */
function split(memtable: Memtable): void {
  const number = memtable.buckets;
  if (number > memtable.bucketMask) memtable.bucketMask = (memtable.bucketMask << 1) | 1;
  if ((number & 1023) == 0) {
    const directory = changetype<usize>(memtable) + INDEX_DIRECTORY_AT;
    store<u32>(directory + ((<usize>number >> 10) << 2), <u32>spareTake(memtable));
  }
  const high = bucketAt(memtable, number);
  const low = bucketAt(memtable, number & (memtable.bucketMask >> 1));
  memtable.buckets = number + 1;
  bucketClear(high);
  const bit = (memtable.bucketMask >> 1) + 1;
  const copy = changetype<usize>(memtable) + INDEX_SPLIT_AT;
  let from = low;
  // Each bucket of the chain is copied aside and released before its entries are dealt out again.
  while (from != 0) {
    memory.copy(copy, from, BUCKET_BYTES);
    if (from == low) bucketClear(low);
    else overflowRelease(memtable, from);
    const count = load<u32>(copy, COUNT);
    for (let at: usize = 0; at < <usize>count; at++) {
      const hash = load<u32>(copy + (at << 2));
      append(memtable, (hash & bit) != 0 ? high : low, hash, load<u32>(copy + ENTRIES + (at << 2)));
    }
    from = load<u32>(copy, OVERFLOW);
  }
}

function overflowRelease(memtable: Memtable, bucket: usize): void {
  store<u32>(bucket, memtable.freeBucket, OVERFLOW);
  memtable.freeBucket = <u32>bucket;
}

/** Integrity: entries in bucket `number`, or -1 when one of them does not belong there. */
export function bucketCheck(memtable: Memtable, number: u32, seed: u64): i32 {
  const home = bucketAt(memtable, number);
  let bucket = home;
  let entries: u32 = 0;
  while (bucket != 0) {
    const count = load<u32>(bucket, COUNT);
    if (count > BUCKET_SLOTS) return -1;
    for (let at: usize = 0; at < <usize>count; at++) {
      const entry = changetype<Entry>(<usize>load<u32>(bucket + ENTRIES + (at << 2)));
      const hash = <u32>keyHash(seed, changetype<usize>(entry) + ENTRY_BYTES, entry.keyLength);
      if (hash != load<u32>(bucket + (at << 2)) || bucketOf(memtable, hash) != home) return -1;
    }
    entries += count;
    bucket = load<u32>(bucket, OVERFLOW);
  }
  return <i32>entries;
}
