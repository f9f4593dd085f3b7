// Removes items that have expired, through the normal write path: each delete decides anew whether its item is still
// expired, leaves its stream record with the service's identity, and loses to whoever wrote the item meanwhile.
//
// An item expires at the number of seconds in its TTL attribute, if that is of type N and not more than five years past.
// Which items to look at the engine's hints say (engine/hidden-store.ts). Every write leaves one; items that were there
// when expiry was switched on get theirs here first, and a note that they have.

import type { Store, StoredTable, TtlDefinition, TtlHint } from '../engine/store.js';
import { TransactionConflictException } from '../errors.js';
import { TTL_AGE_MAX_SECONDS } from '../limits.js';
import { NumberValue } from '../number-value.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import { keyAttributes } from '../table/key-schema.js';

const BATCH = 100;
const BATCHES_MAX = 1_000;
const HINT_PAGE_BYTES = 262_144;

export class Sweeper {
  readonly #store: Store;
  /** Whether to go on: asked between batches. */
  readonly #goesOn: () => boolean;
  readonly #hinted = new Set<number>();

  constructor(store: Store, goesOn: () => boolean) {
    this.#store = store;
    this.#goesOn = goesOn;
  }

  /** Removes what has expired at a time. Returns how many items that were. */
  async sweep(table: StoredTable, ttl: TtlDefinition, nowMs: number): Promise<number> {
    const { hidden } = this.#store;
    let removed = 0;
    for (let shard = 0; shard < hidden.shardCount; shard++) {
      for (let batch = 0; batch < BATCHES_MAX && this.#goesOn(); batch++) {
        const hints = await hidden.hints(table, shard, nowMs / 1000, BATCH);
        const done = await Promise.all(
          hints.map((hint) => this.#expire(table, ttl, shard, hint, nowMs)),
        );
        removed += done.filter((what) => what === 'removed').length;
        if (hints.length < BATCH || done.every((what) => what === 'locked')) break;
      }
    }
    return removed;
  }

  async #expire(
    table: StoredTable,
    { attribute }: TtlDefinition,
    shard: number,
    hint: TtlHint,
    nowMs: number,
  ): Promise<'removed' | 'kept' | 'locked'> {
    let removed = false;
    try {
      await this.#store.write({
        table,
        key: hint.key,
        byTtl: true,
        decide: (old) => {
          removed = isExpired(old?.value(attribute), nowMs / 1000);
          return { kind: removed ? 'delete' : 'keep' };
        },
      });
    } catch (error) {
      // A transaction has the item. Its hint stays: the next sweep sees what became of it.
      if (error instanceof TransactionConflictException) return 'locked';
      throw error;
    }
    // An item that was written meanwhile has a hint of its own; one too old stays for ever.
    await this.#store.hidden.dropHint(table, shard, hint);
    return removed ? 'removed' : 'kept';
  }

  /** Hints for the items that were there before expiry was switched on. */
  async hint(table: StoredTable, ttl: TtlDefinition): Promise<void> {
    if (this.#hinted.has(ttl.id)) return;
    const note = { name: `ttl-hinted/${ttl.id}` };
    const { hidden } = this.#store;
    if ((await this.#store.get(hidden.notes, note, true)) === undefined) {
      if (!(await this.#hintAll(table, ttl))) return;
      await this.#store.put(hidden.notes, note);
    }
    this.#hinted.add(ttl.id);
  }

  /** False if stopped before the end. */
  async #hintAll(table: StoredTable, { attribute }: TtlDefinition): Promise<boolean> {
    const names = [...keyAttributes(table.key).map(({ name }) => name), attribute];
    let startKey: Item | undefined;
    do {
      if (!this.#goesOn()) return false;
      const page = await this.#store.page(
        table,
        { kind: 'scan' },
        {
          startKey,
          bytesMax: HINT_PAGE_BYTES,
          consistent: true,
          select: 'items',
          filter: (item) => isNumber(item.value(attribute)),
          project: (item) =>
            Object.fromEntries(names.map((name) => [name, item.value(name) as AttributeValue])),
        },
      );
      if (page.items.length > 0) await this.#store.hidden.putHints(table, page.items);
      startKey = page.lastKey;
    } while (startKey !== undefined);
    return true;
  }
}

/** Whether a value of a TTL attribute says that its item has expired. */
export function isExpired(value: unknown, nowSeconds: number): boolean {
  if (!isNumber(value)) return false;
  const seconds = Number(String(value));
  return seconds <= nowSeconds && nowSeconds - seconds <= TTL_AGE_MAX_SECONDS;
}

function isNumber(value: unknown): value is number | NumberValue {
  return typeof value === 'number' || value instanceof NumberValue;
}
