// Reads of table files, from a medium that the test itself plays.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TableFiles, tablePath } from '../../../host/engine/table-files.js';
import { Control, CONTROL } from '../../../host/runtime/control.js';
import type { File, FileSystem } from '../../../io/disk/file-system.js';

const FOLDER = '/db';

/** Files whose every byte is their id; asynchronous reads end when the test says so. */
function setUp(syncMs = 0) {
  const files = new Set<string>();
  const waiting: (() => void)[] = [];
  const counts = { sync: 0, async: 0, stat: 0, closed: 0 };
  const fileOf = (path: string): File => ({
    path,
    read(into) {
      counts.sync++;
      const until = performance.now() + syncMs;
      while (performance.now() < until);
      into.fill(idOf(path));
      return into.length;
    },
    async readAsync(into) {
      counts.async++;
      await new Promise<void>((resolve) => waiting.push(resolve));
      into.fill(idOf(path));
      return into.length;
    },
    write: unexpected,
    sync: unexpected,
    truncate: unexpected,
    size: unexpected,
    close: () => counts.closed++,
  });
  const fileSystem = {
    open: fileOf,
    stat(path: string) {
      counts.stat++;
      return files.has(path) ? { size: 1 << 20, directory: false } : undefined;
    },
  } as Partial<FileSystem> as FileSystem;
  const control = Control.create();
  const finishReads = (): void => {
    for (const finish of waiting.splice(0)) finish();
  };
  for (const id of [1, 2]) files.add(tablePath(FOLDER, id));
  const tables = new TableFiles(fileSystem, FOLDER, control);
  return { tables, files, counts, control, finishReads };
}

function idOf(path: string): number {
  return Number(/(\d+)\.table$/.exec(path)?.[1]);
}

function unexpected(): never {
  throw new Error('a table is only read');
}

const need = (file: number, offset8: number) => ({ file, offset8, length: 64, kind: 0 });

test('who wants a block that is being read waits for that read; afterwards it is read anew', async () => {
  const { tables, counts, finishReads } = setUp();
  const reads = [need(1, 8), need(1, 8), need(1, 16), need(2, 8)].map((n) => tables.readAsync(n));
  await Promise.resolve();
  assert.equal(counts.async, 3);
  finishReads();
  assert.deepEqual(
    (await Promise.all(reads)).map((bytes) => bytes?.[63]),
    [1, 1, 1, 2],
  );
  const again = tables.readAsync(need(1, 8));
  finishReads();
  assert.equal((await again)?.[0], 1);
  assert.equal(counts.async, 4);
});

test('a fast medium is read synchronously, a slow one is not asked a second time in one turn', async () => {
  const into = new Uint8Array(64);
  // Where the processor is taken away during a read, the medium seems slow: not in every try.
  const inOneTurn = (): number => {
    const { tables } = setUp();
    let reads = 0;
    for (; reads < 50 && tables.mayReadSync(); reads++) tables.readSync(need(1, reads), into, 0);
    return reads;
  };
  assert.equal(Math.max(...Array.from({ length: 20 }, inOneTurn)), 50);
  const slow = setUp(5);
  assert.ok(slow.tables.mayReadSync());
  slow.tables.readSync(need(1, 8), into, 0);
  assert.ok(!slow.tables.mayReadSync());
});

test('a medium that stays slow is read asynchronously in later turns too, but for a probe now and then', async () => {
  const { tables, counts } = setUp(5);
  const into = new Uint8Array(64);
  for (let turn = 0; turn < 100; turn++) {
    if (tables.mayReadSync()) tables.readSync(need(1, 8), into, 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(counts.sync >= 2 && counts.sync <= 8, `${counts.sync} synchronous reads`);
});

test('progress of the log does not make every read look at all files; what has gone is closed in time', async () => {
  const { tables, files, counts, control } = setUp();
  const into = new Uint8Array(64);
  for (const id of [1, 2]) tables.readSync(need(id, 8), into, 0);
  const before = counts.stat;
  for (let i = 0; i < 100; i++) {
    control.signal(CONTROL.PROGRESS_SIGNAL);
    tables.readSync(need(1, 8), into, 0);
  }
  assert.ok(counts.stat - before <= 8, `${counts.stat - before} looks`);
  files.delete(tablePath(FOLDER, 2));
  control.signal(CONTROL.PROGRESS_SIGNAL);
  await new Promise((resolve) => setTimeout(resolve, 120));
  tables.readSync(need(1, 8), into, 0);
  assert.equal(counts.closed, 1);
});
