// Large answers on their way to clients, over all connections of a server.
//
// A client that does not read makes its answer stay in memory. When there is more of that than the
// bound, those that have waited longest are cut off, until the rest fits.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers up to this size do not count: the cap on connections bounds them. */
const SMALL_ANSWER_BYTES = 65_536;

export class UnsentAnswers {
  readonly #bytesMax: number;
  /** In the order they were made. */
  readonly #unsent = new Map<ServerResponse, number>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** An answer of that many bytes is about to be sent. */
  add(response: ServerResponse, bytes: number): void {
    if (bytes <= SMALL_ANSWER_BYTES) return;
    this.#unsent.set(response, bytes);
    this.#bytes += bytes;
    response.once('close', () => this.#remove(response));
    for (const [oldest] of this.#unsent) {
      if (this.#bytes <= this.#bytesMax || oldest === response) break;
      this.#remove(oldest);
      oldest.destroy();
    }
  }

  /** All of a connection that is closed: those that wait behind others are not told. */
  drop(socket: Socket): void {
    for (const [response] of this.#unsent) {
      if (response.req.socket === socket) this.#remove(response);
    }
  }

  #remove(response: ServerResponse): void {
    this.#bytes -= this.#unsent.get(response) ?? 0;
    this.#unsent.delete(response);
  }
}
