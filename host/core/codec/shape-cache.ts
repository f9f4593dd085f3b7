// ShapeCache: one thread's codecs, found by an item or by a stored list of names. At most 1,000 are
// kept (DESIGN R17).
//
// Most programs write a handful of kinds of items. So an item is first compared with the codecs
// used last, which costs a walk over its names and allocates nothing; only then is its list of
// names looked up.

import { describeValue, UnsupportedValue } from '../../errors.js';
import { SHAPE_NAME_BYTES_MAX, SHAPE_NAMES_MAX } from './format.js';
import { decodeNames, encodeNames, keyOfNames, nameListBytes, namesOf } from './name-list.js';
import { isPlainObject } from './plain-object.js';
import { ShapeCodec } from './shape-codec.js';

const CODECS_MAX = 1_000;
const RECENT_MAX = 6;

export class ShapeCache {
  /** By key; the one looked up longest ago comes first. */
  readonly #codecs = new Map<string, ShapeCodec>();
  readonly #recent: ShapeCodec[] = [];

  /**
   * The codec for this item, or undefined if its names are too many for a shape: then write it with
   * encodeInlineItem. With `dropUndefined`, top-level attributes that are undefined do not count.
   * Throws for an item that is no plain object and for illegal names.
   */
  codecOf(item: object, dropUndefined = false, parameter = 'Item'): ShapeCodec | undefined {
    assertPlainItem(item, parameter);
    if (dropUndefined) return this.#codecOfNames(namesOf(item, true), parameter);
    const recent = this.#recent;
    for (let i = 0; i < recent.length; i++) {
      const codec = recent[i];
      if (!codec.matches(item)) continue;
      if (i > 0) this.#moveToFront(i);
      return codec;
    }
    return this.#codecOfNames(namesOf(item, false), parameter);
  }

  /** The codec for a list of names as shapes are stored, `length` bytes at `at`. */
  codecOfNameBytes(u8: Uint8Array, at: number, length: number): ShapeCodec {
    const names = decodeNames(u8, at, length);
    return this.#find(keyOfNames(names)) ?? this.#add(names, length);
  }

  #codecOfNames(names: readonly string[], parameter: string): ShapeCodec | undefined {
    if (names.length > SHAPE_NAMES_MAX) return undefined;
    const characters = names.reduce((sum, name) => sum + name.length, 0);
    if (characters > SHAPE_NAME_BYTES_MAX) return undefined;
    let codec = this.#find(keyOfNames(names));
    if (codec === undefined) {
      const bytes = nameListBytes(names, parameter);
      if (bytes > SHAPE_NAME_BYTES_MAX) return undefined;
      codec = this.#add(names, bytes);
    }
    this.#recent.unshift(codec);
    if (this.#recent.length > RECENT_MAX) this.#dropRecent();
    return codec;
  }

  /** Looks a codec up and makes it the youngest. */
  #find(key: string): ShapeCodec | undefined {
    const codec = this.#codecs.get(key);
    if (codec !== undefined) this.#keep(codec);
    return codec;
  }

  #add(names: readonly string[], bytes: number): ShapeCodec {
    const codec = new ShapeCodec(names, encodeNames(names, bytes), keyOfNames(names));
    this.#keep(codec);
    return codec;
  }

  #keep(codec: ShapeCodec): void {
    this.#codecs.delete(codec.key);
    this.#codecs.set(codec.key, codec);
    if (this.#codecs.size <= CODECS_MAX) return;
    const [oldest] = this.#codecs.keys();
    this.#codecs.delete(oldest);
  }

  /** A codec found in `recent` is not looked up, so its age is noted when it leaves. */
  #dropRecent(): void {
    const dropped = this.#recent.pop();
    if (dropped !== undefined) this.#keep(dropped);
  }

  #moveToFront(index: number): void {
    const recent = this.#recent;
    const codec = recent[index];
    for (let i = index; i > 0; i--) recent[i] = recent[i - 1];
    recent[0] = codec;
  }
}

export function assertPlainItem(item: object, parameter: string): void {
  if (typeof item === 'object' && item !== null && isPlainObject(item)) return;
  throw new UnsupportedValue(parameter, `an item is a plain object, not ${describeValue(item)}`);
}
