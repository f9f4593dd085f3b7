// The ABI: every export of the module, with its contract. Statuses, structs and areas are those of
// layout.ts.
//
// A module is instantiated on a shard memory (all threads, then attach) or on a private one (one
// thread, then privateInit). "Latched" calls may also return BUSY (the latch is taken and the
// thread may not block: yield, call again), POISONED (the shard is lost, reopen) and CLOSED; that
// is not repeated below. KEY, KEY2, IN, OUT are areas of the thread's scratch; Result is written by
// the call and good until the next one. The others take no latch.

// --- Lifecycle, writes, point reads, log, memtables (core-as/memory, memtable, shard) ---------

/**
 * abi(): i32. Pointer to the table that says how the module and its host must agree (shard/abi.ts).
 */
export { abi } from './shard/abi';

export {
  // shardInit(memoryBytes, ringBytes, memtableBytes, cacheBytes, seedLo, seedHi, flags): OK,
  // NO_MEMORY, BAD_INPUT. Makes a shard of this memory; no thread is attached to it. Flag 1: no
  // log. ringBytes: a power of two >= 4 MiB.
  shardInit,
  // privateInit(memoryBytes, seedLo, seedHi): scratch pointer, or NO_MEMORY.
  privateInit,
  // attach(slot 0..63, mayBlock): scratch pointer; EXISTS if the slot is taken, NO_MEMORY,
  // BAD_INPUT. Latched.
  attach,
  // detach(slot): OK. One's own slot, or that of a thread that ended. Latched, also when closed.
  detach,
  // close(): OK. Every later latched call but detach and largeRelease returns CLOSED. Latched.
  close,
  // latchOwner(): the slot that holds the latch, or -1.
  latchOwner,
  // setCatalogEpoch(epoch): OK. get, apply and cursors planned with another one return
  // STALE_CATALOG. Latched.
  setCatalogEpoch,
  // largeReserve(bytes): pointer to contiguous room (one per thread, the last one is freed), or
  // NO_MEMORY. Latched.
  largeReserve,
  // largeRelease(): OK. Latched.
  largeRelease,
  // lastSequence(): f64, the last sequence assigned.
  lastSequence,
} from './shard/header';

/** pagesWarm(): touches memory that will be needed soon; on a thread that has time for it. */
export { pagesWarm } from './memory/pages';

/** poison(code): marks the shard as lost and wakes all waiters. poisonCode(): 0 = sound. */
export { poison, poisonCode } from './memory/fail';

/**
 * latchWait(): blocks until the latch looks free, on any thread; OK or POISONED. For a *Sync call
 * that got BUSY.
 */
export { latchWait } from './memory/latch';

/**
 * get(keyLength, catalogEpoch): >= 0 length of the item, its bytes at Result.valuePtr; NOT_FOUND,
 * LARGE, NEED_BLOCK, STALE_CATALOG, CORRUPT. Latched. getChunk(keyLength, offset, sequence): bytes
 * copied to OUT, or RETRY. Latched.
 */
export { get, getChunk } from './shard/get';

/**
 * apply(batchPtr, epoch, catalogEpoch): OK and all of the batch is done (Result.sequence, count,
 * flags), or a status and none of it: GUARD_FAILED, LOCKED (Result.count = entry), RETRY,
 * STALE_CATALOG, MEMTABLE_FULL, LOG_FULL, SHAPES_FULL, TOO_LARGE, NO_MEMORY, BAD_INPUT. Latched.
 */
export { apply } from './shard/apply';

/**
 * replayRecord(ptr, flushedSequence): OK, MEMTABLE_FULL (flush, then the same record again),
 * CORRUPT. Latched.
 */
export { replayRecord } from './shard/replay';

export {
  // ringTake(epochLimit): bytes that are ready, 0 = none; Result.piecePtr.., count = records,
  // sequence = the last one. The log thread only.
  ringTake,
  // ringDone(bytes, durableSequence): they are durable. The log thread only.
  ringDone,
  // durableSequence(): f64.
  durableSequence,
  // setSequence(sequence): after recovery, raises the last and the durable sequence. Latched.
  setSequence,
} from './shard/ring';

/**
 * shapeFind(ptr, bytes): id, or NOT_FOUND. shapeNames(id): pointer to the name list, Result.bytes
 * long, or NOT_FOUND. shapeCount(), shapeNamesBytes(): what is in use.
 * shapeLoad(id, ptr, bytes): OK, CORRUPT, SHAPES_FULL; a definition found in a table. Latched.
 */
export { shapeCount, shapeFind, shapeLoad, shapeNames, shapeNamesBytes } from './shard/shapes';

/**
 * lock(keyLength, transaction): OK, or LOCKED. unlock(keyLength, transaction): OK.
 * lockCheck(keyLength): f64, the transaction that holds the key, 0, or a status.
 * lastSequenceOf(keyLength): f64, upper bound of the last sequence written to the key (R19), or a
 * status. All latched.
 */
export { lastSequenceOf, lock, lockCheck, unlock } from './shard/locks';

/**
 * freeze(): OK, NOT_FOUND (empty), EXISTS (one is frozen), NO_MEMORY. Latched.
 * frozenRun(fromKeyLength): entries written to OUT as a run. frozenChunk(keyLength, offset): bytes
 * of a large value copied to OUT. frozenDrop(): OK, NOT_FOUND; latched.
 */
export { freeze, frozenChunk, frozenDrop, frozenRun } from './shard/frozen';

/** stats(ptr): OK, a Stats is at ptr. Latched. */
export { stats } from './shard/stats';

/** integrity(step): CONTINUE, OK, CORRUPT. Latched. */
export { integrity } from './shard/integrity';

/** What tests need to reach from outside; does nothing in the release build (shard/testing.ts). */
export {
  testCompare, testCopy, testHeapAlloc, testHeapFree, testHoldLatch, testKeyHash, testPageRun,
  testPageRunFree, testPagesFree, testTrap,
} from './shard/testing';

// --- Keys, hashes, items, numbers (core-as/hash, key, item): core B ---------------------------
//
// Pure functions of memory: they take no latch, return no status of the shard, and need attach or
// privateInit before. Pointers are to memory that no other thread writes meanwhile. "Valid" is what
// itemValidate or valueEnd let pass.

/** crc32c(ptr, length, running): checksum; running 0 starts, an earlier checksum goes on. */
export { crc32c } from './hash/crc32c';
/** xxh64(ptr, length, seed i64): i64. */
export { xxh64 } from './hash/xxh64';

export {
  // sealKey(tableId, pkBytes): the pk component lies at KEY + 12; writes table and hash before it.
  // Top 16 bits of the hash.
  sealKey,
  // writeBytesKey(ptr, length, out): bytes of the component of a string or binary, at most 2 x
  // length + 1.
  writeBytesKey,
  // writeValueKey(value, out): the same of a valid S, N or B value.
  writeValueKey,
} from './key/encode';
/**
 * bytesKeyEnd(ptr, limit): pointer behind a string or binary component, 0 if it does not end by
 * limit. readBytesKey(ptr, length, out): bytes written; CORRUPT. `length` counts the terminator.
 */
export { bytesKeyEnd, readBytesKey } from './key/decode';
/**
 * writeNumberKey(text, length, out): bytes of the component (2..22); BAD_INPUT (not a number), -40
 * overflow, -41 underflow, -42 more than 38 digits. writeNumberKeyInt(f64, out): the same of a safe
 * integer; BAD_INPUT if it is none. readNumberKey(ptr, outText): length of the plain text, at most
 * 170; CORRUPT. numberKeyEnd(ptr, limit): as bytesKeyEnd.
 */
export { numberKeyEnd, readNumberKey, writeNumberKey, writeNumberKeyInt } from './key/number';

/**
 * itemValidate(item, length, shapeAttributes): OK or BAD_INPUT, for bytes of any origin outside the
 * OUT area, which it uses. valueEnd(ptr, limit): pointer behind a sound value of any origin, 0 if
 * there is none that ends by limit.
 */
export { itemValidate, valueEnd } from './item/validate';
/**
 * itemSize(item, length, shapeNamesBytes), valueSize(value): DynamoDB bytes of a valid item, of a
 * valid value.
 */
export { itemSize, valueSize } from './item/size';
/**
 * attributeCount(item, length). attributeFind(item, index): pointer to the value. Of an INLINE item
 * attributeFindInline(item, name, nameBytes): pointer to the value, 0 if there is none. All of a
 * valid item.
 */
export { attributeCount, attributeFind, attributeFindInline } from './item/item';
/**
 * itemJson(item, length, names, out, outMax): a valid item as DynamoDB JSON (item/json.ts);
 * itemMsgpack(...): the same as msgpack (item/msgpack.ts). Bytes written at `out`; TOO_LARGE: give more
 * room; BAD_INPUT: the shard does not know its shape. names: its shape's name list, 0: the shard's own.
 */
export { itemJson } from './item/json';
export { itemMsgpack } from './item/msgpack';
/**
 * Private memory; requests of the IPC door, of any origin. openFrame(frame, length): OK, an OpenedFrame is at
 * PARAMS (item/frame.ts), or BAD_INPUT. packedKey(map, limit, schema, tableId, exact): as sealKey, or NOT_FOUND;
 * packedItem(map, limit, out, outMax, names): bytes, or NOT_FOUND; namesRepeat(names, bytes): 0 or BAD_INPUT
 * (item/msgpack-item.ts). packedEnd(ptr, limit, checkText): pointer behind sound msgpack, or 0.
 */
export { openFrame } from './item/frame';
export { namesRepeat, packedItem, packedKey } from './item/msgpack-item';
export { packedEnd } from './item/msgpack-walk';
/** valueSkip(value): pointer behind a valid value. */
export { valueSkip } from './item/value';
/**
 * valueCompare(a, b): -1, 0, 1, or 2 where there is no order (types differ, or not S, N, B).
 * valueEqual(a, b): 1, 0, or TOO_LARGE (very large maps in very different orders: compare them by
 * other means).
 */
export { valueCompare, valueEqual } from './item/compare';
/**
 * numberParse(text, length, out): bytes of the number value written, at most 24; faults as
 * writeNumberKey. numberText(value, out): length of the plain text, at most 170. numberCompare(a,
 * b): -1, 0, 1. numberSize(value).
 */
export { numberCompare, numberParse, numberSize, numberText } from './item/number';

/**
 * lz4Compress(src, srcBytes, dst, dstMax, table): bytes written, 0 if more than dstMax; `table` is
 * 16 KiB of work area. lz4Decompress(src, srcBytes, dst, rawBytes): rawBytes, or CORRUPT for
 * anything that is not a block of just that length.
 */
export { lz4Compress, lz4Decompress } from './table/lz4';

// --- Blocks, tables, version, cursors, merge (core-as/table, version, merge): core C ----------

export {
  // blockProvide(file, offset8, kind, bytes): the raw DATA, INDEX or FILTER block in IN is
  // verified, cached and pinned for this thread: OK, CORRUPT, NO_MEMORY, RETRY (it holds 128
  // blocks: unpin and begin again), BAD_INPUT. Latched; spoils OUT.
  blockProvide,
  // blocksUnpin(): OK. The end of an operation that met NEED_BLOCK. Latched.
  blocksUnpin,
} from './version/block-provide';

/**
 * cursorNext(catalogEpoch): entries of a run in OUT (CursorRequest at PARAMS, bounds in KEY and
 * KEY2, length 0 = none); Result: count, bytes, more, lastKey*, maxSequence, readSequence, version;
 * needKind not 0: the block that the next call will miss. NEED_BLOCK (nothing was stepped over),
 * STALE_CATALOG, CORRUPT. Latched.
 */
export { cursorNext } from './shard/cursor';

export {
  // tableReserve(tailBytes): Table pointer; the host writes the last tailBytes bytes of the file
  // (TOP block and footer) to Result.valuePtr. NO_MEMORY, BAD_INPUT. Latched.
  tableReserve,
  // tableRegister(table, file, fileBytes, level): OK; CORRUPT, and the Table is freed. Takes the
  // latch only then.
  tableRegister,
  // tableRelease(table): OK. Frees a Table that was not installed. Latched.
  tableRelease,
} from './version/version';

export {
  // versionInstall(): the edit in IN (u32 addCount, removeCount, Table[addCount],
  // file[removeCount]) becomes live: OK, or BAD_INPUT, TOO_LARGE (more than 20 tables in level 0),
  // NO_MEMORY and nothing changed. Latched.
  versionInstall,
  // flushInstall(): the same, and the frozen memtable is dropped in the same latched call.
  // NOT_FOUND: nothing is frozen.
  flushInstall,
  // tableStats(): OK; to OUT: u32 version, tables, tables of level 0..6, 0; f64 entries,
  // tombstones, bytes (+40); cache (+64): u32 pages, limit, blocks, 0; f64 hits, misses. Latched.
  tableStats,
} from './version/install';

/**
 * Private memory. valueBlockRoom(): where the host puts a VALUE block, or NO_MEMORY.
 * valueBlockOpen(bytes, file, offset8): length of the value, its bytes at Result.valuePtr; CORRUPT.
 */
export { valueBlockOpen, valueBlockRoom } from './table/value-block';

/**
 * Private memory; flush and compaction. The statuses of mergeStep and what to do for each are in
 * merge/compaction.ts. mergeBegin(targetBytes, flags, droppedCount): handle. mergeAddRun(merge),
 * mergeAddSource(merge): index of the source, newest first; mergeAddTable(merge, file, topOffset8,
 * topLength): OK. mergeStep(merge, entriesMax), mergeProvide(merge, bytes), mergeFileId(merge,
 * file), mergeEnd(merge).
 */
export {
  mergeAddRun, mergeAddSource, mergeAddTable, mergeBegin, mergeEnd, mergeFileId,
} from './merge/merge';
export { mergeProvide, mergeStep } from './merge/compaction';

/**
 * Private memory; the integrity walk of a table file (table/table-check.ts). checkBegin(file,
 * fileBytes, tailBytes): handle, and the tail goes to Result.valuePtr. checkStep(check): NEED_BLOCK
 * (read it to Result.valuePtr, checkProvide(check, bytes)), OK, or CORRUPT at Result.need*.
 * checkEnd(check).
 */
export { checkBegin, checkEnd, checkProvide, checkStep } from './table/table-check';
