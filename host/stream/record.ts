// A stream record in DynamoDB's shape, made from a committed change.

import type { StreamChange, StreamDefinition } from '../engine/store.js';
import { REGION } from '../table/definition.js';
import type { Item } from '../table/item-types.js';
import { sequenceNumberOf } from './sequence.js';
import type { TableStream } from './table-streams.js';

/** One change of an item. `T` is what keys and images look like. */
export interface StreamRecord<T = Item> {
  /** 32 hexadecimal digits, the same each time the record is read, and no other record's. */
  eventID: string;
  /** INSERT: there was no such item. MODIFY: there was. REMOVE: it is gone. */
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: '1.1';
  eventSource: 'aws:dynamodb';
  awsRegion: string;
  dynamodb: {
    /** To the second. */
    ApproximateCreationDateTime: Date;
    Keys: Partial<T>;
    /** The item after the change, if the view type has it and there is one. */
    NewImage?: T;
    /** The item before the change, if the view type has it and there was one. */
    OldImage?: T;
    /** 22 digits, growing inside a shard. */
    SequenceNumber: string;
    /** DynamoDB bytes of keys and images. */
    SizeBytes: number;
    StreamViewType: StreamDefinition['viewType'];
  };
  /** Of items that expired. */
  userIdentity?: ServiceIdentity;
}

export interface ServiceIdentity {
  type: 'Service';
  principalId: 'dynamodb.amazonaws.com';
  /** The same under the names of the SDK's model, which reads no others: in answers over the wire only. */
  Type?: 'Service';
  PrincipalId?: 'dynamodb.amazonaws.com';
}

const SECOND_MS = 1000;

/** `write` gives keys and images the form of the answer. */
export function recordOf<T>(
  stream: TableStream,
  shard: number,
  change: StreamChange,
  write: (item: Item) => T,
): StreamRecord<T> {
  const record: StreamRecord<T> = {
    eventID: eventId(stream.definition, shard, change.sequence),
    eventName: change.kind,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: new Date(Math.floor(change.timeMs / SECOND_MS) * SECOND_MS),
      Keys: write(change.keys) as Partial<T>,
      SequenceNumber: sequenceNumberOf(shard, change.sequence),
      SizeBytes: change.sizeBytes,
      StreamViewType: stream.definition.viewType,
    },
  };
  if (change.new !== undefined) record.dynamodb.NewImage = write(change.new);
  if (change.old !== undefined) record.dynamodb.OldImage = write(change.old);
  if (change.byTtl) {
    record.userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  }
  return record;
}

/** Seconds when the stream began, 8 digits . its keyspace 8 . shard 2 . sequence 14. */
function eventId({ createdAtMs, id }: StreamDefinition, shard: number, sequence: number): string {
  const digits = (value: number, count: number): string => value.toString(16).padStart(count, '0');
  const began = Math.floor(createdAtMs / SECOND_MS) % 0x1_0000_0000;
  return digits(began, 8) + digits(id, 8) + digits(shard, 2) + digits(sequence, 14);
}
