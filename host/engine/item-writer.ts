// Writes that read first: read, decide, put everything that belongs to the change into one batch, apply it if nobody came
// between, else again (DESIGN R5). Writes to tables with indexes or a stream go this way, and all that look at the old item.
//
//   applied at once      the usual case: no await before the apply
//   the disk is read     the item is held (item-order.ts): later writes of this thread to it wait, others go on
//   no memory, no log    the write queues with all others of this thread to the shard (writer.ts)
//
// What a decision looked at is durable before a caller learns of it, tombstones included (DESIGN R6).

import { STATUS } from '../core/abi.js';
import { EncodedItem } from '../core/codec/encoded-item.js';
import { copyBytes } from '../core/copy-bytes.js';
import type { ShardCore } from '../core/shard-core.js';
import type { Clock } from '../clock.js';
import { TransactionConflictException } from '../errors.js';
import type { Item } from '../table/item-types.js';
import type { Attachment } from './attachment.js';
import { BatchBuffers } from './batch-buffer.js';
import type { BatchWriter, Guard, Staged } from './batch-writer.js';
import type { CatalogView } from './catalog-view.js';
import { ChangeComposer, requireSameKey, type Decision, type Place } from './change-composer.js';
import type { Durability } from './durability.js';
import { ItemEncoder } from './item-encoder.js';
import { ItemOrder } from './item-order.js';
import type { KeyBuilder } from './key-builder.js';
import type { Encoded, Reader } from './reader.js';
import type { ShapeIds } from './shape-ids.js';
import type { WriteResult } from './store.js';
import type { TableState } from './table-state.js';
import type { WritePlan } from './write-plan.js';
import type { Writer } from './writer.js';

export interface ItemWrite extends Place {
  readonly decide: (old: EncodedItem | undefined) => Decision;
  /** Makes it independent of objects of the caller, who has them back once a write must wait. */
  readonly detach?: () => void;
  /** What it comes to, once an attempt has succeeded. */
  outcome?: Promise<WriteResult>;
}

export interface ItemWriterContext {
  readonly attachment: Attachment;
  readonly catalog: CatalogView;
  readonly keys: KeyBuilder;
  readonly shapes: ShapeIds;
  readonly batch: BatchWriter;
  readonly writer: Writer;
  readonly reader: Reader;
  readonly durability: Durability;
  readonly clock: Clock;
}

const NO_INDEXES: ReadonlyMap<string, number> = new Map();
/** Not a status of the core: read again. */
const AGAIN = -1000;
/** Old items up to this size are looked at in memory that is used again. */
const OLD_BYTES_KEPT = 64 * 1024;
const WRITE_BYTES = 512; // what a waiting write counts in the queue beside its item

export class ItemWriter {
  readonly order = new ItemOrder();
  readonly composer: ChangeComposer;
  readonly buffers = new BatchBuffers();
  readonly #context: ItemWriterContext;
  readonly #olds: Uint8Array[] = [];
  readonly #encoder: ItemEncoder;

  constructor(context: ItemWriterContext) {
    const { attachment, keys, shapes, batch, writer, clock } = context;
    this.#context = context;
    this.#encoder = new ItemEncoder(shapes, batch, writer);
    this.composer = new ChangeComposer(attachment, keys, this.#encoder, clock);
  }

  /** Resolves when it is as durable as the database promises. Throws or rejects what stands in its way. */
  write(write: ItemWrite): Promise<WriteResult> {
    const before = this.order.before(write.key);
    const queued = this.#context.writer.queued(write.core.shard) > 0;
    const status = before !== undefined || queued ? AGAIN : this.attempt(write);
    if (typeof status === 'number' && status >= 0) return outcomeOf(write);
    write.detach?.();
    if (typeof status !== 'number') return this.#held(write, undefined, status);
    return before === undefined ? this.#queued(write) : this.#held(write, before);
  }

  /** An item encoded for later attempts, as its object may change meanwhile. */
  encodeAside(item: Item): EncodedItem {
    return this.buffers.lend((buffer) => this.#encoder.aside(buffer, item));
  }

  /** A batch that writes an item, or deletes it, without a look at the old one. A status if it cannot be staged now. */
  stageBlind(table: TableState, core: ShardCore, key: Uint8Array, item: Item): Staged | number {
    return this.buffers.lend((buffer) => {
      buffer.begin(0);
      const place = { table, core, key, byTtl: false };
      const composed = this.composer.compose(buffer, place, undefined, { kind: 'put', item });
      if (typeof composed === 'number') return composed;
      return this.#context.batch.restage(core.shard, buffer.finish().slice());
    });
  }

  /** Reads, decides, applies. A status below 0: something must be waited for. */
  attempt(write: ItemWrite): number | Promise<number> {
    const { attachment, batch, reader } = this.#context;
    for (;;) {
      attachment.check();
      attachment.checkRoom();
      batch.touch();
      const looked = reader.getEncoded(write.core, write.key);
      if (looked instanceof Promise) return looked.then((found) => this.#continue(write, found));
      const status = this.#settle(write, looked);
      if (status !== AGAIN) return status;
    }
  }

  /** Later writes of the item wait for this one. */
  async #held(
    write: ItemWrite,
    before: Promise<void> | undefined,
    begun?: Promise<number>,
  ): Promise<WriteResult> {
    const { writer } = this.#context;
    const forget = writer.reserve(WRITE_BYTES, begun === undefined); // one that has begun is not refused
    const release = this.order.hold(write.key);
    try {
      await before;
      const mayTry = begun !== undefined || writer.queued(write.core.shard) === 0;
      const status = mayTry ? await (begun ?? this.attempt(write)) : AGAIN;
      if (status < 0) await this.#enqueue(write);
    } finally {
      release();
      forget();
    }
    return outcomeOf(write);
  }

  async #queued(write: ItemWrite): Promise<WriteResult> {
    await this.#enqueue(write);
    return outcomeOf(write);
  }

  #enqueue(write: ItemWrite): Promise<void> {
    const { table, core } = write;
    return this.#context.writer.enqueue(table, core.shard, WRITE_BYTES, () => this.attempt(write));
  }

  #continue(write: ItemWrite, found: Encoded): number | Promise<number> {
    const status = this.#settle(write, found);
    return status === AGAIN ? this.attempt(write) : status;
  }

  /** From the item that was read to the apply. AGAIN: read again. */
  #settle(write: ItemWrite, found: Encoded): number {
    const { catalog, shapes } = this.#context;
    const { core } = write;
    catalog.requireLive(write.table);
    const { view, at, length, sequence, readSequence } = found;
    if (found.locked) throw new TransactionConflictException();
    if (length < 0)
      return this.#decide(write, undefined, { kind: 'absent', sequence, readSequence });
    const guard: Guard = { kind: 'sequence', sequence, readSequence };
    const codec = shapes.codecAt(core, view, at);
    if (length > OLD_BYTES_KEPT) {
      const copy = new EncodedItem(view.slice(at, at + length), 0, length, codec);
      return this.#decide(write, copy, guard);
    }
    // A copy, as a decision may come back into the engine; lent, as it may come back into this very place.
    const memory = this.#olds.pop() ?? new Uint8Array(OLD_BYTES_KEPT);
    copyBytes(memory, 0, view, at, length);
    const status = this.#decide(write, new EncodedItem(memory, 0, length, codec), guard);
    this.#olds.push(memory);
    return status;
  }

  /** Never throws: what the decision throws becomes the outcome. */
  #decide(write: ItemWrite, old: EncodedItem | undefined, guard: Guard): number {
    const { core, table } = write;
    const seen = { write, old, guard };
    try {
      const { plan } = table;
      const decision = write.decide(old);
      if (decision.kind === 'keep') return this.#keep(seen);
      if (decision.kind === 'delete' && old === undefined) return this.#keep(seen);
      return this.#apply(seen, decision, plan);
    } catch (error) {
      const durable = this.#context.durability.until(core.shard, guard.sequence);
      write.outcome = durable.then(() => {
        throw error;
      });
      write.outcome.catch(() => undefined);
      return STATUS.OK;
    }
  }

  #keep({ write, old, guard }: Seen): number {
    const size = old?.sizeBytes ?? 0;
    const result = { oldSizeBytes: size, newSizeBytes: size, indexUnits: NO_INDEXES };
    const durable = this.#context.durability.until(write.core.shard, guard.sequence);
    write.outcome = durable.then(() => result);
    return STATUS.OK;
  }

  #apply(seen: Seen, decision: Exclude<Decision, { kind: 'keep' }>, plan: WritePlan): number {
    const { batch } = this.#context;
    const { write, old, guard } = seen;
    const { table, core, key } = write;
    if (plan.bare && decision.kind === 'put') {
      const staged = batch.put(table, decision.item, guard);
      requireSameKey(this.#context.keys, key);
      return this.#commit(seen, plan, staged, batch.itemSizeBytes, NO_INDEXES);
    }
    return this.buffers.lend((buffer) => {
      buffer.begin(1);
      buffer.guard(guard);
      const composed = this.composer.compose(buffer, write, old, decision);
      if (typeof composed === 'number') return this.#refused(write, composed);
      const staged = batch.restage(core.shard, buffer.finish());
      const { next, indexUnits } = composed;
      return this.#commit(seen, plan, staged, next?.sizeBytes ?? 0, indexUnits);
    });
  }

  #commit(
    { write, old }: Seen,
    plan: WritePlan,
    staged: Staged,
    newSizeBytes: number,
    indexUnits: ReadonlyMap<string, number>,
  ): number {
    const { batch, writer } = this.#context;
    if (write.table.plan !== plan) {
      batch.release(staged);
      return AGAIN;
    }
    const status = writer.tryApply(staged);
    if (status < 0) {
      batch.release(staged);
      return this.#refused(write, status);
    }
    const result = { oldSizeBytes: old?.sizeBytes ?? 0, newSizeBytes, indexUnits };
    write.outcome = writer.applied(write.core).then(() => result);
    return status;
  }

  /** What to do about a status: read again, wait (the status itself), or give up. */
  #refused({ table, core }: ItemWrite, status: number): number {
    const { catalog, attachment } = this.#context;
    switch (status) {
      case STATUS.GUARD_FAILED:
      case STATUS.RETRY:
        return AGAIN;
      case STATUS.STALE_CATALOG:
        catalog.reload();
        catalog.requireLive(table);
        return AGAIN;
      case STATUS.BUSY:
      case STATUS.MEMTABLE_FULL:
      case STATUS.NO_MEMORY:
      case STATUS.LOG_FULL:
        return status;
      case STATUS.LOCKED:
        throw new TransactionConflictException();
      default:
        throw attachment.fault(status, core.shard);
    }
  }
}

/** What a write saw when it decided. */
interface Seen {
  readonly write: ItemWrite;
  readonly old: EncodedItem | undefined;
  readonly guard: Guard;
}

function outcomeOf({ outcome }: ItemWrite): Promise<WriteResult> {
  return outcome ?? Promise.reject(new TypeError('a write has ended without an outcome'));
}
