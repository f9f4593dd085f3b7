// The part of the seam that doors use for what lies beside the items: stream records, TTL hints and the engine's own notes.
//
// Stream shards are the engine's shards, so an item's records are all in one of them, in the order of its changes.
// Sequences grow inside a shard and are never used twice, also not after a crash.

import type { Item, KeySchema, NumberAttribute } from '../table/item-types.js';
import type { StreamDefinition, TableKeyspace } from './store.js';

/** What names a stream: its keyspace, and the key schema of its table, which may be gone. */
export interface StreamKeyspace {
  readonly id: number;
  readonly key: KeySchema;
}

/** A table that was dropped while a stream of it was still to be read. Goes when its streams are over. */
export interface RetiredTable {
  readonly id: number;
  readonly name: string;
  readonly arn: string;
  readonly key: KeySchema;
  /** All of them disabled, the last one by the drop. */
  readonly streams: readonly StreamDefinition[];
}

/** One committed change of an item. */
export interface StreamChange {
  readonly sequence: number;
  readonly timeMs: number;
  readonly kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: Item;
  /** The images that the view type has. */
  readonly old?: Item;
  readonly new?: Item;
  readonly byTtl: boolean;
  /** DynamoDB bytes of keys and images. */
  readonly sizeBytes: number;
}

export interface StreamPageOptions {
  /** Changes after this sequence; 0: from the oldest that is kept. */
  readonly after: number;
  /** What was logged before this is as good as gone. */
  readonly sinceMs: number;
  readonly limit: number;
  /** The change that would cross this is left for the next page, unless it is the first. */
  readonly bytesMax: number;
}

export interface StreamPage {
  /** Durable ones, in the order of their sequences. */
  readonly changes: StreamChange[];
  /** Where the next page goes on: the sequence of the last change, or the highest one known to be no change. */
  readonly last: number;
  /** Changes after `after` are gone: they were trimmed, or are older than `sinceMs`. */
  readonly trimmed: boolean;
  /** Nothing durable follows at this moment. */
  readonly end: boolean;
}

/** Says that an item expires at a time. It may be stale: the item decides. */
export interface TtlHint {
  readonly key: Item;
  /** Seconds since 1970, as the item had them. */
  readonly expiry: NumberAttribute;
  /** Lets `dropHint` see that nobody wrote the hint anew meanwhile. */
  readonly seen: unknown;
}

export interface HiddenStore {
  readonly shardCount: number;
  /** The same for all threads that have the database open, another each time it is opened. */
  readonly session: string;
  /** A keyspace of the engine for small items of its own, by one key attribute `name`. In no catalog. */
  readonly notes: TableKeyspace;

  /** Dropped tables with streams that can still be read. */
  retired(): readonly RetiredTable[];
  /** Forgets a retired table with its streams: compaction removes what is left of them. */
  forgetRetired(id: number): Promise<void>;

  streamPage(
    stream: StreamKeyspace,
    shard: number,
    options: StreamPageOptions,
  ): Promise<StreamPage>;
  /** A sequence of the shard that no record from before the call exceeds and every later one does. */
  streamEnd(shard: number): number;
  /** The last trimmed and the last record of a stream in a shard; 0 where there is none. */
  streamBounds(stream: StreamKeyspace, shard: number): Promise<{ trimmed: number; last: number }>;
  /** Deletes records logged before `beforeMs`, the oldest first, `limit` at most. Gives their number. */
  trimStream(
    stream: StreamKeyspace,
    shard: number,
    beforeMs: number,
    limit: number,
  ): Promise<number>;
  /** A count that changes whenever records may have become readable. */
  published(): number;
  /**
   * Resolves once `published()` is not `seen`, or aborted, or after `timeoutMs`. Keeps the process alive meanwhile, unless
   * told not to.
   */
  whenPublished(
    seen: number,
    timeoutMs: number,
    signal?: AbortSignal,
    keepAlive?: boolean,
  ): Promise<void>;

  /** Hints of a shard up to a time (seconds), the earliest first. */
  hints(
    table: TableKeyspace,
    shard: number,
    throughSeconds: number,
    limit: number,
  ): Promise<TtlHint[]>;
  /** Writes hints for items, which have the TTL attribute as a number, from before TTL was enabled. */
  putHints(table: TableKeyspace, items: readonly Item[]): Promise<void>;
  /** Removes a hint that has been dealt with, unless it was written anew since it was read. */
  dropHint(table: TableKeyspace, shard: number, hint: TtlHint): Promise<void>;

  /**
   * One thread at a time looks after expiry and retention. True if it is this one now; asked again and again while it
   * works, a thread that stops asking loses it.
   */
  claimUpkeep(): boolean;
  releaseUpkeep(): void;
}
