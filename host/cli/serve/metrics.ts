// Figures for Prometheus, of calls by table and operation, and of the engine.
//
// Whatever clients send, there is a bound to how many series there are: a table is named only where
// a call on it succeeded, or failed by more than its name; past TABLES_MAX they are `other`.

import { Counter, Histogram, Registry } from 'prom-client';
import type { OperationName } from '../../api/operations.js';
import type { WireCall } from '../../api/wire/handler.js';
import type { ServedDatabases } from './databases.js';
import { engineMetrics } from './engine-metrics.js';

const TABLES_MAX = 1_000;
const BUCKETS_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5,
];
const MS_PER_SECOND = 1_000;

const THROTTLES: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);
/** Errors after which nobody knows that there is such a table. */
const NAMELESS: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'SerializationException',
  'ValidationException',
]);

/** What a call says it consumed of one table. */
export interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

/** The series, and how calls are noted in them. */
export interface ServeMetrics {
  observe(call: WireCall): void;
  charge(operation: OperationName, consumed: Consumed): void;
  /** All of them, in Prometheus's form, and the content type of that. */
  text(): Promise<{ type: string; text: string }>;
}

export function startMetrics(databases: ServedDatabases): ServeMetrics {
  const registers = [new Registry()];
  const seconds = new Histogram({
    name: 'ferrite_operation_seconds',
    help: 'How long operations took, by operation and table.',
    labelNames: ['operation', 'table'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'ferrite_errors_total',
    help: 'Operations that ended with an error, by its name.',
    labelNames: ['operation', 'table', 'error'],
    registers,
  });
  const throttles = new Counter({
    name: 'ferrite_throttles_total',
    help: 'Operations that were throttled.',
    labelNames: ['operation', 'table'],
    registers,
  });
  const consumed = new Counter({
    name: 'ferrite_consumed_capacity_units_total',
    help: 'Capacity units that operations consumed, as DynamoDB counts them.',
    labelNames: ['operation', 'table'],
    registers,
  });
  const refresh = engineMetrics(databases, registers);

  const tables = new Set<string>();
  const known = (table: string): string => {
    if (!tables.has(table) && tables.size >= TABLES_MAX) return 'other';
    tables.add(table);
    return table;
  };
  return {
    observe({ operation, input, told, durationMs }) {
      const isNamed = told === undefined || !NAMELESS.has(told.name);
      const table = isNamed ? known(tableOf(input)) : '';
      seconds.observe({ operation, table }, durationMs / MS_PER_SECOND);
      if (told === undefined) return;
      errors.inc({ operation, table, error: told.name });
      if (THROTTLES.has(told.name)) throttles.inc({ operation, table });
    },
    charge(operation, { TableName, CapacityUnits }) {
      consumed.inc({ operation, table: known(nameOf(TableName)) }, CapacityUnits);
    },
    async text() {
      await refresh();
      return { type: registers[0].contentType, text: await registers[0].metrics() };
    },
  };
}

/** The table that a request names; `several` for batches over more than one, nothing if it names none. */
function tableOf(input: Readonly<Record<string, unknown>>): string {
  if (typeof input.TableName === 'string') return nameOf(input.TableName);
  if (typeof input.RequestItems !== 'object' || input.RequestItems === null) return '';
  const names = Object.keys(input.RequestItems);
  return names.length === 1 ? nameOf(names[0]) : 'several';
}

/** A table's ARN ends with its name. */
function nameOf(table: string): string {
  return table.slice(table.indexOf('/') + 1);
}
