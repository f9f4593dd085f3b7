// The steps of a transaction over shards: locks, the parts, the decision, and the parts' applies.
//
// A part is what one latched call writes in one shard: some of the transaction's items with all that goes with them. A shard
// may have several (R20). Each is tagged with the transaction and its number, so that recovery knows which are there.
//
// Once the decision's last piece is in the ring the transaction happens: nothing may stop its parts any more. What would,
// closes the database, and the next open finishes it. A temporary database has no log, and so no decision.

import { STATUS, TRANSACTION_PARTS_MAX } from '../core/abi.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import type { ShardCore } from '../core/shard-core.js';
import { FAILURE } from '../runtime/control.js';
import { composePiece, cutDecision } from './decision.js';
import type { OpenTransactions } from './open-transactions.js';
import { readShardStats } from './shard-stats.js';
import { composeMember, CONFLICT, isWrite, type Member } from './transaction-members.js';
import type { Steps } from './transaction-steps.js';
import type { TransactionContext } from './transactions.js';

/** What one latched call may touch (DESIGN R20). */
export const PART_ENTRIES_MAX = 256;
export const PART_BYTES_MAX = 512 * 1024;
/** A part takes no more items from here on: the last may bring many entries and bytes. */
const PART_ENTRIES_FULL = 192;
const PART_BYTES_FULL = 256 * 1024;
const RECORD_BYTES = 64; // around the entries of a part in the ring

export interface Part {
  readonly core: ShardCore;
  readonly number: number;
  readonly members: readonly Member[];
  readonly batch: Uint8Array;
}

export class TransactionCommit {
  readonly #context: TransactionContext;
  readonly #open: OpenTransactions;
  readonly #temporary: boolean;
  readonly #recordBytesMax: number;

  constructor(context: TransactionContext, open: OpenTransactions) {
    const { handles, shards } = context.attachment;
    this.#context = context;
    this.#open = open;
    this.#temporary = handles.options.temporary;
    this.#recordBytesMax = readShardStats(shards[0]).ringBytes / 2 - RECORD_BYTES;
  }

  /** The id of a new transaction. */
  begin(): number {
    return this.#open.begin();
  }

  /** It is over. Items that are still locked for it are free. */
  end(id: number, locked: readonly Member[]): void {
    for (const { core, key } of locked) {
      core.blocking(() => {
        core.u8.set(key, core.keyAt);
        return core.exports.unlock(key.length, id);
      });
    }
    this.#open.end(id);
  }

  /** Locks all members. False: those that are taken have a fault. */
  *lock(id: number, members: readonly Member[], locked: Member[]): Steps<boolean> {
    const { attachment } = this.#context;
    let free = true;
    for (const member of inOrder(members)) {
      const { core, key } = member;
      member.fault = undefined;
      for (;;) {
        attachment.check();
        core.u8.set(key, core.keyAt);
        const status = core.exports.lock(key.length, id);
        if (status === STATUS.OK) locked.push(member);
        else if (status === STATUS.LOCKED) member.fault = CONFLICT;
        else if (status !== STATUS.BUSY) throw attachment.fault(status, core.shard);
        if (status !== STATUS.BUSY) break;
        yield nextTurn();
      }
      free &&= member.fault === undefined;
    }
    return free;
  }

  /** The parts. Undefined: a shard could not take a shape, look again. Members may have faults then, and the parts no worth. */
  *compose(id: number, members: readonly Member[]): Steps<Part[] | undefined> {
    const { items, writer } = this.#context;
    const parts: Part[] = [];
    for (const [core, inShard] of byShard(members)) {
      for (let from = 0; from < inShard.length; ) {
        const number = parts.length;
        const taken: Member[] = [];
        const composed = items.buffers.lend((buffer) => {
          buffer.beginPart(id, number);
          while (from + taken.length < inShard.length) {
            if (buffer.entries >= PART_ENTRIES_FULL || buffer.end >= PART_BYTES_FULL) break;
            const member = inShard[from + taken.length];
            const status = composeMember(items.composer, buffer, member);
            if (status < 0) return status;
            taken.push(member);
          }
          return Buffer.from(buffer.finish()); // of a pool: small ones cost no memory of their own
        });
        if (typeof composed === 'number') {
          yield writer.makeRoom(core.shard, composed, taken[0]?.table ?? inShard[from].table);
          return undefined;
        }
        this.#requireFits(core, composed);
        parts.push({ core, number, members: taken, batch: composed });
        from += taken.length;
      }
    }
    return parts;
  }

  #requireFits(core: ShardCore, batch: Uint8Array): void {
    const fits = this.#temporary || batch.length <= this.#recordBytesMax;
    if (!fits) throw this.#context.attachment.fault(STATUS.TOO_LARGE, core.shard);
  }

  /**
   * Writes the decision. Gives the promise that it is as durable as the database promises; undefined if the schema has
   * changed: then nothing is decided.
   */
  *decide(
    transaction: number,
    attempt: number,
    parts: readonly Part[],
  ): Steps<{ readonly durable: Promise<void> } | undefined> {
    const { attachment, batch, catalog, items, writer } = this.#context;
    if (this.#temporary) return { durable: Promise.resolve() };
    if (parts.length > TRANSACTION_PARTS_MAX) {
      throw new RangeError(`a transaction of ${parts.length} parts`);
    }
    const writing = parts.filter(({ members }) => members.some(isWrite));
    const [{ core, members }] = writing;
    const pieces = cutDecision(writing.map((part) => ({ ...part, shard: part.core.shard })));
    for (let index = 0; index < pieces.length; ) {
      attachment.check();
      attachment.checkRoom();
      const status = items.buffers.lend((buffer) => {
        const piece = composePiece(buffer, { transaction, attempt }, pieces, index);
        const staged = batch.restage(core.shard, piece);
        const applied = writer.tryApply(staged);
        batch.release(staged);
        return applied;
      });
      if (status === STATUS.OK) {
        if (++index === pieces.length) {
          const durable = writer.applied(core);
          // The log may fail while the parts still wait for room, and nobody looks at this yet.
          durable.catch(() => undefined);
          return { durable };
        }
        writer.appliedAside(core);
      } else if (status === STATUS.STALE_CATALOG) {
        catalog.reload();
        return undefined;
      } else {
        yield writer.makeRoom(core.shard, status, members[0].table);
      }
    }
    return undefined;
  }

  /** Applies the parts, whatever it takes. */
  *apply(id: number, parts: readonly Part[]): Steps<void> {
    try {
      for (const part of parts) yield* this.#applyPart(id, part);
    } catch (error) {
      this.#context.attachment.control.failWith(FAILURE.BACKGROUND, error as Error);
      throw error;
    }
  }

  *#applyPart(id: number, part: Part): Steps<void> {
    const { batch, catalog, writer } = this.#context;
    const { core } = part;
    let bytes = part.batch;
    for (;;) {
      const staged = batch.restage(core.shard, bytes);
      const status = writer.tryApply(staged);
      batch.release(staged);
      if (status === STATUS.OK) return writer.appliedAside(core);
      if (status === STATUS.STALE_CATALOG) {
        catalog.reload();
        let again = this.#composeAgain(id, part);
        for (; typeof again === 'number'; again = this.#composeAgain(id, part)) {
          yield this.#room(core, again);
        }
        bytes = again;
      } else {
        yield this.#room(core, status);
      }
    }
  }

  /** The part for a schema that has changed since the decision: indexes may have come. The items are those decided. */
  #composeAgain(id: number, { number, members, batch }: Part): Uint8Array | number {
    const { items } = this.#context;
    return items.buffers.lend((buffer) => {
      buffer.beginPart(id, number);
      for (const member of members) {
        const { next } = member;
        if (next !== undefined) {
          const item = new EncodedItem(batch, next.at, next.length, next.codec);
          member.decision = { kind: 'encoded', item };
        }
        const status = composeMember(items.composer, buffer, member);
        if (status < 0) return status;
        if (member.fault?.kind === 'thrown') throw member.fault.error;
        member.next = next;
      }
      return Buffer.from(buffer.finish()); // of a pool: small ones cost no memory of their own
    });
  }

  /** Waits for what a status asks for, also on a full disk: what is decided is not given up. */
  #room(core: ShardCore, status: number): Promise<unknown> {
    const { attachment, services, writer } = this.#context;
    attachment.check();
    switch (status) {
      case STATUS.BUSY:
        return nextTurn();
      case STATUS.MEMTABLE_FULL:
      case STATUS.NO_MEMORY:
        writer.relieve(core);
        return services.wait();
      case STATUS.LOG_FULL:
        services.ring();
        return services.wait();
      default:
        throw attachment.fault(status, core.shard);
    }
  }
}

/** The same for all transactions, so that of two that want the same items one gets them all. */
function inOrder(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => a.core.shard - b.core.shard || Buffer.compare(a.key, b.key));
}

function byShard(members: readonly Member[]): Map<ShardCore, Member[]> {
  const shards = new Map<ShardCore, Member[]>();
  for (const member of members) {
    const inShard = shards.get(member.core);
    if (inShard === undefined) shards.set(member.core, [member]);
    else inShard.push(member);
  }
  return shards;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
