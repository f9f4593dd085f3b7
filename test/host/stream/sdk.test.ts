// The client of the AWS SDK for streams, on a database of this process.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record,
} from '@aws-sdk/client-dynamodb-streams';
import { enableExpiry, makeStreamed, openModel } from '../upkeep/opening.js';

test("the SDK's streams client reads records, who made them, and errors of its own classes", async () => {
  await using db = await openModel('manual');
  await makeStreamed(db);
  await enableExpiry(db);
  const expires = Math.floor(db.clock.nowMs() / 1000);
  const Item = { pk: 'a', sk: 's', expires, bytes: Uint8Array.of(1, 2) };
  await db.put({ TableName: 'Things', Item });
  await db.clock.advance('1 s');
  const client = new DynamoDBStreamsClient(db.sdkConfig());
  const { Streams } = await client.send(new ListStreamsCommand({ TableName: 'Things' }));
  const StreamArn = Streams![0].StreamArn!;
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
  assert.ok(StreamDescription!.CreationRequestDateTime instanceof Date);
  const records: _Record[] = [];
  let last: string | undefined;
  for (const { ShardId } of StreamDescription!.Shards!) {
    const place = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await client.send(new GetShardIteratorCommand(place));
    const page = await client.send(new GetRecordsCommand({ ShardIterator }));
    records.push(...page.Records!);
    last = page.NextShardIterator;
  }
  assert.deepEqual(
    records.map(({ eventName }) => eventName),
    ['INSERT', 'REMOVE'],
  );
  assert.deepEqual(records[0].dynamodb!.NewImage!.bytes, { B: Uint8Array.of(1, 2) });
  assert.deepEqual(records[1].userIdentity, {
    Type: 'Service',
    PrincipalId: 'dynamodb.amazonaws.com',
  });
  await db.clock.advance('16 minutes');
  await assert.rejects(
    client.send(new GetRecordsCommand({ ShardIterator: last })),
    ExpiredIteratorException,
  );
});
