/**
 * Durable steps that need several calls of the seam in the right order.
 *
 * replaceFile relies on rename being atomic: after a crash the name holds the old content or the
 * new, whole.
 */
import { dirname, join } from 'node:path';
import type { FileSystem } from './file-system.js';

/** Name of the temporary of replaceFile; what is left of it after a crash may be removed. */
export function temporaryName(name: string): string {
  return `${name}.tmp`;
}

/** Writes a file under a temporary name and makes its content durable; the name is not yet. */
export function writeTemporary(
  fs: FileSystem,
  directory: string,
  name: string,
  bytes: Uint8Array,
): void {
  const temporary = join(directory, temporaryName(name));
  removeIfPresent(fs, temporary);
  const file = fs.open(temporary, 'create');
  try {
    file.write([bytes], 0);
    file.sync();
  } finally {
    file.close();
  }
}

/**
 * Puts the temporary in the place of `name`, durably. If this throws, either content may be found
 * later.
 */
export function swapTemporary(fs: FileSystem, directory: string, name: string): void {
  fs.rename(join(directory, temporaryName(name)), join(directory, name));
  fs.syncDirectory(directory);
}

export function replaceFile(
  fs: FileSystem,
  directory: string,
  name: string,
  bytes: Uint8Array,
): void {
  writeTemporary(fs, directory, name, bytes);
  swapTemporary(fs, directory, name);
}

/** Returns whether there was a file to remove. */
export function removeIfPresent(fs: FileSystem, path: string): boolean {
  if (fs.stat(path) === undefined) return false;
  fs.unlink(path);
  return true;
}

/**
 * Makes a folder and its missing parents, each name durable. A folder that is there already has its
 * name synced too: whoever made it may have died before that. Returns whether anything was made.
 */
export function ensureDirectory(fs: FileSystem, path: string): boolean {
  const parent = dirname(path);
  const present = fs.stat(path)?.directory === true;
  if (!present) {
    if (parent !== path && fs.stat(parent) === undefined) ensureDirectory(fs, parent);
    fs.makeDirectory(path);
  }
  fs.syncDirectory(parent);
  return !present;
}
