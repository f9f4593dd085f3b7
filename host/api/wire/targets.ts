// Which operation the header X-Amz-Target names. Two services share one endpoint: DynamoDB and
// DynamoDB Streams, each with a prefix of its own. Names are case-sensitive.

import { OPERATIONS, type OperationName } from '../operations.js';

const DYNAMODB = 'DynamoDB_20120810';
const STREAMS = 'DynamoDBStreams_20120810';

const STREAM_OPERATIONS: ReadonlySet<string> = new Set([
  'DescribeStream',
  'GetRecords',
  'GetShardIterator',
  'ListStreams',
]);

const TARGETS: ReadonlyMap<string, OperationName> = new Map(
  (Object.keys(OPERATIONS) as OperationName[]).map((name) => [targetOf(name), name]),
);

/** The header's value for an operation. */
export function targetOf(operation: string): string {
  return `${STREAM_OPERATIONS.has(operation) ? STREAMS : DYNAMODB}.${operation}`;
}

/** The operation that a header names; undefined if there is none of that name, or no header. */
export function operationOf(target: string | undefined): OperationName | undefined {
  return target === undefined ? undefined : TARGETS.get(target);
}
