// Which items have a write of this thread under way that is not applied yet: later writes to them wait, so that writes of one
// thread to one item take effect in the order of the calls (DESIGN R13). Writes that are applied at once never come here.

export class ItemOrder {
  readonly #tails = new Map<string, Promise<void>>();

  get idle(): boolean {
    return this.#tails.size === 0;
  }

  /** Resolves when the writes of this item so far are applied or have failed; undefined if there are none. */
  before(key: Uint8Array): Promise<void> | undefined {
    return this.#tails.size === 0 ? undefined : this.#tails.get(nameOf(key));
  }

  /** Later writes of the item wait until what is returned is called. */
  hold(key: Uint8Array): () => void {
    const name = nameOf(key);
    let release!: () => void;
    const tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#tails.set(name, tail);
    return () => {
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
      release();
    };
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
}
