// Durations as `db.clock.advance` takes them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDuration } from '../../host/duration.js';

const read = (value: unknown): number => readDuration(value, 'it');

test('a duration is a number of milliseconds, or amounts with units', () => {
  const cases: [unknown, number][] = [
    [0, 0],
    [1500, 1500],
    ['2 days', 172_800_000],
    ['1 day', 86_400_000],
    ['1h 30m', 5_400_000],
    ['1h30m', 5_400_000],
    ['90 seconds', 90_000],
    ['250ms', 250],
    ['1.5 hours', 5_400_000],
    ['1 week 1 ms', 604_800_001],
    [' 3 min ', 180_000],
  ];
  for (const [text, ms] of cases) assert.equal(read(text), ms, String(text));
});

test('what is no duration is refused, with the grammar', () => {
  const wrong = [-1, 1.5, Number.NaN, Infinity, '', '2', 'days', '2 fortnights', '-2 days'];
  for (const text of [...wrong, '1 day and a half', '1e3 s', null, undefined, {}, 5n]) {
    assert.throws(
      () => read(text),
      { code: 'InvalidArgument', message: /^it must be a duration, such as '2 days', '1h 30m'/ },
      String(text),
    );
  }
});
