// Import: the items of a file into a table, in windows of batches.
//
// After each window the place reached is written beside the file (`<file>.progress`), so an import that stopped, for a bad
// line or a power cut, goes on there when it is called again; a window may then be put twice, which changes nothing. The
// file goes when the import is done. Of several items with one key the last in the file wins, as if put one by one.

import { linesOf, readText, removeFile, writeText } from '../../../io/disk/text-files.js';
import { Progress } from '../shell/output.js';
import { CommandError, type TableKeys } from '../shell/table.js';
import type { Target } from '../shell/target.js';
import { parseItem, type TypedItem } from '../shell/typed-json.js';
import { csvItems } from './csv.js';
import { layoutItems } from './dynamodb-layout.js';
import type { Transfer } from './export.js';

const BATCH_ITEMS = 25;
const WINDOW_ITEMS = 20 * BATCH_ITEMS;
const RETRIES_MAX = 20;
const RETRY_PAUSE_MS = 50;

export interface Imported {
  /** In this run. */
  readonly items: number;
  /** Imported by an earlier one. */
  readonly from: number;
}

export async function importItems(
  transfer: Transfer & { readonly restart: boolean },
): Promise<Imported> {
  const { target, keys, file, restart } = transfer;
  const { TableName } = keys.description;
  const state = new ImportState(file, TableName);
  const from = restart ? 0 : await state.read();
  const progress = new Progress(`import ${TableName}`);
  let done = 0;
  let window = new Map<string, TypedItem>();
  let seen = 0;
  const flush = async (): Promise<void> => {
    await putWindow(target, TableName, [...window.values()]);
    window = new Map();
    done = seen;
    progress.at(done);
    await state.write(done);
  };
  try {
    for await (const item of source(transfer)) {
      seen++;
      if (seen <= from) continue;
      window.set(keyText(keys, item), item);
      if (window.size >= WINDOW_ITEMS) await flush();
    }
    await flush();
    state.end();
    return { items: Math.max(0, seen - from), from };
  } catch (error) {
    // The items before a bad one are good: they are put first, so that nothing is done twice or left out.
    if (error instanceof SyntaxError && window.size > 0) await flush();
    const text = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `The import stopped at item ${Math.max(done, from) + 1}${done === seen ? '' : ` to ${seen}`}: ${text}. ` +
        `The ${Math.max(done, from)} before are in ${TableName}; the same command goes on from there.`,
    );
  } finally {
    progress.end();
  }
}

function source({ file, format, typed, keys }: Transfer): AsyncIterable<TypedItem> {
  if (format === 'dynamodb') return layoutItems(file);
  return format === 'csv' ? csvItems(file, keys.table) : jsonItems(file, typed);
}

async function* jsonItems(file: string, typed: boolean): AsyncGenerator<TypedItem> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number++;
    if (line.trim() === '') continue;
    let item: TypedItem;
    try {
      item = parseItem(line, typed);
    } catch (error) {
      throw new SyntaxError(`line ${number} is no item: ${(error as Error).message}`);
    }
    yield item;
  }
}

function keyText({ table }: TableKeys, item: TypedItem): string {
  return JSON.stringify(table.map(({ name }) => item[name]));
}

async function putWindow(
  target: Target,
  table: string,
  items: readonly TypedItem[],
): Promise<void> {
  const batches: TypedItem[][] = [];
  for (let at = 0; at < items.length; at += BATCH_ITEMS)
    batches.push(items.slice(at, at + BATCH_ITEMS));
  await Promise.all(batches.map((batch) => putBatch(target, table, batch)));
}

async function putBatch(target: Target, table: string, items: readonly TypedItem[]): Promise<void> {
  let requests: readonly object[] = items.map((Item) => ({ PutRequest: { Item } }));
  for (let attempt = 0; ; attempt++) {
    const answer = await target.execute('BatchWriteItem', { RequestItems: { [table]: requests } });
    const left =
      (answer['UnprocessedItems'] as Record<string, object[]> | undefined)?.[table] ?? [];
    if (left.length === 0) return;
    if (attempt === RETRIES_MAX)
      throw new CommandError(`${left.length} items were not taken after ${attempt} tries`);
    requests = left;
    await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
  }
}

/** How far an import of a file into a table has come: items, by count. */
class ImportState {
  readonly #path: string | undefined;
  readonly #table: string;

  constructor(file: string, table: string) {
    this.#path = file === '-' ? undefined : `${file.replace(/\/+$/, '')}.progress`;
    this.#table = table;
  }

  async read(): Promise<number> {
    if (this.#path === undefined) return 0;
    try {
      const { table, items } = JSON.parse(await readText(this.#path)) as {
        table: string;
        items: number;
      };
      return table === this.#table && Number.isSafeInteger(items) ? items : 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError)
        return 0;
      throw error;
    }
  }

  async write(items: number): Promise<void> {
    if (this.#path === undefined) return;
    const text = JSON.stringify({ table: this.#table, items });
    await writeText(
      this.#path,
      (async function* () {
        yield text;
      })(),
    );
  }

  end(): void {
    if (this.#path !== undefined) removeFile(this.#path);
  }
}
