// Flush: the frozen memtable of a shard becomes tables of level 0.
//
//   wait until the log is durable as far as the memtable goes (R4: a table never outruns the log)
//   -> write the tables -> one edit of the manifest -> installed and the memtable dropped in one latched call
//
// A crash before the edit leaves orphans, which the next open removes; after it, the log is replayed from there on.

import type { FileSystem } from '../../io/disk/file-system.js';
import { corruption, type StorageError } from '../../io/errors.js';
import {
  COMPACTION_JOB,
  CONTROL,
  REQUEST_COMPACT,
  REQUEST_COMPACT_FULL,
  STATE,
} from '../runtime/control.js';
import type { Attachment } from './attachment.js';
import { LEVEL0_STALL, LEVEL0_TRIGGER } from './compaction-picker.js';
import { ask, type Job } from './keeper-requests.js';
import { readShardStats } from './shard-stats.js';
import { installTables } from './table-install.js';
import { mergeTables, type MergeBench } from './table-merge.js';

/**
 * True while level 0 is as full as it may be (DESIGN R11): compaction is asked for and must go first. The memtable
 * fills up meanwhile and writers wait, so a level 0 never outgrows what a shard can hold or an open can install.
 */
export function flushMustWait(attachment: Attachment, shard: number): boolean {
  const { control } = attachment;
  if (readShardStats(attachment.shards[shard]).tablesByLevel[0] < LEVEL0_STALL) return false;
  // What damage kept from being merged will not be merged at the next try either.
  if (!control.isDamaged(shard)) control.request(shard, REQUEST_COMPACT);
  return true;
}

/** The error of a shard that takes no more writes, as a damaged table keeps level 0 from being merged. */
export function blockedByDamage(attachment: Attachment, shard: number): StorageError | undefined {
  const { control } = attachment;
  const pending = REQUEST_COMPACT | REQUEST_COMPACT_FULL;
  const blocked =
    control.isDamaged(shard) &&
    (control.requested(shard) & pending) === 0 &&
    control.jobOwner(shard, COMPACTION_JOB) < 0 &&
    readShardStats(attachment.shards[shard]).tablesByLevel[0] >= LEVEL0_STALL;
  return blocked ? damageOf(attachment) : undefined;
}

/** The damage that compactions have met, as an error. */
export function damageOf({ control }: Attachment): StorageError | undefined {
  const damage = control.damage();
  if (damage === undefined) return undefined;
  const what = 'Compaction met a block that does not match its checksum';
  return corruption(what, damage.path, damage.offset);
}

export function* flushShard(
  attachment: Attachment,
  bench: MergeBench,
  fileSystem: FileSystem,
  shard: number,
): Job {
  const core = attachment.shards[shard];
  const { control } = attachment;
  const { folder, options } = attachment.handles;
  const { hasFrozen, frozenMaxSequence: through } = readShardStats(core);
  if (!hasFrozen) return;
  if (!options.temporary) {
    // While recovery replays the log, what it replays is on disk already.
    while (
      control.load(CONTROL.STATE) !== STATE.OPENING &&
      core.exports.durableSequence() < through
    ) {
      attachment.doorbell.ring();
      yield { kind: 'durable' };
    }
  }
  const add = yield* mergeTables(bench, {
    fileSystem,
    folder,
    sources: [{ kind: 'frozen', core }],
    level: 0,
    targetBytes: Number.MAX_SAFE_INTEGER,
    bottom: false,
    compression: options.compression,
    droppedTables: [],
    nextFile: () => control.add(CONTROL.NEXT_FILE, 1),
  });
  const edit = { shard, add, remove: [] };
  yield* ask({ kind: 'version', ...edit, flushedSequence: through });
  installTables(fileSystem, folder, core, edit, true);
  control.signal(CONTROL.PROGRESS_SIGNAL);
  if (
    readShardStats(core).tablesByLevel[0] >= LEVEL0_TRIGGER &&
    control.request(shard, REQUEST_COMPACT)
  ) {
    attachment.doorbell.work();
  }
}
