// Shard iterators: where in a shard of a stream a reader stands, as a text that only this file reads.
//
//   iterator := stream ARN | 1 | base64url( shard . kind . sequence . issued at, ms )
//
// Nothing is kept for an iterator, so there is no limit to their number, and they are good after a restart too.

import { SHARD_ITERATOR_LIFE_MS } from '../limits.js';
import { ExpiredIteratorException, ValidationException } from '../errors.js';

export interface ShardPosition {
  readonly arn: string;
  readonly shard: number;
  /** The next record is the first one after this sequence. */
  readonly after: number;
  /**
   * Records that are gone are none of its concern: it was asked to begin with the oldest that is kept, and has given
   * nothing yet.
   */
  readonly fromOldest: boolean;
}

const CONTENT = /^(\d{1,5})\.([oa])\.(\d{1,16})\.(\d{1,16})$/;

export function writeIterator(position: ShardPosition, nowMs: number): string {
  const { arn, shard, after, fromOldest } = position;
  const content = `${shard}.${fromOldest ? 'o' : 'a'}.${after}.${Math.floor(nowMs)}`;
  return `${arn}|1|${Buffer.from(content, 'latin1').toString('base64url')}`;
}

export function readIterator(text: string, nowMs: number): ShardPosition {
  const [arn, version, encoded, ...others] = text.split('|');
  const match = CONTENT.exec(Buffer.from(encoded ?? '', 'base64url').toString('latin1'));
  if (match === null || version !== '1' || others.length > 0) {
    throw new ValidationException('Invalid ShardIterator');
  }
  const [, shard, kind, after, issuedAtMs] = match;
  if (nowMs - Number(issuedAtMs) > SHARD_ITERATOR_LIFE_MS) {
    throw new ExpiredIteratorException();
  }
  return { arn, shard: Number(shard), after: Number(after), fromOldest: kind === 'o' };
}
