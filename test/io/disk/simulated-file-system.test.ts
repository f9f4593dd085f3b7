import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedFileSystem } from '../../../io/disk/simulated-file-system.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { seedOf, seededRandom } from '../support/random.js';

function content(fs: FileSystem, path: string): string | undefined {
  if (fs.stat(path) === undefined) return undefined;
  const file = fs.open(path, 'read');
  const bytes = new Uint8Array(file.size());
  file.read(bytes, 0);
  file.close();
  return Buffer.from(bytes).toString();
}

function put(fs: FileSystem, path: string, text: string): void {
  const file = fs.open(path, fs.stat(path) === undefined ? 'create' : 'write');
  file.write([Buffer.from(text)], 0);
  file.close();
}

function sync(fs: FileSystem, path: string): void {
  const file = fs.open(path, 'write');
  file.sync();
  file.close();
}

test('content and name are durable each by its own sync', () => {
  const disk = new SimulatedFileSystem();
  put(disk, '/synced', 'content');
  sync(disk, '/synced');
  assert.equal(
    content(disk.crash(Math.min, { keep: 0 }), '/synced'),
    undefined,
    'the name was not',
  );
  disk.syncDirectory('/');
  put(disk, '/named', 'content');
  disk.syncDirectory('/');
  const image = disk.crash(() => 0, { keep: 0 });
  assert.equal(content(image, '/synced'), 'content');
  assert.equal(content(image, '/named'), '', 'the content was not');
  assert.equal(
    content(
      disk.crash(() => 0.5, { keep: 1 }),
      '/named',
    ),
    'content',
  );
});

test('an unsynced rename, removal or folder may be undone by a crash, a synced one not', () => {
  const disk = new SimulatedFileSystem();
  put(disk, '/a', 'a');
  sync(disk, '/a');
  disk.syncDirectory('/');
  disk.rename('/a', '/b');
  const lost = disk.crash(() => 0, { keep: 0 });
  assert.deepEqual(lost.list('/'), ['a']);
  assert.deepEqual(disk.crash(() => 0, { keep: 1 }).list('/'), ['b']);
  disk.syncDirectory('/');
  disk.makeDirectory('/folder');
  put(disk, '/folder/inside', 'x');
  disk.syncDirectory('/folder');
  assert.deepEqual(
    disk.crash(() => 0, { keep: 0 }).list('/'),
    ['b'],
    'a folder without a durable name takes all with it',
  );
});

test('after a failed sync the next one succeeds and the data is gone', () => {
  const disk = new SimulatedFileSystem();
  const file = disk.open('/a', 'create');
  disk.syncDirectory('/');
  file.write([Buffer.from('lost')], 0);
  disk.inject({ at: 1, kinds: ['sync'], error: 'EIO' });
  assert.throws(() => file.sync(), { code: 'IoFailure' });
  file.sync();
  assert.equal(content(disk, '/a'), 'lost', 'programs still see it');
  assert.equal(
    content(
      disk.crash(() => 0, { keep: 1 }),
      '/a',
    ),
    '',
  );
});

test('a fault strikes at the k-th operation of its kinds, once or from then on', () => {
  const disk = new SimulatedFileSystem();
  const file = disk.open('/a', 'create');
  disk.inject({ at: 2, kinds: ['write'], error: 'ENOSPC', partial: 0.5 });
  file.write([Buffer.from('1234')], 0);
  assert.equal(disk.faultStruck, false);
  assert.throws(() => file.write([Buffer.from('5678')], 4), { code: 'StorageFull', path: '/a' });
  assert.equal(content(disk, '/a'), '123456');
  assert.equal(disk.faultStruck, true);
  file.write([Buffer.from('78')], 6);
  disk.inject({ at: 1, kinds: ['write'], error: 'EIO', forever: true });
  for (let count = 0; count < 3; count++)
    assert.throws(() => file.write([Buffer.from('x')], 0), { code: 'IoFailure' });
  assert.equal(content(disk, '/a'), '12345678');
});

test('torn writes leave whole sectors, or any bytes, of old and new', (context) => {
  const random = seededRandom(seedOf(context));
  const disk = new SimulatedFileSystem();
  put(disk, '/a', 'o'.repeat(2048));
  sync(disk, '/a');
  disk.syncDirectory('/');
  put(disk, '/a', 'n'.repeat(2048));
  const shapes = new Set<string>();
  for (let round = 0; round < 200; round++) {
    const sectors =
      content(disk.crash(random, { keep: 0.5, reorder: true, tear: 'sector' }), '/a') ?? '';
    for (let at = 0; at < 2048; at += 512) assert.match(sectors.slice(at, at + 512), /^(o+|n+)$/);
    shapes.add(sectors);
    assert.match(content(disk.crash(random, { keep: 0.5, tear: 'byte' }), '/a') ?? '', /^n*o*$/);
  }
  assert.ok(shapes.size > 8);
});

test('crash and clone leave the original alone, and the same seed gives the same image', () => {
  const disk = new SimulatedFileSystem();
  put(disk, '/a', 'abc');
  const clone = disk.clone();
  put(clone, '/a', 'xyz');
  clone.unlink('/a');
  assert.equal(content(disk, '/a'), 'abc');
  assert.equal(
    content(
      disk.clone().crash(() => 0.9, { keep: 0.5 }),
      '/a',
    ),
    undefined,
  );
  disk.syncDirectory('/');
  const images = [1, 2].map(() =>
    content(disk.crash(seededRandom(9), { keep: 0.5, tear: 'byte' }), '/a'),
  );
  assert.equal(images[0], images[1]);
});

test('a simulated folder locks once', async () => {
  const disk = new SimulatedFileSystem();
  const lock = await disk.lock('/');
  await assert.rejects(disk.lock('/'), { code: 'DatabaseLocked' });
  await lock.release();
  await (await disk.lock('/')).release();
});

test('operations are counted and observed in order', () => {
  const disk = new SimulatedFileSystem();
  const seen: string[] = [];
  disk.observe = ({ index, kind, path }) => seen.push(`${index} ${kind} ${path}`);
  put(disk, '/a', 'a');
  disk.unlink('/a');
  assert.deepEqual(seen, ['1 stat /a', '2 create /a', '3 write /a', '4 unlink /a']);
});
