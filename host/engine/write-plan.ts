// What a write to a table takes beside the item itself, from the table's definition: made once a revision.

import { streamKey } from '../core/stream-format.js';
import { IndexEntries } from './index-entries.js';
import type { StreamDefinition, TtlDefinition } from './store.js';
import type { TableState } from './table-state.js';

export class WritePlan {
  /** Those that are active or being filled. */
  readonly indexes: readonly IndexEntries[];
  /** The one that takes records now. */
  readonly stream: StreamDefinition | undefined;
  /** The key of its records, but for their sequences. */
  readonly streamKey: Uint8Array;
  readonly ttl: TtlDefinition | undefined;
  /** Writes must know the old item. */
  readonly reads: boolean;
  /** A write is its item and nothing else. */
  readonly bare: boolean;

  constructor(table: TableState) {
    const { indexes = [], streams = [], ttl } = table;
    this.indexes = indexes
      .filter(({ status }) => status !== 'deleting')
      .map((index) => new IndexEntries(table, index));
    this.stream = streams.find(({ disabledAtMs }) => disabledAtMs === undefined);
    this.streamKey = streamKey(this.stream?.id ?? 0, 0);
    this.ttl = ttl?.enabled === true ? ttl : undefined;
    this.reads = this.indexes.length > 0 || this.stream !== undefined;
    this.bare = !this.reads && this.ttl === undefined;
  }
}
