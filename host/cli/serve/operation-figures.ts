// What operations did, by operation and table: how many, how long, what they consumed, how they failed.
//
// Counting must cost next to nothing, as it is done for every call; prom-client only puts the figures
// into words. Whatever clients send, there is a bound to how many series there are: a table is named
// only where a call on it succeeded, or failed by more than its name; past TABLES_MAX they are `other`.

import type { WireCall } from '../../api/wire/handler.js';

const TABLES_MAX = 1_000;
const MS_PER_SECOND = 1_000;

/** Upper bounds of the buckets of latencies. */
export const BUCKETS_SECONDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5,
];
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

export class Series {
  readonly operation: string;
  readonly table: string;
  /** Calls by bucket, each in the first that holds it; the last is for those above all. */
  readonly buckets = new Float64Array(BUCKETS_SECONDS.length + 1);
  calls = 0;
  seconds = 0;
  throttles = 0;
  consumedUnits = 0;
  readonly errors = new Map<string, number>();

  constructor(operation: string, table: string) {
    this.operation = operation;
    this.table = table;
  }

  add(seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKETS_SECONDS.length && seconds > BUCKETS_SECONDS[bucket]) bucket++;
    this.buckets[bucket]++;
    this.calls++;
    this.seconds += seconds;
  }
}

export class OperationFigures {
  readonly #tables = new Set<string>();
  readonly #series = new Map<string, Map<string, Series>>();

  all(): Series[] {
    return [...this.#series.values()].flatMap((byTable) => [...byTable.values()]);
  }

  observe({ operation, input, told, durationMs }: WireCall): void {
    const isNamed = told === undefined || !NAMELESS.has(told.name);
    const series = this.#of(operation, isNamed ? tableOf(input) : '');
    series.add(durationMs / MS_PER_SECOND);
    if (told === undefined) return;
    series.errors.set(told.name, (series.errors.get(told.name) ?? 0) + 1);
    if (THROTTLES.has(told.name)) series.throttles++;
  }

  charge(operation: string, { TableName, CapacityUnits }: Consumed): void {
    this.#of(operation, nameOf(TableName)).consumedUnits += CapacityUnits;
  }

  #of(operation: string, table: string): Series {
    let byTable = this.#series.get(operation);
    if (byTable === undefined) this.#series.set(operation, (byTable = new Map()));
    const shown = this.#shown(table);
    let series = byTable.get(shown);
    if (series === undefined) byTable.set(shown, (series = new Series(operation, shown)));
    return series;
  }

  #shown(table: string): string {
    if (this.#tables.has(table)) return table;
    if (this.#tables.size >= TABLES_MAX) return 'other';
    this.#tables.add(table);
    return table;
  }
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
