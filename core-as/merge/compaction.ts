// Flush and compaction: sources, newest first, become tables. Runs in a private memory, several at
// a time if it has room.
//
// The host turns a crank, mergeStep, and does what the status asks for before it calls again;
// nothing here touches a shard or a file.
//
//   CONTINUE      The budget is used up: yield if need be.
//   NEED_BLOCK    Read the block of RESULT.need* to RESULT.valuePtr; mergeProvide(needLength).
//   MERGE_RUN     Copy the next piece of the run (source resumeSource) behind the key lastKey*
//                 (length 0: from the start) to valuePtr; mergeProvide(its bytes, 0 at the end).
//   MERGE_VALUE   Copy the large value (RESULT.bytes long, of RESULT.sequence) of the key lastKey*
//                 of that run to valuePtr; mergeProvide(bytes).
//   MERGE_FILE    Choose a new file id; mergeFileId.
//   MERGE_OUTPUT  Append RESULT.bytes bytes at valuePtr to the file of that id.
//   MERGE_TABLE   The file is complete: sync it; valuePtr is its TableInfo (table-builder.ts).
//   OK            All is done: mergeEnd, then the manifest and the install.
//   CORRUPT       Damage at RESULT.need*: mergeEnd, delete the output, keep the inputs.
//   NO_MEMORY     The same.
//
// What is dropped: all but the newest version of a key; entries of dropped tables; with
// MERGE_BOTTOM, tombstones. Large values of a run get a VALUE block; VALUE blocks of tables are
// copied as they are under a new checksum.
//
//   phase:  OPENING (every source is moved to its first entry) -> EMIT <-> STEP -> END

import {
  BAD_INPUT, BLOCK_VALUE, CONTINUE, CORRUPT, DELETE, LARGE_REF, NEED_BLOCK, OK,
} from '../layout';
import { loadU32BE } from '../memory/bytes';
import { result } from '../memory/thread';
import { blockRawBytes, VALUE_DISK_MAX, verifyBlock } from '../table/format';
import {
  outputAt, outputReady, outputTaken, tableAdd, tableAddLarge, tableAddValueBlock, tableBegin,
  tableFinish, tableIsFull,
} from '../table/table-builder';
import { laneAt, lanesDrop, lanesInsert, lanesSettle, sameKey } from './lanes';
import {
  builderOf, checkKeyOf, inputOf, isDropped, lanesOf, Merge, MERGE_BOTTOM, sourceAt,
} from './merge';
import {
  runProvide, runRoom, Source, SOURCE_ENTRY, sourceMove, sourceProvide, SOURCE_WANTS,
} from './source';

export const MERGE_OUTPUT: i32 = 1;
export const MERGE_TABLE: i32 = 2;
export const MERGE_FILE: i32 = 3;
export const MERGE_RUN: i32 = 4;
export const MERGE_VALUE: i32 = 5;

const OPENING: u32 = 0;
const EMIT: u32 = 1;
const STEP: u32 = 2;

/** What a large value costs of a step's budget, in entries. */
const LARGE_COST: u32 = 256;

// --- The crank -----------------------------------------------------------------------------------

/** Goes on for at most `entriesMax` entries; the statuses are listed above. */
export function mergeStep(mergePtr: u32, entriesMax: u32): i32 {
  const merge = changetype<Merge>(<usize>mergePtr);
  if (merge.givesOutput != 0) {
    outputTaken(builderOf(merge));
    merge.givesOutput = 0;
  }
  if (merge.phase == OPENING) {
    const status = openSources(merge);
    if (status != OK) return status;
    merge.phase = EMIT;
  }
  let budget = <i32>entriesMax;
  while (true) {
    if (merge.phase == STEP) {
      const status = stepOver(merge);
      if (status != OK) return status;
      merge.phase = EMIT;
    }
    const told = tellOutput(merge);
    if (told != OK) return told;
    if (merge.laneCount == 0) {
      if (builderOf(merge).isOpen == 0) return OK;
      merge.tableInfo = changetype<usize>(tableFinish(builderOf(merge)));
      continue;
    }
    if (budget <= 0) return CONTINUE;
    const lane = changetype<Source>(laneAt(lanesOf(merge), 0));
    if (!isUnwanted(merge, lane)) {
      const status = emit(merge, lane);
      if (status == CONTINUE) continue; // a table was finished first
      if (status != OK) return status;
      if (lane.kind == LARGE_REF) budget -= LARGE_COST;
    }
    budget--;
    merge.phase = STEP;
  }
}

function openSources(merge: Merge): i32 {
  while (merge.opened < merge.sourceCount) {
    const source = sourceAt(merge, merge.opened);
    const moved = sourceMove(source);
    if (moved < 0) return corrupt(source);
    if (moved == SOURCE_WANTS) return wants(merge, source);
    if (moved == SOURCE_ENTRY) {
      lanesInsert(lanesOf(merge), merge.laneCount, source, false);
      merge.laneCount++;
    }
    merge.opened++;
  }
  return OK;
}

/** Shows the host output that is due, then the table that is complete. */
function tellOutput(merge: Merge): i32 {
  const builder = builderOf(merge);
  if (outputReady(builder) || (merge.tableInfo != 0 && builder.outputUsed > 0)) {
    result().valuePtr = <u32>outputAt(builder);
    result().bytes = builder.outputUsed;
    merge.givesOutput = 1;
    return MERGE_OUTPUT;
  }
  if (merge.tableInfo != 0) {
    result().valuePtr = <u32>merge.tableInfo;
    merge.tableInfo = 0;
    return MERGE_TABLE;
  }
  return OK;
}

/**
 * Moves every lane that stands on the first key. May be called again after the wanted block came.
 */
function stepOver(merge: Merge): i32 {
  const lanes = lanesOf(merge);
  while (true) {
    if (merge.moving < 0) {
      merge.moving = merge.laneCount > 1 && sameKey(laneAt(lanes, 0), laneAt(lanes, 1)) ? 1 : 0;
    }
    const at = lanes + (<usize>merge.moving << 2);
    const source = changetype<Source>(laneAt(at, 0));
    const moved = sourceMove(source);
    if (moved < 0) return corrupt(source);
    if (moved == SOURCE_WANTS) return wants(merge, source);
    const count = merge.laneCount - <u32>merge.moving;
    if (moved == SOURCE_ENTRY) {
      lanesSettle(at, count, false);
    } else {
      lanesDrop(at, count);
      merge.laneCount--;
    }
    const isLast = merge.moving == 0;
    merge.moving = -1;
    if (isLast) return OK;
  }
}

// --- Emitting ------------------------------------------------------------------------------------

function isUnwanted(merge: Merge, lane: Source): bool {
  if (lane.kind == DELETE && (merge.flags & MERGE_BOTTOM) != 0) return true;
  if (merge.droppedCount == 0 || lane.keyLength < 4) return false;
  const table = loadU32BE(lane.key);
  if (table != merge.judgedTable) {
    merge.judgedTable = table;
    merge.judgedDropped = isDropped(merge, table) ? 1 : 0;
  }
  return merge.judgedDropped != 0;
}

/** Adds the entry to the output. OK, CONTINUE after the end of a table, or what is lacking. */
function emit(merge: Merge, lane: Source): i32 {
  const builder = builderOf(merge);
  if (builder.isOpen != 0 && tableIsFull(builder, merge.targetBytes)) {
    merge.tableInfo = changetype<usize>(tableFinish(builder));
    return CONTINUE;
  }
  if (builder.isOpen == 0) {
    if (merge.nextFile == 0) return MERGE_FILE;
    tableBegin(builder, merge.nextFile);
    merge.nextFile = 0;
  }
  if (lane.kind == LARGE_REF) return emitLarge(merge, lane);
  tableAdd(
    builder, lane.key, lane.keyLength, lane.kind, lane.sequence, lane.value, lane.valueLength,
  );
  return OK;
}

function emitLarge(merge: Merge, lane: Source): i32 {
  if (merge.valueBytes == 0) {
    return lane.isRun != 0 ? wantsRunValue(merge, lane) : wantsValueBlock(merge, lane);
  }
  const builder = builderOf(merge);
  const bytes = merge.valueBytes;
  merge.valueBytes = 0;
  if (lane.isRun != 0) {
    tableAddLarge(builder, lane.key, lane.keyLength, lane.sequence, inputOf(merge), bytes);
  } else {
    const valueLength = load<u32>(lane.value, 8);
    tableAddValueBlock(
      builder, lane.key, lane.keyLength, lane.sequence, inputOf(merge), bytes, valueLength,
    );
  }
  return OK;
}

// --- Asking and providing ------------------------------------------------------------------------

function corrupt(source: Source): i32 {
  describe(source.wantFile, source.wantOffset8, source.wantLength, source.wantKind);
  return CORRUPT;
}

function describe(file: u32, offset8: u32, length: u32, kind: u32): void {
  const need = result();
  need.needFile = file;
  need.needOffset8 = offset8;
  need.needLength = length;
  need.needKind = kind;
}

function wants(merge: Merge, source: Source): i32 {
  merge.wanting = changetype<usize>(source);
  const need = result();
  need.resumeSource = source.rank;
  if (source.isRun != 0) {
    need.lastKeyPtr = <u32>source.key;
    need.lastKeyLength = source.keyLength;
    need.valuePtr = <u32>runRoom(source);
    return MERGE_RUN;
  }
  describe(source.wantFile, source.wantOffset8, source.wantLength, source.wantKind);
  need.valuePtr = <u32>inputOf(merge);
  return NEED_BLOCK;
}

function wantsValueBlock(merge: Merge, lane: Source): i32 {
  describe(lane.file, load<u32>(lane.value), load<u32>(lane.value, 4), BLOCK_VALUE);
  merge.wantsValue = 1;
  result().resumeSource = lane.rank;
  result().valuePtr = <u32>inputOf(merge);
  return NEED_BLOCK;
}

function wantsRunValue(merge: Merge, lane: Source): i32 {
  merge.wantsValue = 1;
  const need = result();
  need.resumeSource = lane.rank;
  need.lastKeyPtr = <u32>lane.key;
  need.lastKeyLength = lane.keyLength;
  need.sequence = <f64>lane.sequence;
  need.bytes = lane.valueLength;
  need.valuePtr = <u32>inputOf(merge);
  return MERGE_VALUE;
}

/** What the last status asked for lies at RESULT.valuePtr. OK, CORRUPT or NO_MEMORY. */
export function mergeProvide(mergePtr: u32, bytes: u32): i32 {
  const merge = changetype<Merge>(<usize>mergePtr);
  if (merge.wantsValue != 0) {
    merge.wantsValue = 0;
    return provideValue(merge, changetype<Source>(laneAt(lanesOf(merge), 0)), bytes);
  }
  if (merge.wanting == 0) return BAD_INPUT;
  const source = changetype<Source>(merge.wanting);
  merge.wanting = 0;
  if (source.isRun != 0) return runProvide(source, bytes);
  const status =
    sourceProvide(source, inputOf(merge), bytes, checkKeyOf(merge));
  return status == CORRUPT ? corrupt(source) : status;
}

function provideValue(merge: Merge, lane: Source, bytes: u32): i32 {
  if (lane.isRun != 0) {
    if (bytes != lane.valueLength) return BAD_INPUT;
  } else {
    const offset8 = load<u32>(lane.value);
    describe(lane.file, offset8, bytes, BLOCK_VALUE);
    if (bytes != load<u32>(lane.value, 4) || bytes > VALUE_DISK_MAX) return CORRUPT;
    if (!verifyBlock(inputOf(merge), bytes, BLOCK_VALUE, lane.file, offset8)) return CORRUPT;
    if (blockRawBytes(inputOf(merge), bytes) != load<u32>(lane.value, 8)) return CORRUPT;
  }
  merge.valueBytes = bytes;
  return OK;
}
