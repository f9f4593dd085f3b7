// The way of a read on its own thread: key to the shard, get, and if the core wants blocks, fetch them and call again.
//
// Blocks that an operation fetched belong to it until it ends (DESIGN R11): the core pins them during a synchronous
// stretch, and across an await the raw bytes are kept here and provided again, so every retry makes progress with a
// cache of 0. A file that a compaction has removed meanwhile means: ask again, the version has changed.

import { BLOCK_TRAILER_BYTES, RESULT, RESULT_FLAG, STATUS, VALUE_BYTES_MAX } from '../core/abi.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import type { BlockProvider, Held } from './block-provider.js';
import type { CatalogView } from './catalog-view.js';
import type { KeyBuilder } from './key-builder.js';

/** What a read found: the encoded bytes of an item, valid until the next await or call of user code. */
export interface Encoded {
  view: Uint8Array;
  at: number;
  /** -1: there is no such item. */
  length: number;
  /** Of the item, or of its tombstone. */
  sequence: number;
  /** The shard's last sequence when the read began: with `sequence` the guard of a later write. */
  readSequence: number;
  /** A transaction of this or another thread holds the item. */
  locked: boolean;
}

const NO_MEMORY_TRIES = 200;
const VALUE_BLOCK_MAX = VALUE_BYTES_MAX + BLOCK_TRAILER_BYTES;

export class Reader {
  readonly #attachment: Attachment;
  readonly #catalog: CatalogView;
  readonly #keys: KeyBuilder;
  readonly #blocks: BlockProvider;
  readonly #found: Encoded;

  constructor(
    attachment: Attachment,
    catalog: CatalogView,
    keys: KeyBuilder,
    blocks: BlockProvider,
  ) {
    this.#attachment = attachment;
    this.#catalog = catalog;
    this.#keys = keys;
    this.#blocks = blocks;
    this.#found = {
      view: attachment.shards[0].u8,
      at: 0,
      length: -1,
      sequence: 0,
      readSequence: 0,
      locked: false,
    };
  }

  /**
   * The encoded item of the key in the workbench, in an object that the next read reuses. Blocks on disk reads.
   */
  getSync(core: ShardCore): Encoded {
    const keyLength = this.#keys.length;
    const { u32, keyAt } = this.#keys.workbench;
    core.copyKey(u32, keyAt, core.keyAt, keyLength);
    const status = core.get(keyLength, this.#catalog.epoch);
    if (status >= STATUS.NOT_FOUND) return this.#inShard(core, status);
    return this.#settleSync(core, keyLength, status);
  }

  /** The same, waiting for slow disks without blocking. Returns a promise only if it must. */
  get(core: ShardCore): Encoded | Promise<Encoded> {
    const keyLength = this.#keys.length;
    const { u32, keyAt } = this.#keys.workbench;
    core.copyKey(u32, keyAt, core.keyAt, keyLength);
    return this.#lookup(core, keyLength);
  }

  /** The same for an encoded key kept by the caller. */
  getEncoded(core: ShardCore, key: Uint8Array): Encoded | Promise<Encoded> {
    core.u8.set(key, core.keyAt);
    return this.#lookup(core, key.length);
  }

  #lookup(core: ShardCore, keyLength: number): Encoded | Promise<Encoded> {
    const status = core.get(keyLength, this.#catalog.epoch);
    if (status >= STATUS.NOT_FOUND) return this.#inShard(core, status);
    if (this.#attachment.files.mayReadSync()) return this.#settleSync(core, keyLength, status);
    return this.#settle(core, keyLength, status);
  }

  /** Takes over the result of a get: a length, or NOT_FOUND, which is -1. */
  #inShard(core: ShardCore, length: number): Encoded {
    const found = this.#found;
    found.view = core.u8;
    found.at = core.result(RESULT.VALUE_PTR);
    found.length = length;
    found.sequence = core.sequence;
    found.readSequence = core.readSequence;
    found.locked = isLocked(core);
    return found;
  }

  #settleSync(core: ShardCore, keyLength: number, first: number): Encoded {
    let status = first;
    let tries = 0;
    try {
      for (;;) {
        if (status >= STATUS.NOT_FOUND) return this.#inShard(core, status);
        if (status === STATUS.LARGE) {
          const value = this.#largeSync(core, keyLength);
          if (value !== undefined) return value;
          status = this.#again(core, keyLength);
        } else if (status === STATUS.NEED_BLOCK) {
          const need = core.need();
          const there = this.#blocks.provideSync(core, need);
          if (!there && ++tries > NO_MEMORY_TRIES)
            throw this.#attachment.fault(STATUS.NO_MEMORY, core.shard);
          status = this.#again(core, keyLength);
        } else {
          status = this.#recoverSync(core, keyLength, status);
        }
      }
    } finally {
      core.exports.blocksUnpin();
    }
  }

  async #settle(core: ShardCore, keyLength: number, first: number): Promise<Encoded> {
    const key = core.u8.slice(core.keyAt, core.keyAt + keyLength);
    const held: Held[] = [];
    let status = first;
    for (;;) {
      if (status !== STATUS.NEED_BLOCK) return owned(this.#settleSync(core, keyLength, status));
      const need = core.need();
      core.exports.blocksUnpin();
      const bytes = await this.#attachment.files.readAsync(need);
      this.#attachment.checkReadable();
      core.u8.set(key, core.keyAt);
      if (bytes === undefined) held.length = 0;
      else held.push({ need, bytes });
      status = this.#again(core, keyLength);
      if (status !== STATUS.NEED_BLOCK) continue; // another reader that waited for the block has provided it
      core.exports.blocksUnpin();
      core.u8.set(key, core.keyAt);
      this.#blocks.provideHeld(core, held);
      status = this.#again(core, keyLength);
    }
  }

  #again(core: ShardCore, keyLength: number): number {
    return core.get(keyLength, this.#catalog.epoch);
  }

  #recoverSync(core: ShardCore, keyLength: number, status: number): number {
    if (status === STATUS.BUSY) {
      core.exports.latchWait();
    } else if (status === STATUS.STALE_CATALOG) {
      this.#catalog.reload();
    } else {
      throw this.#blocks.fault(status, core);
    }
    return this.#again(core, keyLength);
  }

  /** A value too long for the OUT area: in the memtable piece by piece, in a table its own block. */
  #largeSync(core: ShardCore, keyLength: number): Encoded | undefined {
    if ((core.result(RESULT.FLAGS) & RESULT_FLAG.VALUE_BLOCK) !== 0) return this.#valueBlock(core);
    const sequence = core.sequence;
    const bytes = new Uint8Array(core.result(RESULT.BYTES));
    for (let offset = 0; offset < bytes.length; ) {
      const length = core.blocking(() => core.exports.getChunk(keyLength, offset, sequence));
      if (length === STATUS.RETRY || length === STATUS.NOT_FOUND) return undefined;
      if (length <= 0) throw this.#attachment.fault(length, core.shard);
      const at = core.result(RESULT.VALUE_PTR);
      bytes.set(core.u8.subarray(at, at + length), offset);
      offset += length;
    }
    return this.#outside(core, bytes, sequence);
  }

  #outside(core: ShardCore, bytes: Uint8Array, sequence: number): Encoded {
    const { readSequence } = core;
    return {
      view: bytes,
      at: 0,
      length: bytes.length,
      sequence,
      readSequence,
      locked: isLocked(core),
    };
  }

  #valueBlock(core: ShardCore): Encoded | undefined {
    const need = core.need();
    const { workbench, files } = this.#attachment;
    const { exports } = workbench;
    if (need.length > VALUE_BLOCK_MAX)
      throw this.#blocks.corrupt(need, 'a value block is longer than any item can be');
    const room = exports.valueBlockRoom();
    if (room <= 0) throw this.#attachment.fault(room, core.shard);
    if (!files.readSync(need, workbench.u8, room)) return undefined;
    const length = exports.valueBlockOpen(need.length, need.file, need.offset8);
    if (length < 0) throw this.#blocks.corrupt(need, 'a value block does not match its checksum');
    const at = workbench.u32[(workbench.scratch >>> 2) + RESULT.VALUE_PTR];
    return this.#outside(core, workbench.u8.slice(at, at + length), core.sequence);
  }
}

function isLocked(core: ShardCore): boolean {
  return (core.result(RESULT.FLAGS) & RESULT_FLAG.LOCKED) !== 0;
}

/** A copy that survives an await. */
export function owned(found: Encoded): Encoded {
  if (found.length < 0) return { ...found };
  return { ...found, view: found.view.slice(found.at, found.at + found.length), at: 0 };
}
