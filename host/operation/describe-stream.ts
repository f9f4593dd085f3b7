// DescribeStream: what a stream is, and its shards.
//
// The shards are the engine's: an item stays in one of them for ever, so none has a parent or a child. They are open until
// the stream is disabled or its table dropped, which closes them all.

import type { HiddenStore, StreamDefinition } from '../engine/store.js';
import { DESCRIBE_STREAM_LIMIT_MAX } from '../limits.js';
import { sequenceNumberOf, shardIdOf } from '../stream/sequence.js';
import { requireStream, type TableStream } from '../stream/table-streams.js';
import { keySchemaElements, type KeySchemaElement } from '../table/definition.js';
import { pendingAt } from '../table/settings.js';
import { enumFault, rangeFault, requiredFault, throwFaults } from './constraints.js';
import type { OperationContext } from './context.js';
import { checkStreamArn, shardIdFault } from './stream-constraints.js';
import { JAVA, readInput, readInteger, readString, readStructure } from './wire-types.js';

export interface DescribeStreamInput {
  StreamArn: string;
  /** Shards at most: 1 to 100, the default. */
  Limit?: number;
  /** Shards after this one. */
  ExclusiveStartShardId?: string;
  /** Only the children of a shard. No shard here has any. */
  ShardFilter?: { Type: 'CHILD_SHARDS'; ShardId: string };
}

export interface StreamShard {
  ShardId: string;
  SequenceNumberRange: {
    StartingSequenceNumber: string;
    /** Present once the shard is closed. */
    EndingSequenceNumber?: string;
  };
}

export interface DescribeStreamOutput {
  StreamDescription: {
    CreationRequestDateTime: Date;
    KeySchema: KeySchemaElement[];
    /** Present only if more shards follow. */
    LastEvaluatedShardId?: string;
    Shards: StreamShard[];
    StreamArn: string;
    StreamLabel: string;
    StreamStatus: 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED';
    StreamViewType: StreamDefinition['viewType'];
    TableName: string;
  };
}

export async function describeStream(
  context: OperationContext,
  rawInput: unknown,
): Promise<DescribeStreamOutput> {
  const input = readInput('describeStream', rawInput);
  const arn = readString(input.StreamArn, 'StreamArn');
  const limit = readInteger(input.Limit, 'Limit') ?? DESCRIBE_STREAM_LIMIT_MAX;
  const after = readString(input.ExclusiveStartShardId, 'ExclusiveStartShardId');
  const filter = readStructure(input.ShardFilter, 'ShardFilter', `class ${JAVA}.ShardFilter`);
  const filterType = readString(filter?.Type, 'ShardFilter.Type');
  const parent = readString(filter?.ShardId, 'ShardFilter.ShardId');
  checkStreamArn(arn);
  throwFaults([rangeFault(limit, 'limit', 1, DESCRIBE_STREAM_LIMIT_MAX)]);
  throwFaults([shardIdFault(after, 'exclusiveStartShardId')]);
  throwFaults([enumFault(filterType, 'shardFilter.type', ['CHILD_SHARDS'])]);
  if (filterType !== undefined) {
    throwFaults([
      requiredFault(parent, 'shardFilter.shardId') ?? shardIdFault(parent, 'shardFilter.shardId'),
    ]);
  }
  const { hidden } = context.store;
  const stream = requireStream(context.store, arn, await context.horizonMs());
  const { definition, key, tableName } = stream;
  const shards = Array.from({ length: filterType === undefined ? hidden.shardCount : 0 })
    .map((_, shard) => ({ shard, id: shardIdOf(definition.createdAtMs, shard) }))
    .filter(({ id }) => after === undefined || id > after);
  const page = shards.slice(0, limit);
  return {
    StreamDescription: {
      CreationRequestDateTime: new Date(definition.createdAtMs),
      KeySchema: keySchemaElements(key),
      ...(page.length < shards.length ? { LastEvaluatedShardId: page[page.length - 1].id } : {}),
      Shards: await Promise.all(
        page.map(({ shard, id }) => describeShard(hidden, stream, shard, id)),
      ),
      StreamArn: arn,
      StreamLabel: definition.label,
      StreamStatus: statusOf(stream, context.clock.nowMs()),
      StreamViewType: definition.viewType,
      TableName: tableName,
    },
  };
}

/** A shard begins behind what was trimmed, and ends, once it is closed, with its last record. */
async function describeShard(
  hidden: HiddenStore,
  stream: TableStream,
  shard: number,
  id: string,
): Promise<StreamShard> {
  const { trimmed, last } = await hidden.streamBounds(stream, shard);
  const range: StreamShard['SequenceNumberRange'] = {
    StartingSequenceNumber: sequenceNumberOf(shard, trimmed + 1),
  };
  if (stream.closed) {
    range.EndingSequenceNumber = sequenceNumberOf(shard, Math.max(last, trimmed + 1));
  }
  return { ShardId: id, SequenceNumberRange: range };
}

function statusOf({ closed, definition, table }: TableStream, nowMs: number) {
  const changing =
    table !== undefined &&
    table.streams?.at(-1)?.id === definition.id &&
    pendingAt(table, nowMs)?.kind === 'stream';
  if (closed) return changing ? 'DISABLING' : 'DISABLED';
  return changing ? 'ENABLING' : 'ENABLED';
}
