// The one page allocator of a memory: pages of 64 KiB, singly or in contiguous runs.
//
// Relies on: the latch is held (or the memory is private).
//
//   page table entry, 16 B
//     next u32 . prev u32 . run u16 . used u16 . free u16 . kind u8 . class u8
//     run    pages of the run that starts here, 0 inside a run and for a free page
//     next, prev, used, free, class belong to the page's owner (a memtable's chain, a heap page)
//
// Invariants:
//   a page is free exactly when its bit in the bitmap is set (kind FREE), or when it waits in the
//   recycle chain (kind still MEMTABLE);
//   single pages are taken from the low end, runs from the high end: runs find contiguous room;
//   pages are counted by kind at every change.
//
// Memory that was never touched costs its first user a page fault for every 4 KiB, on some machines
// many microseconds. So an allocation that comes near the end of what was touched (warmEnd) raises a
// flag, and a thread with nothing better to do touches what comes next (pagesWarm).
//
// The recycle chain makes dropping a memtable O(1): its whole chain is linked in front, and each
// allocation afterwards moves a bounded number of pages from there to the bitmap.
import {
  PAGE_BITMAP_AT, PAGE_BYTES, PAGE_FREE, PAGE_MEMTABLE, PAGE_STATE_AT, PAGE_TABLE_AT, PAGES_MAX,
} from '../layout';
import { cacheGivePage } from '../version/cache';

export const NO_PAGE: u32 = 0xffffffff;
const RECYCLE_STEP: u32 = 16;
const RUN_ATTEMPTS: u32 = 4;
const WARM_AHEAD: u32 = 16; // pages: so near to warmEnd it is time to touch more
const WARM_STEP: u32 = 32;
const TOUCH_BYTES: usize = 4096;

@unmanaged
export class PageState {
  pagesAt: u32; // address of page 0
  pageCount: u32;
  freePages: u32; // set bits of the bitmap
  lowWord: u32; // no set bit below this word of the bitmap
  recycleHead: u32;
  recyclePages: u32;
  kind0: u32; // PAGE_KINDS counters from here, indexed by kind; FREE excludes the recycle chain
  kind1: u32;
  kind2: u32;
  kind3: u32;
  kind4: u32;
  kind5: u32;
  warmEnd: u32; // every page below was touched, or is in use
  highest: u32; // the highest single page that was ever given out
  cold: u32; // 1: allocations are near warmEnd
}

@unmanaged
export class PageEntry {
  next: u32;
  prev: u32;
  run: u16;
  used: u16;
  free: u16;
  kind: u8;
  class: u8;
}

@inline
export function pageState(): PageState {
  return changetype<PageState>(PAGE_STATE_AT);
}

@inline
export function pageEntry(index: u32): PageEntry {
  assert(index < pageState().pageCount);
  return changetype<PageEntry>(PAGE_TABLE_AT + ((<usize>index) << 4));
}

@inline
export function pageIndex(ptr: usize): u32 {
  assert(ptr >= <usize>pageState().pagesAt);
  return <u32>((ptr - <usize>pageState().pagesAt) >> 16);
}

@inline
export function pageAddress(index: u32): usize {
  return <usize>pageState().pagesAt + ((<usize>index) << 16);
}

@inline
function kindCounter(kind: u32): usize {
  return PAGE_STATE_AT + offsetof<PageState>('kind0') + ((<usize>kind) << 2);
}

@inline
export function pagesOfKind(kind: u32): u32 {
  return load<u32>(kindCounter(kind));
}

function countKind(kind: u32, change: i32): void {
  store<u32>(kindCounter(kind), load<u32>(kindCounter(kind)) + change);
}

/** Makes every page from `pagesAt` to the end of the memory free. */
export function pagesInit(pagesAt: u32, memoryBytes: u32): void {
  const state = pageState();
  memory.fill(PAGE_STATE_AT, 0, offsetof<PageState>());
  memory.fill(PAGE_BITMAP_AT, 0, PAGES_MAX >> 3);
  state.pagesAt = pagesAt;
  state.pageCount = min<u32>((memoryBytes - pagesAt) >> 16, PAGES_MAX);
  state.recycleHead = NO_PAGE;
  memory.fill(PAGE_TABLE_AT, 0, (<usize>state.pageCount) << 4);
  for (let index: u32 = 0; index < state.pageCount; index++) setFree(index);
}

@inline
function bitmapWord(index: u32): usize {
  return PAGE_BITMAP_AT + ((<usize>(index >> 6)) << 3);
}

@inline
export function isFree(index: u32): bool {
  return ((load<u64>(bitmapWord(index)) >> (index & 63)) & 1) != 0;
}

function setFree(index: u32): void {
  const word = bitmapWord(index);
  assert(!isFree(index));
  store<u64>(word, load<u64>(word) | ((<u64>1) << (index & 63)));
  const entry = pageEntry(index);
  entry.kind = PAGE_FREE;
  entry.run = 0;
  const state = pageState();
  state.freePages++;
  state.lowWord = min<u32>(state.lowWord, index >> 6);
  countKind(PAGE_FREE, 1);
}

function clearFree(index: u32, kind: u32): void {
  const word = bitmapWord(index);
  assert(isFree(index));
  store<u64>(word, load<u64>(word) & ~((<u64>1) << (index & 63)));
  const entry = pageEntry(index);
  entry.kind = <u8>kind;
  entry.next = NO_PAGE;
  entry.prev = NO_PAGE;
  entry.run = 0;
  pageState().freePages--;
  countKind(PAGE_FREE, -1);
  countKind(kind, 1);
}

/** The lowest free page, or NO_PAGE. */
function lowestFree(): u32 {
  const state = pageState();
  if (state.freePages == 0) return NO_PAGE;
  let word = state.lowWord;
  while (load<u64>(PAGE_BITMAP_AT + ((<usize>word) << 3)) == 0) word++;
  state.lowWord = word;
  return (word << 6) + <u32>ctz<u64>(load<u64>(PAGE_BITMAP_AT + ((<usize>word) << 3)));
}

/** The highest run of `count` free pages, or NO_PAGE. */
function highestRun(count: u32): u32 {
  const state = pageState();
  if (state.freePages < count) return NO_PAGE;
  let found: u32 = 0;
  let index = state.pageCount;
  while (index > 0) {
    index--;
    if ((index & 63) == 63 && load<u64>(bitmapWord(index)) == 0) {
      index -= 63;
      found = 0;
      continue;
    }
    found = isFree(index) ? found + 1 : 0;
    if (found == count) return index;
  }
  return NO_PAGE;
}

/** Moves at most `count` runs of the recycle chain to the bitmap. */
function recycle(count: u32): void {
  const state = pageState();
  while (count > 0 && state.recycleHead != NO_PAGE) {
    const index = state.recycleHead;
    state.recycleHead = pageEntry(index).next;
    const run = runLength(index);
    state.recyclePages -= run;
    release(index, run);
    count--;
  }
}

@inline
export function runLength(index: u32): u32 {
  return <u32>pageEntry(index).run;
}

function release(index: u32, run: u32): void {
  const kind: u32 = pageEntry(index).kind;
  for (let at = index; at < index + run; at++) setFree(at);
  countKind(kind, -(<i32>run));
}

/** One page, its bytes as they were left; 0 when there is none, even from the cache. */
export function pageAlloc(kind: u32): usize {
  recycle(RECYCLE_STEP);
  let index = lowestFree();
  while (index == NO_PAGE) {
    if (!cacheGivePage()) return 0;
    index = lowestFree();
  }
  clearFree(index, kind);
  pageEntry(index).run = 1;
  const state = pageState();
  if (index > state.highest) state.highest = index;
  if (index + WARM_AHEAD > state.warmEnd && state.warmEnd < state.pageCount) state.cold = 1;
  return pageAddress(index);
}

/**
 * Touches some pages that will be given out soon. Needs no latch: adding nothing changes nothing,
 * whoever has the page by now.
 */
export function pagesWarm(): void {
  const state = pageState();
  const start = max<u32>(state.warmEnd, state.highest + 1);
  const end = min<u32>(state.highest + WARM_AHEAD + WARM_STEP, state.pageCount);
  for (let index = start; index < end; index++) {
    const page = pageAddress(index);
    for (let at: usize = 0; at < PAGE_BYTES; at += TOUCH_BYTES) atomic.add<u32>(page + at, 0);
  }
  state.warmEnd = max<u32>(end, state.warmEnd);
  state.cold = 0;
}

/** `count` contiguous pages, or 0. */
export function pageRun(count: u32, kind: u32): usize {
  if (count == 1) return pageAlloc(kind);
  recycle(RECYCLE_STEP);
  let index = highestRun(count);
  if (index == NO_PAGE && pageState().recycleHead != NO_PAGE) {
    recycle(NO_PAGE);
    index = highestRun(count);
  }
  for (let attempt: u32 = 0; index == NO_PAGE && attempt < RUN_ATTEMPTS; attempt++) {
    for (let given: u32 = 0; given < count; given++) {
      if (!cacheGivePage()) {
        attempt = RUN_ATTEMPTS;
        break;
      }
    }
    index = highestRun(count);
  }
  if (index == NO_PAGE) return 0;
  for (let at = index; at < index + count; at++) clearFree(at, kind);
  pageEntry(index).run = <u16>count;
  return pageAddress(index);
}

export function pageFree(ptr: usize): void {
  pageRunFree(ptr);
}

/** Frees the run (or single page) that starts at `ptr`. */
export function pageRunFree(ptr: usize): void {
  const index = pageIndex(ptr);
  const run = runLength(index);
  assert((ptr & (PAGE_BYTES - 1)) == 0 && run > 0);
  release(index, run);
}

export function pageKind(ptr: usize): u32 {
  return pageEntry(pageIndex(ptr)).kind;
}

/**
 * Gives back a whole chain of memtable runs, linked by `next` from `head` to `tail`, `pages` in
 * all. O(1).
 */
export function pageChainFree(head: u32, tail: u32, pages: u32): void {
  const state = pageState();
  assert(pageEntry(head).kind == PAGE_MEMTABLE && pageEntry(tail).next == NO_PAGE);
  pageEntry(tail).next = state.recycleHead;
  state.recycleHead = head;
  state.recyclePages += pages;
}

/** Pages that can be had without asking the cache. */
export function pagesFree(): u32 {
  return pageState().freePages + pageState().recyclePages;
}
