// Bytes of one connection that wait to be looked at: chunks of the socket, and what was left of the last look.
//
// `need`: how many bytes there must be before another look can find a whole frame.

export class Input {
  /** Bytes that wait. */
  bytes = 0;
  need = 4;
  #parts: Buffer[] = [];

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.bytes += chunk.length;
  }

  get ready(): boolean {
    return this.bytes >= this.need;
  }

  /** Copies what waits, as much as there is room for, to `at`: the bytes copied, 0 while there is too little. */
  take(u8: Uint8Array, at: number, room: number): number {
    if (!this.ready) return 0;
    let copied = 0;
    while (this.#parts.length > 0) {
      const [part] = this.#parts;
      if (copied + part.length > room) {
        if (copied >= this.need) break;
        // One part alone is never longer than a frame and a read of the socket.
        throw new RangeError('a frame is longer than the room for it');
      }
      u8.set(part, at + copied);
      copied += part.length;
      this.#parts.shift();
    }
    this.bytes -= copied;
    this.need = 4;
    return copied;
  }

  /** What of the bytes taken was not looked at goes back to the front, as a private copy. */
  giveBack(u8: Uint8Array, at: number, end: number): void {
    if (at >= end) return;
    this.#parts.unshift(Buffer.from(u8.slice(at, end)));
    this.bytes += end - at;
  }
}
