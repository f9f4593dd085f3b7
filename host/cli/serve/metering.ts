// Counts every call of a server, and answers GET /metrics.
//
// prom-client is loaded when somebody asks for the figures first: loading it takes longer than opening
// a database.

import type { HttpHandler } from '../../../io/http/message.js';
import type { WireCall, WireDatabase } from '../../api/wire/handler.js';
import type { ServedDatabases } from './databases.js';
import type { ServeMetrics } from './metrics.js';
import { OperationFigures, type Consumed } from './operation-figures.js';

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

interface Capacity {
  ReturnConsumedCapacity?: unknown;
  ConsumedCapacity?: Consumed | readonly Consumed[];
}

export class Metering {
  readonly #databases: ServedDatabases;
  readonly #figures = new OperationFigures();
  #metrics: Promise<ServeMetrics> | undefined;

  constructor(databases: ServedDatabases) {
    this.#databases = databases;
  }

  observe(call: WireCall): void {
    this.#figures.observe(call);
  }

  /** The same database, asked by every call what it consumed. */
  readonly metered = (database: WireDatabase): WireDatabase => {
    return {
      execute: async (operation, input: Capacity, options) => {
        if (!METERED.has(operation)) return database.execute(operation, input, options);
        const isAsked = input.ReturnConsumedCapacity ?? undefined;
        const asking =
          isAsked === undefined ? { ...input, ReturnConsumedCapacity: 'TOTAL' } : input;
        const output: Capacity = await database.execute(operation, asking, options);
        const { ConsumedCapacity: consumed = [] } = output;
        for (const each of Array.isArray(consumed) ? consumed : [consumed]) {
          this.#figures.charge(operation, each);
        }
        if (isAsked === undefined) output.ConsumedCapacity = undefined;
        return output;
      },
    };
  };

  /** Answers GET /metrics, and leaves everything else to the handler. */
  readonly around =
    (handle: HttpHandler): HttpHandler =>
    async (request) => {
      if (request.method !== 'GET' || request.url !== '/metrics') return handle(request);
      this.#metrics ??= import('./metrics.js').then(({ startMetrics }) =>
        startMetrics(this.#databases, this.#figures),
      );
      const { type, text } = await (await this.#metrics).text();
      return { status: 200, headers: { 'Content-Type': type }, body: text };
    };
}
