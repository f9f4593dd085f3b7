// What DescribeTable says of tables: exact where it costs little, bounded in time where it would cost much.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attachment } from '../../../host/engine/attachment.js';
import type { Page, Store, StoredTable } from '../../../host/engine/store.js';
import { TableCounts } from '../../../host/engine/table-figures.js';

const table = {
  id: 7,
  name: 'Large',
  key: { partition: { name: 'pk', type: 'S' } },
} as StoredTable;

/** A table of pages of 1,000 items each, of 10 bytes, that take a while. */
class Pages {
  asked = 0;
  written = 1;
  pages: number;
  pageMs: number;

  constructor(pages: number, pageMs = 0) {
    this.pages = pages;
    this.pageMs = pageMs;
  }

  readonly store: Pick<Store, 'page'> = {
    page: async (_table, _range, { startKey }): Promise<Page> => {
      this.asked++;
      if (this.pageMs > 0) await new Promise((resolve) => setTimeout(resolve, this.pageMs));
      const at = startKey === undefined ? 1 : Number(startKey.pk) + 1;
      const lastKey = at < this.pages ? { pk: String(at) } : undefined;
      return { items: [], count: 1_000, matched: 1_000, sizeBytes: 10_000, lastKey };
    },
  };

  counts(): TableCounts {
    const core = { exports: { lastSequence: () => this.written } };
    return new TableCounts(this.store, { shards: [core] } as unknown as Attachment);
  }
}

test('a small table is counted anew after every write, and not where there was none', async () => {
  const pages = new Pages(2);
  const counts = pages.counts();
  for (let round = 1; round <= 3; round++) {
    for (const again of [1, 2]) {
      const { itemCount, sizeBytes } = await counts.figures(table);
      assert.deepEqual(
        { itemCount, sizeBytes, again },
        { itemCount: 2_000, sizeBytes: 20_000, again },
      );
    }
    assert.equal(pages.asked, 2 * round);
    pages.written++;
  }
});

test('a caller gets what was written before its call, also while another count is under way', async () => {
  const pages = new Pages(1, 20);
  const counts = pages.counts();
  const first = counts.figures(table);
  pages.pages = 2;
  pages.written++;
  const [second, third] = [counts.figures(table), counts.figures(table)];
  await first;
  assert.equal((await second).itemCount, 2_000);
  assert.equal((await third).itemCount, 2_000);
  assert.ok(pages.asked <= 4, 'callers share counts');
});

test('a large table is counted once in a while, however often it is written and asked for', async () => {
  const pages = new Pages(400, 0.1);
  const counts = pages.counts();
  assert.equal((await counts.figures(table)).itemCount, 400_000);
  for (let round = 0; round < 20; round++) {
    pages.written++;
    assert.equal((await counts.figures(table)).itemCount, 400_000);
  }
  assert.equal(pages.asked, 400);
});

test('the first count of a huge table keeps nobody waiting, and goes on', async () => {
  const pages = new Pages(130, 10);
  const counts = pages.counts();
  const began = performance.now();
  const { itemCount } = await counts.figures(table);
  assert.ok(performance.now() - began < 1_300);
  assert.ok(itemCount > 0 && itemCount < 130_000, `${itemCount}`);
  while (pages.asked < 130) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await counts.figures(table)).itemCount, 130_000);
});

test('a count that fails is the fault of who asked, and the next one begins anew', async () => {
  const pages = new Pages(1);
  const counts = pages.counts();
  const { page } = pages.store;
  Object.assign(pages.store, { page: () => Promise.reject(new Error('damaged')) });
  await assert.rejects(counts.figures(table), /damaged/);
  Object.assign(pages.store, { page });
  assert.equal((await counts.figures(table)).itemCount, 1_000);
});
