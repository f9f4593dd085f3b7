// The pages of a query or scan, one after the other.

import type { Target } from './target.js';
import type { TypedItem } from './typed-json.js';

export interface Page {
  readonly items: readonly TypedItem[];
  readonly count: number;
  /** Where the next page begins; undefined at the end. */
  readonly lastKey: TypedItem | undefined;
}

/** `limit`: items in all, those that a filter drops not counted. */
export async function* pages(
  target: Target,
  operation: 'Query' | 'Scan',
  input: object,
  limit = Number.POSITIVE_INFINITY,
  startKey?: TypedItem,
): AsyncGenerator<Page> {
  let next = startKey;
  let left = limit;
  do {
    const answer = await target.execute(operation, {
      ...input,
      ...(next === undefined ? {} : { ExclusiveStartKey: next }),
      ...(left < 1000 && !('FilterExpression' in input) ? { Limit: left } : {}),
    });
    const items = ((answer['Items'] ?? []) as TypedItem[]).slice(0, left);
    const lastKey = answer['LastEvaluatedKey'] as TypedItem | undefined;
    yield { items, count: answer['Count'] as number, lastKey };
    next = lastKey;
    left -= items.length;
  } while (next !== undefined && left > 0);
}
