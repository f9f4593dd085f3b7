/**
 * A load client for HTTP: some connections, each with one request under way, over raw sockets, so
 * that the client costs as little as it can. Requests are bytes made beforehand; of an answer only
 * its status and its length are read.
 */
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { percentile } from './statistics.js';
import type { Sample } from './suite.js';

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('ontent-Length: ');
const OK = Buffer.from('HTTP/1.1 200');
const US_PER_MS = 1e3;
const SECOND_MS = 1e3;

/** The bytes of a POST. */
export function postBytes(headers: Record<string, string>, body: string): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST / HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}`;
  return Buffer.from(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** Sends requests for a while; requests a second and microseconds of an answer. */
export async function load(
  port: number,
  connections: number,
  timeMs: number,
  next: () => Buffer,
): Promise<Sample> {
  const took: number[] = [];
  const start = performance.now();
  const end = start + timeMs;
  const nextInTime = (): Buffer | undefined => (performance.now() < end ? next() : undefined);
  await conversations(port, connections, nextInTime, (us) => took.push(us));
  const seconds = (performance.now() - start) / SECOND_MS;
  const times = Float64Array.from(took);
  return {
    perSecond: took.length / seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

/** Sends each request once. */
export async function sendAll(
  port: number,
  connections: number,
  requests: readonly Buffer[],
): Promise<void> {
  let sent = 0;
  await conversations(
    port,
    connections,
    () => requests[sent++],
    () => {},
  );
}

/** One answer's body, for a look at what is measured. */
export async function once(port: number, request: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const answers = new AnswerReader();
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (bytes: Buffer) => {
      if (!answers.ends(bytes)) return;
      socket.destroy();
      resolve(answers.text());
    });
    socket.write(request);
  });
}

async function conversations(
  port: number,
  connections: number,
  next: () => Buffer | undefined,
  answered: (us: number) => void,
): Promise<void> {
  await Promise.all(Array.from({ length: connections }, () => converse(port, next, answered)));
}

/** Request and answer in turns until there is no next one. */
function converse(
  port: number,
  next: () => Buffer | undefined,
  answered: (us: number) => void,
): Promise<void> {
  const socket: Socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  const answers = new AnswerReader();
  let sent = performance.now();
  return new Promise((resolve, reject) => {
    const send = (): void => {
      const request = next();
      if (request === undefined) {
        resolve();
        socket.destroy();
        return;
      }
      sent = performance.now();
      socket.write(request);
    };
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a connection')));
    socket.on('connect', send);
    socket.on('data', (bytes: Buffer) => {
      try {
        if (!answers.ends(bytes)) return;
      } catch (error) {
        reject(error as Error);
        socket.destroy();
        return;
      }
      answered((performance.now() - sent) * US_PER_MS);
      send();
    });
  });
}

/** Knows where an answer ends: after Content-Length bytes behind its head. */
class AnswerReader {
  #bytes: Buffer | undefined;
  #end = -1;
  #last: Buffer | undefined;

  /** Whether these bytes are the last of an answer. */
  ends(bytes: Buffer): boolean {
    const all = this.#bytes === undefined ? bytes : Buffer.concat([this.#bytes, bytes]);
    if (this.#end < 0) this.#end = endOf(all);
    if (this.#end < 0 || all.length < this.#end) {
      this.#bytes = all;
      return false;
    }
    this.#bytes = undefined;
    this.#end = -1;
    this.#last = all;
    return true;
  }

  /** The body of the answer that ended. */
  text(): string {
    const all = this.#last ?? Buffer.alloc(0);
    return all.subarray(all.indexOf(HEAD_END) + HEAD_END.length).toString();
  }
}

function endOf(bytes: Buffer): number {
  const head = bytes.indexOf(HEAD_END);
  if (head < 0) return -1;
  if (bytes.compare(OK, 0, OK.length, 0, OK.length) !== 0) throw new Error(bytes.toString());
  const at = bytes.indexOf(LENGTH);
  if (at < 0 || at > head) throw new Error(`no Content-Length in ${bytes.toString()}`);
  let length = 0;
  for (let digit = at + LENGTH.length; bytes[digit] >= 0x30; digit++) {
    length = length * 10 + bytes[digit] - 0x30;
  }
  return head + HEAD_END.length + length;
}
