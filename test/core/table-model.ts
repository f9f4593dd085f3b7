// Random entries for tests of tables, chosen to be unpleasant: keys that begin others, long shared
// beginnings, single bytes, longest keys, empty values, large values, tombstones. And the model:
// sorted arrays.

import { lowerBound, sorted } from './table-harness.js';
import type { Entry } from './table-harness.js';
import type { Random } from './harness.js';

export const KEY_BYTES_MAX = 12544;

/** Keys by several recipes, so that some collide, some begin others and some share much. */
export function randomKey(random: Random, tables = [1, 2, 3]): Uint8Array {
  const tableId = tables[random.below(tables.length)]!;
  const recipe = random.below(20);
  const tail =
    recipe < 8
      ? alphabet(random, 1 + random.below(6), 3)
      : recipe < 16
        ? Buffer.concat([
            Buffer.from(`partition-${random.below(5)}-`),
            alphabet(random, random.below(12), 4),
          ])
        : recipe < 19
          ? random.bytes(random.below(40))
          : Buffer.concat([
              Buffer.alloc(200 + random.below(40), 0x61),
              random.bytes(1 + random.below(3)),
            ]);
  const key = Buffer.alloc(4 + tail.length);
  key.writeUInt32BE(tableId);
  key.set(tail, 4);
  return key;
}

function alphabet(random: Random, length: number, letters: number): Buffer {
  return Buffer.from(Array.from({ length }, () => 0x61 + random.below(letters)));
}

export interface EntryOptions {
  count: number;
  sequence?: number;
  tombstones?: number; // one in so many, 0 none
  large?: number; // one in so many, 0 none
  valueBytes?: number;
  tables?: number[];
}

/** Different keys with ascending sequences in random key order. */
export function randomEntries(random: Random, options: EntryOptions): Entry[] {
  const seen = new Set<string>();
  const entries: Entry[] = [];
  let sequence = options.sequence ?? 1;
  for (let tries = 0; entries.length < options.count && tries < options.count * 20; tries++) {
    const key = randomKey(random, options.tables);
    const name = Buffer.from(key).toString('latin1');
    if (seen.has(name)) continue;
    seen.add(name);
    entries.push({ key, value: randomValue(random, options), sequence: sequence++ });
  }
  return entries;
}

export function randomValue(random: Random, options: EntryOptions): Uint8Array | undefined {
  if (options.tombstones && random.below(options.tombstones) === 0) return undefined;
  if (options.large && random.below(options.large) === 0) {
    return compressible(random, 28673 + random.below(60000));
  }
  const length = random.below(options.valueBytes ?? 120);
  return random.below(2) === 0 ? random.bytes(length) : compressible(random, length);
}

function compressible(random: Random, length: number): Uint8Array {
  const word = random.bytes(7);
  return Uint8Array.from({ length }, (_, at) => word[at % 7]! ^ (at >> 8));
}

/** The newest version of each key of several lists. */
export class Model {
  entries: Entry[] = [];

  static of(...lists: Entry[][]): Model {
    const newest = new Map<string, Entry>();
    for (const entry of lists.flat()) {
      const name = Buffer.from(entry.key).toString('latin1');
      const old = newest.get(name);
      if (old === undefined || old.sequence < entry.sequence) newest.set(name, entry);
    }
    const model = new Model();
    model.entries = sorted([...newest.values()]);
    return model;
  }

  get(key: Uint8Array): Entry | undefined {
    const entry = this.entries[lowerBound(this.entries, key)];
    return entry !== undefined && Buffer.compare(entry.key, key) === 0 ? entry : undefined;
  }

  /** What a cursor gives. An empty bound is none. */
  range(low: Uint8Array, high: Uint8Array, lowExclusive: boolean, highExclusive: boolean): Entry[] {
    return this.entries.filter((entry) => {
      const toLow = Buffer.compare(entry.key, low);
      const toHigh = high.length === 0 ? -1 : Buffer.compare(entry.key, high);
      return (
        (toLow > 0 || (toLow === 0 && !lowExclusive)) &&
        (toHigh < 0 || (toHigh === 0 && !highExclusive))
      );
    });
  }
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
