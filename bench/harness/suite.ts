/**
 * What an experiment is: contenders, the tasks each is measured on, and the comparisons drawn from
 * the figures.
 *
 * A contender lives in a child process of its own, prepared once; then every round measures each
 * task on each contender in turn (A B A B; odd rounds the other way round), while the others idle.
 * `freshEveryRound` gives each measurement a new process and a new folder instead, for work that
 * can be done once only.
 *
 * A suite file exports one `suite`. `prepare` and `measure` run in the child, `compare` in the
 * parent.
 */
import { figure, median, timesBetter } from './statistics.js';
import type { Figure } from './statistics.js';

export interface Scale {
  quick: boolean;
  seed: number;
}

/** Named numbers of one measurement. The unit is the suite's matter. */
export type Sample = Record<string, number>;

export interface Subject {
  measure(task: string, round: number): Promise<Sample>;
  close(): Promise<void>;
}

/** One comparison, as reported. */
export interface Row {
  label: string;
  unit: string;
  ours: Figure;
  rivalName: string;
  rival?: Figure;
  /**
   * The number the goal speaks of: a ratio, a difference or a plain figure; median with minimum and
   * maximum.
   */
  result: Figure;
  resultUnit: 'x' | 'ms over' | 'bytes' | 'records/s';
  /** Absent: told for information. */
  goal?: { relation: '>=' | '<='; value: number };
}

export interface Plan {
  rounds: number;
  contenders: string[];
  /** Tasks of a contender, in order. */
  tasks(contender: string): string[];
  freshEveryRound?: boolean;
}

export interface Suite {
  /** "E1" */
  id: string;
  /** File name of the result: "e01-get-sync". */
  slug: string;
  title: string;
  /** What is compared, on what data, with which durability; sentences for the reader. */
  describe(scale: Scale): string[];
  plan(scale: Scale): Plan;
  /** `folder` is empty and the contender's own. */
  prepare(contender: string, folder: string, scale: Scale): Promise<Subject>;
  compare(measured: Measured, scale: Scale): Row[];
}

/** All figures of a run: contender, task, metric -> one value a round. */
export class Measured {
  readonly #values = new Map<string, number[]>();

  add(contender: string, task: string, sample: Sample): void {
    for (const [metric, value] of Object.entries(sample)) {
      const id = `${contender}/${task}/${metric}`;
      const values = this.#values.get(id);
      if (values) values.push(value);
      else this.#values.set(id, [value]);
    }
  }

  values(contender: string, task: string, metric: string): number[] {
    const id = `${contender}/${task}/${metric}`;
    const values = this.#values.get(id);
    if (!values) throw new Error(`nothing was measured under ${id}`);
    return values;
  }

  /**
   * The contender with the smallest median: a rival that runs in several ways is held to its best.
   */
  fastest(contenders: readonly string[], task: string, metric: string): string {
    const cost = (contender: string): number => median(this.values(contender, task, metric));
    return contenders.reduce((best, contender) =>
      cost(contender) < cost(best) ? contender : best,
    );
  }

  toJSON(): Record<string, number[]> {
    return Object.fromEntries(this.#values);
  }
}

export interface Side {
  contender: string;
  task: string;
  metric: string;
}

/** The usual row: ours beside a rival's, the result in times. */
export function ratioRow(
  measured: Measured,
  row: {
    label: string;
    unit: string;
    better: 'lower' | 'higher';
    rivalName?: string;
    goal?: number;
  },
  ours: Side,
  rival: Side,
): Row {
  const ourValues = measured.values(ours.contender, ours.task, ours.metric);
  const rivalValues = measured.values(rival.contender, rival.task, rival.metric);
  return {
    label: row.label,
    unit: row.unit,
    ours: figure(ourValues),
    rivalName: row.rivalName ?? rival.contender,
    rival: figure(rivalValues),
    result: timesBetter(ourValues, rivalValues, row.better),
    resultUnit: 'x',
    ...(row.goal === undefined ? {} : { goal: { relation: '>=' as const, value: row.goal } }),
  };
}

/** A figure of ours held against a fixed number, no rival beside it. */
export function figureRow(
  row: Pick<Row, 'label' | 'unit' | 'resultUnit'> & { rivalName?: string; goal?: Row['goal'] },
  values: readonly number[],
): Row {
  const ours = figure(values);
  return { rivalName: '-', ...row, ours, result: ours };
}

/** Did the row reach its goal? `undefined` where it has none. */
export function passed(row: Row): boolean | undefined {
  if (!row.goal) return undefined;
  const { relation, value } = row.goal;
  return relation === '>=' ? row.result.median >= value : row.result.median <= value;
}

/** How far past the goal: 1 is exactly reached, more is better. */
export function shareOfGoal(row: Row): number | undefined {
  if (!row.goal) return undefined;
  const { relation, value } = row.goal;
  if (relation === '>=') return row.result.median / value;
  return row.result.median <= 0 ? Infinity : value / row.result.median;
}
