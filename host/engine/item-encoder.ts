// Encodes items for one shard as the value of the open entry of a BatchBuffer. A shape that the shard does not know yet is
// defined there first, in an apply of its own: whatever becomes of the write, an unused shape harms nobody.

import { ENTRY, ITEM_BYTES_MAX, SHAPE_INLINE, STATUS } from '../core/abi.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import { decodeInlineItem, encodeInlineItem } from '../core/codec/inline-item.js';
import { itemSizeOf, setShapeId } from '../core/codec/item-layout.js';
import type { ShapeCodec } from '../core/codec/shape-codec.js';
import type { ShardCore } from '../core/shard-core.js';
import { ITEM_SIZE_MAX } from '../limits.js';
import type { Item } from '../table/item-types.js';
import { BatchBuffer } from './batch-buffer.js';
import { tooLarge, type BatchWriter } from './batch-writer.js';
import { UNKNOWN_SHAPE, type ShapeIds } from './shape-ids.js';
import type { Writer } from './writer.js';

const NO_KEY = new Uint8Array(0);

export class ItemEncoder {
  readonly #shapes: ShapeIds;
  readonly #batch: BatchWriter;
  readonly #writer: Writer;
  readonly #definition = new BatchBuffer();

  constructor(shapes: ShapeIds, batch: BatchWriter, writer: Writer) {
    this.#shapes = shapes;
    this.#batch = batch;
    this.#writer = writer;
  }

  /** Encodes at `at`, where the value of the open entry goes. A negative status: the shard cannot take its shape now. */
  encode(core: ShardCore, buffer: BatchBuffer, at: number, item: Item): EncodedItem | number {
    const codec = this.#shapes.cache.codecOf(item);
    const shapeId = this.#shapeId(core, codec);
    if (shapeId < 0) return shapeId;
    const named = shapeId === SHAPE_INLINE ? undefined : codec;
    for (;;) {
      const { u8 } = buffer;
      const length =
        named === undefined
          ? encodeInlineItem(u8, at, u8.length, item)
          : named.encode(u8, at, u8.length, item, shapeId);
      if (length >= 0) return checked(new EncodedItem(buffer.u8, at, length, named));
      if (u8.length > at + 2 * ITEM_BYTES_MAX) throw tooLarge();
      buffer.grow();
    }
  }

  /** The same of an item that was encoded before, for any shard or none. */
  copy(core: ShardCore, buffer: BatchBuffer, at: number, item: EncodedItem): EncodedItem | number {
    const shapeId = this.#shapeId(core, item.codec);
    if (shapeId < 0) return shapeId;
    if (item.codec !== undefined && shapeId === SHAPE_INLINE) {
      const decoded = item.codec.decode(item.u8, item.at, item.length) as Item;
      return this.encode(core, buffer, at, decoded);
    }
    while (at + item.length > buffer.u8.length) buffer.grow();
    buffer.u8.set(item.u8.subarray(item.at, item.at + item.length), at);
    setShapeId(buffer.u8, at, shapeId);
    return new EncodedItem(buffer.u8, at, item.length, item.codec);
  }

  /** A private copy of an item, encoded for no shard yet. */
  aside(buffer: BatchBuffer, item: Item): EncodedItem {
    const codec = this.#shapes.cache.codecOf(item);
    for (;;) {
      const { u8 } = buffer;
      const length =
        codec === undefined
          ? encodeInlineItem(u8, 0, u8.length, item)
          : codec.encode(u8, 0, u8.length, item, 0);
      if (length >= 0) return checked(new EncodedItem(u8.slice(0, length), 0, length, codec));
      if (u8.length > 2 * ITEM_BYTES_MAX) throw tooLarge();
      buffer.grow();
    }
  }

  /** The id of a shape in a shard, SHAPE_INLINE if its items must hold their names, or a status. Spoils the IN area. */
  #shapeId(core: ShardCore, codec: ShapeCodec | undefined): number {
    if (codec === undefined) return SHAPE_INLINE;
    this.#batch.touch();
    for (;;) {
      const known = this.#shapes.idOf(core, codec);
      if (known !== UNKNOWN_SHAPE) return known;
      if (this.#shapes.full(core)) return SHAPE_INLINE;
      const status = this.#define(core, codec);
      if (status === STATUS.SHAPES_FULL) return SHAPE_INLINE;
      if (status < 0) return status;
    }
  }

  #define(core: ShardCore, codec: ShapeCodec): number {
    const definition = this.#definition;
    definition.begin(0);
    definition.add(ENTRY.SHAPE, 0, NO_KEY, codec.nameBytes);
    return this.#writer.tryApply(this.#batch.restage(core.shard, definition.finish()));
  }
}

export function decodeEncoded({ u8, at, length, codec }: EncodedItem): Item {
  return (codec?.decode(u8, at, length) ?? decodeInlineItem(u8, at, length)) as Item;
}

function checked(item: EncodedItem): EncodedItem {
  if (itemSizeOf(item.u8, item.at) > ITEM_SIZE_MAX) throw tooLarge();
  return item;
}
