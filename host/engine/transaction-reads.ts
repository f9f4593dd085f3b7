// TransactGet: items as they were at one moment (DESIGN R19).
//
//   read all . look at each again: not locked, and nothing written to it since
//
// Then all of them were there together between the two, and no transaction was half done: one that was had the rest of its
// items locked at that moment, and has them still, or has written them since. An item that a transaction holds is a conflict;
// one that was merely written is read again, with all the others, a few times.

import type { ShardCore } from '../core/shard-core.js';
import type { Item } from '../table/item-types.js';
import type { ItemWriterContext } from './item-writer.js';
import { owned, type Encoded } from './reader.js';
import { TransactionCancelled, type TransactionFault, type TableKeyspace } from './store.js';
import type { TableState } from './table-state.js';
import { CONFLICT } from './transaction-members.js';

const TRIES = 16;

interface Wanted {
  readonly table: TableState;
  readonly core: ShardCore;
  readonly key: Uint8Array;
  found?: Encoded;
}

export class TransactionReads {
  readonly #context: ItemWriterContext;

  constructor(context: ItemWriterContext) {
    this.#context = context;
  }

  async read(
    wanted: readonly { readonly table: TableKeyspace; readonly key: Item }[],
    stateOf: (table: TableKeyspace) => TableState,
  ): Promise<(Item | undefined)[]> {
    const { keys, attachment, catalog, durability, shapes } = this.#context;
    const items = wanted.map(({ table: keyspace, key }): Wanted => {
      const table = stateOf(keyspace);
      const core = attachment.shards[keys.key(table, key)];
      return { table, core, key: keys.bytes() };
    });
    for (let tries = 1; ; tries++) {
      for (const item of items) await this.#see(item);
      const faults = items.map((item) => this.#faultOf(item, tries < TRIES));
      if (faults.includes('again')) continue;
      if (faults.some((fault) => fault !== undefined))
        throw new TransactionCancelled(faults as (TransactionFault | undefined)[]);
      break;
    }
    for (const { core, found } of items) {
      const sequence = found?.sequence ?? 0;
      durability.requireKept(core.shard, sequence);
      await durability.until(core.shard, sequence);
    }
    return items.map(({ table, core, found }) => {
      catalog.requireLive(table);
      if (found === undefined || found.length < 0) return undefined;
      return shapes.decode(core, found.view, found.at, found.length);
    });
  }

  async #see(item: Wanted): Promise<void> {
    const { attachment, batch, reader } = this.#context;
    attachment.checkReadable();
    batch.touch();
    const looked = reader.getEncoded(item.core, item.key);
    item.found = owned(looked instanceof Promise ? await looked : looked);
  }

  /** Whether an item is as it was read. In this order: a transaction that has let go of it has written it before. */
  #faultOf({ core, key, found }: Wanted, again: boolean): TransactionFault | 'again' | undefined {
    const { attachment } = this.#context;
    const ask = (question: () => number): number => {
      const answer = core.blocking(() => {
        core.u8.set(key, core.keyAt);
        return question();
      });
      if (answer < 0) throw attachment.fault(answer, core.shard);
      return answer;
    };
    const { exports } = core;
    if (found?.locked === true || ask(() => exports.lockCheck(key.length)) !== 0) return CONFLICT;
    const last = ask(() => exports.lastSequenceOf(key.length));
    if (last <= (found?.readSequence ?? 0)) return undefined;
    // Another key may share the place that the shard remembers: this costs a read more, seldom.
    return again ? 'again' : CONFLICT;
  }
}
