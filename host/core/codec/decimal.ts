// Decimal: a DynamoDB number taken apart, for whatever a JavaScript number cannot hold.
//
//   value = (-1)^negative x digits x 10^exponent     no zero at either end of digits;
//                                                    zero is '' (exponent 0, positive)
//
// Invariant: a Decimal made here is in DynamoDB's range: at most 38 digits, the leading one between
// 10^-130 and 10^125. The texts of the errors are DynamoDB's (data-model.md 1.1, 2).

import { ValidationException } from '../../errors.js';
import { NUMBER_DIGITS_MAX, NUMBER_EXPONENT_MAX, NUMBER_EXPONENT_MIN } from '../../limits.js';

export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

export const DECIMAL_ZERO: Decimal = Object.freeze({ negative: false, digits: '', exponent: 0 });

const SYNTAX = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?)(\d+))?$/;
const CHAR_0 = 48;
const INT64_DIGITS = 19;
const INT64_MAX = 9223372036854775807n;
const MAGNITUDE_END = 10n ** BigInt(NUMBER_EXPONENT_MAX + 1);

/**
 * Reads a decimal text as DynamoDB does: `+5`, `.5`, `5.`, `00042` and `1.5E2` are legal; spaces,
 * hex and NaN are not.
 */
export function parseDecimal(text: string): Decimal {
  const match = SYNTAX.exec(text);
  if (match === null) throw notANumber(text);
  const whole = match[2] ?? '';
  const fraction = match[3] ?? match[4] ?? '';
  const exponent = match[6] === undefined ? 0 : parseExponent(match[5] === '-', match[6], text);
  return normalize(match[1] === '-', whole + fraction, exponent - fraction.length, exponent);
}

/**
 * The shortest decimal that reads back as this number: what `String(value)` shows. The number must
 * be finite.
 */
export function decimalOfNumber(value: number): Decimal {
  const negative = value < 0;
  const text = String(negative ? -value : value);
  const e = text.indexOf('e');
  const mantissa = e < 0 ? text : text.slice(0, e);
  const exponent = e < 0 ? 0 : Number(text.slice(e + 1));
  const point = mantissa.indexOf('.');
  if (point < 0) return normalize(negative, mantissa, exponent, exponent);
  const fractionLength = mantissa.length - point - 1;
  return normalize(
    negative,
    mantissa.slice(0, point) + mantissa.slice(point + 1),
    exponent - fractionLength,
    exponent,
  );
}

export function decimalOfBigint(value: bigint): Decimal {
  // Compared before it is printed: printing a bigint of a million digits takes seconds.
  if (value >= MAGNITUDE_END || value <= -MAGNITUDE_END) throw numberOverflow();
  const negative = value < 0n;
  return normalize(negative, String(negative ? -value : value), 0, 0);
}

/** DynamoDB's output form: no exponent, no plus, no zero that says nothing. */
export function decimalText(decimal: Decimal): string {
  const { digits, exponent } = decimal;
  if (digits.length === 0) return '0';
  const sign = decimal.negative ? '-' : '';
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent);
  const point = digits.length + exponent;
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}0.${'0'.repeat(-point)}${digits}`;
}

/** Bytes that DynamoDB counts for a number (data-model.md 2.1). */
export function decimalSize(decimal: Decimal): number {
  return numberSize(decimal.digits.length, decimal.exponent, decimal.negative);
}

/**
 * The same from the count of significant digits, 0 for zero, and the power of ten of the last one.
 */
export function numberSize(digitCount: number, exponent: number, negative: boolean): number {
  if (digitCount === 0) return 1;
  const sign = negative ? 2 : 1;
  const wholeDigits = digitCount + exponent;
  // The two sides of the point are rounded up to whole bytes each, unless one side is nothing but
  // zeros.
  if (exponent >= 0 || wholeDigits <= 0) return sign + ((digitCount + 1) >> 1);
  return sign + ((wholeDigits + 1) >> 1) + ((1 - exponent) >> 1);
}

/** The exact sum. Throws for one that is out of range or has more than 38 digits. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = unitsOf(a, exponent) + unitsOf(b, exponent);
  const negative = sum < 0n;
  return normalize(negative, String(negative ? -sum : sum), exponent, 0);
}

export function negated(decimal: Decimal): Decimal {
  return decimal.digits.length === 0 ? decimal : { ...decimal, negative: !decimal.negative };
}

/** The decimal as so many units of a power of ten that is at most its own. */
function unitsOf({ negative, digits, exponent }: Decimal, unitExponent: number): bigint {
  const units = BigInt(digits) * 10n ** BigInt(exponent - unitExponent);
  return negative ? -units : units;
}

/** Order by value: negative, zero or positive, as for Array.prototype.sort. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const signs = signOf(a) - signOf(b);
  if (signs !== 0) return signs;
  return a.negative ? compareMagnitudes(b, a) : compareMagnitudes(a, b);
}

function signOf(decimal: Decimal): number {
  return decimal.digits.length === 0 ? 0 : decimal.negative ? -1 : 1;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  const leading = a.digits.length + a.exponent - (b.digits.length + b.exponent);
  if (leading !== 0) return leading;
  return a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0;
}

/** Trims zeros and checks the range. `writtenExponent` is what zero is range-checked by. */
function normalize(
  negative: boolean,
  text: string,
  exponent: number,
  writtenExponent: number,
): Decimal {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === CHAR_0) start++;
  while (end > start && text.charCodeAt(end - 1) === CHAR_0) end--;
  if (start === end) {
    checkRange(writtenExponent);
    return DECIMAL_ZERO;
  }
  checkRange(exponent + text.length - start - 1);
  if (end - start > NUMBER_DIGITS_MAX) {
    throw new ValidationException(
      'Attempting to store more than 38 significant digits in a Number',
    );
  }
  return { negative, digits: text.slice(start, end), exponent: exponent + text.length - end };
}

function checkRange(leadingExponent: number): void {
  if (leadingExponent > NUMBER_EXPONENT_MAX) throw numberOverflow();
  if (leadingExponent < NUMBER_EXPONENT_MIN) throw numberUnderflow();
}

/** An exponent is read in full; past 64 bits the text is no number at all. */
function parseExponent(negative: boolean, digits: string, text: string): number {
  let start = 0;
  while (start < digits.length - 1 && digits.charCodeAt(start) === CHAR_0) start++;
  if (digits.length - start > INT64_DIGITS) throw notANumber(text);
  const magnitude = BigInt(digits.slice(start));
  if (magnitude > (negative ? INT64_MAX + 1n : INT64_MAX)) throw notANumber(text);
  return negative ? -Number(magnitude) : Number(magnitude);
}

export function notANumber(text: string): ValidationException {
  return new ValidationException(`The parameter cannot be converted to a numeric value: ${text}`);
}

export function numberOverflow(): ValidationException {
  return new ValidationException(
    'Number overflow. Attempting to store a number with magnitude larger than supported range',
  );
}

export function numberUnderflow(): ValidationException {
  return new ValidationException(
    'Number underflow. Attempting to store a number with magnitude smaller than supported range',
  );
}
