// Query and scan pages of indexes: entries of all shards merged by key, the item of each row read from its own shard where
// the page needs more than keys.
//
// An entry and its item are written in one apply, but read by two calls: somebody may write in between. An item written
// before its entry is the one the entry was made for; of a later one the attributes are compared, and if they are not
// the entry's any more, the row is stepped over without being counted.
//
// Items come one by one while memory or the page cache has them; once one has to wait for the disk, those of the next
// rows are asked for with it.

import { EncodedItem } from '../core/codec/encoded-item.js';
import { encodeInlineItem } from '../core/codec/inline-item.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import { type CursorCalls, nextTurn } from './cursor-calls.js';
import { IndexMerge, type IndexSource } from './index-merge.js';
import { componentEnd, type IndexLayout } from './index-layout.js';
import type { IndexPlan } from './index-plan.js';
import type { KeyBuilder } from './key-builder.js';
import { PageBuilder } from './page-builder.js';
import { type Encoded, owned, type Reader } from './reader.js';
import { readRowKey } from './row-key.js';
import type { Piece } from './scan-plan.js';
import type { ShapeIds } from './shape-ids.js';
import type { Page, PageOptions } from './store.js';

const FIRST_RUN = 16;
const RUN_MAX = 256;
/** Items asked for at once when they come from a disk. */
const FETCHES_MAX = 32;
/** Rows or cursor calls, in the weight of rows, after which the event loop gets its turn. */
const ROWS_PER_TURN = 2048;
const CALL_WEIGHT = 16;
const ROW_BYTES_MAX = 32 * 1024;

/** One page being read. */
interface Reading {
  readonly layout: IndexLayout;
  readonly builder: PageBuilder;
  readonly merge: IndexMerge;
  readonly seen: Float64Array;
  readonly signal: AbortSignal | undefined;
  work: number;
}

/** An entry: its key in `u8`, the sequence it was written with, the size of its view. */
interface Row {
  readonly core: ShardCore;
  readonly u8: Uint8Array;
  readonly keyAt: number;
  readonly keyLength: number;
  readonly sequence: number;
  readonly viewBytes: number;
}

export class IndexPageReader {
  readonly #attachment: Attachment;
  readonly #calls: CursorCalls;
  readonly #reader: Reader;
  readonly #keys: KeyBuilder;
  readonly #shapes: ShapeIds;
  readonly #spare: IndexMerge[] = [];
  readonly #row: EncodedItem;
  #rowBytes: Uint8Array | undefined;

  constructor(
    attachment: Attachment,
    calls: CursorCalls,
    reader: Reader,
    keys: KeyBuilder,
    shapes: ShapeIds,
  ) {
    this.#attachment = attachment;
    this.#calls = calls;
    this.#reader = reader;
    this.#keys = keys;
    this.#shapes = shapes;
    this.#row = new EncodedItem(attachment.workbench.u8, 0, 0, undefined);
  }

  /** `seen` as in PageReader.page. */
  async page(
    layout: IndexLayout,
    plan: IndexPlan,
    options: PageOptions,
    seen: Float64Array,
  ): Promise<Page> {
    const builder = new PageBuilder(layout.attributes, options, this.#shapes);
    const merge = this.#spare.pop() ?? new IndexMerge(this.#attachment.shards.length);
    const reading = { layout, builder, merge, seen, signal: options.signal, work: 0 };
    const keysSuffice =
      builder.countOnly ||
      (options.wholeItems === false &&
        (options.project !== undefined || options.select === 'count'));
    try {
      for (const group of plan.groups) {
        merge.begin(options.reverse === true, plan.sharedBytes);
        await this.#open(reading, group);
        await (keysSuffice ? this.#addKeys(reading) : this.#addItems(reading));
        if (builder.ended) break;
      }
      return builder.page();
    } finally {
      this.#spare.push(merge);
    }
  }

  /** First runs of all shards, in one stretch where nothing has to be waited for. */
  async #open(reading: Reading, pieces: readonly Piece[]): Promise<void> {
    const { merge, builder } = reading;
    const wanted = builder.remaining;
    const share =
      pieces.length === 1 ? wanted : Math.min(FIRST_RUN, Math.ceil(wanted / pieces.length) * 2 + 2);
    for (let i = 0; i < pieces.length; i++) {
      const source = merge.sources[i];
      source.begin(this.#attachment.shards[pieces[i].shard], pieces[i], share);
      if (!this.#fillNow(reading, source)) await this.#fill(reading, source);
    }
  }

  /** A cursor call, and the next ones while runs are empty. False: the rest needs `#fill`. */
  #fillNow(reading: Reading, source: IndexSource): boolean {
    const { core, piece } = source;
    if (!this.#calls.fast(core, piece, source.countMax)) return false;
    this.#take(reading, source);
    return source.standing || !source.more;
  }

  async #fill(reading: Reading, source: IndexSource): Promise<void> {
    const { core, piece } = source;
    while (!source.standing && source.more) {
      reading.signal?.throwIfAborted();
      reading.work += CALL_WEIGHT;
      if (reading.work >= ROWS_PER_TURN) await this.#rest(reading);
      const { countMax } = source;
      if (this.#calls.fast(core, piece, countMax)) this.#take(reading, source);
      else await this.#calls.slow(core, piece, countMax, () => this.#take(reading, source));
    }
  }

  #take({ seen, merge }: Reading, source: IndexSource): void {
    const { core } = source;
    seen[core.shard] = Math.max(seen[core.shard], core.maxSequence);
    source.take();
    source.countMax = Math.min(RUN_MAX, source.countMax * 4);
    merge.admit(source);
  }

  async #rest(reading: Reading): Promise<void> {
    reading.work = 0;
    reading.signal?.throwIfAborted();
    await nextTurn();
    this.#attachment.checkReadable();
  }

  /** Steps over the row in front and sees to it that the next one stands there. Returns a promise only if it must. */
  #step(reading: Reading): Promise<void> | undefined {
    const empty = reading.merge.step();
    if (empty !== undefined && !reading.builder.ended) return this.#fill(reading, empty);
    return ++reading.work < ROWS_PER_TURN ? undefined : this.#rest(reading);
  }

  /** Rows that are counted only, or made of their keys. */
  async #addKeys(reading: Reading): Promise<void> {
    const { builder, merge, layout } = reading;
    for (let row = merge.first; row !== undefined && !builder.ended; row = merge.first) {
      builder.step(row.viewBytes, row.u8, row.keyAt, row.keyLength);
      if (!builder.countOnly) this.#keepKey(layout, builder, row);
      const filling = this.#step(reading);
      if (filling !== undefined) await filling;
    }
  }

  #keepKey(layout: IndexLayout, builder: PageBuilder, row: Row): void {
    const item = readRowKey(layout.attributes, row.u8, row.keyAt, row.keyAt + row.keyLength);
    const encoded = this.#row;
    const bytes = (this.#rowBytes ??= new Uint8Array(ROW_BYTES_MAX));
    const codec = this.#shapes.cache.codecOf(item);
    encoded.u8 = bytes;
    encoded.at = 0;
    encoded.codec = codec;
    encoded.length =
      codec === undefined
        ? encodeInlineItem(bytes, 0, bytes.length, item)
        : codec.encode(bytes, 0, bytes.length, item, 0);
    builder.keepRow(encoded);
  }

  /** Rows with their items. */
  async #addItems(reading: Reading): Promise<void> {
    const { builder, merge, layout } = reading;
    for (let row = merge.first; row !== undefined && !builder.ended; row = merge.first) {
      const found = this.#item(layout, row);
      if (found instanceof Promise) {
        await this.#addFetched(reading, found);
        continue;
      }
      this.#accept(reading, row, found);
      const filling = this.#step(reading);
      if (filling !== undefined) await filling;
    }
  }

  /** The row in front, whose item is on its way, and the rows behind it as far as their shards' runs go. */
  async #addFetched(reading: Reading, first: Promise<Encoded>): Promise<void> {
    const { builder, merge, layout } = reading;
    const rows: Row[] = [];
    const items: Promise<Encoded>[] = [];
    const countMax = Math.min(FETCHES_MAX, builder.remaining);
    let empty: IndexSource | undefined;
    for (let row = merge.first; row !== undefined && empty === undefined; row = merge.first) {
      items.push(rows.length === 0 ? first : this.#ownItem(layout, row));
      rows.push(copied(row));
      empty = merge.step();
      if (rows.length === countMax) break;
    }
    const found = await Promise.all(items);
    reading.signal?.throwIfAborted();
    for (let i = 0; i < rows.length && !builder.ended; i++)
      this.#accept(reading, rows[i], found[i]);
    if (empty !== undefined && !builder.ended) await this.#fill(reading, empty);
  }

  /** An item that survives an await. Its key is taken before the first one. */
  async #ownItem(layout: IndexLayout, row: Row): Promise<Encoded> {
    const found = this.#item(layout, row);
    return found instanceof Promise ? found : owned(found);
  }

  #item(layout: IndexLayout, { core, u8, keyAt, keyLength }: Row): Encoded | Promise<Encoded> {
    const { table } = layout;
    const at = layout.tableKeyAt(u8, keyAt);
    const partitionBytes = componentEnd(u8, at, table.partitionType) - at;
    this.#keys.copied(table.id, u8, at, partitionBytes, keyAt + keyLength - at);
    return this.#reader.get(core);
  }

  #accept({ layout, builder, seen }: Reading, row: Row, found: Encoded): void {
    const { core } = row;
    seen[core.shard] = Math.max(seen[core.shard], found.sequence);
    if (found.length < 0) return;
    if (found.sequence > row.sequence && !this.#belongs(layout, row, found)) return;
    builder.step(row.viewBytes, row.u8, row.keyAt, row.keyLength);
    builder.keep(core, found.view, found.at, found.length);
  }

  #belongs(layout: IndexLayout, row: Row, { view, at, length }: Encoded): boolean {
    const item = this.#row;
    item.u8 = view;
    item.at = at;
    item.length = length;
    item.codec = this.#shapes.codecAt(row.core, view, at);
    return layout.belongs(item, row.u8, row.keyAt);
  }
}

function copied({ core, u8, keyAt, keyLength, sequence, viewBytes }: Row): Row {
  const key = u8.slice(keyAt, keyAt + keyLength);
  return { core, u8: key, keyAt: 0, keyLength, sequence, viewBytes };
}
