// What lies beside the items, on the shards: the implementation of the seam's HiddenStore.
//
//   hint key := ttl id u32 BE . hash u64 = 0 . component N(expiry) . base key components        value: any, empty item
//
// Writes that begin here (trimmed records, hints) take the usual way through the writer. They belong to no table, so they
// go under the keyspace of notes, which is never dropped.

import { CURSOR, STATUS } from '../core/abi.js';
import { encodeInlineItem } from '../core/codec/inline-item.js';
import { readKeyComponent } from '../core/key-reader.js';
import { writeKeyComponent } from '../core/key-component.js';
import { CONTROL } from '../runtime/control.js';
import type { Item, NumberAttribute } from '../table/item-types.js';
import { keyAttributes, keyOfItem } from '../table/key-schema.js';
import type { Attachment } from './attachment.js';
import type { BatchWriter, Guard } from './batch-writer.js';
import type { BlockProvider } from './block-provider.js';
import type { CatalogView } from './catalog-view.js';
import { composeBatch, type RawEntry } from './hidden-batch.js';
import { HiddenCursor } from './hidden-cursor.js';
import type { KeyBuilder } from './key-builder.js';
import { KEYSPACE_NOTES } from './keyspace-ids.js';
import type { Reader } from './reader.js';
import type { Services } from './services.js';
import type { ShapeIds } from './shape-ids.js';
import type {
  HiddenStore,
  RetiredTable,
  StreamKeyspace,
  StreamPage,
  StreamPageOptions,
  TableKeyspace,
  TtlHint,
} from './store.js';
import { StreamReader } from './stream-reader.js';
import { TableState } from './table-state.js';
import { UpkeepLease } from './upkeep-lease.js';
import type { Writer } from './writer.js';

export interface HiddenParts {
  readonly attachment: Attachment;
  readonly catalog: CatalogView;
  readonly keys: KeyBuilder;
  readonly shapes: ShapeIds;
  readonly batch: BatchWriter;
  readonly writer: Writer;
  readonly reader: Reader;
  readonly blocks: BlockProvider;
  readonly services: Services;
}

const PREFIX_BYTES = 12;
const EXPIRY_BYTES_MAX = 24;
const HINTS_BYTES = 32_768;
/** Of one batch: no latch is held for long, whatever their keys (DESIGN R20). */
const HINTS_WRITTEN = 128;
/** The value of an entry whose key says it all. */
export const EMPTY_ITEM = encodedEmptyItem();

interface SeenHint {
  readonly key: Uint8Array;
  readonly guard: Guard;
}

export class LsmHidden implements HiddenStore {
  readonly shardCount: number;
  readonly session: string;
  readonly notes = hiddenTable(KEYSPACE_NOTES, 'notes', 'name');
  readonly #parts: HiddenParts;
  readonly #cursor: HiddenCursor;
  readonly #streams: StreamReader;
  readonly #lease: UpkeepLease;

  constructor(parts: HiddenParts) {
    const { attachment, catalog, reader, blocks, shapes } = parts;
    this.shardCount = attachment.shards.length;
    this.session = attachment.handles.id;
    this.#parts = parts;
    this.#cursor = new HiddenCursor(attachment, catalog, reader, blocks);
    this.#streams = new StreamReader(attachment, this.#cursor, shapes);
    this.#lease = new UpkeepLease(attachment.control, attachment.slot);
  }

  retired(): readonly RetiredTable[] {
    const { attachment, catalog } = this.#parts;
    attachment.check();
    if (attachment.control.load(CONTROL.CATALOG_EPOCH) !== catalog.epoch) catalog.reload();
    return catalog.retired;
  }

  async forgetRetired(id: number): Promise<void> {
    await this.#parts.services.forgetRetired(id);
    this.#parts.catalog.reload();
  }

  streamPage(
    stream: StreamKeyspace,
    shard: number,
    options: StreamPageOptions,
  ): Promise<StreamPage> {
    return this.#streams.page(stream, shard, options);
  }

  streamEnd(shard: number): number {
    const { attachment } = this.#parts;
    attachment.check();
    return attachment.shards[shard].exports.lastSequence();
  }

  async streamBounds(
    stream: StreamKeyspace,
    shard: number,
  ): Promise<{ trimmed: number; last: number }> {
    const last = await this.#streams.last(stream, shard);
    return { trimmed: await this.#streams.trimmedThrough(stream, shard), last };
  }

  async trimStream(
    stream: StreamKeyspace,
    shard: number,
    beforeMs: number,
    limit: number,
  ): Promise<number> {
    const trimming = await this.#streams.trimBatch(stream, shard, beforeMs, limit);
    if (trimming === undefined) return 0;
    await this.#write(shard, trimming.batch);
    return trimming.count;
  }

  published(): number {
    const { attachment } = this.#parts;
    attachment.check();
    let sum = 0;
    for (const { shard } of attachment.shards) sum += this.#streams.readable(shard);
    return sum;
  }

  async whenPublished(
    seen: number,
    timeoutMs: number,
    signal?: AbortSignal,
    keepAlive = true,
  ): Promise<void> {
    const { control } = this.#parts.attachment;
    // In this order, so that a writer either sees somebody waiting or is seen.
    const word = control.load(CONTROL.DURABLE_SIGNAL);
    control.add(CONTROL.STREAM_WAITERS, 1);
    try {
      if (this.published() !== seen || signal?.aborted === true) return;
      await changed(control.words, CONTROL.DURABLE_SIGNAL, word, timeoutMs, signal, keepAlive);
    } finally {
      control.add(CONTROL.STREAM_WAITERS, -1);
    }
  }

  async hints(
    table: TableKeyspace,
    shard: number,
    throughSeconds: number,
    limit: number,
  ): Promise<TtlHint[]> {
    const state = this.#parts.catalog.stateOf(table);
    if (state.ttl === undefined) return [];
    const low = hintPrefix(state.ttl.id);
    const high = hintKey(state.ttl.id, throughSeconds, new Uint8Array(0));
    // All keys that begin with this expiry, and none of the next one: a component ends itself.
    const piece = { shard, low, high: Uint8Array.of(...high, 0xff), flags: CURSOR.HIGH_EXCLUSIVE };
    const hints: TtlHint[] = [];
    for (let more = true; more && hints.length < limit; ) {
      const run = await this.#cursor.next(piece, limit - hints.length, HINTS_BYTES);
      more = run.more;
      for (const { key, sequence } of run.entries) {
        const guard: Guard = { kind: 'sequence', sequence, readSequence: run.readSequence };
        hints.push(readHint(state, key, { key, guard }));
      }
    }
    return hints;
  }

  async putHints(table: TableKeyspace, items: readonly Item[]): Promise<void> {
    const { catalog, keys } = this.#parts;
    const state = catalog.stateOf(table);
    const { ttl } = state;
    if (ttl === undefined) return;
    const byShard = new Map<number, RawEntry[]>();
    for (const item of items) {
      const shard = keys.key(state, keyOfItem(state.key, item));
      const base = keys.bytes().subarray(PREFIX_BYTES);
      const key = hintKey(ttl.id, item[ttl.attribute] as NumberAttribute, base);
      const entries = byShard.get(shard) ?? [];
      byShard.set(shard, entries);
      entries.push({ key, value: EMPTY_ITEM });
    }
    const writes: Promise<void>[] = [];
    for (const [shard, entries] of byShard) {
      for (let from = 0; from < entries.length; from += HINTS_WRITTEN) {
        writes.push(this.#write(shard, composeBatch(entries.slice(from, from + HINTS_WRITTEN))));
      }
    }
    await Promise.all(writes);
  }

  async dropHint(_table: TableKeyspace, shard: number, hint: TtlHint): Promise<void> {
    const { batch, writer } = this.#parts;
    const { key, guard } = hint.seen as SeenHint;
    const staged = batch.restage(shard, composeBatch([{ key }], guard));
    const status = writer.tryApply(staged);
    batch.release(staged);
    // Anything else means that the hint stays: it is looked at again.
    if (status === STATUS.OK) await writer.applied(staged.core);
  }

  claimUpkeep(): boolean {
    return this.#lease.claim();
  }

  releaseUpkeep(): void {
    this.#lease.release();
  }

  #write(shard: number, bytes: Uint8Array): Promise<void> {
    this.#parts.attachment.checkRoom();
    const staged = this.#parts.batch.restage(shard, bytes);
    return this.#parts.writer.commit(this.notes, this.notes.plan, staged);
  }
}

/** A table of the engine's own, in no catalog, with one string as its key. */
export function hiddenTable(id: number, name: string, key: string): TableState {
  return new TableState({
    id,
    name,
    key: { partition: { name: key, type: 'S' } },
    attributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    tableId: '',
    arn: '',
    createdAtMs: 0,
    billingMode: 'PAY_PER_REQUEST',
    readUnits: 0,
    writeUnits: 0,
    deletionProtection: false,
    tags: [],
  });
}

function hintPrefix(ttlId: number): Uint8Array {
  const prefix = new Uint8Array(PREFIX_BYTES);
  new DataView(prefix.buffer).setUint32(0, ttlId);
  return prefix;
}

function hintKey(ttlId: number, expiry: NumberAttribute, base: Uint8Array): Uint8Array {
  const key = new Uint8Array(PREFIX_BYTES + EXPIRY_BYTES_MAX + base.length);
  key.set(hintPrefix(ttlId));
  const baseAt = writeKeyComponent(key, PREFIX_BYTES, 'N', expiry);
  key.set(base, baseAt);
  return key.slice(0, baseAt + base.length);
}

function readHint(table: TableState, key: Uint8Array, seen: SeenHint): TtlHint {
  const expiry = readKeyComponent(key, PREFIX_BYTES, key.length, 'N');
  let at = expiry.end;
  const base: [string, Item[string]][] = [];
  for (const { name, type } of keyAttributes(table.key)) {
    const component = readKeyComponent(key, at, key.length, type);
    base.push([name, component.value]);
    at = component.end;
  }
  return { key: Object.fromEntries(base), expiry: expiry.value as NumberAttribute, seen };
}

function encodedEmptyItem(): Uint8Array {
  const bytes = new Uint8Array(64);
  return bytes.slice(0, encodeInlineItem(bytes, 0, bytes.length, {}));
}

/** Resolves when a control word changes, a time has passed or the signal is aborted. */
function changed(
  words: Int32Array,
  word: number,
  seen: number,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  keepAlive: boolean,
): Promise<void> {
  const result = Atomics.waitAsync(words, word, seen, timeoutMs);
  if (!result.async) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, timeoutMs);
    if (!keepAlive) timer.unref();
    signal?.addEventListener('abort', done);
    void result.value.then(done);

    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
