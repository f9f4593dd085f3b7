// Requests to the wire handler of a database on the model's store, without a socket.

import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { WireHandler, type WireCall } from '../../../host/api/wire/handler.js';
import { systemClock } from '../../../host/clock.js';
import { openDatabase, type Database } from '../../../host/index.js';
import { systemRandom } from '../../../host/random.js';
import type { HttpRequest, HttpResponse } from '../../../io/http/message.js';
import { MemoryStore } from '../../model/memory-store.js';

export const JSON_10 = 'application/x-amz-json-1.0';

export interface WireBench {
  readonly db: Database;
  readonly calls: WireCall[];
  send(
    request: Partial<Omit<HttpRequest, 'body'>> & { body?: string | Uint8Array },
  ): Promise<HttpResponse>;
  /** An operation on DynamoDB's target, body as JSON text or as a value. */
  call(operation: string, body: unknown): Promise<HttpResponse>;
}

export async function wireBench(): Promise<WireBench> {
  const db = await openDatabase(async () => new MemoryStore());
  const calls: WireCall[] = [];
  const { handle } = new WireHandler({
    database: () => db,
    clock: systemClock,
    random: systemRandom,
    observe: (call) => void calls.push(call),
  });
  const send: WireBench['send'] = async ({ body = '', ...request }) => {
    const answer = await handle({
      method: 'POST',
      url: '/',
      headers: {},
      ...request,
      body: typeof body === 'string' ? Buffer.from(body) : body,
    });
    assert.equal(answer.headers['x-amz-crc32'], String(crc32(answer.body)));
    assert.match(answer.headers['x-amzn-RequestId'], /^[0-9A-Z]{52}$/);
    return answer;
  };
  const call: WireBench['call'] = (operation, body) =>
    send({
      headers: { 'content-type': JSON_10, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { db, calls, send, call };
}

export async function refusal(answer: Promise<HttpResponse>): Promise<[number, string]> {
  const { status, body } = await answer;
  return [status, String(body)];
}
