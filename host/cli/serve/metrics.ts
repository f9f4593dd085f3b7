// The figures of operations and of the engine in Prometheus's form.

import { Counter, Registry, type Metric } from 'prom-client';
import type { ServedDatabases } from './databases.js';
import { engineMetrics } from './engine-metrics.js';
import { BUCKETS_SECONDS, type OperationFigures, type Series } from './operation-figures.js';

const LATENCY = 'ferrite_operation_seconds';

export interface ServeMetrics {
  /** All of them, and the content type of their form. */
  text(): Promise<{ type: string; text: string }>;
}

export function startMetrics(databases: ServedDatabases, figures: OperationFigures): ServeMetrics {
  const registry = new Registry();
  const counter = (name: string, help: string, ...more: string[]): Counter =>
    new Counter({
      name: `ferrite_${name}_total`,
      help,
      labelNames: ['operation', 'table', ...more],
      registers: [registry],
    });
  registry.registerMetric(latencies(figures) as unknown as Metric);
  const errors = counter('errors', 'Operations that ended with an error, by its name.', 'error');
  const throttles = counter('throttles', 'Operations that were throttled.');
  const consumed = counter(
    'consumed_capacity_units',
    'Capacity units that operations consumed, as DynamoDB counts them.',
  );
  const refreshEngine = engineMetrics(databases, [registry]);

  const refreshOperations = (): void => {
    for (const each of [errors, throttles, consumed]) each.reset();
    for (const series of figures.all()) {
      const { operation, table } = series;
      for (const [error, count] of series.errors) errors.inc({ operation, table, error }, count);
      throttles.inc({ operation, table }, series.throttles);
      consumed.inc({ operation, table }, series.consumedUnits);
    }
  };
  return {
    async text() {
      refreshOperations();
      await refreshEngine();
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** A histogram that prom-client writes out, of counts that it has not kept. */
function latencies(figures: OperationFigures): object {
  const help = 'How long operations took, by operation and table.';
  const shown = { name: LATENCY, help, type: 'histogram', aggregator: 'sum' };
  return { ...shown, get: async () => ({ ...shown, values: figures.all().flatMap(valuesOf) }) };
}

function valuesOf(series: Series): object[] {
  const { operation, table, calls, seconds } = series;
  let below = 0;
  const buckets = Array.from(series.buckets, (count, index) => {
    below += count;
    const le = BUCKETS_SECONDS[index] ?? '+Inf';
    return { metricName: `${LATENCY}_bucket`, labels: { le, operation, table }, value: below };
  });
  const labels = { operation, table };
  return [
    ...buckets,
    { metricName: `${LATENCY}_sum`, labels, value: seconds },
    { metricName: `${LATENCY}_count`, labels, value: calls },
  ];
}
