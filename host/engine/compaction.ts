// Compaction: tables of a shard are merged one level down until every level is within its bounds.
//
// A table that cannot be read keeps its place: the merge gives its inputs up and no later plan names it. Reads that meet the
// damage say so, everything else goes on.
//
// The keeper picks, this job merges, one edit of the manifest replaces inputs by outputs, one latched call installs them.
// Inputs are unlinked after the edit; a reader that still wants one seeks again.

import type { FileSystem } from '../../io/disk/file-system.js';
import { StorageError } from '../../io/errors.js';
import { CONTROL } from '../runtime/control.js';
import type { Attachment } from './attachment.js';
import { ask, type Job, type MergePlan } from './keeper-requests.js';
import type { TableMeta } from './manifest.js';
import { readShardStats } from './shard-stats.js';
import { tablePath } from './table-files.js';
import { installTables } from './table-install.js';
import { mergeTables, type MergeBench, type MergeSource } from './table-merge.js';

export function* compactShard(
  attachment: Attachment,
  bench: MergeBench,
  fileSystem: FileSystem,
  shard: number,
  full: boolean,
): Job {
  for (;;) {
    const level0 = readShardStats(attachment.shards[shard]).tablesByLevel[0];
    const plan = yield* ask({ kind: 'plan', shard, full, level0 });
    if (plan === undefined) return;
    const add = plan.move
      ? [{ ...plan.inputs[0], level: plan.outputLevel }]
      : yield* merge(attachment, bench, fileSystem, shard, plan);
    if (add === undefined) continue;
    const remove = plan.inputs.map((table) => table.file);
    yield* ask({ kind: 'version', shard, add, remove });
    const { folder } = attachment.handles;
    installTables(fileSystem, folder, attachment.shards[shard], { add, remove }, false);
    if (!plan.move) for (const file of remove) fileSystem.unlink(tablePath(folder, file));
    attachment.control.signal(CONTROL.PROGRESS_SIGNAL);
    yield { kind: 'pause' };
  }
}

/** The merged tables, or undefined if an input is damaged: then nothing has changed. */
function* merge(
  attachment: Attachment,
  bench: MergeBench,
  fileSystem: FileSystem,
  shard: number,
  plan: MergePlan,
): Job<TableMeta[] | undefined> {
  try {
    return yield* mergeInputs(attachment, bench, fileSystem, plan);
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'Corruption')) throw error;
    const { folder } = attachment.handles;
    const { path = '', offset = 0 } = error;
    const damaged = plan.inputs.find(({ file }) => tablePath(folder, file) === path);
    if (damaged === undefined) throw error;
    attachment.control.noteDamage(shard, { path, offset });
    yield* ask({ kind: 'damaged', file: damaged.file });
    return undefined;
  }
}

function mergeInputs(
  attachment: Attachment,
  bench: MergeBench,
  fileSystem: FileSystem,
  plan: MergePlan,
): Job<TableMeta[]> {
  const { folder, options } = attachment.handles;
  return mergeTables(bench, {
    fileSystem,
    folder,
    sources: sourcesOf(plan.inputs),
    level: plan.outputLevel,
    targetBytes: options.tableBytes,
    bottom: plan.bottom,
    compression: options.compression,
    droppedTables: plan.droppedTables,
    nextFile: () => attachment.control.add(CONTROL.NEXT_FILE, 1),
  });
}

/** Each table of level 0 is a source of its own, newest first; the tables of a deeper level are one. */
function sourcesOf(inputs: readonly TableMeta[]): MergeSource[] {
  const sources: MergeSource[] = [];
  const levels = new Map<number, TableMeta[]>();
  for (const table of inputs) {
    if (table.level === 0) sources.push({ kind: 'tables', tables: [table] });
    else levels.set(table.level, [...(levels.get(table.level) ?? []), table]);
  }
  for (const level of [...levels.keys()].sort((a, b) => a - b)) {
    sources.push({ kind: 'tables', tables: levels.get(level) ?? [] });
  }
  return sources;
}
