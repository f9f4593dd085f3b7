// Streams, TTL hints and notes of the model: the part of host/engine/hidden-store.ts, on plain arrays.
//
// There is one shard. `note` is called by the store for every change of an item; hints are not kept, but found by looking at
// all items.

import { randomUUID } from 'node:crypto';
import type {
  HiddenStore,
  RetiredTable,
  StoredTable,
  StreamChange,
  StreamKeyspace,
  StreamPage,
  StreamPageOptions,
  TableKeyspace,
  TtlHint,
} from '../../host/engine/store.js';
import { STREAM_RETENTION_MS } from '../../host/limits.js';
import { NumberValue } from '../../host/number-value.js';
import { itemSize } from '../../host/table/item-size.js';
import type { Item } from '../../host/table/item-types.js';
import { keyOfItem } from '../../host/table/key-schema.js';
import { copyItem } from './memory-rows.js';

interface Stream {
  changes: StreamChange[];
  trimmed: number;
}

export interface ModelTable extends StoredTable {
  readonly rows: readonly { readonly item: Item }[];
}

export class MemoryHidden implements HiddenStore {
  readonly shardCount = 1;
  readonly session = randomUUID();
  readonly notes: TableKeyspace;
  readonly #table: (id: number) => ModelTable | undefined;
  readonly #streams = new Map<number, Stream>();
  #retired: RetiredTable[] = [];
  #sequence = 0;
  #waiting: (() => void)[] = [];

  /** `table` gives a live table with its items. */
  constructor(notes: TableKeyspace, table: (id: number) => ModelTable | undefined) {
    this.notes = notes;
    this.#table = table;
  }

  /** A change of an item; `old` and `after` are not equal. */
  note(
    table: StoredTable,
    old: Item | undefined,
    after: Item | undefined,
    timeMs: number,
    byTtl: boolean,
  ): void {
    this.#sequence++;
    const stream = table.streams?.at(-1);
    const item = after ?? old;
    if (stream === undefined || stream.disabledAtMs !== undefined || item === undefined) return;
    const { viewType } = stream;
    const keys = keyOfItem(table.key, item);
    const showsOld = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
    const showsNew = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
    const images = {
      ...(showsOld && old !== undefined ? { old } : {}),
      ...(showsNew && after !== undefined ? { new: after } : {}),
    };
    const kind = after === undefined ? 'REMOVE' : old === undefined ? 'INSERT' : 'MODIFY';
    const sizes = [keys, ...Object.values(images)].map(itemSize);
    const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
    const sequence = this.#sequence;
    this.#of(stream).changes.push({ sequence, timeMs, kind, keys, ...images, byTtl, sizeBytes });
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** A table is dropped: its streams stay. */
  retire({ id, name, arn, key, streams = [] }: StoredTable, atMs: number): void {
    const kept = streams
      .map((stream) => ({ ...stream, disabledAtMs: stream.disabledAtMs ?? atMs }))
      .filter(({ disabledAtMs }) => disabledAtMs + STREAM_RETENTION_MS > atMs);
    if (kept.length > 0) this.#retired.push({ id, name, arn, key, streams: kept });
  }

  retired(): readonly RetiredTable[] {
    return this.#retired;
  }

  async forgetRetired(id: number): Promise<void> {
    this.#retired = this.#retired.filter((table) => table.id !== id);
  }

  async streamPage(
    stream: StreamKeyspace,
    _shard: number,
    { after, sinceMs, limit, bytesMax }: StreamPageOptions,
  ): Promise<StreamPage> {
    const { changes, trimmed } = this.#of(stream);
    const later = changes.filter(({ sequence }) => sequence > after);
    const young = later.findIndex(({ timeMs }) => timeMs >= sinceMs);
    const readable = young < 0 ? [] : later.slice(young);
    const page: StreamChange[] = [];
    let sizeBytes = 0;
    for (const change of readable) {
      sizeBytes += change.sizeBytes;
      if (page.length === limit || (page.length > 0 && sizeBytes > bytesMax)) break;
      page.push(change);
    }
    return {
      changes: page.map(copyChange),
      last: (page.at(-1) ?? (readable.length > 0 ? undefined : later.at(-1)))?.sequence ?? after,
      trimmed: trimmed > after || readable.length < later.length,
      end: page.length === readable.length,
    };
  }

  streamEnd(): number {
    return this.#sequence;
  }

  async streamBounds(stream: StreamKeyspace): Promise<{ trimmed: number; last: number }> {
    const { changes, trimmed } = this.#of(stream);
    return { trimmed, last: changes.at(-1)?.sequence ?? 0 };
  }

  async trimStream(
    stream: StreamKeyspace,
    _shard: number,
    beforeMs: number,
    limit: number,
  ): Promise<number> {
    const kept = this.#of(stream);
    let count = 0;
    while (count < limit && kept.changes.length > 0 && kept.changes[0].timeMs < beforeMs) {
      kept.trimmed = kept.changes.shift()?.sequence ?? 0;
      count++;
    }
    return count;
  }

  published(): number {
    return this.#sequence;
  }

  whenPublished(
    seen: number,
    timeoutMs: number,
    signal?: AbortSignal,
    keepAlive = true,
  ): Promise<void> {
    if (seen !== this.#sequence || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(done, timeoutMs);
      if (!keepAlive) timer.unref();
      signal?.addEventListener('abort', done);
      this.#waiting.push(done);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
    });
  }

  async hints(
    { id }: TableKeyspace,
    _shard: number,
    throughSeconds: number,
    limit: number,
  ): Promise<TtlHint[]> {
    const table = this.#table(id);
    const attribute = table?.ttl?.attribute;
    if (table === undefined || attribute === undefined) return [];
    return table.rows
      .map(({ item }) => ({ key: keyOfItem(table.key, item), expiry: item[attribute] }))
      .filter(
        (hint): hint is { key: Item; expiry: number | NumberValue } =>
          typeof hint.expiry === 'number' || hint.expiry instanceof NumberValue,
      )
      .filter(({ expiry }) => Number(String(expiry)) <= throughSeconds)
      .sort((left, right) => Number(String(left.expiry)) - Number(String(right.expiry)))
      .slice(0, limit)
      .map((hint) => ({ ...hint, seen: undefined }));
  }

  async putHints(): Promise<void> {}

  async dropHint(): Promise<void> {}

  claimUpkeep(): boolean {
    return true;
  }

  releaseUpkeep(): void {}

  #of({ id }: { readonly id: number }): Stream {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    const stream: Stream = { changes: [], trimmed: 0 };
    this.#streams.set(id, stream);
    return stream;
  }
}

/** Items handed out belong to the caller. */
function copyChange(change: StreamChange): StreamChange {
  return {
    ...change,
    keys: copyItem(change.keys),
    ...(change.old === undefined ? {} : { old: copyItem(change.old) }),
    ...(change.new === undefined ? {} : { new: copyItem(change.new) }),
  };
}
