// Small and middle allocations that live long: slabs of one size class in HEAP pages, larger ones
// as page runs.
//
// Relies on: the latch is held (or the memory is private). Blocks are 16-aligned.
//
//   HEAP page entry:  class = size class . used = blocks handed out . free = first free block
//   free block:       +0 index of the next free block of the page u16 (NO_BLOCK = none)
//   HeapState:        one list a class of the pages that have room, linked by next and prev
//
// Invariants: an empty free list means that the blocks handed out so far are exactly 0..used-1, so
// `used` is the next fresh one: no page is ever swept. A page with no block in use goes back to the
// page allocator.
import { HEAP_STATE_AT, PAGE_BYTES, PAGE_HEAP } from '../layout';
import {
  NO_PAGE, PageEntry, pageAddress, pageAlloc, pageEntry, pageIndex, pageRun, pageRunFree,
} from './pages';

const NO_BLOCK: u16 = 0xffff;
const CLASS_RUN: u8 = 255;
const CLASS_BYTES_MIN: u32 = 32;
const CLASS_BYTES_MAX: u32 = 16384;
const CLASSES: u32 = 19; // 32, 48, 64, 96, 128, ... , 12288, 16384

@inline
function listHead(sizeClass: u32): usize {
  return HEAP_STATE_AT + ((<usize>sizeClass) << 2);
}

/** Classes alternate 2^n and 1.5 x 2^n. */
function classBytes(sizeClass: u32): u32 {
  const base = CLASS_BYTES_MIN << (sizeClass >> 1);
  return (sizeClass & 1) != 0 ? base + (base >> 1) : base;
}

function classOf(bytes: u32): u32 {
  if (bytes <= CLASS_BYTES_MIN) return 0;
  const power = 31 - clz<u32>(bytes - 1); // 2^power < bytes <= 2^(power + 1)
  const half = bytes <= (<u32>3) << (power - 1);
  return ((power - 5) << 1) + (half ? 1 : 2);
}

export function heapInit(): void {
  for (let sizeClass: u32 = 0; sizeClass < CLASSES; sizeClass++) {
    store<u32>(listHead(sizeClass), NO_PAGE);
  }
}

/** At least `bytes` bytes with unspecified content, or 0 when there is no page. */
export function heapAlloc(bytes: u32): usize {
  if (bytes > CLASS_BYTES_MAX) return largeAlloc(bytes);
  const sizeClass = classOf(bytes);
  let index = load<u32>(listHead(sizeClass));
  if (index == NO_PAGE) {
    index = slabCreate(sizeClass);
    if (index == NO_PAGE) return 0;
  }
  return blockTake(index, sizeClass);
}

function largeAlloc(bytes: u32): usize {
  const run = pageRun((bytes + PAGE_BYTES - 1) >> 16, PAGE_HEAP);
  if (run != 0) pageEntry(pageIndex(run)).class = CLASS_RUN;
  return run;
}

function slabCreate(sizeClass: u32): u32 {
  const page = pageAlloc(PAGE_HEAP);
  if (page == 0) return NO_PAGE;
  const index = pageIndex(page);
  const entry = pageEntry(index);
  entry.class = <u8>sizeClass;
  entry.used = 0;
  entry.free = NO_BLOCK;
  slabLink(index, entry, sizeClass);
  return index;
}

function blockTake(index: u32, sizeClass: u32): usize {
  const size = classBytes(sizeClass);
  const entry = pageEntry(index);
  const fresh = entry.free == NO_BLOCK;
  const block = pageAddress(index) + <usize>(fresh ? entry.used : entry.free) * size;
  if (!fresh) entry.free = load<u16>(block);
  entry.used++;
  if (slabFull(entry, size)) slabUnlink(index, entry, sizeClass);
  return block;
}

export function heapFree(ptr: usize): void {
  const index = pageIndex(ptr);
  const entry = pageEntry(index);
  assert(entry.kind == PAGE_HEAP);
  if (entry.class == CLASS_RUN) {
    pageRunFree(ptr);
    return;
  }
  const sizeClass: u32 = entry.class;
  const size = classBytes(sizeClass);
  const offset = <u32>(ptr - pageAddress(index));
  assert(offset % size == 0 && entry.used > 0);
  if (slabFull(entry, size)) slabLink(index, entry, sizeClass);
  store<u16>(ptr, entry.free);
  entry.free = <u16>(offset / size);
  entry.used--;
  if (entry.used == 0) {
    slabUnlink(index, entry, sizeClass);
    pageRunFree(pageAddress(index));
  }
}

@inline
function slabFull(entry: PageEntry, size: u32): bool {
  return entry.free == NO_BLOCK && (<u32>entry.used + 1) * size > PAGE_BYTES;
}

function slabLink(index: u32, entry: PageEntry, sizeClass: u32): void {
  const head = load<u32>(listHead(sizeClass));
  entry.next = head;
  entry.prev = NO_PAGE;
  if (head != NO_PAGE) pageEntry(head).prev = index;
  store<u32>(listHead(sizeClass), index);
}

function slabUnlink(index: u32, entry: PageEntry, sizeClass: u32): void {
  if (entry.next != NO_PAGE) pageEntry(entry.next).prev = entry.prev;
  if (entry.prev != NO_PAGE) pageEntry(entry.prev).next = entry.next;
  else store<u32>(listHead(sizeClass), entry.next);
}
