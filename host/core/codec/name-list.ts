// Lists of top-level names: taken from an item, written as shapes are stored, told apart by a key.
//
//   name list := (u16 nameBytes . name utf8)*

import { utf8Slice } from './native-text.js';
import { nameLength, writeName } from './text-writer.js';
import { withParameter, withStep } from './value-fault.js';

/** The names whose values are stored, in the object's order. */
export function namesOf(item: object, dropUndefined: boolean): string[] {
  const names = Object.keys(item);
  if (!dropUndefined) return names;
  const values = item as Record<string, unknown>;
  return names.filter((name) => values[name] !== undefined);
}

/** A string that no other list has. */
export function keyOfNames(names: readonly string[]): string {
  let key = '';
  for (const name of names) key += `${name.length}:${name}`;
  return key;
}

/** Bytes of the encoded list. Throws for a name that is empty, too long or no Unicode text. */
export function nameListBytes(names: readonly string[], parameter: string): number {
  let bytes = 0;
  for (const name of names) {
    try {
      bytes += 2 + nameLength(name);
    } catch (error) {
      throw withParameter(withStep(error, name), parameter);
    }
  }
  return bytes;
}

/** Encodes a list of legal names that is `bytes` long. */
export function encodeNames(names: readonly string[], bytes: number): Uint8Array {
  const list = new Uint8Array(bytes);
  let end = 0;
  for (const name of names) end = writeName(list, end, bytes, name);
  return list;
}

/** Decodes the list of `length` bytes at `at`. */
export function decodeNames(u8: Uint8Array, at: number, length: number): string[] {
  const names: string[] = [];
  for (let next = at; next < at + length; ) {
    const end = next + 2 + (u8[next] | (u8[next + 1] << 8));
    names.push(asPropertyName(utf8Slice(u8, next + 2, end)));
    next = end;
  }
  return names;
}

/**
 * The same text as the engine keeps it for property names: comparing two of those is comparing
 * pointers.
 */
function asPropertyName(text: string): string {
  return Object.keys({ [text]: true })[0];
}
