// An HTTP/1.1 server over node:http that knows bytes, deadlines and bounds, and nothing of what is
// asked: a function answers.
//
// What a client can make it spend is bounded before it is spent: connections (those that ask for
// nothing make room for new ones), requests in flight on one of them, headers, bodies (each, and the large ones
// together), answers nobody reads (together, and in time), the time a head and a whole request may
// take, and idle time. What is past a bound is refused or cut off; the server goes on.
//
// Invariant of `close`: a request whose head had arrived gets its answer, unless the client takes
// longer than the grace.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BodyReader } from './body-reader.js';
import { ByteBudget } from './byte-budget.js';
import type { HttpHandler, HttpHeaders, HttpResponse } from './message.js';
import { UnsentAnswers } from './unsent-answers.js';

export interface HttpServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Of one request's body. */
  readonly bodyBytesMax: number;
  readonly limits?: Partial<HttpServerLimits>;
}

/** Bounds, with defaults that no well-behaved client meets. */
export interface HttpServerLimits {
  readonly connectionsMax: number;
  /** All header lines of a request. */
  readonly headerBytesMax: number;
  /** Requests that a client may send on one connection ahead of their answers; with more it is cut off. */
  readonly pipelinedMax: number;
  /** Large bodies in memory, and large answers not yet taken, each over all connections. */
  readonly largeBodiesBytesMax: number;
  readonly unsentBytesMax: number;
  /** From the first byte of a request to the last of its head, and of its body. */
  readonly headTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Without a byte either way while a request is answered; between requests. */
  readonly stallTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** What `close` gives clients to take their answers. */
  readonly closeGraceMs: number;
}

const DEFAULTS: HttpServerLimits = {
  connectionsMax: 4_096,
  headerBytesMax: 16_384,
  pipelinedMax: 256,
  largeBodiesBytesMax: 67_108_864,
  unsentBytesMax: 67_108_864,
  headTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  stallTimeoutMs: 30_000,
  idleTimeoutMs: 75_000,
  closeGraceMs: 10_000,
};
const DEADLINE_CHECKS_PER_TIMEOUT = 4;

export class HttpServer {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #handle: HttpHandler;
  readonly #limits: HttpServerLimits;
  readonly #bodies: BodyReader;
  readonly #unsent: UnsentAnswers;
  /** Connections, the oldest first. */
  readonly #open = new Set<Socket>();
  /** Requests not yet answered, of those connections that have any. */
  readonly #inFlight = new Map<Socket, number>();
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  private constructor(
    server: Server,
    handle: HttpHandler,
    bodyBytesMax: number,
    limits: HttpServerLimits,
  ) {
    const { address, port } = server.address() as AddressInfo;
    this.host = address;
    this.port = port;
    this.#server = server;
    this.#handle = handle;
    this.#limits = limits;
    const budget = new ByteBudget(Math.max(limits.largeBodiesBytesMax, bodyBytesMax));
    this.#bodies = new BodyReader(bodyBytesMax, budget);
    this.#unsent = new UnsentAnswers(limits.unsentBytesMax);
    server.on('connection', (socket) => this.#opened(socket));
    server.on('request', (request, response) => this.#receive(request, response));
    server.on('checkContinue', (request, response) => this.#receiveExpecting(request, response));
  }

  /** Resolves when it listens; rejects with the system's error, such as EADDRINUSE. */
  static async listen(handle: HttpHandler, options: HttpServerOptions): Promise<HttpServer> {
    const limits = { ...DEFAULTS, ...options.limits };
    const server = createServer({
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      connectionsCheckingInterval: Math.ceil(limits.headTimeoutMs / DEADLINE_CHECKS_PER_TIMEOUT),
      noDelay: true,
    });
    server.timeout = limits.stallTimeoutMs;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new HttpServer(server, handle, options.bodyBytesMax, limits);
  }

  /** Connections that are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  }

  /** Accepts nothing more, answers what is in flight, and resolves when the last connection is closed. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    if (this.#inFlight.size > 0) {
      const answered = new Promise<void>((resolve) => (this.#idle = resolve));
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, this.#limits.closeGraceMs);
      });
      await Promise.race([answered, grace]);
      clearTimeout(timer);
    }
    // What is left has sent no whole head, or has had its time.
    this.#server.closeAllConnections();
    await closed;
  }

  #receiveExpecting(request: IncomingMessage, response: ServerResponse): void {
    response.writeContinue();
    this.#receive(request, response);
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    if (!this.#began(socket)) return;
    response.on('close', () => this.#ended(socket));
    // A client that goes away is no fault: there is nobody to tell.
    request.on('error', ignore);
    response.on('error', ignore);
    this.#bodies.read(request, (body, release) => {
      if (body === undefined) return this.#refuseLarge(response);
      const asked = {
        method: request.method ?? '',
        url: request.url ?? '',
        // Only Set-Cookie, which is no header of requests, has more than one value.
        headers: request.headers as HttpHeaders,
        body,
      };
      const give = (answer: HttpResponse | undefined): void => {
        release();
        if (answer === undefined) response.destroy();
        else this.#send(response, answer);
      };
      // An answer that cannot be sent, or none, ends the connection and not the server.
      this.#handle(asked)
        .then(give)
        .catch(() => give(undefined));
    });
  }

  /** False if the client has sent too much ahead: node:http has no way to stop reading. */
  #began(socket: Socket): boolean {
    const count = (this.#inFlight.get(socket) ?? 0) + 1;
    if (count > this.#limits.pipelinedMax) {
      socket.destroy();
      return false;
    }
    this.#inFlight.set(socket, count);
    return true;
  }

  #ended(socket: Socket): void {
    const count = (this.#inFlight.get(socket) ?? 0) - 1;
    if (count > 0) this.#inFlight.set(socket, count);
    else this.#answeredAll(socket);
  }

  #answeredAll(socket: Socket): void {
    this.#inFlight.delete(socket);
    if (this.#inFlight.size === 0) this.#idle?.();
  }

  /** When there are too many, the oldest that asks for nothing goes: a crowd of them keeps nobody out. */
  #opened(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#closed(socket));
    if (this.#open.size <= this.#limits.connectionsMax) return;
    for (const candidate of this.#open) {
      if (this.#inFlight.has(candidate)) continue;
      this.#open.delete(candidate);
      candidate.destroy();
      return;
    }
  }

  /** Answers that wait behind others are not told when their connection is closed. */
  #closed(socket: Socket): void {
    this.#open.delete(socket);
    this.#unsent.drop(socket);
    this.#answeredAll(socket);
  }

  #send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const all: Record<string, string | number> = headers;
    all['Content-Length'] = length;
    all['Connection'] = this.#keepsAlive(response) ? 'keep-alive' : 'close';
    this.#unsent.add(response, length);
    response.writeHead(status, all);
    response.end(body);
  }

  /** As the service has it: in chunks of which there are none. */
  #refuseLarge(response: ServerResponse): void {
    const Connection = this.#keepsAlive(response) ? 'keep-alive' : 'close';
    response.writeHead(413, { Connection, 'Transfer-Encoding': 'chunked' });
    response.end();
  }

  /** Said outright: node:http would add a hint of its own. */
  #keepsAlive(response: ServerResponse): boolean {
    return response.shouldKeepAlive && this.#closing === undefined;
  }
}

function ignore(): void {}
