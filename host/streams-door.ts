// DynamoDB's Streams API on the embedded door, in lib-dynamodb's shapes. It is an API of its own in the SDK too
// (`DynamoDBStreams`), so its methods stand apart from those of tables.

import { OPERATIONS, type Operation } from './api/operations.js';
import type * as shapes from './api/shapes.js';
import type { Answer } from './api/answer.js';

/**
 * The operations on streams: `db.streams`. Keys and images are plain JavaScript values; `db.execute('GetRecords', ...)` gives
 * them in typed shapes.
 *
 * @example
 * const { Streams } = await db.streams.listStreams({ TableName: 'Orders' });
 * const { StreamArn } = Streams[0];
 * const { StreamDescription } = await db.streams.describeStream({ StreamArn });
 * for (const { ShardId } of StreamDescription.Shards) {
 *   const place = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
 *   const { ShardIterator } = await db.streams.getShardIterator(place);
 *   const { Records } = await db.streams.getRecords({ ShardIterator });
 *   for (const { eventName, dynamodb } of Records) console.log(eventName, dynamodb.Keys);
 * }
 */
export class StreamsDoor {
  readonly #run: (operation: Operation, input: unknown) => Promise<object>;

  /** Use `db.streams`. */
  constructor(run: (operation: Operation, input: unknown) => Promise<object>) {
    this.#run = run;
  }

  /** The streams of a table, or of all, with those disabled or dropped in the last 24 hours; 100 a page. */
  listStreams(input: shapes.ListStreamsInput = {}): Promise<Answer<shapes.ListStreamsOutput>> {
    return this.#answer(OPERATIONS.ListStreams, input);
  }

  /** What a stream is, and its shards. */
  describeStream(input: shapes.DescribeStreamInput): Promise<Answer<shapes.DescribeStreamOutput>> {
    return this.#answer(OPERATIONS.DescribeStream, input);
  }

  /** A place in a shard to read from, good for 15 minutes. */
  getShardIterator(
    input: shapes.GetShardIteratorInput,
  ): Promise<Answer<shapes.GetShardIteratorOutput>> {
    return this.#answer(OPERATIONS.GetShardIterator, input);
  }

  /** The next records of a shard, at most 1,000 or 1 MiB, and the place behind them. */
  getRecords(input: shapes.GetRecordsInput): Promise<Answer<shapes.GetRecordsOutput>> {
    return this.#answer(OPERATIONS.GetRecords, input);
  }

  #answer<Output extends object>(
    operation: (context: Parameters<Operation>[0], input: unknown) => Promise<Output>,
    input: unknown,
  ): Promise<Answer<Output>> {
    return this.#run(operation, input) as Promise<Answer<Output>>;
  }
}
