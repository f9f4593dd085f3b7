// A stream tells the whole story of its table: each record begins where the last one of its item ended, and the last one
// ends with what the table has.

import assert from 'node:assert/strict';
import type { HiddenStore, StoredTable } from '../../../host/engine/store.js';
import type { Item } from '../../../host/table/item-types.js';
import { fingerprint, keyTextOf } from './expected-state.js';

const ALL = { after: 0, sinceMs: 0, limit: 1e9, bytesMax: 1e12 };
export const textOf = (item: Item | undefined): string =>
  item === undefined ? '' : fingerprint(item);

/**
 * Checks the story of a table whose stream, of both images, is as old as itself and was never trimmed. Gives the states
 * that it tells of each item, one after the other; an empty text: it was gone.
 */
export async function readStory(
  hidden: HiddenStore,
  table: StoredTable,
  items: readonly Item[],
): Promise<Map<string, string[]>> {
  const told = new Map<string, string[]>();
  for (const { id } of table.streams ?? []) {
    for (let shard = 0; shard < hidden.shardCount; shard++) {
      let before = 0;
      const page = await hidden.streamPage({ id, key: table.key }, shard, ALL);
      for (const { keys, kind, old, new: after, sequence } of page.changes) {
        const key = keyTextOf(table.key, keys);
        const states = told.get(key) ?? [];
        assert.ok(sequence > before, `sequence ${sequence} comes after ${before}`);
        assert.equal(
          textOf(old),
          states.at(-1) ?? '',
          `what record ${sequence} of ${key} begins with`,
        );
        const expected = old === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
        assert.equal(kind, expected, `record ${sequence} of ${key}`);
        told.set(key, [...states, textOf(after)]);
        before = sequence;
      }
    }
  }
  const ends = [...told]
    .map(([key, states]) => [key, states.at(-1)])
    .filter(([, end]) => end !== '');
  const there = items.map((item) => [keyTextOf(table.key, item), textOf(item)]);
  const byKey = (list: (string | undefined)[][]) => list.map((pair) => pair.join(' ')).sort();
  assert.deepEqual(byKey(ends), byKey(there), 'the stream ends with what the table has');
  return told;
}
