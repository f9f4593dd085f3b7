// ShapeCodec: everything about items with one ordered list of names. It encodes and decodes them,
// first by walking the list, and once it has been used a few times by functions compiled for it. So
// a table in which every item has names of its own does not pay for compiling.
//
// A codec belongs to a thread, not to a shard: shards number their shapes themselves (DESIGN R17),
// so the id is an argument.

import { compileDecoder, type ItemDecoder } from './compile-decoder.js';
import { compiled } from './compile-forbidden.js';
import {
  compileEncoder,
  compileMatcher,
  type ItemEncoder,
  type ShapeMatcher,
} from './compile-encoder.js';
import { FLAG_WIDE, ITEM_HEADER_BYTES, NO_ROOM } from './format.js';
import { attributeAt, finishItem, narrowHeadBytes } from './item-layout.js';
import { latin1Slice } from './native-text.js';
import { setOwn } from './plain-object.js';
import { read, readValue, TEXT_BYTES_MAX } from './value-decoder.js';
import { writeAttribute } from './value-encoder.js';
import { withParameter } from './value-fault.js';
import { written } from './written-size.js';

/** Uses after which an item may count as frequent: compiling costs 100 to 200 microseconds. */
const USES_BEFORE_COMPILING = 64;

export class ShapeCodec {
  /** Top-level names in the order of the values. */
  readonly names: readonly string[];
  /** The list as shapes are stored: (u16 nameBytes . name)*. */
  readonly nameBytes: Uint8Array;
  /** Unique for the list of names. */
  readonly key: string;
  /** DynamoDB size of the names. */
  readonly namesSize: number;

  #encode: ItemEncoder | undefined;
  #decode: ItemDecoder | undefined;
  #matches: ShapeMatcher | undefined;
  #encodeUses = 0;
  #decodeUses = 0;
  #indexes: Map<string, number> | undefined;

  /** Use ShapeCache: it makes one codec a list, from names that are known to be legal. */
  constructor(names: readonly string[], nameBytes: Uint8Array, key: string) {
    this.names = names;
    this.nameBytes = nameBytes;
    this.key = key;
    this.namesSize = nameBytes.length - 2 * names.length;
  }

  /** Does this object have exactly these own enumerable names, in this order? */
  matches(item: object): boolean {
    if (this.#matches !== undefined) return this.#matches(item);
    const names = this.names;
    let i = 0;
    for (const name in item) {
      if (i >= names.length || name !== names[i]) return false;
      i++;
    }
    return i === names.length && (i === 0 || Object.hasOwn(item, names[i - 1]));
  }

  /**
   * Writes the item at `at`, never at or beyond `limit`. Returns its bytes, or NO_ROOM (then what
   * lies between is garbage: grow and encode again). Throws ValidationException with DynamoDB's
   * text or UnsupportedValue with the path.
   */
  encode(
    u8: Uint8Array,
    at: number,
    limit: number,
    item: Record<string, unknown>,
    shapeId: number,
    dropUndefined = false,
    parameter = 'Item',
  ): number {
    try {
      if (this.#encode !== undefined)
        return this.#encode(u8, at, limit, item, shapeId, dropUndefined);
      if (++this.#encodeUses === USES_BEFORE_COMPILING) this.#compileEncoder();
      return this.#walkEncode(u8, at, limit, item, shapeId, dropUndefined);
    } catch (error) {
      throw withParameter(error, parameter);
    }
  }

  /** Reads the item of this shape that lies in `length` bytes at `at`. */
  decode(u8: Uint8Array, at: number, length: number): Record<string, unknown> {
    if (length > TEXT_BYTES_MAX || (u8[at + 2] & FLAG_WIDE) !== 0)
      return this.#walkDecode(u8, at, '');
    if (this.#decode !== undefined) return this.#decode(u8, at, at + length);
    if (++this.#decodeUses === USES_BEFORE_COMPILING)
      this.#decode = compiled(() => compileDecoder(this.names, u8, at));
    return this.#walkDecode(u8, at, latin1Slice(u8, at, at + length));
  }

  /** Place of a name in the list, or -1. */
  indexOf(name: string): number {
    this.#indexes ??= new Map(this.names.map((known, i) => [known, i]));
    return this.#indexes.get(name) ?? -1;
  }

  #walkEncode(
    u8: Uint8Array,
    at: number,
    limit: number,
    item: Record<string, unknown>,
    shapeId: number,
    dropUndefined: boolean,
  ): number {
    const names = this.names;
    let end = at + narrowHeadBytes(names.length);
    if (end > limit) return NO_ROOM;
    let size = this.namesSize;
    for (let i = 0; i < names.length; i++) {
      const offset = at + ITEM_HEADER_BYTES + 2 * i;
      u8[offset] = end - at;
      u8[offset + 1] = (end - at) >> 8;
      end = writeAttribute(u8, end, limit, item[names[i]], names[i], dropUndefined);
      if (end < 0) return NO_ROOM;
      size += written.bytes;
    }
    return finishItem(u8, at, limit, end, names.length, shapeId, size);
  }

  #walkDecode(u8: Uint8Array, at: number, text: string): Record<string, unknown> {
    const names = this.names;
    const item: Record<string, unknown> = {};
    if (names.length === 0) return item;
    read.end = attributeAt(u8, at, 0);
    for (const name of names) setOwn(item, name, readValue(u8, read.end, text, at));
    return item;
  }

  #compileEncoder(): void {
    this.#matches = compiled(() => compileMatcher(this.names));
    this.#encode = compiled(() => compileEncoder(this.names, this.namesSize));
  }
}
