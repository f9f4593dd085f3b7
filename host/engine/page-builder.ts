// A page under construction: rows go in one by one, as encoded items, until a bound is reached.
//
// Limit and bytes count every row; the filter decides afterwards which of them are returned, looking at the row where it
// lies, and what it refuses is never decoded.

import { ByteSink } from '../core/byte-sink.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import { itemSizeOf } from '../core/codec/item-layout.js';
import { NO_LIMIT } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import type { ItemForm } from '../core/transcoder.js';
import type { Item, KeyAttribute } from '../table/item-types.js';
import { readRowKey } from './row-key.js';
import type { ShapeIds } from './shape-ids.js';
import type { Page, PageOptions } from './store.js';

const COMMA = 0x2c;

export class PageBuilder {
  readonly items: Item[] = [];
  count = 0;
  matched = 0;
  sizeBytes = 0;
  /** A bound is reached: the row counted last ends the page. */
  ended = false;
  /** Rows are counted, none is looked at. */
  readonly countOnly: boolean;
  #lastKey: Item | undefined;
  readonly #keyAttributes: readonly KeyAttribute[];
  readonly #options: PageOptions;
  readonly #shapes: ShapeIds;
  #row: EncodedItem | undefined;
  /** Rows as bytes, where the page is wanted so and shows whole items. */
  readonly #sink: ByteSink | undefined;

  constructor(keyAttributes: readonly KeyAttribute[], options: PageOptions, shapes: ShapeIds) {
    this.#keyAttributes = keyAttributes;
    this.#options = options;
    this.#shapes = shapes;
    const asBytes = options.form !== undefined && options.project === undefined;
    this.#sink = asBytes && options.select === 'items' ? new ByteSink() : undefined;
    this.countOnly = options.select === 'count' && options.filter === undefined;
  }

  get remaining(): number {
    return this.#options.limit === undefined ? NO_LIMIT : this.#options.limit - this.count;
  }

  get remainingBytes(): number {
    return this.#options.bytesMax - this.sizeBytes;
  }

  /** Takes a row of a table: the item lies at [at, at + length), its key in `keyView`. */
  add(
    core: ShardCore,
    view: Uint8Array,
    at: number,
    length: number,
    keyView: Uint8Array,
    keyAt: number,
    keyLength: number,
  ): void {
    this.step(itemSizeOf(view, at), keyView, keyAt, keyLength);
    if (!this.countOnly) this.keep(core, view, at, length);
  }

  /** Counts a row; `ended` tells whether it is the last one. */
  step(sizeBytes: number, keyView: Uint8Array, keyAt: number, keyLength: number): void {
    this.count++;
    this.sizeBytes += sizeBytes;
    const { limit, bytesMax } = this.#options;
    if (this.count !== limit && this.sizeBytes < bytesMax) return;
    this.ended = true;
    this.#lastKey = readRowKey(this.#keyAttributes, keyView, keyAt, keyAt + keyLength);
  }

  /** Filters and projects the item of a row that has been counted. */
  keep(core: ShardCore, view: Uint8Array, at: number, length: number): void {
    const { filter, project, select } = this.#options;
    if (filter === undefined && project === undefined) {
      this.matched++;
      if (this.#sink !== undefined) this.#append(this.#sink, core, view, at, length);
      else if (select === 'items') this.items.push(this.#shapes.decode(core, view, at, length));
      return;
    }
    const row = (this.#row ??= new EncodedItem(view, 0, 0, undefined));
    row.u8 = view;
    row.at = at;
    row.length = length;
    row.codec = this.#shapes.codecAt(core, view, at);
    if (this.#sink === undefined) return this.keepRow(row);
    if (filter !== undefined && !filter(row)) return;
    this.matched++;
    this.#append(this.#sink, core, view, at, length);
  }

  #append(sink: ByteSink, core: ShardCore, view: Uint8Array, at: number, length: number): void {
    const form = this.#options.form as ItemForm;
    if (form === 'json' && this.matched > 1) sink.appendByte(COMMA);
    this.#shapes.transcode(sink, form, core, view, at, length);
  }

  /** The same for a row that has its codec at hand. */
  keepRow(row: EncodedItem): void {
    const { filter, project, select } = this.#options;
    if (filter !== undefined && !filter(row)) return;
    this.matched++;
    if (select === 'items')
      this.items.push(project === undefined ? (row.decode() as Item) : project(row));
  }

  page(): Page {
    const { items, count, sizeBytes } = this;
    const page: Page = {
      items,
      count,
      matched: this.countOnly ? count : this.matched,
      sizeBytes,
    };
    return {
      ...page,
      ...(this.#sink === undefined ? undefined : { bytes: this.#sink.take() }),
      ...(this.#lastKey === undefined ? undefined : { lastKey: this.#lastKey }),
    };
  }
}
