// Answers out of a stream of bytes: frames are put together and read into values.

import { MsgpackReader } from './msgpack-reader.js';

const LENGTH_BYTES = 4;

export class FrameReader {
  readonly #reader = new MsgpackReader();
  readonly #answered: (id: number, result: unknown) => void;
  readonly #refused: (id: number | undefined, error: Record<string, unknown>) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  #need = LENGTH_BYTES;

  constructor(
    answered: (id: number, result: unknown) => void,
    refused: (id: number | undefined, error: Record<string, unknown>) => void,
  ) {
    this.#answered = answered;
    this.#refused = refused;
  }

  /** Forgets what came over a connection that is gone. */
  reset(): void {
    this.#parts = [];
    this.#bytes = 0;
    this.#need = LENGTH_BYTES;
  }

  receive(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#bytes > 0) {
      this.#parts.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes < this.#need) return;
      bytes = Buffer.concat(this.#parts, this.#bytes);
      this.reset();
    }
    let at = 0;
    while (bytes.length - at >= LENGTH_BYTES) {
      const length = bytes.readUInt32BE(at);
      const end = at + LENGTH_BYTES + length;
      if (end > bytes.length) {
        this.#need = LENGTH_BYTES + length;
        break;
      }
      this.#frame(bytes, at + LENGTH_BYTES, end);
      at = end;
    }
    if (at < bytes.length) {
      this.#parts = [bytes.subarray(at)];
      this.#bytes = bytes.length - at;
      this.#need = Math.max(this.#need, LENGTH_BYTES);
    }
  }

  #frame(bytes: Buffer, at: number, end: number): void {
    const reader = this.#reader;
    reader.begin(bytes, at, end);
    const members = reader.arrayLength();
    const id = reader.next();
    if (members === 2) {
      this.#refused(
        typeof id === 'number' ? id : undefined,
        reader.next() as Record<string, unknown>,
      );
    } else {
      reader.next();
      this.#answered(id as number, reader.next());
    }
  }
}
