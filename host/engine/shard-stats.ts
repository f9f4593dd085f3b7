// What a shard says about itself: Stats of core-as/layout.ts, and the figures of its tables and cache.

import type { ShardCore } from '../core/shard-core.js';
import { CONTROL } from '../runtime/control.js';
import type { Attachment } from './attachment.js';

export interface ShardFigures {
  readonly lastSequence: number;
  readonly durableSequence: number;
  readonly memtableEntries: number;
  readonly memtableTombstones: number;
  readonly memtableBytes: number;
  readonly memtablePages: number;
  readonly hasFrozen: boolean;
  readonly frozenMaxSequence: number;
  readonly frozenEntries: number;
  readonly frozenBytes: number;
  readonly pages: {
    readonly all: number;
    readonly free: number;
    readonly memtable: number;
    readonly cache: number;
  };
  readonly ringBytes: number;
  readonly ringUsed: number;
  readonly shapes: number;
  /** Items that transactions hold. */
  readonly locks: number;
  readonly tables: number;
  readonly tablesByLevel: readonly number[];
  readonly tableEntries: number;
  readonly tableTombstones: number;
  readonly tableBytes: number;
}

const F64 = { LAST: 0, DURABLE: 1, ACTIVE_BYTES: 4, FROZEN_MAX: 5, FROZEN_BYTES: 6 } as const;
// Words after the seven doubles, in the order of the struct.
const U32_AT = 14;
const U32 = {
  ACTIVE_ENTRIES: 0,
  ACTIVE_TOMBSTONES: 1,
  ACTIVE_PAGES: 2,
  FROZEN_ENTRIES: 4,
  HAS_FROZEN: 8,
  PAGE_COUNT: 11,
  PAGES_FREE: 12,
  PAGES_MEMTABLE: 13,
  PAGES_CACHE: 14,
  RING_BYTES: 18,
  RING_USED: 19,
  SHAPES: 20,
  LOCKS: 22,
} as const;
const LEVELS = 7;

/** Of all shards, and what writers have waited. */
export function readFigures({ control, shards }: Attachment) {
  return {
    writeStalls: control.load(CONTROL.STALLS),
    writeStallMs: control.load(CONTROL.STALL_MS),
    shards: shards.map((core) => readShardStats(core)),
  };
}

/** Reads both; uses the OUT area. */
export function readShardStats(core: ShardCore): ShardFigures {
  core.blocking(() => core.exports.stats(core.outAt));
  const doubles = core.outAt >>> 3;
  const words = (core.outAt >>> 2) + U32_AT;
  const f64 = (field: number): number => core.f64[doubles + field];
  const u32 = (field: number): number => core.u32[words + field];
  const shard = {
    lastSequence: f64(F64.LAST),
    durableSequence: f64(F64.DURABLE),
    memtableEntries: u32(U32.ACTIVE_ENTRIES),
    memtableTombstones: u32(U32.ACTIVE_TOMBSTONES),
    memtableBytes: f64(F64.ACTIVE_BYTES),
    memtablePages: u32(U32.ACTIVE_PAGES),
    hasFrozen: u32(U32.HAS_FROZEN) !== 0,
    frozenMaxSequence: f64(F64.FROZEN_MAX),
    frozenEntries: u32(U32.FROZEN_ENTRIES),
    frozenBytes: f64(F64.FROZEN_BYTES),
    pages: {
      all: u32(U32.PAGE_COUNT),
      free: u32(U32.PAGES_FREE),
      memtable: u32(U32.PAGES_MEMTABLE),
      cache: u32(U32.PAGES_CACHE),
    },
    ringBytes: u32(U32.RING_BYTES),
    ringUsed: u32(U32.RING_USED),
    shapes: u32(U32.SHAPES),
    locks: u32(U32.LOCKS),
  };
  return { ...shard, ...tableFigures(core) };
}

type TableShare = 'tables' | 'tablesByLevel' | 'tableEntries' | 'tableTombstones' | 'tableBytes';

/** u32 version . u32 tables . u32 tables by level[7] . padding . f64 entries, tombstones, bytes at +40. */
function tableFigures(core: ShardCore): Pick<ShardFigures, TableShare> {
  core.blocking(() => core.exports.tableStats());
  const words = core.outAt >>> 2;
  const doubles = (core.outAt + 40) >>> 3;
  return {
    tables: core.u32[words + 1],
    tablesByLevel: Array.from(core.u32.subarray(words + 2, words + 2 + LEVELS)),
    tableEntries: core.f64[doubles],
    tableTombstones: core.f64[doubles + 1],
    tableBytes: core.f64[doubles + 2],
  };
}
