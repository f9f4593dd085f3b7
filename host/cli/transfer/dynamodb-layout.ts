// The layout of DynamoDB's export to S3 (DynamoDB JSON):
//
//   AWSDynamoDB/<export id>/manifest-summary.json   {"version", "exportArn", "tableArn", "itemCount", "outputFormat", ...}
//   AWSDynamoDB/<export id>/manifest-files.json     a line for each file: {"itemCount", "dataFileS3Key", "md5Checksum", "etag"}
//   AWSDynamoDB/<export id>/data/<name>.json.gz     a line for each item: {"Item": {"pk": {"S": "a"}, ...}}
//
// Read: every data file that the manifest names, in its order; the folder may be the bucket's root, or the export's own.

import { basename, join } from 'node:path';
import {
  filesOf,
  isDirectory,
  linesOf,
  makeDirectory,
  writeText,
} from '../../../io/disk/text-files.js';
import { CommandError } from '../shell/table.js';
import type { TypedItem } from '../shell/typed-json.js';

const FILE_ITEMS = 100_000;
const ROOT = 'AWSDynamoDB';

export async function* layoutItems(folder: string): AsyncGenerator<TypedItem> {
  const root = exportFolder(folder);
  for await (const line of linesOf(join(root, 'manifest-files.json'))) {
    if (line.trim() === '') continue;
    const { dataFileS3Key } = JSON.parse(line) as { dataFileS3Key: string };
    for await (const item of linesOf(join(root, 'data', basename(dataFileS3Key)))) {
      if (item.trim() !== '') yield (JSON.parse(item) as { Item: TypedItem }).Item;
    }
  }
}

function exportFolder(folder: string): string {
  if (isDirectory(join(folder, 'data'))) return folder;
  const parent = isDirectory(join(folder, ROOT)) ? join(folder, ROOT) : folder;
  const exports = filesOf(parent).filter((name) => isDirectory(join(parent, name, 'data')));
  if (exports.length === 1) return join(parent, exports[0]);
  throw new CommandError(
    exports.length === 0
      ? `${folder} holds no export: there is no data folder in it.`
      : `${folder} holds ${exports.length} exports: name one of ${exports.join(', ')}.`,
  );
}

export interface LayoutExport {
  readonly folder: string;
  readonly tableArn: string;
  readonly exportId: string;
  readonly timeMs: number;
}

/** Writes all items; the summary comes last, so an export without one is not whole. Gives their number. */
export async function writeLayout(
  { folder, tableArn, exportId, timeMs }: LayoutExport,
  pages: AsyncIterable<readonly TypedItem[]>,
): Promise<number> {
  const key = `${ROOT}/${exportId}`;
  const root = join(folder, key);
  makeDirectory(join(root, 'data'));
  const files: string[] = [];
  const source = pages[Symbol.asyncIterator]();
  let itemCount = 0;
  for (let more = true; more; ) {
    let items = 0;
    const name = `${String(files.length).padStart(6, '0')}.json.gz`;
    const pieces = async function* (): AsyncGenerator<string> {
      while (items < FILE_ITEMS) {
        const { done, value } = await source.next();
        more = done !== true;
        if (done === true) return;
        items += value.length;
        yield value.map((Item) => `${JSON.stringify({ Item })}\n`).join('');
      }
    };
    await writeText(join(root, 'data', name), pieces());
    files.push(JSON.stringify({ itemCount: items, dataFileS3Key: `${key}/data/${name}` }));
    itemCount += items;
  }
  await writeText(join(root, 'manifest-files.json'), one(`${files.join('\n')}\n`));
  const summary = {
    version: '2020-06-30',
    exportArn: `${tableArn}/export/${exportId}`,
    startTime: new Date(timeMs).toISOString(),
    tableArn,
    exportFormat: 'DYNAMODB_JSON',
    outputFormat: 'DYNAMODB_JSON',
    itemCount,
    manifestFilesS3Key: `${key}/manifest-files.json`,
  };
  await writeText(join(root, 'manifest-summary.json'), one(JSON.stringify(summary)));
  return itemCount;
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
