// Reads names that lie inside items (members of maps, INLINE attributes). Few names make up most
// items, and a string that is already a property name somewhere is several times faster to use as
// one: so short ones are remembered.
//
// The memory is a direct-mapped table; a name that lands on another's slot takes it over. Nothing
// depends on a hit.

import { latin1Slice, utf8Slice } from './native-text.js';

const SLOTS = 1024;
const REMEMBERED_BYTES_MAX = 32;
const remembered: string[] = new Array<string>(SLOTS).fill('');

/** The name of `length` UTF-8 bytes at `at`. */
export function readName(u8: Uint8Array, at: number, length: number): string {
  if (length > REMEMBERED_BYTES_MAX || length === 0) return utf8Slice(u8, at, at + length);
  const slot =
    (Math.imul(u8[at] + 31 * u8[at + length - 1] + 131 * u8[at + (length >> 1)], 17) + length) &
    (SLOTS - 1);
  const known = remembered[slot];
  if (known.length === length && equalsAscii(u8, at, known)) return known;
  for (let i = 0; i < length; i++) {
    if (u8[at + i] > 127) return utf8Slice(u8, at, at + length);
  }
  const name = latin1Slice(u8, at, at + length);
  remembered[slot] = name;
  return name;
}

function equalsAscii(u8: Uint8Array, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if (u8[at + i] !== name.charCodeAt(i)) return false;
  }
  return true;
}
