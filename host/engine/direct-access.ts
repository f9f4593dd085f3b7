// Reads and writes of one item straight from the bytes of a request: no JavaScript value of the item, on the way in or out.
//
// Every call either does what the request says or answers `undefined`: not plainly legal, or not for this way (an index key of
// another type, a shape that the shard does not know yet). Then nothing has happened and the caller goes the long way, whose
// checks know what to say. So this file has no error texts of its own.

import type { ByteSink } from '../core/byte-sink.js';
import { copyWords } from '../core/byte-sink.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import { setShapeId } from '../core/codec/item-layout.js';
import { FrameBench } from '../core/frame-bench.js';
import type { ShardCore } from '../core/shard-core.js';
import { CONTROL } from '../runtime/control.js';
import { indexKeyFault } from '../table/index-keys.js';
import type { Item } from '../table/item-types.js';
import type { ByteReaderParts } from './byte-reader.js';
import type { Encoded } from './reader.js';
import type { DirectAccess, TableKeyspace } from './store.js';
import type { TableState } from './table-state.js';
import type { Writes } from './writes.js';

export interface DirectParts extends ByteReaderParts {
  readonly writes: Writes;
  /** The store's checks: that calls are served, and the table's state. */
  readable(table: TableKeyspace): TableState;
  writable(table: TableKeyspace): TableState;
}

export class LsmDirectAccess implements DirectAccess {
  readonly bench: FrameBench;
  readonly #parts: DirectParts;

  constructor(parts: DirectParts) {
    const { module, seedLow, seedHigh } = parts.attachment.handles;
    this.bench = new FrameBench(module, seedLow, seedHigh);
    this.#parts = parts;
  }

  get(
    table: TableKeyspace,
    at: number,
    limit: number,
    consistent: boolean,
    found: (write: (sink: ByteSink) => void) => void,
    absent: () => void,
  ): Promise<void> | true | undefined {
    const { batch, durability, reader } = this.#parts;
    const state = this.#parts.readable(table);
    const core = this.#shardOf(state, at, limit, true);
    if (core === undefined) return undefined;
    batch.touch();
    const looked = reader.get(core);
    if (!(looked instanceof Promise)) {
      const { sequence } = looked;
      this.#release(state, core, looked, found, absent);
      return consistent ? durability.until(core.shard, sequence) : true;
    }
    return looked.then((read) => {
      const { sequence } = read;
      this.#release(state, core, read, found, absent);
      return consistent ? durability.until(core.shard, sequence) : undefined;
    });
  }

  put(table: TableKeyspace, at: number, limit: number): Promise<unknown> | undefined {
    const state = this.#parts.writable(table);
    const core = this.#shardOf(state, at, limit, false);
    if (core === undefined) return undefined;
    const { bench } = this;
    const length = bench.item(at, limit, bench.keyLength & 3);
    if (length < 0) return undefined;
    const shapeId = this.#shapeIn(core);
    if (state.plan.bare && shapeId >= 0) {
      const { batch, writes } = this.#parts;
      const staged = batch.putEncoded(core, bench, bench.itemAt, length, shapeId);
      if (staged !== undefined) return writes.putStaged(state, staged);
    }
    return this.#putRead(state, core, length, shapeId);
  }

  delete(table: TableKeyspace, at: number, limit: number): Promise<unknown> | undefined {
    const state = this.#parts.writable(table);
    const core = this.#shardOf(state, at, limit, true);
    return core === undefined ? undefined : this.#parts.writes.deleteAt(state, core.shard, false);
  }

  /** Makes the key of a map the one in the workbench. */
  #shardOf(table: TableState, mapAt: number, limit: number, exact: boolean): ShardCore | undefined {
    const { bench } = this;
    const top = bench.key(table, mapAt, limit, exact);
    if (top < 0) return undefined;
    const { keys, attachment } = this.#parts;
    return attachment.shards[keys.adopt(bench, top, bench.keyLength, bench.prefixLength)];
  }

  /** The id that the names of the item have in a shard, or a negative number. */
  #shapeIn(core: ShardCore): number {
    const { bench } = this;
    const { namesAt, namesBytes } = bench;
    if (namesBytes === 0) return -1;
    this.#parts.batch.touch();
    copyWords(bench.u8, bench.u32, namesAt, core.u8, core.u32, core.inAt, namesBytes);
    return core.exports.shapeFind(core.inAt, namesBytes);
  }

  /** A table with indexes, a stream or expiry; or an item that is long or of a new shape. */
  #putRead(
    table: TableState,
    core: ShardCore,
    length: number,
    shapeId: number,
  ): Promise<unknown> | undefined {
    const { bench } = this;
    const { shapes, writes } = this.#parts;
    if (shapeId < 0 && (bench.namesBytes === 0 || bench.namesRepeat)) return undefined;
    // A bare put must not read: the long way defines the shape and puts blindly.
    if (table.plan.bare) return undefined;
    const codec = shapes.cache.codecOfNameBytes(bench.u8, bench.namesAt, bench.namesBytes);
    const bytes = bench.u8.slice(bench.itemAt, bench.itemAt + length);
    setShapeId(bytes, 0, 0);
    const item = new EncodedItem(bytes, 0, length, codec);
    if (table.indexes !== undefined && indexKeyFault(table, indexKeysOf(table, item)) !== undefined)
      return undefined;
    return writes.putEncoded(table, core.shard, item);
  }

  #release(
    table: TableState,
    core: ShardCore,
    { view, at, length, sequence }: Encoded,
    found: (write: (sink: ByteSink) => void) => void,
    absent: () => void,
  ): void {
    const { attachment, batch, catalog, durability, shapes } = this.#parts;
    catalog.requireLive(table);
    if (attachment.control.words[CONTROL.FAILED] !== 0)
      durability.requireKept(core.shard, sequence);
    if (length < 0) return absent();
    batch.touch();
    found((sink) => shapes.transcode(sink, 'msgpack', core, view, at, length));
  }
}

/** Of an item what its table's indexes have as keys. */
function indexKeysOf(table: TableState, item: EncodedItem): Item {
  const keys: [string, unknown][] = [];
  for (const { partition, sort } of table.indexes ?? []) {
    for (const { name } of [...partition, ...sort]) {
      const value = item.value(name);
      if (value !== undefined) keys.push([name, value]);
    }
  }
  return Object.fromEntries(keys) as Item;
}
