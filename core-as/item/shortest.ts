// float64 <-> its shortest decimal, exactly, with no big integers.
//
// Shortest: R. Giulietti, "The Schubfach way to render doubles" (2020): of all decimals that round
// to the double, one with the fewest digits and of those the closest, which is what JavaScript's
// String(number) prints. At most 17 digits. Relies on the numbers lying in DynamoDB's range
// (powers.ts ends there); all such doubles are normal.

import { Decimal, decimalSet } from './decimal';
import { POWER_MAX, POWER_MIN, POWERS_OF_TEN } from './powers';

const HIDDEN_BIT: u64 = 1 << 52;
const FRACTION_MASK: u64 = HIDDEN_BIT - 1;
const LOW_63: u64 = <u64>i64.MAX_VALUE;

/** 1E-130 <= |value| < 1E126, so also not zero, not infinite, not a NaN. */
export function inRange(value: f64): bool {
  const magnitude = abs(value);
  return magnitude >= 1e-130 && magnitude < 1e126;
}

/** Sets `out` to the shortest decimal of a double that is inRange. */
export function shortestDecimal(value: f64, out: Decimal): void {
  assert(inRange(value));
  const bits = reinterpret<u64>(value);
  const negative = bits >> 63 != 0;
  const fraction = bits & FRACTION_MASK;
  const exponent = <i32>((bits >> 52) & 0x7ff) - 1075;
  const c = fraction | HIDDEN_BIT; // |value| = c x 2^exponent
  const odd = c & 1;
  const narrow = <u32>(fraction == 0); // the neighbour below is at half the distance

  // 10^k is the largest power of ten not above the width of the rounding interval.
  const k = (exponent * 1262611 - <i32>(narrow * 524031)) >> 22;
  const shift = <u64>(exponent + floorLog2Power(-k) + 2);
  const power = powerAt(-k);
  const high = load<u64>(power);
  const low = load<u64>(power, 8);
  const center = roundToOdd(high, low, (c << 2) << shift);
  const lower = roundToOdd(high, low, ((c << 2) - 2 + <u64>narrow) << shift) + odd;
  const upper = roundToOdd(high, low, ((c << 2) + 2) << shift) - odd;

  const s = center >> 2;
  const tens = s / 10;
  const tensBelow = lower <= tens * 40;
  const tensAbove = tens * 40 + 40 <= upper;
  if (tensBelow != tensAbove) return decimalSet(out, negative, tens + <u64>tensAbove, k + 1);
  const below = lower <= s << 2;
  const above = (s << 2) + 4 <= upper;
  if (below != above) return decimalSet(out, negative, s + <u64>above, k);
  const middle = (s << 2) + 2;
  const up = center > middle || (center == middle && (s & 1) != 0);
  decimalSet(out, negative, s + <u64>up, k);
}

/**
 * The double whose shortest decimal is exactly coefficient x 10^exponent, or 0 if there is none.
 * `work` is overwritten. The coefficient has at most 17 digits, the last not zero, and the number
 * is in DynamoDB's range.
 */
export function doubleOfShortest(coefficient: u64, exponent: i32, work: Decimal): f64 {
  // The upper 64 bits of the product of two factors cut to 64 bits are too small by less than 2^-60
  // of themselves: cut to 53 bits they are the double that was asked for, or the one below it.
  const shift = <i32>clz(coefficient);
  const power = powerAt(exponent);
  const factor = (load<u64>(power) << 1) | (load<u64>(power, 8) >> 62);
  const product = multiplyHigh(coefficient << shift, factor);
  const lead = <i32>clz(product);
  const mantissa = (product << lead) >> 11;
  const biased = <u64>(floorLog2Power(exponent) + 12 - shift - lead + 1075);
  const estimate = (biased << 52) | (mantissa & FRACTION_MASK);
  for (let bits = estimate; bits <= estimate + 1; bits++) {
    const candidate = reinterpret<f64>(bits);
    if (!inRange(candidate)) continue;
    shortestDecimal(candidate, work);
    if (work.exponent == exponent && sameCoefficient(work, coefficient)) return candidate;
  }
  return 0;
}

function sameCoefficient(decimal: Decimal, coefficient: u64): bool {
  const digits = changetype<usize>(decimal) + 12;
  for (let i = decimal.count; i > 0; i--) {
    if (<u64>load<u8>(digits + i - 1) != coefficient % 10) return false;
    coefficient /= 10;
  }
  return coefficient == 0;
}

@inline
function powerAt(exponent: i32): usize {
  assert(exponent >= POWER_MIN && exponent <= POWER_MAX);
  return POWERS_OF_TEN + ((<usize>(exponent - POWER_MIN)) << 4);
}

/** floor(log2(10^exponent)), exact for |exponent| <= 1233. */
@inline
function floorLog2Power(exponent: i32): i32 {
  return (exponent * 1741647) >> 19;
}

/** floor(g x factor / 2^126) with the last bit set if anything was cut off. */
@inline
function roundToOdd(high: u64, low: u64, factor: u64): u64 {
  const carried = ((high * factor) >> 1) + multiplyHigh(low, factor);
  const whole = multiplyHigh(high, factor) + (carried >> 63);
  return whole | (((carried & LOW_63) + LOW_63) >> 63);
}

/** The upper 64 bits of a x b. */
function multiplyHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const cross = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (cross >> 32);
}
