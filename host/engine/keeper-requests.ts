// What threads ask the keeper for. Everything here is structured-cloneable: requests and replies travel between threads.

import type { EngineOptions } from './attachment.js';
import type { CompactionPlan } from './compaction-picker.js';
import type { TableMeta } from './manifest.js';
import type { TableDefinition } from './store.js';

/** Sizes left undefined follow from the memory budget (database-memory.ts). */
export type OpenOptions = Partial<EngineOptions> &
  Pick<EngineOptions, 'durability' | 'temporary' | 'logBytesMax'>;

export interface OpenRequest {
  readonly kind: 'open';
  /** Must exist. */
  readonly folder: string;
  /** Of a new database; an existing one must have as many, if this is given. */
  readonly shards?: number;
  readonly memoryBytes: number;
  /** The core with assertions and bounds. */
  readonly checked: boolean;
  readonly options: OpenOptions;
}

export type KeeperRequest =
  | OpenRequest
  | { kind: 'createTable'; definition: TableDefinition }
  | { kind: 'updateTable'; id: number; definition: TableDefinition }
  /** Streams of the table stay readable from `atMs` on for their retention. */
  | { kind: 'dropTable'; id: number; atMs: number }
  | { kind: 'forgetRetired'; id: number }
  /** The next merge of a shard, which has `level0` tables there now; `full` merges everything down. */
  | { kind: 'plan'; shard: number; full: boolean; level0: number }
  /** A merge has met damage in this table: it is in no plan any more. */
  | { kind: 'damaged'; file: number }
  /** Makes a change of a shard's tables durable in the manifest. */
  | { kind: 'version'; shard: number; add: TableMeta[]; remove: number[]; flushedSequence?: number }
  | { kind: 'close' };

export interface KeeperReplies {
  open: undefined;
  createTable: number;
  /** False: nothing was changed, as the definition is not the one it was made from any more. */
  updateTable: boolean;
  dropTable: undefined;
  forgetRetired: undefined;
  plan: MergePlan | undefined;
  damaged: undefined;
  version: undefined;
  close: undefined;
}

/** A plan with what the merge must know of the catalog: ids whose entries are garbage. */
export interface MergePlan extends CompactionPlan {
  droppedTables: number[];
}

/** A step of background work: a place where it may pause, a wait for the log, or a question to the keeper. */
export type JobStep =
  | { kind: 'pause' }
  | { kind: 'durable' }
  | { kind: 'ask'; request: KeeperRequest };
export type Job<Result = void> = Generator<JobStep, Result, unknown>;

export function* ask<Kind extends KeeperRequest['kind']>(
  request: Extract<KeeperRequest, { kind: Kind }>,
): Job<KeeperReplies[Kind]> {
  return (yield { kind: 'ask', request }) as KeeperReplies[Kind];
}
