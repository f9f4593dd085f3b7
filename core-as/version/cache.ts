// The block cache of a shard: raw, verified blocks in pages of the common page allocator.
//
//   page   := CachePage . blocks, one behind the other (a log)
//             the pages form a list from the oldest to the one being filled
//   block  := CacheBlock . raw bytes . up to a multiple of 8
//
// Found by (file, offset8) through chained buckets. Eviction takes the oldest page, slides the
// blocks worth keeping to its start and fills the rest anew: a block that was used survives (data
// once, index and filter three times), a pinned one always. No pointer to a block survives a
// latched call, so blocks move freely: pins name (file, offset8).
//
// Pins belong to a thread and last until `cacheUnpin`. They are what makes every retry progress
// with a limit of 0 bytes: pages beyond the limit are taken for pinned blocks and given back when
// nothing in them is pinned any more.
//
// Relies on: the latch is held. Invariants: pages beyond the limit hold a pinned block; page.pinned
// counts the blocks of the page with pins > 0; every block of every page is in exactly one chain.
// Blocks of dropped files are merely never asked for again, since file ids are never reused.

import {
  BLOCK_DATA, PAGE_BYTES, PAGE_CACHE, PAGE_HEAP, THREADS_MAX, VERSION_STATE_AT,
} from '../layout';
import { heapAlloc } from '../memory/heap';
import { assertLatched } from '../memory/latch';
import { pageAlloc, pageFree, pageRun, pagesFree } from '../memory/pages';

const CACHE_STATE_AT: usize = VERSION_STATE_AT + 1024;
const PIN_COUNTS_AT: usize = VERSION_STATE_AT + 1536; // u32 per thread
// of one thread; two blocks of every source of a cursor are far less
export const PINS_MAX: u32 = 128;
const PIN_BYTES: u32 = 8;
const BUCKETS_MIN: u32 = 1024;
const BLOCK_BYTES_TYPICAL: u32 = 4096;
// What survives of a page at its eviction, pinned blocks apart: data up to the first bound, index
// and filter blocks up to the second. So an eviction makes room for any filter, and data cannot
// crowd those out.
const KEEP_DATA_MAX: u32 = 20480;
const KEEP_MAX: u32 = 40960;
const EVICTIONS_MAX: u32 = 4; // pages in one call
const CREDIT_DATA: u8 = 1;
const CREDIT_PRIORITY: u8 = 3;

@unmanaged
class CacheState {
  buckets: u32;
  bucketMask: u32;
  limitPages: u32;
  pages: u32;
  oldest: u32;
  newest: u32; // the page being filled
  pins: u32; // THREADS_MAX x PINS_MAX x (file u32, offset8 u32)
  blocks: u32;
  hits: u64;
  misses: u64;
}

@unmanaged
class CachePage {
  older: u32;
  newer: u32;
  used: u32; // bytes, this header included
  pinned: u32;
}
const CACHE_PAGE_BYTES: u32 = 16;

@unmanaged
export class CacheBlock {
  next: u32; // in its bucket
  file: u32;
  offset8: u32;
  rawBytes: u32;
  kind: u8;
  credit: u8; // evictions it will survive
  pins: u16;
  zero: u32;
}
const CACHE_BLOCK_BYTES: u32 = 24;

@inline
function state(): CacheState {
  return changetype<CacheState>(CACHE_STATE_AT);
}

@inline
function blockSize(rawBytes: u32): u32 {
  return (CACHE_BLOCK_BYTES + rawBytes + 7) & ~7;
}

@inline
function pageOf(block: usize): CachePage {
  return changetype<CachePage>(block & ~<usize>(PAGE_BYTES - 1));
}

@inline
export function blockPayload(block: CacheBlock): usize {
  return changetype<usize>(block) + CACHE_BLOCK_BYTES;
}

@inline
function bucketOf(file: u32, offset8: u32): usize {
  const hash = (<u64>file << 32 | offset8) * 0x9e3779b97f4a7c15;
  return <usize>state().buckets + (<usize>(<u32>(hash >> 32) & state().bucketMask) << 2);
}

/** Once, when the shard is made: the heap and the pages are. False when they are too few. */
export function cacheInit(cacheBytes: u32): bool {
  memory.fill(CACHE_STATE_AT, 0, offsetof<CacheState>());
  memory.fill(PIN_COUNTS_AT, 0, THREADS_MAX << 2);
  let buckets = BUCKETS_MIN;
  while (buckets < cacheBytes / BLOCK_BYTES_TYPICAL) buckets <<= 1;
  state().bucketMask = buckets - 1;
  state().buckets = <u32>heapAlloc(buckets << 2);
  state().pins = <u32>pageRun((THREADS_MAX * PINS_MAX * PIN_BYTES) / PAGE_BYTES, PAGE_HEAP);
  state().limitPages = cacheBytes / PAGE_BYTES;
  if (state().buckets == 0 || state().pins == 0) return false;
  memory.fill(state().buckets, 0, buckets << 2);
  return true;
}

// --- Finding -------------------------------------------------------------------------------------

function blockAt(file: u32, offset8: u32): CacheBlock | null {
  let block = load<u32>(bucketOf(file, offset8));
  while (block != 0) {
    const found = changetype<CacheBlock>(<usize>block);
    if (found.offset8 == offset8 && found.file == file) return found;
    block = found.next;
  }
  return null;
}

/**
 * The block, or null; what is found is worth keeping. The pointer holds until the end of the
 * latched call.
 */
export function cacheFind(file: u32, offset8: u32): CacheBlock | null {
  const block = blockAt(file, offset8);
  if (block == null) {
    state().misses++;
    return null;
  }
  state().hits++;
  const credit = block.kind == BLOCK_DATA ? CREDIT_DATA : CREDIT_PRIORITY;
  if (block.credit != credit) block.credit = credit;
  return block;
}

/** The word of its bucket that points at this block. */
function linkOf(block: CacheBlock): usize {
  let link = bucketOf(block.file, block.offset8);
  while (load<u32>(link) != <u32>changetype<usize>(block)) link = load<u32>(link);
  return link;
}

function unlinkBlock(block: CacheBlock): void {
  store<u32>(linkOf(block), block.next);
  state().blocks--;
}

// --- Pages ---------------------------------------------------------------------------------------

function pageAppend(page: CachePage): void {
  const newest = state().newest;
  page.older = newest;
  page.newer = 0;
  if (newest != 0) changetype<CachePage>(<usize>newest).newer = <u32>changetype<usize>(page);
  else state().oldest = <u32>changetype<usize>(page);
  state().newest = <u32>changetype<usize>(page);
}

function pageRemove(page: CachePage): void {
  if (page.older != 0) changetype<CachePage>(<usize>page.older).newer = page.newer;
  else state().oldest = page.newer;
  if (page.newer != 0) changetype<CachePage>(<usize>page.newer).older = page.older;
  else state().newest = page.older;
}

function pageTake(): bool {
  const ptr = pageAlloc(PAGE_CACHE);
  if (ptr == 0) return false;
  const page = changetype<CachePage>(ptr);
  page.used = CACHE_PAGE_BYTES;
  page.pinned = 0;
  pageAppend(page);
  state().pages++;
  return true;
}

/** Forgets every block of a page without pins and frees it. */
function pageGive(page: CachePage): void {
  assert(page.pinned == 0);
  let at = changetype<usize>(page) + CACHE_PAGE_BYTES;
  const end = changetype<usize>(page) + page.used;
  while (at < end) {
    const block = changetype<CacheBlock>(at);
    const size = blockSize(block.rawBytes);
    rescue(block, size, page);
    at += size;
  }
  pageRemove(page);
  state().pages--;
  pageFree(changetype<usize>(page));
}

/**
 * Moves an index or filter block that is in use to the page being filled, if it fits; else forgets
 * it.
 */
function rescue(block: CacheBlock, size: u32, page: CachePage): void {
  const newest = changetype<CachePage>(<usize>state().newest);
  const fits = newest != page && PAGE_BYTES - newest.used >= size;
  if (block.kind == BLOCK_DATA || block.credit == 0 || !fits) {
    unlinkBlock(block);
    return;
  }
  block.credit--;
  moveBlock(block, changetype<usize>(newest) + newest.used, size);
  newest.used += size;
}

function moveBlock(block: CacheBlock, to: usize, size: u32): void {
  store<u32>(linkOf(block), <u32>to);
  memory.copy(to, changetype<usize>(block), size);
}

/** Slides what is worth keeping to the start of the page. */
function pageSqueeze(page: CachePage): void {
  const start = changetype<usize>(page) + CACHE_PAGE_BYTES;
  const end = changetype<usize>(page) + page.used;
  let at = start;
  let to = start;
  let kept: u32 = 0;
  while (at < end) {
    const block = changetype<CacheBlock>(at);
    const size = blockSize(block.rawBytes);
    const pinned = block.pins > 0;
    const keepMax = block.kind == BLOCK_DATA ? KEEP_DATA_MAX : KEEP_MAX;
    if (pinned || (block.credit > 0 && kept + size <= keepMax)) {
      if (!pinned) {
        block.credit--;
        kept += size;
      }
      if (to != at) moveBlock(block, to, size);
      to += size;
    } else {
      unlinkBlock(block);
    }
    at += size;
  }
  page.used = <u32>(to - changetype<usize>(page));
}

/** Makes the newest page one with room for `size` bytes. */
function roomFor(size: u32): bool {
  assert(size <= PAGE_BYTES - CACHE_PAGE_BYTES);
  if (newestHas(size)) return true;
  const mayGrow = state().pages < state().limitPages && (pagesFree() > 0 || state().pages == 0);
  if (mayGrow && pageTake()) return true;
  for (let attempt: u32 = 0; attempt < EVICTIONS_MAX && attempt < state().pages; attempt++) {
    const oldest = changetype<CachePage>(<usize>state().oldest);
    pageRemove(oldest);
    pageSqueeze(oldest);
    pageAppend(oldest);
    if (newestHas(size)) return true;
  }
  return pageTake(); // all is pinned: beyond the limit
}

@inline
function newestHas(size: u32): bool {
  const newest: usize = state().newest;
  return newest != 0 && PAGE_BYTES - changetype<CachePage>(newest).used >= size;
}

/**
 * Evicts one page of blocks to the page allocator, the oldest that nobody has pinned; false when
 * there is none. Called by the allocator, also from within pageTake.
 */
export function cacheGivePage(): bool {
  let at: usize = state().oldest;
  while (at != 0) {
    const page = changetype<CachePage>(at);
    if (page.pinned == 0) {
      pageGive(page);
      return true;
    }
    at = page.newer;
  }
  return false;
}

// --- Blocks and pins -----------------------------------------------------------------------------

/**
 * Copies a verified raw block into the cache, unless it is there. Null when there is no memory for
 * it.
 */
export function cacheInsert(
  file: u32, offset8: u32, kind: u32, raw: usize, rawBytes: u32,
): CacheBlock | null {
  assertLatched();
  const present = blockAt(file, offset8);
  if (present != null) return present;
  const size = blockSize(rawBytes);
  if (!roomFor(size)) return null;
  const page = changetype<CachePage>(<usize>state().newest);
  const block = changetype<CacheBlock>(changetype<usize>(page) + page.used);
  page.used += size;
  block.file = file;
  block.offset8 = offset8;
  block.rawBytes = rawBytes;
  block.kind = <u8>kind;
  block.credit = kind == BLOCK_DATA ? 0 : 1;
  block.pins = 0;
  const bucket = bucketOf(file, offset8);
  block.next = load<u32>(bucket);
  store<u32>(bucket, <u32>changetype<usize>(block));
  state().blocks++;
  memory.copy(blockPayload(block), raw, rawBytes);
  return block;
}

@inline
function pinCount(slot: u32): usize {
  return PIN_COUNTS_AT + (<usize>slot << 2);
}

@inline
function pinAt(slot: u32, index: u32): usize {
  return <usize>state().pins + <usize>((slot * PINS_MAX + index) * PIN_BYTES);
}

@inline
export function pinsAreFull(slot: u32): bool {
  return load<u32>(pinCount(slot)) == PINS_MAX;
}

/** Keeps the block in the cache for this thread. */
export function cachePin(slot: u32, block: CacheBlock): void {
  const count = load<u32>(pinCount(slot));
  for (let index: u32 = 0; index < count; index++) {
    const pin = pinAt(slot, index);
    if (load<u32>(pin) == block.file && load<u32>(pin, 4) == block.offset8) return;
  }
  assert(count < PINS_MAX);
  store<u32>(pinAt(slot, count), block.file);
  store<u32>(pinAt(slot, count), block.offset8, 4);
  store<u32>(pinCount(slot), count + 1);
  if (block.pins == 0) pageOf(changetype<usize>(block)).pinned++;
  block.pins++;
}

/** Releases what the thread pinned; pages beyond the limit without pins go back. */
export function cacheUnpin(slot: u32): void {
  assertLatched();
  const count = load<u32>(pinCount(slot));
  for (let index: u32 = 0; index < count; index++) {
    const pin = pinAt(slot, index);
    const block = blockAt(load<u32>(pin), load<u32>(pin, 4))!;
    block.pins--;
    if (block.pins == 0) pageOf(changetype<usize>(block)).pinned--;
  }
  store<u32>(pinCount(slot), 0);
  while (state().pages > state().limitPages && cacheGivePage());
}

/** u32 pages, limit in pages, blocks, 0; f64 hits, misses. */
export function cacheFigures(to: usize): void {
  store<u32>(to, state().pages);
  store<u32>(to, state().limitPages, 4);
  store<u32>(to, state().blocks, 8);
  store<u32>(to, 0, 12);
  store<f64>(to, <f64>state().hits, 16);
  store<f64>(to, <f64>state().misses, 24);
}
