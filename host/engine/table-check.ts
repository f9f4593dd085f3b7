// The integrity walk of table files: every byte of a file, and how the files of a shard lie beside each other.
//
// The core's walk (core-as/table/table-check.ts) runs in a private memory, so it holds up nobody; files are opened for
// it alone. A file that a compaction has removed meanwhile is no fault: who calls knows which files are live.

import type { FileSystem } from '../../io/disk/file-system.js';
import { RESULT, STATUS } from '../core/abi.js';
import { Workbench } from '../core/workbench.js';
import type { CheckFault } from './check-report.js';
import { compareKeys, type TableMeta } from './manifest.js';
import { tablePath } from './table-files.js';

const MEMORY_BYTES = 24 * 1024 * 1024;

export class TableCheck {
  readonly #fileSystem: FileSystem;
  readonly #folder: string;
  readonly #bench: Workbench;

  constructor(module: WebAssembly.Module, fileSystem: FileSystem, folder: string) {
    this.#fileSystem = fileSystem;
    this.#folder = folder;
    this.#bench = new Workbench(module, 0, 0, MEMORY_BYTES);
  }

  /** Walks one file; pauses between blocks. Gives its fault, 'gone' if there is no such file, or undefined. */
  *file({ file, bytes, tailBytes }: TableMeta): Generator<void, CheckFault | 'gone' | undefined> {
    const path = tablePath(this.#folder, file);
    if (this.#fileSystem.stat(path) === undefined) return 'gone';
    const opened = this.#fileSystem.open(path, 'read');
    try {
      const size = opened.size();
      if (size !== bytes)
        return { what: `the file has ${size} bytes, the manifest says ${bytes}`, path };
      const { exports, u8 } = this.#bench;
      const check = exports.checkBegin(file, bytes, tailBytes);
      if (check <= 0) return { what: 'the manifest says an impossible length of its tail', path };
      const read = (length: number, offset: number): void => {
        const at = this.#result(RESULT.VALUE_PTR);
        opened.read(u8.subarray(at, at + length), offset);
      };
      read(tailBytes, bytes - tailBytes);
      let status = exports.checkStep(check);
      while (status === STATUS.NEED_BLOCK) {
        const length = this.#result(RESULT.NEED_LENGTH);
        read(length, this.#result(RESULT.NEED_OFFSET8) * 8);
        status = exports.checkProvide(check, length);
        yield;
        if (status === STATUS.OK) status = exports.checkStep(check);
      }
      exports.checkEnd(check);
      if (status === STATUS.OK) return undefined;
      const offset = this.#result(RESULT.NEED_OFFSET8) * 8;
      return { what: 'the file is damaged', path, offset };
    } finally {
      opened.close();
    }
  }

  /** From level 1 on, files of a level are sorted and disjoint. */
  overlaps(tables: readonly TableMeta[]): CheckFault[] {
    const faults: CheckFault[] = [];
    for (let at = 1; at < tables.length; at++) {
      const [before, table] = [tables[at - 1], tables[at]];
      if (table.level === 0 || table.level !== before.level) continue;
      if (compareKeys(before.maxKey, table.minKey) < 0) continue;
      const what = `files ${before.file} and ${table.file} of level ${table.level} overlap`;
      faults.push({ what, path: tablePath(this.#folder, table.file) });
    }
    return faults;
  }

  #result(field: number): number {
    return this.#bench.u32[(this.#bench.scratch >>> 2) + field];
  }
}
