// The manifest: what the database consists of, as a list of edits over an empty state.
//
// Edits are msgpack records in the journal of io/manifest. Replaying them gives the state; a snapshot is the
// state written as one edit. Invariants: a table file is named only after it and its directory entry are durable;
// `flushedSequence` of a shard grows only in the edit that adds the table which holds those sequences; table and
// file ids are never used twice.

// Not the package's main module: that looks for a native part, which costs more time than a start has.
import { pack } from 'msgpackr/pack';
import { unpack } from 'msgpackr/unpack';
import { STREAM_RETENTION_MS } from '../limits.js';
import { keyspaceIds } from './keyspace-ids.js';
import type { RetiredTable, StoredTable } from './store.js';

export const LEVELS = 7;

/** A live table file as the manifest knows it. Keys are encoded keys; sizes in bytes. */
export interface TableMeta {
  file: number;
  level: number;
  bytes: number;
  entries: number;
  tombstones: number;
  minKey: Uint8Array;
  maxKey: Uint8Array;
  maxSequence: number;
  /** Bytes at the end of the file that stay in memory while it is live: TOP block and footer. */
  tailBytes: number;
  /** Where the TOP block lies: offset / 8, and its length on disk. */
  top8: number;
  topBytes: number;
  /** Bytes of keys and values, uncompressed. */
  contentBytes: number;
}

export interface ShardState {
  flushedSequence: number;
  /** Level 0 newest first; levels 1.. by key. */
  tables: TableMeta[];
}

export interface Identity {
  format: number;
  shards: number;
  seedLow: number;
  seedHigh: number;
}

export type Edit =
  | { kind: 'create'; identity: Identity }
  | { kind: 'owner'; owner: string }
  | { kind: 'snapshot'; state: ManifestState }
  | { kind: 'table'; table: StoredTable }
  | { kind: 'drop'; id: number; atMs?: number }
  /** A retired table with its streams. */
  | { kind: 'forget'; id: number }
  | {
      kind: 'version';
      shard: number;
      add: TableMeta[];
      remove: number[];
      /** Present in the edit of a flush. */
      flushedSequence?: number;
      /** A group of the log known to be durable: recovery refuses a log that ends before it. */
      durableGroup?: number;
      /** As in an edit of the log. */
      neededGroup?: number;
    }
  /** Groups of the log below this one are needed no more: durable before any of them is removed. */
  | { kind: 'log'; neededGroup: number };

export interface ManifestState {
  identity: Identity;
  owner: string;
  nextTableId: number;
  nextFile: number;
  durableGroup: number;
  neededGroup?: number;
  tables: StoredTable[];
  /** Dropped tables with streams that are still read. Absent: none. */
  retired?: RetiredTable[];
  /** Ids of dropped keyspaces whose entries compaction may still meet. */
  dropped: number[];
  shards: ShardState[];
}

export function emptyState(identity: Identity): ManifestState {
  return {
    identity,
    owner: '',
    nextTableId: 16, // ids below are the engine's own keyspaces
    nextFile: 1,
    durableGroup: 0,
    tables: [],
    dropped: [],
    shards: Array.from({ length: identity.shards }, () => ({ flushedSequence: 0, tables: [] })),
  };
}

export function encodeEdit(edit: Edit): Uint8Array {
  return pack(edit);
}

export function decodeEdit(bytes: Uint8Array): Edit {
  const edit: unknown = unpack(bytes);
  if (typeof edit !== 'object' || edit === null || !('kind' in edit)) {
    throw new TypeError('a manifest record is not an edit');
  }
  return edit as Edit;
}

/** Applies an edit; `state` is undefined only before the first one. */
export function applyEdit(state: ManifestState | undefined, edit: Edit): ManifestState {
  if (edit.kind === 'create') return emptyState(edit.identity);
  if (edit.kind === 'snapshot') return edit.state;
  if (state === undefined)
    throw new TypeError(`a manifest begins with '${edit.kind}', not with 'create'`);
  switch (edit.kind) {
    case 'owner':
      state.owner = edit.owner;
      break;
    case 'table':
      forgetKeyspaces(state, edit.table.id, keyspaceIds(edit.table));
      state.tables.push(edit.table);
      state.nextTableId = Math.max(state.nextTableId, ...keyspaceIds(edit.table).map(following));
      break;
    case 'drop':
      forgetKeyspaces(state, edit.id, retireStreams(state, edit.id, edit.atMs ?? 0));
      break;
    case 'forget':
      for (const { id, streams } of state.retired ?? [])
        if (id === edit.id) state.dropped.push(...streams.map((stream) => stream.id));
      state.retired = state.retired?.filter(({ id }) => id !== edit.id);
      break;
    case 'version':
      applyVersionEdit(state.shards[edit.shard], edit);
      state.durableGroup = Math.max(state.durableGroup, edit.durableGroup ?? 0);
      state.neededGroup = Math.max(state.neededGroup ?? 0, edit.neededGroup ?? 0);
      for (const table of edit.add) state.nextFile = Math.max(state.nextFile, table.file + 1);
      break;
    case 'log':
      state.neededGroup = Math.max(state.neededGroup ?? 0, edit.neededGroup);
      break;
  }
  return state;
}

const following = (id: number): number => id + 1;

/** Takes out the table with this id; of its keyspaces the `kept` ones live on. */
function forgetKeyspaces(state: ManifestState, id: number, kept: readonly number[]): void {
  const known = state.tables.filter((table) => table.id === id).flatMap(keyspaceIds);
  state.dropped.push(...known.filter((keyspace) => !kept.includes(keyspace)));
  state.tables = state.tables.filter((table) => table.id !== id);
}

/** Streams outlive their table until their retention is over. Returns their keyspaces. */
function retireStreams(state: ManifestState, tableId: number, atMs: number): number[] {
  const table = state.tables.find(({ id }) => id === tableId);
  const streams = (table?.streams ?? [])
    .map((stream) => ({ ...stream, disabledAtMs: stream.disabledAtMs ?? atMs }))
    .filter(({ disabledAtMs }) => disabledAtMs + STREAM_RETENTION_MS > atMs);
  if (table === undefined || streams.length === 0) return [];
  const { id, name, arn, key } = table;
  state.retired = [...(state.retired ?? []), { id, name, arn, key, streams }];
  return streams.map((stream) => stream.id);
}

function applyVersionEdit(shard: ShardState, edit: Extract<Edit, { kind: 'version' }>): void {
  const removed = new Set(edit.remove);
  const kept = shard.tables.filter((table) => !removed.has(table.file));
  shard.tables = [...edit.add, ...kept].sort(
    (a, b) =>
      a.level - b.level || (a.level === 0 ? b.file - a.file : compareKeys(a.minKey, b.minKey)),
  );
  if (edit.flushedSequence !== undefined) {
    shard.flushedSequence = Math.max(shard.flushedSequence, edit.flushedSequence);
  }
}

/** Unsigned byte order, shorter prefix first. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}
