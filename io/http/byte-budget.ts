// How many bytes of large bodies may be in memory at once, over all connections of a server.
//
// A body asks for all its bytes before the first is read: bodies that each had half could otherwise
// wait for each other for ever. They are let in in the order they came.

interface Claim {
  readonly bytes: number;
  readonly start: () => void;
  state: 'waiting' | 'using' | 'ended';
}

export class ByteBudget {
  readonly #bytesMax: number;
  readonly #waiting: Claim[] = [];
  #used = 0;

  /** At least as much as any one may ask for. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Calls `start` when there is room, perhaps at once. Returns what gives the bytes back, or ends
   * the wait for them; calling that again is harmless.
   */
  reserve(bytes: number, start: () => void): () => void {
    const claim: Claim = { bytes, start, state: 'waiting' };
    this.#waiting.push(claim);
    this.#admit();
    return () => this.#end(claim);
  }

  #end(claim: Claim): void {
    if (claim.state === 'using') this.#used -= claim.bytes;
    if (claim.state === 'waiting') this.#waiting.splice(this.#waiting.indexOf(claim), 1);
    claim.state = 'ended';
    this.#admit();
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#used + this.#waiting[0].bytes <= this.#bytesMax) {
      const claim = this.#waiting.shift()!;
      this.#used += claim.bytes;
      claim.state = 'using';
      claim.start();
    }
  }
}
