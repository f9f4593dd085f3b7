// Bugs to test the tests with: an engine that has one of these must be caught.

import { readFileSync } from 'node:fs';
import { coreModuleUrl } from '../../../host/runtime/location.js';
import { decodeEdit } from '../../../host/engine/manifest.js';
import { tablePath } from '../../../host/engine/table-files.js';
import type {
  File,
  FileStatus,
  FileSystem,
  FolderLock,
  OpenMode,
} from '../../../io/disk/file-system.js';
import { RECORD_HEADER_BYTES, RECORD_MAGIC } from '../../../io/manifest/format.js';
import { FOLDER } from './engine.js';

/** In place of the length: no record but a seal. */
const SEAL = 2 ** 32 - 1;

/** The core with checksums that are always 0, so that none is ever wrong. */
export function coreWithoutChecksums(): WebAssembly.Module {
  const bytes = new Uint8Array(readFileSync(coreModuleUrl(false)));
  return new WebAssembly.Module(withConstantFunction(bytes, 'crc32c') as Uint8Array<ArrayBuffer>);
}

const SECTION = { IMPORT: 2, EXPORT: 7, CODE: 10 } as const;
/** No locals; i32.const 0; end. */
const ZERO_BODY = Uint8Array.of(4, 0, 0x41, 0, 0x0b);

/** A module whose exported function of this name returns 0, whoever calls it. */
function withConstantFunction(module: Uint8Array, name: string): Uint8Array {
  let imported = 0;
  let index = -1;
  for (let at = 8; at < module.length; ) {
    const reader = new Leb(module, at + 1);
    const size = reader.next();
    const [kind, start, end] = [module[at], reader.at, reader.at + size];
    if (kind === SECTION.IMPORT) imported = countImportedFunctions(module, start);
    if (kind === SECTION.EXPORT) index = exportedFunction(module, start, name) - imported;
    if (kind === SECTION.CODE) {
      const body = bodyOf(module, start, index);
      const section = [
        module.subarray(start, body.start),
        ZERO_BODY,
        module.subarray(body.end, end),
      ];
      const bytes = Buffer.concat(section);
      return new Uint8Array(
        Buffer.concat([module.subarray(0, at + 1), leb(bytes.length), bytes, module.subarray(end)]),
      );
    }
    at = end;
  }
  throw new Error('a module without code');
}

function countImportedFunctions(module: Uint8Array, start: number): number {
  const reader = new Leb(module, start);
  let functions = 0;
  for (let left = reader.next(); left > 0; left--) {
    reader.skip(reader.next());
    reader.skip(reader.next());
    const kind = module[reader.at++];
    if (kind !== 2) throw new Error('the core imports something other than its memory');
    const flags = reader.next();
    reader.next();
    if ((flags & 1) !== 0) reader.next();
    functions += kind === 2 ? 0 : 1;
  }
  return functions;
}

function exportedFunction(module: Uint8Array, start: number, name: string): number {
  const reader = new Leb(module, start);
  for (let left = reader.next(); left > 0; left--) {
    const length = reader.next();
    const found = Buffer.from(module.subarray(reader.at, reader.at + length)).toString();
    reader.skip(length);
    const kind = module[reader.at++];
    const index = reader.next();
    if (kind === 0 && found === name) return index;
  }
  throw new Error(`no export ${name}`);
}

/** Where the code of a function lies, its length included. */
function bodyOf(module: Uint8Array, start: number, index: number): { start: number; end: number } {
  const reader = new Leb(module, start);
  reader.next();
  for (let at = 0; ; at++) {
    const bodyStart = reader.at;
    reader.skip(reader.next());
    if (at === index) return { start: bodyStart, end: reader.at };
  }
}

class Leb {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
  }

  skip(bytes: number): void {
    this.at += bytes;
  }
}

function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, value]);
}

/** A disk on which a compaction's inputs are removed before the manifest forgets them. */
export class HastyRemoval implements FileSystem {
  readonly #inner: FileSystem;

  constructor(inner: FileSystem) {
    this.#inner = inner;
  }

  open(path: string, mode: OpenMode): File {
    const file = this.#inner.open(path, mode);
    if (!path.includes('/manifest-') || mode === 'read') return file;
    const write = file.write.bind(file);
    return Object.assign(Object.create(file) as File, {
      path: file.path,
      write: (pieces: readonly Uint8Array[], position: number): void => {
        for (const piece of pieces) this.#removeInputs(piece);
        write(pieces, position);
      },
      read: file.read.bind(file),
      sync: file.sync.bind(file),
      truncate: file.truncate.bind(file),
      size: file.size.bind(file),
      close: file.close.bind(file),
    });
  }

  #removeInputs(record: Uint8Array): void {
    if (record.length < RECORD_HEADER_BYTES) return;
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    if (view.getUint32(0, true) !== RECORD_MAGIC) return;
    const payloadBytes = view.getUint32(20, true);
    if (payloadBytes === SEAL) return;
    const edit = decodeEdit(record.slice(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + payloadBytes));
    if (edit.kind !== 'version') return;
    const kept = new Set(edit.add.map(({ file }) => file));
    for (const file of edit.remove)
      if (!kept.has(file)) this.#inner.unlink(tablePath(FOLDER, file));
  }

  unlink(path: string): void {
    if (this.#inner.stat(path) !== undefined) this.#inner.unlink(path);
  }

  list(directory: string): string[] {
    return this.#inner.list(directory);
  }

  makeDirectory(path: string): void {
    this.#inner.makeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.#inner.rename(from, to);
  }

  syncDirectory(path: string): void {
    this.#inner.syncDirectory(path);
  }

  stat(path: string): FileStatus | undefined {
    return this.#inner.stat(path);
  }

  freeBytes(path: string): number {
    return this.#inner.freeBytes(path);
  }

  lock(directory: string): Promise<FolderLock> {
    return this.#inner.lock(directory);
  }
}
