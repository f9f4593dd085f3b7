// A client that says whatever a test wants: frames built by hand over a plain socket, answers read by the test's own msgpack.

import { connect, type Socket } from 'node:net';
import { pack, unpack } from '../../core/msgpack-model.js';

export function frame(...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

export function request(id: number, operation: string | number, input: unknown): Buffer {
  return frame(pack([id, operation, input]));
}

export type Answer =
  | [id: number | null, nil: null, result: unknown]
  | [id: number | null, error: WireError];
export interface WireError {
  readonly name: string;
  readonly message: string;
}

export class RawClient {
  readonly socket: Socket;
  readonly answers: Answer[] = [];
  #bytes = Buffer.alloc(0);
  #waiting: (() => void) | undefined;
  ended = false;

  constructor(path: string) {
    this.socket = connect({ path });
    this.socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.ended = true;
      this.#waiting?.();
    });
  }

  static async greeted(path: string): Promise<RawClient> {
    const client = new RawClient(path);
    client.send(request(0, 'Hello', { version: 1 }));
    await client.next();
    return client;
  }

  send(...bytes: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** The next answer, or undefined once the server has closed the connection. */
  async next(): Promise<Answer | undefined> {
    while (this.answers.length === 0 && !this.ended)
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.answers.shift();
  }

  async call(id: number, operation: string | number, input: unknown): Promise<Answer | undefined> {
    this.send(request(id, operation, input));
    return this.next();
  }

  #receive(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 4) {
      const end = 4 + this.#bytes.readUInt32BE(0);
      if (this.#bytes.length < end) break;
      this.answers.push(unpack(this.#bytes.subarray(0, end), 4).value as Answer);
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#waiting?.();
  }
}
