// A regression. A cursor over a hidden keyspace gave up its turn between the core's call and the copy of the run, so two stream
// reads of one shard at once could give one of them the other's records. Found by the conformance suite over IPC, where
// requests arrive together.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from '../../../host/index.js';

test('stream reads of one shard at the same time give each its own records', async () => {
  await using db = await open(undefined, { shards: 1 });
  const names = ['First', 'Second', 'Third'];
  for (const TableName of names) {
    await db.createTable({
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    });
    await db.put({ TableName, Item: { pk: TableName } });
  }
  const iterators = await Promise.all(
    names.map(async (TableName) => {
      const { Streams } = await db.streams.listStreams({ TableName });
      const [{ StreamArn }] = Streams;
      const { StreamDescription } = await db.streams.describeStream({ StreamArn });
      const [{ ShardId }] = StreamDescription.Shards;
      const place = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      return (await db.streams.getShardIterator(place)).ShardIterator;
    }),
  );
  const read = async (delay: number): Promise<string[]> => {
    for (let i = 0; i < delay; i++) await Promise.resolve();
    const { Records } = await db.streams.getRecords({ ShardIterator: iterators[delay % 3] });
    return Records.map(({ dynamodb }) => String(dynamodb.Keys['pk']));
  };
  // Shifted against each other by so many turns of the microtask queue.
  const seen = await Promise.all(Array.from({ length: 30 }, (_, delay) => read(delay)));
  assert.deepEqual(
    seen,
    Array.from({ length: 30 }, (_, delay) => [names[delay % 3]]),
  );
});
