// Seeded randomness, keys, values and name lists for the tests of the core.

/** A seeded generator (mulberry32). `SEED` in the environment replays a run. */
export class Random {
  readonly seed: number;
  private state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.state = seed | 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.below(256);
    return bytes;
  }
}

export function seedOf(): number {
  const given = process.env['SEED'];
  return given === undefined ? (Math.random() * 0x7fffffff) | 0 : Number(given);
}

const encoder = new TextEncoder();

/** A key as the engine makes them: table id, hash of the partition, partition, sort key. */
export function keyOf(partition: string, sort = '', tableId = 1): Uint8Array {
  const pk = encoder.encode(partition);
  const sk = encoder.encode(sort);
  const key = new Uint8Array(12 + pk.length + 1 + (sort === '' ? 0 : sk.length + 1));
  const view = new DataView(key.buffer);
  view.setUint32(0, tableId, false);
  let hash = 0xcbf29ce484222325n;
  for (const byte of pk) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x9e3779b97f4a7c15n);
  view.setBigUint64(4, hash ^ (hash >> 31n), false);
  key.set(pk, 12);
  if (sort !== '') key.set(sk, 13 + pk.length);
  return key;
}

export function text(value: Uint8Array): string {
  return Buffer.from(value).toString('latin1');
}

export function valueOf(content: string): Uint8Array {
  return encoder.encode(content);
}

/** The list of names of a shape. */
export function namesOf(...names: string[]): Uint8Array {
  const parts = names.map((name) => encoder.encode(name));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 2 + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes[at] = part.length & 255;
    bytes[at + 1] = part.length >> 8;
    bytes.set(part, at + 2);
    at += 2 + part.length;
  }
  return bytes;
}
