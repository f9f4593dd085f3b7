// What several suites of cases start from.

import type { Door, TableInput } from './door.js';

export const ENVELOPE = '1 validation error detected: ';
export const INVALID = 'One or more parameter values were invalid: ';
export const NOT_FOUND = ['Requested resource not found', 'ResourceNotFoundException'] as const;
export const NO_MATCH = 'The provided key element does not match the schema';
export const FAILED = [
  'The conditional request failed',
  'ConditionalCheckFailedException',
] as const;

const index = (IndexName: string, keys: readonly string[], projection: string, hashes = 1) => ({
  IndexName,
  KeySchema: keys.map((AttributeName, at) => ({
    AttributeName,
    KeyType: at < hashes ? 'HASH' : 'RANGE',
  })),
  Projection: projection.startsWith('INCLUDE')
    ? { ProjectionType: 'INCLUDE', NonKeyAttributes: projection.split(' ').slice(1) }
    : { ProjectionType: projection },
});

/**
 * Keys pk S, sk S. Local: byLocal (l S, all), byLocalKeys (l S, keys). Global: byGroup (g S, all),
 * byNumber (g S + h N, keys), byPart (g S + h N, keys and a), byMany (g S, t S + h N, u S, keys).
 */
export const INDEXED: TableInput = {
  TableName: 'Indexed',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'l', 'g', 't', 'u', 'h'].map((AttributeName) => ({
    AttributeName,
    AttributeType: AttributeName === 'h' ? 'N' : 'S',
  })),
  BillingMode: 'PAY_PER_REQUEST',
  LocalSecondaryIndexes: [
    index('byLocal', ['pk', 'l'], 'ALL'),
    index('byLocalKeys', ['pk', 'l'], 'KEYS_ONLY'),
  ],
  GlobalSecondaryIndexes: [
    index('byGroup', ['g'], 'ALL'),
    index('byNumber', ['g', 'h'], 'KEYS_ONLY'),
    index('byPart', ['g', 'h'], 'INCLUDE a'),
    index('byMany', ['g', 't', 'h', 'u'], 'KEYS_ONLY', 2),
  ],
} as TableInput;

/** Puts items side by side. */
export async function fill(door: Door, TableName: string, items: readonly object[]): Promise<void> {
  await Promise.all(items.map((Item) => door.put({ TableName, Item })));
}

/** An answer without the SDK's metadata. */
export function bare(answer: object): object {
  const { $metadata: _, ...rest } = answer as { $metadata?: unknown };
  return rest;
}
