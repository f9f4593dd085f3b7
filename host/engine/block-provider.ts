// Gives the core the blocks it asks for: read from a table file, copied to the IN area, verified and taken over there.

import { corruption, type StorageError } from '../../io/errors.js';
import { SCRATCH, STATUS } from '../core/abi.js';
import type { BlockNeed, ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import { tablePath } from './table-files.js';

/** A raw block kept by an operation across awaits. */
export interface Held {
  readonly need: BlockNeed;
  readonly bytes: Uint8Array;
}

export class BlockProvider {
  readonly #attachment: Attachment;

  constructor(attachment: Attachment) {
    this.#attachment = attachment;
  }

  /** Fetches a block and gives it to the core. False: ask again from the beginning. */
  provideSync(core: ShardCore, need: BlockNeed): boolean {
    if (need.length > SCRATCH.IN_BYTES)
      throw this.corrupt(need, 'a block is longer than any block can be');
    if (!this.#attachment.files.readSync(need, core.u8, core.inAt)) return false;
    return this.#provided(core, need);
  }

  /** Provides again what an operation holds, before a retry. */
  provideHeld(core: ShardCore, held: readonly Held[]): void {
    for (const { need, bytes } of held) {
      core.u8.set(bytes, core.inAt);
      this.#provided(core, need);
    }
  }

  #provided(core: ShardCore, need: BlockNeed): boolean {
    const status = core.blocking(() =>
      core.exports.blockProvide(need.file, need.offset8, need.kind, need.length),
    );
    if (status >= 0) return true;
    if (status === STATUS.CORRUPT) throw this.corrupt(need, 'a block does not match its checksum');
    if (status !== STATUS.NO_MEMORY && status !== STATUS.RETRY)
      throw this.#attachment.fault(status, core.shard);
    core.exports.blocksUnpin();
    return false;
  }

  /** The error of a status that a read cannot go on with. CORRUPT names its place in the result. */
  fault(status: number, core: ShardCore): Error {
    return status === STATUS.CORRUPT
      ? this.corrupt(core.need(), 'an index block does not fit the file it is in')
      : this.#attachment.fault(status, core.shard);
  }

  corrupt(need: BlockNeed, what: string): StorageError {
    return corruption(
      what,
      tablePath(this.#attachment.handles.folder, need.file),
      need.offset8 * 8,
    );
  }
}
