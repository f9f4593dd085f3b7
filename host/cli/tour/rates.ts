// Rates and latencies of the tour's own calls, collected for the table at its end.
//
// A rate comes from a stretch without a clock inside; percentiles from a second, shorter stretch
// with every call timed (into a perf_hooks histogram, which keeps three significant digits in
// constant memory).

import { createHistogram } from 'node:perf_hooks';
import { systemClock } from '../../clock.js';
import { count, duration, table } from './output.js';

const NS_PER_MS = 1e6;

export interface Rate {
  readonly what: string;
  readonly calls: number;
  readonly tookMs: number;
  /** Absent where calls were not timed one by one. */
  readonly latency?: { readonly p50: number; readonly p99: number; readonly p999: number };
}

/** Milliseconds that `work` took, and what it resolved to. */
export async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ tookMs: number; result: Result }> {
  const start = systemClock.monotonicMs();
  const result = await work();
  return { tookMs: systemClock.monotonicMs() - start, result };
}

/** Calls one after another, each awaited. */
export async function measureAwaited(
  what: string,
  calls: number,
  call: (index: number) => Promise<unknown>,
): Promise<Rate> {
  const histogram = createHistogram();
  const start = systemClock.monotonicMs();
  for (let i = 0; i < calls; i++) await call(i);
  const tookMs = systemClock.monotonicMs() - start;
  for (let i = 0; i < Math.ceil(calls / 4); i++) {
    const before = systemClock.monotonicMs();
    await call(i);
    record(histogram, systemClock.monotonicMs() - before);
  }
  return { what, calls, tookMs, latency: percentiles(histogram) };
}

/** Synchronous calls: no promise between them. */
export function measureSync(what: string, calls: number, call: (index: number) => unknown): Rate {
  const histogram = createHistogram();
  const start = systemClock.monotonicMs();
  for (let i = 0; i < calls; i++) call(i);
  const tookMs = systemClock.monotonicMs() - start;
  for (let i = 0; i < Math.ceil(calls / 4); i++) {
    const before = systemClock.monotonicMs();
    call(i);
    record(histogram, systemClock.monotonicMs() - before);
  }
  return { what, calls, tookMs, latency: percentiles(histogram) };
}

export function ratesTable(rates: readonly Rate[]): string {
  const rows = rates.map(({ what, calls, tookMs, latency }) => [
    what,
    count(calls),
    `${count((calls * 1000) / tookMs)} /s`,
    latency ? duration(latency.p50) : '-',
    latency ? duration(latency.p99) : '-',
    latency ? duration(latency.p999) : '-',
  ]);
  return table([['', 'calls', 'rate', 'p50', 'p99', 'p99.9'], ...rows]);
}

type Histogram = ReturnType<typeof createHistogram>;

/** A histogram takes whole numbers from 1. */
function record(histogram: Histogram, tookMs: number): void {
  histogram.record(Math.max(1, Math.round(tookMs * NS_PER_MS)));
}

function percentiles(histogram: Histogram): Rate['latency'] {
  return {
    p50: histogram.percentile(50),
    p99: histogram.percentile(99),
    p999: histogram.percentile(99.9),
  };
}
