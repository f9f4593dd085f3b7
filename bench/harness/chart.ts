/**
 * One SVG of every row that has a goal: a bar from 0 to (result / goal), a line at 1 where the goal
 * is reached. Colours come from CSS that follows the reader's light or dark theme, so the file
 * works in README on both. Pure.
 */
import { goalText, resultText } from './report.js';
import type { SuiteResult } from './report.js';
import { passed, shareOfGoal } from './suite.js';
import type { Row } from './suite.js';

const WIDTH = 960;
const LABEL_WIDTH = 400;
const VALUE_WIDTH = 190;
const ROW_HEIGHT = 22;
const BAR_HEIGHT = 13;
const HEADER_HEIGHT = 56;
/** Bars longer than this many goals are cut and marked. */
const GOALS_SHOWN = 3;

interface Bar {
  label: string;
  share: number;
  passed: boolean;
  text: string;
}

function bars(results: readonly SuiteResult[]): Bar[] {
  const all: Bar[] = [];
  for (const result of results) {
    for (const row of result.rows) {
      const share = shareOfGoal(row);
      if (share === undefined) continue;
      all.push({
        label: barLabel(result.id, row),
        share,
        passed: passed(row) === true,
        text: barText(row),
      });
    }
  }
  return all;
}

function barLabel(id: string, row: Row): string {
  const versus = row.rival ? `${row.label} vs ${row.rivalName}` : row.label;
  const label = `${id}  ${versus}`;
  return label.length <= 62 ? label : `${label.slice(0, 61)}…`;
}

function barText(row: Row): string {
  return `${resultText(row)} (goal ${goalText(row)})`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const STYLE = `
    text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f }
    .title { font-size: 15px; font-weight: 600 }
    .note { fill: #57606a }
    .pass { fill: #2da44e } .miss { fill: #cf222e }
    .goal { stroke: #24292f; stroke-dasharray: 3 3 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .note { fill: #8d96a0 }
      .pass { fill: #3fb950 } .miss { fill: #f85149 } .goal { stroke: #e6edf3 }
    }`;

export function chart(results: readonly SuiteResult[]): string {
  const rows = bars(results);
  const height = HEADER_HEIGHT + rows.length * ROW_HEIGHT + 16;
  const span = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const scale = span / GOALS_SHOWN;
  const goalX = LABEL_WIDTH + scale;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img"` +
      ' aria-label="FerriteDB: results over goals">',
    `  <style>${STYLE}\n  </style>`,
    '  <text class="title" x="8" y="22">FerriteDB: each result over its goal</text>',
    '  <text class="note" x="8" y="40">Dashed line: goal reached. Longer is better. Measured ' +
      'side by side, medians of alternating rounds.</text>',
  ];
  rows.forEach((bar, index) => {
    const top = HEADER_HEIGHT + index * ROW_HEIGHT;
    const baseline = top + BAR_HEIGHT - 2;
    const cut = bar.share > GOALS_SHOWN;
    const width = Math.max(1, Math.min(bar.share, GOALS_SHOWN) * scale);
    out.push(
      `  <text x="${LABEL_WIDTH - 8}" y="${baseline}" ` +
        `text-anchor="end">${escape(bar.label)}</text>`,
      `  <rect class="${bar.passed ? 'pass' : 'miss'}" x="${LABEL_WIDTH}" y="${top}" ` +
        `width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
      `  <text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${baseline}">${cut ? '» ' : ''}` +
        `${escape(bar.text)}</text>`,
    );
  });
  out.push(
    `  <line class="goal" x1="${goalX}" y1="${HEADER_HEIGHT - 8}" x2="${goalX}" ` +
      `y2="${height - 10}"/>`,
    '</svg>',
    '',
  );
  return out.join('\n');
}
