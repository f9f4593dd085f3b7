// The changes of a table as one sequence: what a reader of all shards of its streams sees, and where it stands.
//
// Records of one shard come in their order, so those of one item do; shards take turns. A position is one sequence for each
// shard. When a stream has been read to its end (it was disabled, or its table dropped), the next one of the table's name
// follows, if there is one.
//
//   checkpoint := label of the stream / sequence . sequence ...      one for each shard: the last record that was given

import type { Store, StreamPage } from '../engine/store.js';
import {
  InvalidArgument,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '../errors.js';
import { STREAM_RECORDS_BYTES_MAX } from '../limits.js';
import type { Item } from '../table/item-types.js';
import { recordOf, type StreamRecord } from './record.js';
import { listStreamsOf, type TableStream } from './table-streams.js';

/** Where to begin: the oldest record kept, what comes after now, or behind the record that had this checkpoint. */
export type FeedStart = 'TRIM_HORIZON' | 'LATEST' | (string & {});

/** A record with the place behind it. */
export interface ChangeRecord<T = Item> extends StreamRecord<T> {
  /** Where to go on after this record: an option `from` of `table.stream` and `table.on`. Good after a restart too. */
  checkpoint: string;
}

export interface FeedParts {
  readonly store: Store;
  readonly horizonMs: () => Promise<number>;
}

const CHECKPOINT = /^([0-9T:.-]+)\/(\d+(?:\.\d+)*)$/;
/** A change of the catalog wakes nobody: a reader that waits looks again after this long. */
const LOOK_MS = 500;

const itself = (item: Item): Item => item;

export class Feed {
  readonly #parts: FeedParts;
  readonly #tableName: string;
  #stream: TableStream;
  #after: number[];
  /** Of shards that nothing was read of yet: what is gone is none of the reader's concern. */
  #fromOldest: boolean[];
  #turn = 0;

  /** Throws if the table has no stream, or the checkpoint is none of it. */
  constructor(parts: FeedParts, tableName: string, from: FeedStart) {
    this.#parts = parts;
    this.#tableName = tableName;
    const { hidden } = parts.store;
    const shards = Array.from({ length: hidden.shardCount }, (_, shard) => shard);
    const latest = from === 'LATEST';
    if (latest || from === 'TRIM_HORIZON') {
      const streams = this.#streams();
      const own = streams.filter(({ table }) => table !== undefined);
      const candidates = own.length > 0 ? own : streams;
      const stream = latest ? candidates.at(-1) : candidates.at(0);
      if (stream === undefined) throw noStream(tableName);
      this.#stream = stream;
      this.#after = shards.map((shard) => (latest ? hidden.streamEnd(shard) : 0));
    } else {
      const { label, after } = readCheckpoint(from, hidden.shardCount);
      this.#stream = this.#labelled(label);
      this.#after = after;
    }
    this.#fromOldest = this.#after.map((after) => after === 0);
  }

  /** The place behind the last record given. */
  get checkpoint(): string {
    return `${this.#stream.definition.label}/${this.#after.join('.')}`;
  }

  /**
   * The next records, `limit` at most; waits for some. Undefined: the last stream was read to its end, or the signal is
   * aborted. Throws TrimmedDataAccessException if records were trimmed before they were read: `skipTrimmed` goes on.
   */
  async read(
    limit: number,
    signal: AbortSignal,
    keepAlive: boolean,
  ): Promise<ChangeRecord[] | undefined> {
    const { store } = this.#parts;
    while (!signal.aborted) {
      const seen = store.hidden.published();
      const { records, end } = await this.#poll(limit);
      if (records.length > 0) return records;
      if (!end) continue;
      if (this.#isClosed()) {
        // What was written last may not have been durable when it was looked for.
        await store.sync();
        const rest = await this.#poll(limit);
        if (rest.records.length > 0) return rest.records;
        if (!this.#advance()) return undefined;
        continue;
      }
      await store.hidden.whenPublished(seen, LOOK_MS, signal, keepAlive);
    }
    return undefined;
  }

  /** Gives up what was trimmed unread. */
  skipTrimmed(): void {
    this.#fromOldest = this.#fromOldest.map(() => true);
  }

  /** One look at every shard, until there is enough. */
  async #poll(limit: number): Promise<{ records: ChangeRecord[]; end: boolean }> {
    const records: ChangeRecord[] = [];
    const sinceMs = await this.#parts.horizonMs();
    let bytesLeft = STREAM_RECORDS_BYTES_MAX;
    let end = true;
    for (let looked = 0; looked < this.#after.length; looked++) {
      const shard = this.#turn;
      const page = await this.#parts.store.hidden.streamPage(this.#stream, shard, {
        after: this.#after[shard],
        sinceMs,
        limit: limit - records.length,
        bytesMax: bytesLeft,
      });
      if (page.trimmed && !this.#fromOldest[shard]) {
        // What was gathered comes first; the next look meets this again.
        if (records.length > 0) return { records, end: false };
        throw new TrimmedDataAccessException();
      }
      this.#take(shard, page, records);
      end &&= page.end;
      bytesLeft -= page.changes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      this.#turn = (shard + 1) % this.#after.length;
      if (records.length >= limit || bytesLeft <= 0) return { records, end: false };
    }
    return { records, end };
  }

  #take(shard: number, page: StreamPage, records: ChangeRecord[]): void {
    if (page.changes.length > 0) {
      const label = this.#stream.definition.label;
      const before = [`${label}/`, ...this.#after.slice(0, shard).map((after) => `${after}.`)];
      const [head, tail] = [before, this.#after.slice(shard + 1).map((after) => `.${after}`)].map(
        (parts) => parts.join(''),
      );
      for (const change of page.changes) {
        const record = recordOf(this.#stream, shard, change, itself);
        records.push({ ...record, checkpoint: `${head}${change.sequence}${tail}` });
      }
      this.#fromOldest[shard] = false;
    }
    this.#after[shard] = Math.max(this.#after[shard], page.last);
  }

  /** All streams of the table's name that there are, the oldest first. */
  #streams(): TableStream[] {
    return listStreamsOf(this.#parts.store, -Infinity)
      .filter(({ tableName }) => tableName === this.#tableName)
      .sort((left, right) => left.definition.createdAtMs - right.definition.createdAtMs);
  }

  #labelled(label: string): TableStream {
    const streams = this.#streams();
    const stream = streams.find(({ definition }) => definition.label === label);
    if (stream !== undefined) return stream;
    if (streams.length === 0) throw noStream(this.#tableName);
    throw new TrimmedDataAccessException();
  }

  /** Whether nothing is added to the stream any more, as the catalog has it now. */
  #isClosed(): boolean {
    const now = this.#streams().find(({ id }) => id === this.#stream.id);
    return now === undefined || now.closed;
  }

  /** To the next stream of the name; false if there is none. */
  #advance(): boolean {
    const { createdAtMs } = this.#stream.definition;
    const next = this.#streams().find(({ definition }) => definition.createdAtMs > createdAtMs);
    if (next === undefined) return false;
    this.#stream = next;
    this.#after = this.#after.map(() => 0);
    this.skipTrimmed();
    return true;
  }
}

function readCheckpoint(text: unknown, shardCount: number): { label: string; after: number[] } {
  const match = typeof text === 'string' ? CHECKPOINT.exec(text) : null;
  const after = match?.[2].split('.').map(Number) ?? [];
  if (match === null || after.length !== shardCount) {
    throw new InvalidArgument(
      'from',
      "'TRIM_HORIZON', 'LATEST' or the checkpoint of a record of this table",
      text,
    );
  }
  return { label: match[1], after };
}

function noStream(tableName: string): ResourceNotFoundException {
  return new ResourceNotFoundException(
    `Requested resource not found: Table: ${tableName} has no stream. Give it one with ` +
      "StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }",
  );
}
