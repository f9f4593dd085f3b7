// The text of an N as a JavaScript number where that is exact, else as a NumberValue.

import { ValidationException } from '../errors.js';
import { NumberValue } from '../number-value.js';
import { FaultyValue } from '../table/faulty-value.js';
import { numberOverflow, numberUnderflow } from '../core/codec/decimal.js';

/** Integers that any JavaScript number holds. */
const SMALL_INTEGER = /^-?[0-9]{1,15}$/;
const PARTS = /^[+-]?(\d*)(?:\.(\d*))?[eE]([+-]?\d+)$/;

export function readNumber(text: string): number | NumberValue | FaultyValue {
  if (SMALL_INTEGER.test(text)) return Number(text) + 0;
  try {
    return NumberValue.from(text);
  } catch (error) {
    if (!(error instanceof ValidationException)) throw error;
    return new FaultyValue(error.message, olderText(text, error.message));
  }
}

/** The older layer has no colon for nothing, and counts the digits before the point in 32 bits. */
function olderText(text: string, current: string): string {
  if (text === '') return 'The parameter cannot be converted to a numeric value';
  const match = PARTS.exec(text);
  if (match === null || current !== numberOverflow().message) return current;
  const exponent = Number(match[3]);
  const digits = `${match[1]}${match[2] ?? ''}`.replace(/^0+/, '').length;
  const leading = digits + exponent - (match[2] ?? '').length;
  return exponent < 2 ** 31 && leading >= 2 ** 31 ? numberUnderflow().message : current;
}
