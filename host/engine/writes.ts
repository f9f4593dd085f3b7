// The writes of one thread: blind where nobody must know the old item, else read, decided and guarded (item-writer.ts).

import type { EncodedItem } from '../core/codec/encoded-item.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Item } from '../table/item-types.js';
import type { Staged } from './batch-writer.js';
import { readStagedItem } from './batch-reader.js';
import { decodeEncoded } from './item-encoder.js';
import type { Decision } from './change-composer.js';
import { ItemWriter, type ItemWrite, type ItemWriterContext } from './item-writer.js';
import type { Decide, WriteResult } from './store.js';
import type { TableState } from './table-state.js';
import type { WritePlan } from './write-plan.js';

export class Writes {
  readonly items: ItemWriter;
  readonly #context: ItemWriterContext;

  constructor(context: ItemWriterContext) {
    this.#context = context;
    this.items = new ItemWriter(context);
    context.writer.rewrite = (table, shard, batch) => {
      const core = context.attachment.shards[shard];
      const { key, item } = readStagedItem(core, context.shapes, batch);
      const write = this.#writeOf(table, core, key, item);
      return { attempt: () => this.items.attempt(write), outcome: () => write.outcome };
    };
  }

  put(table: TableState, item: Item, returnOld: boolean): Promise<Item | undefined> {
    const { batch, keys } = this.#context;
    const { plan } = table;
    if (!returnOld && plan.bare) return this.#commit(table, plan, batch.put(table, item));
    const core = this.#context.attachment.shards[keys.itemKey(table, item)];
    const key = keys.bytes();
    if (!returnOld && !plan.reads) {
      const staged = this.items.stageBlind(table, core, key, item);
      if (typeof staged !== 'number') return this.#commit(table, plan, staged);
    }
    let decide = (): Decision => ({ kind: 'put', item });
    const detach = (): void => {
      try {
        const encoded = this.items.encodeAside(item);
        decide = () => ({ kind: 'encoded', item: encoded });
      } catch (fault) {
        decide = () => {
          throw fault;
        };
      }
    };
    const write = { table, core, key, decide: () => decide(), byTtl: false, detach };
    return this.#replace(write, returnOld);
  }

  delete(table: TableState, key: Item, returnOld: boolean): Promise<Item | undefined> {
    return this.deleteAt(table, this.#context.keys.key(table, key), returnOld);
  }

  /** A delete of the key that lies in the workbench. */
  deleteAt(table: TableState, shard: number, returnOld: boolean): Promise<Item | undefined> {
    const { batch, keys, attachment } = this.#context;
    const { plan } = table;
    if (!returnOld && !plan.reads) return this.#commit(table, plan, batch.delete(shard));
    const write = this.#writeOf(table, attachment.shards[shard], keys.bytes(), undefined);
    return this.#replace(write, returnOld);
  }

  write(table: TableState, key: Item, decide: Decide, byTtl: boolean): Promise<WriteResult> {
    const { keys, attachment } = this.#context;
    const core = attachment.shards[keys.key(table, key)];
    return this.items.write({ table, core, key: keys.bytes(), decide, byTtl });
  }

  /** A put of an item that was encoded elsewhere, a private copy, staged blindly for a table with a bare plan. */
  putStaged(table: TableState, staged: Staged): Promise<undefined> {
    return this.#commit(table, table.plan, staged);
  }

  /** The same for any table: read, decided, guarded. The key lies in the workbench. */
  async putEncoded(table: TableState, shard: number, item: EncodedItem): Promise<void> {
    const core = this.#context.attachment.shards[shard];
    await this.items.write(this.#writeOf(table, core, this.#context.keys.bytes(), item));
  }

  /** A blind batch, in its turn among the writes of its item. */
  #commit(table: TableState, plan: WritePlan, staged: Staged): Promise<undefined> {
    const { writer, batch, shapes } = this.#context;
    if (this.items.order.idle && table.plan === plan) {
      return writer.commit(table, plan, staged) as Promise<undefined>;
    }
    const { core } = staged;
    const bytes = batch.save(staged);
    batch.release(staged);
    const { key } = readStagedItem(core, shapes, bytes);
    return this.#commitLater(table, plan, core, key, bytes);
  }

  async #commitLater(
    table: TableState,
    plan: WritePlan,
    core: ShardCore,
    key: Uint8Array,
    bytes: Uint8Array,
  ): Promise<undefined> {
    const { order } = this.items;
    const { writer } = this.#context;
    const before = order.before(key);
    let durable: Promise<void>;
    if (before === undefined) {
      durable = writer.commitSaved(table, plan, core.shard, bytes);
    } else {
      const forget = writer.reserve(bytes.length);
      const release = order.hold(key);
      try {
        await before;
        forget();
        durable = writer.commitSaved(table, plan, core.shard, bytes);
      } finally {
        release(); // it is applied now, or queues before all later ones, or was refused
      }
    }
    await durable;
  }

  /** Puts or deletes, and gives what was there if that is wanted. */
  #replace(write: ItemWrite, returnOld: boolean): Promise<Item | undefined> {
    if (!returnOld) return this.items.write(write).then(() => undefined);
    let old: Item | undefined;
    const decide = (found: EncodedItem | undefined): ReturnType<ItemWrite['decide']> => {
      old = found === undefined ? undefined : decodeEncoded(found);
      return write.decide(found);
    };
    return this.items.write({ ...write, decide }).then(() => old);
  }

  #writeOf(
    table: TableState,
    core: ShardCore,
    key: Uint8Array,
    item: EncodedItem | undefined,
  ): ItemWrite {
    const decision = item === undefined ? DELETE : ({ kind: 'encoded', item } as const);
    return { table, core, key, decide: () => decision, byTtl: false };
  }
}

const DELETE = { kind: 'delete' } as const;
