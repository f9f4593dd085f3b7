// Reads items, whole or some of their attributes, whether or not they have a shape.

import { SHAPE_ID_INLINE } from './format.js';
import { decodeInlineItem, inlineAttributeAt } from './inline-item.js';
import { attributeAt, shapeIdOf } from './item-layout.js';
import type { ShapeCodec } from './shape-codec.js';
import { readValue } from './value-decoder.js';

/** A shard's shapes: the codec of an id that an item of the shard bears. */
export type ShapeLookup = (shapeId: number) => ShapeCodec;

/** The item that lies in `length` bytes at `at`, as private JavaScript values. */
export function decodeItem(
  u8: Uint8Array,
  at: number,
  length: number,
  shapeOf: ShapeLookup,
): Record<string, unknown> {
  const shapeId = shapeIdOf(u8, at);
  if (shapeId === SHAPE_ID_INLINE) return decodeInlineItem(u8, at, length);
  return shapeOf(shapeId).decode(u8, at, length);
}

/**
 * Where the value of a top-level attribute lies in memory, or -1 if the item has none. `codec`
 * undefined: INLINE.
 */
export function findAttribute(
  u8: Uint8Array,
  at: number,
  codec: ShapeCodec | undefined,
  name: string,
): number {
  if (codec === undefined) return inlineAttributeAt(u8, at, name);
  const index = codec.indexOf(name);
  return index < 0 ? -1 : attributeAt(u8, at, index);
}

/**
 * Values of some top-level attributes, in the order of `names`; undefined for those the item does
 * not have.
 */
export function decodeAttributes(
  u8: Uint8Array,
  at: number,
  codec: ShapeCodec | undefined,
  names: readonly string[],
): unknown[] {
  return names.map((name) => {
    const value = findAttribute(u8, at, codec, name);
    return value < 0 ? undefined : readValue(u8, value, '', at);
  });
}
