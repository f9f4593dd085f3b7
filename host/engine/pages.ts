// Pages of every kind of range: which reader makes them, and when they may be released.

import type { Item } from '../table/item-types.js';
import type { Attachment } from './attachment.js';
import type { BlockProvider } from './block-provider.js';
import type { CatalogView } from './catalog-view.js';
import { CursorCalls } from './cursor-calls.js';
import { IndexLayout } from './index-layout.js';
import { IndexPageReader } from './index-page-reader.js';
import { planIndexPage } from './index-plan.js';
import type { KeyBuilder } from './key-builder.js';
import { PageReader } from './page-reader.js';
import { PooledPages, type PagePool } from './pooled-pages.js';
import type { Reader } from './reader.js';
import { countPieces } from './range-count.js';
import { type Piece, planPage, segmentOfKey } from './scan-plan.js';
import type { ShapeIds } from './shape-ids.js';
import type { CountOptions, IndexDefinition, Page, PageOptions, Range } from './store.js';
import type { TableState } from './table-state.js';

/** What the readers of pages share with the rest of the thread's store. */
export interface PageParts {
  readonly attachment: Attachment;
  readonly catalog: CatalogView;
  readonly keys: KeyBuilder;
  readonly reader: Reader;
  readonly shapes: ShapeIds;
  readonly blocks: BlockProvider;
}

export class Pages {
  readonly #attachment: Attachment;
  readonly #calls: CursorCalls;
  readonly #keys: KeyBuilder;
  readonly #shards: number;
  readonly #tables: PageReader;
  readonly #indexes: IndexPageReader;
  readonly #pooled: PooledPages | undefined;
  readonly #layouts = new WeakMap<IndexDefinition, IndexLayout>();

  constructor(parts: PageParts, pool: PagePool | undefined) {
    const { attachment, catalog, keys, reader, shapes, blocks } = parts;
    const calls = new CursorCalls(attachment, catalog, blocks);
    this.#attachment = attachment;
    this.#calls = calls;
    this.#keys = keys;
    this.#shards = attachment.shards.length;
    this.#tables = new PageReader(attachment, calls, reader, shapes);
    this.#indexes = new IndexPageReader(attachment, calls, reader, keys, shapes);
    this.#pooled = pool === undefined ? undefined : new PooledPages(attachment, shapes, pool);
  }

  /** `seen[shard]` is raised to the highest sequence stepped over there, tombstones included. */
  page(table: TableState, range: Range, options: PageOptions, seen: Float64Array): Promise<Page> {
    const { startKey, reverse = false } = options;
    if (range.kind === 'indexQuery' || range.kind === 'indexScan') {
      const layout = this.#layoutOf(table, range.index);
      const plan = planIndexPage(this.#keys, this.#shards, layout, range, startKey, reverse);
      return this.#indexes.page(layout, plan, options, seen);
    }
    const bits = Math.log2(this.#shards);
    const pieces = planPage(this.#keys, bits, table, range, startKey, reverse);
    const inParallel =
      range.kind === 'scan' && (range.totalSegments ?? 1) > 1 && options.limit === undefined;
    const pages = inParallel ? (this.#pooled ?? this.#tables) : this.#tables;
    return pages.page(table, pieces, options, seen);
  }

  /** How many entries a range has. `seen` as above. */
  count(
    table: TableState,
    range: Range,
    { signal }: CountOptions,
    seen: Float64Array,
  ): Promise<number> {
    const pieces = this.#pieces(table, range);
    return countPieces(this.#attachment, this.#calls, pieces, seen, signal);
  }

  segmentOf(table: TableState, key: Item, totalSegments: number, index?: IndexDefinition): number {
    if (index === undefined) {
      this.#keys.partition(table.id, table.partitionType, key[table.partitionName]);
    } else {
      this.#keys.components(index.id, index.partition, key, index.partition.length);
    }
    return segmentOfKey(this.#keys.bytes(), totalSegments);
  }

  #pieces(table: TableState, range: Range): readonly Piece[] {
    if (range.kind === 'indexQuery' || range.kind === 'indexScan') {
      const layout = this.#layoutOf(table, range.index);
      return planIndexPage(this.#keys, this.#shards, layout, range, undefined, false).groups.flat();
    }
    return planPage(this.#keys, Math.log2(this.#shards), table, range, undefined, false);
  }

  #layoutOf(table: TableState, index: IndexDefinition): IndexLayout {
    let layout = this.#layouts.get(index);
    if (layout === undefined) {
      layout = new IndexLayout(table, index);
      this.#layouts.set(index, layout);
    }
    return layout;
  }
}
