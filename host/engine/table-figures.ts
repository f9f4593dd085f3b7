// Figures of a table by counting it: a scan that decodes nothing.

import type { Item } from '../table/item-types.js';
import type { Page, PageOptions, Store, TableFigures, TableKeyspace } from './store.js';

const PAGE_BYTES = 64 * 1024 * 1024;

export async function countTable(
  store: Pick<Store, 'page'>,
  table: TableKeyspace,
): Promise<TableFigures> {
  let itemCount = 0;
  let sizeBytes = 0;
  let startKey: Item | undefined;
  do {
    const options: PageOptions = {
      bytesMax: PAGE_BYTES,
      consistent: false,
      select: 'count',
      startKey,
    };
    const page: Page = await store.page(table, { kind: 'scan' }, options);
    itemCount += page.count;
    sizeBytes += page.sizeBytes;
    startKey = page.lastKey;
  } while (startKey !== undefined);
  return { itemCount, sizeBytes };
}
