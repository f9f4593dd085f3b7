// How global indexes looked a while ago: what `gsiDelayMs` shows. For tests; nothing of it exists where the delay is 0.
//
// Why this is right. Index entries are written with their items, so what lies in the shards is never behind and a crash
// loses nothing of it: the lag is a matter of reads alone. A read at time `now` answers as of `now - delay`:
//
//   the index then = the entries of items that nobody has written since
//                  + what those that were written since were like before the first such write
//
// Every write notes its time and the item it found, before it applies. A write that then fails, or decides again, leaves a
// note that is true all the same: the item was like that at that time. The order of rows is the index's own, so a page
// goes on where the last one ended whatever became due meanwhile.
//
// Notes are this thread's and die with it. So writes of another thread, and those before a crash, are seen at once:
// eventual consistency promises no lag.

import type { Clock } from '../clock.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import { encodeInlineItem } from '../core/codec/inline-item.js';
import { NO_ROOM } from '../core/codec/format.js';
import { setOwn } from '../core/codec/plain-object.js';
import { projectedNames } from '../table/index-view.js';
import { copyItem } from '../table/item-copy.js';
import { itemSize } from '../table/item-size.js';
import type { Item, KeyAttribute, KeyValue } from '../table/item-types.js';
import { compareKeyValues, hasKeyType, keyAttributes, keyIdentity } from '../table/key-schema.js';
import { satisfies } from '../table/range.js';
import type {
  IndexDefinition,
  IndexQueryRange,
  IndexScanRange,
  Page,
  PageOptions,
  Store,
  StoredTable,
} from './store.js';

/** One item as it was until a time; undefined: there was none. */
interface Note {
  readonly untilMs: number;
  readonly item: Item | undefined;
}

type GlobalRange = IndexQueryRange | IndexScanRange;

/** Hash ranges as fine as a number tells them apart: the order in which a scan of an index goes. */
const HASH_RANGES = 2 ** 52;
const ENCODED_BYTES_FIRST = 4096;

export class IndexLag {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #delayMs: number;
  /** By table id, then by key; the notes of one item in the order of its writes. */
  readonly #notes = new Map<number, Map<string, Note[]>>();

  constructor(store: Store, clock: Clock, delayMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  /** Whether writes of this table are to be noted. */
  static concerns(table: StoredTable): boolean {
    return table.indexes?.some(({ kind }) => kind === 'global') ?? false;
  }

  note(table: StoredTable, key: Item, item: Item | undefined): void {
    let items = this.#notes.get(table.id);
    if (items === undefined) {
      items = new Map();
      this.#notes.set(table.id, items);
    }
    const identity = keyIdentity(table.key, key);
    const note = { untilMs: this.#clock.nowMs(), item };
    const notes = items.get(identity);
    if (notes === undefined) items.set(identity, [note]);
    else notes.push(note);
  }

  forget(tableId: number): void {
    this.#notes.delete(tableId);
  }

  /** A page as it was; undefined: nothing has been written since, the page is as the store gives it. */
  async page(
    table: StoredTable,
    range: GlobalRange,
    options: PageOptions,
  ): Promise<Page | undefined> {
    const past = this.#past(table);
    if (past.size === 0) return undefined;
    const rows = await this.#rows(table, range, past, options);
    const { startKey, reverse = false } = options;
    const order = new IndexOrder(this.#store, table, range.index);
    const start = startKey === undefined ? undefined : order.placeOf(startKey);
    const placed = rows
      .map((item) => ({ item, place: order.placeOf(item) }))
      .filter(
        ({ place }) => start === undefined || order.compare(place, start) * (reverse ? -1 : 1) > 0,
      )
      .sort((a, b) => order.compare(a.place, b.place) * (reverse ? -1 : 1));
    return pageOf(
      table,
      range.index,
      placed.map(({ item }) => item),
      options,
    );
  }

  async count(table: StoredTable, range: GlobalRange): Promise<number | undefined> {
    const past = this.#past(table);
    return past.size === 0 ? undefined : (await this.#rows(table, range, past, {})).length;
  }

  /** The items written since, as they were; notes that are due are forgotten. */
  #past(table: StoredTable): ReadonlyMap<string, Item | undefined> {
    const past = new Map<string, Item | undefined>();
    const items = this.#notes.get(table.id);
    if (items === undefined) return past;
    const asOfMs = this.#clock.nowMs() - this.#delayMs;
    for (const [identity, notes] of items) {
      const young = notes.findIndex(({ untilMs }) => untilMs > asOfMs);
      if (young < 0) items.delete(identity);
      else past.set(identity, notes[young].item);
      if (young > 0) notes.splice(0, young);
    }
    return past;
  }

  /** The whole range as it was, in no order. */
  async #rows(
    table: StoredTable,
    range: GlobalRange,
    past: ReadonlyMap<string, Item | undefined>,
    { signal }: Pick<PageOptions, 'signal'>,
  ): Promise<Item[]> {
    const { items } = await this.#store.page(table, range, {
      bytesMax: Number.MAX_SAFE_INTEGER,
      consistent: false,
      select: 'items',
      signal,
    });
    const rows = items.filter((item) => !past.has(keyIdentity(table.key, item)));
    for (const item of past.values()) {
      if (item !== undefined && this.#isInside(table, range, item)) rows.push(item);
    }
    return rows;
  }

  #isInside(table: StoredTable, range: GlobalRange, item: Item): boolean {
    const { index } = range;
    const attributes = [...index.partition, ...index.sort];
    if (!attributes.every(({ name, type }) => hasKeyType(item[name], type))) return false;
    if (range.kind === 'indexScan') {
      const { segment = 0, totalSegments = 1 } = range;
      return this.#store.segmentOf(table, item, totalSegments, index) === segment;
    }
    const { partition, sortPrefix, sort } = range;
    const matches = (at: readonly KeyAttribute[], values: readonly KeyValue[]): boolean =>
      values.every((value, i) => compareKeyValues(item[at[i].name] as KeyValue, value) === 0);
    if (!matches(index.partition, partition) || !matches(index.sort, sortPrefix)) return false;
    if (sort === undefined) return true;
    return satisfies(item[index.sort[sortPrefix.length].name] as KeyValue, sort);
  }
}

interface Place {
  readonly hash: number;
  readonly values: readonly KeyValue[];
}

/** The order of an index's entries: hash, the index's key attributes, the table's. */
class IndexOrder {
  readonly #store: Store;
  readonly #table: StoredTable;
  readonly #index: IndexDefinition;
  readonly #names: readonly string[];

  constructor(store: Store, table: StoredTable, index: IndexDefinition) {
    this.#store = store;
    this.#table = table;
    this.#index = index;
    this.#names = keyNames(table, index);
  }

  placeOf(item: Item): Place {
    return {
      hash: this.#store.segmentOf(this.#table, item, HASH_RANGES, this.#index),
      values: this.#names.map((name) => item[name] as KeyValue),
    };
  }

  compare(a: Place, b: Place): number {
    if (a.hash !== b.hash) return a.hash - b.hash;
    for (let i = 0; i < a.values.length; i++) {
      const order = compareKeyValues(a.values[i], b.values[i]);
      if (order !== 0) return order;
    }
    return 0;
  }
}

/** A page of rows that lie in its order behind its start. */
function pageOf(
  table: StoredTable,
  index: IndexDefinition,
  rows: readonly Item[],
  { limit, bytesMax, filter, project, select }: PageOptions,
): Page {
  const projected = projectedNames(table, index);
  const names = keyNames(table, index);
  const items: Item[] = [];
  let [count, matched, sizeBytes] = [0, 0, 0];
  for (const row of rows) {
    count++;
    sizeBytes += itemSize(projected === undefined ? row : only(row, projected));
    const encoded = (filter ?? project) ? encode(row) : undefined;
    if (encoded === undefined || filter === undefined || filter(encoded)) {
      matched++;
      if (select === 'items') {
        items.push(
          encoded === undefined || project === undefined ? copyItem(row) : project(encoded),
        );
      }
    }
    if (count === limit || sizeBytes >= bytesMax) {
      return { items, count, matched, sizeBytes, lastKey: copyItem(only(row, new Set(names))) };
    }
  }
  return { items, count, matched, sizeBytes };
}

/** The index's key attributes, then the table's, each once. */
function keyNames(table: StoredTable, { partition, sort }: IndexDefinition): readonly string[] {
  const attributes = [...partition, ...sort, ...keyAttributes(table.key)];
  return [...new Set(attributes.map(({ name }) => name))];
}

function only(item: Item, names: ReadonlySet<string>): Item {
  const part: Item = {};
  for (const name of Object.keys(item)) if (names.has(name)) setOwn(part, name, item[name]);
  return part;
}

function encode(item: Item): EncodedItem {
  for (let bytes = ENCODED_BYTES_FIRST; ; bytes *= 4) {
    const u8 = new Uint8Array(bytes);
    const length = encodeInlineItem(u8, 0, bytes, item);
    if (length !== NO_ROOM) return new EncodedItem(u8, 0, length, undefined);
  }
}
