// GetShardIterator: a place in a shard from which GetRecords reads, good for 15 minutes.

import {
  ResourceNotFoundException,
  TrimmedDataAccessException,
  ValidationException,
} from '../errors.js';
import { STREAM_SEQUENCE_LENGTH_MAX, STREAM_SEQUENCE_LENGTH_MIN } from '../limits.js';
import { sequenceOfNumber, shardOfId } from '../stream/sequence.js';
import { writeIterator } from '../stream/shard-iterator.js';
import { requireStream, type TableStream } from '../stream/table-streams.js';
import { enumFault, requiredFault, throwFaults } from './constraints.js';
import type { OperationContext } from './context.js';
import { INVALID } from './index-rules.js';
import { checkStreamArn, lengthFault, shardIdFault } from './stream-constraints.js';
import { readInput, readString } from './wire-types.js';

export interface GetShardIteratorInput {
  StreamArn: string;
  ShardId: string;
  /** TRIM_HORIZON: the oldest record kept. LATEST: what comes after now. The others begin at or after a record. */
  ShardIteratorType: 'TRIM_HORIZON' | 'LATEST' | 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER';
  /** With AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER, and only then. */
  SequenceNumber?: string;
}

export interface GetShardIteratorOutput {
  ShardIterator: string;
}

const TYPES = ['AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON'];

export async function getShardIterator(
  context: OperationContext,
  rawInput: unknown,
): Promise<GetShardIteratorOutput> {
  const input = readInput('getShardIterator', rawInput);
  const arn = readString(input.StreamArn, 'StreamArn');
  const shardId = readString(input.ShardId, 'ShardId');
  const type = readString(input.ShardIteratorType, 'ShardIteratorType');
  const number = readString(input.SequenceNumber, 'SequenceNumber');
  checkStreamArn(arn);
  throwFaults([requiredFault(shardId, 'shardId') ?? shardIdFault(shardId, 'shardId')]);
  throwFaults([
    requiredFault(type, 'shardIteratorType') ?? enumFault(type, 'shardIteratorType', TYPES),
  ]);
  throwFaults([
    lengthFault(number, 'sequenceNumber', STREAM_SEQUENCE_LENGTH_MIN, STREAM_SEQUENCE_LENGTH_MAX),
  ]);
  const takesNumber = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER';
  if (takesNumber !== (number !== undefined)) {
    throw new ValidationException(
      takesNumber
        ? `${INVALID}SequenceNumber is required for ShardIteratorType ${type}`
        : `${INVALID}SequenceNumber must not be specified for ShardIteratorType ${type}`,
    );
  }
  const { hidden } = context.store;
  const stream = requireStream(context.store, arn, await context.horizonMs());
  const shard = shardOfId(shardId ?? '', stream.definition.createdAtMs, hidden.shardCount);
  if (shard === undefined) {
    throw new ResourceNotFoundException(
      `Requested resource not found: Shard: ${shardId} in Stream: ${arn} not found`,
    );
  }
  const position = { arn, shard, after: 0, fromOldest: type === 'TRIM_HORIZON' };
  if (type === 'LATEST') position.after = hidden.streamEnd(shard);
  if (number !== undefined) {
    const sequence = sequenceOfNumber(number, shard);
    if (sequence === undefined || sequence > hidden.streamEnd(shard) + 1) {
      throw new ValidationException(`${INVALID}Invalid SequenceNumber: ${number}`);
    }
    position.after = type === 'AT_SEQUENCE_NUMBER' ? Math.max(0, sequence - 1) : sequence;
    await checkNotTrimmed(context, stream, shard, position.after);
  }
  return { ShardIterator: writeIterator(position, context.clock.nowMs()) };
}

async function checkNotTrimmed(
  { store, horizonMs }: OperationContext,
  stream: TableStream,
  shard: number,
  after: number,
): Promise<void> {
  const options = { after, sinceMs: await horizonMs(), limit: 1, bytesMax: 1 };
  const { trimmed } = await store.hidden.streamPage(stream, shard, options);
  if (trimmed) throw new TrimmedDataAccessException();
}
