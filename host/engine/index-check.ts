// Indexes against their table: every item that belongs in an index has its entry there, with the size of its view, and
// there are as many entries as such items, so none is left over.
//
// Works beside writers: the counts mean something only if nobody wrote while they were taken, so a difference is
// believed only then; otherwise all is looked at again. Has its own attachment to the shards, for it reads entries
// between the pages of a scan.

import type { EncodedItem } from '../core/codec/encoded-item.js';
import { itemSizeOf } from '../core/codec/item-layout.js';
import { KEY_BYTES_MAX } from '../core/abi.js';
import { Workbench } from '../core/workbench.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import { keyAttributes } from '../table/key-schema.js';
import type { Attachment } from './attachment.js';
import { BlockProvider } from './block-provider.js';
import { CatalogView } from './catalog-view.js';
import type { CheckFault } from './check-report.js';
import { IndexEntries } from './index-entries.js';
import { KeyBuilder } from './key-builder.js';
import { Reader } from './reader.js';
import type { IndexDefinition, PageOptions, Store, StoredTable } from './store.js';
import { TableState } from './table-state.js';

const PAGE_ROWS = 512;
/** Looks at an index that others write to. */
const LOOKS_MAX = 5;

interface Expected {
  readonly key: Item;
  readonly shard: number;
  readonly entryKey: Uint8Array;
  readonly sizeBytes: number;
}

export interface IndexFindings {
  readonly items: number;
  readonly entries: number;
  readonly faults: CheckFault[];
}

export class IndexCheck {
  readonly #store: Store;
  readonly #attachment: Attachment;
  readonly #workbench: Workbench;
  readonly #keys: KeyBuilder;
  readonly #reader: Reader;

  constructor(store: Store, attachment: Attachment) {
    const { module, seedLow, seedHigh, catalog } = attachment.handles;
    this.#store = store;
    this.#attachment = attachment;
    this.#workbench = new Workbench(module, seedLow, seedHigh);
    this.#keys = new KeyBuilder(this.#workbench, attachment.shards.length);
    const blocks = new BlockProvider(attachment);
    this.#reader = new Reader(attachment, new CatalogView(catalog), this.#keys, blocks);
  }

  /** Counts a table's items, and checks them against an index of it if there is one. */
  async table(
    table: StoredTable,
    index: IndexDefinition | undefined,
    signal: AbortSignal | undefined,
  ): Promise<IndexFindings> {
    for (let look = 1; ; look++) {
      const before = this.#written();
      const findings = await this.#look(table, index, signal);
      if (findings.faults.length === 0 || this.#written() === before) return findings;
      if (look === LOOKS_MAX) return { ...findings, faults: [] }; // it never stood still
    }
  }

  async #look(
    table: StoredTable,
    index: IndexDefinition | undefined,
    signal: AbortSignal | undefined,
  ): Promise<IndexFindings> {
    const entries =
      index === undefined ? undefined : new IndexEntries(new TableState(table), index);
    const faults: CheckFault[] = [];
    const place = { table: table.name, index: index?.name };
    let items = 0;
    let belonging = 0;
    let wanted: Expected[] = [];
    const options: PageOptions = {
      limit: PAGE_ROWS,
      bytesMax: Number.MAX_SAFE_INTEGER,
      consistent: false,
      select: 'items',
      signal,
      filter: (item) => {
        items++;
        const found = entries && this.#expected(table, entries, item);
        if (found !== undefined) wanted.push(found);
        return false;
      },
    };
    let startKey: Item | undefined;
    do {
      wanted = [];
      const page = await this.#store.page(table, { kind: 'scan' }, { ...options, startKey });
      for (const { key, shard, entryKey, sizeBytes } of wanted) {
        const { view, at, length } = await this.#reader.getEncoded(
          this.#attachment.shards[shard],
          entryKey,
        );
        if (length < 0) faults.push({ what: 'an item has no entry in the index', ...place, key });
        else if (itemSizeOf(view, at) !== sizeBytes)
          faults.push({ what: 'an entry of the index says another size', ...place, key });
      }
      belonging += wanted.length;
      startKey = page.lastKey;
    } while (startKey !== undefined);
    if (index === undefined) return { items, entries: 0, faults };
    const counted = await this.#store.count(table, { kind: 'indexScan', index }, { signal });
    if (counted !== belonging) {
      const what = `the index has ${counted} entries, the table ${belonging} items that belong in it`;
      faults.push({ what, ...place });
    }
    return { items, entries: counted, faults };
  }

  #expected(table: StoredTable, entries: IndexEntries, item: EncodedItem): Expected | undefined {
    const key: Item = {};
    for (const { name } of keyAttributes(table.key)) key[name] = item.value(name) as AttributeValue;
    const shard = this.#keys.itemKey(new TableState(table), key);
    const room = new Uint8Array(KEY_BYTES_MAX);
    const length = entries.keyOf(this.#workbench, item, this.#keys.bytes(), room);
    if (length < 0) return undefined;
    return { key, shard, entryKey: room.slice(0, length), sizeBytes: entries.sizeOf(item) };
  }

  /** Grows with every write. */
  #written(): number {
    let sum = 0;
    for (const { exports } of this.#attachment.shards) sum += exports.lastSequence();
    return sum;
  }
}
