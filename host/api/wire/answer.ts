// Answers: JSON texts with the headers that go with each.
//
// Times are numbers of seconds since 1970. TagResource and UntagResource answer with nothing at all.
// The checksum is of the bytes as sent: of the compressed ones where the client takes gzip and the
// body is large.

import { promisify } from 'node:util';
import { constants, crc32, gzip } from 'node:zlib';
import type { HttpHeaders, HttpResponse } from '../../../io/http/message.js';
import { GZIP_BYTES_MIN } from '../../limits.js';
import { RAW_ITEMS, type RawItems } from '../../operation/context.js';

const compress = promisify(gzip);

const EMPTY_ANSWERS: ReadonlySet<string> = new Set(['TagResource', 'UntagResource']);
/** Operations whose answers hold no times: most calls are these, and need no walk through the answer. */
const TIMELESS: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
]);

/** Bodies up to this size are put together as text, which node:http sends with the head in one piece. */
const TEXT_BYTES_MAX = 4_096;

/** The body of what an operation answered. Items that came as JSON already are put in as they are. */
export function answerBody(operation: string, output: object & RawItems): string | Uint8Array {
  if (EMPTY_ANSWERS.has(operation)) return '';
  const items = output[RAW_ITEMS];
  if (items !== undefined) return withItems(operation, items, JSON.stringify(output));
  return JSON.stringify(TIMELESS.has(operation) ? output : withEpochSeconds(output));
}

function withItems(operation: string, items: Uint8Array, others: string): string | Uint8Array {
  const isOne = operation === 'GetItem';
  const before = isOne ? '{"Item":' : '{"Items":[';
  const after = `${isOne ? '' : ']'}${others === '{}' ? '}' : `,${others.slice(1)}`}`;
  const bytes = Buffer.from(items.buffer, items.byteOffset, items.byteLength);
  if (bytes.length <= TEXT_BYTES_MAX) return before + bytes.toString('utf8') + after;
  return Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
}

function withEpochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withEpochSeconds);
  if (typeof value !== 'object' || value === null) return value;
  const copy: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) copy.push([name, withEpochSeconds(member)]);
  return Object.fromEntries(copy);
}

/** A whole answer; without a content type the header is left out. */
export function response(
  status: number,
  body: string | Uint8Array,
  requestId: string,
  contentType: string | undefined,
): HttpResponse {
  const headers: Record<string, string> = {
    Server: 'Server',
    'x-amzn-RequestId': requestId,
    'x-amz-crc32': String(crc32(body)),
  };
  if (contentType !== undefined) headers['Content-Type'] = contentType;
  return { status, headers, body };
}

/** Whether a client that sent these headers should get a body compressed. */
export function wantsGzip(request: HttpHeaders, body: string | Uint8Array): boolean {
  if (body.length < GZIP_BYTES_MIN) return false;
  const accepted = request['accept-encoding'];
  return (
    accepted !== undefined && /(^|[\s,])gzip\s*($|,|;\s*q=(?!0(\.0*)?\s*($|,)))/i.test(accepted)
  );
}

/** The same answer, compressed. */
export async function compressed(answer: HttpResponse): Promise<HttpResponse> {
  const body = await compress(answer.body, { level: constants.Z_BEST_SPEED });
  const headers = {
    ...answer.headers,
    'Content-Encoding': 'gzip',
    'x-amz-crc32': String(crc32(body)),
  };
  return { status: answer.status, headers, body };
}
