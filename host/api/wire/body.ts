// The body of a request: bytes to one JSON object, with what they may cost bounded first.
//
// JSON.parse does the work. Before it the bytes must be UTF-8 (nothing is replaced in silence), and
// no deeper than any recursion after it can bear. As with the service's own parser the last of two
// members with one name counts, and `__proto__` is a name like others: JSON.parse makes it a member
// of the object's own. Numbers of attributes are texts in JSON, so they come through exactly.

import { isUtf8 } from 'node:buffer';
import { JSON_DEPTH_MAX } from '../../limits.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** The members of the object that a body is; undefined if it is anything else. */
export function readBody(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (!isUtf8(body) || isTooDeep(body)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(textOf(body));
  } catch {
    // Not JSON: there is nothing more to say, and the service says nothing more either.
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

function textOf(body: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = body;
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

/** Whether brackets, outside of strings, ever nest deeper than JSON_DEPTH_MAX. */
function isTooDeep(body: Uint8Array): boolean {
  // Too short to open that many.
  if (body.length <= JSON_DEPTH_MAX) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_MAP || byte === OPEN_LIST) {
      if (++depth > JSON_DEPTH_MAX) return true;
    } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
      depth--;
    }
  }
  return false;
}
