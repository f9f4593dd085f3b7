// Constraints of the members that the operations on streams share. Old style, one at a time.

import { ValidationException } from '../errors.js';
import {
  STREAM_ARN_LENGTH_MAX,
  STREAM_ARN_LENGTH_MIN,
  STREAM_SHARD_ID_LENGTH_MAX,
  STREAM_SHARD_ID_LENGTH_MIN,
} from '../limits.js';
import {
  mustBeLonger,
  mustBeShorter,
  oldFault,
  requiredFault,
  throwFaults,
} from './constraints.js';

const ARN = /^arn:[a-zA-Z-]+:dynamodb:[a-z0-9-]*:[0-9]*:table\/[a-zA-Z0-9_.-]+\/stream\/.+$/;

/** A required stream ARN. */
export function checkStreamArn(arn: string | undefined): asserts arn is string {
  throwFaults([requiredFault(arn, 'streamArn') ?? streamArnFault(arn, 'streamArn')]);
  if (!ARN.test(arn ?? '')) throw new ValidationException('Invalid StreamArn');
}

export function streamArnFault(arn: string | undefined, path: string): string | undefined {
  return lengthFault(arn, path, STREAM_ARN_LENGTH_MIN, STREAM_ARN_LENGTH_MAX);
}

export function shardIdFault(id: string | undefined, path: string): string | undefined {
  return lengthFault(id, path, STREAM_SHARD_ID_LENGTH_MIN, STREAM_SHARD_ID_LENGTH_MAX);
}

export function lengthFault(
  text: string | undefined,
  path: string,
  low: number,
  high: number,
): string | undefined {
  if (text === undefined) return undefined;
  if (text.length < low) return oldFault(text, path, mustBeLonger(low));
  return text.length > high ? oldFault(text, path, mustBeShorter(high)) : undefined;
}
