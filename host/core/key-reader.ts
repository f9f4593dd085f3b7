// Reads the components of encoded keys back into JavaScript values (key-component.ts has the
// diagram). Components that lie in keys are sound: the core and checksums see to that. Lengths are
// still bounded by `end`, so a damaged key cannot run on.

import { NumberValue } from '../number-value.js';
import { decimalText } from './codec/decimal.js';
import { MalformedItem } from './codec/malformed-item.js';
import { latin1Slice, utf8Slice } from './codec/native-text.js';
import { numberOfDecimal } from './codec/number-writer.js';
import {
  KEY_EXPONENT_BIAS,
  KEY_NUMBER_NEGATIVE,
  KEY_NUMBER_POSITIVE,
  KEY_NUMBER_ZERO,
  type KeyComponentType,
} from './key-component.js';

export interface KeyComponent {
  readonly value: string | number | NumberValue | Uint8Array;
  /** Where the component ends. */
  readonly end: number;
}

/** The component at `at` of a key that ends at `end`. */
export function readKeyComponent(
  u8: Uint8Array,
  at: number,
  end: number,
  type: KeyComponentType,
): KeyComponent {
  return type === 'N' ? readNumber(u8, at, end) : readBytes(u8, at, end, type);
}

function readBytes(u8: Uint8Array, at: number, end: number, type: 'S' | 'B'): KeyComponent {
  let terminator = at;
  let escapes = 0;
  let ascii = true;
  while (u8[terminator] !== 0) {
    if (terminator >= end) throw new MalformedItem('a key component has no end', at);
    if (u8[terminator] === 1) {
      escapes++;
      terminator++;
    } else if (u8[terminator] > 127) {
      ascii = false;
    }
    terminator++;
  }
  if (terminator >= end) throw new MalformedItem('a key component has no end', at);
  const next = terminator + 1;
  if (type === 'S' && escapes === 0) {
    return {
      value: ascii ? latin1Slice(u8, at, terminator) : utf8Slice(u8, at, terminator),
      end: next,
    };
  }
  const bytes = new Uint8Array(terminator - at - escapes);
  for (let from = at, to = 0; from < terminator; to++) {
    bytes[to] = u8[from] === 1 ? u8[from + 1] - 1 : u8[from];
    from += u8[from] === 1 ? 2 : 1;
  }
  return { value: type === 'S' ? utf8Slice(bytes, 0, bytes.length) : bytes, end: next };
}

function readNumber(u8: Uint8Array, at: number, end: number): KeyComponent {
  const sign = u8[at];
  if (sign === KEY_NUMBER_ZERO) return { value: 0, end: at + 2 };
  if (sign !== KEY_NUMBER_POSITIVE && sign !== KEY_NUMBER_NEGATIVE) {
    throw new MalformedItem(`no key number begins with ${sign}`, at);
  }
  const flip = sign === KEY_NUMBER_NEGATIVE ? 0xff : 0;
  let digits = '';
  let next = at + 2;
  for (; u8[next] !== flip; next++) {
    if (next >= end) throw new MalformedItem('a key component has no end', at);
    const pair = (u8[next] ^ flip) - 1;
    digits += pair < 10 ? `0${pair}` : `${pair}`;
  }
  const leading = (u8[at + 1] ^ flip) - KEY_EXPONENT_BIAS;
  if (digits.endsWith('0')) digits = digits.slice(0, -1); // a pair padded the digits
  const decimal = { negative: flip !== 0, digits, exponent: leading - digits.length + 1 };
  return {
    value: numberOfDecimal(decimal) ?? NumberValue.fromCanonical(decimalText(decimal)),
    end: next + 1,
  };
}
