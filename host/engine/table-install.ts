// Makes table files live in a shard: reads their tails into the shard's memory, has them verified there, and installs
// them in one latched call (core-as/version/version.ts).

import type { FileSystem } from '../../io/disk/file-system.js';
import { corruption, StorageError } from '../../io/errors.js';
import { RESULT, STATUS } from '../core/abi.js';
import type { ShardCore } from '../core/shard-core.js';
import type { TableMeta } from './manifest.js';
import { tablePath } from './table-files.js';

export interface VersionEdit {
  readonly add: readonly TableMeta[];
  readonly remove: readonly number[];
}

/** `flush`: the frozen memtable goes in the same latched call. Throws StorageError; then nothing has changed. */
export function installTables(
  fileSystem: FileSystem,
  folder: string,
  core: ShardCore,
  edit: VersionEdit,
  flush: boolean,
): void {
  const registered: number[] = [];
  try {
    for (const table of edit.add) registered.push(registerTable(fileSystem, folder, core, table));
    writeEdit(core, registered, edit.remove);
    const status = core.blocking(() =>
      flush ? core.exports.flushInstall() : core.exports.versionInstall(),
    );
    if (status < 0) throw installFault(folder, core.shard, status);
  } catch (error) {
    for (const table of registered) core.blocking(() => core.exports.tableRelease(table));
    throw error;
  }
}

function registerTable(
  fileSystem: FileSystem,
  folder: string,
  core: ShardCore,
  table: TableMeta,
): number {
  const reserved = core.blocking(() => core.exports.tableReserve(table.tailBytes));
  if (reserved <= 0) throw installFault(folder, core.shard, reserved);
  const at = core.result(RESULT.VALUE_PTR);
  const path = tablePath(folder, table.file);
  const file = fileSystem.open(path, 'read');
  try {
    const read = file.read(
      core.u8.subarray(at, at + table.tailBytes),
      table.bytes - table.tailBytes,
    );
    if (read < table.tailBytes)
      throw corruption('A table file is shorter than the manifest says', path, table.bytes);
  } catch (error) {
    core.blocking(() => core.exports.tableRelease(reserved));
    throw error;
  } finally {
    file.close();
  }
  const status = core.blocking(() =>
    core.exports.tableRegister(reserved, table.file, table.bytes, table.level),
  );
  if (status === STATUS.CORRUPT) {
    throw corruption(
      'The end of a table file does not match its checksum',
      path,
      table.bytes - table.tailBytes,
    );
  }
  if (status < 0) throw installFault(folder, core.shard, status);
  return reserved;
}

/** u32 addCount . u32 removeCount . u32 table[] . u32 file[] in the IN area. */
function writeEdit(core: ShardCore, add: readonly number[], remove: readonly number[]): void {
  const at = core.inAt >>> 2;
  core.u32[at] = add.length;
  core.u32[at + 1] = remove.length;
  core.u32.set(add, at + 2);
  core.u32.set(remove, at + 2 + add.length);
}

function installFault(folder: string, shard: number, status: number): StorageError {
  const why =
    status === STATUS.NO_MEMORY
      ? 'has no memory left for its tables: raise memoryMb'
      : `answered ${status}`;
  return new StorageError('EngineFailure', `shard ${shard} ${why} while tables were installed`, {
    path: folder,
  });
}
