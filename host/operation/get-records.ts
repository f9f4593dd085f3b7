// GetRecords: the records of a shard from an iterator on, oldest first.

import { TrimmedDataAccessException, ValidationException } from '../errors.js';
import type { StreamPage } from '../engine/store.js';
import {
  SHARD_ITERATOR_LENGTH_MAX,
  STREAM_RECORDS_BYTES_MAX,
  STREAM_RECORDS_MAX,
} from '../limits.js';
import { recordOf, type StreamRecord } from '../stream/record.js';
import { readIterator, writeIterator, type ShardPosition } from '../stream/shard-iterator.js';
import { requireStream, type TableStream } from '../stream/table-streams.js';
import { rangeFault, requiredFault, throwFaults } from './constraints.js';
import type { DocumentItem, OperationContext } from './context.js';
import { lengthFault } from './stream-constraints.js';
import { readInput, readInteger, readString } from './wire-types.js';

export interface GetRecordsInput {
  ShardIterator: string;
  /** Records at most: 1 to 1,000, the default. A page has at most 1 MiB too. */
  Limit?: number;
}

export interface GetRecordsOutput {
  Records: StreamRecord<DocumentItem>[];
  /** Where to go on. Present, also with no records, until a closed shard has been read to its end. */
  NextShardIterator?: string;
}

export async function getRecords(
  context: OperationContext,
  rawInput: unknown,
): Promise<GetRecordsOutput> {
  const input = readInput('getRecords', rawInput);
  const iterator = readString(input.ShardIterator, 'ShardIterator');
  const limit = readInteger(input.Limit, 'Limit') ?? STREAM_RECORDS_MAX;
  throwFaults([
    requiredFault(iterator, 'shardIterator') ??
      lengthFault(iterator, 'shardIterator', 1, SHARD_ITERATOR_LENGTH_MAX),
  ]);
  throwFaults([rangeFault(limit, 'limit', 1, STREAM_RECORDS_MAX)]);
  const { store, clock, values, horizonMs } = context;
  const position = readIterator(iterator ?? '', clock.nowMs());
  const { shard } = position;
  const stream = requireStream(store, position.arn, await horizonMs());
  if (shard >= store.hidden.shardCount) throw new ValidationException('Invalid ShardIterator');
  const page = await readPage(context, stream, position, limit);
  if (page.trimmed && !position.fromOldest) throw new TrimmedDataAccessException();
  const Records = page.changes.map((change) => recordOf(stream, shard, change, values.writeMap));
  if (values.itemForm === 'json') for (const record of Records) nameIdentity(record);
  if (stream.closed && page.end) return { Records };
  const fromOldest = position.fromOldest && Records.length === 0;
  const next = { ...position, after: page.last, fromOldest };
  return { Records, NextShardIterator: writeIterator(next, clock.nowMs()) };
}

/** A closed shard ends where its last write does, and that may not be durable yet. */
async function readPage(
  { store, horizonMs }: OperationContext,
  stream: TableStream,
  { shard, after }: ShardPosition,
  limit: number,
): Promise<StreamPage> {
  const options = { after, sinceMs: await horizonMs(), limit, bytesMax: STREAM_RECORDS_BYTES_MAX };
  const page = await store.hidden.streamPage(stream, shard, options);
  if (!(stream.closed && page.end)) return page;
  await store.sync();
  return store.hidden.streamPage(stream, shard, options);
}

/** On the wire the names are in lower case; those of the SDK's model, in upper case, stand beside them. */
function nameIdentity({ userIdentity }: StreamRecord<DocumentItem>): void {
  if (userIdentity === undefined) return;
  userIdentity.Type = userIdentity.type;
  userIdentity.PrincipalId = userIdentity.principalId;
}
