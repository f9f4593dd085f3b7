// Flush and full compaction on demand: requests in control memory, then waiting until the pool has done them.

import { STATUS } from '../core/abi.js';
import type { ShardCore } from '../core/shard-core.js';
import {
  COMPACTION_JOB,
  type Control,
  REQUEST_COMPACT,
  REQUEST_COMPACT_FULL,
  REQUEST_FLUSH,
} from '../runtime/control.js';
import type { Attachment } from './attachment.js';
import { blockedByDamage, damageOf } from './flush.js';
import type { Progress } from './services.js';
import { readShardStats } from './shard-stats.js';

export class Maintenance {
  readonly #control: Control;
  readonly #progress: Progress;

  constructor(control: Control, progress: Progress) {
    this.#control = control;
    this.#progress = progress;
  }

  /** Resolves when all that was written before the call is in tables. */
  async flush(attachment: Attachment): Promise<void> {
    await Promise.all(attachment.shards.map((core) => this.#flushShard(attachment, core)));
  }

  /** Flushes, then merges every shard down to one level without tombstones. */
  async compact(attachment: Attachment): Promise<void> {
    await this.flush(attachment);
    for (const core of attachment.shards) this.#control.request(core.shard, REQUEST_COMPACT_FULL);
    this.#progress.work();
    for (const core of attachment.shards) {
      while (this.#isCompacting(core.shard)) await this.#wait(attachment);
    }
    attachment.check(); // a compaction that failed is over too
    const damage = damageOf(attachment);
    if (damage !== undefined) throw damage;
  }

  async #flushShard(attachment: Attachment, core: ShardCore): Promise<void> {
    const written = core.exports.lastSequence();
    for (;;) {
      const stats = readShardStats(core);
      const through = stats.hasFrozen ? stats.frozenMaxSequence : 0;
      if (!stats.hasFrozen) {
        const status = core.blocking(() => core.exports.freeze());
        if (status === STATUS.NOT_FOUND) return;
      }
      this.#control.request(core.shard, REQUEST_FLUSH);
      this.#progress.work();
      while (readShardStats(core).hasFrozen) {
        const damage = blockedByDamage(attachment, core.shard);
        if (damage !== undefined) throw damage;
        await this.#wait(attachment);
      }
      if (through >= written) return;
      if (!stats.hasFrozen) return;
    }
  }

  #isCompacting(shard: number): boolean {
    const requested = this.#control.requested(shard) & (REQUEST_COMPACT | REQUEST_COMPACT_FULL);
    return requested !== 0 || this.#control.jobOwner(shard, COMPACTION_JOB) >= 0;
  }

  async #wait(attachment: Attachment): Promise<void> {
    attachment.check();
    attachment.checkRoom();
    await this.#progress.wait();
  }
}
