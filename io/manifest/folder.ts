/**
 * What a folder is, told from its names and CURRENT alone, changing nothing.
 *
 *   CURRENT               names                                  verdict
 *   whole, known format   any                                    a database
 *   whole, newer format   any                                    NewerFormat
 *   not whole             any                                    Corruption
 *   absent                none but the lock's                    empty: may become a database
 *   absent                also the first journal, temporaries    empty: a creation died
 *   absent                a journal and anything else            Corruption: CURRENT was lost
 *   absent                anything else                          NotADatabase
 */
import { join } from 'node:path';
import { temporaryName } from '../disk/atomic-file.js';
import type { Crc32c } from '../disk/bytes.js';
import type { FileSystem } from '../disk/file-system.js';
import { isLockFile } from '../disk/folder-lock.js';
import { StorageError, corruption, newerFormat } from '../errors.js';
import {
  CURRENT_BYTES_MAX,
  CURRENT_NAME,
  MANIFEST_FORMAT_VERSION,
  decodeCurrent,
  journalName,
  parseJournalName,
} from './format.js';

/**
 * Number of the live journal, or undefined for a folder that is missing, empty or was never
 * finished.
 */
export function inspectFolder(
  fileSystem: FileSystem,
  directory: string,
  crc32c: Crc32c,
): number | undefined {
  const status = fileSystem.stat(directory);
  if (status === undefined) return undefined;
  if (!status.directory) throw notADatabase(directory, 'it is a file');
  const names = fileSystem.list(directory).filter((name) => !isLockFile(name));
  if (names.includes(CURRENT_NAME)) return readCurrent(fileSystem, directory, crc32c);
  const leftovers = [temporaryName(CURRENT_NAME), journalName(1)];
  const others = names.filter((name) => !leftovers.includes(name));
  if (others.length === 0) return undefined;
  if (names.some((name) => parseJournalName(name) !== undefined)) {
    throw corruption('CURRENT is missing beside a manifest', join(directory, CURRENT_NAME), 0);
  }
  throw notADatabase(directory, `it holds ${others[0]}`);
}

function readCurrent(fileSystem: FileSystem, directory: string, crc32c: Crc32c): number {
  const path = join(directory, CURRENT_NAME);
  const file = fileSystem.open(path, 'read');
  const bytes = new Uint8Array(CURRENT_BYTES_MAX);
  let count: number;
  try {
    count = file.read(bytes, 0);
  } finally {
    file.close();
  }
  const current = decodeCurrent(bytes.subarray(0, count), crc32c);
  if (current === undefined) throw corruption('CURRENT is damaged', path, 0);
  if (current.version > MANIFEST_FORMAT_VERSION)
    throw newerFormat(path, current.version, MANIFEST_FORMAT_VERSION);
  return current.journal;
}

function notADatabase(directory: string, reason: string): StorageError {
  return new StorageError(
    'NotADatabase',
    `${directory} is not a FerriteDB database: ${reason}. ` +
      'Name an empty or new folder; nothing was changed.',
    { path: directory },
  );
}
