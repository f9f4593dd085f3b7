// A global index is created and dropped while other threads write: each learns of it by the catalog epoch.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { IndexDefinition } from '../../host/engine/store.js';
import { temporaryFolder } from '../io/support/temporary-folder.js';
import { openThreads, startThread, within } from './start.js';

const NEW: IndexDefinition = {
  id: 0,
  name: 'byGroup',
  kind: 'global',
  partition: [{ name: 'group', type: 'S' }],
  sort: [],
  projection: { type: 'ALL' },
  status: 'creating',
};
const ALL = { bytesMax: 2 ** 30, consistent: true, select: 'items' } as const;
const ROUNDS = 3;

test('an index that is created and dropped under writers equals its table each time', async (context) => {
  const opened = await openThreads(join(temporaryFolder(context), 'db'));
  const { store, table } = opened;
  let filled = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const threads = [0, 1].map((thread) =>
      startThread(opened, {
        task: 'group',
        name: `${thread}`,
        count: 1_600,
        seed: round * 2 + thread,
      }),
    );
    await Promise.all(threads.map(({ attached }) => attached));
    await new Promise((resolve) => setTimeout(resolve, round * 25));
    const created = await store.updateKeyspace(table.id, { ...table, indexes: [NEW] });
    const index = created!.indexes![0];
    await within(30_000, 'the backfill', store.backfill(table, index));
    await Promise.all(threads.map(({ report }) => within(60_000, 'the writers', report)));
    const { items } = await store.page(table, { kind: 'scan' }, ALL);
    const found = await store.page(table, { kind: 'indexScan', index }, ALL);
    const ids = (list: readonly { id?: unknown }[]): number[] =>
      list.map(({ id }) => id as number).sort((a, b) => a - b);
    assert.deepEqual(ids(found.items), ids(items.filter(({ group }) => group !== undefined)));
    filled += found.count;
    await store.updateKeyspace(table.id, { ...table, indexes: undefined });
  }
  assert.ok(filled > 0);
  await store.close();
});
