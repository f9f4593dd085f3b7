// The integrity walk of an open database: what `db.check()` will be. Every shard's memory, every byte of every table
// file, and that the table files are exactly those that the manifest names.

import assert from 'node:assert/strict';
import { compileCore } from '../../../host/core/compile.js';
import { STATUS, RESULT } from '../../../host/core/abi.js';
import type { CoreExports } from '../../../host/core/exports.js';
import { Workbench } from '../../../host/core/workbench.js';
import type { InlineEngine } from '../../../host/engine/inline-engine.js';
import {
  applyEdit,
  compareKeys,
  decodeEdit,
  type ManifestState,
  type TableMeta,
} from '../../../host/engine/manifest.js';
import { tableDirectory, tablePath } from '../../../host/engine/table-files.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { readJournal } from '../../../io/manifest/journal.js';
import { crc32c } from '../../io/support/crc32c.js';
import { FOLDER } from './engine.js';

/** The exports of the integrity walks, which the engine itself does not call. */
interface CheckExports extends CoreExports {
  integrity(step: number): number;
  checkBegin(file: number, fileBytes: number, tailBytes: number): number;
  checkStep(check: number): number;
  checkProvide(check: number, bytes: number): number;
  checkEnd(check: number): void;
}

const MEMORY_BYTES = 24 * 1024 * 1024;
let bench: Workbench | undefined;

export function checkShards(engine: InlineEngine): void {
  for (const core of engine.store.attachment.shards) {
    const exports = core.exports as CheckExports;
    for (let step = 0; ; step = 1) {
      const status = exports.integrity(step);
      if (status === STATUS.OK) break;
      assert.equal(
        status,
        STATUS.CONTINUE,
        `shard ${core.shard}: phase ${core.result(RESULT.COUNT)} is not sound`,
      );
    }
  }
}

/** Checks the files against the manifest; returns how many tables there are. */
export function checkTables(fileSystem: FileSystem): number {
  const { shards } = manifestState(fileSystem);
  const files = shards
    .flatMap(({ tables }) => tables.map(({ file }) => file))
    .sort((a, b) => a - b);
  const there = fileSystem.list(tableDirectory(FOLDER)).map((name) => Number.parseInt(name, 10));
  assert.deepEqual(
    there.sort((a, b) => a - b),
    files,
    'the table files are those of the manifest',
  );
  for (const { tables } of shards) {
    for (const table of tables) checkTable(fileSystem, table);
    checkLevels(tables);
  }
  return files.length;
}

function checkLevels(tables: readonly TableMeta[]): void {
  for (let at = 1; at < tables.length; at++) {
    const [before, table] = [tables[at - 1], tables[at]];
    if (table.level === 0 || table.level !== before.level) continue;
    assert.ok(
      compareKeys(before.maxKey, table.minKey) < 0,
      `tables ${before.file} and ${table.file} overlap`,
    );
  }
}

function checkTable(fileSystem: FileSystem, { file, bytes, tailBytes }: TableMeta): void {
  bench ??= new Workbench(compileCore(false), 0, 0, MEMORY_BYTES);
  const { scratch, u8, u32 } = bench;
  const exports = bench.exports as CheckExports;
  const result = (field: number): number => u32[(scratch >>> 2) + field];
  const opened = fileSystem.open(tablePath(FOLDER, file), 'read');
  try {
    assert.equal(opened.size(), bytes, `table ${file} has the size that the manifest says`);
    const check = exports.checkBegin(file, bytes, tailBytes);
    assert.ok(check > 0);
    const read = (length: number, offset: number): number => {
      const at = result(RESULT.VALUE_PTR);
      return opened.read(u8.subarray(at, at + length), offset);
    };
    read(tailBytes, bytes - tailBytes);
    let status = exports.checkStep(check);
    while (status === STATUS.NEED_BLOCK) {
      const length = result(RESULT.NEED_LENGTH);
      read(length, result(RESULT.NEED_OFFSET8) * 8);
      exports.checkProvide(check, length);
      status = exports.checkStep(check);
    }
    exports.checkEnd(check);
    assert.equal(
      status,
      STATUS.OK,
      `table ${file} is damaged at ${result(RESULT.NEED_OFFSET8) * 8}`,
    );
  } finally {
    opened.close();
  }
}

/** What the manifest says now, read as the fence reads it: nothing is changed. */
export function manifestState(fileSystem: FileSystem): ManifestState {
  let state: ManifestState | undefined;
  for (const { payload } of readJournal({ fileSystem, directory: FOLDER, crc32c })?.records ?? []) {
    state = applyEdit(state, decodeEdit(payload.slice()));
  }
  assert.ok(state !== undefined, 'there is a manifest');
  return state;
}
