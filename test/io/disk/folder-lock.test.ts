/** Row 10 of the matrix: two opens of one folder, with real processes. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { acquireFolderLock, isLockFile } from '../../../io/disk/folder-lock.js';
import { realFileSystem, realLockFolder } from '../../../io/disk/real-file-system.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const HOLDER = fileURLToPath(new URL('../support/lock-holder.ts', import.meta.url));
const NODE = [process.execPath, '--import', 'tsx', HOLDER];

interface Holder {
  readonly child: ChildProcess;
  readonly firstLine: string;
}

/** Starts a process that tries to take the lock, and waits for its first line. */
function start(
  context: TestContext,
  folder: string,
  options: { mode?: string; before?: string[] } = {},
): Promise<Holder> {
  const [command, ...rest] = [
    ...(options.before ?? []),
    ...NODE,
    folder,
    ...(options.mode === undefined ? [] : [options.mode]),
  ];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  return new Promise((settle, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) settle({ child, firstLine: text.slice(0, text.indexOf('\n')) });
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} and said ${text}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((settle) =>
    (child.exitCode ?? child.signalCode) === null ? child.once('exit', () => settle()) : settle(),
  );
}

const fs = realFileSystem();

test('a folder opens once in a process, and again after the release', async (context) => {
  const folder = temporaryFolder(context);
  const lock = await fs.lock(folder);
  const begun = performance.now();
  await assert.rejects(fs.lock(folder), { code: 'DatabaseLocked', pid: process.pid, path: folder });
  assert.ok(performance.now() - begun < 1000, 'at once');
  await lock.release();
  await lock.release();
  assert.deepEqual(readdirSync(folder), [], 'nothing is left');
  await (await fs.lock(folder)).release();
});

test('another process is refused at once with the pid of the owner', async (context) => {
  const folder = temporaryFolder(context);
  const lock = await fs.lock(folder);
  const { firstLine } = await start(context, folder);
  const refusal = JSON.parse(firstLine);
  assert.equal(refusal.code, 'DatabaseLocked');
  assert.equal(refusal.pid, process.pid);
  assert.match(refusal.text, new RegExp(`process ${process.pid}`));
  await lock.release();
});

test('an owner whose thread sleeps in Atomics.wait still owns', async (context) => {
  const folder = temporaryFolder(context);
  const { child, firstLine } = await start(context, folder, { mode: 'block' });
  assert.equal(firstLine, 'held');
  for (let attempt = 0; attempt < 20; attempt++) {
    await assert.rejects(fs.lock(folder), { code: 'DatabaseLocked', pid: child.pid });
  }
});

test('kill -9 of the owner frees the folder, the next owner sweeps its socket', async (context) => {
  const folder = temporaryFolder(context);
  for (let round = 0; round < 2; round++) {
    const { child } = await start(context, folder);
    child.kill('SIGKILL');
    await ended(child);
    assert.ok(
      readdirSync(folder).some((name) => name.endsWith('.sock')),
      'the stale socket is there',
    );
    const lock = await fs.lock(folder);
    assert.equal(readdirSync(folder).filter((name) => name.endsWith('.sock')).length, 1);
    await lock.release();
    assert.deepEqual(readdirSync(folder), []);
  }
});

test('a symbolic link to the folder is the same folder', async (context) => {
  const folder = temporaryFolder(context);
  const data = join(folder, 'data');
  mkdirSync(data);
  symlinkSync(data, join(folder, 'link'));
  const lock = await fs.lock(data);
  await assert.rejects(fs.lock(join(folder, 'link')), { code: 'DatabaseLocked' });
  await lock.release();
  const byLink = await fs.lock(join(folder, 'link'));
  await assert.rejects(fs.lock(data), { code: 'DatabaseLocked' });
  await byLink.release();
});

test('a folder deeper than a socket address is long locks like any other', async (context) => {
  const folder = join(temporaryFolder(context), 'd'.repeat(120), 'e'.repeat(120));
  mkdirSync(folder, { recursive: true });
  const lock = await fs.lock(folder);
  await assert.rejects(fs.lock(folder), { code: 'DatabaseLocked' });
  const { firstLine } = await start(context, folder);
  assert.equal(JSON.parse(firstLine).pid, process.pid);
  await lock.release();
  assert.deepEqual(readdirSync(folder), []);
});

test('two folders do not disturb each other', async (context) => {
  const [one, two] = [temporaryFolder(context), temporaryFolder(context)];
  const locks = [await fs.lock(one), await fs.lock(two)];
  for (const lock of locks) await lock.release();
});

test('files that are no sockets, and stale claims, do not lock', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'lock-0000000000000001.sock'), '');
  writeFileSync(join(folder, 'lock-0000000000000002.tmp'), '');
  writeFileSync(join(folder, 'lock.pid'), '1 garbage');
  for (const name of readdirSync(folder)) assert.ok(isLockFile(name));
  assert.equal(isLockFile('CURRENT'), false);
  const lock = await fs.lock(folder);
  await lock.release();
  assert.deepEqual(readdirSync(folder), []);
});

test('of many contenders at the same moment exactly one owns', async (context) => {
  const folder = temporaryFolder(context);
  for (let round = 0; round < 5; round++) {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => fs.lock(folder)));
    const owners = results.filter((result) => result.status === 'fulfilled');
    assert.equal(owners.length, 1);
    for (const owner of owners) await owner.value.release();
  }
});

test('the socket in the folder alone never gives two owners', async (context) => {
  const folder = temporaryFolder(context);
  let owned = 0;
  for (let round = 0; round < 10; round++) {
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, (_, contender) => {
        // As if each saw the folder from another container: the abstract sockets do not meet.
        const identity = () => ({ device: `test-${process.pid}`, inode: `${round}-${contender}` });
        return acquireFolderLock({ ...realLockFolder, identity }, folder);
      }),
    );
    const owners = results.filter((result) => result.status === 'fulfilled');
    assert.ok(owners.length <= 1, `${owners.length} owners`);
    owned += owners.length;
    for (const result of results) {
      if (result.status === 'rejected') assert.equal(result.reason.code, 'DatabaseLocked');
    }
    for (const owner of owners) await owner.value.release();
    assert.deepEqual(readdirSync(folder), []);
  }
  context.diagnostic(`${owned} of 10 rounds had an owner`);
  assert.ok(owned > 0);
});

test('a worker that is terminated while it owns frees the folder', async (context) => {
  const folder = temporaryFolder(context);
  const source = new URL('../support/lock-holder.ts', import.meta.url).href;
  const code = `import('tsx/esm/api').then(({ register }) => {
    register();
    return import(${JSON.stringify(source)});
  });`;
  const worker = new Worker(code, { eval: true, argv: [folder], stdout: true });
  await new Promise((settle) => worker.stdout.once('data', settle));
  await assert.rejects(fs.lock(folder), { code: 'DatabaseLocked' });
  await worker.terminate();
  const lock = await fs.lock(folder);
  await lock.release();
});

const UNSHARE = [
  ['unshare', '-n'],
  ['unshare', '-r', '-n'],
].find(([command, ...rest]) => spawnSync(command, [...rest, 'true']).status === 0);

test('another network namespace is refused too', {
  skip: UNSHARE === undefined && 'unshare -n is not permitted',
}, async (context) => {
  const folder = temporaryFolder(context);
  const lock = await fs.lock(folder);
  const refused = JSON.parse((await start(context, folder, { before: UNSHARE })).firstLine);
  assert.equal(refused.code, 'DatabaseLocked');
  assert.equal(refused.pid, process.pid);
  await lock.release();
  const { child, firstLine } = await start(context, folder, { before: UNSHARE });
  assert.equal(firstLine, 'held');
  await assert.rejects(fs.lock(folder), { code: 'DatabaseLocked' });
  child.kill('SIGKILL');
  await ended(child);
  await (await fs.lock(folder)).release();
});

test('of contenders in several network namespaces never two own', {
  skip: UNSHARE === undefined && 'unshare -n is not permitted',
}, async (context) => {
  const folder = temporaryFolder(context);
  const contenders = await Promise.all(
    [UNSHARE, undefined, UNSHARE].map((before) => start(context, folder, { before })),
  );
  const owners = contenders.filter(({ firstLine }) => firstLine === 'held');
  assert.equal(owners.length, 1, contenders.map(({ firstLine }) => firstLine).join('; '));
});

test('a folder that is not there is NotFound', async (context) => {
  const folder = join(temporaryFolder(context), 'nothing');
  await assert.rejects(fs.lock(folder));
  assert.equal(existsSync(folder), false);
});
