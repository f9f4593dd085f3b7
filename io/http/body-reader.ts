// Collects the body of a request, and counts while it arrives.
//
// A body past the cap is read to its end and thrown away, so that the client, which may not look at
// an answer before it has sent all, gets one. How long that may take is the server's deadline for
// requests. A large body takes its bytes from a budget that all connections share, until its answer
// has been made.

import type { IncomingMessage } from 'node:http';
import type { ByteBudget } from './byte-budget.js';

/** Bodies up to this size need no budget: the cap on connections bounds them. */
const SMALL_BODY_BYTES = 65_536;
const EMPTY = new Uint8Array(0);

export class BodyReader {
  readonly #bytesMax: number;
  readonly #budget: ByteBudget;

  constructor(bytesMax: number, budget: ByteBudget) {
    this.#bytesMax = bytesMax;
    this.#budget = budget;
  }

  /**
   * Calls `done` with the body, or with undefined if it was too large; never if the client goes
   * away before its end. The second argument gives the memory back: call it when the body is not
   * needed any more.
   */
  read(
    request: IncomingMessage,
    done: (body: Uint8Array | undefined, release: () => void) => void,
  ): void {
    const length = declaredLength(request);
    if (length <= SMALL_BODY_BYTES) {
      this.#collect(request, (body) => done(body, nothing));
    } else if (length > this.#bytesMax && length !== Number.POSITIVE_INFINITY) {
      discard(request, () => done(undefined, nothing));
    } else {
      this.#readLarge(request, Math.min(length, this.#bytesMax), done);
    }
  }

  #readLarge(
    request: IncomingMessage,
    bytes: number,
    done: (body: Uint8Array | undefined, release: () => void) => void,
  ): void {
    let arrived = false;
    const collect = (): void =>
      this.#collect(request, (body) => {
        arrived = true;
        done(body, release);
      });
    // The budget may let it in before it has returned what ends that.
    const release = this.#budget.reserve(bytes, () => queueMicrotask(collect));
    request.once('close', () => {
      if (!arrived) release();
    });
  }

  #collect(request: IncomingMessage, done: (body: Uint8Array | undefined) => void): void {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > this.#bytesMax) {
        first = undefined;
        more = undefined;
      } else if (first === undefined) {
        first = chunk;
      } else {
        more ??= [first];
        more.push(chunk);
      }
    });
    request.on('end', () => {
      if (length > this.#bytesMax) done(undefined);
      else done(more === undefined ? (first ?? EMPTY) : Buffer.concat(more, length));
    });
  }
}

function nothing(): void {}

function discard(request: IncomingMessage, done: () => void): void {
  request.on('end', done);
  request.resume();
}

/** Infinity for a body in chunks; node:http has refused what is no number. */
function declaredLength(request: IncomingMessage): number {
  if (request.headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  const length = request.headers['content-length'];
  return length === undefined ? 0 : Number(length);
}
