// What a client may do to the IPC door, over real sockets (RELIABILITY rows 15 to 18): it is told, cut off or waited for, and
// others are served.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  connect,
  open,
  type Database,
  type IpcDoor,
  type ListenOptions,
} from '../../../host/index.js';
import { pack, packExt } from '../../core/msgpack-model.js';
import { frame, RawClient, request, type WireError } from './raw-client.js';

const folder = mkdtempSync(join(tmpdir(), 'ferrite-ipc-'));
let db: Database;
let door: IpcDoor;
let sockets = 0;

before(async () => {
  db = await open();
  await db.createTable({
    TableName: 'Things',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await db.put({ TableName: 'Things', Item: { pk: 'a', n: 1 } });
  door = await listen();
});
after(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

function listen(options: ListenOptions = {}): Promise<IpcDoor> {
  return db.listen({ path: join(folder, `${++sockets}.sock`), ...options });
}

const GET = { TableName: 'Things', Key: { pk: 'a' } };

async function isServed(address = door.address): Promise<void> {
  const client = await RawClient.greeted(address);
  assert.deepEqual(await client.call(1, 'GetItem', GET), [1, null, { Item: { pk: 'a', n: 1 } }]);
  client.socket.destroy();
}

function nameOf(answer: unknown): string | undefined {
  return ((answer as [unknown, WireError] | undefined)?.[1] ?? undefined)?.name;
}

test("the socket is its owner's alone", () => {
  assert.equal(statSync(door.address).mode & 0o777, 0o600);
});

test('operations by number and by name, in any order of answers', async () => {
  const client = await RawClient.greeted(door.address);
  client.send(
    request(7, 1, GET),
    request(8, 'GetItem', { ...GET, ConsistentRead: true }),
    request(9, 'Ping', {}),
  );
  const answers = [await client.next(), await client.next(), await client.next()];
  assert.deepEqual(answers.map((answer) => answer?.[0]).sort(), [7, 8, 9]);
  client.socket.destroy();
});

test('a request in pieces of one byte is a request', async () => {
  const client = await RawClient.greeted(door.address);
  for (const byte of request(5, 'GetItem', GET)) {
    client.socket.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(await client.next(), [5, null, { Item: { pk: 'a', n: 1 } }]);
  client.socket.destroy();
});

test('what is no sound msgpack is answered with its id, and the connection goes on', async () => {
  const client = await RawClient.greeted(door.address);
  const deep = (levels: number): Buffer =>
    Buffer.concat([Buffer.alloc(levels, 0x91), Buffer.of(0xc0)]);
  const bad: Record<string, Uint8Array> = {
    'cut off': Buffer.of(0x81, 0xa1, 0x61),
    'a foreign ext': Buffer.concat([Buffer.of(0x81, 0xa1, 0x61), packExt(77, Buffer.of(1))]),
    '1,000 levels': Buffer.concat([Buffer.of(0x81, 0xa1, 0x61), deep(1_000)]),
    '1,000,000 levels': Buffer.concat([Buffer.of(0x81, 0xa1, 0x61), deep(1_000_000)]),
    'a length that lies': Buffer.of(0x81, 0xa1, 0x61, 0xdb, 0xff, 0xff, 0xff, 0xff),
    'a count that lies': Buffer.of(0xdf, 0x7f, 0xff, 0xff, 0xff),
    'bad UTF-8': Buffer.of(0x81, 0xa1, 0xff, 0x01),
    'a name that is a number': Buffer.of(0x81, 0x01, 0x01),
    'bytes behind it': Buffer.of(0x80, 0x80),
    'no map': pack([1]),
  };
  for (const [what, input] of Object.entries(bad)) {
    client.send(frame(Buffer.of(0x93), pack(3), pack('Query'), input));
    const answer = await client.next();
    assert.equal(answer?.[0], 3, what);
    assert.equal(nameOf(answer), 'SerializationException', what);
  }
  assert.deepEqual(await client.call(4, 'Ping', {}), [4, null, {}]);
  client.socket.destroy();
});

test('values that DynamoDB refuses have its texts', async () => {
  const client = await RawClient.greeted(door.address);
  let nested: unknown = 'x';
  for (let i = 0; i < 32; i++) nested = [nested];
  const item = (value: unknown): Buffer =>
    frame(
      Buffer.of(0x93),
      pack(1),
      pack('PutItem'),
      pack({ TableName: 'Things', Item: { pk: 'b', value } }),
    );
  const refused: [Buffer, string, RegExp][] = [
    [item(nested), 'ValidationException', /Nesting Levels have exceeded supported limits/],
    [
      item('x'.repeat(409_600)),
      'ValidationException',
      /^Item size has exceeded the maximum allowed size$/,
    ],
    [
      request(1, 'PutItem', { TableName: 'Things', Item: { n: 1 } }),
      'ValidationException',
      /Missing the key pk in the item/,
    ],
    [
      request(1, 'PutItem', { TableName: 'Nowhere', Item: { pk: 'a' } }),
      'ResourceNotFoundException',
      /not found/,
    ],
    [
      request(1, 'PutItem', { TableName: 'Things', Item: { pk: 1 } }),
      'ValidationException',
      /Type mismatch for key pk/,
    ],
    [request(1, 'Explode', {}), 'UnknownOperationException', /Explode/],
    [request(1, 99, {}), 'UnknownOperationException', /99/],
  ];
  for (const [bytes, name, text] of refused) {
    client.send(bytes);
    const answer = await client.next();
    assert.equal(nameOf(answer), name);
    assert.match((answer?.[1] as unknown as WireError).message, text);
  }
  const digits = packExt(1, Buffer.from('1'.repeat(39)));
  const twice = packExt(2, pack(['a', 'a']));
  for (const value of [digits, twice]) {
    const body = [
      Buffer.of(0x82),
      pack('TableName'),
      pack('Things'),
      pack('Item'),
      Buffer.of(0x82),
      pack('pk'),
      pack('b'),
      pack('v'),
      value,
    ];
    client.send(frame(Buffer.of(0x93), pack(2), pack(2), ...body));
    assert.equal(nameOf(await client.next()), 'ValidationException');
  }
  const { Item } = await db.get({ TableName: 'Things', Key: { pk: 'b' } });
  assert.equal(Item, undefined);
  client.socket.destroy();
});

test('attributes called __proto__ and constructor are attributes', async () => {
  const client = await RawClient.greeted(door.address);
  const item = Object.fromEntries([
    ['pk', 'p'],
    ['__proto__', { __proto__: null, a: 1 }],
    ['constructor', [1]],
  ]);
  assert.deepEqual(await client.call(1, 'PutItem', { TableName: 'Things', Item: item }), [
    1,
    null,
    {},
  ]);
  const answer = await client.call(2, 'GetItem', { TableName: 'Things', Key: { pk: 'p' } });
  const { Item } = answer?.[2] as { Item: object };
  assert.deepEqual(
    Object.entries(Item).map(([name]) => name),
    Object.keys(item),
  );
  await using remote = await connect(door.address);
  const read = await remote.get({ TableName: 'Things', Key: { pk: 'p' } });
  assert.deepEqual(Object.keys(read.Item ?? {}), Object.keys(item));
  client.socket.destroy();
});

test('who breaks the protocol is told and cut off', async () => {
  const hello = request(0, 'Hello', { version: 1 });
  const slow = { TableName: 'Things', Item: { pk: 'slow' } };
  const breaches: [string, Uint8Array][] = [
    ['no hello', request(1, 'GetItem', GET)],
    ['another version', request(0, 'Hello', { version: 2 })],
    ['no frame', frame(pack('what'))],
    ['an id that is no number', Buffer.concat([hello, frame(pack(['x', 'GetItem', GET]))])],
    ['a frame of 4 GiB', Buffer.concat([hello, Buffer.of(0xff, 0xff, 0xff, 0xff)])],
    [
      'an id that is in use',
      Buffer.concat([hello, request(1, 'PutItem', slow), request(1, 'PutItem', slow)]),
    ],
  ];
  for (const [what, bytes] of breaches) {
    const client = new RawClient(door.address);
    client.send(bytes);
    let last: unknown;
    for (let answer = await client.next(); answer !== undefined; answer = await client.next()) {
      if (answer[0] === null) last = answer;
    }
    assert.equal(nameOf(last), 'ProtocolError', what);
  }
  await isServed();
});

test('who says nothing is cut off in time, and who leaves in the middle of a frame leaves nothing', async () => {
  await using strict = await listen({ limits: { helloTimeoutMs: 50 } });
  const silent = new RawClient(strict.address);
  assert.equal(await silent.next(), undefined);
  const client = await RawClient.greeted(strict.address);
  client.send(request(1, 'GetItem', GET).subarray(0, 10));
  client.socket.destroy();
  await isServed(strict.address);
});

test('on TCP the secret is asked for, and other machines need one', async () => {
  await assert.rejects(db.listen({ port: 0, host: '0.0.0.0' }), { code: 'InvalidArgument' });
  await using tcp = await db.listen({ port: 0, secret: 'open sesame' });
  assert.match(tcp.address, /^tcp:\/\/127\.0\.0\.1:\d+$/);
  await assert.rejects(connect(tcp.address), { name: 'UnrecognizedClientException' });
  await assert.rejects(connect(tcp.address, { secret: 'open sesamE' }), {
    name: 'UnrecognizedClientException',
  });
  await using remote = await connect(tcp.address, { secret: 'open sesame' });
  assert.deepEqual((await remote.get(GET)).Item, { pk: 'a', n: 1 });
});

test('a client that does not read is not served on, and costs no memory', async () => {
  await using tight = await listen({ limits: { unreadBytesMax: 65_536, stallTimeoutMs: 300 } });
  await db.put({ TableName: 'Things', Item: { pk: 'big', text: 'x'.repeat(100_000) } });
  const client = await RawClient.greeted(tight.address);
  client.socket.pause();
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  const reads = Array.from({ length: 5_000 }, (_, id) =>
    request(id, 'GetItem', { TableName: 'Things', Key: { pk: 'big' } }),
  );
  client.send(...reads);
  await isServed(tight.address);
  const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().external - before;
  assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes`);
  // Nothing moves: it is cut off.
  while (tight.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  client.socket.destroy();
  await isServed(tight.address);
});

test('as many connections as the bound are served, the next is closed, and room comes back', async () => {
  await using few = await listen({ limits: { connectionsMax: 50 } });
  const clients = await Promise.all(
    Array.from({ length: 50 }, () => RawClient.greeted(few.address)),
  );
  const refused = new RawClient(few.address);
  assert.equal(await refused.next(), undefined);
  const answers = await Promise.all(clients.map((client) => client.call(1, 'GetItem', GET)));
  assert.ok(answers.every((answer) => answer?.length === 3));
  for (const client of clients) client.socket.destroy();
  while (few.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await isServed(few.address);
});

test('requests beyond the credit wait, and all are answered', async () => {
  await using narrow = await listen({ inFlightMax: 4 });
  const client = await RawClient.greeted(narrow.address);
  const puts = Array.from({ length: 500 }, (_, id) =>
    request(id, 'PutItem', { TableName: 'Things', Item: { pk: `c${id}`, id } }),
  );
  client.send(...puts);
  const ids = new Set<unknown>();
  for (let i = 0; i < 500; i++) ids.add((await client.next())?.[0]);
  assert.equal(ids.size, 500);
  client.socket.destroy();
});

test('a door that closes answers what it has taken', async () => {
  const closing = await listen();
  const client = await RawClient.greeted(closing.address);
  client.send(
    ...Array.from({ length: 50 }, (_, id) =>
      request(id, 'PutItem', { TableName: 'Things', Item: { pk: `d${id}` } }),
    ),
  );
  await client.next();
  await closing.close();
  let count = 1;
  while ((await client.next()) !== undefined) count++;
  assert.equal(count, 50);
});
