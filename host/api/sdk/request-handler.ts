// The AWS SDK's clients in this process: a request handler that gives their requests to the wire handler, with no socket
// between. Serialisation, retries, paginators, waiters and middleware are the SDK's own, so they work as they do on AWS.
//
// Nothing of the SDK is imported: its interfaces are few and stable, and stand here as far as they are used.

import type { HttpHandler } from '../../../io/http/message.js';

/** What the SDK hands to a request handler (HttpRequest of @smithy/types). */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What it takes for an answer (HttpResponse of @smithy/types). */
export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface SdkAbortSignal {
  readonly aborted: boolean;
  onabort?: unknown;
  addEventListener?: (type: 'abort', listener: () => void, options?: { once: boolean }) => void;
  removeEventListener?: (type: 'abort', listener: () => void) => void;
}

export class SdkRequestHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #handle: HttpHandler;
  readonly #requireOpen: () => void;

  /** `requireOpen` throws once the database is closed: an SDK would retry what it takes for a server's failure. */
  constructor(handle: HttpHandler, requireOpen: () => void) {
    this.#handle = handle;
    this.#requireOpen = requireOpen;
  }

  async handle(
    { method, path, query, headers, body }: SdkRequest,
    { abortSignal }: { abortSignal?: SdkAbortSignal } = {},
  ): Promise<{ response: SdkResponse }> {
    this.#requireOpen();
    if (abortSignal?.aborted === true) throw abortError();
    const answering = this.#handle({
      method,
      url: path + searchOf(query),
      headers: lowerCased(headers),
      body: bytesOf(body),
    });
    const answer = await (abortSignal === undefined
      ? answering
      : unlessAborted(answering, abortSignal));
    return {
      response: {
        statusCode: answer.status,
        headers: lowerCased(answer.headers),
        body: bytesOf(answer.body),
      },
    };
  }

  /** There is no HTTP client to be told: clients that are given this handler may still try. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  /** The database stays open: it is not the client's. */
  destroy(): void {}
}

/** Rejects as soon as the signal says so; a request that was taken goes on all the same, as on AWS. */
function unlessAborted<Result>(
  answering: Promise<Result>,
  signal: SdkAbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortError());
    signal.addEventListener?.('abort', abort, { once: true });
    answering.then(resolve, reject).finally(() => signal.removeEventListener?.('abort', abort));
  });
}

function abortError(): Error {
  const error = new Error('Request aborted');
  error.name = 'AbortError';
  return error;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name of Object.keys(headers)) lower[name.toLowerCase()] = headers[name];
  return lower;
}

function searchOf(query: SdkRequest['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value ?? '']) search.append(name, one);
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : '', 'utf8');
}
