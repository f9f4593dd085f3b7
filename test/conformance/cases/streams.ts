// ListStreams, DescribeStream, GetShardIterator and GetRecords: operations.md 9.

import assert from 'node:assert/strict';
import type { GetRecordsOutput } from '../../../host/index.js';
import {
  behaviours,
  bytes,
  refusals,
  rejects,
  tableInput,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
  type TableInput,
} from '../door.js';
import { FAILED } from '../fixtures.js';

const E = '1 validation error detected: ';
const F = ' failed to satisfy constraint: Member must ';
const NOWHERE =
  'arn:aws:dynamodb:us-east-1:000000000000:table/Pairs/stream/2024-11-18T14:36:44.149';
const NO_STREAM = [
  `Requested resource not found: Stream: ${NOWHERE} not found`,
  'ResourceNotFoundException',
] as const;
const SHARD = 'shardId-00000001731940604149-00000000';
const SEQUENCE = '1000000000000000000001';

const VIEWS = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;
type View = (typeof VIEWS)[number];
const both: View = 'NEW_AND_OLD_IMAGES';

const streamed = (TableName: string, StreamViewType: View): TableInput => {
  const StreamSpecification = { StreamEnabled: true, StreamViewType };
  return { ...tableInput(TableName, 'S', 'S'), TableName, ...{ StreamSpecification } };
};

const toggle = (door: Door, TableName: string, StreamViewType?: View) =>
  door.updateTable({
    TableName,
    StreamSpecification:
      StreamViewType === undefined
        ? { StreamEnabled: false }
        : { StreamEnabled: true, StreamViewType },
  });

/** The ARN of the last stream of a table. */
async function arnOf(door: Door, TableName: string): Promise<string> {
  const { Streams } = await door.streams.listStreams({ TableName });
  return Streams[Streams.length - 1].StreamArn;
}

async function shardsOf(door: Door, StreamArn: string) {
  return (await door.streams.describeStream({ StreamArn })).StreamDescription.Shards;
}

async function iteratorOf(door: Door, StreamArn: string, ShardId: string, type = 'TRIM_HORIZON') {
  const place = { StreamArn, ShardId, ShardIteratorType: type };
  return (await door.streams.getShardIterator(place)).ShardIterator;
}

/** All records there are, shard by shard. */
async function recordsOf(door: Door, StreamArn: string): Promise<GetRecordsOutput['Records']> {
  const all = [];
  for (const { ShardId } of await shardsOf(door, StreamArn)) {
    let next: string | undefined = await iteratorOf(door, StreamArn, ShardId);
    while (next !== undefined) {
      const page: GetRecordsOutput = await door.streams.getRecords({ ShardIterator: next });
      all.push(...page.Records);
      next = page.Records.length === 0 ? undefined : page.NextShardIterator;
    }
  }
  return all;
}

/** Puts, changes, leaves alone and deletes one item; gives the records. */
async function oneLife(door: Door, view: View) {
  const TableName = `Life.${view}`;
  await door.createTable(streamed(TableName, view));
  const Key = { pk: 'a', sk: 'b' };
  await door.put({ TableName, Item: { ...Key, n: 1 } });
  await door.put({ TableName, Item: { ...Key, n: 2 } });
  await door.put({ TableName, Item: { n: 2, ...Key } });
  await door.delete({ TableName, Key });
  await door.delete({ TableName, Key });
  return recordsOf(door, await arnOf(door, TableName));
}

const iterator =
  (more: object) =>
  (door: Door): Promise<unknown> =>
    door.streams.getShardIterator({
      StreamArn: NOWHERE,
      ShardId: SHARD,
      ShardIteratorType: 'LATEST',
      ...more,
    });

const REFUSALS: readonly Refusal[] = [
  [
    'a limit of no streams',
    (door) => door.streams.listStreams({ Limit: 0 }),
    `${E}Value '0' at 'limit'${F}have value greater than or equal to 1`,
  ],
  [
    'a limit of more than 100 streams',
    (door) => door.streams.listStreams({ Limit: 101 }),
    `${E}Value '101' at 'limit'${F}have value less than or equal to 100`,
  ],
  [
    'a table name that is none in a list of streams',
    (door) => door.streams.listStreams({ TableName: 'a!b' }),
    `${E}Value 'a!b' at 'tableName'${F}satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  ],
  [
    'a start that is too short to be a stream',
    (door) => door.streams.listStreams({ ExclusiveStartStreamArn: 'arn' }),
    `${E}Value 'arn' at 'exclusiveStartStreamArn'${F}have length greater than or equal to 37`,
  ],
  [
    'to describe no stream',
    (door) => door.streams.describeStream({}),
    `${E}Value null at 'streamArn'${F}not be null`,
  ],
  [
    'to describe a stream whose ARN is too short',
    (door) => door.streams.describeStream({ StreamArn: 'arn:aws' }),
    `${E}Value 'arn:aws' at 'streamArn'${F}have length greater than or equal to 37`,
  ],
  [
    'to describe what is no stream',
    (door) => door.streams.describeStream({ StreamArn: 'x'.repeat(50) }),
    'Invalid StreamArn',
  ],
  [
    'to describe a stream that does not exist',
    (door) => door.streams.describeStream({ StreamArn: NOWHERE }),
    ...NO_STREAM,
  ],
  [
    'to describe more than 100 shards at once',
    (door) => door.streams.describeStream({ StreamArn: NOWHERE, Limit: 101 }),
    `${E}Value '101' at 'limit'${F}have value less than or equal to 100`,
  ],
  [
    'to describe shards after one whose id is too short',
    (door) => door.streams.describeStream({ StreamArn: NOWHERE, ExclusiveStartShardId: 'shard' }),
    `${E}Value 'shard' at 'exclusiveStartShardId'${F}have length greater than or equal to 28`,
  ],
  [
    'an iterator without a stream',
    iterator({ StreamArn: undefined }),
    `${E}Value null at 'streamArn'${F}not be null`,
  ],
  [
    'an iterator without a shard',
    iterator({ ShardId: undefined }),
    `${E}Value null at 'shardId'${F}not be null`,
  ],
  [
    'an iterator of a shard whose id is too long',
    iterator({ ShardId: 's'.repeat(66) }),
    `${E}Value '${'s'.repeat(66)}' at 'shardId'${F}have length less than or equal to 65`,
  ],
  [
    'an iterator without a type',
    iterator({ ShardIteratorType: undefined }),
    `${E}Value null at 'shardIteratorType'${F}not be null`,
  ],
  [
    'an iterator of an unknown type',
    iterator({ ShardIteratorType: 'AT_TIMESTAMP' }),
    `${E}Value 'AT_TIMESTAMP' at 'shardIteratorType'${F}satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]`,
  ],
  [
    'an iterator at a sequence number that is too short',
    iterator({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '1' }),
    `${E}Value '1' at 'sequenceNumber'${F}have length greater than or equal to 21`,
  ],
  [
    'an iterator at no sequence number',
    iterator({ ShardIteratorType: 'AT_SEQUENCE_NUMBER' }),
    'One or more parameter values were invalid: SequenceNumber is required for ShardIteratorType AT_SEQUENCE_NUMBER',
  ],
  [
    'a sequence number for the latest record',
    iterator({ SequenceNumber: SEQUENCE }),
    'One or more parameter values were invalid: SequenceNumber must not be specified for ShardIteratorType LATEST',
  ],
  ['an iterator of a stream that does not exist', iterator({}), ...NO_STREAM],
  [
    'records of no iterator',
    (door) => door.streams.getRecords({}),
    `${E}Value null at 'shardIterator'${F}not be null`,
  ],
  [
    'records of an empty iterator',
    (door) => door.streams.getRecords({ ShardIterator: '' }),
    `${E}Value '' at 'shardIterator'${F}have length greater than or equal to 1`,
  ],
  [
    'records of a text that is no iterator',
    (door) => door.streams.getRecords({ ShardIterator: 'x' }),
    'Invalid ShardIterator',
  ],
  [
    'more than 1,000 records at once',
    (door) => door.streams.getRecords({ ShardIterator: 'x', Limit: 1001 }),
    `${E}Value '1001' at 'limit'${F}have value less than or equal to 1000`,
  ],
  [
    'no records at all',
    (door) => door.streams.getRecords({ ShardIterator: 'x', Limit: 0 }),
    `${E}Value '0' at 'limit'${F}have value greater than or equal to 1`,
  ],
];

const images = (records: GetRecordsOutput['Records']) =>
  records.map(({ eventName, dynamodb: { OldImage, NewImage } }) => [eventName, OldImage, NewImage]);

const [first, second] = [
  { pk: 'a', sk: 'b', n: 1 },
  { pk: 'a', sk: 'b', n: 2 },
];

const RECORDS: readonly Behaviour[] = [
  [
    'both images: INSERT, MODIFY and REMOVE, and nothing for writes that change nothing',
    async (door) => {
      assert.deepEqual(images(await oneLife(door, both)), [
        ['INSERT', undefined, first],
        ['MODIFY', first, second],
        ['REMOVE', second, undefined],
      ]);
    },
  ],
  [
    'new images: none with a REMOVE',
    async (door) => {
      assert.deepEqual(images(await oneLife(door, 'NEW_IMAGE')), [
        ['INSERT', undefined, first],
        ['MODIFY', undefined, second],
        ['REMOVE', undefined, undefined],
      ]);
    },
  ],
  [
    'old images: none with an INSERT',
    async (door) => {
      assert.deepEqual(images(await oneLife(door, 'OLD_IMAGE')), [
        ['INSERT', undefined, undefined],
        ['MODIFY', first, undefined],
        ['REMOVE', second, undefined],
      ]);
    },
  ],
  [
    'keys only: no images',
    async (door) => {
      const records = await oneLife(door, 'KEYS_ONLY');
      assert.deepEqual(images(records), [
        ['INSERT', undefined, undefined],
        ['MODIFY', undefined, undefined],
        ['REMOVE', undefined, undefined],
      ]);
      for (const { dynamodb } of records) assert.deepEqual(dynamodb.Keys, { pk: 'a', sk: 'b' });
    },
  ],
  [
    'a record has exactly the members of the service, and its size is that of keys and images',
    async (door) => {
      const before = Math.floor(Date.now() / 1000) * 1000;
      const [, record] = await oneLife(door, both);
      const { ApproximateCreationDateTime: at, SequenceNumber, ...rest } = record.dynamodb;
      const { eventID, ...outer } = record;
      assert.match(eventID, /^[0-9a-f]{32}$/);
      assert.match(SequenceNumber, /^[1-9]\d{20,39}$/);
      assert.equal(at.getTime() % 1000, 0, 'whole seconds');
      assert.ok(at.getTime() >= before && at.getTime() <= Date.now());
      assert.deepEqual(
        { ...outer, dynamodb: rest },
        {
          eventName: 'MODIFY',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'us-east-1',
          dynamodb: {
            Keys: { pk: 'a', sk: 'b' },
            OldImage: first,
            NewImage: second,
            SizeBytes: 6 + 9 + 9,
            StreamViewType: both,
          },
        },
      );
    },
  ],
  [
    'every kind of write appears, with values of every type',
    async (door) => {
      await door.createTable(streamed('Writes', both));
      const TableName = 'Writes';
      const item = (pk: string) => ({
        ...{ pk, sk: 's', text: 'é', bytes: bytes(1, 2), yes: true, none: null, list: [1, ['x']] },
        ...{ map: { a: { b: 1 } }, texts: new Set(['a', 'b']), numbers: new Set([1, 2]) },
      });
      await door.put({ TableName, Item: item('put') });
      await door.update({
        TableName,
        Key: { pk: 'update', sk: 's' },
        UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': 1 },
      });
      await door.batchWrite({
        RequestItems: {
          [TableName]: [
            { PutRequest: { Item: item('batch') } },
            { DeleteRequest: { Key: { pk: 'put', sk: 's' } } },
          ],
        },
      });
      const records = await recordsOf(door, await arnOf(door, TableName));
      const seen = records.map(({ eventName, dynamodb: { Keys } }) => `${eventName} ${Keys.pk}`);
      assert.deepEqual(seen.sort(), ['INSERT batch', 'INSERT put', 'INSERT update', 'REMOVE put']);
      const put = records.find(({ dynamodb: { NewImage } }) => NewImage?.pk === 'put');
      assert.deepEqual(put?.dynamodb.NewImage, item('put'));
    },
  ],
  [
    'a failed condition, an update that sets what was, and a delete of nothing leave no record',
    async (door) => {
      await door.createTable(streamed('Quiet', both));
      const TableName = 'Quiet';
      const Key = { pk: 'a', sk: 'b' };
      await door.put({ TableName, Item: { ...Key, n: 1 } });
      await rejects(
        () => door.put({ TableName, Item: Key, ConditionExpression: 'attribute_not_exists(pk)' }),
        FAILED[1],
        FAILED[0],
      );
      await door.update({
        TableName,
        Key,
        UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': 1 },
      });
      await door.update({ TableName, Key, UpdateExpression: 'REMOVE absent' });
      await door.delete({ TableName, Key: { pk: 'x', sk: 'y' } });
      const records = await recordsOf(door, await arnOf(door, TableName));
      assert.deepEqual(
        records.map(({ eventName }) => eventName),
        ['INSERT'],
      );
    },
  ],
  [
    'the changes of an item come in their order, with sequence numbers that grow as strings',
    async (door) => {
      await door.createTable(streamed('Order', both));
      const TableName = 'Order';
      const keys = ['a', 'b', 'c', 'd'];
      for (let n = 0; n < 20; n++) {
        await Promise.all(keys.map((pk) => door.put({ TableName, Item: { pk, sk: 's', n } })));
      }
      const records = await recordsOf(door, await arnOf(door, TableName));
      assert.equal(new Set(records.map(({ eventID }) => eventID)).size, 80);
      for (const pk of keys) {
        const own = records.filter(({ dynamodb: { Keys } }) => Keys.pk === pk);
        assert.deepEqual(
          own.map(({ dynamodb: { NewImage } }) => NewImage?.n as unknown),
          Array.from({ length: 20 }, (_, n) => n),
        );
        const numbers = own.map(({ dynamodb: { SequenceNumber } }) => SequenceNumber);
        assert.deepEqual(numbers, numbers.toSorted());
        assert.equal(new Set(numbers).size, 20);
      }
    },
  ],
];

const PLACES: readonly Behaviour[] = [
  [
    'a table without a stream, and one that does not exist, list none',
    async (door) => {
      assert.deepEqual((await door.streams.listStreams({ TableName: 'Pairs' })).Streams, []);
      assert.deepEqual((await door.streams.listStreams({ TableName: 'Nowhere' })).Streams, []);
    },
  ],
  [
    'streams are listed page by page',
    async (door) => {
      for (const name of ['One', 'Two', 'Six']) await door.createTable(streamed(name, both));
      // Those of tables that other cases have dropped are there too.
      const { Streams: all, LastEvaluatedStreamArn: last } = await door.streams.listStreams({});
      assert.equal(last, undefined);
      const own = all.map(({ TableName }) => TableName);
      assert.deepEqual(
        own.filter((name) => ['One', 'Two', 'Six'].includes(name)),
        ['One', 'Six', 'Two'],
      );
      const paged = [];
      let after: string | undefined;
      do {
        const input = { Limit: 2, ExclusiveStartStreamArn: after };
        const page = await door.streams.listStreams(input);
        paged.push(...page.Streams);
        after = page.LastEvaluatedStreamArn;
      } while (after !== undefined);
      assert.deepEqual(paged, all);
      const whole = await door.streams.listStreams({ Limit: all.length });
      assert.equal(whole.LastEvaluatedStreamArn, undefined);
    },
  ],
  [
    'a stream is described with its table, its label and its open shards',
    async (door) => {
      await door.createTable(streamed('Seen', 'OLD_IMAGE'));
      const { Table } = await door.describeTable({ TableName: 'Seen' });
      const StreamArn = await arnOf(door, 'Seen');
      assert.equal(Table?.LatestStreamArn, StreamArn);
      const { StreamDescription } = await door.streams.describeStream({ StreamArn });
      const { Shards, CreationRequestDateTime, ...rest } = StreamDescription;
      assert.ok(CreationRequestDateTime instanceof Date);
      assert.deepEqual(rest, {
        StreamArn,
        StreamLabel: Table?.LatestStreamLabel,
        StreamStatus: 'ENABLED',
        StreamViewType: 'OLD_IMAGE',
        TableName: 'Seen',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      });
      assert.match(rest.StreamLabel, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
      assert.ok(Shards.length > 0);
      for (const { ShardId, SequenceNumberRange } of Shards) {
        assert.match(ShardId, /^shardId-.{20,57}$/);
        assert.match(SequenceNumberRange.StartingSequenceNumber, /^\d{21,40}$/);
        assert.ok(!('EndingSequenceNumber' in SequenceNumberRange));
      }
    },
  ],
  [
    'shards are described page by page, and none has children',
    async (door) => {
      await door.createTable(streamed('Shards', both));
      const StreamArn = await arnOf(door, 'Shards');
      const all = await shardsOf(door, StreamArn);
      const paged = [];
      let after: string | undefined;
      do {
        const input = { StreamArn, Limit: 1, ExclusiveStartShardId: after };
        const { StreamDescription } = await door.streams.describeStream(input);
        paged.push(...StreamDescription.Shards);
        after = StreamDescription.LastEvaluatedShardId;
      } while (after !== undefined);
      assert.deepEqual(paged, all);
      const ShardFilter = { Type: 'CHILD_SHARDS', ShardId: all[0].ShardId };
      const children = await door.streams.describeStream({ StreamArn, ShardFilter });
      assert.deepEqual(children.StreamDescription.Shards, []);
    },
  ],
  [
    'a shard that the stream does not have',
    async (door) => {
      await door.createTable(streamed('Known', both));
      const StreamArn = await arnOf(door, 'Known');
      await rejects(
        () => iteratorOf(door, StreamArn, SHARD),
        'ResourceNotFoundException',
        `Requested resource not found: Shard: ${SHARD} in Stream: ${StreamArn} not found`,
      );
    },
  ],
  [
    'iterators: the oldest, the latest, at and after a record',
    async (door) => {
      await door.createTable(streamed('Places', both));
      const TableName = 'Places';
      const StreamArn = await arnOf(door, TableName);
      const put = (n: number) => door.put({ TableName, Item: { pk: 'a', sk: 's', n } });
      await put(0);
      await put(1);
      await put(2);
      const records = await recordsOf(door, StreamArn);
      const shards = await shardsOf(door, StreamArn);
      const sizes = await Promise.all(
        shards.map(async ({ ShardId }) => {
          const ShardIterator = await iteratorOf(door, StreamArn, ShardId);
          return (await door.streams.getRecords({ ShardIterator })).Records.length;
        }),
      );
      const { ShardId } = shards[sizes.indexOf(3)];
      const latest = await iteratorOf(door, StreamArn, ShardId, 'LATEST');
      const read = async (ShardIterator: string) => {
        const { Records, NextShardIterator } = await door.streams.getRecords({ ShardIterator });
        assert.ok(NextShardIterator !== undefined, 'an open shard goes on');
        return Records.map(({ dynamodb: { NewImage } }) => NewImage?.n as unknown);
      };
      const at = async (ShardIteratorType: string, record: number) => {
        const { SequenceNumber } = records[record].dynamodb;
        const place = { StreamArn, ShardId, ShardIteratorType, SequenceNumber };
        return read((await door.streams.getShardIterator(place)).ShardIterator);
      };
      assert.deepEqual(await read(await iteratorOf(door, StreamArn, ShardId)), [0, 1, 2]);
      assert.deepEqual(await at('AT_SEQUENCE_NUMBER', 1), [1, 2]);
      assert.deepEqual(await at('AFTER_SEQUENCE_NUMBER', 1), [2]);
      assert.deepEqual(await at('AFTER_SEQUENCE_NUMBER', 2), []);
      assert.deepEqual(await read(latest), []);
      await put(3);
      assert.deepEqual(await read(latest), [3]);
      const wrong = '1000000000009999999999';
      const place = { StreamArn, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' };
      await rejects(
        () => door.streams.getShardIterator({ ...place, SequenceNumber: wrong }),
        'ValidationException',
        `One or more parameter values were invalid: Invalid SequenceNumber: ${wrong}`,
      );
    },
  ],
  [
    'records come at most as many at a time as asked for, and at most 1 MiB',
    async (door) => {
      await door.createTable(streamed('Large', 'NEW_IMAGE'));
      const TableName = 'Large';
      const text = 'x'.repeat(300_000);
      for (let n = 0; n < 5; n++) {
        await door.put({ TableName, Item: { pk: 'a', sk: 's', n, text } });
      }
      const StreamArn = await arnOf(door, TableName);
      const pages: number[][] = [];
      for (const { ShardId } of await shardsOf(door, StreamArn)) {
        for (const Limit of [undefined, 2]) {
          const sizes: number[] = [];
          let ShardIterator = await iteratorOf(door, StreamArn, ShardId);
          for (;;) {
            const page = await door.streams.getRecords({ ShardIterator, Limit });
            if (page.Records.length === 0) break;
            sizes.push(page.Records.length);
            ShardIterator = page.NextShardIterator!;
          }
          if (sizes.length > 0) pages.push(sizes);
        }
      }
      assert.deepEqual(pages, [
        [3, 2],
        [2, 2, 1],
      ]);
    },
  ],
];

const ENDS: readonly Behaviour[] = [
  [
    'a stream that is disabled stays listed and readable, its shards closed, and ends',
    async (door) => {
      await door.createTable(streamed('Off', both));
      const TableName = 'Off';
      await door.put({ TableName, Item: { pk: 'a', sk: 's' } });
      const StreamArn = await arnOf(door, TableName);
      await toggle(door, TableName);
      await door.put({ TableName, Item: { pk: 'b', sk: 's' } });
      const { StreamDescription } = await door.streams.describeStream({ StreamArn });
      assert.equal(StreamDescription.StreamStatus, 'DISABLED');
      let count = 0;
      for (const { ShardId, SequenceNumberRange } of StreamDescription.Shards) {
        const { StartingSequenceNumber: start, EndingSequenceNumber: end } = SequenceNumberRange;
        assert.ok(end !== undefined && end >= start);
        const ShardIterator = await iteratorOf(door, StreamArn, ShardId);
        const { Records, NextShardIterator } = await door.streams.getRecords({ ShardIterator });
        assert.equal(NextShardIterator, undefined);
        for (const { dynamodb } of Records) {
          assert.equal(dynamodb.SequenceNumber, end);
          count++;
        }
      }
      assert.equal(count, 1);
    },
  ],
  [
    'a stream that is enabled again is another one, beside the first',
    async (door) => {
      await door.createTable(streamed('Again', both));
      const TableName = 'Again';
      await door.put({ TableName, Item: { pk: 'a', sk: 's', n: 1 } });
      const before = await arnOf(door, TableName);
      await toggle(door, TableName);
      await toggle(door, TableName, 'KEYS_ONLY');
      await door.put({ TableName, Item: { pk: 'a', sk: 's', n: 2 } });
      const arns = (await door.streams.listStreams({ TableName })).Streams.map(
        ({ StreamArn }) => StreamArn,
      );
      assert.equal(arns.length, 2);
      assert.equal(arns[0], before);
      const seen = await Promise.all(arns.map((arn) => recordsOf(door, arn)));
      assert.deepEqual(
        seen.map((records) => records.map(({ eventName }) => eventName)),
        [['INSERT'], ['MODIFY']],
      );
      assert.deepEqual(
        seen.flat().map(({ dynamodb }) => dynamodb.StreamViewType),
        [both, 'KEYS_ONLY'],
      );
    },
  ],
  [
    'the stream of a dropped table stays listed and readable; a new table of the name has its own',
    async (door) => {
      await door.createTable(streamed('Gone', both));
      const TableName = 'Gone';
      await door.put({ TableName, Item: { pk: 'a', sk: 's' } });
      const before = await arnOf(door, TableName);
      await door.deleteTable({ TableName });
      const { StreamDescription } = await door.streams.describeStream({ StreamArn: before });
      assert.equal(StreamDescription.StreamStatus, 'DISABLED');
      assert.equal((await recordsOf(door, before)).length, 1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      await door.createTable(streamed(TableName, both));
      assert.equal((await door.streams.listStreams({ TableName })).Streams.length, 2);
      assert.equal((await recordsOf(door, before)).length, 1);
      assert.equal((await recordsOf(door, await arnOf(door, TableName))).length, 0);
    },
  ],
];

export function streams(factory: DoorFactory): void {
  refusals('Streams', factory, REFUSALS);
  behaviours('Stream records', factory, RECORDS);
  behaviours('Streams', factory, PLACES);
  behaviours('The end of a stream', factory, ENDS);
}
