// db.serveHttp: its options, and how a door and its database end.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openDatabase, type Database, type HttpOptions } from '../../../host/index.js';
import { MemoryStore } from '../../model/memory-store.js';

async function opened(context: TestContext): Promise<Database> {
  const db = await openDatabase(async () => new MemoryStore());
  context.after(() => db.close());
  return db;
}

test('it listens on loopback and a free port, unless told', async (context) => {
  const db = await opened(context);
  await using door = await db.serveHttp();
  assert.equal(door.url, `http://127.0.0.1:${door.port}`);
  assert.equal(await (await fetch(door.url)).text(), `healthy: 127.0.0.1:${door.port} `);
  await assert.rejects(db.serveHttp({ port: door.port }), {
    name: 'CannotListen',
    code: 'CannotListen',
    message: `Cannot listen on 127.0.0.1:${door.port}. Something listens there already: choose another, or 0 for any free port.`,
  });
  await using six = await db.serveHttp({ host: '::1' });
  assert.equal(six.url, `http://[::1]:${six.port}`);
});

test('options that cannot be are refused, an open address without credentials too', async (context) => {
  const db = await opened(context);
  const cases: [object, string][] = [
    [{ port: -1 }, '{ port }): must be a whole number from 0 to 65535, not -1.'],
    [{ port: '80' }, '{ port }): must be a whole number from 0 to 65535, not "80".'],
    [{ host: '' }, '{ host }): must be an address or a name, not "".'],
    [
      { credentials: [{ accessKeyId: 'a' }] },
      '{ credentials }): must be a list of { accessKeyId, secretAccessKey }, not an array.',
    ],
    [
      { host: '0.0.0.0' },
      '{ host }): must be a loopback address, unless there are credentials or unsigned is true, not "0.0.0.0".',
    ],
  ];
  for (const [options, text] of cases) {
    await assert.rejects(db.serveHttp(options as HttpOptions), {
      name: 'InvalidOption',
      message: `db.serveHttp(${text}`,
    });
  }
});

test('closing the database closes its doors; a closed one opens none', async (context) => {
  const db = await opened(context);
  const { url } = await db.serveHttp();
  await db.close();
  await assert.rejects(fetch(url));
  await assert.rejects(db.serveHttp(), { name: 'DatabaseClosed' });
});
