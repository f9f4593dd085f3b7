// Notes every call of a server for its metrics, and answers GET /metrics.
//
// prom-client takes longer to load than a database to open, so the server does not wait for it: what
// happens before it is there is noted when it is.

import type { HttpHandler } from '../../../io/http/message.js';
import type { WireCall, WireDatabase } from '../../api/wire/handler.js';
import type { ServedDatabases } from './databases.js';
import type { Consumed, ServeMetrics } from './metrics.js';

/** Operations that say what they consumed, if asked. */
const METERED: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
]);

type Note = (metrics: ServeMetrics) => void;

interface Capacity {
  ReturnConsumedCapacity?: unknown;
  ConsumedCapacity?: Consumed | readonly Consumed[];
}

export class Metering {
  readonly #databases: ServedDatabases;
  #metrics: ServeMetrics | undefined;
  #loading: Promise<ServeMetrics> | undefined;
  #early: Note[] = [];

  constructor(databases: ServedDatabases) {
    this.#databases = databases;
  }

  load(): Promise<ServeMetrics> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<ServeMetrics> {
    const { startMetrics } = await import('./metrics.js');
    const metrics = startMetrics(this.#databases);
    for (const note of this.#early) note(metrics);
    this.#early = [];
    this.#metrics = metrics;
    return metrics;
  }

  #note(note: Note): void {
    if (this.#metrics === undefined) this.#early.push(note);
    else note(this.#metrics);
  }

  readonly observe = (call: WireCall): void => this.#note((metrics) => metrics.observe(call));

  /** The same database, asked by every call what it consumed. */
  metered(database: WireDatabase): WireDatabase {
    return {
      execute: async (operation, input: Capacity, options) => {
        if (!METERED.has(operation)) return database.execute(operation, input, options);
        const isAsked = input.ReturnConsumedCapacity ?? undefined;
        const asking =
          isAsked === undefined ? { ...input, ReturnConsumedCapacity: 'TOTAL' } : input;
        const output: Capacity = await database.execute(operation, asking, options);
        const { ConsumedCapacity: consumed = [] } = output;
        for (const each of Array.isArray(consumed) ? consumed : [consumed]) {
          this.#note((metrics) => metrics.charge(operation, each));
        }
        if (isAsked === undefined) output.ConsumedCapacity = undefined;
        return output;
      },
    };
  }

  /** Answers GET /metrics, and leaves everything else to the handler. */
  readonly around =
    (handle: HttpHandler): HttpHandler =>
    async (request) => {
      if (request.method !== 'GET' || request.url !== '/metrics') return handle(request);
      const { type, text } = await (await this.load()).text();
      return { status: 200, headers: { 'Content-Type': type }, body: text };
    };
}
