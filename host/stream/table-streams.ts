// The streams of a database: of its tables, and of tables that were dropped a short while ago.
//
// A disabled stream, or one of a dropped table, can be read and is listed until all its records are older than the
// horizon. After that it does not exist, whether or not somebody has cleared it away yet.

import type { Store, StoredTable, StreamDefinition, StreamKeyspace } from '../engine/store.js';
import { ResourceNotFoundException } from '../errors.js';

export interface TableStream extends StreamKeyspace {
  readonly arn: string;
  readonly tableName: string;
  readonly definition: StreamDefinition;
  /** Nothing is added to it any more. */
  readonly closed: boolean;
  /** Undefined once the table is dropped. */
  readonly table: StoredTable | undefined;
}

/** All that can be read, in the byte order of their ARNs. */
export function listStreamsOf(store: Store, horizonMs: number): TableStream[] {
  const live = store.catalog().flatMap((table) => streamsOf(table, table));
  const retired = store.hidden.retired().flatMap((table) => streamsOf(table, undefined));
  return [...live, ...retired]
    .filter(({ definition }) => isKept(definition, horizonMs))
    .sort((left, right) => (left.arn < right.arn ? -1 : 1));
}

/** The stream of an ARN. */
export function requireStream(store: Store, arn: string, horizonMs: number): TableStream {
  const found = listStreamsOf(store, horizonMs).find((stream) => stream.arn === arn);
  if (found !== undefined) return found;
  throw new ResourceNotFoundException(`Requested resource not found: Stream: ${arn} not found`);
}

function streamsOf(
  { name, arn, key, streams = [] }: Pick<StoredTable, 'name' | 'arn' | 'key' | 'streams'>,
  table: StoredTable | undefined,
): TableStream[] {
  return streams.map((definition) => ({
    id: definition.id,
    key,
    arn: `${arn}/stream/${definition.label}`,
    tableName: name,
    definition,
    closed: definition.disabledAtMs !== undefined,
    table,
  }));
}

function isKept({ disabledAtMs }: StreamDefinition, horizonMs: number): boolean {
  return disabledAtMs === undefined || disabledAtMs > horizonMs;
}
