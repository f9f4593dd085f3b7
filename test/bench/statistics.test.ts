import assert from 'node:assert/strict';
import test from 'node:test';
import { figure, median, percentile, timesBetter } from '../../bench/harness/statistics.js';

test('the median of an even number of rounds lies between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([9]), 9);
  assert.equal(median([3, 1, 2]), 2);
});

test('numbers are ordered as numbers, not as text', () => {
  assert.equal(median([100, 9, 20]), 20);
  assert.equal(percentile([100, 9, 20], 1), 100);
});

test('a figure keeps the extremes and leaves its input alone', () => {
  const rounds = [3, 1, 2];
  assert.deepEqual(figure(rounds), { median: 2, min: 1, max: 3, rounds: 3 });
  assert.deepEqual(rounds, [3, 1, 2]);
});

test('a percentile is one of the values, by nearest rank', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i + 1);
  assert.equal(percentile(values, 0.5), 500);
  assert.equal(percentile(values, 0.999), 999);
  assert.equal(percentile(values, 1), 1000);
  assert.equal(percentile([7], 0.999), 7);
});

test('nothing measured is an error, not a zero', () => {
  assert.throws(() => median([]), /no values/);
  assert.throws(() => percentile([], 0.5), /no values/);
});

test('twice the rate and half the time both read as two times better', () => {
  assert.equal(timesBetter([50], [100], 'lower').median, 2);
  assert.equal(timesBetter([200], [100], 'higher').median, 2);
});

test('the ratio is of medians, its spread of rounds', () => {
  const ratio = timesBetter([10, 20, 10], [30, 20, 40], 'lower');
  assert.equal(ratio.median, 3);
  assert.equal(ratio.min, 1);
  assert.equal(ratio.max, 4);
});
