// The ABI of the core as the host sees it: the mirror of core-as/layout.ts and core-as/index.ts.
// `checkAbi` compares the numbers with those compiled into a module, so the two cannot drift apart unseen.

export const PAGE_BYTES = 65536;
export const ITEM_BYTES_MAX = 2105344;
export const KEY_BYTES_MAX = 12544;
export const INLINE_VALUE_MAX = 28672;
/** A stream record holds two images. */
export const VALUE_BYTES_MAX = 2 * ITEM_BYTES_MAX + 65536;
export const BLOCK_TRAILER_BYTES = 16;
export const THREADS_MAX = 64;
export const SHAPE_INLINE = 0xffff;

export const STATUS = {
  OK: 0,
  NOT_FOUND: -1,
  NEED_BLOCK: -2,
  BUSY: -3,
  POISONED: -4,
  LARGE: -5,
  STALE_CATALOG: -6,
  MEMTABLE_FULL: -7,
  LOG_FULL: -8,
  GUARD_FAILED: -9,
  RETRY: -10,
  LOCKED: -11,
  NO_MEMORY: -12,
  CORRUPT: -13,
  CONTINUE: -14,
  TOO_LARGE: -15,
  SHAPES_FULL: -16,
  BAD_INPUT: -17,
  EXISTS: -18,
  CLOSED: -19,
} as const;

export const ENTRY = { PUT: 1, DELETE: 2, CHECK: 3, SHAPE: 4, LARGE_REF: 5 } as const;
export const BLOCK = { DATA: 1, INDEX: 2, FILTER: 3, VALUE: 4, TOP: 5 } as const;
export const CURSOR = {
  LOW_EXCLUSIVE: 1,
  HIGH_EXCLUSIVE: 2,
  REVERSE: 4,
  /** Values are cut to the head of an item, where its size stands. */
  HEADS: 8,
  TOMBSTONES: 16,
  /** Nothing is emitted, entries are counted. */
  COUNT: 32,
} as const;
export const RESULT_FLAG = {
  MEMTABLE_SOFT: 1,
  FROZEN_WAITING: 2,
  VALUE_BLOCK: 4,
  /** A get met an item that a transaction has locked. */
  LOCKED: 8,
  COLD: 16,
} as const;

/** Byte offsets in a thread's scratch. */
export const SCRATCH = {
  RESULT: 0,
  PARAMS: 256,
  KEY: 512,
  KEY2: 13568,
  IN: 40960,
  IN_BYTES: 106496,
  OUT: 147456,
  OUT_BYTES: 114688,
} as const;

/** Index of each field of Result in units of its own size, from the start of the scratch. */
export const RESULT = {
  SEQUENCE_F64: 0,
  READ_SEQUENCE_F64: 1,
  MAX_SEQUENCE_F64: 2,
  NEED_FILE: 6,
  NEED_OFFSET8: 7,
  NEED_LENGTH: 8,
  NEED_KIND: 9,
  COUNT: 10,
  BYTES: 11,
  MORE: 12,
  VERSION: 13,
  FLAGS: 14,
  VALUE_PTR: 15,
  RESUME_SOURCE: 16,
  LAST_KEY_PTR: 17,
  LAST_KEY_LENGTH: 18,
  PIECE_PTR: 19,
  PIECE_BYTES: 20,
  PIECE2_PTR: 21,
  PIECE2_BYTES: 22,
} as const;

/** Layout of a batch in the IN area (core-as/shard/apply.ts draws it). */
export const BATCH = { HEADER_BYTES: 16, GUARD_BYTES: 32, ENTRY_HEADER_BYTES: 16 } as const;
/** Of a batch as a whole: a part of a transaction over shards (guard 0 names it), the end of a decision. */
export const BATCH_FLAG = { TRANSACTION: 1, DECISION: 2 } as const;
export const GUARD = { SEQUENCE: 1, ABSENT: 2, TRANSACTION: 4 } as const;
/** Of an entry. LOG_ONLY: it goes to no memtable. SEQUENCED: the core writes its sequence into the end of its key. */
export const ENTRY_FLAG = { LOG_ONLY: 2, SEQUENCED: 4 } as const;

/** Layout of a record of the log ring (core-as/layout.ts). */
export const LOG_RECORD = { HEADER_BYTES: 24, TAG_BYTES: 8 } as const;
export const RECORD_FLAG = { FILLER: 1, TRANSACTION: 2, DECISION: 4 } as const;
/** Of a transaction's tag: the id below, the number of the part above. */
export const TRANSACTION_ID_BITS = 53;
export const TRANSACTION_PARTS_MAX = 2048;

export const RUN_ENTRY_BYTES = 24;

/** What a merge asks of its host (core-as/merge/compaction.ts). */
export const MERGE = { OUTPUT: 1, TABLE: 2, FILE: 3, RUN: 4, VALUE: 5 } as const;
export const MERGE_FLAG = { BOTTOM: 1, PLAIN: 2 } as const;

/** TableInfo of core-as/table/table-builder.ts: u32 and f64 fields by index of their own size. */
export const TABLE_INFO = {
  FILE: 0,
  TOP_OFFSET8: 1,
  TOP_LENGTH: 2,
  FILE_BYTES_F64: 2,
  ENTRIES_F64: 3,
  TOMBSTONES_F64: 4,
  MAX_SEQUENCE_F64: 6,
  CONTENT_BYTES_F64: 7,
  MIN_KEY_PTR: 16,
  MIN_KEY_LENGTH: 17,
  MAX_KEY_PTR: 18,
  MAX_KEY_LENGTH: 19,
} as const;
