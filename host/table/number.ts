// Numbers as the doors see them: whether one is legal, and when two are the same.

import { ValidationException } from '../errors.js';
import {
  decimalOfBigint,
  decimalOfNumber,
  notANumber,
  parseDecimal,
  type Decimal,
} from '../core/codec/decimal.js';
import type { NumberAttribute } from './item-types.js';

/**
 * The decimal behind a number attribute. Throws a ValidationException for what is out of range or
 * no number.
 */
export function decimalOf(value: NumberAttribute): Decimal {
  if (typeof value === 'bigint') return decimalOfBigint(value);
  if (typeof value !== 'number') return parseDecimal(value.value);
  if (!Number.isFinite(value)) throw notANumber(String(value));
  return decimalOfNumber(value);
}

/** What is wrong with a number, in DynamoDB's bare words, or undefined. */
export function numberFault(value: NumberAttribute): string | undefined {
  if (Number.isSafeInteger(value)) return undefined;
  try {
    decimalOf(value);
    return undefined;
  } catch (error) {
    if (error instanceof ValidationException) return error.message;
    throw error;
  }
}

/** One text for one number: 1, 1n and NumberValue '1' give the same. */
export function decimalIdentity(decimal: Decimal): string {
  return `${decimal.negative ? '-' : ''}${decimal.digits}e${decimal.exponent}`;
}
