// Reads numbers. All forms but DECIMAL are JavaScript numbers: their shortest decimal is exactly
// what was stored.

import { decimalText } from './decimal.js';
import { POWERS_OF_TEN } from './number-writer.js';
import { NumberValue } from '../../number-value.js';

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);

/** Payload of INT16 at `at`. */
export function readInt16(u8: Uint8Array, at: number): number {
  return ((u8[at] | (u8[at + 1] << 8)) << 16) >> 16;
}

/** Payload of INT32 at `at`. */
export function readInt32(u8: Uint8Array, at: number): number {
  return u8[at] | (u8[at + 1] << 8) | (u8[at + 2] << 16) | (u8[at + 3] << 24);
}

export function readLength32(u8: Uint8Array, at: number): number {
  return readInt32(u8, at) >>> 0;
}

/**
 * Payload of SCALED at `at`. Division and product are exact powers of ten away: correctly rounded.
 */
export function readScaled(u8: Uint8Array, at: number): number {
  const exponent = (u8[at] << 24) >> 24;
  const mantissa = readInt32(u8, at + 1);
  if (exponent < 0 && exponent >= -22) return mantissa / POWERS_OF_TEN[-exponent];
  if (exponent >= 0 && exponent <= 22) return mantissa * POWERS_OF_TEN[exponent];
  return Number(`${mantissa}e${exponent}`);
}

/** Payload of FLOAT64 at `at`. */
export function readFloat64(u8: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) floatBytes[i] = u8[at + i];
  return float[0];
}

/** Payload of DECIMAL at `at`, its length byte first. */
export function readDecimal(u8: Uint8Array, at: number): NumberValue {
  const packedBytes = u8[at] - 3;
  let digits = '';
  for (let i = 0; i < packedBytes; i++) {
    const pair = u8[at + 4 + i];
    digits += String(pair >> 4);
    if ((pair & 15) !== 15) digits += String(pair & 15);
  }
  const decimal = { negative: u8[at + 3] === 1, digits, exponent: readInt16(u8, at + 1) };
  return NumberValue.fromCanonical(decimalText(decimal));
}
