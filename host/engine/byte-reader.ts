// Point reads whose items leave as bytes in the form of a door: key, lookup, transcoding in the shard's memory, one copy out.

import { ByteSink } from '../core/byte-sink.js';
import { itemSizeOf } from '../core/codec/item-layout.js';
import type { ItemForm } from '../core/transcoder.js';
import { CONTROL } from '../runtime/control.js';
import type { Item } from '../table/item-types.js';
import type { BatchWriter } from './batch-writer.js';
import type { Durability } from './durability.js';
import type { PageParts } from './pages.js';
import type { ItemBytes } from './store.js';
import type { TableState } from './table-state.js';

export interface ByteReaderParts extends Omit<PageParts, 'blocks'> {
  readonly batch: BatchWriter;
  readonly durability: Durability;
}

export class ByteReader {
  readonly #parts: ByteReaderParts;
  /** Filled and emptied between two awaits. */
  readonly #sink = new ByteSink();

  constructor(parts: ByteReaderParts) {
    this.#parts = parts;
  }

  async get(
    table: TableState,
    key: Item,
    consistent: boolean,
    form: ItemForm,
  ): Promise<ItemBytes | undefined> {
    const { attachment, batch, catalog, durability, keys, reader, shapes } = this.#parts;
    batch.touch();
    const core = attachment.shards[keys.key(table, key)];
    const looked = reader.get(core);
    const { view, at, length, sequence } = looked instanceof Promise ? await looked : looked;
    catalog.requireLive(table);
    if (attachment.control.words[CONTROL.FAILED] !== 0)
      durability.requireKept(core.shard, sequence);
    let item: ItemBytes | undefined;
    if (length >= 0) {
      batch.touch();
      const sink = this.#sink;
      // A read that failed may have left something.
      sink.length = 0;
      shapes.transcode(sink, form, core, view, at, length);
      item = { bytes: sink.take(), sizeBytes: itemSizeOf(view, at) };
    }
    if (consistent) await durability.until(core.shard, sequence);
    return item;
  }
}
