// Figures of a table by counting it: scans of the items and of each index that decode nothing.

import type { Item } from '../table/item-types.js';
import type {
  KeyspaceFigures,
  Page,
  PageOptions,
  Range,
  Store,
  StoredTable,
  TableFigures,
} from './store.js';

const PAGE_BYTES = 64 * 1024 * 1024;

export async function countTable(
  store: Pick<Store, 'page'>,
  table: StoredTable,
): Promise<TableFigures> {
  const figures = await count(store, table, { kind: 'scan' });
  if (table.indexes === undefined) return figures;
  const indexes = new Map<string, KeyspaceFigures>();
  for (const index of table.indexes) {
    indexes.set(index.name, await count(store, table, { kind: 'indexScan', index }));
  }
  return { ...figures, indexes };
}

async function count(
  store: Pick<Store, 'page'>,
  table: StoredTable,
  range: Range,
): Promise<KeyspaceFigures> {
  let itemCount = 0;
  let sizeBytes = 0;
  let startKey: Item | undefined;
  do {
    const options: PageOptions = {
      bytesMax: PAGE_BYTES,
      consistent: false,
      select: 'count',
      wholeItems: false,
      startKey,
    };
    const page: Page = await store.page(table, range, options);
    itemCount += page.count;
    sizeBytes += page.sizeBytes;
    startKey = page.lastKey;
  } while (startKey !== undefined);
  return { itemCount, sizeBytes };
}
