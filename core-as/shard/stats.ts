// What a shard says about itself, in one struct (Stats in layout.ts) that the caller gives room
// for.
import {
  OK, PAGE_CACHE, PAGE_HEAP, PAGE_LARGE, PAGE_MEMTABLE, PAGE_THREAD, Stats,
} from '../layout';
import { pageState, pagesFree, pagesOfKind } from '../memory/pages';
import { Memtable, memtableActive, memtableFrozen, memtablePages } from '../memtable/memtable';
import { hasLog, lastSequence, leave, shardEnter, shardInfo, writeState } from './header';
import { lockCount } from './locks';
import { durableSequence, ringHead, ringTail } from './ring';
import { shapeCount, shapeNamesBytes } from './shapes';

/** Fills the Stats at `at`. */
export function stats(at: usize): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  const out = changetype<Stats>(at);
  memory.fill(at, 0, offsetof<Stats>());
  sequencesFill(out);
  activeFill(out, changetype<Memtable>(memtableActive()));
  if (memtableFrozen() != 0) frozenFill(out, changetype<Memtable>(memtableFrozen()));
  pagesFill(out);
  countersFill(out);
  return leave(OK);
}

function sequencesFill(out: Stats): void {
  out.lastSequence = lastSequence();
  out.durableSequence = durableSequence();
  out.retiredSequence = <f64><i64>writeState().retiredSequence;
  out.catalogEpoch = writeState().catalogEpoch;
}

function activeFill(out: Stats, memtable: Memtable): void {
  out.activeMaxSequence = <f64><i64>memtable.maxSequence;
  out.activeBytes = <f64><i64>memtable.bytes;
  out.activeEntries = memtable.entries;
  out.activeTombstones = memtable.tombstones;
  out.activePages = memtablePages(memtable);
  out.activeFirstEpoch = memtable.firstEpoch;
}

function frozenFill(out: Stats, memtable: Memtable): void {
  out.hasFrozen = 1;
  out.frozenMaxSequence = <f64><i64>memtable.maxSequence;
  out.frozenBytes = <f64><i64>memtable.bytes;
  out.frozenEntries = memtable.entries;
  out.frozenTombstones = memtable.tombstones;
  out.frozenPages = memtablePages(memtable);
  out.frozenFirstEpoch = memtable.firstEpoch;
}

function pagesFill(out: Stats): void {
  const state = writeState();
  out.softPages = state.softPages;
  out.hardPages = state.hardPages;
  out.pageCount = pageState().pageCount;
  out.pagesFree = pagesFree();
  out.pagesMemtable = pagesOfKind(PAGE_MEMTABLE) - pageState().recyclePages;
  out.pagesCache = pagesOfKind(PAGE_CACHE);
  out.pagesHeap = pagesOfKind(PAGE_HEAP);
  out.pagesThread = pagesOfKind(PAGE_THREAD);
  out.pagesLarge = pagesOfKind(PAGE_LARGE);
}

function countersFill(out: Stats): void {
  const state = writeState();
  out.ringBytes = hasLog() ? shardInfo().ringBytes : 0;
  out.ringUsed = ringHead() - ringTail();
  out.shapes = shapeCount();
  out.shapeNamesBytes = shapeNamesBytes();
  out.locks = lockCount();
  out.applies = state.applies;
  out.freezes = state.freezes;
  out.memtableFullStalls = state.fullStalls;
  out.logFullStalls = state.logStalls;
}
