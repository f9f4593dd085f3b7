// NumberValue: a DynamoDB number that no JavaScript number shows exactly, as its decimal text.
//
// Reads give one for such numbers, writes take one for any number. It computes nothing: hand
// `value` to a decimal library, or to BigInt when it is whole.
//
// Invariant: `value` is canonical (no exponent, no plus, no zeros that say nothing), so two equal
// numbers have equal texts.

import {
  decimalOfBigint,
  decimalOfNumber,
  decimalText,
  notANumber,
  parseDecimal,
} from './core/codec/decimal.js';
import { InvalidArgument } from './errors.js';

export class NumberValue {
  /** The number in plain decimal notation: `-12.5`, `100`, `0.000001`. */
  readonly value: string;

  private constructor(value: string) {
    this.value = value;
  }

  /**
   * Makes one from a decimal text (`'1.50'`, `'-1e21'`), a number (its shortest decimal) or a
   * bigint.
   *
   * Throws ValidationException, with DynamoDB's text, for what is not a number, has more than 38
   * significant digits or lies outside 1E-130 .. 9.99E+125.
   *
   * @example
   * NumberValue.from('0.10').value             // '0.1'
   * NumberValue.from(2n ** 64n).toString()     // '18446744073709551616'
   */
  static from(source: string | number | bigint): NumberValue {
    if (typeof source === 'string') return new NumberValue(decimalText(parseDecimal(source)));
    if (typeof source === 'bigint') return new NumberValue(decimalText(decimalOfBigint(source)));
    if (typeof source !== 'number') {
      throw new InvalidArgument('NumberValue.from', 'a string, a number or a bigint', source);
    }
    if (!Number.isFinite(source)) throw notANumber(String(source));
    return new NumberValue(decimalText(decimalOfNumber(source)));
  }

  /** From a text that is known to be canonical: no check. For the codec. */
  static fromCanonical(text: string): NumberValue {
    return new NumberValue(text);
  }

  toString(): string {
    return this.value;
  }

  /** JSON has no exact decimals: a string keeps every digit. */
  toJSON(): string {
    return this.value;
  }
}
