// Databases whose time the tests make: on the model, and on the engine with its threads.

import { openDatabase, type Clock, type Database } from '../../../host/index.js';
import { openEngine } from '../../../host/engine/open-engine.js';
import { MemoryStore } from '../../model/memory-store.js';

export type Opener = (clock: Clock | 'manual', folder?: string) => Promise<Database>;

export const openModel: Opener = (clock) =>
  openDatabase(async (_, options) => new MemoryStore(options.clock), undefined, { clock });

export const openSmall: Opener = (clock, folder) =>
  openDatabase(
    (path, options) => openEngine(path, { ...options, shards: 2, memoryMb: 64, workers: 1 }),
    folder,
    { clock },
  );

export const BOTH: readonly (readonly [name: string, open: Opener])[] = [
  ['the model', openModel],
  ['the engine', openSmall],
];

/** A clock that a test moves as it likes. */
export class TestClock implements Clock {
  wallMs = Date.UTC(2026, 5, 1);
  elapsedMs = 0;

  nowMs(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  /** Time passes. */
  pass(ms: number): void {
    this.wallMs += ms;
    this.elapsedMs += ms;
  }
}

/** Keys pk S, sk S, with a stream of both images. */
export async function makeStreamed(db: Database, TableName = 'Things'): Promise<void> {
  await db.createTable({
    TableName,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
}

export async function enableExpiry(db: Database, TableName = 'Things'): Promise<void> {
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expires' };
  await db.updateTimeToLive({ TableName, TimeToLiveSpecification });
}

/** All records that can be read of all streams, as `eventName pk`, with their identity. */
export async function recordsOf(db: Database, TableName = 'Things') {
  const records = [];
  for (const { StreamArn } of (await db.streams.listStreams({ TableName })).Streams) {
    const { StreamDescription } = await db.streams.describeStream({ StreamArn });
    for (const { ShardId } of StreamDescription.Shards) {
      const place = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      const { ShardIterator } = await db.streams.getShardIterator(place);
      records.push(...(await db.streams.getRecords({ ShardIterator })).Records);
    }
  }
  return records;
}

export const keysOf = async (db: Database, TableName = 'Things'): Promise<string[]> =>
  ((await db.scan({ TableName })).Items ?? []).map(({ pk }) => pk as string).sort();
