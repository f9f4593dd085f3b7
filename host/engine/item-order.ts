// Which items have a write of this thread under way that is not applied yet: later writes to them wait, so that writes of one
// thread to one item take effect in the order of the calls (DESIGN R13). Writes that are applied at once never come here.

/** Places of the counters that tell most keys apart from those that are held, before a name is made. A power of two. */
const PLACES = 4096;

export class ItemOrder {
  readonly #tails = new Map<string, Promise<void>>();
  /** How many holds there are of keys at each place. */
  readonly #holds = new Uint32Array(PLACES);

  get idle(): boolean {
    return this.#tails.size === 0;
  }

  /** Resolves when the writes of this item so far are applied or have failed; undefined if there are none. */
  before(key: Uint8Array): Promise<void> | undefined {
    if (this.#tails.size === 0 || this.#holds[placeOf(key)] === 0) return undefined;
    return this.#tails.get(nameOf(key));
  }

  /** Later writes of the item wait until what is returned is called. */
  hold(key: Uint8Array): () => void {
    const name = nameOf(key);
    const place = placeOf(key);
    let release!: () => void;
    const tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#tails.set(name, tail);
    this.#holds[place]++;
    return () => {
      this.#holds[place]--;
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
      release();
    };
  }
}

function placeOf(key: Uint8Array): number {
  let hash = key.length;
  for (let i = Math.max(0, key.length - 12); i < key.length; i++)
    hash = Math.imul(hash, 31) + key[i];
  return (hash ^ (hash >>> 12)) & (PLACES - 1);
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
}
