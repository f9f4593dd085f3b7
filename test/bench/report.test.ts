import assert from 'node:assert/strict';
import test from 'node:test';
import { chart } from '../../bench/harness/chart.js';
import { digits, goalText, markdown, textTable, verdictText } from '../../bench/harness/report.js';
import type { SuiteResult } from '../../bench/harness/report.js';
import { roundOrder } from '../../bench/harness/rounds.js';
import { Measured, figureRow, passed, ratioRow, shareOfGoal } from '../../bench/harness/suite.js';
import type { Row } from '../../bench/harness/suite.js';

function row(goal: number, ours: number[], rival: number[], label = 'get'): Row {
  const measured = new Measured();
  for (const ns of ours) measured.add('ferritedb', 'get', { ns });
  for (const ns of rival) measured.add('lmdb', 'get', { ns });
  return ratioRow(
    measured,
    { label, unit: 'ns', better: 'lower', goal },
    { contender: 'ferritedb', task: 'get', metric: 'ns' },
    { contender: 'lmdb', task: 'get', metric: 'ns' },
  );
}

function result(rows: Row[]): SuiteResult {
  return {
    id: 'E1',
    slug: 'e01',
    title: 'reads',
    quick: false,
    date: '2026-01-02T03:04:05.000Z',
    compares: ['a | b'],
    environment: {
      node: 'v20.15.0',
      system: 'Linux 6',
      processor: 'CPU',
      threads: 2,
      memoryGiB: 8,
      fileSystem: 'ext4',
      versions: { lmdb: '3.5.6' },
    },
    rows,
    rounds: {},
  };
}

test('a row passes when its median ratio reaches the goal exactly', () => {
  assert.equal(passed(row(2, [50], [100])), true);
  assert.equal(passed(row(2, [51], [100])), false);
});

test('an upper bound passes below it, and its share grows as the figure shrinks', () => {
  const bytes = figureRow(
    { label: 'memory', unit: 'bytes', resultUnit: 'bytes', goal: { relation: '<=', value: 64 } },
    [32],
  );
  assert.equal(passed(bytes), true);
  assert.equal(shareOfGoal(bytes), 2);
  assert.equal(verdictText(bytes), 'pass');
});

test('a row without a goal is information: neither passed nor missed, and no bar', () => {
  const info = figureRow({ label: 'x', unit: 'bytes', resultUnit: 'bytes' }, [1]);
  assert.equal(passed(info), undefined);
  assert.equal(verdictText(info), 'info');
  assert.equal(goalText(info), '-');
  assert.doesNotMatch(chart([result([info])]), /<rect/);
});

test('figures have three significant digits and thousands apart', () => {
  assert.equal(digits(1_234_567), '1,230,000');
  assert.equal(digits(0.012345), '0.0123');
  assert.equal(digits(99.96), '100');
  assert.equal(digits(0), '0');
});

test('the table on the terminal is aligned and shows medians with their spread', () => {
  const [head, line] = textTable([row(2, [40, 50, 60], [100, 100, 100])]).split('\n');
  assert.match(
    line as string,
    /^get, ns {2}50 \(40-60\) {2}lmdb: 100 \(100-100\) {2}2x \(1\.67-2\.5\)/,
  );
  assert.equal((head as string).indexOf('ours'), (line as string).indexOf('50 (40'));
});

test('the Markdown keeps a bar inside a cell from ending it', () => {
  const text = markdown([result([row(2, [50], [100], 'a|b')])]);
  assert.match(text, /\| a\\\|b, ns \|/);
  assert.match(text, /## E1: reads/);
});

test('the chart has a bar for each goal, a line at the goal, and both themes', () => {
  const svg = chart([result([row(2, [50], [100]), row(3, [50], [100], 'p < q & r')])]);
  assert.equal(svg.match(/<rect /g)?.length, 2);
  assert.equal(svg.match(/class="pass"/g)?.length, 1);
  assert.equal(svg.match(/class="miss"/g)?.length, 1);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.match(svg, /p &lt; q &amp; r/);
});

test('a bar far past its goal is cut to the chart', () => {
  const [, width] =
    /<rect [^>]*width="([\d.]+)"/.exec(chart([result([row(1, [1], [1000])])])) ?? [];
  assert.ok(Number(width) < 960, `width ${width}`);
});

test('odd rounds go the other way round', () => {
  assert.deepEqual(roundOrder(['a', 'b'], 0), ['a', 'b']);
  assert.deepEqual(roundOrder(['a', 'b'], 1), ['b', 'a']);
});

test('a rival that runs in several ways is held to its fastest', () => {
  const measured = new Measured();
  measured.add('one', 'put', { ns: 5 });
  measured.add('two', 'put', { ns: 4 });
  assert.equal(measured.fastest(['one', 'two'], 'put', 'ns'), 'two');
  assert.throws(() => measured.values('three', 'put', 'ns'), /three\/put\/ns/);
});
