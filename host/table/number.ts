// Numbers as the doors see them: whether one is legal, when two are the same, sums and differences.

import { ValidationException } from '../errors.js';
import {
  addDecimals,
  decimalOfBigint,
  decimalOfNumber,
  decimalText,
  negated,
  notANumber,
  parseDecimal,
  type Decimal,
} from '../core/codec/decimal.js';
import { numberOfDecimal } from '../core/codec/number-writer.js';
import { NumberValue } from '../number-value.js';
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

/** The form in which reads give a number: itself when that is exact, else its decimal text. */
export function canonicalNumber(value: NumberAttribute): number | NumberValue {
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value + 0;
  return numberOf(decimalOf(value));
}

/** Exact, in canonical form. Throws a ValidationException for a result DynamoDB cannot store. */
export function sumOf(left: NumberAttribute, right: NumberAttribute): number | NumberValue {
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) {
    const sum = (left as number) + (right as number);
    if (Number.isSafeInteger(sum)) return sum + 0;
  }
  return numberOf(addDecimals(decimalOf(left), decimalOf(right)));
}

/** Like sumOf. */
export function differenceOf(left: NumberAttribute, right: NumberAttribute): number | NumberValue {
  if (typeof right === 'number') return sumOf(left, -right);
  return numberOf(addDecimals(decimalOf(left), negated(decimalOf(right))));
}

function numberOf(decimal: Decimal): number | NumberValue {
  return numberOfDecimal(decimal) ?? NumberValue.fromCanonical(decimalText(decimal));
}
