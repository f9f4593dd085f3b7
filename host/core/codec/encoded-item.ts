// An item as it lies in memory, read without being decoded: what conditions, filters, projections and index
// maintenance look at. encoded-value.ts walks the values; this finds top-level attributes and decodes on demand.
//
// Good until the next await or the next call of the engine (DESIGN R16): never keep one.

import { findAttribute } from './item-decoder.js';
import { itemSizeOf } from './item-layout.js';
import type { ShapeCodec } from './shape-codec.js';
import { decodeInlineItem } from './inline-item.js';
import { readValue } from './value-decoder.js';

export class EncodedItem {
  u8: Uint8Array;
  /** Where it begins in `u8`. */
  at: number;
  /** Its length in bytes. */
  length: number;
  /** Undefined: its names lie in it. */
  codec: ShapeCodec | undefined;

  constructor(u8: Uint8Array, at: number, length: number, codec: ShapeCodec | undefined) {
    this.u8 = u8;
    this.at = at;
    this.length = length;
    this.codec = codec;
  }

  /** Where the value of a top-level attribute lies in `u8`, or -1 if the item has none. */
  find(name: string): number {
    return findAttribute(this.u8, this.at, this.codec, name);
  }

  /** DynamoDB bytes. */
  get sizeBytes(): number {
    return itemSizeOf(this.u8, this.at);
  }

  /** One attribute as a JavaScript value, or undefined. */
  value(name: string): unknown {
    const at = this.find(name);
    return at < 0 ? undefined : readValue(this.u8, at, '', this.at);
  }

  /** The whole item as JavaScript values. */
  decode(): Record<string, unknown> {
    return this.codec === undefined
      ? decodeInlineItem(this.u8, this.at, this.length)
      : this.codec.decode(this.u8, this.at, this.length);
  }
}
