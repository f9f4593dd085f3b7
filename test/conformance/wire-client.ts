// A client of the HTTP door, of the suite's own: JSON out and in over real sockets, what the service
// answered checked as an SDK would check it. It has the methods of a database, values in typed shapes.

import assert from 'node:assert/strict';
import { Agent, request, type IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import type { OperationName } from '../../host/api/operations.js';

const JSON_10 = 'application/x-amz-json-1.0';
const STREAMS = /^(ListStreams|DescribeStream|GetShardIterator|GetRecords)$/;
const ID = /^[0-9A-Z]{52}$/;

export class WireClient {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(url: string) {
    this.#url = url;
  }

  /** Any operation; binary values are bytes, times are dates. */
  readonly execute = async (operation: OperationName, input: object = {}): Promise<object> => {
    const service = STREAMS.test(operation) ? 'DynamoDBStreams' : 'DynamoDB';
    const headers = {
      'content-type': JSON_10,
      'x-amz-target': `${service}_20120810.${operation}`,
    };
    const { answer, body } = await this.#post(headers, JSON.stringify(input, toWire));
    assert.equal(answer.headers['x-amz-crc32'], String(crc32(body)));
    assert.equal(answer.headers['content-length'], String(body.length));
    assert.equal(answer.headers['content-type'], JSON_10);
    assert.match(String(answer.headers['x-amzn-requestid']), ID);
    const output: unknown = body.length === 0 ? {} : JSON.parse(body.toString(), textToBytes);
    if (answer.statusCode === 200) return output as object;
    throw errorOf(answer.statusCode ?? 0, output as Record<string, unknown>);
  };

  readonly createTable = (input: object) => this.execute('CreateTable', input);
  readonly describeTable = (input: object) => this.execute('DescribeTable', input);
  readonly updateTable = (input: object) => this.execute('UpdateTable', input);
  readonly updateTimeToLive = (input: object) => this.execute('UpdateTimeToLive', input);
  readonly describeTimeToLive = (input: object) => this.execute('DescribeTimeToLive', input);
  readonly tagResource = (input: object) => this.execute('TagResource', input);
  readonly untagResource = (input: object) => this.execute('UntagResource', input);
  readonly listTagsOfResource = (input: object) => this.execute('ListTagsOfResource', input);
  readonly deleteTable = (input: object) => this.execute('DeleteTable', input);
  readonly listTables = (input: object) => this.execute('ListTables', input);

  close(): void {
    this.#agent.destroy();
  }

  #post(
    headers: Record<string, string>,
    text: string,
  ): Promise<{ answer: IncomingMessage; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const posted = request(
        this.#url,
        { method: 'POST', agent: this.#agent, headers },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => resolve({ answer, body: Buffer.concat(chunks) }));
          answer.on('error', reject);
        },
      );
      posted.on('error', reject);
      posted.end(text);
    });
  }
}

function errorOf(status: number, body: Record<string, unknown>): Error {
  const { __type: type, message, Message = message, ...more } = body;
  const error = new Error(Message === undefined ? '' : String(Message));
  error.name = String(type).split('#')[1];
  assert.equal(status, 400, `${error.name}: ${error.message}`);
  return Object.assign(error, more);
}

/** A date has a JSON form of its own, which is not the service's. */
function toWire(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const held = this[name];
  if (held instanceof Date) return held.getTime() / 1000;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/** `{"B":"AA=="}` is a value; an attribute called B would hold an object. */
function textToBytes(name: string, value: unknown): unknown {
  if (name === 'B' && typeof value === 'string') return bytesOf(value);
  if (name === 'BS' && Array.isArray(value)) return value.map(bytesOf);
  if (name.endsWith('DateTime') && typeof value === 'number') return new Date(value * 1000);
  return value;
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
