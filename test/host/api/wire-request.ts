// Requests to the wire handler of a database on the model's store: called in this process, or over a
// socket.

import assert from 'node:assert/strict';
import { request as open, type IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import { WireHandler, type WireCall } from '../../../host/api/wire/handler.js';
import { systemClock } from '../../../host/clock.js';
import { openDatabase, type Database } from '../../../host/index.js';
import { systemRandom } from '../../../host/random.js';
import type { HttpHandler } from '../../../io/http/message.js';
import { HttpServer } from '../../../io/http/server.js';
import { MemoryStore } from '../../model/memory-store.js';

export const JSON_10 = 'application/x-amz-json-1.0';

export type Way = 'in process' | 'over a socket';

interface Sent {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Received {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Buffer;
  readonly body: string;
}

export interface WireBench {
  readonly db: Database;
  readonly calls: WireCall[];
  send(sent: Sent): Promise<Received>;
  /** An operation on DynamoDB's target, body as JSON text or as a value. */
  call(operation: string, body: unknown): Promise<Received>;
  close(): Promise<void>;
}

export async function wireBench(way: Way): Promise<WireBench> {
  const db = await openDatabase(async () => new MemoryStore());
  const calls: WireCall[] = [];
  const { handle } = new WireHandler({
    database: () => db,
    clock: systemClock,
    random: systemRandom,
    observe: (call) => void calls.push(call),
  });
  const server = await HttpServer.listen(handle, {
    host: '127.0.0.1',
    port: 0,
    bodyBytesMax: 16_777_216,
  });
  const exchange = way === 'in process' ? called(handle) : sentTo(server.port);
  const send = async (sent: Sent): Promise<Received> => {
    const received = await exchange({ method: 'POST', url: '/', headers: {}, body: '', ...sent });
    const { headers, bytes } = received;
    if (sent.method !== 'HEAD') assert.equal(headers['x-amz-crc32'], String(crc32(bytes)));
    assert.match(headers['x-amzn-requestid'] ?? '', /^[0-9A-Z]{52}$/);
    assert.equal(headers['server'], 'Server');
    return received;
  };
  const call = (operation: string, body: unknown): Promise<Received> =>
    send({
      headers: { 'content-type': JSON_10, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const close = async (): Promise<void> => {
    await server.close();
    await db.close();
  };
  return { db, calls, send, call, close };
}

function called(handle: HttpHandler) {
  return async (sent: Required<Sent>): Promise<Received> => {
    const answer = await handle({ ...sent, body: Buffer.from(sent.body) });
    const headers = Object.entries(answer.headers).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]);
    return received(answer.status, Object.fromEntries(headers), Buffer.from(answer.body));
  };
}

function sentTo(port: number) {
  return ({ method, url, headers, body }: Required<Sent>): Promise<Received> =>
    new Promise((resolve, reject) => {
      const posted = open({ port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks);
          if (method !== 'HEAD') {
            assert.equal(answer.headers['content-length'], String(bytes.length));
          }
          assert.equal(answer.headers['connection'], 'keep-alive');
          assert.equal(answer.headers['keep-alive'], undefined);
          resolve(received(answer.statusCode ?? 0, singles(answer), bytes));
        });
      });
      posted.on('error', reject);
      posted.end(body);
    });
}

function singles(answer: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
  );
}

function received(status: number, headers: Record<string, string>, bytes: Buffer): Received {
  return { status, headers, bytes, body: bytes.toString() };
}

export async function refusal(answer: Promise<Received>): Promise<[number, string]> {
  const { status, body } = await answer;
  return [status, body];
}
