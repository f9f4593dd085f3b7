/** Results as text: aligned lines for the terminal, a Markdown table for README. Pure. */
import type { Environment } from './environment.js';
import { passed } from './suite.js';
import type { Row } from './suite.js';
import type { Figure } from './statistics.js';

/** What is kept in bench/results/<slug>.json. */
export interface SuiteResult {
  id: string;
  slug: string;
  title: string;
  quick: boolean;
  date: string;
  compares: string[];
  environment: Environment;
  rows: Row[];
  rounds: Record<string, number[]>;
}

/** Three significant digits, thousands apart: 1,234,567 -> "1,230,000"; 0.01234 -> "0.0123". */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(rounded) >= 100) return Math.round(rounded).toLocaleString('en-US');
  return String(rounded);
}

function spread(figure: Figure): string {
  if (figure.rounds < 2) return digits(figure.median);
  return `${digits(figure.median)} (${digits(figure.min)}-${digits(figure.max)})`;
}

export function goalText(row: Row): string {
  if (!row.goal) return '-';
  const unit = row.resultUnit === 'x' ? 'x' : ` ${row.resultUnit}`;
  return `${row.goal.relation} ${digits(row.goal.value)}${unit}`;
}

export function resultText(row: Row): string {
  const unit = row.resultUnit === 'x' ? 'x' : ` ${row.resultUnit}`;
  return `${digits(row.result.median)}${unit}`;
}

export function verdictText(row: Row): string {
  const verdict = passed(row);
  if (verdict === undefined) return 'info';
  return verdict ? 'pass' : 'MISS';
}

const COLUMNS = ['', 'ours', 'rival', 'result', 'goal', ''] as const;

function cells(row: Row): string[] {
  const result =
    row.resultUnit === 'x' && row.result.rounds > 1
      ? `${resultText(row)} (${digits(row.result.min)}-${digits(row.result.max)})`
      : resultText(row);
  return [
    `${row.label}, ${row.unit}`,
    spread(row.ours),
    row.rival ? `${row.rivalName}: ${spread(row.rival)}` : row.rivalName,
    result,
    goalText(row),
    verdictText(row),
  ];
}

export function textTable(rows: readonly Row[]): string {
  const lines = [[...COLUMNS], ...rows.map(cells)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] as string).length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdown(results: readonly SuiteResult[]): string {
  const out = [
    '# Benchmark results',
    '',
    'Written by `npm run bench`. Medians of rounds that alternate in one run, minimum and ' +
      'maximum in brackets.',
    '',
    '![How many times its goal each figure reached](chart.svg)',
    '',
  ];
  for (const result of results) {
    out.push(`## ${result.id}: ${result.title}`, '');
    for (const line of result.compares) out.push(`- ${line}`);
    const at = result.environment;
    out.push(
      `- ${at.processor}, ${at.threads} threads, ${at.memoryGiB} GiB, ${at.fileSystem}, Node ` +
        `${at.node}, ${result.date.slice(0, 10)}`,
    );
    out.push(
      '',
      '| what | ours | rival | result | goal | |',
      '| --- | --- | --- | --- | --- | --- |',
    );
    for (const row of result.rows) {
      const [what, ours, rival, figure, goal, verdict] = cells(row).map((cell) =>
        cell.replaceAll('|', '\\|'),
      );
      out.push(`| ${what} | ${ours} | ${rival} | **${figure}** | ${goal} | ${verdict} |`);
    }
    out.push('');
  }
  const newest = results.at(-1);
  if (newest) {
    const versions = Object.entries(newest.environment.versions).map(
      ([name, version]) => `${name} ${version}`,
    );
    out.push(`Versions: ${versions.join(', ')}.`, '');
  }
  return out.join('\n');
}
