// Stages entries in a thread's IN area in the batch layout of the core (core-as/shard/apply.ts draws it) and applies
// them. Items are encoded straight into shared memory; one that does not fit, or whose getters called back into the
// engine, is encoded in private memory and copied in one stretch (DESIGN R16).
//
// A batch here is: header . guards (0 or 1) . [shape definition] . one PUT or DELETE.

import { BATCH, ENTRY, ITEM_BYTES_MAX, SCRATCH, STATUS } from '../core/abi.js';
import { encodeInlineItem } from '../core/codec/inline-item.js';
import { copyWords } from '../core/byte-sink.js';
import { itemSizeOf, setShapeId } from '../core/codec/item-layout.js';
import type { ShapeCodec } from '../core/codec/shape-codec.js';
import type { ShardCore } from '../core/shard-core.js';
import { ValidationException } from '../errors.js';
import { ITEM_SIZE_MAX } from '../limits.js';
import type { Item } from '../table/item-types.js';
import type { KeyBuilder } from './key-builder.js';
import { UNKNOWN_SHAPE, type ShapeIds } from './shape-ids.js';
import type { TableState } from './table-state.js';

/** What must be true of the item for a write to happen (DESIGN R5). */
export interface Guard {
  kind: 'sequence' | 'absent';
  sequence: number;
  readSequence: number;
}

const GUARD_KIND = { sequence: 1, absent: 2 } as const;
const SHAPE_DEFINED_HERE = 1; // flag of a PUT: its shape id is the one of the SHAPE entry named by shapeRef
const SHAPE_NAMES_MAX = 4096;
const COPY_LOOP_BYTES_MAX = 512;
const HEADROOM =
  BATCH.HEADER_BYTES + BATCH.GUARD_BYTES + 2 * BATCH.ENTRY_HEADER_BYTES + SHAPE_NAMES_MAX + 8192;

/** A staged batch: where it lies in the shard's memory. */
export interface Staged {
  core: ShardCore;
  at: number;
  bytes: number;
  /** It lies in a run of pages reserved for it, to be released after apply. */
  large: boolean;
  /** A private copy of it, where there is one already. */
  saved?: Uint8Array;
}

export class BatchWriter {
  readonly #shards: readonly ShardCore[];
  readonly #keys: KeyBuilder;
  readonly #shapes: ShapeIds;
  readonly #staged: Staged;
  /** Counts stagings: a change during an encode means user code came back into the engine. */
  #uses = 0;
  #private: Memory | undefined;
  /** DynamoDB size of the item that was staged last. */
  itemSizeBytes = 0;

  constructor(shards: readonly ShardCore[], keys: KeyBuilder, shapes: ShapeIds) {
    this.#shards = shards;
    this.#keys = keys;
    this.#shapes = shapes;
    this.#staged = { core: shards[0], at: 0, bytes: 0, large: false };
  }

  /** Any other user of the IN area says so here. */
  touch(): void {
    this.#uses++;
  }

  /** Stages a PUT. The object returned is reused by the next call. */
  put(table: TableState, item: Item, guard?: Guard): Staged {
    const uses = ++this.#uses;
    const shard = this.#keys.itemKey(table, item);
    const codec = this.#shapes.cache.codecOf(item);
    const core = this.#shards[shard];
    const shapeId = codec === undefined ? UNKNOWN_SHAPE : this.#shapes.idOf(core, codec);
    if (codec === undefined || shapeId === UNKNOWN_SHAPE)
      return this.#putCopied(table, item, codec, shard, guard);

    const at = core.inAt;
    const entryAt = at + BATCH.HEADER_BYTES + (guard === undefined ? 0 : BATCH.GUARD_BYTES);
    const keyAt = entryAt + BATCH.ENTRY_HEADER_BYTES;
    const keyLength = this.#keys.length;
    core.copyKey(this.#keys.workbench.u32, this.#keys.workbench.keyAt, keyAt, keyLength);
    const valueAt = keyAt + keyLength;
    const valueLength = codec.encode(core.u8, valueAt, at + SCRATCH.IN_BYTES, item, shapeId);
    if (valueLength < 0 || this.#uses !== uses)
      return this.#putCopied(table, item, codec, shard, guard);
    this.#measure(core.u8, valueAt);
    const end = writeEntry(core, entryAt, ENTRY.PUT, 0, keyLength, valueLength);
    writeHeader(core, at, entryAt, end, 1, guard, 0);
    return this.#set(core, at, end - at, false);
  }

  /**
   * Stages a PUT of the key that lies in the workbench, of an item that was encoded in another private memory, as far
   * behind a word's begin as `length` of the key says. Undefined: it is too long for the IN area.
   */
  putEncoded(
    core: ShardCore,
    from: Memory,
    itemAt: number,
    itemLength: number,
    shapeId: number,
  ): Staged | undefined {
    this.#uses++;
    const at = core.inAt;
    const entryAt = at + BATCH.HEADER_BYTES;
    const keyAt = entryAt + BATCH.ENTRY_HEADER_BYTES;
    const keyLength = this.#keys.length;
    const valueAt = keyAt + keyLength;
    if (valueAt + itemLength + 8 > at + SCRATCH.IN_BYTES) return undefined;
    core.copyKey(this.#keys.workbench.u32, this.#keys.workbench.keyAt, keyAt, keyLength);
    if (itemLength > COPY_LOOP_BYTES_MAX)
      core.u8.set(from.u8.subarray(itemAt, itemAt + itemLength), valueAt);
    else copyWords(from.u8, from.u32, itemAt, core.u8, core.u32, valueAt, itemLength);
    setShapeId(core.u8, valueAt, shapeId);
    const end = writeEntry(core, entryAt, ENTRY.PUT, 0, keyLength, itemLength);
    writeHeader(core, at, entryAt, end, 1, undefined, 0);
    return this.#set(core, at, end - at, false);
  }

  #measure(u8: Uint8Array, at: number): void {
    this.itemSizeBytes = itemSizeOf(u8, at);
    if (this.itemSizeBytes > ITEM_SIZE_MAX) throw tooLarge();
  }

  /** The DynamoDB size of an item, by encoding it aside. */
  sizeOf(item: Item): number {
    return this.#aside((memory) => {
      const codec = this.#shapes.cache.codecOf(item);
      encodeAside(codec, memory, 0, item, 0);
      return itemSizeOf(memory.u8, 0);
    });
  }

  /** Stages a DELETE of the key that lies in the workbench. */
  delete(shard: number, guard?: Guard): Staged {
    this.#uses++;
    const core = this.#shards[shard];
    const at = core.inAt;
    const entryAt = at + BATCH.HEADER_BYTES + (guard === undefined ? 0 : BATCH.GUARD_BYTES);
    const keyLength = this.#keys.length;
    core.copyKey(
      this.#keys.workbench.u32,
      this.#keys.workbench.keyAt,
      entryAt + BATCH.ENTRY_HEADER_BYTES,
      keyLength,
    );
    const end = writeEntry(core, entryAt, ENTRY.DELETE, 0, keyLength, 0);
    writeHeader(core, at, entryAt, end, 1, guard, 0);
    return this.#set(core, at, end - at, false);
  }

  /** Stages a batch saved earlier. Where no pages are free for a large one now, `at` is 0 and it stays saved. */
  restage(shard: number, bytes: Uint8Array): Staged {
    this.#uses++;
    const core = this.#shards[shard];
    let at = core.inAt;
    if (bytes.length > SCRATCH.IN_BYTES) {
      at = Math.max(
        0,
        core.blocking(() => core.exports.largeReserve(bytes.length)),
      );
      if (at === 0) return this.#set(core, 0, bytes.length, false, bytes);
    }
    core.u8.set(bytes, at);
    return this.#set(core, at, bytes.length, at !== core.inAt, bytes);
  }

  /** A private copy of a staged batch. */
  save(staged: Staged): Uint8Array {
    return staged.saved ?? staged.core.u8.slice(staged.at, staged.at + staged.bytes);
  }

  /** A put composed in private memory: user code cannot disturb it, and its size is known before room is reserved. */
  #putCopied(
    table: TableState,
    item: Item,
    codec: ShapeCodec | undefined,
    shard: number,
    guard?: Guard,
  ): Staged {
    const core = this.#shards[shard];
    const shapeId = codec === undefined ? UNKNOWN_SHAPE : this.#shapes.idOf(core, codec);
    const define = codec !== undefined && shapeId === UNKNOWN_SHAPE && !this.#shapes.full(core);

    const bytes = this.#aside((memory) => {
      const first = BATCH.HEADER_BYTES + (guard === undefined ? 0 : BATCH.GUARD_BYTES);
      let entryAt = first;
      if (codec !== undefined && define) {
        memory.u8.set(codec.nameBytes, entryAt + BATCH.ENTRY_HEADER_BYTES);
        entryAt = writeEntry(memory, entryAt, ENTRY.SHAPE, 0, 0, codec.nameBytes.length);
      }
      const keyAt = entryAt + BATCH.ENTRY_HEADER_BYTES;
      this.#keys.itemKey(table, item);
      const keyLength = this.#keys.length;
      const { u8, keyAt: from } = this.#keys.workbench;
      memory.u8.set(u8.subarray(from, from + keyLength), keyAt);
      const named = define || shapeId !== UNKNOWN_SHAPE;
      const valueAt = keyAt + keyLength;
      const valueLength = encodeAside(
        named ? codec : undefined,
        memory,
        valueAt,
        item,
        define ? 0 : shapeId,
      );
      this.#measure(memory.u8, valueAt);
      const end = writeEntry(
        memory,
        entryAt,
        ENTRY.PUT,
        define ? SHAPE_DEFINED_HERE : 0,
        keyLength,
        valueLength,
      );
      writeHeader(memory, 0, first, end, define ? 2 : 1, guard, define ? 1 : 0);
      return memory.u8.slice(0, end);
    });
    return this.restage(shard, bytes);
  }

  /** Lends private memory for a large item. User code that comes back in here meanwhile gets memory of its own. */
  #aside<Result>(use: (memory: Memory) => Result): Result {
    const memory = this.#private ?? privateMemory(HEADROOM + ITEM_BYTES_MAX);
    this.#private = undefined;
    try {
      return use(memory);
    } finally {
      this.#private = memory;
    }
  }

  #set(core: ShardCore, at: number, bytes: number, large: boolean, saved?: Uint8Array): Staged {
    const staged = this.#staged;
    staged.core = core;
    staged.at = at;
    staged.bytes = bytes;
    staged.large = large;
    staged.saved = saved;
    return staged;
  }

  /** Applies what is staged. `at` 0 means there was no room to stage it. */
  apply(staged: Staged, epoch: number, catalogEpoch: number): number {
    if (staged.at === 0) return STATUS.MEMTABLE_FULL;
    const status = staged.core.apply(staged.at, epoch, catalogEpoch);
    if (staged.large && status !== STATUS.BUSY) this.release(staged);
    return status;
  }

  /** Gives back the pages of a large batch. */
  release(staged: Staged): void {
    if (!staged.large) return;
    staged.core.exports.largeRelease();
    staged.large = false;
  }
}

/** Encodes into private memory, with names if there is no codec; throws what does not fit. */
function encodeAside(
  codec: ShapeCodec | undefined,
  memory: Memory,
  at: number,
  item: Item,
  shapeId: number,
): number {
  const { u8 } = memory;
  const length =
    codec === undefined
      ? encodeInlineItem(u8, at, u8.length, item)
      : codec.encode(u8, at, u8.length, item, shapeId);
  if (length < 0) throw tooLarge();
  return length;
}

export function tooLarge(): ValidationException {
  return new ValidationException('Item size has exceeded the maximum allowed size');
}

interface Memory {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
}

function privateMemory(bytes: number): Memory {
  const buffer = new ArrayBuffer((bytes + 7) & ~7);
  return {
    u8: new Uint8Array(buffer),
    u32: new Uint32Array(buffer),
    f64: new Float64Array(buffer),
  };
}

/** Writes the header of an entry whose key and value lie behind it; returns where the next entry begins. */
function writeEntry(
  memory: Memory,
  at: number,
  kind: number,
  flags: number,
  keyLength: number,
  valueLength: number,
): number {
  const bytes = (BATCH.ENTRY_HEADER_BYTES + keyLength + valueLength + 7) & ~7;
  const word = at >>> 2;
  const words = memory.u32;
  words[word] = bytes;
  words[word + 1] = kind | (flags << 8) | (keyLength << 16);
  words[word + 2] = valueLength;
  words[word + 3] = 0; // shapeRef: a shape defined in this batch is entry 0
  return at + bytes;
}

function writeHeader(
  memory: Memory,
  at: number,
  entriesAt: number,
  end: number,
  count: number,
  guard: Guard | undefined,
  guarded: number,
): void {
  const word = at >>> 2;
  const words = memory.u32;
  words[word] = count;
  words[word + 1] = end - entriesAt;
  words[word + 2] = guard === undefined ? 0 : 1;
  words[word + 3] = 0;
  if (guard !== undefined) {
    words[word + 4] = guarded;
    words[word + 5] = GUARD_KIND[guard.kind];
    memory.f64[(word + 6) >>> 1] = guard.sequence;
    memory.f64[(word + 8) >>> 1] = guard.readSequence;
  }
}
