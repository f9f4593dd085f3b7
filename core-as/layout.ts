// Where things lie in a shard's memory, what the statuses mean, and the structs that JavaScript
// reads.
//
//   0          constants of the module (data segment, written again by every instantiation)
//   65,536     header: everything mutable and small, one 64 KiB region
//   131,072    fixed tables, then the log ring, then pages of 64 KiB up to the end of the memory
//
// The host's copy of these numbers (host/core/abi.ts) is checked against `abi()` when a module is
// loaded.

export const PAGE_BYTES: u32 = 65536;
export const HEADER_AT: usize = 65536;
export const TABLES_AT: usize = 131072;

// The header, 64 KiB. Each region is owned by the file that declares its struct; groups of words
// that different threads write at the same time lie on lines of their own.
//
//   +0       ShardInfo     shard/header.ts    set by shardInit, then read; poison and closed
//   +128     LatchState    memory/latch.ts
//   +256     RingHead      shard/ring.ts      written by writers, under the latch
//   +384     RingTail      shard/ring.ts      written by the log thread
//   +512     WriteState    shard/header.ts    sequences, memtables, limits; under the latch
//   +768     PageState     memory/pages.ts
//   +1024    HeapState     memory/heap.ts
//   +1280    LockState     shard/locks.ts
//   +1408    ShapeState    shard/shapes.ts
//   +2048    thread table  shard/header.ts    THREADS_MAX x (scratch u32, large run u32)
//   +32768   for the version and the block cache (core-as/version), to the end of the header
export const INFO_AT: usize = HEADER_AT;
export const LATCH_AT: usize = HEADER_AT + 128;
export const RING_HEAD_AT: usize = HEADER_AT + 256;
export const RING_TAIL_AT: usize = HEADER_AT + 384;
export const WRITE_AT: usize = HEADER_AT + 512;
export const PAGE_STATE_AT: usize = HEADER_AT + 768;
export const HEAP_STATE_AT: usize = HEADER_AT + 1024;
export const LOCK_STATE_AT: usize = HEADER_AT + 1280;
export const SHAPE_STATE_AT: usize = HEADER_AT + 1408;
export const THREAD_TABLE_AT: usize = HEADER_AT + 2048;
export const VERSION_STATE_AT: usize = HEADER_AT + 32768; // 32 KiB

// The fixed tables. A private memory ends them after the page bitmap: its pages start at
// PRIVATE_PAGES_AT.
export const LAST_SEQUENCE_SLOTS: u32 = 4096; // R19
export const LOCK_SLOTS: u32 = 4096;
export const PAGES_MAX: u32 = 16384; // 1 GiB
export const SHAPE_NAMES_BYTES_MAX: u32 = 1 << 20;
export const LAST_SEQUENCE_AT: usize = TABLES_AT; //             32 KiB
export const LOCK_TABLE_AT: usize = LAST_SEQUENCE_AT + 32768; // 96 KiB
export const PAGE_TABLE_AT: usize = LOCK_TABLE_AT + 98304; //    256 KiB
export const PAGE_BITMAP_AT: usize = PAGE_TABLE_AT + 262144; //  4 KiB (2 used)
export const PRIVATE_PAGES_AT: usize = 589824;
export const SHAPE_DIRECTORY_AT: usize = PAGE_BITMAP_AT + 4096; //   64 KiB
export const SHAPE_HASH_AT: usize = SHAPE_DIRECTORY_AT + 65536; //   16 KiB
export const SHAPE_NAMES_AT: usize = SHAPE_HASH_AT + 16384; //       1 MiB
export const RING_AT: usize = 1703936; // the log ring, then pages up to the end of the memory
export const RING_BYTES_MIN: u32 = 4 << 20; // at least twice the largest record (R13)

// Bounds on one latched call (R20).
// a transaction of 100 items with all their local index and stream entries
export const BATCH_ENTRIES_MAX: u32 = 1536;
export const TOUCHED_MAX: u32 = 256; // entries a read or a step touches under the latch

// Limits of the format.
export const ITEM_SIZE_MAX: u32 = 409600; // DynamoDB bytes
// Encoded. Per DynamoDB byte a list of sets of one empty string takes 5 (an element is 1 byte, its
// set 0), a top-level attribute of that kind 12 with a name of one byte (128 names), 13 for 2 bytes
// with a name of two (18,304 names): 2,103,848 in all.
export const ITEM_BYTES_MAX: u32 = 2105344;
// Encoded, escapes included: an index key has up to 12,310 (id, hash, HASH parts of 2,048 bytes,
// RANGE parts of 1,024, the base key of 2,048 and 1,024, every byte escaped, ten terminators).
export const KEY_BYTES_MAX: u32 = 12544;
export const INLINE_VALUE_MAX: u32 = 28672; // longer values live in a VALUE block of their own
export const THREADS_MAX: u32 = 64;
export const SHAPES_MAX: u32 = 4096;
export const SHAPE_INLINE: u16 = 0xffff;

// Statuses: >= 0 is success.
export const OK: i32 = 0;
export const NOT_FOUND: i32 = -1;
export const NEED_BLOCK: i32 = -2;
export const BUSY: i32 = -3;
export const POISONED: i32 = -4;
export const LARGE: i32 = -5;
export const STALE_CATALOG: i32 = -6;
export const MEMTABLE_FULL: i32 = -7;
export const LOG_FULL: i32 = -8;
export const GUARD_FAILED: i32 = -9;
export const RETRY: i32 = -10;
export const LOCKED: i32 = -11;
export const NO_MEMORY: i32 = -12;
export const CORRUPT: i32 = -13;
export const CONTINUE: i32 = -14;
export const TOO_LARGE: i32 = -15;
export const SHAPES_FULL: i32 = -16;
export const BAD_INPUT: i32 = -17;
export const EXISTS: i32 = -18;
export const CLOSED: i32 = -19;

// Kinds of entries, of blocks, of pages.
export const PUT: u8 = 1;
export const DELETE: u8 = 2;
export const CHECK: u8 = 3;
export const SHAPE: u8 = 4;
export const LARGE_REF: u8 = 5;

export const BLOCK_DATA: u32 = 1;
export const BLOCK_INDEX: u32 = 2;
export const BLOCK_FILTER: u32 = 3;
export const BLOCK_VALUE: u32 = 4;
export const BLOCK_TOP: u32 = 5;

export const PAGE_FREE: u8 = 0;
export const PAGE_MEMTABLE: u8 = 1;
export const PAGE_CACHE: u8 = 2;
export const PAGE_HEAP: u8 = 3;
export const PAGE_THREAD: u8 = 4;
export const PAGE_LARGE: u8 = 5;
export const PAGE_KINDS: u32 = 6;

// A thread's scratch: four contiguous pages.
export const SCRATCH_PAGES: u32 = 4;
export const RESULT_AT: usize = 0; // Result, 256 B
export const PARAMS_AT: usize = 256; // CursorRequest, 256 B
export const KEY_AT: usize = 512; // key, or low bound of a cursor
export const KEY2_AT: usize = 13568; // high bound of a cursor
export const LAST_KEY_AT: usize = 26112; // the key a cursor goes on behind
export const IN_AT: usize = 40960; // batches and raw blocks, 104 KiB
export const IN_BYTES: u32 = 106496;
export const OUT_AT: usize = 147456; // items and runs, 112 KiB
export const OUT_BYTES: u32 = 114688;
export const RUN_BYTES_MAX: u32 = 65536; // a cursor call stops once it has emitted this much

/** What a call tells its caller beside the status. At RESULT_AT of the thread's scratch. */
@unmanaged
export class Result {
  sequence: f64; //        0  of the entry found, or the last one assigned by apply
  readSequence: f64; //    8  the shard's last sequence at the call
  maxSequence: f64; //    16  highest sequence a cursor stepped over
  needFile: u32; //       24  NEED_BLOCK: file id,
  needOffset8: u32; //    28    offset / 8,
  needLength: u32; //     32    bytes on disk, trailer included,
  needKind: u32; //       36    BLOCK_*
  count: u32; //          40  entries in a run; index of the failed guard
  bytes: u32; //          44  bytes of a run; length of a value reported by LARGE
  more: u32; //           48  1: continue from the last key
  version: u32; //        52  number of the version the call saw
  flags: u32; //          56  RESULT_*
  valuePtr: u32; //       60  where the value of a get lies (OUT area)
  resumeSource: u32; //   64  where a get goes on after a block came
  lastKeyPtr: u32; //     68
  lastKeyLength: u32; //  72
  piecePtr: u32; //       76  ringTake: first piece,
  pieceBytes: u32; //     80
  piece2Ptr: u32; //      84    and the one from the ring's start,
  piece2Bytes: u32; //    88    0 when there is none
  touched: u32; //        92  checked build: entries touched under this hold
}
export const RESULT_MEMTABLE_SOFT: u32 = 1; // the active memtable is past its soft limit: freeze it
export const RESULT_FROZEN_WAITING: u32 = 2; // a frozen memtable waits to be flushed
export const RESULT_VALUE_BLOCK: u32 = 4; // LARGE: the value lies in the VALUE block named by need*
export const RESULT_LOCKED: u32 = 8; // a get met an item that a transaction has locked
export const RESULT_COLD: u32 = 16; // memory that was never touched is near: pagesWarm

/**
 * What versionGet found in the tables. At FOUND_AT of the thread's scratch, between the core's own
 * files only.
 */
@unmanaged
export class Found {
  sequence: u64;
  kind: u32; //            PUT, DELETE or LARGE_REF
  valuePtr: u32; //        PUT: where the value lies, good until the latch is released
  valueLength: u32; //     PUT, LARGE_REF: its length
  valueFile: u32; //       LARGE_REF: the VALUE block
  valueOffset8: u32;
  valueBlockBytes: u32;
}
export const FOUND_AT: usize = 128;
export const PLAN_AT: usize = 192; // BatchPlan, 64 B: shard/batch.ts

/** Input of a cursor call. At PARAMS_AT. The bounds lie at KEY_AT (low) and KEY2_AT (high). */
@unmanaged
export class CursorRequest {
  lowLength: u32;
  highLength: u32;
  flags: u32; // CURSOR_*
  countMax: u32;
  bytesMax: u32;
  reserved: u32;
}
export const CURSOR_LOW_EXCLUSIVE: u32 = 1;
export const CURSOR_HIGH_EXCLUSIVE: u32 = 2;
export const CURSOR_REVERSE: u32 = 4;
export const CURSOR_HEADS: u32 = 8; // values are cut to the head of an item, where its size stands
export const CURSOR_TOMBSTONES: u32 = 16;
export const CURSOR_COUNT: u32 = 32; // nothing is emitted, entries are counted

/**
 * An entry of a run (output of cursors and of a frozen memtable, input of a flush). 8-aligned, then
 * key, value, padding.
 */
@unmanaged
export class RunEntry {
  entryBytes: u32;
  keyLength: u16;
  kind: u8;
  zero: u8;
  valueLength: u32; // 0 for LARGE_REF
  largeLength: u32; // LARGE_REF: the length of the value that is not here, else 0
  sequence: f64;
}
export const RUN_ENTRY_BYTES: u32 = 24;

/** An entry of a memtable, 8-aligned in its arena, followed by key and value. */
@unmanaged
export class Entry {
  sequence: u64;
  keyLength: u16;
  kind: u8;
  // unused room behind the value, in units of 8 bytes: what an overwrite in place may grow into
  slack: u8;
  valueLength: u32;
}
export const ENTRY_BYTES: u32 = 16;

// The input of apply (in the IN area or a large run): BatchHeader . guards . entries, each
// 8-aligned.
@unmanaged
export class BatchHeader {
  entryCount: u32;
  entriesBytes: u32;
  guardCount: u32;
  flags: u32; // BATCH_*
}
export const BATCH_HEADER_BYTES: u32 = 16;
// guard 0 is a GUARD_TRANSACTION that names the transaction
export const BATCH_TRANSACTION: u32 = 1;
// the record is the decision of a transaction over shards (R2)
export const BATCH_DECISION: u32 = 2;

@unmanaged
export class Guard {
  entryIndex: u32; // the entry whose key is guarded; ascending from guard to guard
  kind: u32; // GUARD_*
  // GUARD_SEQUENCE: what the reader saw; GUARD_TRANSACTION: the transaction id, not 0
  sequence: f64;
  // the shard's last sequence when the read began; GUARD_TRANSACTION: which part of it the batch is
  readSequence: f64;
  zero: u64;
}
export const GUARD_BYTES: u32 = 32;
export const GUARD_SEQUENCE: u32 = 1;
export const GUARD_ABSENT: u32 = 2;
export const GUARD_UNLOCKED: u32 = 3; // the key must not be locked, nothing else
export const GUARD_TRANSACTION: u32 = 4;

/** Entry of a batch and of a log record: 16 B, key, value, padding to 8. */
@unmanaged
export class BatchEntry {
  entryBytes: u32; // whole, padded
  kind: u8; // PUT, DELETE, CHECK, SHAPE
  flags: u8; // ENTRY_*
  keyLength: u16;
  valueLength: u32;
  shapeRef: u32;
}
export const BATCH_ENTRY_BYTES: u32 = 16;
// the shape id of this item is that of the SHAPE entry at index shapeRef
export const ENTRY_SHAPED: u8 = 1;
// goes to the log, not to the memtable (decisions, emitted index entries)
export const ENTRY_LOG_ONLY: u8 = 2;
// the last 8 bytes of the key become the entry's own sequence, big-endian
export const ENTRY_SEQUENCED: u8 = 4;
export const VALUE_BYTES_MAX: u32 = 2 * ITEM_BYTES_MAX + 65536; // a stream record holds two images

/**
 * A record of the log ring. With RECORD_TRANSACTION a u64 lies between header and entries: the
 * transaction's id, and above it the number of the part.
 */
@unmanaged
export class LogRecord {
  recordBytes: u32; // whole, padded to 8
  flags: u32; // RECORD_*
  firstSequence: u64; // entry i has firstSequence + i
  epoch: u32;
  entryCount: u32;
}
export const LOG_RECORD_BYTES: u32 = 24;
export const RECORD_FILLER: u32 = 1; // only recordBytes and flags exist: fills the end of the ring
export const RECORD_TRANSACTION: u32 = 2; // one shard's part of a transaction over shards
export const RECORD_DECISION: u32 = 4;
export const TRANSACTION_ID_BITS: u64 = 53;
export const TRANSACTION_PARTS_MAX: u32 = 2048;

// The key of a shape definition: table id 0, hash 0, shape id, all big-endian; its value is the
// name list.
export const SHAPE_KEY_BYTES: u32 = 14;
export const SHAPE_LIST_BYTES_MAX: u32 = 4096;
export const SHAPE_NAMES_MAX: u32 = 255;

/** Output of stats(). */
@unmanaged
export class Stats {
  lastSequence: f64;
  durableSequence: f64;
  retiredSequence: f64;
  activeMaxSequence: f64; // 0 when empty
  activeBytes: f64; // of keys and values
  frozenMaxSequence: f64;
  frozenBytes: f64;
  activeEntries: u32;
  activeTombstones: u32;
  activePages: u32; // in use
  activeFirstEpoch: u32; // meaningful when entries > 0
  frozenEntries: u32; // the frozen fields are 0 when there is none
  frozenTombstones: u32;
  frozenPages: u32;
  frozenFirstEpoch: u32;
  hasFrozen: u32;
  softPages: u32;
  hardPages: u32;
  pageCount: u32;
  pagesFree: u32;
  pagesMemtable: u32; // those waiting to be recycled not counted
  pagesCache: u32;
  pagesHeap: u32;
  pagesThread: u32;
  pagesLarge: u32;
  ringBytes: u32;
  ringUsed: u32;
  shapes: u32;
  shapeNamesBytes: u32;
  locks: u32;
  applies: u32;
  freezes: u32;
  memtableFullStalls: u32;
  logFullStalls: u32;
  catalogEpoch: u32;
}
