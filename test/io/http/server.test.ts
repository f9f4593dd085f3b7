// The HTTP server against clients that are slow, greedy, broken or many, over real sockets.

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import type { HttpHandler } from '../../../io/http/message.js';
import { HttpServer, type HttpServerLimits } from '../../../io/http/server.js';

const BODY_MAX = 100_000;

async function serve(
  context: TestContext,
  limits: Partial<HttpServerLimits> = {},
  handle: HttpHandler = echo,
): Promise<HttpServer> {
  const options = { host: '127.0.0.1', port: 0, bodyBytesMax: BODY_MAX, limits };
  const server = await HttpServer.listen(handle, options);
  context.after(() => server.close());
  return server;
}

const echo: HttpHandler = async ({ url, body }) => ({
  status: 200,
  headers: {},
  body: url.startsWith('/large') ? Buffer.alloc(Number(url.slice(6)), 'x') : body,
});

class Client {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** The beginning of what came, and how much came. */
  received = '';
  count = 0;

  constructor(server: HttpServer) {
    this.socket = connect(server.port, server.host);
    this.socket.on('data', (bytes: Buffer) => {
      this.count += bytes.length;
      if (this.received.length < BODY_MAX) this.received += bytes.toString('latin1');
    });
    // Being cut off is what several of these tests are about.
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
  }

  write(text: string): this {
    this.socket.write(text);
    return this;
  }

  until(text: string | RegExp): Promise<string> {
    return this.#until(() =>
      typeof text === 'string' ? this.received.includes(text) : text.test(this.received),
    );
  }

  /** Waits for that many bytes. */
  bytes(count: number): Promise<string> {
    return this.#until(() => this.count >= count);
  }

  async #until(isThere: () => boolean): Promise<string> {
    while (!isThere()) {
      if (this.socket.destroyed) throw new Error(`closed after ${this.received.slice(0, 1_000)}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }
}

const post = (body: string, path = '/', more = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: h\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const CHUNKED = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';

async function isServed(server: HttpServer): Promise<void> {
  const client = new Client(server);
  assert.match(await client.write(post('still here')).until('still here'), /^HTTP\/1.1 200 OK/);
  client.close();
}

test('a body of the cap is taken, one byte more is read to its end and answered 413 in chunks', async (context) => {
  const server = await serve(context);
  const client = new Client(server);
  client.write(post('a'.repeat(BODY_MAX)));
  await client.bytes(BODY_MAX);
  client.received = '';
  client.write(post('b'.repeat(BODY_MAX + 1)));
  assert.match(await client.until('413'), /413 Payload Too Large\r\n.*Transfer-Encoding: chunked/s);
  const parts = CHUNKED + chunk('c'.repeat(60_000)) + chunk('d'.repeat(60_000)) + chunk('');
  client.write(parts);
  await client.until(/413.*413/s);
  // The connection is as good as before.
  await client.write(post('after')).until('after');
  client.close();
});

test('a body that never ends is thrown away as it comes, and cut off at the deadline', async (context) => {
  const server = await serve(context, { requestTimeoutMs: 300, headTimeoutMs: 300 });
  const client = new Client(server).write(CHUNKED);
  const text = chunk('x'.repeat(60_000));
  let sent = 0;
  while (!client.socket.destroyed && client.received === '') {
    if (client.socket.writableLength < 500_000) sent += client.socket.write(text) ? 1 : 1;
    await delay(1);
  }
  assert.ok(sent * 60_000 > BODY_MAX);
  assert.match(client.received, /^(HTTP\/1.1 408|$)/);
  client.close();
  await isServed(server);
});

test('a head that drips, and one that never comes, are cut off at the deadline', async (context) => {
  const server = await serve(context, { headTimeoutMs: 200, requestTimeoutMs: 200 });
  const silent = new Client(server);
  const dripping = new Client(server).write('POST / HTTP/1.1\r\n');
  const timer = setInterval(() => dripping.socket.write('X-A: b\r\n'), 20);
  await Promise.all([silent.closed, dripping.closed]);
  clearInterval(timer);
  await isServed(server);
});

test('a head of more than 16 KiB, a smuggled length and what is no HTTP are refused', async (context) => {
  const server = await serve(context);
  const cases: [string, RegExp][] = [
    [post('', '/', `X-Long: ${'x'.repeat(17_000)}\r\n`), /^HTTP\/1.1 431/],
    [post('abc', '/', 'Content-Length: 4\r\n'), /^HTTP\/1.1 400/],
    [post('abc', '/', 'Transfer-Encoding: chunked\r\n'), /^HTTP\/1.1 400/],
    ['hello\r\n\r\n', /^HTTP\/1.1 400/],
    [`${CHUNKED}zz\r\n`, /^HTTP\/1.1 400/],
  ];
  for (const [text, answer] of cases) {
    const client = new Client(server).write(text);
    await client.closed;
    assert.match(client.received, answer);
  }
  await isServed(server);
});

test('readers that never read are cut off when they hold too much, or for too long', async (context) => {
  const large = 2_000_000;
  const server = await serve(context, { unsentBytesMax: 3 * large, stallTimeoutMs: 400 });
  const idle = Array.from({ length: 6 }, () => {
    const client = new Client(server);
    client.socket.pause();
    // More than the kernel takes on its own.
    return client.write(post('', `/large${large}`).repeat(8));
  });
  await delay(100);
  await isServed(server);
  const reading = new Client(server).write(post('', `/large${large}`));
  await reading.bytes(large);
  reading.close();
  await delay(800);
  for (const client of idle) client.socket.resume();
  await Promise.all(idle.map(({ closed }) => closed));
  assert.ok(idle.every(({ count }) => count < 8 * large));
});

test('requests sent ahead are answered in order; a client that never waits is cut off', async (context) => {
  let started = 0;
  const server = await serve(context, { pipelinedMax: 64 }, async ({ body }) => {
    started++;
    await delay(1 + (started % 3));
    return { status: 200, headers: {}, body };
  });
  const numbers = Array.from({ length: 64 }, (_, index) => `<${index}>`);
  const client = new Client(server).write(numbers.map((number) => post(number)).join(''));
  await client.until('<63>');
  assert.deepEqual(client.received.match(/<\d+>/g), numbers);
  client.close();
  started = 0;
  const flood = new Client(server).write(post('x').repeat(100_000));
  await flood.closed;
  assert.ok(started <= 64, `${started} were begun`);
  await isServed(server);
});

test('when all connections are taken, those that ask for nothing make room', async (context) => {
  let finish = (): void => {};
  const slow = new Promise<void>((resolve) => (finish = resolve));
  const server = await serve(context, { connectionsMax: 50 }, async (request) => {
    if (request.url === '/slow') await slow;
    return echo(request);
  });
  const waiting = new Client(server).write(post('patient', '/slow'));
  const idle = Array.from({ length: 49 }, (_, index) => new Client(server).write(post(`${index}`)));
  await Promise.all(idle.map((client) => client.until('HTTP/1.1 200')));
  await isServed(server);
  const crowd = Array.from({ length: 500 }, () => new Client(server));
  await Promise.all(crowd.slice(0, 400).map(({ closed }) => closed));
  assert.ok((await server.connections()) <= 50);
  await isServed(server);
  finish();
  await waiting.until('patient');
  for (const client of [waiting, ...idle, ...crowd]) client.close();
});

test('clients that vanish in mid-request or mid-answer leave nothing behind', async (context) => {
  const server = await serve(context, { largeBodiesBytesMax: BODY_MAX });
  for (let round = 0; round < 20; round++) {
    const half = new Client(server).write(
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\nabc',
    );
    const reset = new Client(server).write(post('', '/large5000000'));
    await reset.until('xxx');
    reset.socket.resetAndDestroy();
    half.socket.resetAndDestroy();
    await Promise.all([half.closed, reset.closed]);
  }
  // The budget for large bodies would hold one only.
  const client = new Client(server);
  await client.write(post('y'.repeat(90_000))).bytes(90_000);
  client.close();
  while ((await server.connections()) > 0) await delay(5);
});

test('large bodies wait for each other, small ones for nobody', async (context) => {
  const server = await serve(context, { largeBodiesBytesMax: BODY_MAX });
  const head = `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${BODY_MAX}\r\n\r\n`;
  const first = new Client(server).write(head + 'a'.repeat(70_000));
  await delay(30);
  const second = new Client(server).write(head + 'b'.repeat(BODY_MAX));
  await isServed(server);
  assert.equal(second.received, '');
  first.write('a'.repeat(30_000));
  await Promise.all([first.bytes(BODY_MAX), second.bytes(BODY_MAX)]);
  first.close();
  second.close();
});

test('a client that asks whether to go on is told so', async (context) => {
  const server = await serve(context);
  const client = new Client(server);
  client.write('POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  await client.until('HTTP/1.1 100 Continue\r\n\r\n');
  await client.write('abc').until(/200 OK.*abc$/s);
  client.close();
});

test('closing answers what is in flight, and nothing else', async (context) => {
  let finish = (): void => {};
  const slow = new Promise<void>((resolve) => (finish = resolve));
  const server = await serve(context, {}, async (request) => {
    await slow;
    return echo(request);
  });
  const waiting = new Client(server).write(post('in flight'));
  const silent = new Client(server);
  await delay(50);
  const closed = server.close();
  await delay(20);
  const late = new Client(server);
  await late.closed;
  finish();
  await closed;
  await Promise.all([waiting.closed, silent.closed]);
  assert.match(waiting.received, /^HTTP\/1.1 200 OK.*Connection: close\r\n.*in flight$/s);
  assert.equal(await server.close(), undefined);
});

test('closing does not wait for ever for a request that does not come to its end', async (context) => {
  const server = await serve(context, { closeGraceMs: 100 });
  const half = new Client(server).write(
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc',
  );
  await delay(50);
  await server.close();
  await half.closed;
});
