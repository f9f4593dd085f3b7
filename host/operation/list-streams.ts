// ListStreams: the streams of a table, or of all tables, a page at a time. Disabled ones, and those of dropped tables, are
// listed for as long as they can be read.

import { LIST_STREAMS_LIMIT_MAX, TABLE_NAME_LENGTH_MIN } from '../limits.js';
import { listStreamsOf } from '../stream/table-streams.js';
import { rangeFault, tableNameFault, throwFaults } from './constraints.js';
import type { OperationContext } from './context.js';
import { streamArnFault } from './stream-constraints.js';
import { readInput, readInteger, readString } from './wire-types.js';

export interface ListStreamsInput {
  /** Those of this table only. A table that does not exist has none. */
  TableName?: string;
  /** 1 to 100, the default. */
  Limit?: number;
  /** Streams after this one. */
  ExclusiveStartStreamArn?: string;
}

export interface ListStreamsOutput {
  Streams: { StreamArn: string; TableName: string; StreamLabel: string }[];
  /** Present only if more streams follow. */
  LastEvaluatedStreamArn?: string;
}

export async function listStreams(
  context: OperationContext,
  rawInput: unknown,
): Promise<ListStreamsOutput> {
  const input = readInput('listStreams', rawInput);
  const name = readString(input.TableName, 'TableName');
  const limit = readInteger(input.Limit, 'Limit') ?? LIST_STREAMS_LIMIT_MAX;
  const after = readString(input.ExclusiveStartStreamArn, 'ExclusiveStartStreamArn');
  throwFaults([
    name === undefined ? undefined : tableNameFault(name, 'tableName', TABLE_NAME_LENGTH_MIN),
  ]);
  throwFaults([rangeFault(limit, 'limit', 1, LIST_STREAMS_LIMIT_MAX)]);
  throwFaults([streamArnFault(after, 'exclusiveStartStreamArn')]);
  const streams = listStreamsOf(context.store, await context.horizonMs())
    .filter(({ tableName }) => name === undefined || tableName === name)
    .filter(({ arn }) => after === undefined || arn > after);
  const page = streams.slice(0, limit);
  const Streams = page.map(({ arn, tableName, definition }) => ({
    StreamArn: arn,
    TableName: tableName,
    StreamLabel: definition.label,
  }));
  if (page.length === streams.length) return { Streams };
  return { Streams, LastEvaluatedStreamArn: page[page.length - 1].arn };
}
