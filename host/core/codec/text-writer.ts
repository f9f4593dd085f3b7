// Writes strings and names as UTF-8.
//
// A short ASCII text is written by a loop: asking the native methods for its length and then its
// bytes costs as much as some 45 characters do. Lone surrogates are refused, never altered.

import { ASCII, ASCII32, NO_ROOM, SHORT_MAX, UTF8, UTF8_32 } from './format.js';
import { utf8Length, writeAsciiText, writeUtf8Text } from './native-text.js';
import { ValidationException } from '../../errors.js';
import { ATTRIBUTE_NAME_BYTES_MAX } from '../../limits.js';
import { ValueFault } from './value-fault.js';
import { written } from './written-size.js';

/** Up to here the loop is faster than the native call. Compiled encoders use it too. */
export const LOOP_CHARS_MAX = 48;

/** The value: tag, length, bytes. */
export function writeString(u8: Uint8Array, at: number, limit: number, text: string): number {
  const length = text.length;
  if (
    length <= LOOP_CHARS_MAX &&
    at + 2 + length <= limit &&
    writeAscii(u8, at + 2, text, length)
  ) {
    u8[at] = ASCII;
    u8[at + 1] = length;
    written.bytes = length;
    return at + 2 + length;
  }
  return writeAnyString(u8, at, limit, text);
}

function writeAnyString(u8: Uint8Array, at: number, limit: number, text: string): number {
  const bytes = utf8Length(text);
  const start = at + (bytes <= SHORT_MAX ? 2 : 5);
  if (start + bytes > limit) return NO_ROOM;
  const ascii = bytes === text.length;
  if (!ascii && !text.isWellFormed()) throw loneSurrogate('string');
  if (bytes <= SHORT_MAX) {
    u8[at] = ascii ? ASCII : UTF8;
    u8[at + 1] = bytes;
  } else {
    u8[at] = ascii ? ASCII32 : UTF8_32;
    writeLength32(u8, at + 1, bytes);
  }
  if (ascii) writeAsciiText(u8, start, text);
  else writeUtf8Text(u8, start, text, bytes);
  written.bytes = bytes;
  return start + bytes;
}

/** A name inside the item: u16 length, bytes. `written.bytes` is the length. */
export function writeName(u8: Uint8Array, at: number, limit: number, name: string): number {
  const length = name.length;
  if (length === 0) throw emptyName();
  if (
    length <= LOOP_CHARS_MAX &&
    at + 2 + length <= limit &&
    writeAscii(u8, at + 2, name, length)
  ) {
    u8[at] = length;
    u8[at + 1] = 0;
    written.bytes = length;
    return at + 2 + length;
  }
  const bytes = nameLength(name);
  const end = at + 2 + bytes;
  if (end > limit) return NO_ROOM;
  u8[at] = bytes;
  u8[at + 1] = bytes >> 8;
  writeUtf8Text(u8, at + 2, name, bytes);
  written.bytes = bytes;
  return end;
}

/** UTF-8 bytes of a legal name; throws for any other. */
export function nameLength(name: string): number {
  if (name.length === 0) throw emptyName();
  const bytes = utf8Length(name);
  if (bytes > ATTRIBUTE_NAME_BYTES_MAX) {
    throw new ValidationException(
      'One or more parameter values were invalid: ' +
        'Attribute name is too large, must be less than 65536 bytes',
    );
  }
  if (bytes !== name.length && !name.isWellFormed()) throw loneSurrogate('name');
  return bytes;
}

export function writeLength32(u8: Uint8Array, at: number, length: number): void {
  u8[at] = length;
  u8[at + 1] = length >>> 8;
  u8[at + 2] = length >>> 16;
  u8[at + 3] = length >>> 24;
}

/**
 * Writes the `length` characters of a text that are all ASCII and fit; false if one is not (what
 * was written so far is to be overwritten). Four at a time: reading a character costs more than
 * storing it, and this hides some of that.
 */
export function writeAscii(u8: Uint8Array, at: number, text: string, length: number): boolean {
  let i = 0;
  for (; i + 3 < length; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    if ((a | b | c | d) > 127) return false;
    u8[at + i] = a;
    u8[at + i + 1] = b;
    u8[at + i + 2] = c;
    u8[at + i + 3] = d;
  }
  for (; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return false;
    u8[at + i] = code;
  }
  return true;
}

export function loneSurrogate(what: string): ValueFault {
  return new ValueFault(`the ${what} has a lone surrogate, which UTF-8 cannot hold`);
}

function emptyName(): ValidationException {
  return new ValidationException('Empty attribute name');
}
