// A page under construction: encoded items go in one by one, until a bound is reached.

import { decodeAttributes } from '../core/codec/item-decoder.js';
import { itemSizeOf } from '../core/codec/item-layout.js';
import { NO_LIMIT } from '../core/cursor-request.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Item } from '../table/item-types.js';
import type { ShapeIds } from './shape-ids.js';
import type { Page, PageOptions } from './store.js';
import type { TableState } from './table-state.js';

export class PageBuilder {
  readonly items: Item[] = [];
  count = 0;
  sizeBytes = 0;
  ended = false;
  lastKey: Item | undefined;
  readonly #table: TableState;
  readonly #options: PageOptions;
  readonly #shapes: ShapeIds;
  readonly #countOnly: boolean;

  constructor(table: TableState, options: PageOptions, shapes: ShapeIds) {
    this.#table = table;
    this.#options = options;
    this.#shapes = shapes;
    this.#countOnly = options.select === 'count';
  }

  get remaining(): number {
    return this.#options.limit === undefined ? NO_LIMIT : this.#options.limit - this.count;
  }

  /** Takes one encoded item; sets `ended` when it reaches a bound. */
  add(core: ShardCore, view: Uint8Array, at: number, length: number): void {
    this.count++;
    this.sizeBytes += itemSizeOf(view, at);
    const full = this.count === this.#options.limit || this.sizeBytes >= this.#options.bytesMax;
    if (!this.#countOnly) this.items.push(this.#shapes.decode(core, view, at, length));
    if (full) {
      this.ended = true;
      this.lastKey = this.#keyAt(core, view, at);
    }
  }

  #keyAt(core: ShardCore, view: Uint8Array, at: number): Item {
    const names = this.#keyNames();
    const values = decodeAttributes(view, at, this.#shapes.codecAt(core, view, at), names);
    return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Item;
  }

  #keyNames(): string[] {
    const { partitionName, sortName } = this.#table;
    return sortName === undefined ? [partitionName] : [partitionName, sortName];
  }

  page(): Page {
    const { items, count, sizeBytes, lastKey } = this;
    return lastKey === undefined
      ? { items, count, matched: count, sizeBytes }
      : { items, count, matched: count, sizeBytes, lastKey };
  }
}
