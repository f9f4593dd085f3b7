// One step of a scan or query: entries of a key range in order, merged from the memtables and all
// tables.
//
// A cursor is nothing but (bounds, direction): each call seeks anew under the latch, emits a run
// (layout.ts, RunEntry) to OUT and says in RESULT with which key to go on. No pointer, pin or
// version survives the call (R15).
//
//   OUT := run, at most RUN_BYTES_MAX and one largest entry
//   the last key lies at LAST_KEY_AT
//
// Of equal keys the newest is the entry; tombstones are stepped over unless they are asked for. The
// last key is the last one stepped over, so a call that emits nothing still progresses; a call that
// has stepped over nothing returns NEED_BLOCK, and the blocks provided for it are pinned until it
// succeeds.
//
// Bounds of a call (R20): TOUCHED_MAX entries, shadowed ones and tombstones included;
// RUN_BYTES_MAX; no block is fetched when anything was stepped over. RESULT.needKind is then not 0:
// a hint which block the next call will miss.

import {
  BAD_INPUT, CURSOR_COUNT, CURSOR_HEADS, CURSOR_HIGH_EXCLUSIVE, CURSOR_LOW_EXCLUSIVE,
  CURSOR_REVERSE, CURSOR_TOMBSTONES, DELETE, INLINE_VALUE_MAX, KEY_BYTES_MAX, LARGE_REF,
  LAST_KEY_AT, NEED_BLOCK, OK, RUN_BYTES_MAX, RUN_ENTRY_BYTES, RunEntry, TOUCHED_MAX,
} from '../layout';
import { ITEM_HEADER_BYTES } from '../item/item';
import { alignUp8, compareBytes, copyBytes } from '../memory/bytes';
import { key2Ptr, keyPtr, outPtr, request, result, scratch } from '../memory/thread';
import { memtableActive, memtableFrozen } from '../memtable/memtable';
import { Lane, laneAt, lanesDrop, lanesInsert, lanesSettle, sameKey } from '../merge/lanes';
import { LEVELS, levelStart, versionState } from '../version/version';
import {
  Bounds, CursorLane, LANE_BYTES, laneInRange, laneMove, laneOpen, memtableSeek, tablesSeek,
} from './cursor-lane';
import { leave, shardEnterAt, writeState } from './header';
import { laneLeap, laneSkip } from './lane-skip';

/**
 * At the start of VersionState.lanes: the state of the call that holds the latch. Lanes follow at
 * LANE_BYTES each.
 */
@unmanaged
class Scan {
  lanes: usize; // sorted pointers
  laneCount: u32;
  reverse: u32;
  opened: u32;
  touched: u32;
  flags: u32;
  countMax: u32;
  bytesMax: u32;
}
const SKIPPED_AT: usize = 40;
const BOUNDS_AT: usize = 64;
const LANES_AT: usize = 128;
/** What stepping over things costs of a call's bound: a leap some entries, entries looked at an eighth each. */
const LEAP_TOUCHES: u32 = 16;
const SKIP_SHIFT: u32 = 3;

@inline
function scan(): Scan {
  return changetype<Scan>(<usize>versionState().lanes);
}

/** Entries in the run (RESULT.count), or a status. Input: CursorRequest, bounds in KEY and KEY2. */
export function cursorNext(catalogEpoch: u32): i32 {
  const asked = request();
  if (asked.lowLength > KEY_BYTES_MAX || asked.highLength > KEY_BYTES_MAX) return BAD_INPUT;
  const status = shardEnterAt(catalogEpoch);
  return status == OK ? leave(cursorRun()) : status;
}

function cursorRun(): i32 {
  const asked = request();
  const answer = result();
  answer.count = 0;
  answer.bytes = 0;
  answer.more = 0;
  answer.needKind = 0;
  answer.maxSequence = 0;
  answer.lastKeyLength = 0;
  answer.readSequence = <f64>writeState().lastSequence;
  answer.version = versionState().number;
  const state = scan();
  state.lanes = changetype<usize>(state) + LANES_AT;
  state.laneCount = 0;
  state.opened = 0;
  state.touched = 0;
  state.flags = asked.flags;
  state.reverse = asked.flags & CURSOR_REVERSE;
  state.countMax = asked.countMax == 0 ? u32.MAX_VALUE : asked.countMax;
  state.bytesMax = asked.bytesMax == 0 ? RUN_BYTES_MAX : min<u32>(asked.bytesMax, RUN_BYTES_MAX);
  const bounds = changetype<Bounds>(changetype<usize>(state) + BOUNDS_AT);
  bounds.low = keyPtr();
  bounds.lowLength = asked.lowLength;
  bounds.high = key2Ptr();
  bounds.highLength = asked.highLength;
  bounds.lowExclusive = asked.flags & CURSOR_LOW_EXCLUSIVE;
  bounds.highExclusive = asked.flags & CURSOR_HIGH_EXCLUSIVE;
  if (isEmptyRange(bounds)) return 0;
  const status = openLanes(state, bounds);
  return status == OK ? emitRun(state) : status;
}

/** Lanes rely on a low bound that is not above the high one. */
function isEmptyRange(bounds: Bounds): bool {
  if (bounds.highLength == 0) return false;
  return compareBytes(bounds.low, bounds.lowLength, bounds.high, bounds.highLength) > 0;
}

// --- Sources -------------------------------------------------------------------------------------

function openLanes(state: Scan, bounds: Bounds): i32 {
  const reverse = state.reverse != 0;
  let status = admit(state, memtableSeek(newLane(state, bounds), memtableActive(), reverse));
  if (status == OK && memtableFrozen() != 0) {
    status = admit(state, memtableSeek(newLane(state, bounds), memtableFrozen(), reverse));
  }
  const level0 = levelStart(1);
  for (let index: u32 = 0; index < level0 && status == OK; index++) {
    status = admit(state, tablesSeek(newLane(state, bounds), index, index + 1, reverse));
  }
  for (let level: u32 = 1; level < LEVELS && status == OK; level++) {
    const start = levelStart(level);
    const end = levelStart(level + 1);
    if (start < end) status = admit(state, tablesSeek(newLane(state, bounds), start, end, reverse));
  }
  return status;
}

function newLane(state: Scan, bounds: Bounds): CursorLane {
  const lane = laneOf(state, state.opened);
  laneOpen(lane, state.opened, bounds);
  state.opened++;
  return lane;
}

@inline
function laneOf(state: Scan, index: u32): CursorLane {
  return changetype<CursorLane>(changetype<usize>(state) + <usize>((index + 1) * LANE_BYTES));
}

/** Takes the newest lane into the merge if it stands on an entry of the range. */
function admit(state: Scan, moved: i32): i32 {
  if (moved < 0) return moved;
  const lane = laneOf(state, state.opened - 1);
  if (moved == 0 || !laneInRange(lane, state.reverse != 0)) return OK;
  lanesInsert(state.lanes, state.laneCount, lane, state.reverse != 0);
  state.laneCount++;
  return OK;
}

// --- The run -------------------------------------------------------------------------------------

function emitRun(state: Scan): i32 {
  const answer = result();
  const out = outPtr();
  const wantsTombstones = (state.flags & CURSOR_TOMBSTONES) != 0;
  const countsOnly = (state.flags & CURSOR_COUNT) != 0;
  let bytes: u32 = 0;
  let count: u32 = 0;
  let maxSequence: u64 = 0;
  const skips = countsOnly && !wantsTombstones && state.reverse == 0
    && state.countMax == u32.MAX_VALUE;
  while (state.laneCount > 0) {
    if (skips) {
      const skipped = skipAhead(state);
      count += skipped.entries;
      if (skipped.sequence > maxSequence) maxSequence = skipped.sequence;
      if (skipped.moved != 0) continue;
    }
    const lane = laneAt(state.lanes, 0);
    if (lane.sequence > maxSequence) maxSequence = lane.sequence;
    if (lane.kind != DELETE || wantsTombstones) {
      if (!countsOnly) bytes += emit(out + bytes, lane, state.flags);
      count++;
    }
    state.touched++;
    const spent = state.touched + state.opened > TOUCHED_MAX;
    const full = count >= state.countMax || bytes >= state.bytesMax || spent;
    const status = full ? NEED_BLOCK : stepOver(state);
    if (status == OK) continue;
    if (status != NEED_BLOCK) return status;
    answer.more = 1;
    saveLastKey(lane);
    break;
  }
  answer.count = count;
  answer.bytes = bytes;
  answer.maxSequence = <f64>maxSequence;
  if (!ASC_NO_ASSERT) answer.touched = state.touched;
  return <i32>count;
}

/** What skipAhead stepped over. Lies behind the Scan. */
@unmanaged
class Skipped {
  sequence: u64;
  entries: u32;
  moved: u32; // the lanes have a new order: begin with the first one again
}

/** Steps the first lane over what lies before the second one and need not be walked (lane-skip.ts). */
function skipAhead(state: Scan): Skipped {
  const skipped = changetype<Skipped>(changetype<usize>(state) + SKIPPED_AT);
  const lane = changetype<CursorLane>(laneAt(state.lanes, 0));
  const limit = state.laneCount > 1 ? laneAt(state.lanes, 1) : null;
  const leapt = laneLeap(lane, limit);
  skipped.moved = leapt > 0 ? 1 : 0;
  if (leapt > 0) {
    skipped.sequence = 0; // what is in tables is durable
    skipped.entries = leapt;
    state.touched += LEAP_TOUCHES;
    laneMoved(state, state.lanes, state.laneCount, lane, 1, false);
    return skipped;
  }
  lane.skippedSequence = 0;
  const passed = laneSkip(lane, limit);
  skipped.entries = passed >> 16;
  skipped.sequence = lane.skippedSequence;
  if (passed > 0) state.touched += 1 + ((passed & 0xffff) >> SKIP_SHIFT);
  return skipped;
}

/** Writes one RunEntry and returns its bytes. */
@inline
function emit(to: usize, lane: Lane, flags: u32): u32 {
  const entry = changetype<RunEntry>(to);
  const keyLength = lane.keyLength;
  let valueLength = lane.valueLength;
  let kind = lane.kind;
  entry.largeLength = 0;
  if (kind == LARGE_REF) {
    entry.largeLength = load<u32>(lane.value, 8);
    valueLength = 0;
  } else if ((flags & CURSOR_HEADS) != 0) {
    valueLength = min<u32>(valueLength, <u32>ITEM_HEADER_BYTES);
  } else if (valueLength > INLINE_VALUE_MAX) {
    entry.largeLength = valueLength;
    kind = LARGE_REF;
    valueLength = 0;
  }
  const bytes = alignUp8(RUN_ENTRY_BYTES + keyLength + valueLength);
  entry.entryBytes = bytes;
  entry.keyLength = <u16>keyLength;
  entry.kind = <u8>kind;
  entry.zero = 0;
  entry.valueLength = valueLength;
  entry.sequence = <f64>lane.sequence;
  copyBytes(to + RUN_ENTRY_BYTES, lane.key, keyLength);
  copyBytes(to + RUN_ENTRY_BYTES + keyLength, lane.value, valueLength);
  return bytes;
}

/**
 * Moves every lane that stands on the first key. After a status the first lane still has that key.
 */
@inline
function stepOver(state: Scan): i32 {
  const reverse = state.reverse != 0;
  const first = laneAt(state.lanes, 0);
  while (state.laneCount > 1 && sameKey(first, laneAt(state.lanes, 1))) {
    const status = moveLane(state, 1, reverse);
    if (status != OK) return status;
    state.touched++;
  }
  return moveLane(state, 0, reverse);
}

/** Moves the lane at an index of the sorted ones, those before it being less. */
@inline
function moveLane(state: Scan, index: u32, reverse: bool): i32 {
  const lanes = state.lanes + (<usize>index << 2);
  const count = state.laneCount - index;
  const lane = changetype<CursorLane>(<usize>load<u32>(lanes));
  const moved = laneMove(lane, reverse);
  if (moved < 0) return moved;
  laneMoved(state, lanes, count, lane, moved, reverse);
  return OK;
}

/** Puts the first of some lanes, which has moved, back in order, or takes it out at its end. */
@inline
function laneMoved(
  state: Scan, lanes: usize, count: u32, lane: CursorLane, moved: i32, reverse: bool,
): void {
  if (moved > 0 && laneInRange(lane, reverse)) {
    lanesSettle(lanes, count, reverse);
  } else {
    lanesDrop(lanes, count);
    state.laneCount--;
  }
}

function saveLastKey(lane: Lane): void {
  const answer = result();
  const to = scratch + LAST_KEY_AT;
  copyBytes(to, lane.key, lane.keyLength);
  answer.lastKeyPtr = <u32>to;
  answer.lastKeyLength = lane.keyLength;
}
