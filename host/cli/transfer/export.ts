// Export: a scan of a table to a file, which appears under its name once it is whole.

import { systemClock } from '../../clock.js';
import { systemRandom } from '../../random.js';
import { writeText } from '../../../io/disk/text-files.js';
import { Progress } from '../shell/output.js';
import { pages } from '../shell/pages.js';
import type { TableKeys } from '../shell/table.js';
import type { Target } from '../shell/target.js';
import { itemText, type TypedItem } from '../shell/typed-json.js';
import { csvHeading, csvRows } from './csv.js';
import { writeLayout } from './dynamodb-layout.js';
import type { Format } from './format.js';

export interface Transfer {
  readonly target: Target;
  readonly keys: TableKeys;
  readonly file: string;
  readonly format: Format;
  readonly typed: boolean;
}

/** Gives the number of items. */
export async function exportTable(transfer: Transfer): Promise<number> {
  const { target, keys, file, format, typed } = transfer;
  const { TableName, ItemCount } = keys.description;
  const progress = new Progress(`export ${TableName}`, ItemCount);
  let items = 0;
  const scan = async function* (): AsyncGenerator<readonly TypedItem[]> {
    for await (const page of pages(target, 'Scan', { TableName })) {
      items += page.items.length;
      progress.at(items);
      yield page.items;
    }
  };
  try {
    if (format === 'dynamodb') await writeLayout(layout(transfer), scan());
    else if (format === 'csv') {
      const names = await attributeNames(transfer);
      await writeText(file, csvText(scan(), names));
    } else {
      await writeText(
        file,
        mapped(scan(), (page) => page.map((item) => `${itemText(item, typed)}\n`).join('')),
      );
    }
    return items;
  } finally {
    progress.end();
  }
}

/** CSV wants all names in its first line: the table is scanned twice. */
async function attributeNames({ target, keys }: Transfer): Promise<string[]> {
  const names = new Set(keys.table.map(({ name }) => name));
  const { TableName } = keys.description;
  for await (const { items } of pages(target, 'Scan', { TableName }))
    for (const item of items) for (const name of Object.keys(item)) names.add(name);
  return [...names];
}

async function* csvText(
  source: AsyncIterable<readonly TypedItem[]>,
  names: readonly string[],
): AsyncGenerator<string> {
  yield csvHeading(names);
  yield* mapped(source, (page) => (page.length === 0 ? '' : csvRows(page, names)));
}

async function* mapped(
  source: AsyncIterable<readonly TypedItem[]>,
  text: (page: readonly TypedItem[]) => string,
): AsyncGenerator<string> {
  for await (const page of source) yield text(page);
}

function layout({ keys, file }: Transfer) {
  const timeMs = systemClock.nowMs();
  const drawn = [...systemRandom.bytes(4)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  const { TableArn = '' } = keys.description as { TableArn?: string };
  return {
    folder: file,
    tableArn: TableArn,
    exportId: `${String(timeMs).padStart(14, '0')}-${drawn}`,
    timeMs,
  };
}
