// Readers of nested maps, compiled for the lists of names that maps turn out to have.
//
// A map's names lie between its values. A reader expects one list: it compares each name's bytes
// and gives up at the first that differs. Which reader to try follows from the count and the first
// name; after MAPS_BEFORE_COMPILING maps in a row with one list, that list gets a reader of its own.
// Nothing depends on a hit: without one, the map is read name by name.

import { compiled } from './compile-forbidden.js';
import { skipValue } from './value-decoder.js';
import { functionOf, objectSource, valueSource } from './value-source.js';

/**
 * Reads the map whose first name is at `p`, or undefined if its names are others. Leaves its end in
 * `read`.
 */
type MapReader = (
  u8: Uint8Array,
  p: number,
  text: string,
  base: number,
) => Record<string, unknown> | undefined;

interface Slot {
  readonly readers: MapReader[];
  /** Names of the last map that no reader knew, and how many had them in a row. */
  names: readonly string[];
  seen: number;
}

const SLOTS = 1024;
const READERS_PER_SLOT = 2;
const READERS_MAX = 500;
const MAPS_BEFORE_COMPILING = 32;
const MEMBERS_MAX = 32;
const NAME_BYTES_MAX = 512;

const slots = new Array<Slot | undefined>(SLOTS).fill(undefined);
let readersMade = 0;

/** The map of `count` members at `at`, if a reader knows its names. */
export function readKnownMap(
  u8: Uint8Array,
  at: number,
  count: number,
  text: string,
  base: number,
): Record<string, unknown> | undefined {
  const slot = slots[slotOf(u8, at, count)];
  if (slot === undefined) return undefined;
  const { readers } = slot;
  for (let i = 0; i < readers.length; i++) {
    const map = readers[i](u8, at, text, base);
    if (map !== undefined) return map;
  }
  return undefined;
}

/** Takes note of a map that no reader knew. */
export function noteUnknownMap(u8: Uint8Array, at: number, map: Record<string, unknown>): void {
  const names = Object.keys(map);
  if (names.length > MEMBERS_MAX || readersMade >= READERS_MAX) return;
  const slot = (slots[slotOf(u8, at, names.length)] ??= { readers: [], names: [], seen: 0 });
  if (slot.readers.length >= READERS_PER_SLOT) return;
  if (!sameNames(names, slot.names)) {
    slot.names = names;
    slot.seen = 0;
  }
  if (++slot.seen < MAPS_BEFORE_COMPILING) return;
  slot.seen = 0;
  const reader = compiled(() => compileReader(u8, at, names.length));
  if (reader === undefined) return;
  slot.readers.push(reader);
  readersMade++;
}

function slotOf(u8: Uint8Array, at: number, count: number): number {
  const nameBytes = u8[at];
  const hash = Math.imul(u8[at + 2] + 31 * u8[at + 1 + nameBytes] + 131 * count, 17) + nameBytes;
  return hash & (SLOTS - 1);
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, i) => name === right[i]);
}

/** A reader for maps with the names of the one at `at`, whose values have such forms. */
function compileReader(u8: Uint8Array, at: number, count: number): MapReader | undefined {
  const names: string[] = [];
  let source = '';
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const value = at + 2 + (u8[at] | (u8[at + 1] << 8));
    const name = u8.slice(at, value);
    bytes += name.length;
    if (bytes > NAME_BYTES_MAX) return undefined;
    names.push(Buffer.from(name.buffer, 2).toString('utf8'));
    const differs = Array.from(name, (byte, j) => `u8[p + ${j}] !== ${byte}`).join(' || ');
    source += `\n  if (${differs}) return undefined;\n  p += ${name.length};`;
    source += valueSource(i, u8[value]);
    at = skipValue(u8, value);
  }
  return functionOf(`function readMapOf(u8, p, text, base) {${source}
  const map = ${objectSource(names)};
  read.end = p;
  return map;
}`);
}
