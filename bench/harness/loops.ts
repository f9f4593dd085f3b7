/**
 * Timed loops that suites share. Each returns figures of one round.
 *
 * Micro-latencies go through tinybench: one task runs a batch of calls (its median over many
 * batches is the cost of a call, the clock amortised away), a second times single calls for the
 * percentiles, clock included.
 */
import { performance } from 'node:perf_hooks';
import { Bench } from 'tinybench';
import type { Sample } from './suite.js';

const BATCH = 500;
const NS_PER_MS = 1e6;

export interface MicroOptions {
  timeMs: number;
  /** Called before every batch and every single call, not timed: readies at least a batch of keys. */
  before(): void;
}

/**
 * `call` does one operation and returns something of its result, so that nothing is optimised away.
 */
export async function microSync(call: () => unknown, options: MicroOptions): Promise<Sample> {
  const bench = microBench(options);
  const hooks = { beforeEach: options.before };
  bench.add(
    'batch',
    () => {
      let last: unknown;
      for (let i = 0; i < BATCH; i++) last = call();
      return last;
    },
    hooks,
  );
  bench.add('single', call, hooks);
  return microSample(bench.runSync());
}

export async function microAwaited(
  call: () => Promise<unknown>,
  options: MicroOptions,
): Promise<Sample> {
  const bench = microBench(options);
  const hooks = { beforeEach: options.before };
  bench.add(
    'batch',
    async () => {
      let last: unknown;
      for (let i = 0; i < BATCH; i++) last = await call();
      return last;
    },
    hooks,
  );
  bench.add('single', call, hooks);
  return microSample(await bench.run());
}

function microBench({ timeMs }: MicroOptions): Bench {
  return new Bench({ time: timeMs, warmupTime: timeMs / 2, throws: true });
}

function microSample(tasks: { name: string; result: { latency: Latency } }[]): Sample {
  const of = (name: string): Latency => {
    const task = tasks.find((candidate) => candidate.name === name);
    if (!task) throw new Error(`tinybench lost the task ${name}`);
    return task.result.latency;
  };
  const batch = of('batch');
  const single = of('single');
  return {
    ns: (batch.p50 * NS_PER_MS) / BATCH,
    p50: single.p50 * NS_PER_MS,
    p99: single.p99 * NS_PER_MS,
    p999: single.p999 * NS_PER_MS,
  };
}

interface Latency {
  p50: number;
  p99: number;
  p999: number;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
