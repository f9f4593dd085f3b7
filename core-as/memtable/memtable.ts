// A memtable: the newest version of each key written since it began, in order and by hash.
//
// One page holds the struct, the directory of the hash index and the first nodes; entries and
// further nodes lie in pages of its chain (arena.ts). A shard has one active memtable and at most
// one frozen one, which nobody changes any more.
//
//   first page:  +0 Memtable . +192 copy of a bucket while it is split . +256 index directory
//                +8,448 nodes
//   second page: segment 0 of the hash index
//
// Relies on: the latch is held. A frozen memtable may be read without it by whoever is the only one
// to drop it.
//
// Invariants: a key has one entry, in the tree and in the index alike; an entry is overwritten in
// place only in the active memtable; keys never change, so a separator of the tree may point into
// an entry that was replaced.
import {
  BATCH_ENTRIES_MAX, DELETE, ENTRY_BYTES, Entry, MEMTABLE_FULL, NO_MEMORY, OK, PAGE_BYTES,
  PAGE_MEMTABLE,
} from '../layout';
import { alignUp8, copyBytes } from '../memory/bytes';
import { assertLatched, assertTouched } from '../memory/latch';
import { NO_PAGE, pageAlloc, pageFree, pageIndex, pageChainFree } from '../memory/pages';
import { shardInfo, writeState } from '../shard/header';
import { chainAppend, entryAllocate, runDiscard, spareReserve } from './arena';
import { BUCKET_BYTES, indexFind, indexInit, indexInsert } from './hash-index';
import { NODE_BYTES, treeInit, treeInsert, treeReplace } from './tree';

export const INDEX_SPLIT_AT: usize = 192;
export const INDEX_DIRECTORY_AT: usize = 256;
const SEGMENTS_MAX: u32 = 2048;
const NODES_AT: u32 = 256 + (SEGMENTS_MAX << 2);
const SLACK_BYTES_MAX: u32 = 255 << 3;
// an entry up to this size gets room to grow when it is replaced
const GROWING_BYTES_MAX: u32 = 4096;

@unmanaged
export class Memtable {
  head: u32; // chain of pages
  tail: u32;
  pages: u32; // in the chain, spares included
  spareHead: u32;
  spares: u32;
  runHead: u32;
  runTail: u32;
  entryAt: u32;
  entryEnd: u32;
  nodeAt: u32;
  nodeEnd: u32;
  root: u32;
  height: u32; // levels above the leaves
  firstLeaf: u32;
  lastLeaf: u32;
  entries: u32;
  tombstones: u32;
  buckets: u32;
  bucketMask: u32; // 2^k - 1, the smallest that is >= buckets - 1
  freeBucket: u32;
  bytes: u64; // of keys and values
  maxSequence: u64;
  // lower bound of the epochs of all records whose effects it holds (R4: firstGroup)
  firstEpoch: u32;
  frozen: u32;
}

export function memtableActive(): usize {
  return writeState().active;
}

/** The memtable that waits to be flushed, or 0. */
export function memtableFrozen(): usize {
  return writeState().frozen;
}

/** Sets the limits and makes the first memtable. */
export function memtablesInit(): bool {
  const state = writeState();
  state.softPages = max<u32>(shardInfo().memtableBytes >> 16, 2);
  state.hardPages = state.softPages + (state.softPages >> 2) + 2;
  state.active = <u32>memtableCreate();
  return state.active != 0;
}

/** An empty memtable of two pages, or 0. */
export function memtableCreate(): usize {
  const page = pageAlloc(PAGE_MEMTABLE);
  if (page == 0) return 0;
  const segment = pageAlloc(PAGE_MEMTABLE);
  if (segment == 0) {
    pageFree(page);
    return 0;
  }
  memory.fill(page, 0, offsetof<Memtable>());
  const memtable = changetype<Memtable>(page);
  memtable.head = pageIndex(page);
  memtable.tail = memtable.head;
  memtable.pages = 1;
  memtable.spareHead = NO_PAGE;
  memtable.runHead = NO_PAGE;
  memtable.runTail = NO_PAGE;
  memtable.nodeAt = <u32>page + NODES_AT;
  memtable.nodeEnd = <u32>page + PAGE_BYTES;
  chainAppend(memtable, pageIndex(segment));
  indexInit(memtable, segment);
  treeInit(memtable);
  return page;
}

/** O(1), whatever it holds. */
export function memtableDrop(memtable: Memtable): void {
  assertLatched();
  pageChainFree(memtable.head, memtable.tail, memtable.pages);
}

@inline
export function entryBytes(keyLength: u32, valueLength: u32): u32 {
  return alignUp8(ENTRY_BYTES + keyLength + valueLength);
}

/**
 * What an entry may take at most: a replaced one gets an eighth more, to be overwritten in place
 * later.
 */
@inline
export function entryBytesMax(keyLength: u32, valueLength: u32): u32 {
  const bytes = entryBytes(keyLength, valueLength);
  return bytes <= GROWING_BYTES_MAX ? bytes + growth(bytes) : bytes;
}

@inline
function growth(bytes: u32): u32 {
  return (bytes >> 3) & ~7;
}

/** Pages in use; the soft and hard limits look at these. */
@inline
export function memtablePages(memtable: Memtable): u32 {
  return memtable.pages - memtable.spares;
}

@inline
function nodeBytesMax(memtable: Memtable, entries: u32): u32 {
  return entries * ((memtable.height + 3) * NODE_BYTES + BUCKET_BYTES);
}

/**
 * Whether `entries` entries of together `bytesMax` bytes fit without a new page. Only if not, the
 * caller announces them one by one to find how many pages they need.
 */
@inline
export function memtableFits(memtable: Memtable, entries: u32, bytesMax: u32): bool {
  const buckets = memtable.buckets;
  return memtable.entryEnd - memtable.entryAt >= bytesMax
    && memtable.nodeEnd - memtable.nodeAt >= nodeBytesMax(memtable, entries)
    && (buckets - 1) >> 10 == (buckets + entries - 1) >> 10;
}

/**
 * Makes sure of `entryPages` single pages and `runPages` pages in runs (which the caller reserves
 * itself), and of nodes and buckets for `entries` entries. OK, or a status with nothing changed.
 */
export function memtableReserve(
  memtable: Memtable, entries: u32, entryPages: u32, runPages: u32,
): i32 {
  const nodePages = nodeBytesMax(memtable, entries) / (PAGE_BYTES - NODE_BYTES) + 1;
  const single = entryPages + nodePages + (entries >> 10) + 1;
  const total = memtablePages(memtable) + single + runPages;
  if (memtable.entries > 0 && total > writeState().hardPages) {
    return MEMTABLE_FULL;
  }
  if (memtable.buckets + entries > SEGMENTS_MAX << 10) return MEMTABLE_FULL;
  if (single <= memtable.spares || spareReserve(memtable, single - memtable.spares)) return OK;
  return noPages(memtable);
}

/** No page is to be had: a flush will help if there is anything to flush. */
export function noPages(memtable: Memtable): i32 {
  return memtable.entries > 0 || memtableFrozen() != 0 ? MEMTABLE_FULL : NO_MEMORY;
}

/** The entry of this key, a tombstone too, or null. */
@inline
export function memtableFind(memtable: Memtable, hash: u32, key: usize, length: u32): Entry | null {
  const at = indexFind(memtable, hash, key, length);
  return at == 0 ? null : changetype<Entry>(<usize>load<u32>(at));
}

/** Puts the newest version of a key. Room was reserved: cannot fail. */
export function memtablePut(
  memtable: Memtable, hash: u32, key: usize, keyLength: u32, kind: u8, value: usize, valueLength:
  u32, sequence: u64,
): void {
  assertLatched();
  assertTouched(BATCH_ENTRIES_MAX);
  assert(memtable.frozen == 0);
  const at = indexFind(memtable, hash, key, keyLength);
  const bytes = entryBytes(keyLength, valueLength);
  if (kind == DELETE) memtable.tombstones++;
  memtable.bytes += keyLength + valueLength;
  if (sequence > memtable.maxSequence) memtable.maxSequence = sequence;
  if (at == 0) {
    const entry = entryWrite(memtable, bytes, 0, key, keyLength);
    valueWrite(entry, kind, value, valueLength, sequence);
    treeInsert(memtable, changetype<usize>(entry));
    indexInsert(memtable, hash, changetype<usize>(entry));
    memtable.entries++;
    return;
  }
  const old = changetype<Entry>(<usize>load<u32>(at));
  if (old.kind == DELETE) memtable.tombstones--;
  memtable.bytes -= keyLength + old.valueLength;
  const capacity = entryBytes(keyLength, old.valueLength) + (<u32>old.slack << 3);
  if (bytes <= capacity) {
    if (bytes > PAGE_BYTES) runDiscard(memtable);
    old.slack = <u8>(min<u32>(capacity - bytes, SLACK_BYTES_MAX) >> 3);
    valueWrite(old, kind, value, valueLength, sequence);
    return;
  }
  const slack = bytes <= GROWING_BYTES_MAX ? growth(bytes) : 0;
  const entry = entryWrite(memtable, bytes, slack, key, keyLength);
  valueWrite(entry, kind, value, valueLength, sequence);
  treeReplace(memtable, key, keyLength, changetype<usize>(entry));
  store<u32>(at, <u32>changetype<usize>(entry));
}

@inline
function entryWrite(memtable: Memtable, bytes: u32, slack: u32, key: usize, keyLength: u32): Entry {
  const entry = changetype<Entry>(entryAllocate(memtable, bytes + slack));
  entry.keyLength = <u16>keyLength;
  entry.slack = <u8>(slack >> 3);
  copyBytes(changetype<usize>(entry) + ENTRY_BYTES, key, keyLength);
  return entry;
}

@inline
function valueWrite(entry: Entry, kind: u8, value: usize, valueLength: u32, sequence: u64): void {
  entry.sequence = sequence;
  entry.kind = kind;
  entry.valueLength = valueLength;
  copyBytes(changetype<usize>(entry) + ENTRY_BYTES + entry.keyLength, value, valueLength);
}
