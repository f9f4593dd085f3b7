// Where a memtable's bytes come from: a chain of MEMTABLE pages with two bump pointers.
//
//   chain   head (the page of the Memtable) -> runs in any order -> tail, linked by PageEntry.next
//   entries entryAt .. entryEnd    8-aligned, next-fit; an entry above a page has a run of its own
//   nodes   nodeAt .. nodeEnd      64-aligned: tree nodes and index buckets
//   spares  single pages of the chain that are not in use yet, stacked by PageEntry.prev
//   runs    reserved for large entries, in the order of their use, linked by PageEntry.prev
//
// Relies on: the latch is held. Nothing is freed singly: the chain is spliced off as a whole when
// the memtable is dropped.
//
// Invariant: after arenaReserve said OK, the allocations it was told of cannot fail. That is what
// makes an apply all or nothing. (Next-fit is monotone: an overwrite in place, which asks for less
// than was announced, never makes the rest need more pages than announced.)
import { PAGE_BYTES, PAGE_MEMTABLE } from '../layout';
import { POISON_INVARIANT, fail } from '../memory/fail';
import {
  NO_PAGE, pageAddress, pageAlloc, pageEntry, pageIndex, pageRun, pageRunFree,
} from '../memory/pages';
import { Memtable } from './memtable';

/** Links a run of pages to the end of the chain. */
export function chainAppend(memtable: Memtable, index: u32): void {
  pageEntry(memtable.tail).next = index;
  pageEntry(index).next = NO_PAGE;
  memtable.tail = index;
  memtable.pages += pageEntry(index).run;
}

@inline
export function pagesOfLarge(bytes: u32): u32 {
  return (bytes + PAGE_BYTES - 1) >> 16;
}

/** Adds `count` spare pages, or none of them. */
export function spareReserve(memtable: Memtable, count: u32): bool {
  let taken: u32 = NO_PAGE;
  for (let at: u32 = 0; at < count; at++) {
    const page = pageAlloc(PAGE_MEMTABLE);
    if (page == 0) {
      giveBack(taken);
      return false;
    }
    const index = pageIndex(page);
    pageEntry(index).prev = taken;
    taken = index;
  }
  while (taken != NO_PAGE) {
    const next = pageEntry(taken).prev;
    chainAppend(memtable, taken);
    pageEntry(taken).prev = memtable.spareHead;
    memtable.spareHead = taken;
    memtable.spares++;
    taken = next;
  }
  return true;
}

function giveBack(head: u32): void {
  while (head != NO_PAGE) {
    const next = pageEntry(head).prev;
    pageRunFree(pageAddress(head));
    head = next;
  }
}

/** Queues a run for a large entry. It joins the chain when it is used. */
export function runReserve(memtable: Memtable, bytes: u32): bool {
  const run = pageRun(pagesOfLarge(bytes), PAGE_MEMTABLE);
  if (run == 0) return false;
  const index = pageIndex(run);
  pageEntry(index).prev = NO_PAGE;
  if (memtable.runHead == NO_PAGE) memtable.runHead = index;
  else pageEntry(memtable.runTail).prev = index;
  memtable.runTail = index;
  return true;
}

/** Frees the runs that were queued and not used. */
export function runsRelease(memtable: Memtable): void {
  giveBack(memtable.runHead);
  memtable.runHead = NO_PAGE;
  memtable.runTail = NO_PAGE;
}

function runTake(memtable: Memtable): u32 {
  const index = memtable.runHead;
  if (index == NO_PAGE) fail(POISON_INVARIANT);
  memtable.runHead = pageEntry(index).prev;
  return index;
}

/** A large entry was overwritten in place: its queued run is not needed. */
export function runDiscard(memtable: Memtable): void {
  pageRunFree(pageAddress(runTake(memtable)));
}

/** An unused page of the chain, for nodes, entries or index segments. */
export function spareTake(memtable: Memtable): usize {
  const index = memtable.spareHead;
  if (index == NO_PAGE) fail(POISON_INVARIANT);
  memtable.spareHead = pageEntry(index).prev;
  memtable.spares--;
  return pageAddress(index);
}

/** Room for one entry; announced to the reservation, so it does not fail. */
@inline
export function entryAllocate(memtable: Memtable, bytes: u32): usize {
  const at: usize = memtable.entryAt;
  if (<u32>(<usize>memtable.entryEnd - at) < bytes) return entryAllocateSlow(memtable, bytes);
  memtable.entryAt = <u32>at + bytes;
  return at;
}

function entryAllocateSlow(memtable: Memtable, bytes: u32): usize {
  if (bytes > PAGE_BYTES) {
    const index = runTake(memtable);
    chainAppend(memtable, index);
    const at = pageAddress(index);
    offerRest(memtable, <u32>at + bytes, <u32>at + (<u32>pageEntry(index).run << 16));
    return at;
  }
  const page = spareTake(memtable);
  memtable.entryAt = <u32>page + bytes;
  memtable.entryEnd = <u32>page + PAGE_BYTES;
  return page;
}

/**
 * What a large entry leaves of its last page serves the next entries, if it is more than they have
 * now.
 */
function offerRest(memtable: Memtable, at: u32, end: u32): void {
  if (end - at <= memtable.entryEnd - memtable.entryAt) return;
  memtable.entryAt = at;
  memtable.entryEnd = end;
}

/** Room for a tree node or an overflow bucket; announced, so it does not fail. */
export function nodeAllocate(memtable: Memtable, bytes: u32): usize {
  if (memtable.nodeEnd - memtable.nodeAt < bytes) {
    const page = <u32>spareTake(memtable);
    memtable.nodeAt = page;
    memtable.nodeEnd = page + PAGE_BYTES;
  }
  const at = memtable.nodeAt;
  memtable.nodeAt = at + bytes;
  return at;
}
