// What an HTTP server asks of whoever answers: a request with its whole body in, a response out.
//
// Nothing here knows of sockets, so the same function answers a server, a client in the same process,
// and a test.

/** A request whose body has arrived whole, within the server's cap. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** Names in lower case; the values of a repeated header joined by `, `. */
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

export type HttpHeaders = Readonly<Record<string, string | undefined>>;

export interface HttpResponse {
  readonly status: number;
  /** Without Content-Length, Date and Connection: those are the server's. */
  readonly headers: Record<string, string>;
  /** Text is sent as UTF-8. */
  readonly body: string | Uint8Array;
}

/** Answers one request. It does not throw, and what it resolves with is sent as it is. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;
