// Request ids as the service makes them: 52 characters of 0-9 and A-V, new for each answer.
//
// Random bytes are drawn and spelt for many ids at once: an id then costs one short slice.

import type { Random } from '../../random.js';

const LENGTH = 52;
const BATCH = 128;
const DIGITS = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUV', 'latin1');

export class RequestIds {
  readonly #random: Random;
  #text = '';
  #used = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    if (this.#used === this.#text.length) this.#refill();
    const id = this.#text.slice(this.#used, this.#used + LENGTH);
    this.#used += LENGTH;
    return id;
  }

  #refill(): void {
    const bytes = this.#random.bytes(LENGTH * BATCH);
    for (let index = 0; index < bytes.length; index++) bytes[index] = DIGITS[bytes[index] & 31];
    this.#text = Buffer.from(bytes).toString('latin1');
    this.#used = 0;
  }
}
