// How the tour talks: plain aligned text on stdout, a progress bar on stderr where that is a
// terminal. No colour codes.

import { SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function heading(text: string): void {
  say();
  say(text);
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Nanoseconds in the unit that reads best. */
export function duration(ns: number): string {
  if (ns < 10_000) return `${(ns / 1e3).toFixed(2)} us`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(0)} us`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(1)} ms`;
  return `${(ns / 1e9).toFixed(2)} s`;
}

/** Columns padded to their widest cell; the first is aligned left, the others right. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('   '),
    )
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}

/** A bar of `total` steps, or nothing at all if stderr is no terminal. */
export function progressBar(label: string, total: number): Progress {
  if (!process.stderr.isTTY) return SILENT;
  const bar = new SingleBar({
    format: `  ${label} [{bar}] {percentage}%  {value} of {total}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return bar;
}
