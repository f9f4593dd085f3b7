// Which tables are live: the version of a shard.
//
// A Version is immutable; an install builds the next one beside it, checks it, and swaps the
// pointer in one latched call.
//
//   Version := u32 start[8] . entries   start[n]: first table of level n; start[7]: how many
//   entry   := u32 Table . u32 file     level 0 by descending file id (newest first, may overlap),
//                                       levels 1..6 by key, disjoint
//   Table   := 128 bytes . tail of the file (TOP block, footer) as it was read, verified in place
//
// A Table begins as tableReserve (latched, memory only); the host writes the tail behind it;
// tableRegister verifies it without the latch; versionInstall makes it live. What an install
// removes is freed by it: no pointer to a Table survives a latched call.

import {
  BAD_INPUT, CORRUPT, NO_MEMORY, OK, PAGE_HEAP, TOO_LARGE, VERSION_STATE_AT,
} from '../layout';
import { heapAlloc, heapFree } from '../memory/heap';
import { assertLatched } from '../memory/latch';
import { compareBytes } from '../memory/bytes';
import { pageRun } from '../memory/pages';
import { result } from '../memory/thread';
import { FOOTER_BYTES, footerAt, tailVerify } from '../table/footer';
import { TOP_RAW_MAX, TRAILER_BYTES } from '../table/format';
import { topHeader, topMaxKey, topMinKey } from '../table/top';
import { leave, shardEnter } from '../shard/header';

export const LEVELS: u32 = 7;
/** Writers stall at 12 tables in level 0 (R11); a flush of absurdly long keys may add several. */
export const LEVEL0_MAX: u32 = 20;
export const TABLE_BYTES: u32 = 128;
const TAIL_BYTES_MAX: u32 = TOP_RAW_MAX + TRAILER_BYTES + FOOTER_BYTES;
const STARTS_BYTES: u32 = (LEVELS + 1) << 2;
const ENTRY_SHIFT: u32 = 3;
export const LANE_PAGES: u32 = 7;

@unmanaged
export class VersionState {
  current: u32;
  number: u32;
  // LANE_PAGES pages: the sources of the cursor call that holds the latch (shard/cursor-lane.ts)
  lanes: u32;
}

@unmanaged
export class Table {
  file: u32;
  level: u32;
  tailBytes: u32;
  registered: u32;
  top: u32;
  minKey: u32;
  minKeyLength: u32;
  maxKey: u32;
  maxKeyLength: u32;
  zero: u32;
  fileBytes: u64;
  entries: u64;
  tombstones: u64;
  maxSequence: u64;
}

@inline
export function versionState(): VersionState {
  return changetype<VersionState>(VERSION_STATE_AT);
}

@inline
function versionNow(): usize {
  return versionState().current;
}

/** Index of the first table of a level; of level LEVELS: the count of all. */
@inline
export function levelStart(level: u32): u32 {
  return load<u32>(versionNow() + (<usize>level << 2));
}

@inline
function entryOf(version: usize, index: u32): usize {
  return version + STARTS_BYTES + (<usize>index << ENTRY_SHIFT);
}

@inline
function tableOf(version: usize, index: u32): Table {
  return changetype<Table>(<usize>load<u32>(entryOf(version, index)));
}

@inline
export function tableAt(index: u32): Table {
  return tableOf(versionNow(), index);
}

/** An empty version, once, when the shard is made. False without memory. */
export function versionInit(): bool {
  const version = heapAlloc(STARTS_BYTES);
  const lanes = pageRun(LANE_PAGES, PAGE_HEAP);
  if (version == 0 || lanes == 0) return false;
  memory.fill(version, 0, STARTS_BYTES);
  versionState().current = <u32>version;
  versionState().number = 1;
  versionState().lanes = <u32>lanes;
  return true;
}

/**
 * The first table of a level (1..6) whose largest key is not below `key`: an index, maybe the start
 * of the next level.
 */
export function tableSeek(level: u32, key: usize, keyLength: u32): u32 {
  let low = levelStart(level);
  let high = levelStart(level + 1);
  while (low < high) {
    const middle = (low + high) >> 1;
    const table = tableAt(middle);
    if (compareBytes(table.maxKey, table.maxKeyLength, key, keyLength) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

// --- Registration --------------------------------------------------------------------------------

/**
 * Room for a table whose tail has this many bytes. Returns the Table; RESULT.valuePtr says where
 * the tail goes: the last `tailBytes` bytes of the file. Then tableRegister, or tableRelease to
 * give up.
 */
export function tableReserve(tailBytes: u32): i32 {
  if (tailBytes <= FOOTER_BYTES || tailBytes > TAIL_BYTES_MAX) return BAD_INPUT;
  const status = shardEnter();
  if (status != OK) return status;
  const ptr = heapAlloc(TABLE_BYTES + tailBytes);
  if (ptr == 0) return leave(NO_MEMORY);
  memory.fill(ptr, 0, TABLE_BYTES);
  changetype<Table>(ptr).tailBytes = tailBytes;
  result().valuePtr = <u32>ptr + TABLE_BYTES;
  return leave(<i32>ptr);
}

/**
 * Verifies the tail behind the Table, without the latch. OK or CORRUPT; what is corrupt is
 * released.
 */
export function tableRegister(tablePtr: u32, file: u32, fileBytes: f64, level: u32): i32 {
  const table = changetype<Table>(<usize>tablePtr);
  const tail = <usize>tablePtr + TABLE_BYTES;
  assert(table.registered == 0);
  if (level >= LEVELS) return BAD_INPUT;
  if (!tailVerify(tail, table.tailBytes, file, <u64>fileBytes)) {
    const status = tableRelease(tablePtr);
    return status == OK ? CORRUPT : status;
  }
  const footer = footerAt(tail + table.tailBytes - FOOTER_BYTES);
  table.file = file;
  table.level = level;
  table.top = <u32>tail;
  table.minKey = <u32>topMinKey(tail);
  table.minKeyLength = topHeader(tail).minKeyLength;
  table.maxKey = <u32>topMaxKey(tail);
  table.maxKeyLength = topHeader(tail).maxKeyLength;
  table.fileBytes = footer.fileBytes;
  table.entries = footer.entries;
  table.tombstones = footer.tombstones;
  table.maxSequence = footer.maxSequence;
  table.registered = 1;
  return OK;
}

/** Frees a Table that is not live. */
export function tableRelease(tablePtr: u32): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  heapFree(tablePtr);
  return leave(OK);
}

// --- Installing ----------------------------------------------------------------------------------

/**
 * The next version: `edit` is u32 addCount . u32 removeCount . u32 Table[addCount] . u32
 * file[removeCount]. A file that is removed and added again in one edit moves to another level. The
 * latch is held. OK; BAD_INPUT when a file is not there, or is twice, or a level would not be
 * disjoint; TOO_LARGE when level 0 would be; NO_MEMORY. Nothing is changed then.
 */
export function versionChange(edit: usize): i32 {
  assertLatched();
  const adds = load<u32>(edit);
  const removes = load<u32>(edit, 4);
  const tables = edit + 8;
  const files = tables + (<usize>adds << 2);
  const old = versionNow();
  const oldCount = levelStart(LEVELS);
  if (removes > oldCount) return BAD_INPUT;
  const next = heapAlloc(STARTS_BYTES + ((oldCount + adds) << ENTRY_SHIFT));
  if (next == 0) return NO_MEMORY;
  let status = copyKept(old, next, files, removes);
  for (let index: u32 = 0; index < adds && status == OK; index++) {
    status = insertTable(next, changetype<Table>(<usize>load<u32>(tables + (<usize>index << 2))));
  }
  const grows = startOf(next, 1) > startOf(old, 1);
  if (status == OK && grows && startOf(next, 1) > LEVEL0_MAX) status = TOO_LARGE;
  if (status != OK) {
    heapFree(next);
    return status;
  }
  versionState().current = <u32>next;
  versionState().number++;
  freeRemoved(old, oldCount, files, removes);
  return OK;
}

@inline
function startOf(version: usize, level: u32): u32 {
  return load<u32>(version + (<usize>level << 2));
}

function isListed(file: u32, files: usize, count: u32): bool {
  for (let index: u32 = 0; index < count; index++) {
    if (load<u32>(files + (<usize>index << 2)) == file) return true;
  }
  return false;
}

/** Copies the tables that stay. Every file to remove must be there, once. */
function copyKept(old: usize, next: usize, files: usize, removes: u32): i32 {
  let kept: u32 = 0;
  for (let level: u32 = 0; level < LEVELS; level++) {
    store<u32>(next + (<usize>level << 2), kept);
    for (let index = startOf(old, level); index < startOf(old, level + 1); index++) {
      const entry = load<u64>(entryOf(old, index));
      if (isListed(<u32>(entry >> 32), files, removes)) continue;
      store<u64>(entryOf(next, kept), entry);
      kept++;
    }
  }
  store<u32>(next + (<usize>LEVELS << 2), kept);
  return startOf(old, LEVELS) - kept == removes ? OK : BAD_INPUT;
}

function insertTable(version: usize, table: Table): i32 {
  assert(table.registered != 0);
  const count = startOf(version, LEVELS);
  for (let index: u32 = 0; index < count; index++) {
    if (load<u32>(entryOf(version, index), 4) == table.file) return BAD_INPUT;
  }
  const start = startOf(version, table.level);
  const end = startOf(version, table.level + 1);
  let at = start;
  while (at < end && standsBefore(tableOf(version, at), table)) at++;
  if (table.level > 0) {
    if (at > start && !endsBefore(tableOf(version, at - 1), table)) return BAD_INPUT;
    if (at < end && !endsBefore(table, tableOf(version, at))) return BAD_INPUT;
  }
  memory.copy(entryOf(version, at + 1), entryOf(version, at), (count - at) << ENTRY_SHIFT);
  store<u32>(entryOf(version, at), <u32>changetype<usize>(table));
  store<u32>(entryOf(version, at), table.file, 4);
  for (let level = table.level + 1; level <= LEVELS; level++) {
    store<u32>(version + (<usize>level << 2), startOf(version, level) + 1);
  }
  return OK;
}

/** The order within a level. */
function standsBefore(a: Table, b: Table): bool {
  if (b.level == 0) return a.file > b.file;
  return compareBytes(a.minKey, a.minKeyLength, b.minKey, b.minKeyLength) < 0;
}

function endsBefore(a: Table, b: Table): bool {
  return compareBytes(a.maxKey, a.maxKeyLength, b.minKey, b.minKeyLength) < 0;
}

function freeRemoved(old: usize, oldCount: u32, files: usize, removes: u32): void {
  for (let index: u32 = 0; index < oldCount && removes > 0; index++) {
    if (isListed(load<u32>(entryOf(old, index), 4), files, removes)) {
      heapFree(load<u32>(entryOf(old, index)));
    }
  }
  heapFree(old);
}

/**
 * u32 version number . u32 tables . u32 tables of each level . f64 entries, tombstones, file bytes
 * at +40.
 */
export function versionFigures(to: usize): void {
  store<u32>(to, versionState().number);
  store<u32>(to, levelStart(LEVELS), 4);
  for (let level: u32 = 0; level < LEVELS; level++) {
    store<u32>(to + 8 + (<usize>level << 2), levelStart(level + 1) - levelStart(level));
  }
  let entries: u64 = 0;
  let tombstones: u64 = 0;
  let fileBytes: u64 = 0;
  for (let index: u32 = 0; index < levelStart(LEVELS); index++) {
    const table = tableAt(index);
    entries += table.entries;
    tombstones += table.tombstones;
    fileBytes += table.fileBytes;
  }
  store<f64>(to, <f64>entries, 40);
  store<f64>(to, <f64>tombstones, 48);
  store<f64>(to, <f64>fileBytes, 56);
}
