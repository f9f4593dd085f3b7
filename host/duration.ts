// Durations as people write them: `'2 days'`, `'1h 30m'`, `'1.5 hours'`, or a number of milliseconds.
//
//   duration := part (space part)*        part := number [space] unit
//   unit     := ms | s | m | h | d | w, or their names in full, singular or plural

import { InvalidArgument } from './errors.js';

const UNITS: readonly (readonly [names: RegExp, ms: number])[] = [
  [/^(ms|milliseconds?)$/, 1],
  [/^(s|sec|secs|seconds?)$/, 1_000],
  [/^(m|min|mins|minutes?)$/, 60_000],
  [/^(h|hrs?|hours?)$/, 3_600_000],
  [/^(d|days?)$/, 86_400_000],
  [/^(w|weeks?)$/, 604_800_000],
];
const DURATION = /^\s*(?:\d+(?:\.\d+)?\s*[a-z]+\s*)+$/;
const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)/g;
const EXPECTED =
  "a duration, such as '2 days', '1h 30m' or a whole number of milliseconds from 0 " +
  '(units: ms, s, m, h, d, w, or their names)';

/** Milliseconds, a whole number from 0. `parameter` names it in the error. */
export function readDuration(duration: unknown, parameter: string): number {
  const ms = typeof duration === 'string' ? parse(duration) : duration;
  if (typeof ms === 'number' && Number.isSafeInteger(ms) && ms >= 0) return ms;
  const shown = typeof duration === 'string' || typeof duration === 'number';
  const expected = shown ? `${EXPECTED}; it was ${JSON.stringify(duration)}` : EXPECTED;
  throw new InvalidArgument(parameter, expected, duration);
}

/** Undefined if it is no duration; parts of a millisecond are rounded. */
function parse(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, name] of text.matchAll(PART)) {
    const unit = UNITS.find(([names]) => names.test(name));
    if (unit === undefined) return undefined;
    ms += Number(amount) * unit[1];
  }
  return Math.round(ms);
}
