// Which tables to merge next: leveled compaction.
//
// Level 0 holds flushed memtables, overlapping, newest first. Levels 1 to 6 are sorted and disjoint; level n+1 may
// hold ten times what level n may. A shard's most overdue level is merged with what it overlaps one level down.
// Pure: it reads a ShardState and gives a plan, so tests drive it with plain objects.

import { compareKeys, LEVELS, type ShardState, type TableMeta } from './manifest.js';

export const LEVEL0_TRIGGER = 4;
/** Writers stall here (DESIGN R11). */
export const LEVEL0_STALL = 12;
const LEVEL_FACTOR = 10;

export interface CompactionPlan {
  /** Newest source first, as the merge wants them. */
  inputs: TableMeta[];
  outputLevel: number;
  /** True if no older version of any key can lie deeper: tombstones may go. */
  bottom: boolean;
  /** The one input may simply be moved a level down. */
  move: boolean;
}

export interface CompactionTargets {
  /** Bytes that level 1 may hold. */
  levelBaseBytes: number;
  /** Tables that cannot be read: no merge touches them. */
  damaged?: ReadonlySet<number>;
}

/** The most urgent merge, or undefined when every level is within its bounds. */
export function pickCompaction(
  state: ShardState,
  targets: CompactionTargets,
  pointer: (level: number) => Uint8Array | undefined,
): CompactionPlan | undefined {
  const levels = byLevel(state);
  const overdue = [{ level: 0, score: levels[0].length / LEVEL0_TRIGGER }];
  let allowed = targets.levelBaseBytes;
  for (let level = 1; level < LEVELS - 1; level++) {
    overdue.push({ level, score: sumBytes(levels[level]) / allowed });
    allowed *= LEVEL_FACTOR;
  }
  for (const { level, score } of overdue.sort((a, b) => b.score - a.score)) {
    if (score < 1) break;
    const choices =
      level === 0 ? [levels[0]] : inTurn(levels[level], pointer(level)).map((table) => [table]);
    for (const chosen of choices) {
      const plan = planFor(levels, level, chosen);
      if (isReadable(plan, targets.damaged)) return plan;
    }
  }
  return undefined;
}

export function isReadable(plan: CompactionPlan, damaged?: ReadonlySet<number>): boolean {
  return damaged === undefined || !plan.inputs.some(({ file }) => damaged.has(file));
}

/** Merges everything into the deepest level in use (at least level 1): `db.compact()`. */
export function planFullCompaction(state: ShardState): CompactionPlan | undefined {
  const levels = byLevel(state);
  let deepest = 1;
  for (let level = 1; level < LEVELS; level++) if (levels[level].length > 0) deepest = level;
  const inputs = levels.flat();
  const settled = inputs.every((table) => table.level === deepest && table.tombstones === 0);
  if (inputs.length === 0 || settled) return undefined;
  return { inputs, outputLevel: deepest, bottom: true, move: false };
}

export function byLevel(state: ShardState): TableMeta[][] {
  const levels: TableMeta[][] = Array.from({ length: LEVELS }, () => []);
  for (const table of state.tables) levels[table.level].push(table);
  return levels;
}

function planFor(levels: TableMeta[][], level: number, chosen: TableMeta[]): CompactionPlan {
  const [min, max] = keyRange(chosen);
  const below = levels[level + 1].filter((table) => overlaps(table, min, max));
  const [low, high] = keyRange([...chosen, ...below]);
  const deeper = levels
    .slice(level + 2)
    .some((tables) => tables.some((t) => overlaps(t, low, high)));
  return {
    inputs: [...chosen, ...below],
    outputLevel: level + 1,
    bottom: !deeper,
    move: level > 0 && below.length === 0 && chosen.length === 1,
  };
}

/** Round robin through a level, so that every key range is merged in turn. */
function inTurn(tables: TableMeta[], pointer: Uint8Array | undefined): TableMeta[] {
  if (pointer === undefined) return tables;
  const next = tables.findIndex((table) => compareKeys(table.minKey, pointer) > 0);
  return next < 0 ? tables : [...tables.slice(next), ...tables.slice(0, next)];
}

function keyRange(tables: TableMeta[]): [Uint8Array, Uint8Array] {
  let [min, max] = [tables[0].minKey, tables[0].maxKey];
  for (const table of tables) {
    if (compareKeys(table.minKey, min) < 0) min = table.minKey;
    if (compareKeys(table.maxKey, max) > 0) max = table.maxKey;
  }
  return [min, max];
}

function overlaps(table: TableMeta, min: Uint8Array, max: Uint8Array): boolean {
  return compareKeys(table.minKey, max) <= 0 && compareKeys(table.maxKey, min) >= 0;
}

function sumBytes(tables: TableMeta[]): number {
  return tables.reduce((sum, table) => sum + table.bytes, 0);
}
