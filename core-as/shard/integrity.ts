// The integrity walk of a shard's memory, in steps of bounded work (R20). Tables have their own
// (core-as/version).
//
//   phase 1, 2   active, frozen memtable: keys strictly ascending, entries whole, inside memtable
//                pages and found by the hash index, sequences not above the last; as many as told
//   phase 3, 4   their hash indexes: each entry in the bucket of its hash
//   phase 5      pages: kinds, bitmap, counters
//   phase 6      ring: records follow each other from tail to head with ascending sequences
//
// The state of a walk lies in the caller's scratch (WalkState in the request area, its last key at
// KEY), so a walk survives writers between its steps: it goes on behind the last key. Totals are
// compared only if no write came between.
import {
  CONTINUE, CORRUPT, DELETE, ENTRY_BYTES, Entry, KEY_BYTES_MAX, LOG_RECORD_BYTES, LogRecord, OK,
  PAGE_FREE, PAGE_KINDS, PAGE_MEMTABLE, PARAMS_AT, PUT, RECORD_FILLER, TOUCHED_MAX,
} from '../layout';
import { compareBytes } from '../memory/bytes';
import { assertTouched } from '../memory/latch';
import { isFree, pageEntry, pageKind, pageState, pagesOfKind } from '../memory/pages';
import { keyPtr, result, scratch } from '../memory/thread';
import { bucketCheck, keyHash } from '../memtable/hash-index';
import { Memtable, memtableActive, memtableFind, memtableFrozen } from '../memtable/memtable';
import {
  NO_POSITION, SEEK_ABOVE, treeEntry, treeFirst, treeNext, treeSeek,
} from '../memtable/tree';
import { hasLog, leave, shardEnter, shardInfo, writeState } from './header';
import { ringHead, ringPtr, ringTail } from './ring';

const STEP: u32 = TOUCHED_MAX;
const PAGES_STEP: u32 = 2048;

@unmanaged
class WalkState {
  phase: u32;
  keyLength: u32; // of the last key walked, at KEY
  at: u32; // next bucket, next page, or ring position
  walked: u32;
  memtable: u32; // the one being walked
  freezes: u32;
  sequence: u64; // last sequence when the phase began
  ringSequence: u64;
  kinds: u32; // PAGE_KINDS counters from here
}

function walk(): WalkState {
  return changetype<WalkState>(scratch + PARAMS_AT);
}

/**
 * One step of the walk; `step` 0 begins it, any other goes on. CONTINUE: call again. OK: done, all
 * is well. CORRUPT: Result.count = the phase that found it. Uses KEY and the request area, which
 * the caller leaves alone in between.
 */
export function integrity(step: u32): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  const state = walk();
  if (step == 0) {
    memory.fill(changetype<usize>(state), 0, offsetof<WalkState>() + PAGE_KINDS * 4);
    phaseBegin(1);
  }
  result().count = state.phase;
  const found = phaseStep(state.phase);
  if (found != OK) return leave(found);
  if (state.phase == 6) return leave(OK);
  phaseBegin(state.phase + 1);
  return leave(CONTINUE);
}

function phaseBegin(phase: u32): void {
  const state = walk();
  state.phase = phase;
  state.keyLength = 0;
  state.walked = 0;
  state.at = phase == 6 ? ringTail() : 0;
  state.ringSequence = 0;
  state.sequence = writeState().lastSequence;
  state.freezes = writeState().freezes;
  state.memtable = phase == 1 || phase == 3 ? <u32>memtableActive() : <u32>memtableFrozen();
  memory.fill(changetype<usize>(state) + offsetof<WalkState>('kinds'), 0, PAGE_KINDS * 4);
}

function phaseStep(phase: u32): i32 {
  if (phase == 5) return pagesStep();
  if (phase == 6) return hasLog() ? ringStep() : OK;
  const present = phase == 1 || phase == 3 ? <u32>memtableActive() : <u32>memtableFrozen();
  if (present == 0 || present != walk().memtable) return OK; // it was frozen or dropped meanwhile
  const memtable = changetype<Memtable>(<usize>present);
  return phase <= 2 ? treeStep(memtable) : bucketsStep(memtable);
}

/** Whether the memtable is the same, entry for entry, as when the phase began. */
function isUnchanged(): bool {
  return walk().sequence == writeState().lastSequence && walk().freezes == writeState().freezes;
}

function treeStep(memtable: Memtable): i32 {
  const state = walk();
  const key = keyPtr();
  const tree = changetype<usize>(memtable);
  let position = state.keyLength == 0
    ? treeFirst(tree)
    : treeSeek(tree, key, state.keyLength, SEEK_ABOVE);
  for (let touched: u32 = 0; touched < STEP; touched++) {
    if (position == NO_POSITION) {
      return isUnchanged() && state.walked != memtable.entries ? CORRUPT : OK;
    }
    const entry = changetype<Entry>(treeEntry(position));
    assertTouched(STEP);
    if (!entryCheck(memtable, entry)) return CORRUPT;
    const entryKey = changetype<usize>(entry) + ENTRY_BYTES;
    if (compareBytes(key, state.keyLength, entryKey, entry.keyLength) >= 0) return CORRUPT;
    state.keyLength = entry.keyLength;
    memory.copy(key, entryKey, entry.keyLength);
    state.walked++;
    position = treeNext(position);
  }
  return CONTINUE;
}

function entryCheck(memtable: Memtable, entry: Entry): bool {
  const at = changetype<usize>(entry);
  const end = at + ENTRY_BYTES + entry.keyLength + entry.valueLength;
  if ((at & 7) != 0 || at < <usize>pageState().pagesAt || end > <usize>shardInfo().memoryBytes) {
    return false;
  }
  if (pageKind(at) != PAGE_MEMTABLE || pageKind(end - 1) != PAGE_MEMTABLE) return false;
  if (entry.kind != PUT && entry.kind != DELETE) return false;
  if (entry.keyLength == 0 || <u32>entry.keyLength > KEY_BYTES_MAX) return false;
  if (entry.sequence > memtable.maxSequence || memtable.maxSequence > writeState().lastSequence) {
    return false;
  }
  const hash = <u32>keyHash(shardInfo().seed, at + ENTRY_BYTES, entry.keyLength);
  return memtableFind(memtable, hash, at + ENTRY_BYTES, entry.keyLength) === entry;
}

function bucketsStep(memtable: Memtable): i32 {
  const state = walk();
  for (let touched: u32 = 0; touched < STEP; touched += 8) {
    if (state.at >= memtable.buckets) {
      return isUnchanged() && state.walked != memtable.entries ? CORRUPT : OK;
    }
    const entries = bucketCheck(memtable, state.at, shardInfo().seed);
    if (entries < 0) return CORRUPT;
    state.walked += entries;
    state.at++;
  }
  return CONTINUE;
}

function kindCount(kind: u32): usize {
  return changetype<usize>(walk()) + offsetof<WalkState>('kinds') + ((<usize>kind) << 2);
}

function pagesStep(): i32 {
  const state = walk();
  const pages = pageState();
  if (state.at == 0) state.sequence = pagesMark();
  const end = min<u32>(pages.pageCount, state.at + PAGES_STEP);
  for (; state.at < end; state.at++) {
    const entry = pageEntry(state.at);
    if (<u32>entry.kind >= PAGE_KINDS || isFree(state.at) != (entry.kind == PAGE_FREE)) {
      return CORRUPT;
    }
    store<u32>(kindCount(entry.kind), load<u32>(kindCount(entry.kind)) + 1);
    if (state.at + <u32>entry.run > pages.pageCount) return CORRUPT;
  }
  if (state.at < pages.pageCount) return CONTINUE;
  if (state.sequence != pagesMark()) return OK; // pages changed hands between the steps
  for (let kind: u32 = 0; kind < PAGE_KINDS; kind++) {
    if (load<u32>(kindCount(kind)) != pagesOfKind(kind)) return CORRUPT;
  }
  if (pagesOfKind(PAGE_FREE) != pages.freePages) return CORRUPT;
  return chainsCheck() ? OK : CORRUPT;
}

/** Changes with most allocations: good enough to skip a comparison that would not be fair. */
function pagesMark(): u64 {
  let mark: u64 = 0;
  for (let kind: u32 = 0; kind < PAGE_KINDS; kind++) mark = mark * 16411 + pagesOfKind(kind);
  return mark;
}

/** Every MEMTABLE page belongs to a memtable or waits to be recycled. */
function chainsCheck(): bool {
  let pages = changetype<Memtable>(memtableActive()).pages + pageState().recyclePages;
  if (memtableFrozen() != 0) pages += changetype<Memtable>(memtableFrozen()).pages;
  return pages == pagesOfKind(PAGE_MEMTABLE);
}

function ringStep(): i32 {
  const state = walk();
  const head = ringHead();
  const size = shardInfo().ringBytes;
  if (head - ringTail() > size) return CORRUPT;
  if (state.at - ringTail() > size) { // the log thread went past it: go on from its tail
    state.at = ringTail();
    state.ringSequence = 0;
  }
  for (let touched: u32 = 0; touched < STEP; touched++) {
    if (state.at == head) return OK;
    const record = changetype<LogRecord>(ringPtr(state.at));
    const bytes = record.recordBytes;
    if (bytes == 0 || (bytes & 7) != 0 || bytes > head - state.at) return CORRUPT;
    if (bytes > size - (state.at & (size - 1))) return CORRUPT;
    if ((record.flags & RECORD_FILLER) == 0) {
      if (bytes < LOG_RECORD_BYTES || record.entryCount == 0) return CORRUPT;
      if (record.firstSequence <= state.ringSequence) return CORRUPT;
      state.ringSequence = record.firstSequence + record.entryCount - 1;
      if (state.ringSequence > writeState().lastSequence) return CORRUPT;
    }
    state.at += bytes;
  }
  return CONTINUE;
}
