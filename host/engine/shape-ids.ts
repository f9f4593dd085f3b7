// Which shape id a codec has in each shard, and the codec of each id: one thread's memory of the shards' shape tables.
// Shapes are only ever added, so what is known stays true for the life of the attachment (DESIGN R17).

import { RESULT, STATUS, THREADS_MAX } from '../core/abi.js';
import type { ByteSink } from '../core/byte-sink.js';
import { decodeInlineItem } from '../core/codec/inline-item.js';
import { ShapeCache } from '../core/codec/shape-cache.js';
import type { ShapeCodec } from '../core/codec/shape-codec.js';
import type { ShardCore } from '../core/shard-core.js';
import { Transcoder, type ItemForm } from '../core/transcoder.js';
import type { Item } from '../table/item-types.js';
import type { Attachment } from './attachment.js';

export const UNKNOWN_SHAPE = -1;
const INLINE = 0xffff;
const COUNT_MAX = 4096 - THREADS_MAX;
const NAMES_BYTES_MAX = 1024 * 1024 - THREADS_MAX * 4096;

export class ShapeIds {
  readonly cache = new ShapeCache();
  readonly #attachment: Attachment;
  readonly #ids = new WeakMap<ShapeCodec, Int32Array>();
  readonly #codecs: (ShapeCodec | undefined)[][];
  readonly #transcoder: Transcoder;
  #last: ShapeCodec | undefined;
  #lastIds: Int32Array;

  constructor(attachment: Attachment) {
    this.#attachment = attachment;
    this.#transcoder = new Transcoder(attachment.handles.module);
    this.#codecs = attachment.shards.map(() => []);
    this.#lastIds = new Int32Array(attachment.shards.length);
  }

  /** The id of a codec's shape in a shard, or UNKNOWN_SHAPE if the shard has never seen it. Uses the IN area. */
  idOf(core: ShardCore, codec: ShapeCodec): number {
    const ids = codec === this.#last ? this.#lastIds : this.#idsOf(codec);
    const id = ids[core.shard];
    return id !== UNKNOWN_SHAPE ? id : this.#find(core, codec, ids);
  }

  /** The codec of an encoded item, undefined if its names lie in it. Leaves the OUT area alone. */
  codecAt(core: ShardCore, view: Uint8Array, at: number): ShapeCodec | undefined {
    const id = view[at] | (view[at + 1] << 8);
    return id === INLINE ? undefined : (this.#codecs[core.shard][id] ?? this.#load(core, id));
  }

  decode(core: ShardCore, view: Uint8Array, at: number, length: number): Item {
    const codec = this.codecAt(core, view, at);
    if (codec === undefined) return decodeInlineItem(view, at, length) as Item;
    return codec.decode(view, at, length) as Item;
  }

  /** Appends an encoded item in the form of a door. Uses the IN area: whoever stages there has called `touch`. */
  transcode(
    sink: ByteSink,
    form: ItemForm,
    core: ShardCore,
    view: Uint8Array,
    at: number,
    length: number,
  ): void {
    const names = (): Uint8Array | undefined => this.codecAt(core, view, at)?.nameBytes;
    this.#transcoder.append(sink, form, core, view, at, length, names);
  }

  /** True once a shard should take no more shapes: names then go into the items. Room for every thread's is kept. */
  full(core: ShardCore): boolean {
    const { exports } = core;
    return exports.shapeCount() >= COUNT_MAX || exports.shapeNamesBytes() >= NAMES_BYTES_MAX;
  }

  #idsOf(codec: ShapeCodec): Int32Array {
    let ids = this.#ids.get(codec);
    if (ids === undefined) {
      ids = new Int32Array(this.#attachment.shards.length).fill(UNKNOWN_SHAPE);
      this.#ids.set(codec, ids);
    }
    this.#last = codec;
    this.#lastIds = ids;
    return ids;
  }

  #find(core: ShardCore, codec: ShapeCodec, ids: Int32Array): number {
    core.u8.set(codec.nameBytes, core.inAt);
    const id = core.blocking(() => core.exports.shapeFind(core.inAt, codec.nameBytes.length));
    if (id === STATUS.NOT_FOUND) return UNKNOWN_SHAPE;
    if (id < 0) throw this.#attachment.fault(id, core.shard);
    ids[core.shard] = id;
    return id;
  }

  #load(core: ShardCore, id: number): ShapeCodec {
    const at = core.exports.shapeNames(id);
    if (at < 0) throw this.#attachment.fault(at, core.shard);
    const codec = this.cache.codecOfNameBytes(core.u8, at, core.result(RESULT.BYTES));
    this.#codecs[core.shard][id] = codec;
    return codec;
  }
}
