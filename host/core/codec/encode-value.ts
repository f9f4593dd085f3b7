// One value by itself, encoded: the constants that conditions compare encoded items with.

import { NO_ROOM } from './format.js';
import { writeValue } from './value-encoder.js';
import { withParameter } from './value-fault.js';

const FIRST_BYTES = 256;
/** Constants are checked before: one that only a condition looks at may lie deeper than an item's. */
const ANY_LEVEL = -1_000;

/** Taken while in use, as a getter of the value may encode another one. */
let spare: Uint8Array | undefined = new Uint8Array(FIRST_BYTES);

/** The encoded form of a value, in bytes of its own. `parameter` names it in an UnsupportedValue. */
export function encodeValue(value: unknown, parameter: string): Uint8Array {
  let buffer = spare ?? new Uint8Array(FIRST_BYTES);
  spare = undefined;
  try {
    for (;;) {
      const end = writeValue(buffer, 0, buffer.length, value, ANY_LEVEL, false);
      if (end !== NO_ROOM) return buffer.slice(0, end);
      buffer = new Uint8Array(buffer.length * 4);
    }
  } catch (error) {
    throw withParameter(error, parameter);
  } finally {
    spare = buffer.length === FIRST_BYTES ? buffer : undefined;
  }
}
