// The walk that ends every crash test: `check()` finds nothing, and beside it, at rest, the table files are exactly those
// that the manifest names.

import assert from 'node:assert/strict';
import type { InlineEngine } from '../../../host/engine/inline-engine.js';
import type { ManifestState } from '../../../host/engine/manifest.js';
import { readManifest } from '../../../host/engine/manifest-store.js';
import { tableDirectory } from '../../../host/engine/table-files.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { crc32c } from '../../io/support/crc32c.js';
import { FOLDER } from './engine.js';

export async function checkEngine({ store }: InlineEngine, fileSystem: FileSystem): Promise<void> {
  const { faults } = await store.check();
  assert.deepEqual(faults, []);
  checkFiles(fileSystem);
}

function checkFiles(fileSystem: FileSystem): void {
  const { shards } = manifestState(fileSystem);
  const files = shards.flatMap(({ tables }) => tables.map(({ file }) => file));
  const there = fileSystem.list(tableDirectory(FOLDER)).map((name) => Number.parseInt(name, 10));
  const ascending = (a: number, b: number): number => a - b;
  assert.deepEqual(
    there.sort(ascending),
    files.sort(ascending),
    'the table files are those of the manifest',
  );
}

function manifestState(fileSystem: FileSystem): ManifestState {
  const state = readManifest({ fileSystem, folder: FOLDER, crc32c });
  assert.ok(state !== undefined, 'there is a manifest');
  return state;
}
