// The entries of one change in a batch: the item as a decision makes it, and all that goes with it. One piece for writes of
// single items and for the parts of transactions.

import type { Clock } from '../clock.js';
import { ENTRY } from '../core/abi.js';
import type { EncodedItem } from '../core/codec/encoded-item.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Attachment } from './attachment.js';
import type { BatchBuffer } from './batch-buffer.js';
import { addChange } from './change-entries.js';
import type { ItemEncoder } from './item-encoder.js';
import type { KeyBuilder } from './key-builder.js';
import type { Change } from './store.js';
import type { TableState } from './table-state.js';

export type Decision = Change | { readonly kind: 'encoded'; readonly item: EncodedItem };
/** One that changes something. */
export type Making = Exclude<Decision, { readonly kind: 'keep' }>;

export interface Place {
  readonly table: TableState;
  readonly core: ShardCore;
  /** The item's encoded key: a private copy. */
  readonly key: Uint8Array;
  readonly byTtl: boolean;
}

export interface Composed {
  /** The new item, good until the buffer begins anew. */
  readonly next: EncodedItem | undefined;
  readonly indexUnits: ReadonlyMap<string, number>;
}

const NO_BYTES = new Uint8Array(0);

export class ChangeComposer {
  readonly #attachment: Attachment;
  readonly #keys: KeyBuilder;
  readonly #encoder: ItemEncoder;
  readonly #clock: Clock;

  constructor(attachment: Attachment, keys: KeyBuilder, encoder: ItemEncoder, clock: Clock) {
    this.#attachment = attachment;
    this.#keys = keys;
    this.#encoder = encoder;
    this.#clock = clock;
  }

  /** Adds the change to the batch. A negative status: the shard cannot take the item's shape now. Runs getters of items. */
  compose(
    buffer: BatchBuffer,
    place: Place,
    old: EncodedItem | undefined,
    decision: Making,
  ): Composed | number {
    const { table, core, key, byTtl } = place;
    if (decision.kind === 'put') {
      this.#keys.itemKey(table, decision.item);
      requireSameKey(this.#keys, key);
    }
    const at = buffer.open(key, 0);
    let next: EncodedItem | undefined;
    if (decision.kind !== 'delete') {
      const encoded =
        decision.kind === 'put'
          ? this.#encoder.encode(core, buffer, at, decision.item)
          : this.#encoder.copy(core, buffer, at, decision.item);
      if (typeof encoded === 'number') return encoded;
      next = encoded;
    }
    const kind = next === undefined ? ENTRY.DELETE : ENTRY.PUT;
    buffer.close(kind, 0, key.length, next?.length ?? 0);
    const timeMs = table.plan.stream === undefined ? 0 : this.#clock.nowMs();
    const change = { table, key, old, next, byTtl, timeMs };
    return { next, indexUnits: addChange(buffer, this.#attachment.workbench, change) };
  }

  /** Adds a look at an item that stays as it is. */
  check(buffer: BatchBuffer, { key }: Place): void {
    buffer.add(ENTRY.CHECK, 0, key, NO_BYTES);
  }
}

/** A decision makes an item of the same key: the one that lies in the workbench. */
export function requireSameKey(keys: KeyBuilder, key: Uint8Array): void {
  const { u8, keyAt } = keys.workbench;
  let same = keys.length === key.length;
  for (let i = 0; same && i < key.length; i++) same = u8[keyAt + i] === key[i];
  if (!same) throw new TypeError('a write has made an item with another key');
}
