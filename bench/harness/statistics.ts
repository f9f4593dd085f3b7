/** Medians, spreads and percentiles of rounds. Pure. */

/** What several rounds of one measurement gave. */
export interface Figure {
  median: number;
  min: number;
  max: number;
  rounds: number;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('the median of no values is asked for');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export function figure(values: readonly number[]): Figure {
  const middle = median(values);
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { median: middle, min, max, rounds: values.length };
}

/** The smallest value that at least `fraction` of the values do not exceed (nearest rank). */
export function percentile(values: readonly number[] | Float64Array, fraction: number): number {
  if (values.length === 0) throw new Error('a percentile of no values is asked for');
  const sorted = Float64Array.from(values).sort();
  const rank = Math.ceil(fraction * sorted.length) - 1;
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank))] as number;
}

/**
 * How many times better ours is, by medians: above 1 we win. `spread` is the same by round, where
 * both sides ran the same number of rounds side by side.
 */
export function timesBetter(
  ours: readonly number[],
  rival: readonly number[],
  better: 'lower' | 'higher',
): Figure {
  const ratio = (a: number, b: number): number => (better === 'lower' ? b / a : a / b);
  const paired = Math.min(ours.length, rival.length);
  const byRound: number[] = [];
  for (let r = 0; r < paired; r++) byRound.push(ratio(ours[r] as number, rival[r] as number));
  const spread = figure(byRound);
  return { ...spread, median: ratio(median(ours), median(rival)) };
}
