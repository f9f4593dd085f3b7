// One outgoing connection to a Unix socket or a TCP port: bytes in, bytes out, and when it is over.

import { connect, type Socket } from 'node:net';
import type { SocketAddress } from './socket-server.js';

export interface ClientSocketEvents {
  connected(): void;
  receive(chunk: Buffer): void;
  /** Once, whether it ever connected or not. */
  closed(cause: Error | undefined): void;
}

export class ClientSocket {
  readonly #socket: Socket;

  constructor(address: SocketAddress, connectTimeoutMs: number, events: ClientSocketEvents) {
    const socket = connect(address);
    this.#socket = socket;
    let cause: Error | undefined;
    const timer = setTimeout(
      () => socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
    socket.setNoDelay(true);
    socket.on('connect', () => {
      clearTimeout(timer);
      events.connected();
    });
    socket.on('data', (chunk: Buffer) => events.receive(chunk));
    socket.on('error', (error) => (cause = error));
    // The server has said that it is done.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      events.closed(cause);
    });
  }

  /** Sends bytes. True: they have left and their memory may be used again; else it is the socket's. */
  write(bytes: Uint8Array): boolean {
    this.#socket.write(bytes);
    return this.#socket.writableLength === 0;
  }

  /** Whether waiting for it keeps the process alive. */
  hold(alive: boolean): void {
    if (alive) this.#socket.ref();
    else this.#socket.unref();
  }

  destroy(cause?: Error): void {
    this.#socket.destroy(cause);
  }
}
