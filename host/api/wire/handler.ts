// DynamoDB's HTTP protocol without a socket: a request in, a response out. The server, the SDK's
// handler in process and tests all call this one.
//
// Order of checks, as the service has it: cross-origin, health, method and content type, JSON,
// target, signature, and then the operation's own, types of members first. The first fault found is
// the answer.
//
// Invariant: `handle` never rejects. What nobody foresaw is answered as InternalServerError, and told
// to the observer.

import type { HttpHandler, HttpRequest, HttpResponse } from '../../../io/http/message.js';
import type { Clock } from '../../clock.js';
import type { Random } from '../../random.js';
import type { ExecuteOptions } from '../answer.js';
import type { OperationName } from '../operations.js';
import { answerBody, compressed, response, wantsGzip } from './answer.js';
import { readBody } from './body.js';
import { CORS_HEADERS, preflightHeaders } from './cors.js';
import { NOT_JSON, UNKNOWN_OPERATION, wireErrorOf, type WireError } from './error.js';
import { RequestIds } from './request-ids.js';
import { operationOf } from './targets.js';

/**
 * What runs operations: a Database does. Inputs and answers are in DynamoDB's JSON shapes, but items that
 * are bytes already.
 */
export interface WireDatabase {
  execute(operation: OperationName, input: object, options: ExecuteOptions): Promise<object>;
}

/** One operation that was run, or refused by itself. */
export interface WireCall {
  readonly operation: OperationName;
  readonly input: Readonly<Record<string, unknown>>;
  /** What it answered, or... */
  readonly output?: object;
  /** ...what it failed with, and how that was told. */
  readonly error?: unknown;
  readonly told?: WireError;
  readonly durationMs: number;
}

export interface WireOptions {
  /** The database that a request is for. */
  readonly database: (request: HttpRequest) => WireDatabase | Promise<WireDatabase>;
  readonly clock: Clock;
  readonly random: Random;
  /** Checks a request's signature: what is wrong with it, if anything. Default: every request is fine. */
  readonly authenticate?: (request: HttpRequest) => WireError | undefined;
  /** Hears of every operation after it ended. */
  readonly observe?: (call: WireCall) => void;
}

const CONTENT_TYPES: ReadonlySet<string> = new Set([
  'application/x-amz-json-1.0',
  'application/json',
]);
const NOT_SERVED = '<UnknownOperationException/>\n';
const AS_JSON: ExecuteOptions = { binary: 'base64', rawItems: true };

export class WireHandler {
  readonly #options: WireOptions;
  readonly #ids: RequestIds;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#ids = new RequestIds(options.random);
  }

  /** Answers one request. A property, so that it can be handed around. */
  readonly handle: HttpHandler = async (request) => {
    const { headers } = request;
    const answer = await this.#answer(request);
    const { origin } = headers;
    if (origin !== undefined && request.method !== 'OPTIONS') {
      Object.assign(answer.headers, CORS_HEADERS);
    }
    return wantsGzip(headers, answer.body) ? compressed(answer) : answer;
  };

  #answer(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const { method, headers } = request;
    if (method === 'POST') return this.#post(request);
    if (method === 'OPTIONS' && headers.origin !== undefined) {
      const answer = response(200, '', this.#ids.next(), undefined);
      return { ...answer, headers: { ...answer.headers, ...preflightHeaders(headers) } };
    }
    if (method === 'GET' && pathOf(request.url) === '/') {
      return response(200, `healthy: ${headers.host ?? ''} `, this.#ids.next(), 'text/plain');
    }
    return this.#notServed();
  }

  #notServed(): HttpResponse {
    return response(404, NOT_SERVED, this.#ids.next(), undefined);
  }

  #post(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const contentType = contentTypeOf(request.headers['content-type']);
    if (!CONTENT_TYPES.has(contentType) || pathOf(request.url) !== '/') return this.#notServed();
    const input = readBody(request.body);
    if (input === undefined) return this.#refuse(NOT_JSON, contentType);
    const operation = operationOf(request.headers['x-amz-target']);
    if (operation === undefined) return this.#refuse(UNKNOWN_OPERATION, contentType);
    const unauthentic = this.#options.authenticate?.(request);
    if (unauthentic !== undefined) return this.#refuse(unauthentic, contentType);
    return this.#run(operation, input, request, contentType);
  }

  async #run(
    operation: OperationName,
    input: Readonly<Record<string, unknown>>,
    request: HttpRequest,
    contentType: string,
  ): Promise<HttpResponse> {
    const { clock, observe } = this.#options;
    const startMs = observe === undefined ? 0 : clock.monotonicMs();
    try {
      const found = this.#options.database(request);
      const database = found instanceof Promise ? await found : found;
      const output: object & { $metadata?: unknown } = await database.execute(
        operation,
        input,
        AS_JSON,
      );
      // A Database gives it to callers in process; JSON leaves out what is undefined.
      output.$metadata = undefined;
      const body = answerBody(operation, output);
      observe?.({ operation, input, output, durationMs: clock.monotonicMs() - startMs });
      return response(200, body, this.#ids.next(), contentType);
    } catch (error) {
      const told = wireErrorOf(error);
      observe?.({ operation, input, error, told, durationMs: clock.monotonicMs() - startMs });
      return this.#refuse(told, contentType);
    }
  }

  #refuse({ status, body }: WireError, contentType: string): HttpResponse {
    return response(status, JSON.stringify(body), this.#ids.next(), contentType);
  }
}

/** Parameters behind a semicolon do not count, nor do spaces. */
function contentTypeOf(header: string | undefined): string {
  if (header === undefined || CONTENT_TYPES.has(header)) return header ?? '';
  return header.split(';', 1)[0].trim().toLowerCase();
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
