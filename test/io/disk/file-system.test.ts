/**
 * One list of behaviours for both file systems: what is tested against the simulated one holds for
 * the real one.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureDirectory, replaceFile } from '../../../io/disk/atomic-file.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { realFileSystem } from '../../../io/disk/real-file-system.js';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import { temporaryFolder } from '../support/temporary-folder.js';

function simulatedFolder(): { fs: FileSystem; folder: string } {
  const fs = new SimulatedFileSystem();
  fs.makeDirectory('/folder');
  return { fs, folder: '/folder' };
}

for (const kind of ['real', 'simulated'] as const) {
  const behaves = (
    title: string,
    check: (fs: FileSystem, folder: string) => void | Promise<void>,
  ): void => {
    test(`the ${kind} file system ${title}`, async (context) => {
      if (kind === 'real') return check(realFileSystem(), temporaryFolder(context));
      const { fs, folder } = simulatedFolder();
      return check(fs, folder);
    });
  };

  behaves('reads what was written, in pieces and across gaps', async (fs, folder) => {
    const file = fs.open(join(folder, 'a'), 'create');
    file.write([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)], 0);
    file.write([Uint8Array.of(9)], 6);
    file.sync();
    const into = new Uint8Array(10);
    assert.equal(file.read(into, 0), 7);
    assert.deepEqual([...into.subarray(0, 7)], [1, 2, 3, 0, 0, 0, 9]);
    assert.equal(await file.readAsync(into.subarray(0, 2), 5), 2);
    assert.deepEqual([...into.subarray(0, 2)], [0, 9]);
    assert.equal(file.read(into, 7), 0);
    assert.equal(file.size(), 7);
    file.truncate(2);
    file.truncate(4);
    assert.equal(file.read(into, 0), 4);
    assert.deepEqual([...into.subarray(0, 4)], [1, 2, 0, 0]);
    file.close();
    file.close();
  });

  behaves('takes and gives bytes of shared memory', async (fs, folder) => {
    const file = fs.open(join(folder, 'a'), 'create');
    const shared = new Uint8Array(new SharedArrayBuffer(4096));
    shared.fill(7);
    file.write([shared.subarray(0, 1000), shared.subarray(3000)], 0);
    shared.fill(0);
    assert.equal(file.read(shared.subarray(8), 0), 2096);
    assert.ok(shared.subarray(8, 2104).every((byte) => byte === 7));
    shared.fill(0);
    assert.equal(await file.readAsync(shared.subarray(0, 100), 2000), 96);
    assert.equal(shared[95], 7);
    file.close();
  });

  behaves('writes more pieces at once than the kernel takes', (fs, folder) => {
    const file = fs.open(join(folder, 'a'), 'create');
    const pieces = Array.from({ length: 3000 }, (_, index) =>
      Uint8Array.of(index & 255, index >> 8),
    );
    file.write(pieces, 5);
    const into = new Uint8Array(6000);
    assert.equal(file.read(into, 5), 6000);
    assert.deepEqual([...into.subarray(5998)], [2999 & 255, 2999 >> 8]);
    file.close();
  });

  behaves('says what is wrong with stable codes', (fs, folder) => {
    const path = join(folder, 'a');
    assert.throws(() => fs.open(path, 'read'), { code: 'NotFound', path });
    assert.throws(() => fs.open(path, 'write'), { code: 'NotFound' });
    assert.throws(() => fs.unlink(path), { code: 'NotFound' });
    assert.throws(() => fs.rename(path, `${path}b`), { code: 'NotFound' });
    assert.throws(() => fs.list(path), { code: 'NotFound' });
    assert.throws(() => fs.syncDirectory(path), { code: 'NotFound' });
    assert.equal(fs.stat(path), undefined);
    const file = fs.open(path, 'create');
    assert.throws(() => fs.open(path, 'create'), { code: 'AlreadyExists' });
    file.close();
    assert.throws(() => file.sync(), { code: 'Closed' });
    assert.throws(() => file.write([Uint8Array.of(1)], 0), { code: 'Closed' });
    const reader = fs.open(path, 'read');
    assert.throws(() => reader.write([Uint8Array.of(1)], 0), { code: 'IoFailure' });
    reader.close();
  });

  behaves(
    'renames over, lists sorted, removes, and keeps an open file that lost its name',
    (fs, folder) => {
      for (const name of ['b', 'a', 'c']) {
        const file = fs.open(join(folder, name), 'create');
        file.write([Buffer.from(name)], 0);
        file.close();
      }
      const open = fs.open(join(folder, 'a'), 'read');
      fs.rename(join(folder, 'b'), join(folder, 'a'));
      fs.unlink(join(folder, 'c'));
      fs.syncDirectory(folder);
      assert.deepEqual(fs.list(folder), ['a']);
      const into = new Uint8Array(1);
      open.read(into, 0);
      assert.equal(String.fromCharCode(into[0]), 'a');
      open.close();
      assert.deepEqual(fs.stat(join(folder, 'a')), { size: 1, directory: false });
      assert.equal(fs.stat(folder)?.directory, true);
      assert.ok(fs.freeBytes(folder) > 0);
    },
  );

  behaves('makes folders with their parents and replaces files whole', (fs, folder) => {
    const deep = join(folder, 'x', 'y');
    assert.equal(ensureDirectory(fs, deep), true);
    assert.equal(ensureDirectory(fs, deep), false);
    for (const content of ['first', 'second']) replaceFile(fs, deep, 'name', Buffer.from(content));
    assert.deepEqual(fs.list(deep), ['name']);
    const into = new Uint8Array(20);
    const file = fs.open(join(deep, 'name'), 'read');
    assert.equal(Buffer.from(into.subarray(0, file.read(into, 0))).toString(), 'second');
    file.close();
  });
}
